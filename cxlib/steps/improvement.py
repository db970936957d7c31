"""Step 7, continuous improvement: what is unusual, what works, what to do next, and whether it pays.

A point estimate of value or effort is a guess in disguise. Two actions whose ranges of value per effort overlap are
not ranked against each other: the order between them is within the noise of the guesses.
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import Action
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import control_charts, investment, leaving, parts, pointers, proofs
from cxlib.steps.client import Client
from cxlib.steps.control_charts import Watch

STEP = "improvement"
_OPEN = ("idea", "doing")


def section(client: Client) -> Section:
    """Return the section of step 7: the backlog, control charts, the effect of each action, the business case."""
    improvement = client.engagement.improvement
    doing = [action for action in improvement.actions if action.status == "doing"]
    watches = control_charts.watched(client)
    effects = proofs.proofs(client, [each.series for each in watches])
    programme = investment.investment(client)
    case, going = investment.case(client, programme), leaving.leaving(client)
    claims = [
        Claim("work-in-progress", {"doing": len(doing), "limit": improvement.wip_limit}),
        _first_choice(client),
        *control_charts.claims(watches),
        *proofs.claims(effects),
        *investment.claims(programme, case),
        *investment.payback_claims(client, programme, case),
        *leaving.claims(client, going),
    ]
    exhibits = [
        Exhibit("backlog", "table", backlog(client), Claim("reading.backlog")),
        *control_charts.exhibits(client, watches),
        *proofs.exhibits(effects),
        *investment.exhibits(client, programme, case),
        *leaving.exhibits(client, going),
    ]
    decisions = {"doing": [plain(action.name) for action in doing]}
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=_found(client, watches), decisions=decisions)


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful: too much at once, actions without a goal or effect, overdue ones, alarms."""
    return _found(client, control_charts.watched(client))


def _found(client: Client, watches: list[Watch]) -> list[Finding]:
    """The findings, given the control charts."""
    improvement = client.engagement.improvement
    file = parts.FILES[STEP]
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    doing = sum(action.status == "doing" for action in improvement.actions)
    if doing > improvement.wip_limit:
        found.append(
            Finding("mend", "too-much-at-once", f"{file}: wip_limit", {"doing": doing, "limit": improvement.wip_limit})
        )
    for action in improvement.actions:
        found += _action_findings(client, action) if action.status not in parts.CLOSED else []
    return found + control_charts.findings(watches) + proofs.findings(client)


def _action_findings(client: Client, action: Action) -> list[Finding]:
    """What one action lacks."""
    where, name = f"{parts.FILES[STEP]}: actions[{action.id}]", {"action": plain(action.name)}
    found = []
    if action.expected_effect is None:
        found.append(Finding("mend", "action-without-effect", f"{where}.expected_effect", name))
    due = client.day(action.due)
    if due and due < client.as_of:
        found.append(Finding("mend", "action-overdue", f"{where}.due", name | {"due": due}))
    return found


def backlog(client: Client) -> pd.DataFrame:
    """Return one row an open action, best first: value, effort and value per effort as ranges."""
    goals = named(client.engagement.kpis.goals)
    roles = named(client.engagement.governance.roles)
    rows = [
        {
            "action": plain(action.name),
            "status": Term(f"choice.{action.status}"),
            "kpi": goals.get(action.kpi, ""),
            "value": list(action.value or []),
            "effort": list(action.effort or []),
            "ratio": list(per_effort(action) or []),
            "owner": roles.get(action.owner, ""),
            "due": client.day(action.due),
        }
        for action in ranked(client)
    ]
    return pd.DataFrame(rows, columns=["action", "status", "kpi", "value", "effort", "ratio", "owner", "due"])


def ranked(client: Client) -> list[Action]:
    """Return the open actions, highest middle of value per effort first, those without ranges last."""
    waiting = [action for action in client.engagement.improvement.actions if action.status in _OPEN]
    return sorted(waiting, key=lambda action: -sum(per_effort(action) or (0, 0)))


def per_effort(action: Action) -> tuple[float, float] | None:
    """Return the range of value per effort: worst value by most effort to best value by least effort."""
    if not action.value or not action.effort or min(action.effort) <= 0:
        return None
    return min(action.value) / max(action.effort), max(action.value) / min(action.effort)


def _first_choice(client: Client) -> Claim:
    """The best action, or that the ranges do not tell."""
    best = [action for action in ranked(client) if per_effort(action)][:2]
    if len(best) < 2:
        return Claim("backlog-cannot-tell", {"ranged": len(best)})
    first, second = best
    key = "backlog-first" if per_effort(first)[0] > per_effort(second)[1] else "backlog-tied"
    return Claim(key, {"first": plain(first.name), "second": plain(second.name)})
