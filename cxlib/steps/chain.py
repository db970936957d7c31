"""The chain lint: every promise → measure → stage → owner → action → effect, and where it breaks.

A customer-experience strategy is a chain. One broken link and the promise is a wish: nobody measures it, nobody
owns it, or nothing is done about it.
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import Action, Feeling, KpiGoal
from cxlib.section import Finding, Term
from cxlib.steps import metrics, parts
from cxlib.steps.client import Client

LINKS = ("measure", "stage", "owner", "action", "effect")
_WHERE = {
    "measure": ("vision", "feelings[{feeling}].kpis"),
    "stage": ("kpis", "goals[{goal}].stage"),
    "owner": ("kpis", "goals[{goal}].owner"),
    "action": ("improvement", "actions"),
    "effect": ("improvement", "actions[{action}].expected_effect"),
}


def table(client: Client) -> pd.DataFrame:
    """Return one row a promise and goal: what stands at each link, empty where the chain is broken, and the verdict."""
    rows = [row for feeling in client.engagement.vision.feelings for row in _rows(client, feeling)]
    return pd.DataFrame(rows, columns=["promise", "measure", "now", *LINKS[1:], "chain"])


def findings(client: Client) -> list[Finding]:
    """Return one finding for every broken link, saying where to mend it."""
    found = []
    for feeling in client.engagement.vision.feelings:
        for goal in _goals(client, feeling) or [None]:
            found += [_finding(client, feeling, goal, link) for link in broken(client, goal)[:1]]
    return found


def broken(client: Client, goal: KpiGoal | None) -> list[str]:
    """Return the links that are missing behind a promise's goal; without a goal it is the first and only one."""
    if goal is None:
        return ["measure"]
    action = _action(client, goal)
    stages = {stage.id for stage in client.engagement.journey.stages}
    there = {
        "measure": metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage).is_known,
        "stage": goal.stage in stages or not metrics.has_stage(client, goal),
        "owner": goal.owner in {role.id for role in client.engagement.governance.roles},
        "action": action is not None,
        "effect": action is None or action.expected_effect is not None,
    }
    return [link for link in LINKS if not there[link]]


def _rows(client: Client, feeling: Feeling) -> list[dict]:
    """The rows of one promise."""
    return [_row(client, feeling, goal) for goal in _goals(client, feeling) or [None]]


def _row(client: Client, feeling: Feeling, goal: KpiGoal | None) -> dict:
    """One promise through one goal."""
    engagement = client.engagement
    stages = named(engagement.journey.stages)
    roles = named(engagement.governance.roles)
    action = _action(client, goal) if goal else None
    missing = broken(client, goal)
    return {
        "promise": plain(feeling.name),
        "measure": plain(goal.name) if goal else "",
        "now": metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage) if goal else None,
        "stage": stages.get(goal.stage, "") if goal else "",
        "owner": roles.get(goal.owner, "") if goal else "",
        "action": plain(action.name) if action else "",
        "effect": action.expected_effect if action else None,
        "chain": Term(f"link.{missing[0]}" if missing else "verdict.pass"),
    }


def _goals(client: Client, feeling: Feeling) -> list[KpiGoal]:
    """The goals that a promise names, and those that name the promise."""
    return [goal for goal in client.engagement.kpis.goals if goal.id in feeling.kpis or goal.feeling == feeling.id]


def _action(client: Client, goal: KpiGoal) -> Action | None:
    """The first action for a goal that is not dropped."""
    actions = client.engagement.improvement.actions
    return next((action for action in actions if action.kpi == goal.id and action.status != "dropped"), None)


def _finding(client: Client, feeling: Feeling, goal: KpiGoal | None, link: str) -> Finding:
    """A broken link as a finding."""
    step, where = _WHERE[link]
    action = _action(client, goal) if goal else None
    place = where.format(feeling=feeling.id, goal=goal.id if goal else "", action=action.id if action else "")
    values = {"promise": plain(feeling.name), "goal": plain(goal.name) if goal else ""}
    return Finding("mend", f"chain-{link}", f"{parts.FILES[step]}: {place}", values)
