"""What a column is read as: its kind, and what the client or the tool told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Meaning:
    """What a column is read as, and what is known about it.

    Attributes
    ----------
    kind
        ``id``, ``day``, ``score``, ``number``, ``flag``, ``label`` or ``text``.
    instrument
        Scale of a score: ``nps``, ``csat5`` … or a range such as ``1-7``.
    calendar, day_first, timezone, to
        How days are written, the zone of cells that name none, and the client's zone.
    values
        Value of the export → value meant.
    currency, decimal, serials
        The code that amounts are in, the decimal mark, and the epoch of days that are plain numbers.
    names
        Names of people that comments must not show.
    """

    kind: str
    instrument: str = ""
    calendar: str = ""
    day_first: bool | None = None
    timezone: str = ""
    to: str = "UTC"
    values: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    decimal: str = ""
    serials: str = ""
    names: tuple[str, ...] = ()
