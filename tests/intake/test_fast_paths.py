"""The fast paths for large and plain files give what the slow ones give, or step aside."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.intake import dialect as dialects
from cxlib.intake import export, reader
from cxlib.intake.dialect import Dialect, dialect, rows
from cxlib.intake.marks import marks
from cxlib.intake.meaning import Meaning
from cxlib.intake.plain import figures, plain, read_cells

BODY = "".join(f"{row},{row % 11},2025-03-{row % 28 + 1:02},note {row}\n" for row in range(1, 400))
FILES = {
    "plain": "id,nps,day,note\n" + BODY,
    "crlf": ("id,nps,day,note\n" + BODY).replace("\n", "\r\n"),
    "header over two lines": 'id,"nps\n(0-10)",day,note\n' + BODY,
    "title rows": "Report of March,,,\n,,,\nid,nps,day,note\n" + BODY,
    "quoted cells": "id,nps,day,note\n" + BODY + '400,9,2025-03-01,"a, b"\n401,9,2025-03-01,"two\nlines"\n402,"",,""\n',
    "short rows": "id,nps,day,note\n" + BODY + "400,9\n401,9,2025-03-01\n",
    "empty last cells": "id,nps,day,note\n" + BODY + "400,9,2025-03-01,\n",
    "surplus cells": "id,nps,day,note\n" + BODY + "400,9,2025-03-01,x,y\n",
    "blank rows": "id,nps,day,note\n" + BODY + "\n\n400,9,2025-03-01,x\n",
    "header again": "id,nps,day,note\n" + BODY + "id,nps,day,note\n" + BODY,
    "footer": "id,nps,day,note\n" + BODY + "Grand total,399,,\n",
    "not ascii": "id,nps,day,note\n" + BODY + "400,9,2025-03-01,caf\u00e9\n",
    "marked": "\ufeffid,nps,day,note\n" + BODY,
    "semicolons": ("id,nps,day,note\n" + BODY).replace(",", ";"),
    "few long rows": "id,note\n" + "".join(f"{row},{'x' * 60_000}\n" for row in range(30)),
}


@pytest.mark.parametrize("name", FILES)
def test_large_files_read_as_small_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(FILES[name].encode())
    slow = export.read(path)
    monkeypatch.setattr(reader, "LARGE", 100)
    fast = export.read(path)
    assert fast.frame.equals(slow.frame) and fast.numbers.tolist() == slow.numbers.tolist()
    assert (fast.columns, fast.log, fast.questions, fast.warnings) == (
        slow.columns, slow.log, slow.questions, slow.warnings,
    )  # fmt: skip
    assert (fast.encoding, fast.delimiter, fast.header_rows) == (slow.encoding, slow.delimiter, slow.header_rows)


@pytest.mark.parametrize("start", ["", "\n" * 2**20])
def test_a_large_file_that_begins_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    monkeypatch.setattr(reader, "LARGE", 100)
    path = tmp_path / "a.csv"
    path.write_text(start + FILES["plain"], newline="")
    assert export.read(path).encoding == "utf-8"


def test_only_doubtful_delimiters_are_put_to_the_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(dialects, "_proposed", lambda sample: asked.append(sample) or ",")
    assert dialect("a;b\n1,5;2\n3;4\n5;6\n").delimiter == ";" and not asked
    assert dialect("a;b,c\n1;2,3\n4;5,6\n").delimiter == "," and len(asked) == 1


IDS = ["", "\u06f7\u06f0", "007", "1e5", "12E3", "12e-3", "e5", "1ea", "2w6q_9", "-5", "1e", "_", "1-e5", "12D4"]


@pytest.mark.parametrize("cells", [[one] for one in IDS] + [IDS, ["007", "1ea", ""], ["1", "", "22"]])
def test_plain_ids_are_what_the_reader_of_ids_gives(cells: list[str]) -> None:
    got = plain(pl.Series(cells, dtype=pl.String), Meaning("id"))
    if got is not None:
        slow = read_cells(pd.Series(cells, dtype="str"), Meaning("id"))
        assert got.to_list() == [None if one != one else one for one in slow.values.tolist()]
        assert not len(slow.problems) and not slow.notes


def test_repeated_rows_are_those_that_pandas_finds() -> None:
    """Seeded tables of few values, so that many rows are alike, missing cells included."""
    rng = np.random.default_rng(3)
    days = pd.to_datetime(["2025-01-01", "2025-01-02", None])
    for _ in range(30):
        rows = int(rng.integers(1, 60))
        frame = pd.DataFrame({"response_id": [str(one) for one in rng.integers(0, 40, rows)]})
        frame["answered_at"] = days[rng.integers(0, 3, rows)]
        frame["nps"] = np.array([1.0, 2.0, np.nan])[rng.integers(0, 3, rows)]
        frame["lang"] = pd.Series(["en", "fa", None], dtype="str").iloc[rng.integers(0, 3, rows)].to_numpy()
        rest = ["answered_at", "nps", "lang"]
        alike = frame.duplicated(rest) & frame["answered_at"].notna() & (frame[rest].notna().sum(axis=1) > 2)
        found = marks({"responses": frame})
        assert found.loc[found["what"] == "repeated-row", "row"].tolist() == frame.index[alike].tolist()
        again = frame.index[frame.duplicated("response_id")].tolist()
        assert found.loc[found["what"] == "repeated-id", "row"].tolist() == again


@pytest.mark.parametrize("meaning", [Meaning("score", instrument="csat5"), Meaning("score"), Meaning("number")])
def test_persian_digits_among_latin_ones_are_never_lost(meaning: Meaning) -> None:
    cells = ["5", "\u06f4", "", "1"]
    assert plain(pl.Series(cells), meaning) is None
    assert read_cells(pd.Series(cells, dtype="str"), meaning).values.fillna(-1).tolist() == [5.0, 4.0, -1.0, 1.0]


NUMBERS = [
    "", " ", "007", "+5", "-0", "-5", "5.", ".5", "-.5", "1e3", "1E5", "inf", "nan", "1,5", "1.234", "12.345",
    "1.234.567", "\u06f5", "\u0663\u066b\u0665", "5 ", " 5", "1_000", "0x10", "5%", "\u20ac5", "(5)", "N/A",
    "9" * 18, "9" * 20, "00007", "0.1234567890123456789", "7.0000000", "0007.1", "--5", "5-", "10 - likely", "11",
    "12.5", "0.125",
]  # fmt: skip
DAYS = [
    "", "2025-03-01", "2025-3-1", "2025-02-30", "2025-03-01 12:00:00", "2025-03-01 23:59:60", "2025-03-01T24:00:00",
    "2025-03-01T12:00:00Z", "2025-03-01 12:00:00Z", "2025-03-01 12:00", "2025-03-0112:00:00", "2025-03-01 12:00:00.5",
    " 2025-3-01 12:00:00", "2025-03-01  1:00:00", "2025- 3-01 12:00:00", "1403-05-01", "1403-05-01 12:00:00",
    "20250301", "2025-03-01T12:00:00+03", "2025-03-01 03", "+2025-03-01", "2150-01-01", "\u06f2025-03-01",
    "2025-03-01 12:00:0z",
]  # fmt: skip
LABELS = ["", " ", "Web", "web", "Web ", "We\u200cb", "yes", "No", "\u0628\u0644\u0647", "\u0643\u062a\u0627\u0628",
          "N/A", "call 0912 345 6789", "a@b.org", "1", "2", "\u06f2", "\x1c", "x\x1c"]  # fmt: skip
KINDS = {
    "number": (NUMBERS, ["4", "12", "0.5", "-3", "2.50"], Meaning("number")),
    "number with a known mark": (NUMBERS, ["4", "1.234"], Meaning("number", decimal=".")),
    "nps": (NUMBERS, ["0", "10", "7", "7.0"], Meaning("score", instrument="nps")),
    "csat": (NUMBERS, ["1", "5"], Meaning("score", instrument="csat5")),
    "day": (DAYS, ["2025-03-01", "2024-12-31"], Meaning("day", timezone="UTC")),
    "moment": (DAYS, ["2025-03-01 12:00:00", "2025-06-01T23:59:59"], Meaning("day", timezone="UTC")),
    "moment of Tehran": (DAYS, ["2025-03-01T12:00:00Z"], Meaning("day", timezone="UTC", to="Asia/Tehran")),
    "moment of Berlin": (DAYS, ["2025-06-01 12:00:00"], Meaning("day", timezone="Europe/Berlin", to="Asia/Tehran")),
    "id": (IDS + LABELS, ["007", "12", "a-1"], Meaning("id")),
    "label": (LABELS, ["Web", "Shop"], Meaning("label", values={"1": "Web", "2": ""})),
    "text": (LABELS, ["fine", "good"], Meaning("text")),
    "flag": (LABELS, ["yes", "no"], Meaning("flag")),
}


def missing_as_none(values: pd.Series) -> list[object]:
    return [None if one is None or one is pd.NA or one != one else one for one in values.tolist()]


@pytest.mark.parametrize("name", KINDS)
def test_a_plain_column_is_what_the_careful_reader_gives_without_a_remark(name: str) -> None:
    odd, usual, meaning = KINDS[name]

    @settings(max_examples=150)
    @given(st.lists(st.sampled_from(usual), max_size=4), st.lists(st.sampled_from(odd), max_size=2))
    def checked(plain_cells: list[str], odd_cells: list[str]) -> None:
        cells = plain_cells + odd_cells
        got = plain(pl.Series(cells, dtype=pl.String), meaning)
        if got is None:
            return
        slow = read_cells(pd.Series(cells, dtype="str"), meaning)
        assert not len(slow.problems) and not slow.questions, cells
        assert {note.key for note in slow.notes} <= {"zone-assumed"}, cells
        assert got.to_list() == missing_as_none(slow.values), cells

    checked()


@settings(max_examples=150)
@given(st.lists(st.sampled_from(["4", "12", "0.5", "-3"]), max_size=3), st.lists(st.sampled_from(NUMBERS), max_size=2))
def test_figures_are_numbers_that_could_be_no_names(usual: list[str], odd: list[str]) -> None:
    cells = [*usual, *odd]
    got = figures(pl.Series(cells, dtype=pl.String))
    if got is not None:
        assert not any(cell.lstrip("-").startswith("0") and cell.lstrip("-")[1:2].isdigit() for cell in cells)
        assert not any(cell.startswith("+") for cell in cells)
        assert got.to_list() == [float(cell) if cell else None for cell in cells]


def test_quotes_that_readers_understand_differently_are_read_row_by_row() -> None:
    """Seeded rows of odd cells: polars is believed only where it gives what Python's csv gives."""
    drawn, taken = random.Random(5), 0
    usual = ["a", "", '"a"', '"a,b"', '"a\n b"', '""', '"a""b"', '"""a"', "\u00e9"]
    odd = ['a"b', '"a"b', '""a', ' "a"', '"a"""', '"a', 'b"', '"', '""""']
    for _ in range(600):
        cells = [drawn.choice(odd if drawn.random() < 0.15 else usual) for _ in range(drawn.choice([3, 6]))]
        text = "a,b,c\n" + "".join(cell + ",,\n"[place % 3] for place, cell in enumerate(cells))
        fast = reader.regular(text.encode(), Dialect(), width=3, start=6)
        if fast is not None:
            slow, log = reader.ragged(list(rows(text, Dialect()))[1:], width=3, first=2)
            assert fast.rows() == slow.rows() and not log, text
            taken += 1
    assert taken > 100
