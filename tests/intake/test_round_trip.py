"""Whatever is written in a supported way reads back equal, or is asked about: never silently different."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from cxlib.intake.amounts import amounts
from cxlib.intake.days import days
from cxlib.intake.flags import flags
from cxlib.intake.labels import labels, scores

DIGITS = ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"]
MARKS = [
    ("", "."),
    ("", ","),
    (",", "."),
    (".", ","),
    (" ", ","),
    ("\u00a0", ","),
    ("'", "."),
    ("٬", "٫"),
    ("", "٫"),
    ("\u202f", ","),
]
ORDERS = [
    "{y:04d}{s}{m:02d}{s}{d:02d}",
    "{y}{s}{m}{s}{d}",
    "{d:02d}{s}{m:02d}{s}{y:04d}",
    "{m:02d}{s}{d:02d}{s}{y:04d}",
    "{d}{s}{m}{s}{y}",
    "{y:04d}{m:02d}{d:02d}",
    "{d:02d}{s}{m:02d}{s}{y2:02d}",
    "{m}{s}{d}{s}{y2:02d}",
    "{y2:02d}{s}{m:02d}{s}{d:02d}",
]
TIMES = ["", " {t:%H:%M}", " {t:%H:%M:%S}", "T{t:%H:%M:%S}", "-{t:%H: %M: %S}", " {t:%I:%M %p}", " {t:%H:%M:%S.%f}"]
MOMENTS = st.datetimes(dt.datetime(1985, 1, 1), dt.datetime(2040, 12, 31))


def written(moment: dt.datetime, calendar: str, order: str, mark: str, time: str, digits: str) -> str:
    date = JalaliDate(moment.date()) if calendar == "jalali" else moment.date()
    text = order.format(y=date.year, y2=date.year % 100, m=date.month, d=date.day, s=mark) + time.format(t=moment)
    return text.translate(str.maketrans("0123456789", digits))


def meant(moment: dt.datetime, time: str) -> dt.datetime:
    keep = {"": {"hour": 0, "minute": 0, "second": 0}, " {t:%H:%M}": {"second": 0}, " {t:%I:%M %p}": {"second": 0}}
    whole = moment if "%f" in time else moment.replace(microsecond=0)
    return whole.replace(**keep.get(time, {}))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(MOMENTS, min_size=1, max_size=6),
    st.sampled_from(["gregorian", "jalali"]),
    st.sampled_from(ORDERS),
    st.sampled_from("/-."),
    st.sampled_from(TIMES),
    st.sampled_from(DIGITS),
)
def test_any_day_in_any_calendar_order_and_digit_set(moments, calendar, order, mark, time, digits):
    assume(calendar == "gregorian" or not order.startswith("{m}"))
    text = pd.Series([written(moment, calendar, order, mark, time, digits) for moment in moments])
    typed = days(text)
    expected = pd.Series([meant(moment, time) for moment in moments])
    known = typed.values.notna()
    assert (typed.values[known] == expected[known]).all(), text.tolist()
    if not known.all():
        assert typed.questions and set(typed.problems["row"]) == set(text.index[~known])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(MOMENTS, min_size=1, max_size=6),
    st.sampled_from(["gregorian", "jalali"]),
    st.sampled_from(ORDERS[:6]),
    st.sampled_from("/-."),
    st.sampled_from(DIGITS),
)
def test_an_answered_question_reads_every_day(moments, calendar, order, mark, digits):
    is_month_first = order.startswith("{m")
    assume(calendar == "gregorian" or not is_month_first)
    text = pd.Series([written(moment, calendar, order, mark, "", digits) for moment in moments])
    typed = days(text, calendar=calendar, day_first=not is_month_first)
    assert typed.values.tolist() == [pd.Timestamp(moment.date()) for moment in moments], text.tolist()


def numeral(number: float, decimals: int, groups: str, decimal: str, digits: str, negative: str) -> str:
    plain = f"{abs(number):,.{decimals}f}".translate(str.maketrans({",": groups, ".": decimal}))
    text = plain.translate(str.maketrans("0123456789", digits))
    return text if number >= 0 else negative.format(text)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8),
    st.sampled_from([0, 1, 2, 3]),
    st.sampled_from(MARKS),
    st.sampled_from(DIGITS),
    st.sampled_from(["-{}", "({})", "{}-", "\u2212{}"]),
)
def test_any_number_in_any_marks_and_digit_set(whole, decimals, marks, digits, negative):
    numbers = [number / 10**decimals for number in whole]
    text = pd.Series([numeral(number, decimals, *marks, digits, negative) for number in numbers])
    typed = amounts(text)
    known = typed.values.notna().to_numpy()
    assert (typed.values.to_numpy()[known] == np.array(numbers)[known]).all(), text.tolist()
    if not known.all():
        assert [one.key for one in typed.questions] == ["decimal-mark"]
        again = amounts(text, decimal=marks[1].replace("٫", "."))
        assert again.values.tolist() == numbers


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 10), min_size=1),
    st.sampled_from(DIGITS),
    st.sampled_from(["{}", "{}.0", "{} - x", "{} (x)", " {} "]),
)
def test_any_answer_of_a_scale(answers, digits, form):
    text = pd.Series([form.format(answer).translate(str.maketrans("0123456789", digits)) for answer in answers])
    assert scores(text, instrument="nps").values.tolist() == answers


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.text("0123456789/-:.,٫٬%$()TZ+ ۱۲۳ampE", max_size=24)), max_size=6))
def test_no_text_breaks_a_reader_and_no_cell_is_lost(cells):
    text = pd.Series(cells, dtype="str")
    for read in (days, amounts, flags, scores, labels):
        typed = read(text)
        lost = typed.values.isna() & (text.str.strip() != "")
        assert set(typed.problems["row"]) == set(text.index[lost]), read.__name__
