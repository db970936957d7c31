"""Who is responsible, accountable, consulted and informed: things down, people across, a letter in each cell.

Every thing needs exactly one accountable and at least one responsible person; a row that breaks this says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from cxlib.ink.rows import label, records
from cxlib.ink.sentences import Reader
from cxlib.section import Exhibit

ROLES = ("responsible", "accountable", "consulted", "informed")


@dataclass(frozen=True)
class Matrix:
    """The letters: `cells[thing][person]` lists the roles; `faults[thing]` says in words what is wrong."""

    things: list[str]
    people: list[str]
    cells: list[list[list[str]]]
    faults: list[list[str]]


def matrix(exhibit: Exhibit, *, reader: Reader) -> Matrix:
    """Return an exhibit of kind ``raci`` as a matrix of things and people, both in the order they appear."""
    rows = records(exhibit.frame)
    held = [{role: [label(who, reader=reader) for who in _people(row.get(role))] for role in ROLES} for row in rows]
    people = list(dict.fromkeys(who for row in held for role in ROLES for who in row[role]))
    cells = [[[role for role in ROLES if who in row[role]] for who in people] for row in held]
    faults = [[reader.words(f"raci.{fault}") for fault in _faults(row)] for row in held]
    return Matrix([label(row["label"], reader=reader) for row in rows], people, cells, faults)


def _people(value: Any) -> list[Any]:
    """The labels in a cell that may be empty or hold one label only."""
    return value if isinstance(value, list) else list(value) if isinstance(value, tuple) else [value] if value else []


def _faults(row: dict[str, list[str]]) -> list[str]:
    """Which rule a thing breaks, as the last part of its catalogue key."""
    found = []
    if len(row["accountable"]) != 1:
        found.append("many-accountable" if row["accountable"] else "none-accountable")
    return found + ([] if row["responsible"] else ["none-responsible"])


def raci(exhibit: Exhibit, *, reader: Reader) -> str:
    """Return an exhibit of kind ``raci`` as an HTML table with its legend, escaped."""
    shown = matrix(exhibit, reader=reader)
    if not shown.things:
        return f'<p class="empty">{escape(reader.words("figure.empty"))}</p>'
    head = "".join(f'<th scope="col">{escape(who)}</th>' for who in shown.people)
    body = "".join(_thing(place, shown, reader) for place in range(len(shown.things)))
    first = f'<th scope="col">{escape(reader.words("raci.thing"))}</th>'
    table = f'<table class="grid raci"><thead><tr>{first}{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll">{table}</div><p class="legend">{_legend(reader)}</p>'


def _thing(place: int, shown: Matrix, reader: Reader) -> str:
    """One row: the thing, its faults, and a cell a person."""
    faults = "".join(f'<span class="fault">{escape(fault)}</span>' for fault in shown.faults[place])
    cells = "".join(f"<td>{''.join(_letter(role, reader) for role in roles)}</td>" for roles in shown.cells[place])
    return f'<tr><th scope="row">{escape(shown.things[place])}{faults}</th>{cells}</tr>'


def _letter(role: str, reader: Reader) -> str:
    """The letter of a role, its word for those who ask."""
    short, word = reader.words(f"raci.short.{role}"), reader.words(f"raci.{role}")
    return f'<abbr class="role {role}" title="{escape(word)}">{escape(short)}</abbr>'


def _legend(reader: Reader) -> str:
    return " ".join(f"{_letter(role, reader)} {escape(reader.words(f'raci.{role}'))}" for role in ROLES)
