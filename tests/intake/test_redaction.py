"""Personal data leaves comments; prices, dates and order numbers stay."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.intake.redaction import KINDS, is_iban, is_luhn, is_national_id, redact, redacted
from cxlib.words import phrase

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSONAL = [
    ("a.b+c@example.com", "email"),
    ("a.b (at) example [dot] com", "email"),
    ("https://example.com/order?id=7&x=۲", "url"),
    ("www.example.ir", "url"),
    ("t.me/someone", "url"),
    ("instagram.com/ann.b", "url"),
    ("example.co.uk/a?b=1", "url"),
    ("@ann_smith", "handle"),
    ("@ann.smith", "handle"),
    ("09123456789", "phone"),
    ("0912 345 6789", "phone"),
    ("0912-345-67-89", "phone"),
    ("+98 912 345 6789", "phone"),
    ("00989123456789", "phone"),
    ("9123456789", "phone"),
    ("021-88888888", "phone"),
    ("(021) 8888 8888", "phone"),
    ("+44 20 7946 0958", "phone"),
    ("(555) 234-5678", "phone"),
    ("0013542419", "national-id"),
    ("001-354241-9", "national-id"),
    ("4111111111111111", "card"),
    ("4111-1111-1111-1111", "card"),
    ("6037 9911 2345 6786", "card"),
    ("IR062960000000100324200001", "iban"),
    ("IR06 2960 0000 0010 0324 2000 01", "iban"),
    ("062960000000100324200001", "iban"),
    ("GB29 NWBK 6016 1331 9268 19", "iban"),
    ("DE89370400440532013000", "iban"),
]
ORDINARY = [
    "order 12345678",
    "order 1234567890123",
    "order 0013542418",
    "card 4111111111111112",
    "ORD-2024-00017",
    "IR072960000000100324200001",
    "1,234,567 rial",
    "12.500.000",
    "۱٬۲۵۰٬۰۰۰ تومان",
    "1250000000 ریال",
    "$4111111111111111",
    "0013542419 تومان",
    "2024-01-05 10:30:22",
    "1402/05/13",
    "10:30",
    "3.14159265358979",
    "5 out of 10",
    "24/7",
    "iPhone 13",
    "digikala.com",
    "18-24-30-36-40",
    "+5 points",
    "version 2.10.3",
    "100000000 to 200000000",
    "5/5",
    "a@b",
    "good.The courier",
    "fast.in/out twice",
    "خوب بود.ولی/اما",
    "meet @ 5 pm",
    "3.5/5",
    "e.g./i.e.",
    "and/or",
    "100@2",
]


@pytest.mark.parametrize(("text", "kind"), PERSONAL)
@pytest.mark.parametrize("digits", [{}, PERSIAN, ARABIC], ids=["latin", "persian", "arabic"])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_personal_data_are_replaced(text, kind, digits, lang):
    place = f"[{phrase(f'redaction.{kind}', lang)}]"
    assert redact(f"a: {text.translate(digits)}, b", lang=lang) == f"a: {place}, b"


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("digits", [{}, PERSIAN], ids=["latin", "persian"])
def test_ordinary_numbers_stay(text, digits):
    text = text.translate(digits)
    assert redact(f"It was {text}, yes.") == f"It was {text}, yes."


def test_numbers_that_a_persian_word_touches_are_found():
    assert redact("شماره‌ام۰۹۱۲۳۴۵۶۷۸۹است") == "شماره‌ام[phone]است"
    assert redact("کدملی۰۰۱۳۵۴۲۴۱۹و کارت۶۰۳۷۹۹۱۱۲۳۴۵۶۷۸۶") == "کدملی[national id]و کارت[bank card]"
    assert redact("مبلغ۱۲۵۰۰۰۰۰۰۰ریال و سفارش۱۲۳۴۵۶۷۸") == "مبلغ۱۲۵۰۰۰۰۰۰۰ریال و سفارش۱۲۳۴۵۶۷۸"


def test_several_in_one_sentence():
    text = "خانم احمدي: ۰۹۱۲۳۴۵۶۷۸۹ یا a@b.ir، کارت ۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱؛ مبلغ ۵۰۰٬۰۰۰ تومان"
    assert redact(text, names=["احمدی"]) == "خانم [name]: [phone] یا [email]، کارت [bank card]؛ مبلغ ۵۰۰٬۰۰۰ تومان"


@pytest.mark.parametrize("written", ["علی‌رضا احمدی", "علي رضا احمدي", "علیرضا  احمدی", "علیرِضا احمدی"])
def test_names_of_staff_in_any_spelling(written):
    assert redact(f"از {written} متشکرم", names=["علی‌رضا احمدی", "علیرضا احمدی", "علی رضا احمدی"]) == "از [name] متشکرم"


def test_names_are_whole_words_and_any_case():
    assert redact("JANE DOE helped, janet did not", names=["Jane Doe", "Jane"]) == "[name] helped, janet did not"


@given(
    st.lists(
        st.sampled_from(
            [text for text, _ in PERSONAL] + ORDINARY + ["[phone]", "0", "9", "-", "(", ")", "+", "خوب", "@"]
        ),
        max_size=8,
    ),
    st.sampled_from(["", " ", ", ", "\n", "/"]),
    st.sampled_from(["en", "fa"]),
)
def test_redacting_twice_changes_nothing(pieces, joint, lang):
    once = redact(joint.join(pieces), names=["Ann"], lang=lang)
    assert redact(once, names=["Ann"], lang=lang) == once


@given(st.text(max_size=80))
def test_any_text_can_be_redacted(text):
    assert isinstance(redact(text, names=["Ann Lee"]), str)


@given(st.integers(0, 10**9 - 1))
def test_exactly_one_last_digit_makes_a_national_id(number):
    first = f"{number:09d}"
    valid = [last for last in range(10) if is_national_id(f"{first}{last}")]
    assert len(valid) <= 1
    weighted = sum(int(digit) * (10 - place) for place, digit in enumerate(first)) % 11
    assert (
        valid == [weighted if weighted < 2 else 11 - weighted]
        or len(set(f"{first}{valid[0] if valid else first[0]}")) == 1
    )


@given(st.integers(0, 10**15 - 1))
def test_exactly_one_last_digit_makes_a_card(number):
    first = f"{number:015d}"
    assert sum(is_luhn(f"{first}{last}") for last in range(10)) == 1 or len(set(first)) == 1


@given(st.integers(0, 10**22 - 1), st.integers(1, 96))
def test_a_sheba_with_other_check_digits_is_none(number, step):
    account = f"{number:022d}"
    check = 98 - int(f"{account}182700") % 97
    assert is_iban(f"IR{check:02d}{account}")
    other = (check - 2 + step) % 97 + 2
    assert not is_iban(f"IR{other:02d}{account}")


def test_counts_are_of_rows():
    typed = redacted(pd.Series(["call 09123456789", "call 09123456789", "fine", None], dtype="str"))
    assert typed.values.tolist()[:3] == ["call [phone]", "call [phone]", "fine"] and typed.values.isna()[3]
    assert [(note.key, dict(note.values)) for note in typed.notes] == [("redacted", {"count": 2, "phone": 2})]


def test_answers_that_look_like_nothing_are_kept():
    assert redacted(pd.Series(["None", "NA", "null"])).values.tolist() == ["None", "NA", "null"]


def test_every_kind_has_its_word_in_both_languages():
    assert all(phrase(f"redaction.{kind}", lang) for kind in KINDS for lang in ("en", "fa"))


def test_many_comments_take_seconds(soak):
    rng = np.random.default_rng(0)
    n = 200_000 if soak else 10_000
    sentence = "the delivery was late but خوب بود و سریع رسید price 1,250,000 order 12345 thanks"
    words = np.array(sentence.split())
    comments = pd.Series([" ".join(words[rng.integers(0, len(words), 12)]) + f" {place}" for place in range(n)])
    comments[::20] += " 09123456789 a@b.com"
    start = time.process_time()
    typed = redacted(comments)
    assert dict(typed.notes[0].values)["phone"] == n // 20
    assert time.process_time() - start < n * 5e-5
