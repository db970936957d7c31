"""Step 5, governance: who answers for what.

The RACI table says for each goal and stage who does it (responsible), who answers for it (accountable, exactly one),
who is asked (consulted) and who is told (informed). A thing with two accountable people has none.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import RaciRow
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import incentives, parts, pointers
from cxlib.steps.client import Client

STEP = "governance"
LETTERS = ("responsible", "accountable", "consulted", "informed")
FUNCTIONS = ("marketing", "sales", "support", "product", "hr", "it")
_OVERLOAD = 4


def section(client: Client) -> Section:
    """Return the section of step 5: RACI, the load of each role, committee, reporting plan, luck in incentives."""
    table = raci(client)
    owned = int((table["accountable"].map(len) == 1).sum())
    claims = [
        Claim("raci-owned", {"owned": owned, "total": len(table)}),
        Claim("committee-functions", {"present": len(functions_present(client)), "total": len(FUNCTIONS)}),
        *incentives.claims(client),
    ]
    exhibits = [
        Exhibit("raci", "raci", table, Claim("reading.raci")),
        Exhibit("load", "table", load(client), Claim("reading.load", {"limit": _OVERLOAD})),
        Exhibit("reporting", "table", reporting(client), Claim("reading.reporting")),
        *incentives.exhibits(client),
    ]
    owner = client.engagement.governance.owner
    decisions = {
        "owner": named(client.engagement.governance.roles).get(owner.role, ""),
        "mandate": plain(owner.mandate),
    }
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=check(client), decisions=decisions)


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful: things without one accountable role, overload, gaps of the committee."""
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    found += [finding for row in _rows(client) for finding in _row_findings(client, row)]
    for role, things in _accountable_for(client).items():
        if things > _OVERLOAD:
            values = {
                "role": named(client.engagement.governance.roles).get(role, role),
                "things": things,
                "limit": _OVERLOAD,
            }
            found.append(Finding("note", "raci-overload", f"{parts.FILES[STEP]}: raci", values))
    absent = [name for name in FUNCTIONS if name not in functions_present(client)]
    if client.engagement.governance.committee.members and absent:
        values = {"functions": [Term(f"function.{name}") for name in absent]}
        found.append(Finding("note", "committee-gap", f"{parts.FILES[STEP]}: committee.members", values))
    return found + incentives.findings(client)


def _rows(client: Client) -> list[RaciRow]:
    """The RACI rows, and an empty one for every goal and stage that has none."""
    rows = client.engagement.governance.raci
    kpis, stages = {row.kpi for row in rows}, {row.stage for row in rows}
    bare = [RaciRow(id=goal.id, kpi=goal.id) for goal in client.engagement.kpis.goals if goal.id not in kpis]
    bare += [RaciRow(id=item.id, stage=item.id) for item in client.engagement.journey.stages if item.id not in stages]
    return [*rows, *bare]


def _row_findings(client: Client, row: RaciRow) -> list[Finding]:
    """Exactly one accountable, at least one responsible."""
    where = f"{parts.FILES[STEP]}: raci[{row.id}]"
    thing = {"thing": _thing(client, row)}
    found = []
    if len(row.accountable) != 1:
        key = "raci-nobody-accountable" if not row.accountable else "raci-several-accountable"
        found.append(Finding("mend", key, f"{where}.accountable", thing | {"count": len(row.accountable)}))
    if not row.responsible:
        found.append(Finding("mend", "raci-nobody-responsible", f"{where}.responsible", thing))
    return found


def raci(client: Client) -> pd.DataFrame:
    """Return one row a goal or stage: its name and the roles under each letter."""
    names = named(client.engagement.governance.roles)
    rows = [
        {"label": _thing(client, row)}
        | {letter: [names.get(role, role) for role in getattr(row, letter)] for letter in LETTERS}
        for row in _rows(client)
    ]
    return pd.DataFrame(rows, columns=["label", *LETTERS])


def load(client: Client) -> pd.DataFrame:
    """Return one row a role: for how many things it is accountable and responsible."""
    accountable = _accountable_for(client)
    responsible = Counter(role for row in client.engagement.governance.raci for role in row.responsible)
    rows = [
        {"role": plain(role.name), "accountable": accountable[role.id], "responsible": responsible[role.id]}
        for role in client.engagement.governance.roles
    ]
    return pd.DataFrame(rows, columns=["role", "accountable", "responsible"])


def reporting(client: Client) -> pd.DataFrame:
    """Return the reporting plan: which KPIs, for whom, how often, by whom."""
    roles, goals = named(client.engagement.governance.roles), named(client.engagement.kpis.goals)
    rows = [
        {
            "kpis": [goals.get(kpi, kpi) for kpi in item.kpis],
            "audience": plain(item.audience),
            "cadence": Term(f"choice.{item.cadence}"),
            "owner": roles.get(item.owner, ""),
        }
        for item in client.engagement.governance.reporting
    ]
    return pd.DataFrame(rows, columns=["kpis", "audience", "cadence", "owner"])


def functions_present(client: Client) -> set[str]:
    """Return which of the six functions sit in the committee."""
    members = set(client.engagement.governance.committee.members)
    return {role.function for role in client.engagement.governance.roles if role.id in members} & set(FUNCTIONS)


def _accountable_for(client: Client) -> Counter:
    return Counter(role for row in client.engagement.governance.raci for role in row.accountable)


def _thing(client: Client, row: RaciRow):
    """The name of the goal or stage that a row is about."""
    goals = named(client.engagement.kpis.goals)
    stages = named(client.engagement.journey.stages)
    return goals.get(row.kpi) or stages.get(row.stage) or row.kpi or row.stage or row.id
