"""Which ids a field may point at, with their names, so that people choose instead of typing ids."""

from __future__ import annotations

from typing import Any

from cxlib.engagement.folder import Engagement
from cxlib.words.catalogue import written

_ROLES = ("5_governance", "roles")
LINKS = {
    **dict.fromkeys(("owner", "deputy", "role", "members"), _ROLES),
    **dict.fromkeys(("responsible", "accountable", "consulted", "informed"), _ROLES),
    "stage": ("3_journey", "stages"),
    "pain": ("3_journey", "pains"),
    "covers": ("3_journey", "touchpoints"),
    "kpi": ("4_kpis", "goals"),
    "kpis": ("4_kpis", "goals"),
    "feeling": ("1_vision", "feelings"),
    "goals": ("1_vision", "goals"),
    "personas": ("2_personas", "personas"),
    "feeds": ("6_tooling", "systems"),
}


def options(field: str, engagement: Engagement, *, file: str, plain: dict[str, Any], lang: str) -> dict[str, str]:
    """Return id → name of what a field may point at; empty if it may be anything.

    Parameters
    ----------
    field
        Name of the field.
    engagement
        Where the other files stand.
    file, plain
        The file being edited and what it holds now: its own items can be pointed at before they are saved.
    lang
        Language of the names.
    """
    if field == "survey":
        return {name: written(_plain(survey.name), lang) or name for name, survey in engagement.setup.surveys.items()}
    if field not in LINKS:
        return {}
    there, name = LINKS[field]
    content = plain if there == file else getattr(engagement, there[2:]).model_dump(mode="json", exclude_defaults=True)
    items = [item for item in content.get(name, []) if isinstance(item, dict) and isinstance(item.get("id"), str)]
    return {item["id"]: _name(item, lang) for item in items}


def _plain(text: Any) -> Any:
    """A text as a string or {en, fa}."""
    return text if isinstance(text, str) else text.model_dump(exclude_defaults=True)


def _name(item: dict[str, Any], lang: str) -> str:
    """What an item is called."""
    name = item.get("name") or item.get("text") or item["id"]
    return written(name, lang)
