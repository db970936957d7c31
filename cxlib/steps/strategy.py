"""The strategy, told: everything on one page, the chain from promise to proven effect, and what would change it."""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import chain, metrics, turning_points
from cxlib.steps.client import Client

STEP = "strategy"


def section(client: Client) -> Section:
    """Return the section of step 8: strategy on a page, the chain lint, and what would turn each recommendation."""
    table = chain.table(client)
    turns = turning_points.table(client)
    whole = int((table["chain"] == Term("verdict.pass")).sum())
    exhibits = [
        Exhibit("on-a-page", "table", on_a_page(client), Claim("reading.on-a-page")),
        Exhibit("chain", "table", table, Claim("reading.chain")),
        *turning_points.exhibits(turns),
    ]
    claims = [Claim("chain-whole", {"whole": whole, "total": len(table)}), *turning_points.claims(turns)]
    decisions = {"statement": plain(client.engagement.vision.statement)}
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=check(client), decisions=decisions)


def check(client: Client) -> list[Finding]:
    """Return the broken links of the chain."""
    return chain.findings(client)


def on_a_page(client: Client) -> pd.DataFrame:
    """Return one row a KPI goal: promise, person, stage, value now, target, owner and the next action."""
    engagement = client.engagement
    feelings = named(engagement.vision.feelings)
    stages = named(engagement.journey.stages)
    roles = named(engagement.governance.roles)
    actions = {action.kpi: plain(action.name) for action in reversed(engagement.improvement.actions)}
    rows = [
        {
            "promise": feelings.get(goal.feeling, ""),
            "stage": stages.get(goal.stage, ""),
            "name": plain(goal.name),
            "now": metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage),
            "target": metrics.target(client, goal),
            "owner": roles.get(goal.owner, ""),
            "action": actions.get(goal.id, ""),
        }
        for goal in engagement.kpis.goals
    ]
    return pd.DataFrame(rows, columns=["promise", "stage", "name", "now", "target", "owner", "action"])
