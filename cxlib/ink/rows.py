"""Rows of an exhibit's frame: their estimates, their labels, and whether they are too few to be shown as sure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxlib.ink.sentences import Reader, is_empty, plain, written
from cxlib.measures.estimate import Estimate

ESTIMATE = ("value", "low", "high", "n", "level", "method", "unit", "reason", "needs")
FEW = ("too-few", "small-n")
_DEFAULT_LEVEL = 0.95
_PLAIN = {str, int, bool, list, dict, Estimate, type(None)}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries, missing cells as None.

    Examples
    --------
    >>> records(pd.DataFrame({"value": [1.5, None]}))
    [{'value': 1.5}, {'value': None}]
    """
    rows = (zip(frame.columns, row, strict=True) for row in frame.itertuples(index=False, name=None))
    return [{name: _known(cell) for name, cell in row} for row in rows]


def _known(cell: Any) -> Any:
    """A cell, with every kind of missing value as None and numpy's scalars as Python's."""
    if type(cell) in _PLAIN:
        return cell
    if cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return None
    return cell.item() if hasattr(cell, "item") and not isinstance(cell, pd.Timestamp) else cell


def estimate(row: dict[str, Any], *, unit: str = "") -> Estimate:
    """Return the estimate that a row of `records` holds in its estimate columns."""
    found = {name: row[name] for name in ESTIMATE if row.get(name) is not None}
    if found.get("low") is None or found.get("high") is None:
        found["reason"] = found.get("reason") or "no-interval"
    found.setdefault("level", _DEFAULT_LEVEL)
    found["unit"] = found.get("unit") or unit
    return Estimate(**{"value": None, **found})


def estimates(frame: pd.DataFrame, *, unit: str = "") -> list[Estimate]:
    """Return one estimate a row."""
    return [estimate(row, unit=unit) for row in records(frame)]


def is_few(known: Estimate) -> bool:
    """Tell whether an estimate rests on too few answers to be shown like the others."""
    return not known.is_known or known.reason in FEW


def shared_unit(rows: list[Estimate]) -> str:
    """Return the unit of the first estimate that has one."""
    return next((row.unit for row in rows if row.unit), "")


def label(value: Any, *, reader: Reader) -> str:
    """Return the label of a row as text; an empty one as a dash."""
    return reader.words("word.none") if is_empty(value) else plain(written(value, key="label", reader=reader))
