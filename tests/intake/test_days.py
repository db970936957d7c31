"""Days as exports write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.intake.days import days

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def read(*cells: str, **known: object) -> list[str]:
    return days(pd.Series(list(cells), dtype="str"), **known).values.astype("str").fillna("").tolist()


def asked(*cells: str, **known: object) -> list[tuple[str, str]]:
    return [(one.key, one.setting) for one in days(pd.Series(list(cells), dtype="str"), **known).questions]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020-12-11 12:06:52", "2020-12-11 12:06:52"),  # Qualtrics
        ("2020-03-20 02:32:49.426", "2020-03-20 02:32:49.426"),  # warehouse
        ("2016-04-01T19:57:45", "2016-04-01 19:57:45"),  # Kobo
        ("1404/02/28-10: 32: 16", "2025-05-18 10:32:16"),  # Porsline
        ("14020301", "2023-05-22"),
        ("14020301.0", "2023-05-22"),
        ("20240305T101112", "2024-03-05 10:11:12"),
        ("20240305101112", "2024-03-05 10:11:12"),
        ("4/22/2016 19:57:50", "2016-04-22 19:57:50"),  # Google Forms
        ("7/27/26 19:06:23", "2026-07-27 19:06:23"),  # Microsoft Forms
        ("Nov 2, 2022 08:30 AM", "2022-11-02 08:30:00"),
        ("11-Dec-20", "2020-12-11"),
        ("3. März 2024", "2024-03-03"),
        ("15 مرداد ۱۴۰۲", "2023-08-06"),
        ("یک‌شنبه ۱۵ مرداد ۱۴۰۲ ساعت ۱۰:۳۰", "2023-08-06 10:30:00"),
        ("10:32:16 - 1404/02/28", "2025-05-18 10:32:16"),
        ("2023-01-01 12:05 ق.ظ", "2023-01-01 00:05:00"),
        ("2023-01-01 12:05 PM", "2023-01-01 12:05:00"),
        ("1600000000", "2020-09-13 12:26:40"),
        ("1600000000123", "2020-09-13 12:26:40.123"),
        ("/Date(1600000000123)/", "2020-09-13 12:26:40.123"),  # JSON written by .NET
        ("2024/3/25 下午3:46:25", "2024-03-25 15:46:25"),  # Google Forms in Chinese
        ("2024. 3. 25 오전 12:06:05", "2024-03-25 00:06:05"),  # Google Forms in Korean
        ("2024-03-25 10:00:00 [UTC+0]", "2024-03-25 10:00:00"),
    ],
)
@pytest.mark.parametrize("digits", [{}, PERSIAN, ARABIC], ids=["latin", "persian", "arabic"])
def test_a_cell_is_read_in_every_digit_set(cell, moment, digits):
    assert read(cell.translate(digits)) == [moment]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("soon", "no-day"),
        ("2023-02-30", "no-such-day"),
        ("1402/12/30", "no-such-day"),
        ("2024-01-01 25:00", "no-such-time"),
        ("2024-01-01 13:00 PM", "no-such-time"),
        ("9999-12-31", "no-such-day"),
        ("2024-13-05", "no-such-day"),
        ("12:30", "no-day"),
        ("1402", "no-day"),
        ("14020301.5", "no-day"),
        ("3" * 80, "no-day"),
    ],
)
def test_a_cell_that_is_no_day_is_reported_with_its_row(cell, why):
    typed = days(pd.Series(["2024-01-01", cell], index=[7, 9], dtype="str"))
    assert typed.problems.values.tolist() == [[9, cell, why]]
    assert typed.values.isna().tolist() == [False, True]


def test_one_day_beyond_the_twelfth_decides_the_whole_column():
    assert read("03/04/2024", "25/04/2024") == ["2024-04-03", "2024-04-25"]
    assert read("03/04/2024", "04/25/2024") == ["2024-03-04", "2024-04-25"]


def test_a_column_that_does_not_decide_is_asked_and_stays_empty_until_answered():
    cells = ("03/04/2024", "05/06/2024")
    assert (read(*cells), asked(*cells)) == (["", ""], [("day-order", "day_first")])
    assert read(*cells, day_first=True) == ["2024-04-03", "2024-06-05"]
    assert read(*cells, day_first=False) == ["2024-03-04", "2024-05-06"]


def test_a_column_that_contradicts_itself_is_asked():
    assert asked("25/04/2024", "04/25/2024") == [("day-order", "day_first")]


def test_one_odd_cell_in_a_long_column_decides_nothing():
    cells = [f"{1 + place % 12:02d}/{1 + place % 11:02d}/2024" for place in range(132)]
    assert asked(*cells, "25/04/2024") == [("day-order", "day_first")]


def test_equal_day_and_month_need_no_answer():
    assert read("03/03/2024", "05/05/2024") == ["2024-03-03", "2024-05-05"]


def test_two_digit_years_are_read_only_where_one_order_is_left():
    assert read("5/10/18 4:01", "5/28/18 4:01") == ["2018-05-10 04:01:00", "2018-05-28 04:01:00"]
    assert asked("25/03/18") == [("day-order", "day_first")]
    assert read("25/03/18", day_first=True, calendar="gregorian") == ["2018-03-25"]
    assert read("25/03/23", day_first=True) == ["2023-03-25"]


def test_two_digit_years_of_either_calendar_are_asked():
    assert asked("99/05/13") == asked("13/10/78", day_first=True) == [("short-year", "calendar")]
    assert read("99/05/13", calendar="jalali") == ["2020-08-03"]
    assert read("99/05/13", calendar="gregorian") == ["1999-05-13"]


def test_years_that_lie_in_the_jalali_future_may_be_lunar():
    assert asked("1445/05/02") == [("lunar-year", "calendar")]
    assert read("1445/05/02", calendar="jalali") == ["2066-07-23"]


def test_a_declared_calendar_refuses_the_other():
    typed = days(pd.Series(["2023-05-22", "1402/03/01"]), calendar="jalali")
    assert typed.problems.values.tolist() == [[0, "2023-05-22", "other-calendar"]]


def test_spreadsheet_numbers_are_asked_then_read():
    """45000 is 15 March 2023 in Excel; with the 1904 date system 1,462 days later."""
    assert asked("45000.5") == [("serials", "serials")]
    assert read("45000.5", serials="1900") == ["2023-03-15 12:00:00"]
    assert read("43538.5", serials="1904") == ["2023-03-15 12:00:00"]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020-06-01T10:00:00Z", "2020-06-01 14:30:00"),  # Tehran had summer time until 2022
        ("2023-06-01T10:00:00Z", "2023-06-01 13:30:00"),
        ("2023-06-01 10:00:00+03:30", "2023-06-01 10:00:00"),
        ("2023-01-01 10:00 EST", "2023-01-01 18:30:00"),
        ("Fri Dec 11 2020 12:06:52 GMT+0330 (Iran Standard Time)", "2020-12-11 12:06:52"),
        ("2023-06-01", "2023-06-01"),
    ],
)
def test_a_zone_in_the_cell_becomes_the_clients_clock(cell, moment):
    assert read(cell, to="Asia/Tehran") == [moment]


def test_a_zone_of_the_file_holds_for_cells_that_name_none():
    assert read("2020-12-11 12:06:52", timezone="America/Denver", to="Asia/Tehran") == ["2020-12-11 22:36:52"]


def test_no_zone_anywhere_is_the_clients_own_and_noted():
    typed = days(pd.Series(["2020-12-11 12:06:52"]), to="Asia/Tehran")
    assert typed.values.astype("str").tolist() == ["2020-12-11 12:06:52"]
    assert [(note.key, note.values["zone"]) for note in typed.notes] == [("zone-assumed", "Asia/Tehran")]


def test_an_abbreviation_of_several_zones_is_asked():
    assert asked("2020-01-05 10:00 CST") == [("unclear-zone", "timezone")]
    assert read("2020-01-05 10:00 CST", timezone="America/Chicago") == ["2020-01-05 16:00:00"]


def test_the_hour_that_stands_twice_is_noted():
    typed = days(pd.Series(["2023-11-05 01:30", "2023-11-06 01:30"]), timezone="America/New_York")
    assert typed.values.astype("str").tolist() == ["2023-11-05 05:30:00", "2023-11-06 06:30:00"]
    assert [(note.key, note.values["count"]) for note in typed.notes] == [("clock-change", 1)]


def test_an_unknown_zone_stops():
    with pytest.raises(CxError, match="'Middle/Earth' is no time zone"):
        days(pd.Series(["2020-01-05 10:00"]), timezone="Middle/Earth")


def test_the_index_and_the_column_stay_untouched():
    text = pd.Series(["2024-01-02", "", None], index=["x", "y", "z"], name="day", dtype="str")
    before = text.copy()
    typed = days(text)
    pd.testing.assert_series_equal(text, before)
    assert (typed.values.index.tolist(), typed.values.name, str(typed.values.dtype)) == (
        ["x", "y", "z"],
        "day",
        "datetime64[us]",
    )
    assert typed.problems.empty


def test_counts_are_of_rows_not_of_different_cells():
    typed = days(pd.Series(["03/04/2024"] * 5))
    assert typed.questions[0].values["count"] == 5 and typed.counts == {"day-order": 5}


def test_an_empty_column_is_a_column_of_nothing():
    assert days(pd.Series([], dtype="str")).values.empty
    assert days(pd.Series([None, ""], dtype="str")).values.isna().all()


def test_a_large_column_reads_like_its_cells(soak):
    n = 1_000_000 if soak else 20_000
    moments = pd.date_range("2015-01-01", periods=n, freq="37s")
    typed = days(pd.Series(moments.strftime("%Y-%m-%d %H:%M:%S")))
    np.testing.assert_array_equal(typed.values.to_numpy(), moments.to_numpy().astype("datetime64[us]"))
