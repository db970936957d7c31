"""Whether buyers fall into kinds, and how far to trust them.

k-means always returns as many segments as it is asked for. A number of segments is believed here only if the segments
are clearly further apart than those of one cloud of customers, come back when other customers are drawn, and are large
enough to act on. Otherwise all buyers are one segment, and that is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import Attribute
from cxlib.measures import retention, segments, survey
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.typing_rule import Condition, Rule, typing_rule
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import buyers
from cxlib.steps.client import Client

LEAST = 100
"""Buyers below which nothing is said about segments."""
APART = 0.06
"""By how much the silhouette must exceed what chance gives: skewed counts of one kind of buyer reach 0.05."""
_SMALLEST = 0.05
_TRIED = ["segments", "silhouette", "by_chance", "jaccard", "stands"]
_KS, _DRAWS, _SAMPLE = (2, 3), 6, 500
_RANKS = {1: ("all",), 2: ("most", "least"), 3: ("most", "second", "least")}


@dataclass(frozen=True, eq=False)
class Found:
    """The segments of the buyers.

    Attributes
    ----------
    of
        Segment of each buyer, index customer: 0 buys most often.
    tried
        One row a number tried: ``segments``, ``silhouette``, ``by_chance``, ``jaccard`` and ``stands``.
    """

    of: pd.Series
    tried: pd.DataFrame

    @property
    def k(self) -> int:
        """How many segments; 1 if all buyers are one kind."""
        return int(self.of.max()) + 1

    @property
    def members(self) -> list[pd.Index]:
        """The customers of each segment."""
        return [self.of.index[self.of == place] for place in range(self.k)]

    @property
    def names(self) -> list[Term]:
        """What each segment is called, by how often it buys."""
        return [Term(f"segment.{rank}") for rank in _RANKS[self.k]]


def habits(scores: pd.DataFrame) -> pd.DataFrame:
    """Return what segments are made of, comparable: days since the last order, orders, mean amount; logarithms."""
    mean = scores["monetary"] / scores["frequency"]
    return segments.log_scaled(scores[["recency", "frequency"]].assign(amount=mean))


def found(client: Client, scores: pd.DataFrame) -> Found | None:
    """Return the segments of the buyers, None with too few of them to tell."""
    if len(scores) < LEAST:
        return None
    shape = habits(scores)
    some = shape.sample(min(len(shape), _SAMPLE), random_state=client.seed)
    tried = _tried(client, some)
    for k in tried[tried["stands"]].sort_values("silhouette", ascending=False)["segments"]:
        of = _by_frequency(segments.partition(shape, k=int(k), seed=client.seed, starts=5).labels, scores)
        if of.value_counts().min() >= max(client.min_n, _SMALLEST * len(of)):
            return Found(of, tried)
    return Found(pd.Series(0, index=scores.index), tried)


def _tried(client: Client, some: pd.DataFrame) -> pd.DataFrame:
    """Each number of segments with its quality, on some of the buyers and one thread."""
    from threadpoolctl import threadpool_limits

    ks = [k for k in _KS if k < len(some.drop_duplicates())]
    if not ks:
        return pd.DataFrame(columns=_TRIED).astype({"stands": bool})
    with threadpool_limits(1):
        table = segments.segmentation(some, ks=ks, seed=client.seed, draws=_DRAWS).table
    apart = table["silhouette"] - table["by_chance"] >= APART
    table = table.rename(columns={"k": "segments", "min_jaccard": "jaccard"})
    return table.assign(stands=apart & (table["jaccard"] >= segments.DOUBTFUL)).drop(columns="grade")


def _by_frequency(labels: np.ndarray, scores: pd.DataFrame) -> pd.Series:
    """Segments numbered by how often their customers buy, most often first."""
    order = scores["frequency"].groupby(labels).mean().sort_values(ascending=False).index
    return pd.Series(labels, index=scores.index).map({old: new for new, old in enumerate(order)})


def trials(client: Client, known: Found | None) -> pd.DataFrame:
    """Return one row a number of segments tried: how far apart, against chance, how stable, and whether it stands."""
    if known is None:
        return pd.DataFrame(columns=_TRIED)
    n = min(len(known.of), _SAMPLE)
    return pd.DataFrame(
        [
            {"segments": int(row["segments"])}
            | {name: _drawn(client, float(row[name]), n) for name in _TRIED[1:4]}
            | {"stands": Term("verdict.pass" if row["stands"] else "verdict.fail")}
            for row in known.tried.to_dict("records")
        ],
        columns=_TRIED,
    )


def _drawn(client: Client, value: float, n: int) -> Estimate:
    return Estimate(value, n=n, level=client.level, unit="ratio", reason="drawn-buyers")


def table(client: Client, scores: pd.DataFrame, known: Found | None, *, worth: list[Estimate]) -> pd.DataFrame:
    """Return one row a segment: size, habits, NPS, share that left in a year, and the value of a customer."""
    columns = ["segment", "buyers", "orders", "recency", "amount", "nps", "left", "worth"]
    if known is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for place, name in enumerate(known.names):
        mine = scores[known.of == place]
        rows.append(
            {
                "segment": name,
                "buyers": buyers.counted(client, len(mine) / len(scores), len(scores)),
                "orders": _mean(client, mine["frequency"], "ratio"),
                "recency": buyers.counted(client, float(mine["recency"].median()), len(mine), unit="days"),
                "amount": _mean(client, mine["monetary"] / mine["frequency"], "money"),
                "nps": buyers.nps(client, mine.index),
                "left": _left(client, mine.index),
                "worth": worth[place],
            }
        )
    return pd.DataFrame(rows, columns=columns)


def _mean(client: Client, values: pd.Series, unit: str) -> Estimate:
    return replace(survey.mean(values, level=client.level), unit=unit)


def _left(client: Client, customers: pd.Index) -> Estimate:
    """Share of those who were customers a year ago and have left since."""
    rows = client.table("customers")
    if not {"customer_id", "joined_on", "left_on"} <= set(rows.columns):
        return cannot_tell("no-customers", unit="share", level=client.level)
    rows, end = rows[rows["customer_id"].isin(customers)], client.as_of
    start = end - timedelta(days=365)
    return retention.churn_rate(rows["joined_on"], rows["left_on"], start=start, end=end, level=client.level)


def rule(client: Client, known: Found | None) -> Rule | None:
    """Return the rule that puts a new customer into a segment by the attributes, None where there is nothing to put."""
    rows = client.table("customers")
    asked = [item.id for item in client.engagement.personas.attributes if item.id in rows.columns]
    if known is None or known.k == 1 or not asked or "customer_id" not in rows.columns:
        return None
    answers = rows.drop_duplicates("customer_id").set_index("customer_id")[asked].reindex(known.of.index)
    return typing_rule(answers, known.of, smallest=max(client.min_n, 1), seed=client.seed, level=client.level)


def typing(client: Client, known: Found | None, found: Rule | None) -> pd.DataFrame:
    """Return one row an end of a rule that beats guessing: what holds there, the segment, and how many belong."""
    columns = ["holds", "segment", "n", "belong"]
    if found is None or not found.is_better:
        return pd.DataFrame(columns=columns)
    attributes = {item.id: item for item in client.engagement.personas.attributes}
    rows = [
        {
            "holds": [_held(attributes[condition[0]], condition) for condition in leaf.conditions],
            "segment": known.names[leaf.segment],
            "n": leaf.n,
            "belong": buyers.counted(client, leaf.right, leaf.n),
        }
        for leaf in found.leaves
    ]
    return pd.DataFrame(rows, columns=columns)


def _held(attribute: Attribute, condition: Condition) -> dict[str, str]:
    """A condition in both languages: the attribute, and the answer that was given or was not."""
    _, answer, holds = condition
    name, group = plain(attribute.name), {each.value: plain(each.name) for each in attribute.groups}.get(answer, answer)
    both = [part if isinstance(part, dict) else {"en": part, "fa": part} for part in (name, group)]
    lang = {code: [part.get(code) or next(iter(part.values()), "") for part in both] for code in ("en", "fa")}
    return {code: f" {'=' if holds else '≠'} ".join(parts) for code, parts in lang.items()}


def typing_claims(found: Rule | None) -> list[Claim]:
    """Return whether a few questions tell the segments apart on customers that the rule was not made from."""
    if found is None or not found.accuracy.is_known:
        return []
    values = {"accuracy": found.accuracy, "majority": found.majority, "gain": found.gain}
    return [Claim("typing-better" if found.is_better else "typing-no-better", values)]


def claims(client: Client, scores: pd.DataFrame, known: Found | None) -> list[Claim]:
    """Return how many segments there are, or that there is one, or that nobody can tell."""
    if known is None:
        return [Claim("segments-cannot-tell", {"n": len(scores), "needs": LEAST})]
    if known.k == 1:
        return [Claim("segments-one", {"n": len(scores), "most": max(_KS)})]
    row = known.tried.set_index("segments").loc[known.k]
    often = scores[known.of == 0]
    values = {
        "segments": known.k,
        "jaccard": _drawn(client, float(row["jaccard"]), min(len(scores), _SAMPLE)),
        "share": buyers.counted(client, len(often) / len(scores), len(scores)),
        "orders": _mean(client, often["frequency"], "ratio"),
        "others": _mean(client, scores.loc[known.of > 0, "frequency"], "ratio"),
    }
    return [Claim("segments-stand", values), *typing_claims(rule(client, known))]


def exhibits(client: Client, scores: pd.DataFrame, known: Found | None, *, worth: list[Estimate]) -> list[Exhibit]:
    """Return the segments, and the numbers of segments that were tried."""
    rows, found = table(client, scores, known, worth=worth), rule(client, known)
    told = typing(client, known, found)
    return [
        Exhibit("segments", "table", rows, Claim("reading.segments")),
        Exhibit("segments-tried", "table", trials(client, known), Claim("reading.segments-tried")),
        Exhibit("typing-rule", "table", told, Claim("reading.typing-rule")),
    ]
