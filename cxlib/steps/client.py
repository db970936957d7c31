"""A client at a moment: the engagement, its data up to the reference date, and the settings of this run.

Every step is a pure function of a `Client`. Nothing here knows what day it is today: the reference date is a
parameter, and where it is not given it is the last day in the data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import __version__
from cxlib.engagement import folder
from cxlib.engagement.folder import Engagement
from cxlib.engagement.tables import WHEN
from cxlib.intake import read, remote
from cxlib.intake.remote import Remote
from cxlib.measures import scores
from cxlib.section import Claim, Exhibit, Finding, Section
from cxlib.words import dates

_LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")


def once(act: Callable[..., Any]) -> Callable[..., Any]:
    """Return a pure function of a client so that the same question is computed once for each client.

    The function takes the client and plain arguments; a table that it returns is the asker's own to change.
    """

    @wraps(act)
    def asked(client: Client, *given: Any, **named: Any) -> Any:
        question = (act, given, tuple(sorted(named.items())))
        if question not in client.answered:
            client.answered[question] = act(client, *given, **named)
        found = client.answered[question]
        return found.copy() if isinstance(found, pd.DataFrame) else found

    return asked


@dataclass(frozen=True)
class Client:
    """What a step computes from; its tables are not changed after it was opened.

    Attributes
    ----------
    engagement
        The opened engagement folder.
    tables
        Canonical tables, rows of the period only.
    log
        What intake recognised, renamed, parsed and dropped.
    hashes
        sha256 of every raw export.
    period
        The period asked for, None for all data.
    as_of
        The reference date: nothing later is known.
    seed
        For everything random.
    elsewhere
        Tables that stay where they live, rows of the period only; they are counted there (`parts`).
    """

    engagement: Engagement
    tables: dict[str, pd.DataFrame]
    log: pd.DataFrame
    hashes: dict[str, str]
    period: dates.Period | None
    as_of: dt.date
    seed: int
    elsewhere: dict[str, tuple[Remote, ...]] = field(default_factory=dict)

    @property
    def level(self) -> float:
        """Confidence level of every interval."""
        return self.engagement.setup.level

    @property
    def min_n(self) -> int:
        """Groups with fewer answers are not shown."""
        return self.engagement.setup.min_n

    @property
    def calendar(self) -> str:
        """``gregorian`` or ``jalali``."""
        return self.engagement.setup.calendar

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, empty if the client gave none or keeps it elsewhere."""
        return self.tables.get(name, pd.DataFrame())

    def columns(self, name: str, *columns: str) -> pd.DataFrame:
        """Return rows of a table that have all of `columns`, empty if one is not there."""
        table = self.table(name)
        if not set(columns) <= set(table.columns):
            return pd.DataFrame(columns=list(columns))
        return table.dropna(subset=list(columns))

    def has(self, name: str, *columns: str) -> bool:
        """Tell whether a table with rows has all of `columns`, here or elsewhere."""
        here = self.table(name)
        return bool(self.parts(name, *columns)) or (len(here) > 0 and set(columns) <= set(here.columns))

    def parts(self, name: str, *columns: str) -> list[Remote]:
        """Return the parts of a table that stay where they live and have all of `columns`."""
        return [part for part in self.elsewhere.get(name, ()) if set(columns) <= set(part.columns)]

    def counted(self, name: str, *columns: str) -> pd.DataFrame:
        """Return how many rows that have all of `columns` each combination has, and ``n``; rows elsewhere too."""
        here = self.columns(name, *columns)
        found = [scores.count(here, by=columns)] if len(here) else []
        found += [part.counted(*columns) for part in self.parts(name, *columns)]
        return scores.pooled(found, by=columns)

    def day(self, text: str) -> dt.date | None:
        """Return the day that a strategy file names, None where it is empty."""
        return dates.day(text, self.calendar) if text else None

    @cached_property
    def answered(self) -> dict[tuple, Any]:
        """What was computed of this client, by question (`once`)."""
        return {}

    @cached_property
    def first_day(self) -> dt.date:
        """The first day of the period, or of the data."""
        if self.period:
            return self.period.start
        days = [self.table(name)[column].min() for name, column in WHEN.items() if column in self.table(name)]
        known = [day.date() for day in days if not pd.isna(day)]
        spans = [part.when for parts in self.elsewhere.values() for part in parts]
        return min([*known, *(span[0] for span in spans if span)], default=self.as_of)

    def section(
        self,
        step: str,
        *,
        claims: Iterable[Claim] = (),
        exhibits: Iterable[Exhibit] = (),
        findings: Iterable[Finding] = (),
        **rest: Any,
    ) -> Section:
        """Return a section of this run; an exhibit without rows has nothing to show and is left out."""
        shown = tuple(exhibit for exhibit in exhibits if len(exhibit.frame))
        lists = {"claims": tuple(claims), "exhibits": shown, "findings": tuple(findings)}
        return Section(step, parameters=self._parameters(), stamp=self._stamp(), **lists, **rest)

    def _parameters(self) -> dict[str, Any]:
        period = self.period.text if self.period else ""
        return {
            "engagement": self.engagement.name,
            "period": period,
            "first_day": self.first_day,
            "as_of": self.as_of,
            "seed": self.seed,
            "level": self.level,
            "min_n": self.min_n,
        }

    def _stamp(self) -> dict[str, Any]:
        versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
        return {"inputs": self.hashes, "versions": {"cxlib": __version__} | versions, "seed": self.seed}


def open(engagement: str | Path, *, period: str = "", as_of: str = "", seed: int = 0) -> Client:
    """Return the client whose engagement folder this is, with data of the period up to the reference date.

    Where the environment names a private folder as ``CX_KEPT``, as a batch does for each client, what was read is kept
    there and not read again; the result is the same.

    Parameters
    ----------
    engagement
        A folder, or the name of a shipped sample.
    period, as_of
        In the engagement's calendar: ``1404-Q1`` and ``1404-03-31``; empty means all data and their last day.
    seed
        Seed of everything random.

    Raises
    ------
    CxError
        If a file of the folder, the period or the date cannot be read.
    """
    place = Path(os.environ[folder.KEPT]) if os.environ.get(folder.KEPT) else None
    opened = folder.open(str(engagement), kept=place)
    calendar = opened.setup.calendar
    span = dates.period(period, calendar) if period else None
    taken = read.tables(opened, kept=place)
    far = remote.tables(opened.folder, opened.setup)
    parts = [part for several in far.values() for part in several]
    last = dates.day(as_of, calendar) if as_of else _last_day(taken.frames, parts, span)
    tables = {name: _within(frame, WHEN.get(name), span, last) for name, frame in taken.frames.items()}
    start = span.start if span else None
    kept = {name: tuple(part.within(start, last) for part in several) for name, several in far.items()}
    hashes = _hashes(opened) | taken.hashes | {part.name: part.mark for part in parts}
    return Client(opened, tables, taken.log, hashes, span, last, seed, kept)


def _last_day(frames: dict[str, pd.DataFrame], parts: list[Remote], span: dates.Period | None) -> dt.date:
    """The last day on which anything happened, but not after the period; without events, the last date of any kind."""
    days = [frames[name][column].max() for name, column in WHEN.items() if column in frames.get(name, ())]
    days += [pd.Timestamp(part.when[1]) for part in parts if part.when]
    if not any(pd.notna(day) for day in days):
        days = [frame[column].max() for frame in frames.values() for column in frame.select_dtypes("datetime")]
        days += [pd.Timestamp(last) for part in parts for _, last in part.spans]
    known = max((day.date() for day in days if not pd.isna(day)), default=dt.date(1970, 1, 1))
    return min(known, span.end) if span else known


def _within(frame: pd.DataFrame, when: str | None, span: dates.Period | None, last: dt.date) -> pd.DataFrame:
    """Rows that happened in the period and not after the reference date; rows without a date stay if all may."""
    if when not in frame.columns:
        return frame
    happened = frame[when]
    known = ~(happened >= pd.Timestamp(last) + pd.Timedelta(days=1))
    if span:
        known &= (happened >= pd.Timestamp(span.start)) & (happened < pd.Timestamp(span.end) + pd.Timedelta(days=1))
    return frame[known].reset_index(drop=True)


def _hashes(engagement: Engagement) -> dict[str, str]:
    """sha256 of engagement.yaml and the strategy files."""
    files = [engagement.folder / "engagement.yaml", *sorted((engagement.folder / "strategy").glob("*.yaml"))]
    inside = {file.relative_to(engagement.folder).as_posix(): file for file in files}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in inside.items() if file.exists()}
