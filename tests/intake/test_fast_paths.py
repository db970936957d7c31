"""The fast paths for large and plain files give what the slow ones give, or step aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cxlib.intake import dialect as dialects
from cxlib.intake import export, reader
from cxlib.intake.dialect import dialect
from cxlib.intake.marks import marks
from cxlib.intake.meaning import Meaning
from cxlib.intake.plain import plain, read_cells

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
