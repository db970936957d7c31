"""Weights from comparisons in pairs: consistent ones exactly, gaps, contradictions named."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import choice


def consistent_matrix(weights: list[float]) -> np.ndarray:
    return np.divide.outer(weights, weights)


def test_consistent_answers_give_their_weights_back() -> None:
    found = choice.ahp(list("abcd"), matrix=consistent_matrix([0.4, 0.3, 0.2, 0.1]))
    assert list(found.weights.values()) == pytest.approx([0.4, 0.3, 0.2, 0.1])
    assert (found.eigenvalue, found.ratio) == (pytest.approx(4), pytest.approx(0, abs=1e-9))


def test_the_eigenvector_against_power_iteration() -> None:
    rng = np.random.default_rng(0)
    upper = np.exp(rng.normal(size=(5, 5)))
    matrix = np.triu(upper, 1) + np.tril(1 / upper.T, -1) + np.eye(5)
    vector = np.ones(5)
    for _ in range(200):
        vector = matrix @ vector
        vector /= vector.sum()
    assert list(choice.ahp(list("abcde"), matrix=matrix).weights.values()) == pytest.approx(vector.tolist())


def test_saaty_1980_schools_matrix_of_three() -> None:
    """1, 1/5, 3; 5, 1, 7; 1/3, 1/7, 1: λ = 3.0649, index .0324, ratio .0324/.58 = .056."""
    found = choice.ahp(list("abc"), matrix=[[1, 1 / 5, 3], [5, 1, 7], [1 / 3, 1 / 7, 1]])
    assert found.eigenvalue == pytest.approx(3.0649, abs=1e-4)
    assert found.ratio == pytest.approx(0.0559, abs=2e-4)
    assert found.is_consistent


def test_names_may_come_in_any_order() -> None:
    pairs = [("a", "b", 3), ("b", "c", 2), ("a", "c", 5)]
    one = choice.ahp(list("abc"), matrix=choice.comparisons(list("abc"), pairs=pairs))
    two = choice.ahp(list("cab"), matrix=choice.comparisons(list("cab"), pairs=pairs))
    assert one.weights == pytest.approx(two.weights)


def test_bozoki_fulop_ronyai_2010_incomplete_example() -> None:
    """Example of section 4: the missing pair is filled with .730297; weights .3738, .3920, .0985, .1357."""
    pairs = [("a", "b", 1), ("a", "c", 5), ("a", "d", 2), ("b", "c", 3), ("b", "d", 4)]
    found = choice.ahp(list("abcd"), matrix=choice.comparisons(list("abcd"), pairs=pairs))
    assert list(found.weights.values()) == pytest.approx([0.3738, 0.3920, 0.0985, 0.1357], abs=6e-5)


def test_a_gap_that_the_rest_decides_changes_nothing() -> None:
    whole = consistent_matrix([0.5, 0.3, 0.2])
    gap = whole.copy()
    gap[0, 2] = gap[2, 0] = np.nan
    assert choice.ahp(list("abc"), matrix=gap).weights == pytest.approx(choice.ahp(list("abc"), matrix=whole).weights)


def test_contradictions_are_refused_and_located() -> None:
    """a over b over c, but c over a: a circle."""
    matrix = choice.comparisons(list("abcd"), pairs=[("a", "b", 5), ("b", "c", 5), ("c", "a", 5), ("a", "d", 2),
                                                     ("b", "d", 2), ("c", "d", 2)])  # fmt: skip
    found = choice.ahp(list("abcd"), matrix=matrix)
    with pytest.raises(CxError, match=r"consistency ratio is .*, at most 0.10"):
        choice.consistent(found)
    assert choice.worst_triad(list("abcd"), matrix=matrix) == ("a", "b", "c")


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_cannot_contradict_themselves(n: int) -> None:
    found = choice.ahp(list("ab")[:n], matrix=consistent_matrix([0.8, 0.2][:n]))
    assert (found.ratio, sum(found.weights.values())) == (0, pytest.approx(1))


def test_random_answers_have_a_ratio_near_one(soak: bool) -> None:
    """Saaty's random index is the mean index of random answers from 1/9 to 9; his table for n = 5 is 1.12."""
    rng, scale = np.random.default_rng(1), np.concatenate([np.arange(1, 10), 1 / np.arange(2, 10)])
    ratios = []
    for _ in range(1000 if soak else 200):
        upper = np.triu(rng.choice(scale, (5, 5)), 1)
        matrix = upper + np.divide(1, upper.T, out=np.zeros((5, 5)), where=upper.T > 0) + np.eye(5)
        ratios.append(choice.ahp(list("abcde"), matrix=matrix).ratio)
    assert np.mean(ratios) == pytest.approx(1, abs=0.12)


def test_hierarchy_by_hand() -> None:
    """.75 × .2 + .25 × 1 = .4; measured values 2 and 8 weigh .2 and .8."""
    under = {"price": {"x": 2, "y": 8}, "service": {"x": 1.0, "y": 0.0}}
    found = choice.hierarchy({"price": 3, "service": 1}, alternatives=under)
    assert found == pytest.approx({"x": 0.4, "y": 0.6})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: choice.comparisons(["a"], pairs=[("a", "z", 2)]), "There is no 'z'"),
        (lambda: choice.comparisons(["a", "b"], pairs=[("a", "b", 0)]), "'a / b' is 0"),
        (lambda: choice.ahp(["a", "b"], matrix=[[1, 2, 3]]), "'matrix' has the size 1, 3 where 2, 2"),
        (lambda: choice.ahp(["a", "b"], matrix=[[1, 3], [3, 1]]), "do not mirror each other"),
        (lambda: choice.ahp(["a", "b"], matrix=[[1, 3], [0, 1]]), "do not mirror each other"),
        (lambda: choice.ahp(list("abc"), matrix=[[1, 2, 0], [0.5, 1, 0], [0, 0, 1]]), "never compared"),
        (lambda: choice.hierarchy({"p": 1}, alternatives={}), "There is no 'p'"),
        (lambda: choice.hierarchy({"p": 1, "q": 1}, alternatives={"p": {"x": 1}, "q": {"y": 1}}), "'q' has the size"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
