"""Several answers to one question, in the six forms of tools."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.intake.multi import block, choices

OPTIONS = ["Array", "DataFrame (pandas, csv)", "reshape (concat, merge, ...)", "None", "وب"]


def chosen(found) -> dict[str, list[object]]:
    return {str(name): found.frame[name].astype(object).tolist() for name in found.frame}


@pytest.mark.parametrize(
    "cells", [["a;b", "b"], ["a; b", "b"], ["a;b;", "b;"], ["a, b", "b"], ["a|b", "b"], ["a\nb", "b"], ["a؛ b", "b"]]
)
def test_one_cell_holds_all_answers(cells):
    assert chosen(choices(pd.Series([*cells, ""]))) == {"a": [1, 0, pd.NA], "b": [1, 1, pd.NA]}


def test_codes_joined_by_blanks():
    assert chosen(choices(pd.Series(["web app", "web", "app"]))) == {"web": [1, 1, 0], "app": [1, 0, 1]}


def test_labels_of_several_words_are_not_codes():
    assert chosen(choices(pd.Series(["Option one", "Option two"]))) == {"Option one": [1, 0], "Option two": [0, 1]}


def test_commas_inside_brackets_do_not_part():
    found = choices(pd.Series(["reshape (concat, merge, ...), Array", "Array, ML"]))
    assert list(found.frame) == ["reshape (concat, merge, ...)", "Array", "ML"]
    assert found.notes[0].key == "option-commas"


def test_halves_that_never_stand_apart_are_one_option():
    found = choices(pd.Series(["Yes, both of them, ML", "Yes, both of them", "ML"]))
    assert list(found.frame) == ["Yes, both of them", "ML"]


def test_known_options_stay_whole_and_the_rest_is_other():
    found = choices(pd.Series(["Fast, cheap, Nice, my own", "Nice"]), options=["Fast, cheap", "Nice", "Never"])
    assert chosen(found) == {"Fast, cheap": [1, 0], "Nice": [1, 1], "Never": [0, 0]}
    assert found.other.tolist()[0] == "my own"


def test_spellings_of_an_option_are_one():
    assert list(choices(pd.Series(["كتاب؛ فیلم", "کتاب"])).frame) == ["کتاب", "فیلم"]


def test_answers_called_none_are_answers():
    assert chosen(choices(pd.Series(["None", "NA;null"]))) == {"None": [1, 0], "NA": [0, 1], "null": [0, 1]}


@pytest.mark.parametrize(
    ("yes", "no", "form"),
    [
        ("1", "0", "zero-one"),
        ("۱", "۰", "zero-one"),
        ("Yes", "No", "yes-no"),
        ("Ja", "Nein", "yes-no"),
        ("Oui", "Non", "yes-no"),
        ("بله", "خیر", "yes-no"),
    ],
)
def test_a_column_an_option(yes, no, form):
    found = block(pd.DataFrame({"a": [yes, no, ""], "b": [no, yes, ""]}))
    assert (chosen(found), found.form) == ({"a": [1, 0, pd.NA], "b": [0, 1, pd.NA]}, form)


def test_the_label_or_nothing():
    found = block(pd.DataFrame({"App": ["App", "", ""], "None": ["", "None", ""]}))
    assert (chosen(found), found.form) == ({"App": [1, 0, pd.NA], "None": [0, 1, pd.NA]}, "label-or-blank")


def test_repeated_other_and_none_are_kept_apart():
    frame = pd.DataFrame([["1", "0", "1"], ["0", "1", "0"]])
    frame.columns = ["Other", "None", "Other"]
    assert chosen(block(frame)) == {"Other": [1, 0], "None": [0, 1], "Other 2": [1, 0]}


def test_free_texts_of_a_column_are_other():
    found = block(pd.DataFrame({"App": ["App", "", "App"], "Other": ["", "by post", "fax"], "Else": ["note", "", ""]}))
    assert chosen(found) == {"App": [1, 0, 1], "Other": [0, 1, 1], "Else": [1, 0, 0]}
    assert found.other.tolist() == ["note", "by post", "fax"]


@given(
    st.lists(st.sets(st.sampled_from(OPTIONS)), min_size=1, max_size=12),
    st.sampled_from([";", "; ", ", "]),
    st.booleans(),
)
def test_known_options_read_back_equal(answers, separator, trailing):
    cells = [separator.join(sorted(one)) + (separator.strip() if trailing and one else "") for one in answers]
    found = choices(pd.Series(cells, dtype="str"), options=OPTIONS, separator=separator if separator != "; " else "")
    for row, one in enumerate(answers):
        expected = [pd.NA] * len(OPTIONS) if not one else [int(option in one) for option in OPTIONS]
        assert found.frame.iloc[row].astype(object).tolist() == expected
    assert found.other.isna().all()
