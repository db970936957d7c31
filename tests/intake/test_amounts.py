"""Numbers as exports write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.intake.amounts import amounts


def read(*cells: str, **known: object) -> list[float | None]:
    values = amounts(pd.Series(list(cells), dtype="str"), **known).values
    return [None if np.isnan(value) else value for value in values]


def asked(*cells: str, **known: object) -> list[tuple[str, str]]:
    return [(one.key, one.setting) for one in amounts(pd.Series(list(cells), dtype="str"), **known).questions]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1234", 1234),
        ("-3", -3),
        ("+3", 3),
        ("5-", -5),
        ("(4.5)", -4.5),
        ("\u22127", -7),
        ("0.1", 0.1),
        (".5", 0.5),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1 234 567,89", 1234567.89),
        ("1'234.50", 1234.5),
        ("1,234,567", 1234567),
        ("12,34,567.00", None),
        ("1.5E+06", 1500000),
        ("12,5", 12.5),
        ("0.250", 0.25),
        ("1234.567", 1234.567),
        ("۱٬۲۳۴٬۰۰۰", 1234000),
        ("۱۲٫۵", 12.5),
        ("۱٫۲۳۴", 1.234),
        ("۱٬۲۳۴", 1234),
        ("۱٬۲۳۴٫۵", 1234.5),
        ("٣٫١٤", 3.14),
        ("۱،۲۳۴،۰۰۰", 1234000),
        ("$1,234.50", 1234.5),
        ("-$3", -3),
        ("5 €", 5),
        ("۱۲۰٬۰۰۰ تومان", 120000),
        ("۲ میلیون تومان", 2e6),
        ("250 000 ریال", 250000),
        ("85%", 0.85),
        ("۷۰٪", 0.7),
        ("12.5 %", 0.125),
        ("12345678901234567890", 12345678901234567890.0),
    ],
)
def test_a_cell_that_needs_no_column(cell, number):
    assert read(cell) == [number]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("abc", "no-number"),
        ("12abc", "no-number"),
        ("18-24", "no-number"),
        ("1.2.3", "no-number"),
        ("1,23,4", "no-number"),
        ("-", "not-applicable"),
        ("N/A", "not-applicable"),
        ("نمی‌دانم", "do-not-know"),
        ("--5", "no-number"),
        ("5 6", "no-number"),
        ("12.", "no-number"),
        ("4/5", "no-number"),
        ("9" * 90, "no-number"),
        ("%", "no-number"),
        ("$", "no-number"),
    ],
)
def test_a_cell_that_is_no_number_is_reported_with_its_row(cell, why):
    typed = amounts(pd.Series(["5", cell], index=[3, 4], dtype="str"))
    assert typed.problems.values.tolist() == [[4, cell, why]]


def test_one_cell_with_both_marks_decides_the_whole_column():
    assert read("1.234,56", "1.234", "7") == [1234.56, 1234, 7]
    assert read("1,234.56", "1,234", "7") == [1234.56, 1234, 7]


def test_a_mark_that_cannot_part_thousands_decides_the_whole_column():
    assert read("1.234", "1.5") == [1.234, 1.5]
    assert read("1,234", "1.5") == [1234, 1.5]
    assert read("0.250", "1.500") == [0.25, 1.5]


def test_a_column_that_does_not_decide_is_asked_and_stays_empty_until_answered():
    cells = ("1,234", "€ 5")
    assert (read(*cells), asked(*cells)) == ([None, 5], [("decimal-mark", "decimal")])
    assert read(*cells, decimal=".") == [1234, 5]
    assert read(*cells, decimal=",") == [1.234, 5]


def test_a_column_that_contradicts_itself_is_asked():
    assert asked("1.234,5", "1,234.5", "1.234") == [("decimal-mark", "decimal")]
    assert read("1.234,5", "1,234.5", "1.234") == [1234.5, 1234.5, None]


def test_a_declared_mark_refuses_the_other():
    assert read("1.234,56", "1,5", decimal=".") == [None, None]


def test_currencies_without_small_coins_decide():
    assert read("1.234", currency="IRR") == [1234]
    assert read("1,234 ریال") == [1234]
    assert asked("1,234", currency="EUR") == [("decimal-mark", "decimal")]


def test_many_numbers_with_three_digits_after_the_mark_are_thousands_and_noted():
    cells = [f"{number:,}" for number in range(1000, 60_000, 2_311)]
    typed = amounts(pd.Series([*cells, "950"]))
    assert typed.values.tolist() == [*range(1000, 60_000, 2_311), 950]
    assert [(note.key, note.values["count"]) for note in typed.notes] == [("marks-inferred", len(cells))]


def test_toman_and_rial_become_the_engagements_currency():
    """One toman is ten rials."""
    assert read("۱۲۰٬۰۰۰ تومان", "1,500,000", currency="IRR") == [1_200_000, 1_500_000]
    assert read("1,500,000 ریال", currency="IRT") == [150_000]


def test_other_currencies_are_never_converted():
    typed = amounts(pd.Series(["$5", "€6"]), currency="EUR")
    assert typed.counts == {"other-currency": 1} and typed.values.tolist()[1] == 6
    assert asked("$5", "€6") == [("several-currencies", "")]
    assert read("$5", currency="CAD") == [5]


def test_numbers_without_a_percent_sign_among_percentages_are_asked():
    assert (read("85%", "0.9", "0"), asked("85%", "0.9", "0")) == ([0.85, None, 0], [("percent-mixed", "")])


@pytest.mark.parametrize("rows", [[], [None, ""]])
def test_nothing_is_read_from_nothing(rows):
    typed = amounts(pd.Series(rows, dtype="str"))
    assert typed.values.isna().all() and typed.problems.empty


def test_the_column_stays_untouched():
    text = pd.Series(["1", ""], index=["x", "y"], name="amount", dtype="str")
    before = text.copy()
    values = amounts(text).values
    pd.testing.assert_series_equal(text, before)
    assert (values.index.tolist(), values.name, str(values.dtype)) == (["x", "y"], "amount", "float64")


def test_a_large_column_reads_like_its_cells(soak):
    numbers = np.random.default_rng(0).uniform(0, 1e7, 1_000_000 if soak else 20_000).round(2)
    typed = amounts(pd.Series([f"{number:,.2f}" for number in numbers]))
    np.testing.assert_array_equal(typed.values, numbers)
