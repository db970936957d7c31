"""What is said of tables that stay where they live: what they hold, what is unchecked there, what needs their rows."""

from __future__ import annotations

from typing import Any

from cxlib.intake.remote import Remote
from cxlib.section import Finding, Term
from cxlib.steps.client import Client

_WHERE = "engagement.yaml: sources"


def findings(client: Client) -> list[Finding]:
    """Return a note for each such table: what it holds, what is unchecked, which methods leave it out."""
    return [
        finding
        for table, parts in client.elsewhere.items()
        for finding in [
            *(one for part in parts for one in _about(client, part)),
            Finding("note", "rows-needed", f"{_WHERE}.{table}", _named(table) | {"methods": methods(table)}),
        ]
    ]


def _about(client: Client, part: Remote) -> list[Finding]:
    """What one source is, and what it holds that nobody counts."""
    where, values = f"{_WHERE}.{part.table}", _named(part.table) | {"place": part.name}
    found = Finding("note", "source-elsewhere", where, values | {"rows": part.n, "columns": len(part.columns)})
    unchecked = Finding("note", "elsewhere-unchecked", where, {"place": part.name})
    return [found, unchecked, *_unlisted(client, part)]


def _unlisted(client: Client, part: Remote) -> list[Finding]:
    """Answers to surveys that engagement.yaml does not name."""
    if part.table != "responses":
        return []
    counts = part.counted("survey").set_index("survey")["n"]
    strange = counts.drop(list(client.engagement.setup.surveys), errors="ignore")
    values = [{"place": part.name, "survey": name, "n": int(n)} for name, n in strange.items()]
    return [Finding("mend", "survey-unlisted", "engagement.yaml: surveys", one) for one in values]


def methods(table: str) -> Term:
    """Return the methods that need single rows of a table, in words."""
    return Term(f"rows-needed.{table}")


def _named(table: str) -> dict[str, Any]:
    """A table as readers know it."""
    return {"table": Term(f"table.{table}")}


def rows(client: Client) -> list[dict[str, Any]]:
    """Return one row a source that stays where it lives, for the table of what data there is."""
    return [
        _named(table) | {"rows": part.n, "columns": len(part.columns), "filled": None}
        for table, parts in client.elsewhere.items()
        for part in parts
    ]
