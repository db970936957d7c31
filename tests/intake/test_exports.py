"""Every real export reads to the tool, encoding, delimiter, header rows, columns and responses that are known of it."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

from cxlib.intake import export, summary
from cxlib.intake.presets import presets


def expected(shared: Path) -> list[dict[str, str]]:
    with open(shared / "real" / "exports" / "EXPECTED.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("tool", sorted(set(presets()) - {"csv"}))
def test_real_exports_of_a_tool_read_as_they_are_known(shared: Path, tool: str) -> None:
    known = [row for row in expected(shared) if row["file"].startswith(f"{tool}/")]
    if not known:
        pytest.skip(f"no real export of {tool} is at hand")
    for row in known:
        found = export.read(shared / "real" / "exports" / row["file"])
        got = (found.tool, found.encoding, found.delimiter, found.header_rows, len(found.columns), found.responses)
        numbers = tuple(int(row[name]) for name in ("header_rows", "cols", "responses"))
        assert got == (tool, row["encoding"], ast.literal_eval(row["delim"]), *numbers), row["file"]
        assert not found.questions, row["file"]
        assert len(set(found.names)) == len(found.names), row["file"]


def test_every_cell_of_a_real_export_is_kept_as_text(shared: Path) -> None:
    # An independent reading by the csv module of the standard library, header rows as EXPECTED.tsv tells them.
    for row in expected(shared):
        path = shared / "real" / "exports" / row["file"]
        if path.suffix == ".gz" or int(row["blank"]) > 1:
            continue
        with open(path, encoding=row["encoding"], newline="") as file:
            plain = list(csv.reader(file, delimiter=ast.literal_eval(row["delim"])))[int(row["header_rows"]) :]
        assert [list(cells) for cells in export.read(path).frame.rows()] == plain, row["file"]


def test_report_names_what_the_issue_asks_for(shared: Path) -> None:
    report = summary.file_report(shared / "real" / "exports" / "qualtrics" / "qualtRics_sample_legacy.csv")
    assert report["tool"] == "qualtrics" and report["encoding"] == "utf-8-sig" and report["delimiter"] == ","
    assert report["header_rows"] == 2 and report["responses"] == 1
    assert report["columns"]["count"] == 16 and report["columns"]["names"][:3] == ["V1", "V2", "V3"]
    assert report["questions"] == [] and report["refused"] == ""


def test_workbooks_of_the_same_answers_read_like_their_text(shared: Path) -> None:
    folder = shared / "real" / "exports" / "typeform"
    text, book = export.read(folder / "stacks_2020.csv"), export.read(folder / "stacks_2020.xlsx")
    assert book.tool == text.tool == "typeform"
    assert (len(book.columns), book.responses) == (len(text.columns), text.responses)
    assert sum(one == other for one, other in zip(book.names, text.names, strict=True)) >= 50
