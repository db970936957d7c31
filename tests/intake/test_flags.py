"""Yes and no in six languages and in tools' codes."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.intake.flags import flags


def read(*cells: str, **known: object) -> list[object]:
    return flags(pd.Series(list(cells), dtype="str"), **known).values.tolist()


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Yes", "No"),
        ("بله", "خير"),
        ("نعم", "لا"),
        ("Ja", "Nein"),
        ("Oui", "Non"),
        ("Sí", "No"),
        ("Evet", "Hayır"),
        ("TRUE", "FALSE"),
        ("1", "0"),
        ("۱", "۰"),
        ("1.0", "0.0"),
        ("Selected", "Not Selected"),
        ("y", "N"),
        ("انتخاب‌شده", "انتخاب نشده"),
    ],
)
def test_yes_and_no(yes, no):
    assert read(yes, no, "") == [True, False, pd.NA]


def test_anything_else_is_reported():
    typed = flags(pd.Series(["yes", "perhaps", "N/A"]))
    assert typed.problems.values.tolist() == [[1, "perhaps", "no-flag"], [2, "N/A", "not-applicable"]]


def test_one_and_two_are_asked_then_read():
    typed = flags(pd.Series(["1", "2", "2"]))
    assert typed.values.isna().all() and typed.questions[0].setting == "values"
    assert read("1", "2", values={"1": "yes", "2": "no"}) == [True, False]


def test_the_clients_words_count():
    assert read("Opted in", "opted out ", values={"Opted in": "yes", "Opted out": "no"}) == [True, False]
