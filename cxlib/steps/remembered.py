"""The first, the last and the strongest moments, and whether customers judge by them or by the average.

A journey has touchpoints where it begins, where it ends, and where it feels best or worst. Those are flagged only where
they stand apart from the next. Whether customers remember the peak and the end rather than the average is asked of the
same people: their moments, rated one by one, against the overall judgement that they gave later.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.measures import journeys, memory, survey
from cxlib.measures.answers import SCALES
from cxlib.measures.estimate import ESTIMATE, Estimate, cannot_tell
from cxlib.measures.shares import share
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics, passage
from cxlib.steps.client import Client

_FLAGS = {"first": "begins", "last": "ends", "best": "felt", "worst": "felt"}
_COLUMNS = ["touchpoint", "begins", "ends", "felt", "flags"]


def asked(client: Client, kind: str, metric: str) -> str | None:
    """Return the survey of a kind with most answers to a metric."""
    surveys = client.engagement.setup.surveys
    names = [name for name in metrics.surveys(client, metric) if name in surveys and surveys[name].kind == kind]
    return max(names, key=lambda name: len(metrics.given(client, metric, name=name)), default=None)


def flags(client: Client) -> pd.DataFrame:
    """Return one row a touchpoint that the log or the answers know, those of the map first.

    Columns: touchpoint, begins and ends (share of the journeys), felt (−2 to +2), and the flags that stand apart.
    """
    ways, felt = passage.log(client, activity="touchpoint"), _felt(client)
    total = ways["case"].nunique()
    begins, ends = (dict(count(ways)) if total else {} for count in (journeys.starts, journeys.ends))
    names = named(client.engagement.journey.touchpoints)
    known = [point for point in dict.fromkeys([*names, *begins, *ends, *felt]) if point in {*begins, *ends, *felt}]
    columns = {
        "begins": {point: _share(client, int(begins.get(point, 0)), total) for point in known},
        "ends": {point: _share(client, int(ends.get(point, 0)), total) for point in known},
        "felt": {
            point: felt.get(point, cannot_tell("no-answers", unit="score", level=client.level)) for point in known
        },
    }
    apart = {flag: _apart(columns[column], downwards=flag == "worst") for flag, column in _FLAGS.items()}
    rows = [
        {"touchpoint": names.get(point, point)}
        | {name: column[point] for name, column in columns.items()}
        | {"flags": [Term(f"flag.{flag}") for flag in _FLAGS if apart[flag] == point]}
        for point in known
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _share(client: Client, count: int, total: int) -> Estimate:
    if total < client.min_n:
        return cannot_tell("too-few", n=total, unit="share", level=client.level, needs=client.min_n)
    return share(count, total, level=client.level)


def _felt(client: Client) -> dict[str, Estimate]:
    """Touchpoint → mean satisfaction on −2…+2."""
    name = asked(client, "transactional", "csat")
    if name is None or "touchpoint" not in client.table("responses"):
        return {}
    low, high = SCALES[metrics.instrument(client, name, "csat")]
    reduced = metrics.answers(client, "csat", name=name, by=("touchpoint",))
    found = {}
    for point, counts in reduced.groupby("touchpoint"):
        n, scores = int(counts["n"].sum()), (counts["score"] - low) / (high - low) * 4 - 2
        few = cannot_tell("too-few", n=n, unit="score", level=client.level, needs=client.min_n)
        found[str(point)] = survey.mean(scores, counts=counts["n"], level=client.level) if n >= client.min_n else few
    return found


def _apart(column: Mapping[str, Estimate], *, downwards: bool) -> str | None:
    """The touchpoint at the top (or bottom), if its interval stands apart from the next one's."""
    sign = -1 if downwards else 1
    known = [point for point, each in column.items() if each.low is not None and each.high is not None]
    order = sorted(known, key=lambda point: -sign * column[point].value)
    if len(order) < 2:
        return None
    first, second = column[order[0]], column[order[1]]
    return order[0] if (first.high < second.low if downwards else first.low > second.high) else None


def judged(client: Client) -> pd.DataFrame:
    """Return one row a person with two rated moments and a later overall judgement: the summaries and ``overall``."""
    overall, moment = asked(client, "relationship", "nps"), asked(client, "transactional", "csat")
    empty = pd.DataFrame(columns=[*memory.SUMMARIES, "n", "overall"], dtype=float)
    if overall is None or moment is None:
        return empty
    said = _last(client, overall)
    rows = client.columns("responses", "customer_id", "answered_at", "survey", "csat")
    rows = rows[rows["survey"] == moment].assign(until=lambda frame: frame["customer_id"].map(said["answered_at"]))
    rows = rows[rows["answered_at"] < rows["until"]]
    middle = sum(SCALES[metrics.instrument(client, moment, "csat")]) / 2
    table = memory.summaries(rows, person="customer_id", score="csat", when="answered_at", middle=middle)
    return table.assign(overall=said["nps"].reindex(table.index).astype(float)) if len(table) else empty


def _last(client: Client, name: str) -> pd.DataFrame:
    """The last overall judgement of each person, index customer_id."""
    rows = client.columns("responses", "customer_id", "answered_at", "survey", "nps")
    rows = rows[rows["survey"] == name].sort_values("answered_at", kind="stable")
    return rows.drop_duplicates("customer_id", keep="last").set_index("customer_id")[["answered_at", "nps"]]


def claims(client: Client, table: pd.DataFrame) -> list[Claim]:
    """Return what explains the overall judgement: peak and end, the average, either as well, or nothing clear."""
    found = memory.agreement(table, table["overall"], level=client.level)
    both, mean = found["peak_end"], found["mean"]
    if not both.is_known or not mean.is_known:
        return [Claim("memory-cannot-tell", {"people": len(table), "needs": memory.LEAST})]
    values = {"peak_end": both, "mean": mean}
    if both.low <= 0 and mean.low <= 0:
        return [Claim("memory-noise", values)]
    more = memory.advantage(table["peak_end"], table["mean"], table["overall"], seed=client.seed, level=client.level)
    if more.low is None or more.low <= 0 <= more.high:
        return [Claim("memory-alike", values)]
    return [Claim("memory-peak-end" if more.value > 0 else "memory-mean", values)]


def exhibits(client: Client, flagged: pd.DataFrame, table: pd.DataFrame) -> list[Exhibit]:
    """Return the flags, and how closely each summary goes along with the overall judgement."""
    found = memory.agreement(table, table["overall"], level=client.level) if len(table) else {}
    dots = [{"label": Term(f"memory.{name}")} | each.row() for name, each in found.items() if each.is_known]
    return [
        Exhibit("moment-flags", "table", flagged, Claim("reading.moment-flags")),
        Exhibit("memory", "dots", pd.DataFrame(dots, columns=["label", *ESTIMATE]), Claim("reading.memory")),
    ]
