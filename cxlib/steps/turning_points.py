"""What would change the decision: for each recommendation the smallest effect or n that would turn it.

A recommendation that nothing could turn is a creed. Beside each stands where the number is now, where the
recommendation turns, and how far that is; and where the data do not settle it, how many answers would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import KpiGoal
from cxlib.measures import ranking
from cxlib.measures.detect import detectable_change, needed_n
from cxlib.measures.estimate import ESTIMATE, Difference, Estimate
from cxlib.measures.shares import normal_quantile
from cxlib.measures.verdicts import needed
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import improvement, journey, metrics, vendor_choice, vendor_weights
from cxlib.steps.client import Client

COLUMNS = ["decision", "about", "state", "now", "turns_at", "move", "answers_needed"]


def table(client: Client) -> pd.DataFrame:
    """Return one row a recommendation.

    Columns: decision (what is recommended), about (what), state (pass if luck alone does not turn it, else doubt), now,
    turns_at, move (what would have to change), answers_needed (that would settle it, empty where none would or need).
    """
    rows = [*_goals(client), *_worst_stage(client), *_first_action(client), *_vendor(client)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(decision: str, about: Any, *, settled: bool, **rest: Any) -> dict[str, Any]:
    state = Term("verdict.pass" if settled else "verdict.doubt")
    return {"decision": Term(f"turning.{decision}"), "about": about, "state": state, "answers_needed": None} | rest


def _goals(client: Client) -> Iterator[dict[str, Any]]:
    """Goals whose target can or cannot be proven: the nearest target that these answers could prove."""
    for goal in client.engagement.kpis.goals:
        now = metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage)
        smallest = detectable_change(now)
        if smallest and goal.target is not None and goal.target != now.value:
            yield _goal(client, goal, now, smallest)


def _goal(client: Client, goal: KpiGoal, now: Estimate, smallest: float) -> dict[str, Any]:
    """One goal: with a smaller distance, or fewer answers than needed, its success could not be told from luck."""
    distance = goal.target - now.value
    proven = abs(distance) >= smallest
    turns_at = now.value + (smallest if distance > 0 else -smallest)
    return _row(
        "goal-provable" if proven else "goal-not-provable",
        plain(goal.name),
        settled=proven,
        now=now,
        turns_at=_derived(client, turns_at, now.n, now.unit),
        move=_derived(client, turns_at - goal.target, now.n, _distance_unit(now.unit)),
        answers_needed=None if proven else _derived(client, needed_n(now, change=distance), now.n, "count"),
    )


def _worst_stage(client: Client) -> Iterator[dict[str, Any]]:
    """The stage that feels worst: it turns if the next one falls to it, and n that would tell the two apart."""
    curve = journey.emotion(client)
    known = curve[curve["source"] == "data"].sort_values("value", kind="stable")
    if len(known) < 2:
        return
    first, second = (Estimate(**known.iloc[place][list(ESTIMATE)].to_dict()) for place in (0, 1))
    if first.low is None or second.low is None:
        return
    gap = difference(second, first)
    settled = gap.low > 0
    yield _row(
        "worst-stage",
        known.iloc[0]["label"],
        settled=settled,
        now=first,
        turns_at=second,
        move=gap,
        answers_needed=_derived(client, needed(gap), gap.n, "count") if not settled and gap.value else None,
    )


def difference(one: Estimate, other: Estimate) -> Difference:
    """Return `one` less `other`, two independent estimates with intervals that are symmetric enough."""
    quantile = normal_quantile(one.level)
    errors = [(each.high - each.low) / (2 * quantile) for each in (one, other)]
    half, value = quantile * sum(error**2 for error in errors) ** 0.5, one.value - other.value
    known = {"n": one.n + other.n, "level": one.level, "method": "delta", "unit": one.unit}
    return Difference(value, value - half, value + half, **known)


def _first_action(client: Client) -> Iterator[dict[str, Any]]:
    """The first action: the value at which the second one, as likely, gives more per effort."""
    best = [action for action in improvement.ranked(client) if improvement.per_effort(action)][:2]
    if len(best) < 2:
        return
    first, second = best
    (low, high), (worst, most) = first.value, improvement.per_effort(first)
    turns_at = sum(improvement.per_effort(second)) / sum((worst, most)) * (low + high) / 2
    stated = {"level": client.level, "unit": "money", "reason": "stated-range"}
    yield _row(
        "first-action",
        plain(first.name),
        settled=worst > max(improvement.per_effort(second)),
        now=Estimate((low + high) / 2, **stated),
        turns_at=Estimate(turns_at, **stated),
        move=Estimate(turns_at - (low + high) / 2, **stated),
    )


def _vendor(client: Client) -> Iterator[dict[str, Any]]:
    """The tool in the first place: the weight that puts another there with the smallest move."""
    made = vendor_choice.choice(client)
    turns = ranking.flips(made.utilities, weights=made.weights) if made else []
    if not turns:
        return
    flip, leader = turns[0], made.order[0]
    weighed = {"level": client.level, "n": made.raters, "reason": "decision"}
    yield _row(
        "vendor",
        [plain(made.vendors[leader].name), vendor_weights.criterion(made.criteria[flip.criterion])],
        settled=bool(made.first[leader] >= vendor_choice.SURE),
        now=Estimate(flip.weight, unit="share", **weighed),
        turns_at=Estimate(flip.at, unit="share", **weighed),
        move=Estimate(flip.at - flip.weight, unit="share_points", **weighed),
    )


def _derived(client: Client, value: float, n: int, unit: str) -> Estimate:
    return Estimate(value, n=n, level=client.level, unit=unit, reason="derived")


def _distance_unit(unit: str) -> str:
    return "share_points" if unit == "share" else unit


def claims(rows: pd.DataFrame) -> list[Claim]:
    """Return how many recommendations luck alone could turn, and which of them needs the fewest more answers."""
    if not len(rows):
        return [Claim("turning-cannot-tell")]
    unsettled = rows[rows["state"] == Term("verdict.doubt")]
    said = [Claim("turning-count", {"open": len(unsettled), "total": len(rows)})]
    answerable = [row for row in unsettled.to_dict("records") if row["answers_needed"]]
    if answerable:
        row = min(answerable, key=lambda each: each["answers_needed"].value / each["answers_needed"].n)
        values = {"about": row["about"], "decision": row["decision"], "needs": row["answers_needed"]}
        said.append(Claim("turning-nearest", values | {"n": row["answers_needed"].n}))
    return said


def exhibits(rows: pd.DataFrame) -> list[Exhibit]:
    """Return the table of recommendations."""
    return [Exhibit("turning-points", "table", rows, Claim("reading.turning-points"))]
