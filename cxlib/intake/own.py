"""The client's further columns: what no canonical column stands for is kept as a number, an id, a label or a text.

Texts are redacted. A column that names things, such as an order number, stays an id: text, every sign kept. A column of
phone, card or national numbers is personal data whatever it looks like, and is redacted.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import polars as pl

from cxlib.intake import kinds
from cxlib.intake.meaning import Meaning
from cxlib.intake.persian import key
from cxlib.intake.plain import figures
from cxlib.intake.redaction import redact
from cxlib.intake.vocabulary import vocabulary

_DIGIT = r"0-9\u06f0-\u06f9\u0660-\u0669"
_NUMBER = rf"^-?([0\u06f0\u0660]|[1-9\u06f1-\u06f9\u0661-\u0669][{_DIGIT}]{{0,14}})([.\u066b][{_DIGIT}]+)?$"
_ID = r"^[^\s@]{1,64}$"
_LONG, _SAMPLE, _MOSTLY, _DIFFERENT = r"[0-9\u0660-\u0669\u06f0-\u06f9]{8}|@", 200, 0.5, 0.5


def own(text: pl.Series, numbers: np.ndarray, column: str, names: tuple[str, ...] = ()) -> kinds.Read:
    """Return one of the client's own columns: a number if every cell is one, an id, else a redacted text.

    Parameters
    ----------
    text, numbers, column
        The cells, their rows in the file, and the header.
    names
        Names of people that texts must not show.

    Examples
    --------
    >>> rows = np.arange(2)
    >>> own(pl.Series(["34", "51"]), rows, "Age").values.to_list()
    [34.0, 51.0]
    >>> own(pl.Series(["0012", "0019"]), rows, "Order no.").values.to_list()
    ['0012', '0019']
    >>> own(pl.Series(["call 0912 345 6789", "fine"]), rows, "Note").values.to_list()
    ['call [phone]', 'fine']
    """
    if _is_personal(text):
        kind = "text"
    elif _is_id(text, column):
        kind = "id"
    elif (values := figures(text)) is not None:
        return kinds.Read(values)
    else:
        kind = (
            "number" if all(((it == "") | it.str.contains(_NUMBER)).all() for it in (text.head(100), text)) else "text"
        )
    got = kinds.read(text, numbers, Meaning(kind, names=names), column=column)
    return got if kind == "id" else _relabelled(got, numbers, column)


def _is_personal(text: pl.Series) -> bool:
    """Whether most cells are nothing but a phone, card or national number, an account or an address."""
    some = [cell for cell in text.head(_SAMPLE).str.strip_chars().to_list() if cell]
    long = [cell for cell in some if re.search(_LONG, re.sub(r"[\s().-]", "", cell))]
    if len(long) <= _MOSTLY * len(some):
        return False
    return sum(bool(re.fullmatch(r"\[[^\]]+\]", redact(cell))) for cell in long) > _MOSTLY * len(some)


def _is_id(text: pl.Series, column: str) -> bool:
    """Whether the header says that the column names things and its cells, mostly different, could be names."""
    if not _named().search(key(column)):
        return False
    cells = text.str.strip_chars()
    cells = cells.filter(cells != "")
    return bool(cells.str.contains(_ID).all()) and cells.n_unique() > _DIFFERENT * len(cells)


@cache
def _named() -> re.Pattern[str]:
    """A word of a header that says id, number or code."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(re.escape(key(word)) for word in vocabulary('ids'))})(?![^\W_])")


def _relabelled(got: kinds.Read, numbers: np.ndarray, column: str) -> kinds.Read:
    """A redacted text column of few different texts as labels, spellings of one made one; others as they are."""
    if got.values.dtype != pl.String or got.values.n_unique() > max(20, 0.05 * len(got.values)):
        return got
    again = kinds.read(got.values.fill_null(""), numbers, Meaning("label"), column=column)
    return kinds.Read(again.values, (*got.log, *again.log), (*got.questions, *again.questions))
