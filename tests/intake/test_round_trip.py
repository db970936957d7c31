"""Any table, written in any dialect and encoding that is supported, reads back equal, or is asked about or refused."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.errors import CxError
from cxlib.intake import export, reader
from cxlib.intake.dialect import Dialect, rows

LETTERS = "abcxyzABC 0123456789.,;|:'\"\t-_/()%\n" + "آابپتجچسشقکگلمنوهیيك۰۱۲۳٫٬؟\u200c" + "éüß€"
CELLS = st.text(LETTERS, max_size=12) | st.sampled_from(["None", "NA", "null", "007", "3.50", "", '"', "1402/02/31", "-"])
NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8)
TOLD = {"title-row", "footer-row", "blank-row", "padded", "surplus", "header-again"}


@st.composite
def written(draw: st.DrawFn) -> tuple[list[str], list[list[str]], bytes]:
    """Draw a table and the bytes of it in some dialect and encoding."""
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    table = draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=12))
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerows([names, *table])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1256", "cp1252", "mac-roman"]))
    try:
        return names, table, text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return names, table, text.getvalue().encode("utf-8")


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(written())
def test_a_table_reads_back_equal_or_asks(case: tuple[list[str], list[list[str]], bytes]) -> None:
    names, table, data = case
    check(names, table, data)


def test_many_tables_read_back_equal_or_ask(soak: bool) -> None:
    if not soak:
        pytest.skip("150 tables are read in the reduced size, 5,000 with --soak")
    many = settings(max_examples=5000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    many(given(written())(lambda case: check(*case)))()


def check(names: list[str], table: list[list[str]], data: bytes) -> None:
    """Fail if the bytes read back different without a word."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(data)
        try:
            found = export.read(path)
        except CxError:
            return
    if found.questions:
        return
    got = [list(row) for row in found.frame.rows()]
    if {line.what for line in found.log} & TOLD:
        assert len(got) <= len(table)
    else:
        assert found.names == names
        assert got == table


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_reader_gives_what_the_row_by_row_reader_gives(table: list[list[str]], mark: str, end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator=end).writerows(table)
    how = Dialect(mark)
    fast = reader.regular(text.getvalue().encode(), how, width=3)
    slow, log = reader.ragged(list(rows(text.getvalue().rstrip("\r\n"), how)), width=3)
    if fast is not None:
        assert fast.rows() == slow.rows() and not log


@pytest.mark.parametrize("broken", ["1,2\n3,4,5\n", "1,2,3\n4,5,6,7\n", '1,"2,3\n4,5,6\n', "1,2,3\r4,5,6\n", '1,a"b,3\n1,"c"d,4\n'])
def test_the_fast_reader_refuses_what_is_not_regular(broken: str) -> None:
    assert reader.regular(broken.encode(), Dialect(","), width=3) is None


def test_large_regular_files_go_to_the_fast_reader_and_ragged_ones_are_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGE", 100)
    path = tmp_path / "a.csv"
    lines = [f'{number},"x, {number}",{number}' for number in range(500)]
    path.write_text("id,text,n\n" + "\n".join(lines) + "\n")
    whole = export.read(path)
    assert whole.frame.rows()[499] == ("499", "x, 499", "499") and not whole.log
    path.write_text("id,text,n\n" + "\n".join([*lines[:300], "300,short", *lines[301:]]) + "\n")
    found = export.read(path)
    assert found.responses == 500 and found.frame.rows()[300] == ("300", "short", "")
    assert [(line.what, line.count, line.row) for line in found.log] == [("padded", 1, 302)]
