"""Agreement of raters: loops, published values and limits."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as peer_fleiss

from cxlib.errors import CxError
from cxlib.measures import raters


def naive_alpha(values: np.ndarray, distance) -> float:
    """Alpha from all pairs of ratings: within objects, and over all."""
    objects = [column[~np.isnan(column)] for column in values.T]
    objects = [column for column in objects if len(column) > 1]
    everything = np.concatenate(objects)
    n = len(everything)
    within = sum(sum(distance(a, b) for a, b in permutations(column, 2)) / (len(column) - 1) for column in objects) / n
    over = sum(distance(a, b) for a, b in permutations(everything, 2)) / (n * (n - 1))
    return 1 - within / over


@pytest.mark.parametrize(
    ("scale", "distance"),
    [
        ("nominal", lambda a, b: float(a != b)),
        ("interval", lambda a, b: (a - b) ** 2),
        ("ratio", lambda a, b: ((a - b) / (a + b)) ** 2),
    ],
)
def test_alpha_against_all_pairs(scale: str, distance) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(1, 6, (4, 12)).astype(float)
    values[rng.random((4, 12)) < 0.25] = np.nan
    assert raters.krippendorff(values, scale=scale) == pytest.approx(naive_alpha(values, distance))


def test_alpha_limits() -> None:
    assert raters.krippendorff([[1, 2, 3], [1, 2, 3]]) == 1
    assert raters.krippendorff([[2, 2, 2], [2, 2, 2]]) == 1
    assert raters.krippendorff([[1, 2, 1, 2], [2, 1, 2, 1]], scale="nominal") < 0
    rng = np.random.default_rng(1)
    assert raters.krippendorff(rng.integers(1, 6, (3, 3000)), scale="interval") == pytest.approx(0, abs=0.03)


def test_alpha_of_ordinal_ratings_does_not_care_for_the_spacing() -> None:
    values = np.random.default_rng(2).integers(1, 5, (3, 20))
    assert raters.krippendorff(values**3, scale="ordinal") == pytest.approx(
        raters.krippendorff(values, scale="ordinal")
    )


def test_icc_against_the_mean_squares_of_statsmodels() -> None:
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    values = np.random.default_rng(3).normal(size=(8, 1)) + np.random.default_rng(4).normal(size=(8, 4))
    long = pd.DataFrame([(i, j, values[i, j]) for i in range(8) for j in range(4)], columns=["thing", "rater", "y"])
    table = anova_lm(smf.ols("y ~ C(thing) + C(rater)", long).fit())
    rows, columns, error = table["mean_sq"].tolist()
    found = raters.icc(values)
    assert found["ICC3"] == pytest.approx((rows - error) / (rows + 3 * error))
    assert found["ICC2"] == pytest.approx((rows - error) / (rows + 3 * error + 4 * (columns - error) / 8))
    assert found["ICC3k"] == pytest.approx((rows - error) / rows)


def test_a_harsh_rater_lowers_icc2_and_not_icc3() -> None:
    values = np.random.default_rng(5).normal(size=(20, 1)) + 0.1 * np.random.default_rng(6).normal(size=(20, 3))
    harsh = values - np.array([0, 0, 3])
    assert raters.icc(harsh)["ICC3"] == pytest.approx(raters.icc(values)["ICC3"])
    assert raters.icc(harsh)["ICC2"] < raters.icc(values)["ICC2"] - 0.3


def test_kendall_w_by_hand() -> None:
    """Three raters, rank sums 4, 5, 9 around 6: S = 14, 12 × 14 / (9 × 24) = .778."""
    found = raters.kendall_w([[1, 1, 2], [2, 2, 1], [3, 3, 3]])
    assert found.w == pytest.approx(0.7778, abs=1e-4)
    assert found.w_tie_corrected == found.w
    tied = raters.kendall_w([[1, 1], [1, 1], [2, 2]])
    assert (tied.w, tied.w_tie_corrected) == (pytest.approx(0.75), pytest.approx(1))
    assert raters.kendall_w([[1, 2], [2, 1]]).w == 0


def test_fleiss_against_statsmodels() -> None:
    labels = np.random.default_rng(7).choice(list("abc"), (30, 4))
    labels[:10] = "a"
    theirs = peer_fleiss(aggregate_raters(pd.DataFrame(labels))[0])
    assert raters.fleiss_kappa(pd.DataFrame(labels)) == pytest.approx(theirs)
    with_gap = pd.DataFrame(labels).mask(np.eye(30, 4, dtype=bool))
    assert raters.fleiss_kappa(with_gap) == pytest.approx(peer_fleiss(aggregate_raters(pd.DataFrame(labels[4:]))[0]))


def test_cohen_against_scikit_learn() -> None:
    rng = np.random.default_rng(8)
    a = rng.choice(list("xyz"), 60)
    b = np.where(rng.random(60) < 0.7, a, rng.choice(list("xyz"), 60))
    found = raters.cohen_kappa(a, b=b, draws=50)
    assert found.value == pytest.approx(cohen_kappa_score(a, b))
    assert raters.cohen_kappa(["x"] * 5, b=["x"] * 5, draws=20).value == 1


def two_raters(rng: np.random.Generator, n: int, same: float) -> np.ndarray:
    first = rng.integers(0, 2, n)
    return np.array([first, np.where(rng.random(n) < same, first, 1 - first)])


def test_coverage_of_the_bootstrap_intervals(soak: bool) -> None:
    """Two raters of a fair coin who agree in 85 %: kappa and alpha are 2 × .85 − 1 = .7; 100 objects."""
    runs, kappa, alpha = 400 if soak else 80, 0, 0
    for seed in range(runs):
        ratings = two_raters(np.random.default_rng(seed), 100, 0.85)
        one = raters.cohen_kappa(ratings[0], b=ratings[1], draws=300)
        two = raters.agreement(ratings, scale="nominal", draws=150)
        kappa += one.low <= 0.7 <= one.high
        alpha += two.low <= 0.7 <= two.high
    for hits in (kappa, alpha):
        assert hits / runs == pytest.approx(0.95, abs=0.03 + 2.5 * np.sqrt(0.05 * 0.95 / runs))


def test_too_few_objects_say_what_would_do() -> None:
    for found in (raters.agreement([[1, 2], [1, 2]]), raters.cohen_kappa(["a"], b=["a"])):
        assert (found.value, found.reason, found.needs) == (None, "objects-few", 3)


def test_opinions_puts_the_quarrel_first() -> None:
    ratings = pd.DataFrame(
        {"ann": [1, 4, 3], "bob": [5, 4, 4], "eve": [1, 5, None], "dan": [5, 4, 3]}, index=["simple", "clear", "short"]
    )
    table = raters.opinions(ratings)
    assert table["object"].tolist() == ["simple", "short", "clear"]
    assert table["is_split"].tolist() == [True, False, False]
    assert table["n"].tolist() == [4, 3, 4]


@pytest.mark.parametrize(("alpha", "grade"), [(0.81, "good"), (0.7, "tentative"), (0.5, "poor")])
def test_strength(alpha: float, grade: str) -> None:
    assert raters.strength(alpha) == grade


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: raters.krippendorff([[1, None], [None, 2]]), "'ratings' holds 0 usable values"),
        (lambda: raters.krippendorff([[1, 2], [1, 2]], scale="ordinl"), "Did you mean 'ordinal'"),
        (lambda: raters.icc([[1, 2]]), "'ratings' holds 1"),
        (lambda: raters.kendall_w([[1], [2]]), "'ratings' holds 1"),
        (lambda: raters.fleiss_kappa(pd.DataFrame({"a": ["x", "y"]})), "'ratings' holds 1"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
