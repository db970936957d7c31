"""Words of comments in one spelling."""

from __future__ import annotations

import pytest

from cxlib.measures import wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتاب‌ها", "کتابها"),
        ("مي‌خواهم", "می‌خواهم"),
        ("خـــوب", "خوب"),
        ("عالِی", "عالی"),
        ("۱۴۰۴", "1404"),
        ("Delivery", "delivery"),
        ("don’t", "don't"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert wording.spelled(one) == wording.spelled(other)


def test_small_words_numbers_and_letters_are_left_out() -> None:
    assert wording.words("The parcel was 3 days late, and I was not told") == ["parcel", "days", "late", "not", "told"]
    assert wording.words("ارسال خیلی دیر بود و بسته‌بندی هم بد بود") == ["ارسال", "دیر", "بستهبندی", "بد"]
    assert wording.words("A b", keep_small=True) == ["a", "b"]


def test_not_is_kept_in_both_languages() -> None:
    """A negation carries the meaning of a complaint."""
    assert "not" in wording.words("not good")
    assert "نیست" in wording.words("خوب نیست")


@pytest.mark.parametrize(("text", "english"), [("very good", True), ("خیلی خوب", False), ("👍", False), ("", False)])
def test_english_or_not(text: str, english: bool) -> None:
    assert wording.is_english(text) is english
