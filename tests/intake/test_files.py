"""Bytes, encodings, headers and the place of the table in a file; every word of reading is in both catalogues."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxlib.engagement import folder
from cxlib.errors import CxError
from cxlib.intake import export, layout, summary
from cxlib.intake.content import content
from cxlib.intake.dialect import dialect
from cxlib.intake.encoding import decoded
from cxlib.intake.header import clean, columns
from cxlib.words.catalogue import catalogue

TABLE = b"id;text\n1;a, b\n2;c\n"


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def written(tmp_path: Path, data: bytes, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "wraps"),
    [
        (gzip.compress(TABLE), ("gzip",)),
        (bz2.compress(TABLE), ("bzip2",)),
        (lzma.compress(TABLE), ("xz",)),
        (zipped(a=TABLE), ("zip",)),
        (gzip.compress(zipped(a=TABLE)), ("gzip", "zip")),
    ],
    ids=["gzip", "bzip2", "xz", "zip", "gzip of zip"],
)
def test_packed_files_are_unpacked(tmp_path: Path, data: bytes, wraps: tuple[str, ...]) -> None:
    found = content(written(tmp_path, data))
    assert (found.kind, found.data, found.wraps) == ("text", TABLE, wraps)


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TABLE)[:-9], zipped(a=TABLE)[:-30], b"PAR1xxxx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600],
    ids=["gzip", "zip", "parquet", "xls"],
)
def test_damaged_files_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CxError, match="cannot be read to its end"):
        export.read(written(tmp_path, data))


def test_an_archive_of_several_files_names_them(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="holds several files: a, b"):
        content(written(tmp_path, zipped(a=TABLE, b=TABLE)))


def test_a_stray_cell_far_out_does_not_fill_the_memory(tmp_path: Path) -> None:
    sheet = b'<worksheet><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></worksheet>'
    data = zipped(**{"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(CxError, match="far to the right and far below"):
        export.read(written(tmp_path, data, "a.xlsx"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CxError, match=r"no file 'none.csv'"):
        export.read(tmp_path / "none.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_comes_back_from_every_sure_encoding(encoding: str) -> None:
    text = "id,name\n1,Ann\n2,Bo\n" * 20
    got = decoded(text.encode(encoding))
    assert got.text == text and got.is_sure and not got.questions


def test_a_wrong_answer_about_the_encoding_is_an_error() -> None:
    with pytest.raises(CxError, match="is not text in utf-8: the bytes e9"):
        decoded("café".encode("cp1252"), encoding="utf-8", file="a.csv")
    with pytest.raises(CxError, match="is not text in nonsense"):
        decoded(b"a", encoding="nonsense", file="a.csv")


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "a,b;c\n1,2;3\n4,5;6\n", "a\tb\n1\t2, 3\n", "a|b|c\n1|2|3\n"])
def test_the_delimiter_that_divides_evenly_wins(text: str) -> None:
    found = dialect(text)
    assert found.delimiter in text and found.fit == 1.0 and not found.is_doubtful


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("<p>How</p><p>are you?</p>", "How are you?"),
        ("Is *this* _it_? snake_case_name stays", "Is this it? snake_case_name stays"),
        ("5 * 3 * 2 and a < b", "5 * 3 * 2 and a < b"),
        ("[site](https://a.b/c) &amp; more", "site & more"),
    ],
)
def test_headers_lose_marks_and_keep_their_words(found: str, shown: str) -> None:
    assert clean(found) == shown


def test_a_question_over_its_options_names_them_all() -> None:
    found, _ = columns(
        [["Id", "Which?", "", "", "How?"], ["", "Web", "Phone", "Response", ""]], ["question", "option"], width=5
    )
    assert [column.name for column in found] == ["Id", "Which? [Web]", "Which? [Phone]", "Which?", "How?"]
    assert found[1].option == "Web" and found[4].text == "How?"


def test_numbered_headers_never_meet_a_header_that_is_there() -> None:
    found, log = columns([["Other", "Other", "Other (2)", "Other"]], ["text"], width=4)
    assert [column.name for column in found] == ["Other", "Other (3)", "Other (2)", "Other (4)"]
    assert log[0].count == 2


def test_title_rows_stand_before_the_header_and_are_logged(tmp_path: Path) -> None:
    found = export.read(written(tmp_path, b"Report of March\n\nid,score,day\n1,9,x\n2,8,y\n3,7,z\n"))
    assert found.names == ["id", "score", "day"] and found.numbers.tolist() == [4, 5, 6]
    assert [(line.what, line.count) for line in found.log] == [("title-row", 2)]


def test_a_respondent_who_answered_nothing_is_no_footer() -> None:
    assert layout.footer([["1", "a", "b"], ["2", "c", "d"], ["3", "", ""]], width=3) == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["1", "2"], ["3", "4"]], True),
        ([["28/01/2018", "00:00", "x"], ["29/01/2018", "00:15", "y"]], True),
        ([["State", "2019", "2020"], ["A", "5", "6"]], False),
        ([["id", "score"], ["1", "9"]], False),
    ],
)
def test_a_first_row_of_numbers_and_days_is_no_header(rows: list[list[str]], expected: bool) -> None:
    assert layout.looks_like_data(rows) is expected


def test_an_engagement_report_tells_files_tables_and_log(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv="id,nps\n1,9\n2,-\n")
    report = summary.engagement_report(folder.open(tmp_path), lang="fa")
    assert report["tables"] == {"responses": 2} and report["errors"] == []
    assert report["files"][0]["file"] == "inbox/a.csv" and report["files"][0]["refused"] == ""
    assert {entry["column"] for entry in report["log"]} >= {"nps"} and all(entry["text"] for entry in report["log"])


def test_a_refused_file_is_reported_with_the_reason(tmp_path: Path) -> None:
    report = summary.file_report(written(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00"))
    assert "is no table" in report["refused"] and report["columns"] == {"count": 0, "names": []}


def test_every_word_of_reading_is_in_both_catalogues(root: Path) -> None:
    names = [
        "content",
        "encoding",
        "dialect",
        "header",
        "layout",
        "presets",
        "export",
        "sheets",
        "mapping",
        "proposals",
        "read",
        "part",
        "notes",
    ]
    text = "\n".join((root / "cxlib" / "intake" / f"{name}.py").read_text(encoding="utf-8") for name in names)
    used = {f"error.{key}" for key in re.findall(r'CxError\(\s*"([a-z-]+)"', text)}
    used |= {f"question.{key}" for key in re.findall(r'Question\(\s*"([a-z-]+)"', text)}
    used |= {f"intake.{key}" for key in re.findall(r'Remark\(\s*"([a-z-]+)"', text)}
    used |= {f"log.{key}" for key in re.findall(r'(?:Line|line)\(\s*"([a-z-]+)"', text)}
    used |= {f"log.set-aside-{why}" for why in ("preview", "test", "partial", "spam", "disqualified")}
    assert len(used) > 50
    for lang in ("en", "fa"):
        assert used <= set(catalogue(lang)), used - set(catalogue(lang))
