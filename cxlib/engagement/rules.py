"""Rules that reach across the fields of an engagement: calendars, tables, surveys, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from cxlib.engagement import connections, shape
from cxlib.engagement.complaints import both, fault
from cxlib.engagement.document import Document
from cxlib.engagement.fields import DATE, File
from cxlib.engagement.setup import Setup, Source
from cxlib.engagement.shape import Keys
from cxlib.engagement.strategy import FILES
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, closest
from cxlib.words import dates as calendars

_DATE = re.compile(DATE)
_ROUNDED = 0.005
SCALED = {"csat": "csat5", "ces": "ces2"}
"""Columns of `responses` whose scale must be told, because a guessed direction turns results round; an example each."""


def suggestion(near: str) -> dict[str, str]:
    """Return "Did you mean …?" in each language, or the advice to take one of the list."""
    return both("suggest.near", near=near) if near else both("suggest.none")


def dates(source: Document, model: type[File], calendar: str) -> list[CxError]:
    """Return an error for each date of a file that `calendar` does not know; none if there is no such calendar."""
    if calendar not in calendars.CALENDARS:
        return []
    places = shape.walk(source.plain, shape.Shape("block", model=model))
    given = [(path, str(value)) for path, what, value in places if what.kind == "date" and value]
    expected = both(f"calendar.{calendar}.example")
    return [
        fault("date-not-in-calendar", path, source, found=value, expected=expected, calendar=both(f"choice.{calendar}"))
        for path, value in given
        if _DATE.match(value) and not _is_day(value, calendar)
    ]


def _is_day(text: str, calendar: str) -> bool:
    """Whether a text names a day."""
    try:
        calendars.day(text, calendar)
    except CxError:
        return False
    return True


def settings(source: Document, setup: Setup, folder: Path) -> list[CxError]:
    """Return what is wrong between the fields of engagement.yaml."""
    return [
        *_timezone(source, setup),
        *_logo(source, setup, folder),
        *_weighting(source, setup),
        *(error for table, entries in setup.sources.items() for error in _table(source, setup, table, entries, folder)),
    ]


def _timezone(source: Document, setup: Setup) -> Iterator[CxError]:
    """An error if the timezone has no such name."""
    try:
        ZoneInfo(setup.timezone)
    except (OSError, ValueError, KeyError):
        near = closest(setup.timezone, available_timezones())
        yield fault("unknown-timezone", ("timezone",), source, found=setup.timezone, remedy=suggestion(near))


def _logo(source: Document, setup: Setup, folder: Path) -> Iterator[CxError]:
    """An error if the logo stands outside the engagement folder."""
    if setup.brand.logo and escapes(setup.brand.logo, folder):
        yield fault("path-outside", ("brand", "logo"), source, found=setup.brand.logo)


def _weighting(source: Document, setup: Setup) -> Iterator[CxError]:
    """Errors about weights: a survey that is not there, and shares that are not the parts of one whole."""
    given = setup.weighting
    if given.survey and given.survey not in setup.surveys:
        values = {"found": given.survey, "expected": list(setup.surveys)}
        near = suggestion(closest(given.survey, setup.surveys))
        yield fault("unknown-survey", ("weighting", "survey"), source, **values, remedy=near)
    for column, shares in given.margins.items():
        path, total = ("weighting", "margins", column), sum(shares.values())
        wrong = [value for value, share in shares.items() if not 0 < share <= 1]
        yield from (fault("margin-share", (*path, value), source, found=shares[value]) for value in wrong)
        if not wrong and abs(total - 1) > _ROUNDED:
            yield fault("margin-sum", path, source, found=f"{total:.4g}")


def _table(source: Document, setup: Setup, table: str, entries: list[Source], folder: Path) -> Iterator[CxError]:
    """Errors about the sources of one table."""
    if table not in TABLES:
        path, remedy = ("sources", table), suggestion(closest(table, TABLES))
        yield fault("unknown-table", path, source, found=table, expected=list(TABLES), remedy=remedy)
        return
    for number, entry in enumerate(entries):
        path = ("sources", table, number)
        if entry.file and escapes(entry.file, folder):
            yield fault("path-outside", (*path, "file"), source, found=entry.file)
        for key, name, values in connections.faults(entry):
            yield fault(key, (*path, name), source, **values)
        inner = connections.connection(entry.connection) if entry.connection else None
        if inner and inner.engine != connections.URL and escapes(inner.place, folder):
            yield fault("path-outside", (*path, "connection"), source, found=inner.place)
        if entry.survey and entry.survey not in setup.surveys:
            remedy = suggestion(closest(entry.survey, setup.surveys))
            values = {"found": entry.survey, "expected": list(setup.surveys), "remedy": remedy}
            yield fault("unknown-survey", (*path, "survey"), source, **values)
        elif table == "responses":
            yield from _scales(source, setup, entry, path)


def _scales(source: Document, setup: Setup, entry: Source, path: Keys) -> Iterator[CxError]:
    """An error for each score that is mapped without its scale being told."""
    survey = setup.surveys.get(entry.survey or "")
    for score, example in SCALED.items():
        if score in entry.map and (survey is None or getattr(survey.instruments, score) is None):
            choices = shape.at(Setup, ("surveys", "any", "instruments", score))[0].choices
            values = {"found": score, "expected": list(choices), "example": example}
            yield fault("source-no-instrument", (*path, "map", score), source, **values)


def escapes(file: str, folder: Path) -> bool:
    """Tell whether a path of an engagement leads out of its folder: absolute, by ``..`` or through a link."""
    inside = folder.resolve()
    return Path(file).is_absolute() or "\\" in file or not (inside / file).resolve().is_relative_to(inside)


def strangers(strategy: Path) -> list[CxError]:
    """Return an error for each YAML file in ``strategy/`` that no step reads, such as a mistyped name."""
    found = sorted(path for path in strategy.glob("*.y*ml") if path.stem not in FILES or path.suffix != ".yaml")
    names = [f"{name}.yaml" for name in FILES]
    near = {path.name: suggestion(closest(path.name, names)) for path in found}
    return [CxError("unknown-file", file=f"strategy/{name}", expected=names, remedy=near[name]) for name in near]
