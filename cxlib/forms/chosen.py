"""What was chosen for a source's columns, and the smallest change of engagement.yaml that says it.

Nothing is written that intake would find without being told: a column that the tool's preset knows needs no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cxlib.engagement.changes import Add, Change, Set
from cxlib.engagement.setup import Setup, Source
from cxlib.intake import labels, mapping, redaction
from cxlib.intake.export import Export
from cxlib.intake.proposals import Proposal

_LOOKED_AT = 20_000
_SHOWN, _LONG = 5, 40


@dataclass(frozen=True)
class Entry:
    """A source in engagement.yaml: its table and its place in the list there; no place if it does not stand there."""

    table: str
    number: int | None
    source: Source

    def held(self, export: Export, name: str) -> str:
        """Return the name of the column that the map gives to a canonical column, empty if none or not there."""
        wanted = self.source.map.get(name)
        place = mapping.place(export.columns, str(wanted)) if wanted is not None else None
        return "" if place is None else export.columns[place].name


def entry(setup: Setup, file: str, *, table: str = "") -> Entry:
    """Return where a file stands in engagement.yaml; a new entry for `table`, else ``responses``, if nowhere.

    Examples
    --------
    >>> entry(Setup(schema=1, name="Acme"), "inbox/a.csv").number is None
    True
    """
    for name, sources in setup.sources.items():
        for number, source in enumerate(sources):
            if source.file == file and table in ("", name):
                return Entry(name, number, source)
    return Entry(table or "responses", None, Source(file=file))


def unmapped(export: Export, table: str) -> dict[str, int]:
    """Return canonical column → place for what intake finds without a map: by the preset and by canonical names."""
    return mapping.mapped(export, table, Source(preset=export.tool))


def start(entry: Entry, export: Export, name: str, proposal: Proposal | None, default: int | None) -> str:
    """Return the column that the form shows first: the confirmed one, none where the tool knows it, the proposed one.

    Parameters
    ----------
    entry, export
        The source and its file.
    name
        The canonical column.
    proposal
        What its wording points to.
    default
        Place of the column that intake takes without being told.
    """
    held = entry.held(export, name)
    return held or ("" if proposal is None or default is not None else proposal.column)


def scale(setup: Setup, survey: str | None, name: str, proposal: Proposal | None) -> str:
    """Return the scale to show first: the survey's own, else the one that the wording settles, else none."""
    known = getattr(setup.surveys[survey].instruments, name) if survey in setup.surveys else None
    settled = proposal.instrument if proposal is not None and proposal.question is None else ""
    return known or settled


def samples(column: pl.Series, *, instrument: str, values: Mapping[str, str]) -> list[str]:
    """Return the commonest cells that are scores, labels with their number; what is no score is never shown.

    Examples
    --------
    >>> samples(pl.Series(["9", "9", "7", "call me"]), instrument="nps", values={})
    ['9', '7']
    """
    text = column.head(_LOOKED_AT).str.strip_chars()
    text = text.filter(text != "").to_pandas().astype("str")
    scored = labels.scores(text, instrument=instrument, values=values).values
    counted = text[scored.notna()].value_counts(sort=True).index[:_SHOWN]
    return [_told(cell, float(scored[text == cell].iloc[0])) for cell in counted]


def _told(cell: str, score: float) -> str:
    """A cell with its score, or the score alone where the cell says no more."""
    words = "" if labels.number(cell) == score and not labels.beside(cell) else redaction.redact(cell)[:_LONG]
    return f"{words} = {score:g}" if words else f"{score:g}"


def changes(
    setup: Setup, entry: Entry, export: Export, wanted: Mapping[str, str], *, survey: str, scales: Mapping[str, str]
) -> list[Change]:
    """Return the changes of engagement.yaml that say what was chosen, the survey's first.

    Parameters
    ----------
    setup, entry, export
        engagement.yaml as it is, the source and its file.
    wanted
        Canonical column → name of the export's column, empty for none.
    survey
        Id of the survey; one that does not exist yet is made.
    scales
        ``nps``, ``csat``, ``ces`` → scale, as far as the columns are filled and the scale is chosen.
    """
    told = [*_surveys(setup, survey, scales)] if entry.table == "responses" else []
    fields = {"survey": survey} if survey else {}
    if entry.number is None:
        map_ = {name: column for name, column in wanted.items() if column}
        new = {"file": entry.source.file, "preset": export.tool} | fields | ({"map": map_} if map_ else {})
        return [*told, Add(f"sources.{entry.table}", new)]
    base = f"sources.{entry.table}[#{entry.number}]"
    if survey != (entry.source.survey or ""):
        told.append(Set(f"{base}.survey", survey or None))
    return [*told, *_mapped(base, entry, export, wanted)]


def _mapped(base: str, entry: Entry, export: Export, wanted: Mapping[str, str]) -> list[Change]:
    """The changed entries of a map; a map that loses an entry is written anew."""
    held = {name: entry.held(export, name) for name in wanted}
    lost = [name for name in entry.source.map if name in wanted and held[name] and not wanted[name]]
    changed = {name: column for name, column in wanted.items() if column and column != held[name]}
    if lost:
        kept = {name: value for name, value in entry.source.map.items() if name not in lost}
        return [Set(f"{base}.map", kept | changed)]
    return [Set(f"{base}.map.{name}", column) for name, column in changed.items()]


def _surveys(setup: Setup, survey: str, scales: Mapping[str, str]) -> list[Change]:
    """The scales that the survey does not name yet; a new survey with all of them."""
    if not survey:
        return []
    if survey not in setup.surveys:
        return [Set(f"surveys.{survey}", {"instruments": dict(scales)})]
    known = setup.surveys[survey].instruments
    changed = {
        name: scale for name, scale in scales.items() if name in ("csat", "ces") and scale != getattr(known, name)
    }
    return [Set(f"surveys.{survey}.instruments.{name}", scale) for name, scale in changed.items()]
