"""Nobody is found: k-anonymity, hidden cells, and that what is hidden cannot be computed from the rest."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import privacy


def test_group_size_is_what_counting_pairs_gives() -> None:
    rng = np.random.default_rng(1)
    people = pd.DataFrame(rng.integers(0, 3, (40, 3)), columns=list("abc")).astype(object)
    people.loc[::7, "b"] = None
    for keys in (["a"], ["a", "b"], ["c", "b", "a"]):
        rows = [tuple("none" if cell is None else cell for cell in row) for row in people[keys].to_numpy()]
        assert privacy.group_size(people, keys=keys).tolist() == [rows.count(row) for row in rows]


def test_more_keys_never_make_a_larger_group() -> None:
    people = pd.DataFrame(np.random.default_rng(2).integers(0, 3, (60, 4)), columns=list("abcd"))
    few, many = (privacy.group_size(people, keys=keys) for keys in (list("ab"), list("abcd")))
    assert (many <= few).all()
    assert privacy.below(many, k=3) >= privacy.below(few, k=3)
    assert privacy.group_size(people, keys=[]).eq(60).all()


def test_a_key_that_is_no_column_is_named() -> None:
    with pytest.raises(CxError, match="There is no 'city'"):
        privacy.group_size(pd.DataFrame({"a": [1]}), keys=["city"])


def naive_spans(counts: np.ndarray, hidden: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Least and most of each hidden cell by trying all whole numbers that keep the totals."""
    cells = np.argwhere(hidden)
    fits = []
    for guess in itertools.product(range(int(counts[hidden].sum()) + 1), repeat=len(cells)):
        table = counts.copy()
        table[hidden] = guess
        if (table.sum(axis=0) == counts.sum(axis=0)).all() and (table.sum(axis=1) == counts.sum(axis=1)).all():
            fits.append(guess)
    low, high = np.min(fits, axis=0), np.max(fits, axis=0)
    return [(int(i), int(j), int(a), int(b)) for (i, j), a, b in zip(cells, low, high)]


def test_spans_against_trying_all_tables() -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        counts = rng.integers(0, 5, (3, 3))
        hidden = np.zeros((3, 3), dtype=bool)
        hidden.flat[rng.choice(9, 4, replace=False)] = True
        assert privacy.spans(counts, hidden=hidden) == naive_spans(counts, hidden)


def test_suppressed_protects_every_small_cell(soak: bool) -> None:
    rng = np.random.default_rng(4)
    for _ in range(200 if soak else 25):
        counts = rng.poisson(rng.choice([3, 12, 40]), (rng.integers(2, 6), rng.integers(2, 6)))
        hidden = privacy.suppressed(counts, min_n=5)
        assert hidden[counts < 5].all()
        if counts.sum() > 0 and not hidden.all():
            assert privacy.suppression(counts, hidden=hidden, min_n=5).is_safe


def test_nothing_is_hidden_without_need() -> None:
    assert not privacy.suppressed([[40, 30], [50, 60]], min_n=10).any()


def test_a_lone_hidden_cell_is_the_total_minus_the_rest() -> None:
    counts = [[40, 3, 27], [31, 22, 18], [12, 15, 29]]
    lone = [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert privacy.recoverable(counts, hidden=lone) == [(0, 1)]
    assert privacy.recoverable(counts, hidden=lone, rows=False, columns=False) == []
    in_row = [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert privacy.recoverable(counts, hidden=in_row, columns=False) == []
    assert privacy.recoverable(counts, hidden=in_row) == [(0, 1), (0, 2)]


def test_zeros_do_not_protect() -> None:
    """Four hidden zeros are all known, because counts are not negative and the totals leave nothing."""
    assert len(privacy.recoverable([[0, 0, 9], [0, 0, 9]], hidden=[[1, 1, 0], [1, 1, 0]])) == 4


def test_partners_cost_as_little_as_possible() -> None:
    """Beside the 3 at the top left the cheapest rectangle is the one through the 4, not the one through the 90s."""
    hidden = privacy.suppressed([[3, 11, 90], [12, 13, 95], [80, 85, 99]], min_n=5)
    assert hidden.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_groups_of_one_row() -> None:
    table = pd.DataFrame({"group": list("abcd"), "n": [100, 25, 12, 4]})
    assert privacy.shown(table)["is_shown"].tolist() == [True, True, False, False]
    assert privacy.shown(table)["is_flagged"].tolist() == [False, True, False, False]
    two_small = table.assign(n=[100, 25, 6, 4])
    assert privacy.shown(two_small)["is_shown"].tolist() == [True, True, False, False]
    assert privacy.shown(table.iloc[:0])["is_shown"].empty


def test_different_shapes_are_refused() -> None:
    with pytest.raises(CxError, match="'hidden' has the size"):
        privacy.spans([[1, 2]], hidden=[[1, 0], [0, 0]])
