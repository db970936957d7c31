"""A page for notebooks: every part of a section as an object that shows itself, in the reader's language and direction.

The same sections and the same drawing as in the report, so a notebook and the report cannot disagree. A picture shows
itself as a small PNG, and its text form is its description with every number in it: stored notebooks can be compared
by text although pictures cannot.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.engagement.setup import Setup
from cxlib.ink import figures, lists, markup, tables, theme
from cxlib.ink.journey_map import journey_map
from cxlib.ink.raci import raci
from cxlib.ink.sentences import plain, reader, sentence, written
from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit, Section
from cxlib.share import share
from cxlib.words.direction import direction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLES = {"journey": ("text", "journey"), "raci": ("text", "table"), "table": ("text", "table")}


@dataclass(frozen=True)
class Shown:
    """A piece of HTML that a notebook shows; its text form has the same words."""

    html: str
    words: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Picture:
    """A figure that a notebook shows once, as a small PNG; its text form describes it."""

    figure: Figure = field(compare=False)
    words: str

    def _repr_png_(self) -> bytes:
        return figures.png(self.figure)

    def __repr__(self) -> str:
        return self.words


@cache
def style(name: str) -> str:
    """Return the rules of one family of outputs, ``templates/report/<name>.css``."""
    return share("templates", "report", f"{name}.css").read_text(encoding="utf-8")


class Page:
    """Draws the parts of sections for one reader.

    Parameters
    ----------
    setup
        The client's engagement.yaml: brand, calendar, currency.
    lang
        ``en`` or ``fa``.
    """

    def __init__(self, setup: Setup, *, lang: str) -> None:
        self.reader = reader(setup, lang=lang)
        self.theme = theme.theme(setup.brand)

    def claim(self, section: Section, key: str) -> Shown:
        """Return one sentence of a section."""
        return self._sentences([section.claim(key)])

    def sentences(self, section: Section, *keys: str) -> Shown:
        """Return the sentences of a section, or those of some keys as far as there are any."""
        return self._sentences([claim for claim in section.claims if not keys or claim.key in keys])

    def value(self, value: Any, *, n: int | None = None, unit: str = "") -> Shown:
        """Return one value in the reader's language; a number computed by hand says how many it rests on."""
        shown = value if n is None else Estimate(value, n=n, unit=unit, reason="by-hand")
        runs = written(shown, key="value", reader=self.reader)
        return Shown(self._wrapped(f"<p>{markup.html(runs)}</p>", "text"), plain(runs))

    def estimates(self, rows: Mapping[Any, Estimate]) -> Shown:
        """Return estimates under each other, each with its label."""
        return self.frame(pd.DataFrame({"label": list(rows), "value": list(rows.values())}))

    def frame(self, frame: pd.DataFrame) -> Shown:
        """Return a frame of values, texts and estimates as a table without a title."""
        return self._shown(tables.table(Exhibit("", "table", frame), reader=self.reader), "text", "table")

    def exhibit(self, section: Section, key: str) -> Picture | Shown:
        """Return one exhibit of a section: a picture, a map, a table, or that there is nothing to show."""
        empty = Exhibit(key, "table", pd.DataFrame())
        return self.drawn(next((exhibit for exhibit in section.exhibits if exhibit.key == key), empty))

    def drawn(self, exhibit: Exhibit) -> Picture | Shown:
        """Return an exhibit, of a section or your own: a picture, a map or a table."""
        if figures.is_picture(exhibit):
            figure = figures.draw(exhibit, reader=self.reader, theme=self.theme)
            return Picture(figure, figures.alt(exhibit, reader=self.reader))
        title = f"<p><strong>{entities.escape(figures.title(exhibit, reader=self.reader))}</strong></p>"
        return self._shown(title + exhibit_html(exhibit, reader=self.reader), *_STYLES[exhibit.kind])

    def findings(self, section: Section) -> Shown:
        """Return the findings of a section, the gravest first."""
        return self._shown(lists.findings(section.findings, reader=self.reader), "text")

    def decisions(self, section: Section) -> Shown:
        """Return what people decided in this step, as its file has it."""
        return self._shown(lists.decisions(section.decisions, reader=self.reader), "text", "table")

    def evidence(self, section: Section) -> Shown:
        """Return how many fields of the step rest on data, interviews and assumptions."""
        return self._shown(lists.evidence(section, reader=self.reader), "text")

    def _sentences(self, claims: list[Any]) -> Shown:
        """Claims as paragraphs; their text form is one line each."""
        runs = [sentence(claim, reader=self.reader) for claim in claims]
        inside = "".join(f"<p>{markup.html(line)}</p>" for line in runs)
        return Shown(self._wrapped(inside, "text"), "\n".join(plain(line) for line in runs))

    def _shown(self, inside: str, *styles: str) -> Shown:
        """HTML with its rules, and its words for the text form."""
        return Shown(self._wrapped(inside, *styles), words(inside))

    def _wrapped(self, inside: str, *styles: str) -> str:
        """HTML in the reader's direction, with the rules it needs and the client's colours."""
        lang = self.reader.lang
        rules = "".join(style(name) for name in styles)
        opening = f'<div class="cx" lang="{lang}" dir="{direction(lang)}" style="{self.theme.variables}">'
        return f"<style>{rules}</style>{opening}{inside}</div>"


def exhibit_html(exhibit: Exhibit, *, reader: Any) -> str:
    """Return an exhibit of text (journey, raci, table) as HTML."""
    if exhibit.kind == "journey":
        return journey_map(exhibit, reader=reader)
    if exhibit.kind == "raci":
        return raci(exhibit, reader=reader)
    return f'<div class="scroll">{tables.table(exhibit, reader=reader)}</div>'


def words(inside: str) -> str:
    """Return the words of a piece of HTML, a line a row.

    Examples
    --------
    >>> words("<tr><th>NPS</th><td>+18 &lt; 20</td></tr>")
    'NPS +18 < 20'
    """
    lines = re.sub(r"</(?:tr|p|li|dd|dt|caption)>", "\n", inside)
    spaced = re.sub(r"<[^>]+>", " ", lines)
    return "\n".join(filter(None, (" ".join(entities.unescape(line).split()) for line in spaced.split("\n"))))
