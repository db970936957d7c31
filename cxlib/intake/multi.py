"""Questions with several answers, in the forms that tools write them, as one column of 0 and 1 an option.

One cell may hold all answers, joined by ``;`` or ``, `` or blanks, with or without a mark at the end; or each option
has its own column with 0 and 1, Yes and No in the respondent's language, or the option's label or nothing. Commas
inside an option ("reshape (concat, merge)") are no separators. A person who chose nothing is not a person who was not
asked: rows without any answer stay missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from cxlib.intake.flags import is_yes
from cxlib.intake.persian import key, shown
from cxlib.intake.typed import Distinct, Note, distinct, examples

SEPARATORS = (";", "\u061b", "|", "\n", "\u060c", ", ")
_MANY = 15


@dataclass(frozen=True)
class Choices:
    """The options of a question and who chose them.

    Attributes
    ----------
    frame
        One column an option: 1 chosen, 0 not chosen, missing where the question has no answer.
    form
        How it was written: ``joined``, ``zero-one``, ``yes-no``, ``label-or-blank`` or ``mixed``.
    separator
        What parts the answers of a cell, empty for option columns.
    other
        Answers that are no option: what people wrote beside "other".
    notes
        What was inferred, for example options that hold commas.
    """

    frame: pd.DataFrame
    form: str
    separator: str
    other: pd.Series
    notes: tuple[Note, ...] = ()


def choices(text: pd.Series, *, separator: str = "", options: Sequence[str] = ()) -> Choices:
    """Return the options chosen in each cell of a column.

    Parameters
    ----------
    text
        The column as text; an empty cell is no answer.
    separator
        What parts the answers, if it is known; empty: the column tells.
    options
        The options, if they are known; everything else is then "other".

    Examples
    --------
    >>> found = choices(pd.Series(["a;b;", "b;", ""]))
    >>> found.frame.astype(object).values.tolist()
    [[1, 1], [0, 1], [<NA>, <NA>]]
    """
    column = distinct(text)
    mark = separator or _separator(column.cells)
    if options:
        cells, notes = [_by_options(cell, mark, options) for cell in column.cells], ()
    else:
        cells = pieces(column.cells, mark)
        whole = sorted({piece for cell in cells for piece in cell if mark.strip() and mark in piece})
        notes = (Note("option-commas", {"count": len(whole), "examples": examples(whole)}),) if whole else ()
    named = _named(cells, column, options)
    chosen = np.zeros((len(column.cells) + 1, len(named)), dtype=np.int8)
    other = np.full(len(column.cells) + 1, None, dtype=object)
    place = {name: number for number, name in enumerate(named)}
    for number, cell in enumerate(cells):
        unknown = [piece for piece in cell if key(piece) not in place]
        chosen[number, [place[key(piece)] for piece in cell if key(piece) in place]] = 1
        other[number] = "; ".join(unknown) or None
    frame = pd.DataFrame(chosen[column.code], columns=list(named.values()), index=text.index).astype("Int8")
    frame[column.code < 0] = pd.NA
    return Choices(frame, "joined", mark, pd.Series(other[column.code], index=text.index, dtype="str"), notes)


def block(frame: pd.DataFrame) -> Choices:
    """Return the options chosen where each option has its own column.

    Blank means "not chosen" for a person who chose another option, and "no answer" for one who chose none. Columns of
    one name ("Other", "None") are kept apart by a number.

    Parameters
    ----------
    frame
        The option columns of one question, as text; column names are the options.

    Examples
    --------
    >>> block(pd.DataFrame({"App": ["App", "", ""], "Web": ["Web", "Web", ""]})).frame.astype(object).values.tolist()
    [[1, 1], [0, 1], [<NA>, <NA>]]
    """
    names = _apart([str(name) for name in frame.columns])
    read = [_option(frame.iloc[:, place]) for place in range(frame.shape[1])]
    chosen = np.column_stack([values for values, *_ in read])
    answered = ~np.isnan(chosen).all(axis=1)
    chosen = np.where(np.isnan(chosen) & answered[:, None], 0, chosen)
    forms = {form for _, form, _ in read}
    other = pd.Series("", index=frame.index, dtype="str")
    for _, _, texts in read:
        other = other.where(texts == "", other.where(other == "", other + "; ") + texts)
    flags = pd.DataFrame(chosen, columns=names, index=frame.index).astype("Int8")
    return Choices(flags, forms.pop() if len(forms) == 1 else "mixed", "", other.where(other != ""))


def _separator(cells: np.ndarray) -> str:
    """The first mark of `SEPARATORS` that a cell holds; blanks where all cells are codes of one question."""
    found = next((mark for mark in SEPARATORS if any(mark in cell for cell in cells)), "")
    if found or not any(" " in cell for cell in cells):
        return found or ";"
    is_coded = all(re.fullmatch(r"[\w-]+(?: [\w-]+)*", cell) for cell in cells)
    counts = Counter(piece for cell in cells for piece in cell.split())
    alone = {cell for cell in cells if " " not in cell}
    return " " if is_coded and counts.keys() <= alone else ";"


def pieces(cells: Iterable[str], mark: str) -> list[list[str]]:
    """Return the answers of each of some different cells; options that hold the mark stay whole.

    Examples
    --------
    >>> pieces(["Shop, Web (app, site)", "Shop"], ", ")
    [['Shop', 'Web (app, site)'], ['Shop']]
    """
    whole = [cell.strip().removesuffix(mark.strip()) for cell in cells]
    parts = [[piece.strip() for piece in cell.split(mark) if piece.strip()] for cell in whole]
    joined = [_balanced(cell, mark) for cell in parts]
    together = _together(joined)
    return [_glued(cell, mark, together) for cell in joined]


def _by_options(cell: str, mark: str, options: Sequence[str]) -> list[str]:
    """The known options in a cell, the longest first, and what is left."""
    rest, found = cell, []
    ends = rf"\s*(?:{re.escape(mark.strip() or mark)}|$)\s*"
    for option in sorted(options, key=len, reverse=True):
        rest, times = re.subn(rf"(?:(?<=^)|(?<=[{re.escape(mark)}\x00])){re.escape(option)}{ends}", "\x00", rest)
        found += [option] * min(times, 1)
    pieces = re.split(f"[\x00{re.escape(mark.strip() or mark)}]", rest)
    return found + [piece.strip() for piece in pieces if piece.strip()]


def _balanced(cell: list[str], mark: str) -> list[str]:
    """Pieces joined again until every bracket is closed."""
    found: list[str] = []
    for piece in cell:
        if found and found[-1].count("(") > found[-1].count(")"):
            found[-1] = f"{found[-1]}{mark}{piece}"
        else:
            found.append(piece)
    return found


def _together(cells: list[list[str]]) -> set[tuple[str, str]]:
    """Pairs that never stand apart, the second beginning small: two halves of one option."""
    follows, count = Counter(), Counter()
    for cell in cells:
        count.update(cell)
        follows.update(pairwise(cell))
    return {
        (first, second)
        for (first, second), times in follows.items()
        if times > 1 and times == count[first] == count[second] and second[:1].islower() and not first[:1].islower()
    }


def _glued(cell: list[str], mark: str, together: set[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    last = ""
    for piece in cell:
        if (last, piece) in together:
            found[-1] = f"{found[-1]}{mark}{piece}"
        else:
            found.append(piece)
        last = piece
    return found


def _named(pieces: list[list[str]], column: Distinct, options: Sequence[str]) -> dict[str, str]:
    """Key of each option → how it is shown; without a list, what few people wrote is "other"."""
    if options:
        return {key(option): option for option in options}
    rows, spelled = Counter(), {}
    for cell, count in zip(pieces, column.count, strict=True):
        for piece in dict.fromkeys(cell):
            rows[key(piece)] += int(count)
            spelled.setdefault(key(piece), shown(piece))
    least = 1 if len(rows) <= _MANY else max(2, int(column.count.sum()) // 200)
    return {name: text for name, text in spelled.items() if rows[name] >= least}


def _apart(names: list[str]) -> list[str]:
    """Names that occur twice get a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return found


def _option(text: pd.Series) -> tuple[np.ndarray, str, pd.Series]:
    """Values of one option column (1, 0, missing), its form, and free texts."""
    column = distinct(text)
    nothing = pd.Series("", index=text.index, dtype="str")
    answers = [is_yes(cell) for cell in column.cells]
    if len(answers) and None not in answers:
        form = "zero-one" if {key(cell) for cell in column.cells} <= {"0", "1", "0.0", "1.0"} else "yes-no"
        return column.spread(np.array(answers, dtype=float), np.nan), form, nothing
    values = column.spread(np.ones(len(column.cells)), np.nan)
    is_free = len(column.cells) > 1 or (column.count.sum() == 1 and key(column.cells[0]) != key(str(text.name)))
    texts = text.fillna("").str.strip() if is_free else nothing
    return values, "label-or-blank", texts
