"""The SMART check of a goal, each letter with its reason.

Specific, Relevant and Time-bound are facts of the strategy file. Measurable asks the data: could a change of this
size be told from noise with so many answers? Achievable asks the client's own past: has this number ever moved so
far, or would it get there by itself?
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import KpiGoal
from cxlib.measures.detect import needed_n
from cxlib.measures.estimate import Estimate
from cxlib.section import Finding, Term
from cxlib.steps import metrics, parts, prospects
from cxlib.steps.client import Client
from cxlib.steps.prospects import Prospect

LETTERS = ("specific", "measurable", "achievable", "relevant", "time_bound")
_MONTHS = 6
_NEEDED = ("population", "stage", "baseline", "target", "scale")
_HOPELESS = 0.05


@dataclass(frozen=True)
class Verdict:
    """One letter: ``pass``, ``doubt`` or ``fail``, and why not passed (finding ``smart-<why>`` and its values)."""

    verdict: str
    why: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def term(self) -> Term:
        """The verdict as a word of the catalogue."""
        return Term(f"verdict.{self.verdict}")


_PASS = Verdict("pass")


@dataclass(frozen=True)
class Judged:
    """A goal with its prospect and the verdict of each letter."""

    goal: KpiGoal
    prospect: Prospect
    verdicts: dict[str, Verdict]


def judged(client: Client) -> list[Judged]:
    """Return every goal with its verdicts."""
    found = [prospects.prospect(client, goal) for goal in client.engagement.kpis.goals]
    return [Judged(seen.goal, seen, verdicts(client, seen.goal, seen=seen)) for seen in found]


def verdicts(client: Client, goal: KpiGoal, *, seen: Prospect | None = None) -> dict[str, Verdict]:
    """Return the verdict of each letter for one goal; its prospect is computed if it is not given."""
    seen = seen or prospects.prospect(client, goal)
    checks = {
        "specific": specific(client, goal),
        "measurable": measurable(client, goal, seen=seen),
        "achievable": achievable(client, goal, seen=seen),
        "relevant": relevant(client, goal),
        "time_bound": time_bound(client, goal),
    }
    return {letter: checks[letter] for letter in LETTERS}


def specific(client: Client, goal: KpiGoal) -> Verdict:
    """Return whether population, stage, baseline, target and scale are all said; a whole relationship has no stage."""
    needed = [name for name in _NEEDED if name != "stage" or metrics.has_stage(client, goal)]
    absent = [name for name in needed if getattr(goal, name) in (None, "")]
    if not absent:
        return _PASS
    return Verdict("fail", "not-specific", {"fields": [Term(f"column.{name}") for name in absent]})


def measurable(client: Client, goal: KpiGoal, *, seen: Prospect | None = None) -> Verdict:
    """Return whether the data could show the difference between now and the target.

    Testable with the answers there are: pass. Testable with as many as there are customers: doubt. Else fail.
    """
    now = (seen or prospects.prospect(client, goal)).now
    if not now.is_known:
        return Verdict("fail", "not-measured", {"now": now})
    if goal.target is None or goal.target == now.value:
        return Verdict("fail", "no-distance", {"now": now})
    distance = goal.target - now.value
    needs = needed_n(now, change=distance)
    if needs is None:
        return Verdict("doubt", "no-interval", {"now": now})
    if needs <= now.n:
        return _PASS
    reachable = len(client.table("customers")) + sum(part.n for part in client.parts("customers"))
    values = {"now": now, "distance": _in_unit(client, now, distance), "needs": needs, "customers": reachable}
    return Verdict("doubt", "needs-more", values) if needs <= reachable else Verdict("fail", "not-testable", values)


def achievable(client: Client, goal: KpiGoal, *, seen: Prospect | None = None) -> Verdict:
    """Return whether the target lies within what is possible and within what this client's number has done before.

    As far as it has moved before, or likely to be met if things go on: pass. Up to twice as far, or not hopeless if
    things go on: doubt. Else fail.
    """
    seen = seen or prospects.prospect(client, goal)
    now, months = seen.now, seen.months
    if goal.target is None or not now.is_known:
        return Verdict("doubt", "no-history", {"months": 0, "needed": _MONTHS})
    best = prospects.BEST[now.unit]
    if metrics.good_change(goal.metric, best, goal.target):
        return Verdict("fail", "beyond-best", {"best": _in_unit(client, now, best, is_difference=False)})
    if len(months) < _MONTHS:
        return Verdict("doubt", "no-history", {"months": len(months), "needed": _MONTHS})
    wanted, moved = abs(goal.target - now.value), float(months.rolling(3).mean().agg(lambda x: x.max() - x.min()))
    chance = seen.chance.value
    if wanted <= moved or (chance is not None and chance >= prospects.EVEN):
        return _PASS
    values = {"wanted": _in_unit(client, now, wanted), "moved": _in_unit(client, now, moved), "months": len(months)}
    if chance is None:
        return Verdict("doubt" if wanted <= 2 * moved else "fail", "never-moved-so-far", values)
    is_open = wanted <= 2 * moved or chance > _HOPELESS
    return Verdict(
        "doubt" if is_open else "fail", "unlikely", values | {"chance": seen.chance, "due": client.day(goal.due)}
    )


def relevant(client: Client, goal: KpiGoal) -> Verdict:
    """Return whether the goal serves a promise of the vision and stands at a stage of the journey."""
    if goal.feeling not in {feeling.id for feeling in client.engagement.vision.feelings}:
        return Verdict("fail", "serves-no-promise")
    stages = {stage.id for stage in client.engagement.journey.stages}
    if metrics.has_stage(client, goal) and goal.stage not in stages:
        return Verdict("doubt", "no-stage")
    return _PASS


def time_bound(client: Client, goal: KpiGoal) -> Verdict:
    """Return whether the goal has a date, and one that is still to come."""
    due = client.day(goal.due)
    if due is None:
        return Verdict("fail", "no-date")
    if due <= client.as_of:
        return Verdict("fail", "date-past", {"due": due, "as_of": client.as_of})
    return _PASS if goal.milestones else Verdict("doubt", "no-milestones", {"due": due})


def table(client: Client, goals: list[Judged]) -> pd.DataFrame:
    """Return one row a goal: value now, target, date, owner and the five verdicts."""
    roles = named(client.engagement.governance.roles)
    rows = [
        {
            "name": plain(found.goal.name),
            "now": found.prospect.now,
            "target": metrics.target(client, found.goal),
            "due": client.day(found.goal.due),
            "owner": roles.get(found.goal.owner, ""),
        }
        | {letter: verdict.term for letter, verdict in found.verdicts.items()}
        for found in goals
    ]
    return pd.DataFrame(rows, columns=["name", "now", "target", "due", "owner", *LETTERS])


def findings(goals: list[Judged]) -> list[Finding]:
    """Return one finding for every letter that a goal does not pass, with the reason."""
    found = []
    for judgement in goals:
        goal = judgement.goal
        for verdict in judgement.verdicts.values():
            if verdict.why:
                severity = "mend" if verdict.verdict == "fail" else "note"
                where = f"{parts.FILES['kpis']}: goals[{goal.id}]"
                found.append(
                    Finding(severity, f"smart-{verdict.why}", where, {"goal": plain(goal.name)} | verdict.values)
                )
    return found


def _in_unit(client: Client, now: Estimate, value: float, *, is_difference: bool = True) -> Estimate:
    """A number in the unit of `now`, computed from decisions rather than measured."""
    unit = "share_points" if is_difference and now.unit == "share" else now.unit
    return Estimate(value, n=now.n, level=client.level, unit=unit, reason="derived")
