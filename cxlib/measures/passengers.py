"""Driver or passenger: does an item move the outcome, or does it merely travel with one that does?

Where items of a survey go up and down together, each of them correlates with the outcome. The regression coefficient
asks what is left of an item once the others are held still. An item with a clear correlation and nothing left is a
passenger: bettering it alone would move little, as far as these answers can tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.measures.drivers import importance
from cxlib.measures.estimate import Estimate
from cxlib.measures.shares import false_discoveries, normal_quantile, two_sided_p

ROLES = ("driver", "passenger", "apart")
_MOST = 0.999999


def passengers(
    frame: pd.DataFrame, *, outcome: str, drivers: Sequence[str] = (), level: float = 0.95, rate: float = 0.05
) -> pd.DataFrame:
    """Return correlation and regression coefficient of each driver with their intervals, and what part it plays.

    One row a driver in the order given: ``driver``, ``correlation`` and ``regression`` (each an `Estimate`), and
    ``role``: ``driver`` (something of its own is left), ``passenger`` (it correlates, nothing clear is left) or
    ``apart`` (it does not even correlate by more than luck explains). None of them proves a cause.

    Parameters
    ----------
    frame
        One answer a row. Rows with a missing value are left out.
    outcome, drivers
        Columns of numbers; all others drive if `drivers` is empty.
    level
        Confidence level of the intervals.
    rate
        Of the false-discovery control over the correlations, and over the coefficients.

    Raises
    ------
    CxError
        As in `cxlib.measures.drivers.importance`.

    Notes
    -----
    Correlation: Fisher's z. Coefficient, standardised: least squares, its error with the standard deviations taken as
    known, √((1 − R²) · VIF / (n − p − 1)), normal quantile.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> speed, luck = rng.normal(size=(2, 900))
    >>> frame = pd.DataFrame({"speed": speed, "look": speed + rng.normal(size=900), "nps": speed + luck})
    >>> passengers(frame, outcome="nps")[["driver", "role"]].values.tolist()
    [['speed', 'driver'], ['look', 'passenger']]
    """
    names = list(drivers) or [name for name in frame.columns if name != outcome]
    found = importance(frame, outcome=outcome, drivers=names)
    between = np.corrcoef(frame[[outcome, *names]].astype(float).dropna()[names].to_numpy(), rowvar=False)
    inflation = np.diag(np.linalg.inv(np.atleast_2d(between)))
    spare = found.n - len(names) - 1
    errors = np.sqrt(max(1 - found.r2, 0.0) * inflation / max(spare, 1))
    together = [correlation(found.correlation[name], found.n, level) for name in names]
    alone = [_coefficient(found.beta[name], error, found.n, level) for name, error in zip(names, errors, strict=True)]
    parts = [
        _role(travels, has_own) for travels, has_own in zip(_stand(together, rate), _stand(alone, rate), strict=True)
    ]
    estimates = {"correlation": [pair[0] for pair in together], "regression": [pair[0] for pair in alone]}
    return pd.DataFrame({"driver": names, **estimates, "role": parts})


def correlation(r: float, n: int, level: float) -> tuple[Estimate, float]:
    """Return a correlation with Fisher's interval, and its p-value.

    Examples
    --------
    >>> print(correlation(0.5, 103, 0.95)[0])
    0.5 (0.339 to 0.632; n=103)
    """
    if n < 4:
        return Estimate(r, n=n, level=level, unit="ratio", reason="too-few"), 1.0
    middle, error = math.atanh(max(-_MOST, min(_MOST, r))), 1 / math.sqrt(n - 3)
    low, high = (math.tanh(middle + side * normal_quantile(level) * error) for side in (-1, 1))
    return Estimate(r, low, high, n=n, level=level, method="fisher", unit="ratio"), two_sided_p(middle / error)


def _coefficient(beta: float, error: float, n: int, level: float) -> tuple[Estimate, float]:
    """A standardised coefficient with its interval, and its p-value."""
    half = normal_quantile(level) * float(error)
    estimate = Estimate(beta, beta - half, beta + half, n=n, level=level, method="least-squares", unit="ratio")
    return estimate, two_sided_p(beta / float(error)) if error else 0.0


def _stand(pairs: list[tuple[Estimate, float]], rate: float) -> tuple[bool, ...]:
    """Which of the estimates are not luck."""
    return false_discoveries([p_value for _, p_value in pairs], rate=rate).rejected


def _role(travels: bool, has_own: bool) -> str:
    """The part that an item plays."""
    return "driver" if has_own else "passenger" if travels else "apart"
