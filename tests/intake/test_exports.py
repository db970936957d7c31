"""Every real export reads to the tool, encoding, delimiter, header rows, columns and responses that are known of it."""

from __future__ import annotations

import ast
import csv
import io
import json
import random
import re
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


NAMES_A_PERSON = re.compile(r"(?i)(^|_|\b)(id|uuid|token|email|respondent ?id|responseid|v1|#)$|IP ?Address")


def test_no_id_or_address_of_a_respondent_stands_in_the_report_of_a_file(shared: Path, soak: bool) -> None:
    for row in expected(shared):
        path = shared / "real" / "exports" / row["file"]
        if path.stat().st_size > 200_000 and not soak:
            continue
        found = export.read(path)
        named = [place for place, name in enumerate(found.names) if NAMES_A_PERSON.search(name)]
        ids = {cell for place in named for cell in found.frame[str(place)].unique() if len(cell) > 5}
        told = json.dumps(summary.file_report(path), ensure_ascii=False)
        header = json.dumps(found.names, ensure_ascii=False)
        assert [one for one in ids if one in told and not one.isalpha() and one not in header] == [], row["file"]
        assert set(re.findall(r"[\w.+-]+@[\w-]+\.\w+", told)) <= set(re.findall(r"\S+@\S+", header)), row["file"]


def saved_again(data: bytes, row: dict[str, str]) -> dict[str, tuple[bytes, int]]:
    """The same export as other programs save it: each form with its number of columns."""
    text, mark = io.StringIO(data.decode(row["encoding"]), newline=""), ast.literal_eval(row["delim"])
    rows = [cells for cells in csv.reader(text, delimiter=mark) if cells]
    width, header = max(map(len, rows)), int(row["header_rows"])
    rows = [[*cells, *[""] * (width - len(cells))] for cells in rows]
    order = random.Random(0).sample(range(width), width)
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    made = {
        "UTF-16 with tabs": (rows, "\t", "utf-16"),
        "semicolons and a byte-order mark": (rows, ";", "utf-8-sig"),
        "bars": (rows, "|", "utf-8"),
        "columns in another order": ([[cells[place] for place in order] for cells in rows], mark, "utf-8"),
        "Persian digits": (
            [*rows[:header], *([c.translate(digits) for c in cells] for cells in rows[header:])],
            mark,
            "utf-8",
        ),
    }
    if row["file"].startswith("surveymonkey/") and header == 2:
        del made["columns in another order"]  # the options stand for the question to their left
    return {name: (written(*how), width) for name, how in made.items()}


def written(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


KNOWN_BY_FORM = {
    ("limesurvey/automotive", "UTF-16 with tabs"), ("limesurvey/automotive", "bars"),
    ("qualtrics/fivetran_survey", "Persian digits"),
}  # fmt: skip
"""What only its delimiter or Latin ids tell: asked about, or read as any table."""


def test_an_export_that_another_program_saved_again_is_still_known(shared: Path, tmp_path: Path, soak: bool) -> None:
    for row in expected(shared):
        path = shared / "real" / "exports" / row["file"]
        if path.suffix != ".csv" or path.stat().st_size > (2_000_000 if soak else 20_000):
            continue
        for name, (data, width) in saved_again(path.read_bytes(), row).items():
            (tmp_path / "a.csv").write_bytes(data)
            found = export.read(tmp_path / "a.csv")
            if not any(row["file"].startswith(file) and name == form for file, form in KNOWN_BY_FORM):
                got = (found.tool, found.header_rows, len(found.columns), found.responses)
                tool, *_ = row["file"].split("/")
                assert got == (tool, int(row["header_rows"]), width, int(row["responses"])), (row["file"], name)
                assert not found.questions, (row["file"], name)
