"""Typing rules: a planted one is found with the right accuracy, luck is not, and the hand's count is the library's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.typing_rule import typing_rule


def customers(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kinds = {"age": ["18-34", "35-49", "50+"], "city": ["a", "b", "c", "d"], "gender": ["f", "m"]}
    return pd.DataFrame({name: rng.choice(values, n) for name, values in kinds.items()})


def test_a_planted_rule_is_found_by_hand() -> None:
    # Old customers of city a belong to segment 1, all others to segment 0.
    answers = customers(600, 0)
    of = ((answers["age"] == "50+") & (answers["city"] == "a")).astype(int)
    rule = typing_rule(answers, of)
    assert (rule.accuracy.value, rule.is_better) == (1.0, True)
    assert rule.majority.value == pytest.approx(1 - of.mean())
    found = [leaf.conditions for leaf in rule.leaves if leaf.segment == 1]
    assert [sorted(conditions) for conditions in found] == [[("age", "50+", True), ("city", "a", True)]]
    assert sum(leaf.n for leaf in rule.leaves) == 600


def test_accuracy_is_that_of_new_customers(soak: bool) -> None:
    """Segments follow age in four of five cases: truth .8; the interval of the held-out accuracy covers it."""
    runs, hits = (300 if soak else 60), 0
    for seed in range(runs):
        answers = customers(400, seed)
        rng = np.random.default_rng(seed + 10_000)
        of = np.where(rng.random(400) < 0.8, answers["age"] == "50+", answers["age"] != "50+").astype(int)
        found = typing_rule(answers, of, seed=seed).accuracy
        hits += found.low <= 0.8 <= found.high
    assert 0.93 - 3 * (0.95 * 0.05 / runs) ** 0.5 <= hits / runs <= 1


def test_luck_is_no_rule(soak: bool) -> None:
    """Answers that say nothing: a rule is called better in at most 5 % of engagements."""
    runs = 300 if soak else 60
    found = [
        typing_rule(customers(300, seed), np.random.default_rng(seed).random(300) < 0.5, seed=seed).is_better
        for seed in range(runs)
    ]
    assert np.mean(found) <= 0.05 + 2.6 * (0.05 * 0.95 / runs) ** 0.5


def test_a_rule_that_always_says_the_largest_has_no_gain_and_no_interval() -> None:
    rule = typing_rule(customers(300, 1), np.random.default_rng(1).random(300) < 0.1)
    assert (rule.gain.value, rule.gain.low, rule.gain.reason) == (0.0, None, "always-largest")
    assert not rule.is_better


def test_one_segment_or_few_customers_cannot_tell_and_missing_answers_are_answers() -> None:
    assert typing_rule(customers(50, 2), np.zeros(50, int)).accuracy.reason == "too-few"
    assert typing_rule(customers(6, 2), [0, 1] * 3).leaves == ()
    answers = pd.DataFrame({"age": [None, "old"] * 50})
    assert typing_rule(answers, [1, 0] * 50).accuracy.value == 1.0


def test_wrong_lengths_are_refused() -> None:
    with pytest.raises(CxError, match="3"):
        typing_rule(customers(3, 0), [0, 1])
    with pytest.raises(CxError, match="answers"):
        typing_rule(pd.DataFrame(index=range(3)), [0, 1, 1])
