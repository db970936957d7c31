"""What a measure was given: numbers, equal lengths and known options, or an error that says what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError, closest


def numbers(values: ArrayLike, *, name: str, least: int = 1) -> np.ndarray:
    """Return the values that are there as floats, shape (n,), missing ones left out.

    Raises
    ------
    CxError
        If something is not a number, or fewer than `least` are left.

    Examples
    --------
    >>> numbers([1, None, 3], name="x")
    array([1., 3.])
    """
    kept = aligned(values, name=name)
    kept = kept[~np.isnan(kept)]
    if len(kept) < least:
        raise CxError("values-few", column=name, found=len(kept), expected=least)
    return kept


def aligned(values: ArrayLike, *, name: str, length: int | None = None) -> np.ndarray:
    """Return the values as floats, shape (n,), missing ones as not-a-number in their place.

    Raises
    ------
    CxError
        If something is not a number, or there are not `length` of them.

    Examples
    --------
    >>> aligned([1, None, 3], name="x")
    array([ 1., nan,  3.])
    """
    try:
        array = pd.array(pd.Series(values), dtype="Float64").to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise CxError("values-not-numbers", column=name, found=type(values).__name__) from error
    if length is not None and len(array) != length:
        raise CxError("values-length", column=name, found=len(array), expected=length)
    return array


def table(values: ArrayLike, *, name: str) -> np.ndarray:
    """Return a table of floats, shape (rows, columns), missing cells as not-a-number.

    Raises
    ------
    CxError
        If it is not a rectangle of numbers.

    Examples
    --------
    >>> table([[1, None], [3, 4]], name="ratings")
    array([[ 1., nan],
           [ 3.,  4.]])
    """
    if isinstance(values, np.ndarray) and values.ndim == 2 and values.dtype.kind in "fiu" and values.size:
        return values.astype(float)
    cells = pd.DataFrame(values).to_numpy()
    if cells.size == 0:
        raise CxError("values-few", column=name, found=0, expected=1)
    return aligned(cells.ravel(), name=name).reshape(cells.shape)


def option(value: Any, options: Sequence[Any], *, name: str) -> Any:
    """Return `value` if it is one of `options`.

    Raises
    ------
    CxError
        If it is not, with the nearest option.

    Examples
    --------
    >>> option("ordinal", ("nominal", "ordinal"), name="scale")
    'ordinal'
    """
    if value not in options:
        near = closest(str(value), [str(item) for item in options]) or str(options[0])
        raise CxError("values-option", column=name, found=str(value), expected=list(map(str, options)), near=near)
    return value


def between(value: float, low: float, high: float, *, name: str) -> float:
    """Return `value` if it lies strictly between `low` and `high`.

    Raises
    ------
    CxError
        If it does not.

    Examples
    --------
    >>> between(0.95, 0, 1, name="level")
    0.95
    """
    if not low < value < high:
        raise CxError("values-between", column=name, found=value, low=low, high=high)
    return value
