"""Ids stay text; tables meet through equal ids; the rest is proposed."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.intake.identity import conflicts, identity, ids, links, match
from cxlib.words import phrase


def test_ids_keep_leading_zeros_and_get_latin_digits():
    typed = ids(pd.Series(["007", " ۰۰۸ ", "A-9", None, ""], dtype="str"))
    assert typed.values.tolist()[:3] == ["007", "008", "A-9"] and typed.values.isna().sum() == 2
    assert typed.problems.empty


def test_ids_that_became_decimal_numbers_are_mended_only_together():
    assert ids(pd.Series(["3292879998.0", "3292879999.0"])).values.tolist() == ["3292879998", "3292879999"]
    assert ids(pd.Series(["1.0", "1.1"])).values.tolist() == ["1.0", "1.1"]


def test_ids_that_a_spreadsheet_rounded_name_nobody():
    typed = ids(pd.Series(["3.29288E+09", "12"], index=[2, 3]))
    assert typed.problems.values.tolist() == [[2, "3.29288E+09", "id-rounded"]] and typed.values.isna().tolist() == [
        True,
        False,
    ]


def test_equal_ids_match_and_spellings_are_proposed():
    found = match(pd.Series(["007", "8", "AB 1", "x", "8", None]), pd.Series(["7", "8", "ab1"]))
    assert (found.n, found.matched, found.rate) == (4, 1, 0.25)
    assert found.proposed[["left", "right", "why"]].values.tolist() == [
        ["007", "7", "spelling"],
        ["AB 1", "ab1", "spelling"],
    ]


def test_a_spelling_that_fits_two_is_not_proposed():
    assert match(pd.Series(["07"]), pd.Series(["7", "007"])).proposed.empty


def test_alike_names_are_proposed_and_numbers_never():
    found = match(pd.Series(["jane.doe@example.com", "10000001"]), pd.Series(["jane.do@example.com", "10000002"]))
    assert found.proposed[["left", "why"]].values.tolist() == [["jane.doe@example.com", "alike"]]
    assert found.matched == 0


def test_links_count_ids_and_rows_without():
    frames = {
        "customers": pd.DataFrame({"customer_id": ["1", "2"]}),
        "tickets": pd.DataFrame({"customer_id": ["1", "1", "9", None]}),
    }
    assert links(frames).values.tolist() == [["tickets", 2, 1, 0.5, 4, 1]]


def test_conflicts_name_customer_column_and_values():
    frames = {
        "customers": pd.DataFrame(
            {"customer_id": ["1", "1", "2"], "city": ["Yazd", "Qom", "Qom"], "account_id": ["A", "A", "B"]}
        ),
        "responses": pd.DataFrame({"customer_id": ["2"], "account_id": ["C"]}),
    }
    assert conflicts(frames).values.tolist() == [["1", "city", ("Qom", "Yazd")], ["2", "account_id", ("B", "C")]]


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_doubts_about_identity_can_be_said(lang):
    frames = {
        "customers": pd.DataFrame({"customer_id": ["7", "7"], "city": ["a", "b"]}),
        "tickets": pd.DataFrame({"customer_id": ["007", None]}),
    }
    doubts = identity(frames)
    assert [doubt.key for doubt in doubts] == [
        "customers-without-id",
        "customers-unmatched",
        "customers-proposed",
        "customers-conflict",
    ]
    assert all(phrase(f"finding.{doubt.key}", lang, **doubt.values) for doubt in doubts)


def test_without_customers_nothing_is_unmatched():
    assert identity({"tickets": pd.DataFrame({"customer_id": ["1"]})}) == []
