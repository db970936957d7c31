"""What a finished step consists of, and how much of it is there.

Each step names its parts; a part is there or it is not. Completeness, the wheel of the start page and the findings
about missing parts all come from this one list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cxlib.engagement.fields import File, Item, plain
from cxlib.engagement.folder import Engagement
from cxlib.section import Finding, Term

STEPS = ("vision", "personas", "journey", "kpis", "governance", "tooling", "improvement")
FILES = {step: f"strategy/{number}_{step}.yaml" for number, step in enumerate(STEPS, start=1)}
CLOSED = ("done", "dropped")


@dataclass(frozen=True)
class Each:
    """A part that every item of a list must have: goals and their owners, personas and their needs.

    Items whose status is one of `closed` need it no more.
    """

    items: str
    field: str
    closed: tuple[str, ...] = ()

    def lacking(self, file: File) -> list[Item]:
        """Return the items of a strategy file that do not have the field."""
        waiting = [item for item in getattr(file, self.items) if getattr(item, "status", "") not in self.closed]
        return [item for item in waiting if getattr(item, self.field) in (None, "", [], {})]

    def is_there(self, file: File) -> bool:
        """Tell whether there are items and each has the field."""
        return bool(getattr(file, self.items)) and not self.lacking(file)


def _some(field: str) -> Callable[[File], bool]:
    """A part that is there when a field of the file is not empty."""
    return lambda file: bool(getattr(file, field))


_PARTS: dict[str, dict[str, Each | Callable[[File], bool]]] = {
    "vision": {
        **{field: _some(field) for field in ("statement", "feelings", "goals", "principles")},
        "activation": lambda vision: any(place.status == "done" for place in vision.activation),
    },
    "personas": {
        **{field: _some(field) for field in ("attributes", "personas")},
        **{field: Each("personas", field) for field in ("rule", "needs", "pains")},
    },
    "journey": {field: _some(field) for field in ("goal", "personas", "stages", "touchpoints", "pains", "reviewed_on")},
    "kpis": {"goals": _some("goals"), **{field: Each("goals", field) for field in ("target", "due", "owner")}},
    "governance": {
        **{field: _some(field) for field in ("roles", "raci", "reporting")},
        "owner": lambda governance: bool(governance.owner.role),
        "committee": lambda governance: bool(governance.committee.members),
    },
    "tooling": {
        **{field: _some(field) for field in ("vendors", "systems")},
        "in_use": lambda tooling: any(vendor.status == "in_use" for vendor in tooling.vendors),
    },
    "improvement": {
        "actions": _some("actions"),
        **{field: Each("actions", field, CLOSED) for field in ("kpi", "owner", "due")},
    },
}
_SAID_BY_SMART = (("kpis", "target"), ("kpis", "due"))


def parts(engagement: Engagement, *, step: str) -> dict[str, bool]:
    """Return each part of a step and whether it is there."""
    file = getattr(engagement, step)
    return {
        part: known.is_there(file) if isinstance(known, Each) else known(file) for part, known in _PARTS[step].items()
    }


def completeness(engagement: Engagement, *, step: str) -> float:
    """Return the share of a step's parts that are there, 0 to 1."""
    there = parts(engagement, step=step)
    return sum(there.values()) / len(there)


def missing(engagement: Engagement, *, step: str) -> list[Finding]:
    """Return a finding for every part that is not there, or one if the whole file is missing."""
    file = FILES[step]
    if file in engagement.missing:
        return [Finding("mend", "file-missing", file, {"file": file})]
    found = []
    for part, known in _PARTS[step].items():
        if isinstance(known, Each):
            found += [] if (step, part) in _SAID_BY_SMART else _lacking(engagement, step, known)
        elif not known(getattr(engagement, step)):
            found.append(Finding("mend", f"part-missing.{step}.{part}", file))
    return found


def _lacking(engagement: Engagement, step: str, each: Each) -> list[Finding]:
    """A finding for every item without the field."""
    return [
        Finding(
            "mend",
            "item-lacks",
            f"{FILES[step]}: {each.items}[{item.id}].{each.field}",
            {"item": plain(item.name), "field": Term(f"column.{each.field}")},
        )
        for item in each.lacking(getattr(engagement, step))
    ]
