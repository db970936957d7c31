"""Whatever is written in a supported way reads back equal, or is asked about: never silently different."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from cxlib.engagement import folder
from cxlib.errors import CxError
from cxlib.intake import export, read
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


SOAK = 10


def growing(examples: int) -> Callable[[Callable[..., None]], Callable[[bool], None]]:
    """Run a property so often, and `SOAK` times as often where the full sizes are asked for."""

    def grown(test: Callable[..., Any]) -> Callable[[bool], None]:
        def run(soak: bool) -> None:
            settings(max_examples=examples * (SOAK if soak else 1))(test)()

        run.__name__ = test.__name__
        return run

    return grown


def written(moment: dt.datetime, calendar: str, order: str, mark: str, time: str, digits: str) -> str:
    date = JalaliDate(moment.date()) if calendar == "jalali" else moment.date()
    text = order.format(y=date.year, y2=date.year % 100, m=date.month, d=date.day, s=mark) + time.format(t=moment)
    return text.translate(str.maketrans("0123456789", digits))


def meant(moment: dt.datetime, time: str) -> dt.datetime:
    keep = {"": {"hour": 0, "minute": 0, "second": 0}, " {t:%H:%M}": {"second": 0}, " {t:%I:%M %p}": {"second": 0}}
    whole = moment if "%f" in time else moment.replace(microsecond=0)
    return whole.replace(**keep.get(time, {}))


@growing(100)
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


@growing(50)
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


@growing(120)
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


@growing(50)
@given(
    st.lists(st.integers(0, 10), min_size=1),
    st.sampled_from(DIGITS),
    st.sampled_from(["{}", "{}.0", "{} - x", "{} (x)", " {} "]),
)
def test_any_answer_of_a_scale(answers, digits, form):
    text = pd.Series([form.format(answer).translate(str.maketrans("0123456789", digits)) for answer in answers])
    assert scores(text, instrument="nps").values.tolist() == answers


@growing(100)
@given(st.lists(st.one_of(st.text(max_size=30), st.text("0123456789/-:.,٫٬%$()TZ+ ۱۲۳ampE", max_size=24)), max_size=6))
def test_no_text_breaks_a_reader_and_no_cell_is_lost(cells):
    text = pd.Series(cells, dtype="str")
    for reader in (days, amounts, flags, scores, labels):
        typed = reader(text)
        lost = typed.values.isna() & (text.str.strip() != "")
        assert set(typed.problems["row"]) == set(text.index[lost]), reader.__name__


LETTERS = st.text("abc xyz,;|\t\"'\n.۱۲۳ گچپژیک‌éß-/:%()@", max_size=16)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1256", "cp1252"]
NUMBERED = ["id", "nps", "day", "amount", "note"]


def table(rows: list[list[str]], delimiter: str, end: str, encoding: str, quoting: int) -> bytes:
    """The rows as a file; cells that hold a line end are quoted, whatever line end the file has."""
    text = io.StringIO(newline="")
    plain = csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    plain.writerows(rows)
    return text.getvalue().replace("\r\n", end).encode(encoding)


def read_back(data: bytes) -> export.Export | None:
    """The file read; None where it is asked about or refused with the reason."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "a.csv"
        path.write_bytes(data)
        try:
            found = export.read(path)
        except CxError:
            return None
    return None if found.questions or any(line.what == "stray-quote" for line in found.log) else found


@growing(40)
@given(
    st.lists(st.tuples(st.integers(0, 10), MOMENTS, st.integers(0, 10**6), LETTERS), min_size=2, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(ENCODINGS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(DIGITS),
)
def test_any_table_in_any_dialect_encoding_and_digit_set_keeps_every_cell(rows, mark, end, encoding, quoting, digits):
    same = str.maketrans("0123456789", digits)
    cells = [
        [
            f"r{place:03d}",
            str(nps).translate(same),
            f"{day:%Y-%m-%d}".translate(same),
            str(amount).translate(same),
            note,
        ]
        for place, (nps, day, amount, note) in enumerate(rows)
    ]
    try:
        data = table([NUMBERED, *cells], mark, end, encoding, quoting)
    except UnicodeEncodeError:
        assume(False)
    found = read_back(data)
    if found is not None:
        assert found.names == NUMBERED and [list(row) for row in found.frame.rows()] == cells


SETTINGS = """schema: 1
name: Test
timezone: UTC
calendar: {calendar}
surveys: {{pulse: {{instruments: {{nps: nps}}}}}}
sources:
  responses:
    - file: inbox/a.csv
      survey: pulse
      calendar: {calendar}
      map: {{response_id: id, nps: nps, answered_at: day, comment: note}}
"""


@growing(12)
@given(
    st.lists(st.tuples(st.integers(0, 10), MOMENTS, st.integers(0, 10**6)), min_size=2, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(ENCODINGS[:4]),
    st.sampled_from(DIGITS),
    st.sampled_from(["gregorian", "jalali"]),
)
def test_any_table_is_typed_as_it_was_meant_or_asked_about(rows, mark, encoding, digits, calendar):
    same = str.maketrans("0123456789", digits)
    cells = [
        [f"r{place}", str(nps), written(day, calendar, ORDERS[0], "/", "", digits), str(amount), "خوب"]
        for place, (nps, day, amount) in enumerate(rows)
    ]
    cells = [[cell.translate(same) if 0 < place < 4 else cell for place, cell in enumerate(row)] for row in cells]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "inbox").mkdir()
        (place / "engagement.yaml").write_text(SETTINGS.format(calendar=calendar), encoding="utf-8")
        (place / "inbox" / "a.csv").write_bytes(table([NUMBERED, *cells], mark, "\n", encoding, csv.QUOTE_MINIMAL))
        try:
            got = read.tables(folder.open(place)).frames["responses"]
        except CxError as error:
            assert "asks" in error.key
            return
    assert got["response_id"].tolist() == [row[0] for row in cells]
    assert got["nps"].tolist() == [nps for nps, *_ in rows]
    assert got["answered_at"].tolist() == [pd.Timestamp(day.date()) for _, day, _ in rows]
    assert got["amount"].tolist() == [amount for *_, amount in rows]
