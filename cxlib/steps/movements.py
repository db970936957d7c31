"""Has anything moved? Every measure and stage, lately against a year before, with the luck in it counted.

Six months are compared with the same six months a year earlier, so that the season is in both; where the data do not
reach back so far, the second half of them is compared with the first. All comparisons are listed, the dull ones too:
the number of flags that luck alone would give can only be known from how many were made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.measures import change, mix
from cxlib.measures.estimate import ESTIMATE, Estimate
from cxlib.measures.survey import MEASURES
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import contrasts, metrics
from cxlib.steps.client import Client
from cxlib.words import dates

_HALF, _BACK = 6, 12
_TOLD = 3
_COLUMNS = ["metric", "survey", "stage", "earlier", "lately", "moved", "grade"]


@dataclass(frozen=True)
class Windows:
    """Two spans of whole months."""

    earlier: tuple[dates.Period, dates.Period]
    lately: tuple[dates.Period, dates.Period]

    def cut(self, reduced: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the rows with a day in each span, the earlier first."""
        days = reduced["day"]
        spans = [(pd.Timestamp(first.start), pd.Timestamp(last.end)) for first, last in (self.earlier, self.lately)]
        return tuple(reduced[(days >= start) & (days <= end)] for start, end in spans)


def windows(client: Client) -> Windows | None:
    """Return what is compared with what; None where answers have no day, or only one month."""
    if not client.has("responses", "answered_at"):
        return None
    months = dates.months(client.first_day, client.as_of, client.calendar)
    if len(months) < 2:
        return None
    if len(months) >= _BACK + _HALF:
        before, after = months[-_BACK - _HALF : -_BACK], months[-_HALF:]
    else:
        size = min(_HALF, len(months) // 2)
        before, after = months[-2 * size : -size], months[-size:]
    return Windows((before[0], before[-1]), (after[0], after[-1]))


def movements(client: Client) -> pd.DataFrame:
    """Return one row a measure and stage: metric, survey, stage, earlier, lately, moved (a difference) and grade."""
    spans = windows(client)
    if not spans:
        return pd.DataFrame(columns=_COLUMNS)
    asked = [(metric, name) for metric in metrics.SURVEY_METRICS for name in metrics.surveys(client, metric)]
    rows = [row for metric, name in asked for row in _rows(client, metric, name, spans)]
    table = pd.DataFrame(rows, columns=_COLUMNS[:-1])
    return table.assign(grade=contrasts.grades(list(table["moved"])))


def _rows(client: Client, metric: str, name: str, spans: Windows) -> list[dict]:
    """The comparisons of one survey's metric: stage by stage, or as a whole where no answer names a stage."""
    stages = [stage.id for stage in client.engagement.journey.stages]
    reduced = metrics.answers(client, metric, name=name, by=("stage",), day=True) if _has_stages(client, name) else None
    if reduced is None:
        return [_row(client, metric, name, "", *spans.cut(metrics.answers(client, metric, name=name, day=True)))]
    before, after = spans.cut(reduced)
    known = set(reduced["stage"])
    return [
        _row(client, metric, name, stage, before[before["stage"] == stage], after[after["stage"] == stage])
        for stage in stages
        if stage in known
    ]


def _has_stages(client: Client, name: str) -> bool:
    """Whether answers of a survey name a stage of the map."""
    rows = client.counted("responses", "stage", "survey")
    return bool(rows.loc[rows["survey"] == name, "stage"].isin([s.id for s in client.engagement.journey.stages]).any())


def _row(client: Client, metric: str, name: str, stage: str, before: pd.DataFrame, after: pd.DataFrame) -> dict:
    """One comparison."""
    return {
        "metric": Term(f"metric.{metric}"),
        "survey": plain(client.engagement.setup.surveys[name].name) or name,
        "stage": named(client.engagement.journey.stages).get(stage, ""),
        "earlier": _value(client, metric, name, before),
        "lately": _value(client, metric, name, after),
        "moved": contrasts.contrast(client, metric, name=name, first=after, second=before),
    }


def _value(client: Client, metric: str, name: str, reduced: pd.DataFrame) -> Estimate:
    """The value in one span, hidden where too few answered."""
    n = int(reduced["n"].sum())
    if n < client.min_n:
        unit = metrics.UNITS[metric]
        return Estimate(None, n=n, level=client.level, unit=unit, reason="too-few", needs=client.min_n)
    measure = MEASURES[metrics.instrument(client, name, metric)]
    return measure(reduced["score"], counts=reduced["n"], level=client.level)


def moved(client: Client) -> mix.Split | None:
    """Return why the NPS of the main survey moved: other people asked (mix of stages), or asked alike and otherwise."""
    spans, name = windows(client), metrics.main_survey(client)
    if not spans or not name or not _has_stages(client, name):
        return None
    reduced = metrics.answers(client, "nps", name=name, by=("stage",), day=True)
    before, after = (_moments(part) for part in spans.cut(reduced))
    groups = before.add_suffix("_before").join(after.add_suffix("_after"), how="outer").rename_axis("group")
    counts = groups[["n_before", "n_after"]].fillna(0).sum()
    if counts.min() < client.min_n:
        return None
    return mix.split(groups.reset_index(), unit="points", level=client.level)


def _moments(reduced: pd.DataFrame) -> pd.DataFrame:
    """n, value and variance of one answer of the NPS, by stage; an answer counts +100, 0 or −100."""
    worth = np.select([reduced["score"] >= 9, reduced["score"] <= 6], [100.0, -100.0], 0.0)
    parts = reduced.assign(first=worth * reduced["n"], second=worth**2 * reduced["n"]).groupby("stage")
    sums = parts[["n", "first", "second"]].sum()
    value = sums["first"] / sums["n"]
    return pd.DataFrame({"n": sums["n"], "value": value, "variance": sums["second"] / sums["n"] - value**2})


def claims(client: Client, table: pd.DataFrame, split: mix.Split | None) -> list[Claim]:
    """Return how many comparisons moved and how many luck alone would flag, each clear move, and why the total did."""
    known = [difference for difference in table["moved"] if difference.is_known]
    spans = windows(client)
    if not spans or not known:
        return [Claim("moved-cannot-tell")]
    counts = {grade: int((table["grade"] == grade).sum()) for grade in ("clear", "probable")}
    days = {"start": spans.lately[0].start, "end": spans.lately[1].end}
    days |= {"before_start": spans.earlier[0].start, "before_end": spans.earlier[1].end}
    luck = change.expected_flags(known, rate=contrasts.RATE)
    told = [Claim("moved-flags", counts | days | {"compared": len(known), "luck": luck})]
    clear = table[table["grade"] == "clear"]
    strongest = sorted(clear.itertuples(), key=lambda row: row.moved.p_value)[:_TOLD]
    told += [_clear(row) for row in strongest]
    return told + ([_why(split)] if split else [])


def _clear(row: tuple) -> Claim:
    """One clear move as a sentence."""
    values = {"metric": row.metric, "survey": row.survey, "stage": row.stage, "moved": contrasts.plain(row.moved)}
    return Claim("moved-clear" if row.stage else "moved-clear-whole", values)


def _why(split: mix.Split) -> Claim:
    """What the total did, and whether it misleads."""
    parts = {name: contrasts.plain(getattr(split, name)) for name in ("total", "mix", "rate")}
    within = parts["total"].low is None or parts["total"].low <= 0 <= parts["total"].high
    key = "why-reversed" if mix.is_reversed(split) else "why-noise" if within else "why-moved"
    return Claim(key, parts)


def exhibits(table: pd.DataFrame, split: mix.Split | None) -> list[Exhibit]:
    """Return all comparisons, and the parts of the total's change."""
    shown = table.assign(
        moved=[contrasts.plain(difference) for difference in table["moved"]],
        how_sure=[contrasts.grade(name) for name in table["grade"]],
    ).drop(columns="grade")
    parts = {name: contrasts.plain(getattr(split, name)).row() for name in ("total", "mix", "rate")} if split else {}
    why = pd.DataFrame(
        [{"label": Term(f"why.{name}")} | row for name, row in parts.items()], columns=["label", *ESTIMATE]
    )
    return [
        Exhibit("movements", "table", shown, Claim("reading.movements")),
        Exhibit("why-moved", "dots", why, Claim("reading.why-moved")),
    ]
