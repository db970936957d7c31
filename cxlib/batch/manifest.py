"""The manifest of a batch: which client gets which period in which languages. A reporting plan is one.

Step 5 decides who gets which figures how often. On a given day that says which periods are due: for a monthly audience
the last whole month, for a quarterly one the last whole quarter, for a weekly one the running month so far.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cxlib.engagement import files, folder
from cxlib.engagement.fields import DateText, File, Id, Model
from cxlib.engagement.setup import Lang
from cxlib.engagement.writing import block
from cxlib.words import dates

_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


class Run(Model):
    """One client and period; `audience` says for whom, for the reader of the manifest."""

    engagement: str
    period: str = ""
    as_of: DateText = ""
    languages: list[Lang] = []
    audience: list[Id] = []


class Manifest(File):
    """The rows, in the order in which they run."""

    runs: list[Run] = []


def read(path: Path) -> Manifest:
    """Return a manifest; its engagements are relative to its own folder.

    Raises
    ------
    CxError
        If it cannot be read, with everything that is wrong in it.
    """
    made = files.read(path, Manifest, path.parent)
    runs = [run.model_copy(update={"engagement": _from(path.parent, run.engagement)}) for run in made.runs]
    return made.model_copy(update={"runs": runs})


def save(made: Manifest, path: Path) -> None:
    """Write a manifest."""
    rows = [run.model_dump(exclude_defaults=True) for run in made.runs]
    files.write(path, block({"schema": files.SCHEMA, "runs": rows}, 0).encode("utf-8"))


def due(engagement: Path, *, on: str) -> Manifest:
    """Return what a client's reporting plan wants on a day, one row a period.

    Parameters
    ----------
    engagement
        The engagement folder.
    on
        The day in the client's calendar; what is reported ends the day before.

    Raises
    ------
    CxError
        If the engagement or the day cannot be read.
    """
    opened = folder.open(engagement)
    calendar = opened.setup.calendar
    rows: dict[tuple[str, str], list[str]] = {}
    for item in opened.governance.reporting:
        rows.setdefault(_span(item.cadence, dates.day(on, calendar), calendar), []).append(item.id)
    runs = [Run(engagement=str(engagement), period=span[0], as_of=span[1], audience=who) for span, who in rows.items()]
    return Manifest(runs=runs)


def of(cases: Iterable[Any]) -> Manifest:
    """Return the manifest of the cases of a plan."""
    rows = [
        Run(engagement=str(case.folder), period=case.period, as_of=case.as_of, languages=list(case.langs))
        for case in cases
    ]
    return Manifest(runs=rows)


def _span(cadence: str, on: dt.date, calendar: str) -> tuple[str, str]:
    """The period that a cadence reports on a day, and its reference date where the period has not ended.

    >>> _span("quarterly", dt.date(2025, 7, 2), "gregorian"), _span("weekly", dt.date(2025, 7, 2), "gregorian")
    (('2025-Q2', ''), ('2025-07', '2025-07-01'))
    """
    last = on - dt.timedelta(days=1)
    if cadence == "weekly":
        year, month, _ = dates.parts(last, calendar)
        return f"{year}-{month:02d}", dates.stamp(last, calendar)
    year, month, _ = dates.parts(on, calendar)
    months = _MONTHS[cadence]
    index = (year * 12 + month - 1) // months - 1
    year, part = divmod(index, 12 // months)
    return {1: f"{year}-{part + 1:02d}", 3: f"{year}-Q{part + 1}", 12: f"{year}"}[months], ""


def _from(base: Path, engagement: str) -> str:
    """A path of the manifest: relative to it where such a folder is there, else as it stands."""
    inside = base / engagement
    return str(inside) if (inside / folder.SETTINGS).is_file() else engagement
