"""One key for every spelling, one form for showing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.intake.persian import each, folded, is_persian, key, keys, latin_digits, shown

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآأئؤةكيى \u200c۱٢3.،؟%abcZ-(_)\u064b\u0640\n"


@pytest.mark.parametrize(
    "spellings",
    [
        ("کسب‌وکار", "کسب وکار", "کسبوکار", "كسب و كار", "کسب\u200c وکار", "کــسب‌وکار"),
        ("رضایت مشتری", "رضايت مشتري", "رضایت‌مشتری", " رضایت  مشتری ", "رضایتِ مشتری"),
        ("سوال ۱۲", "سؤال 12", "سوال ١٢"),
        ("Very  Satisfied", "very satisfied", "VERY SATISFIED "),
        ("۱۰٪", "10%", "١٠٪"),
        ("آبان", "ابان"),
    ],
)
def test_spellings_of_one_word_have_one_key(spellings):
    assert len({key(one) for one in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("راضی", "ناراضی"), ("web app", "webapp"), ("1 2", "12"), ("بد", "بعد")])
def test_different_words_have_different_keys(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("كتاب ها را مي خوانم", "کتاب‌ها را می‌خوانم"),  # hazm 0.12.1 and shekar 1.7.0 agree on these four
        ("خدمات پشتيباني", "خدمات پشتیبانی"),
        ("سلامـــت", "سلامت"),
        ("5 ستاره", "۵ ستاره"),
        ("می‌شود", "می‌شود"),
        ("خیلی خوب بود .ولی گران", "خیلی خوب بود. ولی گران"),
        ("مدل iPhone13 را 12.5% ارزان تر", "مدل iPhone13 را ۱۲٫۵٪ ارزان‌تر"),
        ("  Good   service ", "Good service"),
        ("خانه ای \u200c بزرگ", "خانه‌ای بزرگ"),
        ("ایمیل a1@b2.com", "ایمیل a1@b2.com"),
    ],
)
def test_the_form_for_showing(text, form):
    assert shown(text) == form


@given(st.text(LETTERS, max_size=40))
def test_showing_twice_changes_nothing_and_never_changes_the_key(text):
    assert shown(shown(text)) == shown(text)
    assert key(key(text)) == key(text)
    assert key(shown(text)).replace(" ", "") == key(text).replace(" ", "")


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_a_form(text):
    assert isinstance(key(text), str) and isinstance(shown(text), str)


def test_columns_keep_index_and_missing():
    texts = pd.Series(["كتاب", None, "كتاب"], index=[4, 5, 6], dtype="str")
    assert each(texts, shown).tolist()[0] == "کتاب" and each(texts, shown).isna().tolist() == [False, True, False]
    assert keys(texts).index.tolist() == [4, 5, 6]


def test_each_text_is_computed_once():
    seen = []
    each(pd.Series(["a", "b", "a"]), lambda text: seen.append(text) or text)
    assert seen == ["a", "b"]


def test_small_forms():
    assert latin_digits("۰۰۷\u200f") == "007" and folded("يك A") == "یک a"
    assert is_persian("x ی") and not is_persian("۱۲")
