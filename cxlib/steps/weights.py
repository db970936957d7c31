"""Answers weighted to the customers they should stand for: raw beside weighted, and what the weights cost.

Engagement.yaml names known shares of the customers (`weighting.margins`). Answers of groups that answered less count
more until all margins hold; an export that brings a weight of its own (`responses.weight`, such as the inverse of the
chance to be asked) gives the weights to begin with, and without margins it is the weight. That mends who answered
more or less by those columns, and nothing else: customers who
stay silent may feel differently from those of the same group who answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError
from cxlib.intake.persian import key
from cxlib.measures import effective, scores
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.weighting import Raked, kish, raking
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

FAULTS = ("weight-column", "weight-value", "weight-nobody")
_FILE, _FIELD = "engagement.yaml", "weighting.margins"
_ROUNDS = 200
_OFF = 0.01


@dataclass(frozen=True, eq=False)
class Weighed:
    """The answers of a survey with their weights.

    Attributes
    ----------
    survey
        The survey.
    rows
        Answers whose groups are known, with the margin columns and ``weight``, mean 1.
    raked
        The weights and their design effect.
    left_out
        Answers of customers whose group is not known, or without a weight above 0 where the export brings weights.
    is_brought
        Whether the export brings weights to begin with.
    """

    survey: str
    rows: pd.DataFrame
    raked: Raked
    left_out: int
    is_brought: bool = False


def weighed(client: Client) -> Weighed | None:
    """Return the answers of the survey with weights to the margins; None with too few answers or nothing to weight by.

    Raises
    ------
    CxError
        If a margin's column is nowhere, a customer has a value without a share, or nobody answered who has a value.
    """
    margins = client.engagement.setup.weighting.margins
    survey = client.engagement.setup.weighting.survey or metrics.main_survey(client)
    answered = _answered(client, survey) if survey else pd.DataFrame()
    if not len(answered) or not (margins or has_base(answered)):
        return None
    columns = {name: _groups(client, answered, name, shares) for name, shares in margins.items()}
    known = answered.assign(**columns).dropna(subset=list(columns))
    if has_base(answered):
        known = known[known["weight"] > 0]
    if len(known) < client.min_n:
        return None
    for name, shares in margins.items():
        if absent := [value for value in shares if not (known[name] == value).any()]:
            raise _fault("weight-nobody", name, found=absent, expected=survey)
    raked = _raked(known, margins, client.engagement.setup.weighting.cap)
    rows = known.assign(weight=raked.weights / raked.weights.mean())
    return Weighed(survey, rows, raked, len(answered) - len(known), has_base(answered))


def has_base(answers: pd.DataFrame) -> bool:
    """Tell whether the export of these answers brings weights of its own.

    Examples
    --------
    >>> has_base(pd.DataFrame({"nps": [9], "weight": [1.4]})), has_base(pd.DataFrame({"nps": [9]}))
    (True, False)
    """
    return "weight" in answers and bool(answers["weight"].notna().any())


def _raked(rows: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], cap: float) -> Raked:
    """The weights that begin with those of the export and meet the margins; without margins those of the export."""
    base = rows["weight"].astype(float) if has_base(rows) else None
    if not margins:
        return Raked(base, kish(base), 0, 0.0, 0)
    targets = {name: _counted(shares, len(rows)) for name, shares in margins.items()}
    return raking(rows, targets=targets, base=base, cap=cap, rounds=_ROUNDS)


def _answered(client: Client, survey: str) -> pd.DataFrame:
    """The answers to a survey that hold a score."""
    rows = client.columns("responses", "survey")
    asked = [name for name in metrics.SURVEY_METRICS if name in rows and metrics.instrument(client, survey, name)]
    return rows[(rows["survey"] == survey) & rows[asked].notna().any(axis=1)].reset_index(drop=True)


def _groups(client: Client, rows: pd.DataFrame, name: str, shares: Mapping[str, float]) -> pd.Series:
    """The group of each answer by one column, written as in the margins; missing where it is not known."""
    customers = client.table("customers")
    if name in rows:
        found = rows[name]
    elif "customer_id" in rows and {"customer_id", name} <= set(customers.columns):
        found = rows["customer_id"].map(customers.drop_duplicates("customer_id").set_index("customer_id")[name])
    else:
        own = [column for column in customers if column not in TABLES["customers"]]
        raise _fault("weight-column", name, found=name, expected=own)
    spelled = {key(value): value for value in shares}
    labels = [str(label) for label in found.dropna().unique() if str(label)]
    if strange := sorted(label for label in labels if key(label) not in spelled):
        raise _fault("weight-value", name, found=strange, expected=list(shares))
    return found.map({label: spelled[key(str(label))] for label in found.dropna().unique() if str(label)})


def _fault(error: str, column: str, *, found: Any, expected: Any) -> CxError:
    """An error about one margin of engagement.yaml."""
    return CxError(error, file=_FILE, column=f"{_FIELD}.{column}", found=found, expected=expected)


def _counted(shares: Mapping[str, float], n: int) -> dict[str, float]:
    """Shares as parts of `n` answers; what they lack to 1 by rounding is made up."""
    total = sum(shares.values())
    return {value: share / total * n for value, share in shares.items()}


def drawn(client: Client) -> tuple[list[Claim], list[Exhibit]]:
    """Return what there is to say and show of weights: nothing without any, or where the margins do not fit."""
    found, fault = _tried(client)
    if fault or (found is None and not client.engagement.setup.weighting.margins):
        return [], []
    if found is None:
        return [Claim("weighted-cannot-tell", {"columns": _columns(client)})], []
    return [_cost(client, found)], _exhibits(client, found)


def findings(client: Client) -> list[Finding]:
    """Return what is wrong or doubtful about the weights: margins that do not fit, few who speak for many."""
    found, fault = _tried(client)
    if fault:
        values = {"found": fault.found, "expected": fault.expected}
        return [Finding("mend", fault.key, f"{fault.file}: {fault.column}", values)]
    return _doubts(client, found) if found else []


def _tried(client: Client) -> tuple[Weighed | None, CxError | None]:
    """The weights, or what does not fit: a report comes out also where answers cannot be weighted."""
    try:
        return weighed(client), None
    except CxError as error:
        if error.key not in FAULTS:
            raise
        return None, error


def _columns(client: Client, found: Weighed | None = None) -> list[Any]:
    """What the answers are weighted by, as readers know it: weights that the export brings, and the margin columns."""
    brought = [Term("weights.of-the-export")] if found and found.is_brought else []
    return [*brought, *(column_name(client, name) for name in client.engagement.setup.weighting.margins)]


def column_name(client: Client, name: str) -> Any:
    """Return how readers call a column: its name among the attributes of the personas, or the column itself."""
    named = {item.id: plain(item.name) for item in client.engagement.personas.attributes}
    return named.get(name, name)


def _group_name(client: Client, column: str, value: str) -> Any:
    """How readers call a value of a column."""
    named = [item for item in client.engagement.personas.attributes if item.id == column]
    groups = {group.value: plain(group.name) for item in named for group in item.groups}
    return groups.get(value, value)


def _cost(client: Client, found: Weighed) -> Claim:
    """What the weights cost: the design effect, and how many answers the answers are worth."""
    asked = plain(client.engagement.setup.surveys[found.survey].name) or found.survey
    deff, worth = _design(found.rows["weight"], client.level)
    values = {"survey": asked, "columns": _columns(client, found), "n": len(found.rows), "deff": deff, "n_eff": worth}
    return Claim("weighted-cost", values)


def _design(weights: pd.Series, level: float) -> tuple[Estimate, Estimate]:
    """Kish's design effect and the effective n of some weights."""
    design, rest = kish(weights), {"n": len(weights), "level": level, "reason": "of-the-weights"}
    return Estimate(design.deff, unit="ratio", **rest), Estimate(design.n_eff, unit="count", **rest)


def _exhibits(client: Client, found: Weighed) -> list[Exhibit]:
    """Raw beside weighted, and the margins."""
    told = {
        "columns": _columns(client, found),
        "left_out": found.left_out,
        "capped": found.raked.capped,
        "cap": client.engagement.setup.weighting.cap,
    }
    return [
        Exhibit("weighted", "table", table(client, found), Claim("reading.weighted", told)),
        Exhibit("weight-margins", "table", margins(client, found), Claim("reading.weight-margins")),
    ]


def table(client: Client, found: Weighed) -> pd.DataFrame:
    """Return one row a metric of the survey: raw, weighted, design effect and effective n of its answers."""
    rows = []
    for metric in metrics.SURVEY_METRICS:
        raw = metrics.value(client, metric, name=found.survey)
        if not raw.is_known:
            continue
        weights = found.rows.loc[found.rows[metric].notna(), "weight"]
        deff, worth = _design(weights, client.level) if len(weights) >= client.min_n else (None, None)
        rows.append(
            {
                "metric": Term(f"metric.{metric}"),
                "raw": raw,
                "weighted": _weighted(client, found, metric),
                "design_effect": deff,
                "effective_n": worth,
            }
        )
    return pd.DataFrame(rows, columns=["metric", "raw", "weighted", "design_effect", "effective_n"])


def _weighted(client: Client, found: Weighed, metric: str) -> Estimate:
    """The weighted metric with the interval of the effective n, hidden where too few answered."""
    reduced = scores.reduce(found.rows, score=metric, weight="weight")
    n, unit = int(reduced["n"].sum()), metrics.UNITS[metric]
    if n < client.min_n:
        return cannot_tell("too-few", n=n, unit=unit, level=client.level, needs=client.min_n)
    return effective.metric(reduced, instrument=metrics.instrument(client, found.survey, metric), level=client.level)


def margins(client: Client, found: Weighed) -> pd.DataFrame:
    """Return one row a group: its share of the customers, of the answers, and the mean weight of its answers."""
    rows = []
    for column, shares in client.engagement.setup.weighting.margins.items():
        for value, share in shares.items():
            mine = found.rows.loc[found.rows[column] == value, "weight"]
            n, total = len(mine), len(found.rows)
            rest = {"level": client.level}
            rows.append(
                {
                    "attribute": column_name(client, column),
                    "group": _group_name(client, column, value),
                    "known_share": share,
                    "answered": Estimate(n / total, n=total, unit="share", reason="full-count", **rest),
                    "mean_weight": Estimate(float(np.mean(mine)), n=n, unit="ratio", reason="of-the-weights", **rest),
                }
            )
    return pd.DataFrame(rows)


def _doubts(client: Client, found: Weighed) -> list[Finding]:
    """Groups of few answers that speak for many customers, and margins that the cap keeps off their target."""
    where, least = f"{_FILE}: {_FIELD}", client.min_n
    doubts = [
        Finding(
            "note",
            "weight-few",
            f"{where}.{column}",
            {"group": _group_name(client, column, value), "n": n, "share": share, "min_n": least},
        )
        for column, shares in client.engagement.setup.weighting.margins.items()
        for value, share in shares.items()
        if (n := int((found.rows[column] == value).sum())) < least
    ]
    if found.raked.off_target > _OFF:
        cap = client.engagement.setup.weighting.cap
        doubts.append(Finding("note", "weight-capped", f"{_FILE}: weighting.cap", {"cap": cap}))
    return doubts
