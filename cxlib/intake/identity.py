"""Who is who: ids as text, and how well customers of one table are found in another.

An id is a name, not a number: it keeps its leading zeros and is never rounded. Tables meet only through equal ids;
spellings that are merely alike are proposed to a person, never joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.intake.persian import each, key, latin_digits
from cxlib.intake.typed import Note, Typed, problems

_LIKE = 90
_MOST = 2_000


def ids(text: pd.Series) -> Typed:
    """Return ids as text: trimmed, digits Latin, nothing else changed.

    Numbers that a spreadsheet rounded ("3.29E+09") are no ids any more and are left out; a column of which every id
    ends in ".0" went through a program that took ids for numbers, and loses that tail again.

    Examples
    --------
    >>> ids(pd.Series(["007", " a1 ", "3.29E+09"])).values.tolist()
    ['007', 'a1', nan]
    >>> ids(pd.Series(["3292879998.0", "3292879999.0"])).values.tolist()
    ['3292879998', '3292879999']
    """
    values = text.astype("str").str.strip()
    values = values.where(values != "")
    foreign = values.str.contains(r"[^\x21-\x7e]", regex=True, na=False)
    if foreign.any():
        values = values.where(~foreign, each(values[foreign], latin_digits).reindex(values.index))
    rounded = values.str.fullmatch(r"[-+]?\d+(?:[.,]\d+)?[eE]\+\d+", na=False)
    found = problems(text.index[rounded], text[rounded], ["id-rounded"] * int(rounded.sum()))
    values = values.where(~rounded)
    notes = ()
    tail = values.str.fullmatch(r"\d+\.0", na=False)
    if tail.any() and (tail | values.isna()).all():
        notes = (Note("id-tails", {"count": int(tail.sum())}),)
        values = values.str.slice(stop=-2)
    return Typed(values, found, notes=notes)
