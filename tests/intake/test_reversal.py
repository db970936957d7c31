"""Scales that run the other way than declared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlib.intake.reversal import mirrored_groups, reversed_scales


def answers(n: int, *, turned: bool, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    nps = rng.integers(0, 11, n)
    csat = np.clip(np.round(1 + nps * 0.4 + rng.normal(0, 0.8, n)), 1, 5)
    return pd.DataFrame({"nps": nps, "csat": 6 - csat if turned else csat})


def test_a_straight_scale_is_never_listed():
    assert reversed_scales(answers(400, turned=False, seed=1)).empty


def test_a_turned_scale_is_listed_once_for_the_whole():
    frame = answers(400, turned=True, seed=2).assign(lang="fa", channel=["a", "b"] * 200)
    assert reversed_scales(frame)[["pair", "by", "n"]].values.tolist() == [["nps csat", "", 400]]


def test_the_language_that_is_turned_is_named():
    frame = pd.concat(
        [answers(400, turned=False, seed=3).assign(lang="en"), answers(60, turned=True, seed=4).assign(lang="fa")]
    )
    assert reversed_scales(frame)[["by", "group", "n"]].values.tolist() == [["lang", "fa", 60]]


def test_scores_without_a_link_are_not_listed():
    """Independent scores are listed by chance once in a thousand: 0.2 of 200, more than 2 once in 900 such runs."""
    rng = np.random.default_rng(5)
    frames = [pd.DataFrame({"nps": rng.integers(0, 11, 200), "csat": rng.integers(1, 6, 200)}) for _ in range(200)]
    assert sum(len(reversed_scales(frame)) for frame in frames) <= 2


def test_few_pairs_tell_nothing():
    assert reversed_scales(answers(29, turned=True, seed=6)).empty


def test_a_low_effort_score_is_turned_first():
    frame = answers(100, turned=True, seed=7).rename(columns={"csat": "ces"})
    assert reversed_scales(frame, lows=frozenset({"ces"})).empty and len(reversed_scales(frame)) == 1


def test_one_score_alone_that_lies_mirrored():
    frame = pd.DataFrame({"lang": ["en"] * 60 + ["fa"] * 40, "csat": [5, 5, 4] * 20 + [1, 1, 2, 1] * 10})
    assert mirrored_groups(frame, score="csat", low=1, high=5)[["by", "group"]].values.tolist() == [["lang", "fa"]]
    lower = frame.assign(csat=[5, 5, 4] * 20 + [4, 3, 4, 4] * 10)
    assert mirrored_groups(lower, score="csat", low=1, high=5).empty
