"""Noise, probable, clear: graded over all comparisons, and silent when nothing changed."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import change, survey
from cxlib.measures.estimate import Difference


def quarter(rng: np.random.Generator, groups: int, n: int, shift: float = 0.0) -> list[Difference]:
    """NPS differences of groups between two quarters of a null engagement, or one in which all are shifted."""
    shares = np.array([0.1, 0.1, 0.1, 0.2, 0.5])
    later = shares + np.array([-shift / 2, -shift / 2, 0, 0, shift])
    draw = lambda p: rng.choice([2, 6, 7, 8, 10], n, p=p)  # noqa: E731
    return [survey.nps_difference(draw(later), draw(shares)) for _ in range(groups)]


def test_false_flags_are_nominal_on_a_null_engagement(soak: bool) -> None:
    """At least probable: 5 % of comparisons. Any clear one: at most 5 % of engagements. Over 20 or 200 seeds."""
    seeds, groups = 200 if soak else 20, 20
    flagged = clear = 0
    for seed in range(seeds):
        table = change.graded(quarter(np.random.default_rng(seed), groups, 150))
        flagged += change.flags(table)
        clear += (table["grade"] == "clear").any()
    wobble = 3 * np.sqrt(0.05 * 0.95 / (seeds * groups))
    assert flagged / (seeds * groups) == pytest.approx(0.05, abs=wobble + 0.01)
    assert clear / seeds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_a_real_change_is_found() -> None:
    table = change.graded(quarter(np.random.default_rng(0), 5, 2000, shift=0.1))
    assert (table["grade"] == "clear").all()


def test_grades_by_hand() -> None:
    """Benjamini–Hochberg of .001, .04, .2 and .9 over four: .004, .08, .267, .9."""
    differences = [Difference(1, 0, 2, n=9, p_value=p) for p in (0.001, 0.04, 0.2, 0.9)]
    unknown = Difference(None, n=0, reason="no-answers")
    table = change.graded([*differences, unknown], names=list("abcde"))
    assert table["grade"].tolist() == ["clear", "probable", "noise", "noise", "cannot-tell"]
    assert table["p_adjusted"].round(3).tolist()[:4] == [0.004, 0.08, 0.267, 0.9]
    assert change.expected_flags([*differences, unknown]) == pytest.approx(0.2)


def test_order_does_not_matter() -> None:
    differences = quarter(np.random.default_rng(3), 12, 60)
    forward, backward = change.graded(differences), change.graded(differences[::-1])
    assert forward["grade"].tolist() == backward["grade"].tolist()[::-1]


def test_nothing_compared() -> None:
    assert change.flags(change.graded([])) == 0


def test_names_must_fit() -> None:
    with pytest.raises(CxError, match="'names' has the size 1 where 0"):
        change.graded([], names=["a"])
