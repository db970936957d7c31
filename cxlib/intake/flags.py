"""Yes and no, in the languages and codes that tools write them in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from cxlib.intake.blanks import no_answers
from cxlib.intake.persian import key
from cxlib.intake.typed import Question, Typed, distinct
from cxlib.intake.vocabulary import vocabulary


def flags(text: pd.Series, *, values: Mapping[str, str] | None = None) -> Typed:
    """Return yes and no as a boolean column; anything else is missing and reported.

    A column of 1 and 2 is asked about: most tools mean yes and no by them, some the reverse.

    Parameters
    ----------
    text
        The column as text; empty cells are missing.
    values
        What the client said that cells mean, for example ``{"2": "no"}``.

    Examples
    --------
    >>> flags(pd.Series(["Yes", "nein", "TRUE", "", "maybe"])).values.tolist()
    [True, False, True, <NA>, <NA>]
    """
    column = distinct(text)
    meant = {key(str(cell)): is_yes(str(value)) for cell, value in (values or {}).items()}
    read = [meant.get(key(cell), is_yes(cell)) for cell in column.cells]
    what = np.array(["" if answer is not None else "no-flag" for answer in read], dtype=object)
    why = no_answers(column.cells)
    what = np.where((what != "") & (why != ""), why, what)
    questions = ()
    if not values and set(map(key, column.cells)) == {"1", "2"}:
        what[:] = "one-two"
        questions = (Question("one-two", {"count": int(column.count.sum())}, "values"),)
    yes = [None if reason else answer for answer, reason in zip(read, what, strict=True)]
    found = pd.array([*yes, None], dtype="boolean")[column.code]
    return Typed(pd.Series(found, index=text.index, name=text.name), column.problems(what), questions)


def is_yes(cell: str) -> bool | None:
    """Tell whether a cell means yes (True), no (False) or neither (None).

    Examples
    --------
    >>> is_yes("Oui"), is_yes("0"), is_yes("blue")
    (True, False, None)
    """
    return _known().get(key(cell))


@cache
def _known() -> dict[str, bool]:
    words = vocabulary("flags")
    return {key(word): side == "yes" for side in ("yes", "no") for group in words[side].values() for word in group}
