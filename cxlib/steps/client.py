"""A client at a moment: the engagement, its data up to the reference date, and the settings of this run.

Every step is a pure function of a `Client`. Nothing here knows what day it is today: the reference date is a
parameter, and where it is not given it is the last day in the data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import __version__
from cxlib.engagement import folder
from cxlib.engagement.folder import Engagement
from cxlib.engagement.tables import WHEN
from cxlib.intake import read
from cxlib.section import Claim, Exhibit, Finding, Section
from cxlib.words import dates

_LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")


@dataclass(frozen=True)
class Client:
    """What a step computes from.

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
    """

    engagement: Engagement
    tables: dict[str, pd.DataFrame]
    log: pd.DataFrame
    hashes: dict[str, str]
    period: dates.Period | None
    as_of: dt.date
    seed: int

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
        """Return a canonical table, empty if the client gave none."""
        return self.tables.get(name, pd.DataFrame())

    def columns(self, name: str, *columns: str) -> pd.DataFrame:
        """Return rows of a table that have all of `columns`, empty if one is not there."""
        table = self.table(name)
        if not set(columns) <= set(table.columns):
            return pd.DataFrame(columns=list(columns))
        return table.dropna(subset=list(columns))

    def day(self, text: str) -> dt.date | None:
        """Return the day that a strategy file names, None where it is empty."""
        return dates.day(text, self.calendar) if text else None

    @cached_property
    def first_day(self) -> dt.date:
        """The first day of the period, or of the data."""
        if self.period:
            return self.period.start
        days = [self.table(name)[column].min() for name, column in WHEN.items() if column in self.table(name)]
        return min((day.date() for day in days if not pd.isna(day)), default=self.as_of)

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
    opened = folder.open(folder.find(str(engagement)))
    calendar = opened.setup.calendar
    span = dates.period(period, calendar) if period else None
    taken = read.tables(opened)
    last = dates.day(as_of, calendar) if as_of else _last_day(taken.frames, span)
    tables = {name: _within(frame, WHEN.get(name), span, last) for name, frame in taken.frames.items()}
    return Client(opened, tables, taken.log, _hashes(opened) | taken.hashes, span, last, seed)


def _last_day(frames: dict[str, pd.DataFrame], span: dates.Period | None) -> dt.date:
    """The last day on which anything happened, but not after the period; without events, the last date of any kind."""
    days = [frames[name][column].max() for name, column in WHEN.items() if column in frames.get(name, ())]
    if not any(pd.notna(day) for day in days):
        days = [frame[column].max() for frame in frames.values() for column in frame.select_dtypes("datetime")]
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
