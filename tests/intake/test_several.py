"""Questions with several answers, found by what stands in their cells, in the six forms of tools; and what is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import CxError
from cxlib.intake import export, summary
from cxlib.intake.header import Column
from cxlib.intake.several import Several, several

ANSWERS = [{"App"}, {"Web"}, {"Shop", "App"}, {"Web", "App"}, {"Shop"}, {"Shop", "Web", "App"}, set()] * 3
EXPECTED = {"App", "Web", "Shop"}


def found(frame: dict[str, list[str]], told: dict[int, str] | None = None) -> list[Several]:
    cells = pl.DataFrame({str(place): column for place, column in enumerate(frame.values())})
    columns = {place: Column(name, name) for place, name in enumerate(frame)}
    return list(several(cells, columns, numbers=np.arange(cells.height), told=told))


def chosen(question: Several, names: dict[str, str]) -> list[set[str] | None]:
    """The options that each row chose, None where it gave no answer."""
    flags = {option: question.columns[name].to_list() for option, name in names.items()}
    rows = zip(*flags.values(), strict=True)
    return [None if None in row else {name for name, is_so in zip(flags, row, strict=True) if is_so} for row in rows]


@pytest.mark.parametrize("mark", [";", "; ", ", ", "|", "\n", "، "])
@pytest.mark.parametrize("trailing", [False, True])
def test_options_joined_in_a_cell(mark: str, trailing: bool) -> None:
    cells = [mark.join(sorted(one)) + (mark.strip(" ") if trailing and one else "") for one in ANSWERS]
    (question,) = found({"Where?": cells})
    assert chosen(question, {name: f"Where? [{name}]" for name in EXPECTED}) == [one or None for one in ANSWERS]
    assert (question.log[0].what, question.log[0].count) == ("multi-joined", 18)
    assert "Where? [App]: 12" in question.log[0].examples


FORMS = {
    "multi-zero-one": ("1", "0"),
    "multi-yes-no": ("Oui", "Non"),
    "multi-label-or-blank": ("", ""),
}


@pytest.mark.parametrize(("form", "signs"), FORMS.items())
@pytest.mark.parametrize("header", ["Where? [{}]", "where/{}"])
def test_a_column_an_option(form: str, signs: tuple[str, str], header: str) -> None:
    yes, no = signs
    frame = {
        header.format(name): [(yes or name) if name in one else no if one else "" for one in ANSWERS]
        for name in sorted(EXPECTED)
    }
    (question,) = found({"note": ["a"] * 21, **frame})
    assert question.places == (1, 2, 3) and question.log[0].what == form
    assert chosen(question, {name: header.format(name) for name in EXPECTED}) == [one or None for one in ANSWERS]


def test_headers_that_are_options_only() -> None:
    frame = {name: [name if name in one else "" for one in ANSWERS] for name in sorted(EXPECTED)}
    (question,) = found({**frame, "age": ["7"] * 21})
    assert chosen(question, {name: name for name in EXPECTED}) == [one or None for one in ANSWERS]


NO_QUESTION = {
    "comments with commas": [f"good, but the courier was {word}, sadly" for word in ["late", "rude", "slow", "lost"]],
    "comments with semicolons": ["late; again", "fine", "nobody called; I waited", "ok; thanks", "lost; then found"],
    "labels with a comma": ["Yes, always", "No, never", "Yes, always", "No", "Sometimes, if it comes up"] * 4,
    "places": ["Berlin, Germany", "Paris, France", "Lyon, France", "Bonn, Germany"] * 5,
    "names": ["Doe, Ann", "Roe, Bob", "Doe, Bob", "Roe, Ann"] * 5,
    "one answer a cell": ["App", "Web", "Shop"] * 7,
    "numbers": ["1,234", "2,345", "1,111", "2,222", "3,333"],
}


@pytest.mark.parametrize("cells", NO_QUESTION.values(), ids=list(NO_QUESTION))
def test_what_is_no_question_with_several_answers_stays_whole(cells: list[str]) -> None:
    assert found({"x": cells}) == []


def test_scores_of_one_question_are_no_options() -> None:
    assert found({"Rate [price]": ["1", "5", "3"] * 4, "Rate [service]": ["2", "1", "4"] * 4}) == []
    assert found({"Do you agree?": ["Yes", "No"] * 4, "Are you new?": ["Yes", "No"] * 4}) == []


def test_what_few_wrote_beside_the_options_is_kept_and_redacted() -> None:
    cells = [";".join(sorted(one)) for one in ANSWERS]
    cells[0] = "App;call 0912 345 6789"
    (question,) = found({"Where?": cells})
    assert question.columns["Where? [other]"].to_list()[:2] == ["call [phone]", None]
    assert chosen(question, {name: f"Where? [{name}]" for name in EXPECTED})[0] == {"App"}
    assert {"multi-joined", "multi-other", "redacted"} == {line.what for line in question.log}


def test_no_option_names_a_person() -> None:
    cells = ["App;ann@example.com", "Web;ann@example.com", "Web;App", "App"] * 5
    (question,) = found({"Where?": cells})
    assert list(question.columns) == ["Where? [App]", "Where? [Web]", "Where? [other]"]
    assert set(question.columns["Where? [other]"].drop_nulls()) == {"[email]"}
    assert found({"Who?": ["ann@example.com;bob@example.com", "bob@example.com"]}, told={0: ";"}) == []


@given(st.lists(st.sets(st.sampled_from(["Shop", "Web", "پیامک", "In-store (city, suburb)"])), min_size=1, max_size=20))
def test_no_answer_is_lost(answers: list[set[str]]) -> None:
    cells = ["; ".join(sorted(one)) for one in answers]
    for question in found({"Where?": cells}, told={0: ";"}):
        for row, one in enumerate(answers):
            got = {name[8:-1] for name, flags in question.columns.items() if flags.dtype == pl.Boolean and flags[row]}
            other = question.columns.get("Where? [other]")
            got |= set((other[row] or "").split("; ")) - {""} if other is not None else set()
            assert got == one


DATA = "id,nps,where\n" + "".join(f"{row},9,{'/'.join(sorted(one))}\n" for row, one in enumerate(ANSWERS))


def test_the_client_tells_a_separator_that_nobody_would_guess_and_what_is_plain_text(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any], logged: Callable[..., Any]
) -> None:
    entry = "file: inbox/a.csv, survey: bare, map: {response_id: id}"
    got = tables(tmp_path, responses(entry + ", multi: {where: /}"), a_csv=DATA)
    assert got.frames["responses"]["where [App]"].sum() == 12 and logged(got, "multi-joined") == 18
    plain = tables(tmp_path, responses(entry + ", multi: {where: none}"), a_csv=DATA.replace("/", ";"))
    assert "where" in plain.frames["responses"] and not logged(plain, "multi-joined")
    told = tables(tmp_path, responses(entry), a_csv=DATA.replace("/", ";"))
    assert "where" not in told.frames["responses"] and logged(told, "multi-joined") == 18
    with pytest.raises(CxError, match="no column 'wher'"):
        tables(tmp_path, responses(entry + ", multi: {wher: none}"), a_csv=DATA)


REAL = {
    "google_forms/dask_2021.csv.gz": ("How large are your datasets typically? [GBs]", 186),
    "typeform/osmi_2016.csv": ("Which of the following best describes your work position? [HR]", 12),
    "alchemer/20160115235816-SurveyExport.csv": (
        "Select all the words that best describe Jupyter Notebook. [quick]",
        370,
    ),
    "limesurvey/automotive_en.csv": ("What is your professional background? [Informatics]", 29),
    "surveymonkey/jupyter_2020_all_responses.csv": ("6. JupyterHub.", 227),
}


@pytest.mark.parametrize("file", REAL)
def test_real_questions_with_several_answers(shared: Path, file: str) -> None:
    # Counted by hand: cells of the column that hold the option, or option columns that hold it.
    read = export.read(shared / "real" / "exports" / file)
    name, count = REAL[file]
    flags = {}
    for question in several(read.frame, dict(enumerate(read.columns)), numbers=read.numbers):
        flags |= question.columns
    assert flags[name].sum() == count


def test_the_report_of_a_file_tells_the_form_and_the_counts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DATA.replace("/", ";"), encoding="utf-8")
    (told,) = summary.file_report(tmp_path / "a.csv")["several"]
    assert (told["columns"], told["form"]) == (["where"], "joined")
    assert sorted(told["options"]) == ["where [App]: 12", "where [Shop]: 9", "where [Web]: 9"]
    assert "18 answers" in told["text"]
