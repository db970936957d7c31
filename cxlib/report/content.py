"""What a report says, in one language, before it is HTML or PDF: cover, chapters, method, stamp.

Every chapter is one section. A step without a section is a chapter that says so. Pictures are drawn once here and
used by every format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib.engagement.fields import plain as plain_text
from cxlib.engagement.setup import Setup
from cxlib.ink import figures, theme
from cxlib.ink.rows import records
from cxlib.ink.sentences import COUNTED, Reader, Run, local, reader, sentence
from cxlib.ink.theme import Theme
from cxlib.measures.estimate import Estimate
from cxlib.report.logo import Logo, logo
from cxlib.section import SEVERITIES, Exhibit, Section
from cxlib.words.catalogue import has
from cxlib.words.dates import date_text, period

STEPS = ("start", "vision", "personas", "journey", "kpis", "governance", "tooling", "improvement", "strategy")
LIMITS = ("voluntary", "interval", "small", "association", "assumption")


@dataclass(frozen=True)
class Piece:
    """An exhibit of a chapter: title, picture as SVG (empty for tables and maps), description and reading."""

    exhibit: Exhibit
    title: str
    svg: str
    alt: str
    reading: list[Run]


@dataclass(frozen=True)
class Chapter:
    """One step of the strategy; `section` is None where it was not computed."""

    step: str
    title: str
    section: Section | None
    statement: str
    paragraphs: list[list[Run]]
    pieces: list[Piece]


@dataclass(frozen=True)
class Content:
    """A whole report for one reader."""

    reader: Reader
    theme: Theme
    client: str
    subtitle: str
    date: dt.date
    logo: Logo | None
    chapters: list[Chapter]
    methods: list[str]
    settings: dict[str, Any]
    stamp: list[tuple[str, str]]

    @property
    def found(self) -> dict[str, int]:
        """How many findings of each severity there are."""
        all_found = [item.severity for chapter in self.chapters if chapter.section for item in chapter.section.findings]
        return {severity: all_found.count(severity) for severity in SEVERITIES}

    def number(self, name: str, value: float, spec: str = "") -> Run:
        """Return a counted number as a run."""
        note = self.reader.words(f"reason.{COUNTED}")
        return Run(self.reader.number(value, spec), f"report.{name}", None, COUNTED, True, "", note)


def content(sections: list[Section], *, setup: Setup, root: Path, lang: str) -> Content:
    """Return what the report of these sections says in `lang`; `root` is the engagement folder, for the logo."""
    who, look = reader(setup, lang=lang), theme.theme(setup.brand)
    by_step = {section.step: section for section in sections}
    settings = next((section.parameters for section in sections if "as_of" in section.parameters), {})
    date = settings.get("as_of") or dt.date(1970, 1, 1)
    return Content(
        who,
        look,
        local(plain_text(setup.name), lang),
        _subtitle(settings, date, who),
        date,
        logo(setup.brand.logo, root=root),
        [_chapter(step, by_step.get(step), who, look) for step in STEPS],
        sorted({who.words(f"method.{method}") for method in _methods(sections)}),
        settings,
        _stamp(sections, settings),
    )


def _subtitle(settings: dict[str, Any], date: dt.date, who: Reader) -> str:
    """The period and the reference date in words."""
    asked = settings.get("period")
    span = period(asked, who.calendar).words(who.lang) if asked else who.words("period.all")
    return who.words("report.subtitle", period=span, date=date_text(date, who.lang, who.calendar))


def _chapter(step: str, section: Section | None, who: Reader, look: Theme) -> Chapter:
    """One step as a chapter: sentences that are not the reading of an exhibit, then the exhibits."""
    title = who.words(f"step.{step}")
    if section is None:
        return Chapter(step, title, None, "", [], [])
    read = [exhibit.reading for exhibit in section.exhibits]
    lines = [sentence(claim, reader=who) for claim in section.claims if claim not in read]
    statement = local(section.decisions.get("statement") or "", who.lang) if step == "vision" else ""
    return Chapter(step, title, section, statement, lines, [_piece(exhibit, who, look) for exhibit in section.exhibits])


def _piece(exhibit: Exhibit, who: Reader, look: Theme) -> Piece:
    """One exhibit; an empty one needs no picture."""
    svg, described = "", ""
    if figures.is_picture(exhibit) and len(exhibit.frame):
        figure = figures.draw(exhibit, reader=who, theme=look, titled=False)
        svg, described = figures.svg(figure, salt=exhibit.key), figures.alt(exhibit, reader=who)
    reading = sentence(exhibit.reading, reader=who) if exhibit.reading else []
    return Piece(exhibit, figures.title(exhibit, reader=who), svg, described, reading)


def _methods(sections: list[Section]) -> Iterator[str]:
    """The method of every estimate that the report shows."""
    for section in sections:
        values = [value for claim in section.claims for value in claim.values.values()]
        for exhibit in section.exhibits:
            rows = records(exhibit.frame)
            values += [cell for row in rows for cell in row.values()]
            yield from (row["method"] for row in rows if has(f"method.{row.get('method')}"))
        yield from (value.method for value in values if isinstance(value, Estimate) and value.method)


def _stamp(sections: list[Section], settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Versions, seed and input hashes: name and value, in Latin letters as machines write them."""
    given = next((section.stamp for section in sections if section.stamp), {})
    versions = [(name, str(value)) for name, value in sorted(given.get("versions", {}).items())]
    inputs = [(name, str(value)[:16]) for name, value in sorted(given.get("inputs", {}).items())]
    return versions + [("seed", str(settings.get("seed", given.get("seed", ""))))] + inputs
