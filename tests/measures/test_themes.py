"""Themes of comments: planted ones come back, keep their ids, grow only if they grow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import raters, themes

TOPICS = {
    "late": ["late", "delivery", "parcel", "slow", "waited", "courier", "days", "promised"],
    "rude": ["rude", "staff", "phone", "unfriendly", "support", "shouted", "answer", "agent"],
    "دیر": ["ارسال", "دیر", "بسته", "رسید", "کند", "پیک", "معطل", "روز"],
}


def comments(seed: int, n: int = 240, shares=(0.4, 0.35, 0.25)) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    labels = rng.choice(list(TOPICS), n, p=shares).tolist()
    return [" ".join(rng.choice(TOPICS[label], 5)) for label in labels], labels


def test_planted_themes_come_back_in_both_languages() -> None:
    texts, labels = comments(0)
    found = themes.themes(texts, k=3)
    named = found.of.assign(label=labels).groupby("theme")["label"].agg(lambda s: s.mode()[0]).to_dict()
    agreement = raters.cohen_kappa(found.of["theme"].map(named), b=labels, draws=200)
    assert set(named.values()) == set(TOPICS)
    assert agreement.low > 0.95
    assert found.table["n"].sum() == 240
    assert found.of["confidence"].between(0, 1).all()


def test_the_number_of_themes_is_found() -> None:
    assert themes.themes(comments(1)[0]).k == 3


def test_ids_stay_between_runs() -> None:
    first = themes.themes(comments(2)[0], k=3)
    later = themes.themes(comments(3, shares=(0.2, 0.2, 0.6))[0], k=3, previous=first.weights)
    assert set(later.table["theme"]) == set(first.table["theme"])
    for theme in first.weights:
        assert next(iter(first.weights[theme])) in list(later.weights[theme])[:4]


def test_a_new_theme_gets_a_new_id() -> None:
    first = themes.themes(comments(4)[0], k=3)
    new = ["website crashed payment", "payment page crashed", "website payment error"] * 30
    later = themes.themes(comments(5)[0] + new, k=4, previous=first.weights)
    assert len(set(later.table["theme"]) - set(first.table["theme"])) == 1
    assert len(set(later.table["theme"])) == 4


def test_the_same_input_gives_the_same_themes() -> None:
    texts = comments(6)[0]
    one, two = themes.themes(texts), themes.themes(texts)
    pd.testing.assert_frame_equal(one.table, two.table)


def test_empty_comments_have_no_theme() -> None:
    texts = [*comments(7, 60)[0], "", None, "؟!", "zzz"]
    found = themes.themes(texts, k=3)
    assert found.of["theme"].tolist()[-4:] == [""] * 4
    assert len(found.of) == 64
    assert found.table["n"].sum() == 60


@pytest.mark.parametrize("texts", [["late delivery"] * 5, [], ["", "  "]])
def test_too_few_comments_are_to_be_read(texts: list[str]) -> None:
    with pytest.raises(CxError, match="Read these comments one by one"):
        themes.themes(texts)


def test_growth_is_clear_only_where_there_is_some(soak: bool) -> None:
    """Any clear growth in at most 5 % of null engagements; 20 seeds, 200 in the soak."""
    seeds, wrong = 200 if soak else 20, 0
    is_new = pd.Series([False] * 200 + [True] * 150)
    for seed in range(seeds):
        drawn = pd.Series(np.random.default_rng(seed).choice(["a", "b", "c", ""], 350, p=[0.5, 0.3, 0.15, 0.05]))
        wrong += themes.growing(drawn, is_new=is_new)["is_clear"].any()
    assert wrong / seeds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)
    planted = pd.Series(["a"] * 150 + ["b"] * 50 + ["a"] * 60 + ["b"] * 90)
    grown = themes.growing(planted, is_new=is_new)
    assert grown["theme"].tolist() == ["b", "a"]
    assert grown["is_clear"].all()
    assert grown["value"].iloc[0] == pytest.approx(0.6 - 0.25)


def test_growth_of_nothing() -> None:
    assert themes.growing(pd.Series(["", ""]), is_new=pd.Series([True, False])).empty
