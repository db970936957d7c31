"""From the clock that an export was written by to the client's clock.

A cell may name its zone (``Z``, ``+03:30``, ``EST``), the file may (a header, a setting), or nobody does: then it is
taken as the client's own, and noted. Where clocks were put back one hour stands twice in the year; the first is taken
and counted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.intake.dayforms import MILLISECONDS, NO_TIME, NO_ZONE, SECONDS, SERIAL, Parts, zone_minutes
from cxlib.intake.typed import Note, Question, examples
from cxlib.intake.vocabulary import vocabulary


@dataclass(frozen=True)
class Clock:
    """Distinct cells on the client's clock, and what was asked or assumed on the way."""

    wall: np.ndarray
    what: np.ndarray
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]


def zone(name: str) -> dt.tzinfo:
    """Return the time zone with this name, abbreviation or offset.

    Raises
    ------
    CxError
        If there is none, or the abbreviation means several.

    Examples
    --------
    >>> zone("+03:30"), zone("Asia/Tehran")
    (datetime.timezone(datetime.timedelta(seconds=12600)), zoneinfo.ZoneInfo(key='Asia/Tehran'))
    """
    minutes = zone_minutes(name)
    if minutes is not None:
        return dt.timezone(dt.timedelta(minutes=minutes))
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError) as error:
        raise CxError("no-zone", found=name) from error


def local(wall: np.ndarray, read: Parts, known: np.ndarray, *, timezone: str, to: str) -> Clock:
    """Return `wall` times, as written, on the clock of zone `to`.

    Parameters
    ----------
    wall
        Times as written, one a distinct cell, datetime64[us].
    read
        The parts of the cells: which have a time, which name a zone.
    known
        Which cells were read at all.
    timezone, to
        The zone of cells that name none (empty: the client's), and the client's.
    """
    client, written = zone(to), zone(timezone or to)
    what = np.full(len(wall), "", dtype=object)
    notes: list[Note] = []
    timed = known & ((read.time != NO_TIME) | np.isin(read.form, (SECONDS, MILLISECONDS)))
    offset = np.where(np.isin(read.form, (SECONDS, MILLISECONDS)), 0, read.offset)
    unclear = timed & (offset == NO_ZONE) & (read.zone != "") & (timezone == "")
    what[unclear] = "unclear-zone"
    fixed = timed & (offset != NO_ZONE)
    result = wall.copy()
    result[fixed] = _shown(wall[fixed] - offset[fixed].astype("timedelta64[m]"), client)
    bare = (timed | (known & (read.form == SERIAL) & (read.third > 0))) & ~fixed & ~unclear
    if timezone and bare.any():
        result[bare] = _shown(_greenwich(wall[bare], written, notes), client)
    elif bare.any():
        notes.append(Note("zone-assumed", {"zone": to, "count": int(bare.sum())}))
    return Clock(result, what, _questions(read, unclear), (*notes, *_summer(wall, read, fixed)))


def _questions(read: Parts, unclear: np.ndarray) -> tuple[Question, ...]:
    """Ask for the zone where an abbreviation means several."""
    names = sorted({name.upper() for name in read.zone[unclear]})
    values = {"zones": names, "count": int(unclear.sum())}
    return (Question("unclear-zone", values, "timezone"),) if names else ()


def _greenwich(wall: np.ndarray, written: dt.tzinfo, notes: list[Note]) -> np.ndarray:
    """Times of zone `written` at Greenwich; hours that stand twice or never are noted."""
    index = pd.DatetimeIndex(wall)
    moment = index.tz_localize(written, ambiguous="NaT", nonexistent="NaT").tz_convert("UTC").tz_localize(None)
    result = moment.to_numpy().astype("datetime64[us]")
    odd = np.isnat(result)
    if odd.any():
        first = index[odd].tz_localize(written, ambiguous=np.ones(odd.sum(), dtype=bool), nonexistent="shift_forward")
        result[odd] = first.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
        notes.append(Note("clock-change", {"count": int(odd.sum()), "examples": examples(index[odd])}))
    return result


def _shown(greenwich: np.ndarray, client: dt.tzinfo) -> np.ndarray:
    """Times at Greenwich on the client's clock."""
    index = pd.DatetimeIndex(greenwich).tz_localize("UTC").tz_convert(client)
    return index.tz_localize(None).to_numpy().astype("datetime64[us]")


def _summer(wall: np.ndarray, read: Parts, fixed: np.ndarray) -> tuple[Note, ...]:
    """Winter abbreviations on summer days: read as written, but tools leave them standing all year."""
    winter = fixed & np.isin(read.zone, vocabulary("days")["winter"])
    month = wall.astype("datetime64[M]").astype(np.int64) % 12 + 1
    odd = winter & (month >= 4) & (month <= 10)
    values = {"zones": sorted({name.upper() for name in read.zone[odd]}), "count": int(odd.sum())}
    return (Note("winter-zone", values),) if odd.any() else ()
