"""A column read by its meaning: the values, the cells that could not be read, what must be asked, what was assumed.

Nothing is lost in silence. A cell without a value is either empty in the export or stands among the problems with the
row and the text that was found. Where the whole column leaves two readings open, it is asked instead of guessed: the
cells in doubt stay empty until the answer is written in engagement.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_PROBLEM = {"row": "object", "found": "str", "what": "str"}


@dataclass(frozen=True)
class Note:
    """Something assumed, mended or counted while reading: catalogue entry ``log.<key>``."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What only the client can tell: catalogue entry ``question.<key>``.

    `setting` names the field of the source in engagement.yaml that answers it.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    setting: str = ""


@dataclass(frozen=True)
class Typed:
    """A column of text turned into values.

    Attributes
    ----------
    values
        One value a row of the column, missing where the cell is empty or could not be read.
    problems
        Cells that hold something but gave no value: row (the column's index label), found, what
        (catalogue entry ``log.<what>``).
    questions, notes
        What must be asked, and what was assumed or mended.
    """

    values: pd.Series
    problems: pd.DataFrame
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Number of cells by what was wrong with them."""
        return {str(what): int(count) for what, count in self.problems["what"].value_counts().items()}

    def first(self, cells: int = 20) -> pd.DataFrame:
        """Return the problems, at most so many `cells` a reason."""
        return self.problems.groupby("what", sort=False).head(cells)


@dataclass(frozen=True)
class Distinct:
    """A column as its distinct cells: each is read once, however often it stands there.

    Attributes
    ----------
    cells
        The distinct cells, trimmed, without the empty ones.
    code
        Position of each row's cell in `cells`; -1 for an empty one.
    text
        The column itself.
    """

    cells: np.ndarray
    code: np.ndarray
    text: pd.Series

    @property
    def count(self) -> np.ndarray:
        """Rows of each distinct cell."""
        return np.bincount(self.code[self.code >= 0], minlength=len(self.cells))

    def spread(self, values: Any, missing: Any) -> np.ndarray:
        """Return one value a row from one value a distinct cell."""
        values = np.append(np.asarray(values), np.asarray([missing], dtype=np.asarray(values).dtype))
        return values[self.code]

    def problems(self, what: np.ndarray) -> pd.DataFrame:
        """Return the cells with a reason, from one reason a distinct cell (empty = none)."""
        if not any(what):
            return problems()
        rows = np.flatnonzero(self.spread(what, ""))
        found = self.cells[self.code[rows]]
        return problems(self.text.index[rows], found, np.asarray(what, dtype=object)[self.code[rows]])


def distinct(text: pd.Series) -> Distinct:
    """Return the distinct cells of a column of text.

    Examples
    --------
    >>> distinct(pd.Series(["a", "", "b ", "a"])).cells.tolist()
    ['a', 'b']
    """
    trimmed = pc.utf8_trim_whitespace(pa.array(text, type=pa.large_string(), from_pandas=True))
    encoded = pc.if_else(pc.equal(trimmed, ""), None, trimmed).dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    code = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Distinct(encoded.dictionary.to_numpy(zero_copy_only=False), code, text)


def problems(rows: Iterable[Any] = (), found: Iterable[str] = (), what: Iterable[str] = ()) -> pd.DataFrame:
    """Return a frame of problems; without arguments an empty one."""
    cells = {"row": list(rows), "found": list(found), "what": list(what)}
    return pd.DataFrame(cells).astype(_PROBLEM) if cells["row"] else _no_problems().copy()


@cache
def _no_problems() -> pd.DataFrame:
    return pd.DataFrame({"row": [], "found": [], "what": []}).astype(_PROBLEM)


def examples(cells: Iterable[str], most: int = 3) -> list[str]:
    """Return the first few cells, as a question shows them."""
    return [str(cell) for _, cell in zip(range(most), cells, strict=False)]
