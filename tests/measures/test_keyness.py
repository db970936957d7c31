"""What low raters say more often: G² against scipy, no false words in a null engagement, no Persian sentiment."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from cxlib.measures import keyness


def test_g2_against_scipy() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b, na, nb = *rng.integers(1, 40, 2), *rng.integers(60, 200, 2)
        theirs = chi2_contingency([[a, b], [na - a, nb - b]], correction=False, lambda_="log-likelihood").statistic
        ours = keyness.signed_g2(np.array([[a, b]]), sizes=np.array([na, nb]))[0]
        assert abs(ours) == pytest.approx(theirs)
        assert (ours > 0) == (a / na > b / nb)


def test_turning_the_sides_turns_the_sign() -> None:
    one = keyness.keyness(list("aaab"), reference=list("abbc")).set_index("word")["g2"]
    two = keyness.keyness(list("abbc"), reference=list("aaab")).set_index("word")["g2"]
    assert one[["a", "b", "c"]].tolist() == pytest.approx((-two[["a", "b", "c"]]).tolist())


def test_empty_sides() -> None:
    assert keyness.keyness([], reference=[]).empty
    assert keyness.keyness(["a"], reference=[])["word"].tolist() == ["a"]


def comments(rng: np.random.Generator, n: int, extra: str = "", share: float = 0.0) -> list[str]:
    vocabulary = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    return [
        " ".join(rng.choice(vocabulary, 6)) + (f" {extra}" if extra and rng.random() < share else "") for _ in range(n)
    ]


def test_no_word_is_clear_where_nothing_differs(soak: bool) -> None:
    """Any clear word in at most 5 % of null engagements; 20 seeds, 200 in the soak."""
    seeds, found = 200 if soak else 20, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        found += keyness.said_more(comments(rng, 80), high=comments(rng, 150))["is_clear"].any()
    assert found / seeds <= 0.06 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_a_planted_complaint_is_found_first() -> None:
    rng = np.random.default_rng(1)
    table = keyness.said_more(comments(rng, 80, "دیر", 0.5), high=comments(rng, 150, "دیر", 0.1))
    assert table["word"].iloc[0] == "دیر"
    assert table["is_clear"].tolist()[0]
    assert table["target_share"].iloc[0] == pytest.approx(0.5, abs=0.12)


def test_one_angry_customer_does_not_make_a_word() -> None:
    calm = ["fine parcel"] * 20
    assert "awful" not in keyness.said_more(["awful " * 50, *calm], high=calm)["word"].tolist()


def test_there_is_no_persian_sentiment() -> None:
    assert keyness.english_sentiment(["اصلا راضی نیستم", "I am not satisfied at all", ""])[::2] == [None, None]
    assert keyness.english_sentiment(["I am not satisfied at all"])[0] < 0
