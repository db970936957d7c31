"""Raters of the vision: who stands apart from whom, and when nobody can tell whether they agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import disagreement, vision


def ratings(scores: dict[str, list[float]], qualities: list[str]) -> pd.DataFrame:
    """Each rater's scores of the vision, in the order of the qualities."""
    rows = [
        (rater, "ceo" if rater == "a" else "clerk", "vision", quality, score)
        for rater, given in scores.items()
        for quality, score in zip(qualities, given, strict=True)
    ]
    return pd.DataFrame(rows, columns=["rater", "role", "object", "quality", "score"])


FOUR = ["inspiring", "measurable", "aligned", "simple"]
MANY = [f"quality-{number}" for number in range(20)]


def test_distance_is_the_mean_gap_by_hand(made) -> None:
    # |5−3|, |4−4|, |1−3|, |2−2| = 2, 0, 2, 0: mean 1; a is higher by 2, 0, −2, 0: mean 0.
    client = made({"ratings": ratings({"a": [5, 4, 1, 2], "b": [3, 4, 3, 2]}, FOUR)})
    row = disagreement.by_rater(client, disagreement.table(client, "vision")).iloc[0]
    assert row["distance"].value == pytest.approx(1)
    assert row["higher"].value == pytest.approx(0)
    assert row["distance"].low >= 0
    assert row["rater"] == Term("rater.ceo")
    assert row["furthest"] == "Clerk"


def test_the_furthest_of_many_pairs_has_a_wider_interval(made) -> None:
    scores = {"a": [5, 4, 1, 2], "b": [3, 4, 3, 2], "c": [1, 5, 2, 2]}
    client = made({"ratings": ratings(scores, FOUR)})
    furthest = disagreement.pairs(client, disagreement.table(client, "vision"))[0]
    assert furthest[0].level == pytest.approx(1 - 0.05 / 3)
    assert furthest[1:] == ("a", "c")


def test_four_qualities_are_too_few_to_say_whether_raters_agree(sample) -> None:
    claim = vision.section(sample).claim("raters-cannot-tell")
    assert (claim.values["alpha"].reason, claim.values["alpha"].needs) == ("objects-few", disagreement.ENOUGH)
    assert claim.values["qualities"] == 4


def test_the_planted_quarrel_is_named(sample) -> None:
    # Of the three pairs the executive (5, 4, 5, 4) and the front line (4, 2, 3, 5) differ by 1, 2, 2, 1: mean 1.5.
    claim = vision.section(sample).claim("raters-furthest")
    assert claim.values["distance"].value == pytest.approx(1.5)
    assert claim.values["other"] == Term("rater.front_line")


@pytest.mark.parametrize(("noise", "verdict"), [(0.0, "agree"), (9.0, "apart")])
def test_with_enough_qualities_alpha_decides(made, noise: float, verdict: str) -> None:
    rng = np.random.default_rng(1)
    true = rng.integers(1, 6, len(MANY))
    scores = {rater: np.clip(true + np.round(noise * rng.normal(size=len(MANY))), 1, 5).tolist() for rater in "abcd"}
    client = made({"ratings": ratings(scores, MANY)})
    alpha = disagreement.agreement(client, disagreement.table(client, "vision"))
    assert disagreement.verdict(alpha) == verdict


def test_a_single_rater_cannot_disagree(made) -> None:
    client = made({"ratings": ratings({"a": [5, 4, 1, 2]}, FOUR)})
    made_section = vision.section(client)
    assert made_section.claim("raters-cannot-tell").values["alpha"].reason == "raters-few"
    assert "raters" not in [exhibit.key for exhibit in made_section.exhibits]


def test_no_ratings_say_nothing(made) -> None:
    assert disagreement.claims(made({}), disagreement.table(made({}), "vision")) == []
