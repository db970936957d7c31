"""Messy files of other projects: read like their clean counterparts, asked about, or refused with the reason."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cxlib.errors import CxError
from cxlib.intake import export

EQUAL = [
    "double_trailing_newline",
    "escape_char_0x5C",
    "field_delimiter_0x2C_0x20",
    "field_delimiter_0x3B",
    "field_delimiter_0x9",
    "header_only",
    "no_header",
    "no_trailing_newline",
    "one_data_row",
    "preamble",
    "record_delimiter_0xA",
    "record_delimiter_0xD",
]
REPEATED = {"header_multirow_2": 2, "header_multirow_3": 3}
SECOND_TABLE = ["multitable_same", "multitable_less", "multitable_more"]
UNTELLABLE = ["escape_char_0x00", "field_delimiter_0x20", "quotation_char_0x27"]


def clean(path: Path) -> list[list[str]]:
    text = Path(f"{path}.clean").read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def rows(found: export.Export) -> list[list[str]]:
    return ([found.names] if found.header_rows else []) + [list(row) for row in found.frame.rows()]


def test_csv_spectrum_12_of_12(shared: Path) -> None:
    folder = shared / "real" / "messy" / "csv-spectrum"
    files = sorted((folder / "csvs").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        known = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        found = export.read(path)
        got = [dict(zip(found.names, row, strict=True)) for row in found.frame.rows()]
        if path.stem == "location_coordinates":
            # Its JSON is one object, with another phone number and without the last column; the rest is equal.
            got = [{name: got[0][name] for name in known} | {"Contact Phone Number": known["Contact Phone Number"]}]
            known = [known]
        # git may have turned the line ends of the two CRLF files to LF, so line ends inside cells are not compared.
        assert [{name: cell.replace("\r\n", "\n") for name, cell in row.items()} for row in got] == [
            {name: cell.replace("\r\n", "\n") for name, cell in row.items()} for row in known
        ], path.name


@pytest.mark.parametrize("name", EQUAL)
def test_pollock_files_read_like_their_clean_counterpart(shared: Path, name: str) -> None:
    path = shared / "real" / "messy" / "pollock_key" / f"file_{name}.csv"
    assert rows(export.read(path)) == clean(path)


@pytest.mark.parametrize(("name", "count"), REPEATED.items())
def test_a_header_that_stands_there_again_is_counted_and_no_row(shared: Path, name: str, count: int) -> None:
    path = shared / "real" / "messy" / "pollock_key" / f"file_{name}.csv"
    found = export.read(path)
    assert found.header_rows == count and rows(found)[1:] == clean(path)[1:]


@pytest.mark.parametrize("name", SECOND_TABLE)
def test_a_second_table_below_the_first_is_kept_and_its_header_logged(shared: Path, name: str) -> None:
    path = shared / "real" / "messy" / "pollock_key" / f"file_{name}.csv"
    found = export.read(path)
    assert rows(found)[: len(clean(path))] == clean(path)
    assert {line.what: line.row for line in found.log}["header-again"] == 85
    assert bool(found.questions) == (name != "multitable_same")


@pytest.mark.parametrize("name", UNTELLABLE)
def test_what_cannot_be_told_from_the_bytes_is_asked_or_logged(shared: Path, name: str) -> None:
    found = export.read(shared / "real" / "messy" / "pollock_key" / f"file_{name}.csv")
    assert found.questions or any(line.what == "stray-quote" for line in found.log)


def test_every_messy_file_is_read_asked_about_or_refused(shared: Path) -> None:
    refused = {}
    for path in sorted((shared / "real" / "messy").rglob("*")):
        if path.is_file() and not path.name.endswith((".clean", "_parameters.json", ".md")):
            try:
                found = export.read(path)
            except CxError as error:
                refused[path.name] = error.found or error.key
            else:
                assert len(found.columns) > 1 or "one-column" in [item.key for item in found.questions], path.name
    assert refused == {
        "sample-1.gif": "gif", "sample-1.jpg": "jpeg", "sample-1.png": "png", "sample-2.png": "png",
        "sample-3.png": "png",
        "sample-1.webp": "webp", "_chromium_windows-1256_with_no_encoding_specified.html": "no-html-table",
        "empty.csv": "empty-table", "file_no_payload.csv": "empty-file", "testdbf.dbf": "dbase", "test.sql": "sql",
        "test_query.sql": "sql", "test_latin1.sql": "sql",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["test.xlsx", "test.xls", "sheets.xlsx", "sheets.xls"])
def test_workbooks_keep_their_cells(shared: Path, name: str) -> None:
    found = export.read(shared / "real" / "messy" / "csvkit" / name)
    row = dict(zip(found.names, found.frame.rows()[0], strict=True))
    assert row["text"] == "Chicago Reader" and row["date"] == "1971-01-01" and row["integer"] == "40"


@pytest.mark.parametrize("name", ["iris-utf-16.csv", "iris-utf-32.csv", "iris-utf-16.json", "iris-utf-32.json"])
def test_wide_encodings_give_one_table(shared: Path, name: str) -> None:
    kind = "utf_16" if "16" in name else "utf_32"
    found = export.read(shared / "real" / "messy" / "char-dataset" / kind / name)
    assert found.responses == 150 and found.frame.rows()[0] == ("1", "5.1", "3.5", "1.4", "0.2", "Iris-setosa")
