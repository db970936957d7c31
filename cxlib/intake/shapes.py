"""Cells as a matrix of characters, grouped by shape: the way to read a million dates or numbers at once.

A shape is the cell with every digit replaced by 9: ``2024-03-05 10:32`` and ``2025-11-30 23:59`` share
``9999-99-99 99:99``. A column has few shapes, so each is understood once and its digits are read as columns of
numbers. Persian and Arabic digits and marks become Latin ones first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

WIDEST = 64
"""Cells longer than this are no dates or numbers."""

_DIGITS = (0x06F0, 0x0660, 0xFF10)
_SIGNS = {
    0x066A: 0x25, 0x2212: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2012: 0x2D, 0x2013: 0x2D, 0x00A0: 0x20, 0x202F: 0x20,
    0x2009: 0x20, 0x2007: 0x20, 0x3000: 0x20, 0x060C: 0x2C, 0x2019: 0x27, 0xFF0F: 0x2F, 0x2044: 0x2F, 0xFF1A: 0x3A,
}  # fmt: skip
_UNSEEN = (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_GONE, _TOO_LONG = 0xFFFF, 0x7E


@dataclass(frozen=True)
class Shapes:
    """Distinct cells by shape.

    Attributes
    ----------
    points
        Code points, one cell a column, shape (width, cells); digits and marks are Latin, 0 beyond a cell's end.
    names
        The shapes that occur.
    which
        Position of each cell's shape in `names`.
    """

    points: np.ndarray
    names: list[str]
    which: np.ndarray

    def rows(self, number: int) -> np.ndarray:
        """Return which cells have the shape with this number."""
        return np.flatnonzero(self.which == number)

    def number(self, rows: np.ndarray, span: tuple[int, int]) -> np.ndarray:
        """Return the whole number that stands in places `span` of these cells; signs between digits are skipped.

        The cells have one shape, so that a digit of one is a digit of all.

        Examples
        --------
        >>> shapes(np.array(["1,250", "8,000"], dtype=object)).number(np.array([0, 1]), (0, 5)).tolist()
        [1250, 8000]
        """
        total = np.zeros(len(rows), dtype=np.int64)
        for place in range(*span):
            if len(rows) and 0x30 <= self.points[place, rows[0]] <= 0x39:
                total = total * 10 + self.points[place, rows] - 0x30
        return total


def shapes(cells: np.ndarray) -> Shapes:
    """Return the shapes of distinct cells.

    Examples
    --------
    >>> shapes(np.array(["1402/05/13", "2024-01-31 9:30"], dtype=object)).names
    ['9999/99/99', '9999-99-99 9:99']
    """
    points = _points(cells)
    if len(points) == WIDEST:
        points[-1] = np.where(points[-1] > 0, _TOO_LONG, 0)
    shaped = np.where((points >= 0x30) & (points <= 0x39), points.dtype.type(0x39), points)
    weights = np.random.default_rng(0).integers(1, 2**62, size=len(shaped), dtype=np.uint64)
    marks = np.zeros(len(cells), dtype=np.uint64)
    for weight, place in zip(weights, shaped, strict=True):
        marks += weight * place
    which, _ = pd.factorize(marks)
    first = pd.Series(np.arange(len(which))).groupby(which).first().to_numpy()
    return Shapes(points, ["".join(map(chr, cell[cell > 0])) for cell in shaped[:, first].T], which)


def _points(cells: np.ndarray) -> np.ndarray:
    """Code points of the cells with Latin digits and marks, invisible signs left out."""
    text = pa.array(cells, type=pa.large_string())
    if pc.all(pc.string_is_ascii(text)).as_py() is not False:
        return _bytes(text)
    text = np.asarray(cells, dtype=f"U{WIDEST}")
    width = max(1, int(np.char.str_len(text).max(initial=1)))
    points = np.ascontiguousarray(text.astype(f"U{width}")).view(np.uint32).reshape(len(text), width)
    points = _plain()[np.minimum(points, _GONE - 1)].astype(np.uint32)
    return np.ascontiguousarray(_closed(points).T)


def _bytes(text: pa.LargeStringArray) -> np.ndarray:
    """Code points of plain Latin cells, straight from their memory."""
    _, ends, data = text.buffers()
    if not len(text) or not pc.sum(pc.binary_length(text)).as_py():
        return np.zeros((1, len(text)), dtype=np.uint8)
    ends = np.frombuffer(ends, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    lengths = np.minimum(np.diff(ends), WIDEST)
    data = np.frombuffer(data, dtype=np.uint8)
    if lengths.min() == np.diff(ends).max():
        return np.ascontiguousarray(data[ends[0] : ends[-1]].reshape(len(text), -1).T)
    places = np.arange(max(1, int(lengths.max())))[:, None]
    inside = places < lengths
    return np.where(inside, data[np.minimum(ends[:-1] + places, len(data) - 1)], 0).astype(np.uint8)


@cache
def _plain() -> np.ndarray:
    """What each code point is read as; `_GONE` for invisible signs."""
    table = np.arange(_GONE + 1, dtype=np.uint32)
    for zero in _DIGITS:
        table[zero : zero + 10] = np.arange(0x30, 0x3A)
    table[list(_SIGNS)] = list(_SIGNS.values())
    table[list(_UNSEEN)] = _GONE
    return table


def _closed(points: np.ndarray) -> np.ndarray:
    """The matrix, one cell a row, with unseen signs taken out and the rest moved up."""
    unseen = points == _GONE
    rows = np.flatnonzero(unseen.any(axis=1))
    order = np.argsort(unseen[rows], axis=1, kind="stable")
    kept = np.where(unseen[rows], 0, points[rows])
    points[rows] = np.take_along_axis(kept, order, axis=1)
    return points
