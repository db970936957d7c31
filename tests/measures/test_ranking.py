"""TOPSIS, rank acceptability and the weight that flips the choice."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import ranking

MATRIX = np.array([[250, 16, 12], [200, 16, 8], [300, 32, 16], [275, 32, 8], [225, 16, 16]])


def naive_topsis(matrix, weights, types) -> list[float]:
    """The five steps of Hwang and Yoon, one loop each."""
    rows, columns = len(matrix), len(matrix[0])
    lengths = [sum(matrix[i][j] ** 2 for i in range(rows)) ** 0.5 for j in range(columns)]
    scaled = [[matrix[i][j] / lengths[j] * weights[j] for j in range(columns)] for i in range(rows)]
    by_column = list(zip(*scaled))
    best = [max(column) if sign > 0 else min(column) for column, sign in zip(by_column, types)]
    worst = [min(column) if sign > 0 else max(column) for column, sign in zip(by_column, types)]
    far = lambda row, point: sum((a - b) ** 2 for a, b in zip(row, point)) ** 0.5  # noqa: E731
    return [far(row, worst) / (far(row, best) + far(row, worst)) for row in scaled]


@pytest.mark.parametrize("types", [[-1, 1, 1], [1, 1, 1], [-1, -1, -1]])
def test_topsis_against_the_five_steps(types) -> None:
    weights = [0.25, 0.25, 0.5]
    found = ranking.topsis(MATRIX, weights=weights, types=types)
    assert list(found.score) == pytest.approx(naive_topsis(MATRIX.tolist(), weights, types))
    assert sorted(found.rank, reverse=True) == [found.rank[place] for place in np.argsort(found.score)]


def test_topsis_does_not_care_for_units_or_the_sum_of_weights() -> None:
    one = ranking.topsis(MATRIX, weights=[1, 1, 2], types=[-1, 1, 1])
    two = ranking.topsis(MATRIX * [1000, 1, 0.1], weights=[0.25, 0.25, 0.5], types=[-1, 1, 1])
    assert one.score == pytest.approx(two.score)


def test_equal_alternatives_share_a_rank() -> None:
    assert ranking.topsis([[1, 1], [1, 1], [2, 2]], weights=[1, 1], types=[1, 1]).rank == (2, 2, 1)
    assert ranking.topsis([[1, 1], [1, 1]], weights=[1, 1], types=[1, 1]).score == (0.5, 0.5)


def test_utilities_run_from_the_worst_to_the_best() -> None:
    found = ranking.utilities(MATRIX, types=[-1, 1, 1])
    assert found.min(axis=0).tolist() == [0, 0, 0]
    assert found.max(axis=0).tolist() == [1, 1, 1]
    assert found[1, 0] == 1
    assert ranking.weighted_sum(found, weights=[1, 1, 2])[2] == pytest.approx(0.75)


def test_smaa_shares_sum_to_one_and_first_places_follow_the_simplex() -> None:
    """Three criteria, each the strength of one alternative: a third of all weights each."""
    found = ranking.smaa(np.eye(3))
    assert found.rank.sum(axis=0) == pytest.approx([1, 1, 1])
    assert found.rank.sum(axis=1) == pytest.approx([1, 1, 1])
    assert found.first == pytest.approx([1 / 3] * 3, abs=0.005)
    assert found.central[0] == pytest.approx([11 / 18, 3.5 / 18, 3.5 / 18], abs=0.01)


def test_smaa_against_a_grid_of_weights() -> None:
    scores = np.random.default_rng(0).random((6, 3))
    grid = np.array([(a, b, 60 - a - b) for a in range(61) for b in range(61 - a)]) / 60
    first = np.bincount((grid @ scores.T).argmax(axis=1), minlength=6) / len(grid)
    assert ranking.smaa(scores).first == pytest.approx(first, abs=0.03)


def test_a_dominated_alternative_is_never_first_and_has_no_central_weights() -> None:
    found = ranking.smaa([[1, 1], [0.5, 0.5]], draws=1000)
    assert found.first == (1, 0)
    assert found.central[1] is None


def test_known_weights_leave_less_doubt() -> None:
    scores = [[1, 0], [0, 1], [0.6, 0.6]]
    sure = ranking.smaa(scores, weights=[0.9, 0.1], spread=0)
    near = ranking.smaa(scores, weights=[0.9, 0.1], spread=0.05, draws=20_000)
    assert sure.first[0] == 1
    assert 0.9 < near.first[0] <= 1
    assert near.first[0] > ranking.smaa(scores, draws=20_000).first[0]


def test_many_alternatives_and_the_same_seed() -> None:
    scores = np.random.default_rng(1).random((40, 8))
    one, two = (ranking.smaa(scores, draws=20_000, seed=3) for _ in range(2))
    assert (one.rank == two.rank).all()
    assert one.rank.sum() == pytest.approx(40)


def test_the_weight_that_flips_the_choice() -> None:
    """Utilities (1, 0) and (.4, .8): equal at w = .4w + .8(1 − w), that is w = 4/7."""
    found = ranking.flips([[1, 0], [0.4, 0.8]], weights=[0.7, 0.3])
    assert [(flip.criterion, flip.rival) for flip in found] == [(0, 1), (1, 1)]
    assert found[0].at == pytest.approx(4 / 7)
    assert found[1].at == pytest.approx(3 / 7)


def test_flips_really_flip() -> None:
    rng = np.random.default_rng(2)
    scores, weights = rng.random((5, 4)), np.array([0.4, 0.3, 0.2, 0.1])
    leader = int((scores @ weights).argmax())
    for flip in ranking.flips(scores, weights=weights):
        beyond = flip.at + 0.001 * np.sign(flip.at - flip.weight)
        moved = weights * (1 - beyond) / (1 - flip.weight)
        moved[flip.criterion] = beyond
        assert int((scores @ moved).argmax()) == flip.rival != leader


def test_a_winner_everywhere_cannot_be_flipped() -> None:
    assert ranking.flips([[1, 1], [0.2, 0.3]], weights=[0.5, 0.5]) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ranking.topsis([[1, None]], weights=[1, 1], types=[1, 1]), "1 cells of 'matrix' are empty"),
        (lambda: ranking.topsis([[1, 2]], weights=[1], types=[1, 1]), "'weights' has the size 1 where 2"),
        (lambda: ranking.topsis([[1, 2]], weights=[1, -1], types=[1, 1]), "'weights' is −1"),
        (lambda: ranking.topsis([[1, 2]], weights=[1, 1], types=[1, 0]), "'0' is not a value of 'types'"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
