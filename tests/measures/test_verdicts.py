"""Verdicts: rarely wrong, and honest about what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import effects, verdicts
from cxlib.measures.estimate import Difference


@pytest.mark.parametrize(
    ("low", "high", "worth", "direction", "expected"),
    [
        (1, 5, 0, "increase", "works"),
        (-5, -1, 0, "increase", "does-not"),
        (-5, -1, 0, "decrease", "works"),
        (-1, 5, 0, "increase", "cannot-tell"),
        (-1, 1.5, 2, "increase", "does-not"),
        (-1, 2.5, 2, "increase", "cannot-tell"),
        (-2, 0.5, 1, "decrease", "cannot-tell"),
    ],
)
def test_verdict(low: float, high: float, worth: float, direction: str, expected: str) -> None:
    effect = Difference((low + high) / 2, low, high, n=50)
    assert verdicts.verdict(effect, worth=worth, direction=direction).answer == expected


def test_verdict_without_an_interval_cannot_tell_and_needed_has_no_answer() -> None:
    nothing = Difference(None, n=3, reason="history-short")
    assert verdicts.verdict(nothing).answer == "cannot-tell"
    assert verdicts.needed(nothing) is None


def test_false_verdicts_are_rare_where_nothing_works(soak: bool) -> None:
    """ "Works" in 2.5 % of experiments without effect."""
    runs = 4000 if soak else 800
    rng = np.random.default_rng(0)
    found = [
        verdicts.verdict(effects.ab_test(rng.normal(size=40), control=rng.normal(size=40))).answer == "works"
        for _ in range(runs)
    ]
    assert np.mean(found) == pytest.approx(0.025, abs=3 * np.sqrt(0.025 * 0.975 / runs))


def test_the_needed_n_would_tell(soak: bool) -> None:
    """With the n that `needed` names, an effect of .5 is told from nothing in 80 % of experiments."""
    rng, runs = np.random.default_rng(1), 2000 if soak else 400
    first = effects.ab_test(rng.normal(0.5, 1, 400), control=rng.normal(0, 1, 400))
    half = verdicts.needed(first, worth=0.5) // 2
    told = [
        verdicts.verdict(effects.ab_test(rng.normal(0.5, 1, half), control=rng.normal(0, 1, half))).answer == "works"
        for _ in range(runs)
    ]
    assert np.mean(told) == pytest.approx(0.8, abs=0.04 + 3 * np.sqrt(0.16 / runs))


def test_cannot_tell_carries_the_n_that_would() -> None:
    unsure = verdicts.verdict(Difference(1, -1, 3, n=100), worth=2)
    assert (unsure.answer, unsure.needs) == ("cannot-tell", verdicts.needed(unsure.effect, worth=2))
    assert unsure.needs > 100
    short = verdicts.verdict(Difference(None, n=3, reason="history-short", needs=12))
    assert short.needs == 12
    assert verdicts.verdict(Difference(3, 1, 5, n=90)).needs is None
    assert verdicts.needed(Difference(0, -1, 1, n=90)) is None


def test_hit_rate_leaves_out_what_cannot_be_told() -> None:
    found = verdicts.hit_rate(["works", "works", "does-not", "cannot-tell"])
    assert (found.value, found.n) == (pytest.approx(2 / 3), 3)
    assert verdicts.hit_rate(["cannot-tell"]).reason == "no-answers"
    with pytest.raises(CxError, match="Did you mean 'works'"):
        verdicts.hit_rate(["work"])


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(CxError, match="'up' is not a value of 'direction'"):
        verdicts.verdict(Difference(1, 0, 2, n=1), direction="up")
