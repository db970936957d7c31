"""What a finished step consists of, and how much of it is there.

Each step names its parts; a part is there or it is not. Completeness, the wheel of the start page and the findings
about missing parts all come from this one list.
"""

from __future__ import annotations

from collections.abc import Callable

from cxlib.engagement.folder import Engagement
from cxlib.section import Finding

STEPS = ("vision", "personas", "journey", "kpis", "governance", "tooling", "improvement")
FILES = {step: f"strategy/{number}_{step}.yaml" for number, step in enumerate(STEPS, start=1)}

_PARTS: dict[str, dict[str, Callable[[Engagement], bool]]] = {
    "vision": {
        "statement": lambda e: bool(e.vision.statement),
        "feelings": lambda e: bool(e.vision.feelings),
        "goals": lambda e: bool(e.vision.goals),
        "principles": lambda e: bool(e.vision.principles),
        "activation": lambda e: any(item.status == "done" for item in e.vision.activation),
    },
    "personas": {
        "attributes": lambda e: bool(e.personas.attributes),
        "personas": lambda e: bool(e.personas.personas),
        "rules": lambda e: _all(e.personas.personas, "rule"),
        "needs": lambda e: _all(e.personas.personas, "needs"),
        "pains": lambda e: _all(e.personas.personas, "pains"),
    },
    "journey": {
        "goal": lambda e: bool(e.journey.goal),
        "personas": lambda e: bool(e.journey.personas),
        "stages": lambda e: bool(e.journey.stages),
        "touchpoints": lambda e: bool(e.journey.touchpoints),
        "pains": lambda e: bool(e.journey.pains),
        "reviewed_on": lambda e: bool(e.journey.reviewed_on),
    },
    "kpis": {
        "goals": lambda e: bool(e.kpis.goals),
        "targets": lambda e: _all(e.kpis.goals, "target"),
        "due": lambda e: _all(e.kpis.goals, "due"),
        "owner": lambda e: _all(e.kpis.goals, "owner"),
    },
    "governance": {
        "roles": lambda e: bool(e.governance.roles),
        "owner": lambda e: bool(e.governance.owner.role),
        "committee": lambda e: bool(e.governance.committee.members),
        "raci": lambda e: bool(e.governance.raci),
        "reporting": lambda e: bool(e.governance.reporting),
    },
    "tooling": {
        "vendors": lambda e: bool(e.tooling.vendors),
        "systems": lambda e: bool(e.tooling.systems),
        "in_use": lambda e: any(vendor.status == "in_use" for vendor in e.tooling.vendors),
    },
    "improvement": {
        "actions": lambda e: bool(e.improvement.actions),
        "kpi": lambda e: _all(e.improvement.actions, "kpi"),
        "owner": lambda e: _all(e.improvement.actions, "owner"),
        "due": lambda e: _all(e.improvement.actions, "due"),
    },
}


def _all(items: list, field: str) -> bool:
    """Whether there are items and each has the field."""
    return bool(items) and all(getattr(item, field) not in (None, "", [], {}) for item in items)


def parts(engagement: Engagement, *, step: str) -> dict[str, bool]:
    """Return each part of a step and whether it is there."""
    return {part: is_there(engagement) for part, is_there in _PARTS[step].items()}


def completeness(engagement: Engagement, *, step: str) -> float:
    """Return the share of a step's parts that are there, 0 to 1."""
    there = parts(engagement, step=step)
    return sum(there.values()) / len(there)


def missing(engagement: Engagement, *, step: str) -> list[Finding]:
    """Return a finding for every part that is not there, or one if the whole file is missing."""
    file = FILES[step]
    if file in engagement.missing:
        return [Finding("mend", "file-missing", file, {"file": file})]
    absent = [part for part, is_there in parts(engagement, step=step).items() if not is_there]
    return [Finding("mend", f"part-missing.{step}.{part}", file) for part in absent]
