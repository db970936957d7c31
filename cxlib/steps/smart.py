"""The SMART check of a goal, each letter with its reason.

Specific, Relevant and Time-bound are facts of the strategy file. Measurable asks the data: could a change of this
size be told from noise with so many answers? Achievable asks the client's own past: has this number ever moved so far?
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
from cxlib.steps import metrics, parts
from cxlib.steps.client import Client

LETTERS = ("specific", "measurable", "achievable", "relevant", "time_bound")
_MONTHS = 6
_NEEDED = ("population", "stage", "baseline", "target", "scale")
_BEST = {"points": 100.0, "share": 1.0, "minutes": 0.0}


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


def verdicts(client: Client, goal: KpiGoal) -> dict[str, Verdict]:
    """Return the verdict of each letter for one goal."""
    checks = {
        "specific": specific(client, goal),
        "measurable": measurable(client, goal),
        "achievable": achievable(client, goal),
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


def measurable(client: Client, goal: KpiGoal) -> Verdict:
    """Return whether the data could show the difference between now and the target.

    Testable with the answers there are: pass. Testable with as many as there are customers: doubt. Else fail.
    """
    now = metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage)
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
    reachable = len(client.table("customers"))
    values = {"now": now, "distance": _in_unit(client, now, distance), "needs": needs, "customers": reachable}
    return Verdict("doubt", "needs-more", values) if needs <= reachable else Verdict("fail", "not-testable", values)


def achievable(client: Client, goal: KpiGoal) -> Verdict:
    """Return whether the target lies within what is possible and within what this client's number has done before."""
    now = metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage)
    if goal.target is None or not now.is_known:
        return Verdict("doubt", "no-history", {"months": 0, "needed": _MONTHS})
    best = _BEST[now.unit]
    if metrics.good_change(goal.metric, best, goal.target):
        return Verdict("fail", "beyond-best", {"best": _in_unit(client, now, best, is_difference=False)})
    months = metrics.by_month(client, goal.metric, name=goal.survey, stage=goal.stage)["value"].dropna()
    if len(months) < _MONTHS:
        return Verdict("doubt", "no-history", {"months": len(months), "needed": _MONTHS})
    wanted, moved = abs(goal.target - now.value), float(months.rolling(3).mean().agg(lambda x: x.max() - x.min()))
    values = {"wanted": _in_unit(client, now, wanted), "moved": _in_unit(client, now, moved), "months": len(months)}
    if wanted <= moved:
        return _PASS
    return Verdict("doubt" if wanted <= 2 * moved else "fail", "never-moved-so-far", values)


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


def table(client: Client) -> pd.DataFrame:
    """Return one row a goal: value now, target, date, owner and the five verdicts."""
    roles = named(client.engagement.governance.roles)
    rows = [
        {
            "name": plain(goal.name),
            "now": metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage),
            "target": metrics.target(client, goal),
            "due": client.day(goal.due),
            "owner": roles.get(goal.owner, ""),
        }
        | {letter: verdict.term for letter, verdict in verdicts(client, goal).items()}
        for goal in client.engagement.kpis.goals
    ]
    return pd.DataFrame(rows, columns=["name", "now", "target", "due", "owner", *LETTERS])


def findings(client: Client) -> list[Finding]:
    """Return one finding for every letter that a goal does not pass, with the reason."""
    found = []
    for goal in client.engagement.kpis.goals:
        for verdict in verdicts(client, goal).values():
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
