"""Answers on a closed scale, as a histogram: how many people gave each score.

Every survey metric is a function of that histogram, so answers may come one a row, or already counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError

SCALES = {
    "nps": (0, 10),
    "csat5": (1, 5),
    "csat7": (1, 7),
    "csat10": (1, 10),
    "ces1": (1, 5),
    "ces2": (1, 7),
    "ease5": (1, 5),
}
"""Lowest and highest answer of each instrument."""


def numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as floats, missing ones as not-a-number; one number becomes an array of one.

    Raises
    ------
    CxError
        If a value is no number.

    Examples
    --------
    >>> numbers(["1", None, 2])
    array([ 1., nan,  2.])
    """
    if isinstance(values, np.ndarray) and values.ndim and values.dtype.kind in "fiu":
        return values.astype(float)
    given = values if np.ndim(values) else [values]
    series = given if isinstance(given, pd.Series) else pd.Series(given, dtype=None if len(given) else float)
    try:
        return np.asarray(pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan))
    except (TypeError, ValueError) as error:
        raise CxError("not-numbers", found=_no_numbers(series)) from error


def _no_numbers(series: pd.Series) -> list[str]:
    """The first few values that are no numbers."""
    bad = series[pd.to_numeric(series, errors="coerce").isna() & series.notna()]
    return [str(value) for value in bad.unique()[:5]]


def histogram(
    scores: ArrayLike, *, counts: ArrayLike | None = None, instrument: str = ""
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distinct scores in order, and how often each was given. Missing answers are left out.

    Parameters
    ----------
    scores
        One answer a row, or distinct scores if `counts` is given, shape (n,).
    counts
        How often each score was given, shape (n,).
    instrument
        A key of `SCALES`; with it, answers off the scale are refused.

    Raises
    ------
    CxError
        If an answer is no number or lies off the scale, or a count is negative.

    Examples
    --------
    >>> histogram([9, 10, None, 9], instrument="nps")
    (array([ 9., 10.]), array([2., 1.]))
    """
    values = numbers(scores)
    weight = np.ones(len(values)) if counts is None else numbers(counts)
    if len(values) != len(weight):
        raise CxError("lengths-differ", found=[len(values), len(weight)])
    known = ~np.isnan(values)
    if not (weight[known] >= 0).all():
        raise CxError("not-a-count", found=weight[known].tolist())
    distinct, place = np.unique(values[known], return_inverse=True)
    if instrument:
        on_scale(distinct, instrument=instrument)
    return distinct, np.bincount(place, weights=weight[known], minlength=len(distinct))


def on_scale(scores: NDArray[np.float64], *, instrument: str) -> None:
    """Refuse scores that are not whole numbers on the scale of `instrument`.

    Raises
    ------
    CxError
        If there are any, or no such instrument is known.
    """
    low, high = SCALES[known_instrument(instrument)]
    off = scores[(scores < low) | (scores > high) | (scores != np.round(scores))]
    if off.size:
        found = [float(score) for score in off[:5]]
        raise CxError("off-scale", found=found, expected=[low, high], instrument=instrument)


def known_instrument(instrument: str) -> str:
    """Return `instrument` if there is such a scale.

    Raises
    ------
    CxError
        If there is none.
    """
    if instrument not in SCALES:
        raise CxError("no-such-instrument", found=instrument, expected=list(SCALES))
    return instrument
