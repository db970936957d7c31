"""An estimate never travels alone: value, interval, n, level, method and unit stay together.

Where the data cannot carry an interval the bounds are missing and `reason` says why, as a catalogue key
``reason.<reason>``; where they cannot carry a value at all the answer is `cannot_tell`, with the n that would.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

UNITS = ("points", "share", "share_points", "count", "days", "minutes", "score", "money", "ratio", "")


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty.

    Attributes
    ----------
    value
        The estimate, or None if the data cannot tell.
    low, high
        Bounds of the interval; None only together with a `reason`.
    n
        Observations it rests on (before weighting).
    level
        Confidence level of the interval, between 0 and 1.
    method
        Catalogue key ``method.<method>`` of how the interval was made.
    unit
        One of `UNITS`: shares are 0 to 1, ``share_points`` their differences, money is in the engagement's currency.
    reason
        Catalogue key ``reason.<reason>`` of why there is no interval or no value.
    needs
        The n that would tell, where `reason` is that there are too few.

    Examples
    --------
    >>> f"{Estimate(30, 14.3, 43.5, n=100, unit='points'):+.0f}"
    '+30 (+14 to +44; n=100)'
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    level: float = 0.95
    method: str = ""
    unit: str = ""
    reason: str = ""
    needs: int | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            object.__setattr__(self, name, None if number is None or math.isnan(number) else float(number))
        object.__setattr__(self, "n", int(self.n))
        if (self.low is None or self.high is None) and not self.reason:
            raise ValueError("an estimate without an interval needs a reason")

    def __format__(self, spec: str) -> str:
        spec = spec or ".3g"
        if self.value is None:
            return f"– ({self.reason}; n={self.n})"
        if self.low is None or self.high is None:
            return f"{self.value:{spec}} ({self.reason}; n={self.n})"
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}}; n={self.n})"

    def __str__(self) -> str:
        return format(self, "")

    @property
    def is_known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None

    def row(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, one row of a table of estimates."""
        return asdict(self)


def cannot_tell(reason: str, *, n: int = 0, level: float = 0.95, unit: str = "", needs: int | None = None) -> Estimate:
    """Return the answer "cannot tell", with the reason and, if known, the n that would.

    Examples
    --------
    >>> print(cannot_tell("no-answers"))
    – (no-answers; n=0)
    """
    return Estimate(None, n=n, level=level, unit=unit, reason=reason, needs=needs)


ESTIMATE = tuple(spec.name for spec in fields(Estimate))
"""The columns that an estimate takes in a table."""


@dataclass(frozen=True)
class Difference(Estimate):
    """A difference of two groups or times: an estimate that also carries a test of "no difference".

    Attributes
    ----------
    p_value
        Probability of a difference at least this large if there were none; None where nothing can be told.

    Examples
    --------
    >>> print(Difference(7, 0.1, 13.9, n=2000, unit="points", p_value=0.047))
    7 (0.1 to 13.9; n=2000)
    """

    p_value: float | None = None
