"""Items of the strategy files point at each other by id; here every pointer that leads nowhere is found."""

from __future__ import annotations

from collections.abc import Iterator

from cxlib.engagement.folder import Engagement
from cxlib.errors import closest
from cxlib.section import Finding
from cxlib.steps.parts import FILES

_POINTERS = (
    ("vision", "feelings", "kpis", "goal"),
    ("vision", "feelings", "goals", "company_goal"),
    ("vision", "principles", "owner", "role"),
    ("vision", "activation", "owner", "role"),
    ("journey", "stages", "owner", "role"),
    ("journey", "touchpoints", "stage", "stage"),
    ("journey", "touchpoints", "owner", "role"),
    ("journey", "pains", "stage", "stage"),
    ("journey", "opportunities", "stage", "stage"),
    ("kpis", "goals", "stage", "stage"),
    ("kpis", "goals", "feeling", "feeling"),
    ("kpis", "goals", "owner", "role"),
    ("kpis", "goals", "deputy", "role"),
    ("governance", "raci", "kpi", "goal"),
    ("governance", "raci", "stage", "stage"),
    ("governance", "raci", "responsible", "role"),
    ("governance", "raci", "accountable", "role"),
    ("governance", "raci", "consulted", "role"),
    ("governance", "raci", "informed", "role"),
    ("governance", "reporting", "kpis", "goal"),
    ("governance", "reporting", "owner", "role"),
    ("governance", "incentives", "owner", "role"),
    ("tooling", "vendors", "covers", "touchpoint"),
    ("tooling", "comparisons", "first", "criterion"),
    ("tooling", "comparisons", "second", "criterion"),
    ("tooling", "systems", "owner", "role"),
    ("improvement", "actions", "kpi", "goal"),
    ("improvement", "actions", "pain", "pain"),
    ("improvement", "actions", "owner", "role"),
)


def ids(engagement: Engagement) -> dict[str, set[str]]:
    """Return the ids that a pointer can lead to, by kind."""
    lists = {
        "goal": engagement.kpis.goals,
        "company_goal": engagement.vision.goals,
        "feeling": engagement.vision.feelings,
        "role": engagement.governance.roles,
        "stage": engagement.journey.stages,
        "touchpoint": engagement.journey.touchpoints,
        "pain": engagement.journey.pains,
        "criterion": engagement.tooling.criteria,
    }
    return {kind: {item.id for item in items} for kind, items in lists.items()}


def dangling(engagement: Engagement, *, step: str) -> list[Finding]:
    """Return a finding for every pointer of one step's file that leads nowhere."""
    known = ids(engagement)
    return [
        Finding("mend", "pointer", where, {"id": target, "kind": kind, "near": closest(target, known[kind])})
        for where, target, kind in _pointers(engagement, step)
        if target not in known[kind]
    ]


def _pointers(engagement: Engagement, step: str) -> Iterator[tuple[str, str, str]]:
    """(where, id pointed at, kind) of one step's file."""
    for name, items, field, kind in _POINTERS:
        if name != step:
            continue
        for item in getattr(getattr(engagement, step), items):
            targets = getattr(item, field)
            for target in targets if isinstance(targets, list) else [targets] if targets else []:
                yield f"{FILES[step]}: {items}[{item.id}].{field}", target, kind
