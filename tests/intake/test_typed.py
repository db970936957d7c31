"""What a typed column carries, and that every word it uses is in the catalogue."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cxlib.intake.blanks import no_answers
from cxlib.intake.shapes import WIDEST, shapes
from cxlib.intake.typed import Typed, distinct, examples, problems
from cxlib.intake.vocabulary import vocabulary
from cxlib.words.catalogue import catalogue
from tests.source import ROOT

MODULES = "days zones amounts flags labels redaction identity multi quality".split()  # noqa: SIM905
SAID = (
    (r'Note\(\s*"([\w-]+)"|\.note\([^"]*?, "([\w-]+)"', "log"),
    (r'Question\(\s*"([\w-]+)"|\.ask\([^"]*?, "([\w-]+)"', "question"),
    (r'\.ask\([^"]*?, "([\w-]+)"|what\[[^\n]*\] = "([\w-]+)"|refuse\([^"]*?, "([\w-]+)"', "log"),
    (r'Doubt\("\w+", "([\w-]+)"', "finding"),
    (r'CxError\("([\w-]+)"', "error"),
)


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("module", MODULES)
def test_every_reason_note_and_question_is_in_the_catalogue(module, lang):
    code = (ROOT / "cxlib" / "intake" / f"{module}.py").read_text(encoding="utf-8")
    used = {
        f"{room}.{key}" for pattern, room in SAID for hit in re.findall(pattern, code) for key in np.ravel(hit) if key
    }
    assert used and used <= catalogue(lang).keys() | {"log.", "question."}


def test_a_column_is_read_by_its_distinct_cells():
    column = distinct(pd.Series([" a", "b", "a ", "", None, "b"], dtype="str"))
    assert column.cells.tolist() == ["a", "b"] and column.code.tolist() == [0, 1, 0, -1, -1, 1]
    assert column.count.tolist() == [2, 2]
    assert column.spread(np.array([1.5, 2.5]), np.nan).tolist()[:3] == [1.5, 2.5, 1.5]


def test_problems_keep_the_rows_labels_and_the_first_few():
    column = distinct(pd.Series(["x"] * 30 + ["y"], index=range(100, 131)))
    found = column.problems(np.array(["bad", ""], dtype=object))
    typed = Typed(pd.Series(dtype=float), found)
    assert typed.counts == {"bad": 30} and typed.first(20)["row"].tolist() == list(range(100, 120))
    assert problems().empty and examples("abcd") == ["a", "b", "c"]


def test_shapes_make_marks_and_digits_latin_and_drop_what_is_unseen():
    whole = shapes(np.array(["۱\u200f۲/٣", "a\u00a0b", "x" * 90], dtype=object))
    assert whole.names == ["99/9", "a b", "x" * (WIDEST - 1) + "~"]
    assert whole.number(np.array([0]), (0, 2)).tolist() == [12]


def test_words_for_no_answer_in_both_languages():
    cells = np.array(["N/A", "—", "Don’t know", "نميدانم", "Prefer not to say", "7", "no"], dtype=object)
    assert no_answers(cells).tolist() == [
        "not-applicable",
        "not-applicable",
        "do-not-know",
        "do-not-know",
        "refused",
        "",
        "",
    ]


@pytest.mark.parametrize("name", ["blanks", "flags", "amounts", "days", "persian", "scales"])
def test_words_files_are_read_as_text(name):
    """YAML 1.1 would turn yes, no and on into booleans."""

    def leaves(value):
        if isinstance(value, dict):
            return [leaf for inner in [*value.keys(), *value.values()] for leaf in leaves(inner)]
        return [leaf for inner in value for leaf in leaves(inner)] if isinstance(value, list) else [value]

    assert not any(isinstance(leaf, bool) or leaf is None for leaf in leaves(vocabulary(name)))
