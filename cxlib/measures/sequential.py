"""Looking at a running test without fooling oneself: bounds for several looks, and a bound for any number.

Who looks five times at a test with the limit 1.96 sees a false success in 14 % of tests without any effect, not in
5 %. Group-sequential bounds are wider so that all looks together keep 5 %; a confidence sequence holds at every look,
planned or not, and pays with width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from statistics import NormalDist

import numpy as np

from cxlib.errors import CxError
from cxlib.measures.given import between, option
from cxlib.measures.shares import normal_quantile

DESIGNS = ("pocock", "obrien-fleming", "spending-pocock", "spending-obrien-fleming")
_POINTS = 160
Density = tuple[np.ndarray, np.ndarray]
_START: Density = (np.zeros(1), np.ones(1))


def bounds(
    design: str, *, looks: int | None = None, information: Sequence[float] | None = None, level: float = 0.95
) -> list[float]:
    """Return the bound of |z| at each look, so that all looks together keep the two-sided error 1 − `level`.

    Parameters
    ----------
    design
        ``pocock`` (the same bound at each look), ``obrien-fleming`` (very strict at first, near the usual one at the
        end), or Lan and DeMets' spending functions of the two, which allow looks at any time.
    looks
        How many looks, evenly spread; or give `information`.
    information
        Share of the final n at each look, rising, shape (looks,); rescaled if the last one exceeds 1.

    Raises
    ------
    CxError
        If the design is unknown or the looks do not rise.

    Notes
    -----
    Jennison and Turnbull (2000), Group Sequential Methods, chapters 2, 7 and 19; Lan and DeMets (1983), Biometrika 70.
    The error is spent in equal halves above and below.

    Examples
    --------
    >>> [round(bound, 3) for bound in bounds("pocock", looks=2)]
    [2.178, 2.178]
    """
    from scipy.optimize import brentq

    option(design, DESIGNS, name="design")
    alpha = 1 - between(level, 0, 1, name="level")
    times = _fractions(looks, information)
    if design.startswith("spending"):
        return _spent(times, alpha, _spending(design))
    shape = np.ones(len(times)) if design == "pocock" else 1 / np.sqrt(times / times[-1])
    scale = brentq(lambda width: crossing(width * shape, information=times)[-1] - alpha, 0.5, 9, xtol=1e-10)
    return [float(scale * part) for part in shape]


def _fractions(looks: int | None, information: Sequence[float] | None) -> np.ndarray:
    """Information at each look, checked."""
    if information is None:
        if not looks or looks < 1:
            raise CxError("values-between", column="looks", found=looks or 0, low=0, high="∞")
        return np.arange(1, looks + 1) / looks
    times = np.asarray(information, dtype=float)
    if len(times) == 0 or times[0] <= 0 or (np.diff(times) <= 0).any():
        raise CxError("looks-not-rising", found=[float(time) for time in times])
    return times / max(1.0, times[-1])


def _spending(design: str) -> Callable[[float, float], float]:
    """One-sided error spent by an information fraction, as a function of (fraction, one-sided error)."""
    normal = NormalDist()
    if design == "spending-pocock":
        return lambda time, alpha: alpha * math.log(1 + (math.e - 1) * time)
    return lambda time, alpha: 2 * (1 - normal.cdf(normal.inv_cdf(1 - alpha / 2) / math.sqrt(time)))


def _spent(times: np.ndarray, alpha: float, spending: Callable[[float, float], float]) -> list[float]:
    """Bounds one look after the other, each spending what its time allows."""
    inside, found, before = _START, [], 0.0
    for time in times.tolist():
        bound = _next_bound(inside, time, time - before, 2 * spending(time, alpha / 2))
        inside, before = _carried(inside, time - before, bound * math.sqrt(time)), time
        found.append(bound)
    return found


def _next_bound(inside: Density, time: float, step: float, goal: float) -> float:
    """The bound of a look at which the error spent so far reaches its goal; 9 if that is next to nothing."""
    from scipy.optimize import brentq

    def excess(bound: float) -> float:
        return 1 - float(_carried(inside, step, bound * math.sqrt(time))[1].sum()) - goal

    return float(brentq(excess, 0.1, 9, xtol=1e-10)) if excess(9) < 0 else 9.0


@cache
def _places() -> Density:
    """Where and with which weights an integral from −1 to 1 is summed."""
    return np.polynomial.legendre.leggauss(_POINTS)


def _carried(inside: Density, step: float, edge: float) -> Density:
    """The running sum one look later, among those that stayed inside so far and do so now."""
    nodes, weights = _places()
    here = nodes * edge
    kernel = np.exp(-(np.subtract.outer(here, inside[0]) ** 2) / (2 * step)) / math.sqrt(2 * math.pi * step)
    return here, (kernel @ inside[1]) * weights * edge


def crossing(limits: Sequence[float], *, information: Sequence[float]) -> list[float]:
    """Return the probability that |z| has crossed its limit by each look when there is no effect.

    Parameters
    ----------
    limits
        Limit of |z| at each look, shape (looks,).
    information
        Information at each look, rising, shape (looks,).

    Notes
    -----
    Armitage, McPherson and Rowe (1969), JRSS A 132: the density of the running sum is carried from look to look by
    Gauss–Legendre integration.

    Examples
    --------
    >>> [round(p, 3) for p in crossing([1.96, 1.96], information=[1, 2])]
    [0.05, 0.083]
    """
    times = np.asarray(information, dtype=float)
    inside, stayed = _START, []
    for step, time, limit in zip(np.diff(times, prepend=0.0), times, limits, strict=True):
        inside = _carried(inside, float(step), float(limit) * math.sqrt(time))
        stayed.append(float(inside[1].sum()))
    return [1 - share for share in stayed]


def repeated_looks_error(looks: int, *, level: float = 0.95) -> float:
    """Return the chance of a false alarm when each of several evenly spread looks uses the plain limit of `level`.

    Examples
    --------
    >>> round(repeated_looks_error(5), 3)
    0.142
    """
    times = _fractions(looks, None)
    return crossing([normal_quantile(level)] * looks, information=times)[-1]


def mixture_rho(best_at: float, *, level: float = 0.95) -> float:
    """Return the tuning number of `mixture_bound` that makes it tightest at the variance `best_at`.

    Examples
    --------
    >>> round(mixture_rho(100), 3)
    12.601
    """
    doubled = 2 * math.log(1 / (1 - between(level, 0, 1, name="level")))
    return best_at / (doubled + math.log(1 + doubled))


def mixture_bound(variance: float, *, best_at: float, level: float = 0.95) -> float:
    """Return how far a sum of differences may stray from zero at any look, if there is no effect.

    The sum crosses this bound at any time, over all looks for ever, with probability at most 1 − `level`: it is made
    for a KPI that is looked at every month.

    Parameters
    ----------
    variance
        Variance of the sum so far: n times the variance of one observation.
    best_at
        Variance of the sum at which the bound is to be tightest.

    Raises
    ------
    CxError
        If a variance is not positive.

    Notes
    -----
    Two-sided normal mixture; Howard, Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49(2).

    Examples
    --------
    >>> round(mixture_bound(100, best_at=100), 3)
    30.352
    """
    if not (variance > 0 and best_at > 0):
        raise CxError("values-between", column="variance", found=min(variance, best_at), low=0, high="∞")
    rho = mixture_rho(best_at, level=level)
    return math.sqrt((variance + rho) * (math.log((variance + rho) / rho) + 2 * math.log(1 / (1 - level))))
