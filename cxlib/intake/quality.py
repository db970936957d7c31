"""What is doubtful in a client's data, before anything is computed from it.

Each doubt is a plain record that a step turns into a finding: how grave it is, where it stands, and its numbers.
``stop`` means that results would be wrong, ``mend`` that they could be, ``note`` that a reader should know. Doubtful
rows are marked (`cxlib.intake.marks`) and stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxlib.engagement.setup import Setup, Survey
from cxlib.engagement.tables import TABLES, WHEN
from cxlib.intake.labels import RANGES
from cxlib.intake.marks import marks
from cxlib.intake.reversal import mirrored_groups, patterns, reversed_scales

SCORES = ("nps", "csat", "ces")
_GRAVITY = {"repeated-id": "mend", "backwards": "mend", "future": "mend", "early": "mend"}
_OPTIONAL = {
    "left_on", "first_reply_at", "resolved_at", "handed_over_at", "comment", "account_id", "ticket_id", "campaign",
    "contacted_at", "closed_at", "told_at", "trained_on", "change_id", "weight", "evidence", "automation",
    "events.amount", "contacts.outcome", "cases.outcome", "voice.customer_id", "voice.stage", "voice.touchpoint",
}  # fmt: skip
_MISSING, _MOSTLY = 0.2, 0.5
_STALE_DAYS = 90
_LEVELS = 12
_LEAST = 30
_Z = 1.96


@dataclass(frozen=True)
class Doubt:
    """A doubt about the data: catalogue entry ``finding.<key>``; the fields of a finding."""

    severity: str
    key: str
    where: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def quality(
    frames: Mapping[str, pd.DataFrame],
    *,
    surveys: Mapping[str, Survey] | None = None,
    confirmed: Mapping[str, frozenset[str]] | None = None,
    as_of: pd.Timestamp | None = None,
    stages: Sequence[str] = (),
    touchpoints: Sequence[str] = (),
) -> list[Doubt]:
    """Return the doubts about these tables, the gravest first.

    Parameters
    ----------
    frames
        Canonical tables by name.
    surveys
        The engagement's surveys by id: which instrument each score uses.
    confirmed
        Survey → scores whose direction the client told (`told_directions`): no doubt about two such scores.
    as_of
        The reference date; None: the last day of any table.
    stages, touchpoints
        Those of the client's journey: each should be measured.

    Examples
    --------
    >>> responses = pd.DataFrame({"response_id": ["1", "1"], "nps": [9.0, 11.0]})
    >>> [(doubt.severity, doubt.key) for doubt in quality({"responses": responses})]
    [('mend', 'rows-repeated-id'), ('mend', 'outside-scale')]
    """
    responses = frames.get("responses", pd.DataFrame())
    answers = patterns(responses)
    found = [
        *turned(answers, surveys or {}, confirmed or {}),
        *_mirrored(answers, surveys or {}),
        *_marked(frames, as_of),
        *_outside(responses, surveys or {}),
        *_missing(frames),
        *_coverage(responses, {"stage": stages, "touchpoint": touchpoints}),
        *_response(frames),
        *_freshness(frames, as_of),
    ]
    return sorted(found, key=lambda doubt: ("stop", "mend", "note").index(doubt.severity))


def told_directions(setup: Setup) -> dict[str, frozenset[str]]:
    """Return survey → scores whose direction engagement.yaml tells for all files of the survey.

    Examples
    --------
    >>> file = {"file": "inbox/a.csv", "survey": "pulse", "directions": {"csat": "reversed"}}
    >>> told_directions(Setup.model_validate({"schema": 1, "name": "a", "sources": {"responses": [file]}}))
    {'pulse': frozenset({'csat'})}
    """
    told: dict[str, frozenset[str]] = {}
    for source in setup.sources.get("responses", []):
        if source.survey:
            told[source.survey] = told.get(source.survey, frozenset(SCORES)) & frozenset(source.directions)
    return told


def turned(
    responses: pd.DataFrame, surveys: Mapping[str, Survey], confirmed: Mapping[str, frozenset[str]]
) -> Iterator[Doubt]:
    """Yield the pairs of scores that run against each other and that the client did not confirm.

    `responses` is the canonical table or its `patterns`.
    """
    for part, lows, told in _alike(responses, surveys, confirmed):
        for row in reversed_scales(part, lows=lows).itertuples():
            first, second = row.pair.split()
            values = {"first": first, "second": second, "n": int(row.n), "correlation": float(row.correlation)}
            if not {first, second} <= told:
                yield Doubt("stop", "scale-reversed", f"responses.{second}", values | {"group": row.group or "-"})


def _mirrored(responses: pd.DataFrame, surveys: Mapping[str, Survey]) -> Iterator[Doubt]:
    """Groups whose mean lies as if their scale were turned round."""
    for score, (low, high) in _ranges(responses, surveys).items():
        for row in mirrored_groups(responses, score=score, low=low, high=high).itertuples():
            values = {"score": score, "group": row.group, "n": int(row.n), "mean": float(row.mean),
                      "others": float(row.others)}  # fmt: skip
            yield Doubt("mend", "scale-mirrored", f"responses.{score}", values)


def _alike(
    responses: pd.DataFrame, surveys: Mapping[str, Survey], confirmed: Mapping[str, frozenset[str]]
) -> Iterator[tuple[pd.DataFrame, frozenset[str], frozenset[str]]]:
    """Responses of surveys that share which scores are good when low and which directions the client told."""
    nothing: frozenset[str] = frozenset()
    named = responses["survey"] if "survey" in responses else pd.Series("", index=responses.index)
    known = {
        name: (frozenset({"ces"}) if survey.instruments.ces == "ces1" else nothing, confirmed.get(name, nothing))
        for name, survey in surveys.items()
    }
    kinds = dict.fromkeys([(nothing, nothing), *known.values()])
    kind = named.map({name: list(kinds).index(of) for name, of in known.items()}).astype(float).fillna(0)
    for number, (lows, told) in enumerate(kinds):
        if (kind == number).any():
            yield responses[kind == number], lows, told


def _ranges(responses: pd.DataFrame, surveys: Mapping[str, Survey]) -> dict[str, tuple[float, float]]:
    """Lowest and highest answer of each score of which all surveys use one instrument."""
    used = {score: {getattr(survey.instruments, score) for survey in surveys.values()} - {None} for score in SCORES}
    used["nps"] |= {"nps"}
    return {score: RANGES[next(iter(names))] for score, names in used.items() if len(names) == 1 and score in responses}


def _outside(responses: pd.DataFrame, surveys: Mapping[str, Survey]) -> Iterator[Doubt]:
    """Scores that no answer can have."""
    for score, (low, high) in _ranges(responses, surveys).items():
        outside = int(((responses[score] < low) | (responses[score] > high)).sum())
        if outside:
            yield Doubt("mend", "outside-scale", f"responses.{score}", {"count": outside, "low": low, "high": high})


def _marked(frames: Mapping[str, pd.DataFrame], as_of: pd.Timestamp | None) -> Iterator[Doubt]:
    """Counts of marked rows."""
    marked = marks(frames, as_of=as_of)
    for (table, what, column), rows in marked.groupby(["table", "what", "column"], sort=False)["row"]:
        values = {"count": len(rows), "of": len(frames[table]), "rows": [str(row) for row in rows.head(5)]}
        yield Doubt(_GRAVITY.get(what, "note"), f"rows-{what}", f"{table}.{column}".strip("."), values)


def _missing(frames: Mapping[str, pd.DataFrame]) -> Iterator[Doubt]:
    """Columns that are largely empty, those apart that are empty by nature."""
    for table, frame in frames.items():
        columns = sorted(TABLES.get(table, {}).keys() & set(frame.columns) - _OPTIONAL) if len(frame) else ()
        by = pd.factorize(frame["survey"], use_na_sentinel=False)[0] if "survey" in frame else None
        for column in (name for name in columns if f"{table}.{name}" not in _OPTIONAL):
            n, empty = _empty(frame[column].isna().to_numpy(), by if column != "survey" else None)
            if empty > _MISSING * n:
                values = {"share": empty / n, "n": n}
                yield Doubt("mend" if empty > _MOSTLY * n else "note", "mostly-missing", f"{table}.{column}", values)


def _empty(is_empty: np.ndarray, survey: np.ndarray | None) -> tuple[int, int]:
    """Number of cells and of empty ones in the surveys that fill a column at all: what is not asked is not missing."""
    if survey is None or not is_empty.any() or is_empty.all():
        return len(is_empty), int(is_empty.sum())
    asks = np.bincount(survey[~is_empty], minlength=survey.max() + 1) > 0
    wanted = asks[survey]
    return int(wanted.sum()), int((wanted & is_empty).sum())


def _coverage(responses: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> Iterator[Doubt]:
    """Stages and touchpoints of the journey that nobody measures, and measured ones that are not in it."""
    for column, names in wanted.items():
        if not names or column not in responses:
            continue
        seen = set(responses[column].dropna().unique())
        for key, some in (("unmeasured", set(names) - seen), ("unknown", seen - set(names))):
            if some:
                values = {"names": sorted(some), "count": len(some)}
                yield Doubt("note", f"{column}-{key}", f"responses.{column}", values)


def _response(frames: Mapping[str, pd.DataFrame]) -> Iterator[Doubt]:
    """How many of the invited answered, and how those who answered differ from all customers."""
    invitations = frames.get("invitations")
    if invitations is not None and "answered" in invitations and invitations["answered"].notna().any():
        known = invitations["answered"].dropna()
        values = {"share": float(known.mean()), "answered": int(known.sum()), "n": len(known)}
        yield Doubt("note", "response-rate", "invitations.answered", values)
    customers, responses = frames.get("customers"), frames.get("responses")
    if customers is None or responses is None or not {"customer_id"} <= set(customers) & set(responses):
        return
    answered = customers["customer_id"].isin(responses["customer_id"])
    if answered.sum() >= _LEAST:
        yield from _unlike(customers, answered)


def _unlike(customers: pd.DataFrame, answered: pd.Series) -> Iterator[Doubt]:
    """Attributes whose largest gap between respondents and all customers is more than chance."""
    for column in customers.columns.difference(list(TABLES["customers"])):
        if not 2 <= customers[column].nunique() <= _LEVELS:
            continue
        everyone = customers[column].value_counts(normalize=True)
        some = customers.loc[answered, column].value_counts(normalize=True).reindex(everyone.index, fill_value=0)
        gap = some - everyone
        level, n = gap.abs().idxmax(), int(customers.loc[answered, column].notna().sum())
        share = float(everyone[level])
        if n and abs(gap[level]) > _Z * (share * (1 - share) / n * len(everyone)) ** 0.5:
            values = {"level": str(level), "answered": float(some[level]), "all": share, "n": n}
            yield Doubt("note", "respondents-differ", f"customers.{column}", values)


def _freshness(frames: Mapping[str, pd.DataFrame], as_of: pd.Timestamp | None) -> Iterator[Doubt]:
    """Tables whose last day lies long before the reference date."""
    last = {
        table: frames[table][column].max()
        for table, column in WHEN.items()
        if table in frames and column in frames[table] and frames[table][column].notna().any()
    }
    reference = as_of if as_of is not None else max(last.values(), default=None)
    for table, day in last.items():
        days = (pd.Timestamp(reference) - day).days
        if days > _STALE_DAYS:
            yield Doubt("note", "data-stale", f"{table}.{WHEN[table]}", {"last": day.date(), "days": days})


def counted(doubts: Iterable[Doubt]) -> dict[str, int]:
    """Return the number of doubts by gravity.

    Examples
    --------
    >>> counted([Doubt("stop", "scale-reversed"), Doubt("note", "stale")])
    {'stop': 1, 'mend': 0, 'note': 1}
    """
    found = [doubt.severity for doubt in doubts]
    return {severity: found.count(severity) for severity in ("stop", "mend", "note")}
