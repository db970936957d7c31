"""Nobody shall be recognised: groups too small to show, and cells that the totals would give away.

A respondent hides in a group. A group under the minimum n is not shown; but with row and column totals beside it
a lone hidden cell is the total minus the rest, so partners are hidden with it (complementary suppression). In the
same way a person is found by a rare combination of key columns (city, age, job), which k-anonymity counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import table as rectangle


@dataclass(frozen=True)
class Suppression:
    """Whether hidden cells stay hidden.

    Attributes
    ----------
    small_hidden
        Every cell under the minimum n is hidden.
    not_recoverable
        No hidden cell can be computed from the shown cells and totals.
    """

    small_hidden: bool
    not_recoverable: bool

    @property
    def is_safe(self) -> bool:
        """Whether both hold."""
        return self.small_hidden and self.not_recoverable


def group_size(records: pd.DataFrame, *, keys: Sequence[str]) -> pd.Series:
    """Return for each record how many share its combination of key values, shape (n,).

    A record with size 1 is unique: who knows the keys of a person finds the person. A missing key counts as a value
    of its own, which errs on the side of finding too many.

    Parameters
    ----------
    records
        One row a person.
    keys
        Columns that an outsider could know.

    Raises
    ------
    CxError
        If a key is not a column.

    Examples
    --------
    >>> people = pd.DataFrame({"city": ["Shiraz", "Shiraz", "Yazd"], "age": [30, 30, 41]})
    >>> group_size(people, keys=["city", "age"]).tolist()
    [2, 2, 1]
    """
    for key in keys:
        if key not in records:
            raise CxError("values-column", column=key, found=[str(name) for name in records.columns])
    if not keys:
        return pd.Series(len(records), index=records.index)
    return records.groupby(list(keys), dropna=False, observed=True)[keys[0]].transform("size").astype(int)


def below(sizes: ArrayLike, *, k: int) -> int:
    """Return how many records violate k-anonymity: their combination is shared by fewer than k.

    Parameters
    ----------
    sizes
        From `group_size`, shape (n,).
    k
        The smallest group that protects.

    Examples
    --------
    >>> below([2, 2, 1], k=3)
    3
    """
    return int((np.asarray(sizes) < k).sum())


def hidden_small(counts: ArrayLike, *, min_n: int = 10) -> np.ndarray:
    """Return which cells must be hidden because they rest on fewer than `min_n` answers, same shape.

    Examples
    --------
    >>> hidden_small([[40, 3], [31, 22]], min_n=5).tolist()
    [[False, True], [False, False]]
    """
    return np.asarray(counts, dtype=float) < min_n


def spans(
    counts: ArrayLike, *, hidden: ArrayLike, rows: bool = True, columns: bool = True
) -> list[tuple[int, int, float, float]]:
    """Return what an outsider can infer of each hidden cell: (row, column, least, most).

    The shown cells, the published totals and the knowledge that counts are never negative leave each hidden cell
    between two bounds. Equal bounds mean that it is not hidden at all.

    Parameters
    ----------
    counts
        The true table, shape (rows, columns).
    hidden
        Same shape, true where a cell is not published.
    rows, columns
        Whether row totals and column totals are published.

    Raises
    ------
    CxError
        If the two tables differ in shape.

    Notes
    -----
    Two linear programmes a cell; the same bounds as the attacker's problem in the disclosure literature
    (Fischetti and Salazar 2000, Mathematical Programming 84).

    Examples
    --------
    >>> spans([[40, 3], [31, 22]], hidden=[[0, 1], [0, 0]])
    [(0, 1, 3.0, 3.0)]
    """
    from scipy.optimize import linprog

    counts, mask = rectangle(counts, name="counts"), np.asarray(hidden, dtype=bool)
    if counts.shape != mask.shape:
        raise CxError("values-length", column="hidden", found=mask.shape, expected=counts.shape)
    where = np.argwhere(mask)
    lines = [
        axis_of == line
        for axis, given in ((0, rows), (1, columns))
        if given
        for axis_of in [where[:, axis]]
        for line in np.unique(axis_of)
    ]
    if not lines:
        return [(int(i), int(j), 0.0, float("inf")) for i, j in where]
    sums = np.array(lines, dtype=float)
    totals = sums @ counts[mask]
    found = []
    for number, (i, j) in enumerate(where):
        cost = np.zeros(len(where))
        cost[number] = 1.0
        ends = [linprog(sign * cost, A_eq=sums, b_eq=totals, bounds=(0, None)) for sign in (1, -1)]
        most = -ends[1].fun if ends[1].status == 0 else float("inf")
        found.append((int(i), int(j), round(float(ends[0].fun), 6) + 0.0, round(float(most), 6) + 0.0))
    return found


def recoverable(
    counts: ArrayLike, *, hidden: ArrayLike, rows: bool = True, columns: bool = True
) -> list[tuple[int, int]]:
    """Return the hidden cells (row, column) whose count follows exactly from what is published.

    Parameters
    ----------
    counts, hidden, rows, columns
        As in `spans`.

    Examples
    --------
    >>> recoverable([[40, 3, 27], [31, 22, 18]], hidden=[[0, 1, 1], [0, 1, 1]])
    []
    """
    return [
        (i, j) for i, j, least, most in spans(counts, hidden=hidden, rows=rows, columns=columns) if most - least < 1
    ]


def suppression(
    counts: ArrayLike, *, hidden: ArrayLike, min_n: int = 10, rows: bool = True, columns: bool = True
) -> Suppression:
    """Return whether the hidden cells of a table protect every small group.

    Parameters
    ----------
    counts, hidden, rows, columns
        As in `spans`.
    min_n
        The smallest count that may be shown.

    Examples
    --------
    >>> suppression([[40, 3], [31, 22]], hidden=[[0, 1], [0, 0]], min_n=5)
    Suppression(small_hidden=True, not_recoverable=False)
    """
    mask = np.asarray(hidden, dtype=bool)
    return Suppression(
        small_hidden=bool(mask[hidden_small(counts, min_n=min_n)].all()),
        not_recoverable=not recoverable(counts, hidden=mask, rows=rows, columns=columns),
    )


def suppressed(counts: ArrayLike, *, min_n: int = 10, rows: bool = True, columns: bool = True) -> np.ndarray:
    """Return which cells to hide so that no small count can be computed from the rest, same shape.

    Small cells first; then, while one of the hidden can be recovered, the partners that cost the fewest answers:
    the other three corners of a rectangle where both totals are published, else the smallest cell of its line.
    A table with a single cell cannot be protected: its total must not be published either.

    Parameters
    ----------
    counts, rows, columns
        As in `spans`.
    min_n
        The smallest count that may be shown.

    Examples
    --------
    >>> suppressed([[40, 3, 27], [31, 22, 18], [12, 15, 29]], min_n=5).astype(int).tolist()
    [[0, 1, 1], [0, 1, 1], [0, 0, 0]]
    """
    counts = rectangle(counts, name="counts")
    mask = hidden_small(counts, min_n=min_n)
    while not mask.all():
        open_cells = recoverable(counts, hidden=mask, rows=rows, columns=columns)
        if not open_cells:
            break
        partners = _partners(counts, mask, open_cells[0], rows, columns)
        mask = mask.copy()
        mask[partners] = True
    return mask


def _partners(
    counts: np.ndarray, mask: np.ndarray, cell: tuple[int, int], rows: bool, columns: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest cells to hide beside `cell`; if its rectangle is hidden already, the smallest cell shown."""
    cost = np.where(mask, 0.0, counts + 0.5)
    i, j = cell
    corners = np.zeros_like(cost)
    if rows:
        corners = corners + cost[i][None, :]
    if columns:
        corners = corners + cost[:, j][:, None]
    if rows and columns:
        corners = corners + cost
    corners = np.where((np.arange(cost.shape[0]) == i)[:, None] & columns, np.inf, corners)
    corners = np.where((np.arange(cost.shape[1]) == j)[None, :] & rows, np.inf, corners)
    best = np.unravel_index(int(corners.argmin()), cost.shape)
    picked = {(i, int(best[1]))} if rows else set()
    picked |= {(int(best[0]), j)} if columns else set()
    picked |= {(int(best[0]), int(best[1]))} if rows and columns else set()
    if not np.isfinite(corners[best]) or all(mask[spot] for spot in picked):
        smallest = np.unravel_index(int(np.where(mask, np.inf, counts).argmin()), counts.shape)
        picked = {(int(smallest[0]), int(smallest[1]))}
    where = np.array(sorted(picked))
    return where[:, 0], where[:, 1]


def shown(frame: pd.DataFrame, *, n: str = "n", min_n: int = 10, flag_n: int = 30) -> pd.DataFrame:
    """Return a table of groups with what may be shown: columns `is_shown` and `is_flagged` added.

    A group under `min_n` is hidden; if it is the only one, the next smallest is hidden with it, because the total of
    all groups would give it away. A shown group under `flag_n` is flagged: its interval is wide.

    Parameters
    ----------
    frame
        One row a group.
    n
        Column with the number of answers.
    min_n, flag_n
        Smallest n that may be shown, and smallest that needs no flag.

    Examples
    --------
    >>> shown(pd.DataFrame({"channel": ["web", "app", "shop"], "n": [200, 20, 4]}))["is_shown"].tolist()
    [True, False, False]
    """
    counts = frame[n].fillna(0).to_numpy(float)
    if len(counts) == 0:
        return frame.assign(is_shown=pd.Series(dtype=bool), is_flagged=pd.Series(dtype=bool))
    hidden = hidden_small(counts, min_n=min_n)
    if (counts[hidden] > 0).any():
        hidden = suppressed([counts], min_n=min_n, columns=False)[0]
    return frame.assign(is_shown=~hidden, is_flagged=~hidden & (counts < flag_n))
