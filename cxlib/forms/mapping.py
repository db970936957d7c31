"""The editor of a source's mapping: what each column of an export probably means, beside the scores found in it.

A proposal is only a proposal: what stands in the form is written into engagement.yaml when "Save" is pressed, as the
source's `map` and `survey` and as the scales of its survey, with comments kept. Only scores are shown of the answers;
comments and ids never are. Executed without a browser the form is only shown and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, get_args

import ipywidgets as widgets

from cxlib.engagement import files, folder
from cxlib.engagement.changes import Change
from cxlib.engagement.folder import SETTINGS, Engagement
from cxlib.engagement.setup import CesVersion, CsatScale
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError
from cxlib.forms import chosen
from cxlib.forms.inputs import LABEL, WIDE
from cxlib.forms.look import STYLE, Kit
from cxlib.intake import export as exports
from cxlib.intake import proposals, read
from cxlib.intake.export import Export
from cxlib.intake.header import Column
from cxlib.intake.notes import Remark, asked
from cxlib.words import phrase
from cxlib.words.direction import direction
from cxlib.words.numbers import digits

SCALES = {"csat": get_args(CsatScale), "ces": get_args(CesVersion)}
"""Scores whose scale and direction must be told, with the scales there are."""
_ASKED = ("responses", "items", "invitations")
_LONG = 90
_BESIDE = """<style>.cx-form .cx-beside { opacity: .72; line-height: 1.4; margin-inline-start: 182px; }</style>"""


def editor(engagement: Engagement | str | Path, file: str, *, table: str = "", lang: str = "en") -> Editor:
    """Return the form that maps an export's columns to canonical ones, to be shown by a notebook.

    Parameters
    ----------
    engagement
        An engagement, or its folder or name.
    file
        The export as engagement.yaml names it, such as ``inbox/survey.csv``; it need not stand there yet. Empty:
        there is no export, and the form says so.
    table
        The canonical table to fill; empty: the one that engagement.yaml names, else ``responses``.
    lang
        Language of the labels; Persian forms run from right to left.

    Raises
    ------
    CxError
        If there is no such engagement, table or file, or the file cannot be read.
    """
    opened = engagement if isinstance(engagement, Engagement) else folder.open(engagement)
    if table and table not in TABLES:
        raise CxError("no-table", file=SETTINGS, column=table, expected=list(TABLES))
    return Editor(opened, file, table=table, lang=lang)


@dataclass
class Row:
    """One canonical column in the form: the list to choose from, and what is said below it."""

    chooser: widgets.Dropdown
    note: widgets.HTML


class Editor(widgets.VBox):
    """The form: survey, a row for each canonical column, scales, buttons, and what happened last."""

    def __init__(self, engagement: Engagement, file: str, *, table: str, lang: str) -> None:
        super().__init__()
        self.engagement, self.file, self.lang, self.wanted = engagement, file, lang, table
        self.declined: set[str] = set()
        self.rows: dict[str, Row] = {}
        self.scales: dict[str, widgets.Dropdown] = {}
        self.kit = Kit()
        self.status, self.wrong = self.kit.html(name="cx-note"), self.kit.note()
        self.save, self.revert = self._button("save"), self._button("revert")
        self.save.button_style = "primary"
        self.survey = widgets.Combobox(ensure_option=False, layout=WIDE, style=LABEL)
        self.survey.observe(lambda _: self._changed(), names="value")
        self.add_class("cx-form")
        self.add_class(f"cx-{direction(lang)}")
        self._load()

    def _button(self, name: str) -> widgets.Button:
        """One of the two buttons below the rows."""
        button = self.kit.button(description=phrase(f"form.{name}", self.lang))
        button.on_click(lambda _: getattr(self, f"_{name}")())
        return button

    def _load(self) -> None:
        """Read the export and engagement.yaml, and build all rows anew."""
        self.rows, self.scales = {}, {}
        if not self.file:
            self.children = [self.kit.html(STYLE + _BESIDE), self._title(), self.status]
            self.status.value = escape(phrase("mapping.no-export", self.lang))
            return
        self.before = files.text(self.engagement.folder / SETTINGS)
        self.entry = chosen.entry(self.engagement.setup, self.file, table=self.wanted)
        self.export = _export(self.engagement.folder, self.entry, self.file)
        found = proposals.proposals(self.export, table=self.entry.table)
        self.proposed = {item.canonical: item for item in found}
        self.default = chosen.unmapped(self.export, self.entry.table)
        self._draw()
        self._tell_start()

    def _draw(self) -> None:
        """Lay out the form: rows with something to say first, the others folded away."""
        self._fill_survey()
        rows = {name: self._row(name) for name in TABLES[self.entry.table]}
        first = [name for name in rows if name in self.proposed or self.rows[name].chooser.value]
        rest = widgets.Accordion(children=[self.kit.column([rows[name] for name in rows if name not in first])])
        rest.set_title(0, phrase("mapping.more", self.lang))
        bar = self.kit.row([self.save, self.revert], "cx-bar")
        survey = [self.survey] if self.entry.table in _ASKED else []
        shown = [rows[name] for name in first]
        top = [self.kit.html(STYLE + _BESIDE), self._title(), self._about(), *survey]
        self.children = [*top, *shown, rest, bar, self.status, self.wrong]
        for name in self.rows:
            self._tell(name)

    def _title(self) -> widgets.HTML:
        """What is mapped."""
        return self.kit.html(escape(phrase("mapping.title", self.lang, file=self.file or "–")), "cx-title")

    def _about(self) -> widgets.HTML:
        """Which tool wrote the export, and why that is thought."""
        why = _clauses(self.export.evidence, self.lang) or "–"
        table = phrase(f"table.{self.entry.table}", self.lang)
        text = phrase("mapping.about", self.lang, tool=self.export.tool, table=table, why=why)
        return self.kit.html(escape(text), "cx-note")

    def _fill_survey(self) -> None:
        """The surveys to choose from, and the one that engagement.yaml names."""
        self.survey.options = tuple(self.engagement.setup.surveys)
        self.survey.description = phrase("mapping.survey", self.lang)
        self.survey.placeholder = phrase("mapping.survey.help", self.lang)
        self.survey.value = self.entry.source.survey or ""

    def _row(self, name: str) -> widgets.Widget:
        """The row of one canonical column, with its scale where that must be told."""
        default = self.default.get(name)
        nothing = "–" if default is None else phrase("mapping.by-tool", self.lang, column=self._column(default))
        options = [(nothing, ""), *((self._label(column), column.name) for column in self.export.columns)]
        proposed = None if name in self.declined else self.proposed.get(name)
        value = chosen.start(self.entry, self.export, name, proposed, default)
        label = phrase(f"mapping.name.{name}", self.lang)
        chooser = widgets.Dropdown(options=options, value=value, description=label, layout=WIDE, style=LABEL)
        chooser.tooltip = name
        note = self.kit.html(name="cx-beside")
        self.rows[name] = Row(chooser, note)
        inside: list[widgets.Widget] = [chooser, *([self._scale(name)] if self._has_scale(name) else []), note]
        chooser.observe(lambda _: (self._tell(name), self._changed()), names="value")
        return self.kit.column(inside)

    def _has_scale(self, name: str) -> bool:
        """Whether a scale must be chosen beside this column."""
        return name in SCALES and self.entry.table == "responses"

    def _scale(self, name: str) -> widgets.Dropdown:
        """The scales of a score to choose from; nothing is chosen where the wording leaves it open."""
        options = [("–", ""), *((phrase(f"choice.{scale}", self.lang), scale) for scale in SCALES[name])]
        value = chosen.scale(self.engagement.setup, self.entry.source.survey, name, self.proposed.get(name))
        label = phrase("mapping.scale", self.lang, name=phrase(f"mapping.name.{name}", self.lang))
        box = widgets.Dropdown(options=options, value=value, description=label, layout=WIDE, style=LABEL)
        box.observe(lambda _: (self._tell(name), self._changed()), names="value")
        self.scales[name] = box
        return box

    def _label(self, column: Column) -> str:
        """A column as the list shows it: its code and its question."""
        text = column.text if column.text == column.name else f"{column.name} · {column.text}"
        return text if len(text) <= _LONG else text[: _LONG - 1] + "…"

    def _column(self, place: int) -> str:
        """The name of the column at a place."""
        return self.export.columns[place].name[:_LONG]

    def _place(self, name: str) -> int | None:
        """Where the column stands that fills a canonical one as the form is now."""
        value = self.rows[name].chooser.value
        return self.export.names.index(value) if value else self.default.get(name)

    def _tell(self, name: str) -> None:
        """Say below a row what it rests on, what must be asked and which scores stand in the column."""
        row, place = self.rows[name], self._place(name)
        lines = [*self._reasons(name, place), *self._samples(name, place)] if place is not None else []
        self.kit.show(row.note, "<br>".join(escape(line) for line in lines))

    def _reasons(self, name: str, place: int) -> list[str]:
        """Why this column: told by the client, known by the tool, or proposed with its evidence and its question."""
        item = self.proposed.get(name)
        item = item if item is not None and item.place == place else None
        held = self.entry.held(self.export, name)
        is_held = bool(held) and held == self.rows[name].chooser.value
        lines = [phrase("mapping.confirmed", self.lang)] if is_held else []
        if item is None or (item.confidence == 1 and not self.rows[name].chooser.value):
            return lines
        key = "mapping.agrees" if is_held else "mapping.proposed"
        lines.append(phrase(key, self.lang, share=item.confidence, why=_why(item, self.lang)))
        if item.question is not None and not (name in self.scales and self.scales[name].value):
            lines.append(asked(item.question, self.lang))
        return lines

    def _samples(self, name: str, place: int) -> list[str]:
        """The commonest scores of the column."""
        if TABLES[self.entry.table][name] != "score":
            return []
        instrument = "nps" if name == "nps" else self.scales[name].value if name in self.scales else ""
        values = {cell: str(meant) for cell, meant in self.entry.source.values.get(name, {}).items()}
        found = chosen.samples(self.export.frame[str(place)], instrument=instrument, values=values)
        if not found:
            return [phrase("mapping.no-scores", self.lang)]
        return [phrase("mapping.samples", self.lang, samples=[digits(item, self.lang) for item in found])]

    def changes(self) -> list[Change]:
        """Return what "Save" would write into engagement.yaml as the form is now."""
        wanted = {name: row.chooser.value for name, row in self.rows.items()}
        filled = {name for name in self.rows if self._place(name) is not None}
        scales = {name: box.value for name, box in self.scales.items() if box.value and name in filled}
        if "nps" in filled and self.entry.table == "responses":
            scales["nps"] = "nps"
        survey = self.survey.value.strip() if self.entry.table in _ASKED else self.entry.source.survey or ""
        return chosen.changes(self.engagement.setup, self.entry, self.export, wanted, survey=survey, scales=scales)

    def _tell_start(self) -> None:
        """Say how much of what is shown stands in engagement.yaml already."""
        count = len(self.changes())
        self._say("mapping.to-confirm" if count else "form.unchanged", n=count, file=SETTINGS)

    def _changed(self) -> None:
        """Say how much is not saved."""
        if self.rows:
            count = len(self.changes())
            self._say("form.changed" if count else "form.unchanged", n=count, file=SETTINGS)

    def _say(self, key: str, **values: Any) -> None:
        """Tell what happened; an earlier error goes."""
        self.status.value = escape(phrase(key, self.lang, **values))
        self.kit.write(self.wrong, "")

    def _revert(self) -> None:
        """Forget what was chosen and read everything anew."""
        self.declined = set()
        self._again()

    def _again(self) -> None:
        """Read everything anew; what was declined stays so."""
        self.engagement = folder.open(self.engagement.folder)
        self._load()

    def _save(self) -> None:
        """Write what is chosen, or show what stands in the way."""
        target = self.engagement.folder / SETTINGS
        try:
            if files.text(target) != self.before:
                raise CxError("file-changed", file=SETTINGS)
            files.save(target, self.changes())
        except CxError as error:
            self._say("form.wrong-elsewhere")
            self.kit.write(self.wrong, error.text(self.lang))
        else:
            self.declined = {name for name, row in self.rows.items() if not row.chooser.value}
            self._again()
            self._say("form.saved", file=SETTINGS)


def _export(root: Path, entry: chosen.Entry, file: str) -> Export:
    """The export, read as engagement.yaml says; a file that does not stand there yet is recognised."""
    tool = "" if entry.number is None else entry.source.preset
    return exports.read(read.inside(root, file), file=file, tool=tool, **read.answers(entry.source))


def _why(item: proposals.Proposal, lang: str) -> str:
    """The evidence of a proposal in one line."""
    return _clauses(item.evidence, lang)


def _clauses(remarks: Iterable[Remark], lang: str) -> str:
    """Remarks in one line."""
    return f"{phrase('mapping.mark', lang)} ".join(remark.text(lang) for remark in remarks)
