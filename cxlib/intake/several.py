"""Which columns of an export are questions with several answers, and what became of them.

Such a question is found by what stands in it, in any tool: cells that join the same few options again and again, or
columns of one question that hold 0 and 1, Yes and No, or their option's label or nothing. A comment with commas is none
of these. What is found becomes one column an option, true or false, empty for who gave no answer at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from cxlib.intake import kinds, multi
from cxlib.intake.flags import is_yes
from cxlib.intake.header import Column
from cxlib.intake.meaning import Meaning
from cxlib.intake.notes import Line
from cxlib.intake.persian import key
from cxlib.intake.redaction import redact

NONE, SPACE = "none", "space"
"""What `multi` of a source says instead of a separator: a plain text, and answers joined by blanks."""
_LOOK, _ROWS, _MOST, _FEW = 5000, 5, 40, 10
_JOINED, _LONG = 0.02, 120
_RECURRING = {";": 0.6, "\u061b": 0.6, "|": 0.6}
"""Share of the answers that must be options: a comma, a line end is as common in comments as between options."""
_USUAL = 0.8
_STEM = (r"(?P<stem>.+?)\s*\[(?P<option>[^\]]+)\]", r"(?P<stem>.+)/(?P<option>[^/]+)", r"(?P<stem>.+)_(?P<option>\d+)")


@dataclass(frozen=True)
class Several:
    """A question with several answers.

    Attributes
    ----------
    places
        The columns of the export that it stands in.
    columns
        Column name → true, false or missing; and ``… [other]`` → redacted text where people wrote their own.
    log
        Its form, and how many chose each option.
    """

    places: tuple[int, ...]
    columns: Mapping[str, pl.Series]
    log: tuple[Line, ...]


def several(
    frame: pl.DataFrame, columns: Mapping[int, Column], *, numbers: np.ndarray, told: Mapping[int, str] | None = None,
    names: tuple[str, ...] = (),
) -> Iterator[Several]:  # fmt: skip
    """Yield the questions with several answers among some columns.

    Parameters
    ----------
    frame
        The cells as text, columns named by their place.
    columns
        Place → column: those that may be such a question.
    numbers
        The rows of the cells in the file.
    told
        Place → separator that engagement.yaml tells, ``none`` where the column is a plain text.
    names
        Names of people that texts must not show.

    Examples
    --------
    >>> frame = pl.DataFrame({"0": ["Shop;Web", "Web", "Shop;Web;App", "App", "App;Shop", ""]})
    >>> found = next(several(frame, {0: Column("Where?")}, numbers=np.arange(6)))
    >>> list(found.columns), found.columns["Where? [Web]"].to_list()
    (['Where? [Shop]', 'Where? [Web]', 'Where? [App]'], [True, True, True, False, False, None])
    """
    told = told or {}
    free = {place: column for place, column in columns.items() if place not in told}
    blocks = [(places, _repeated(frame, places, free)) for places in _blocks(frame, free)]
    repeated = {place for _, place in blocks}
    for place, column in columns.items():
        if place in repeated:
            continue
        cells = frame[str(place)]
        mark = _told_mark(told[place], cells) if place in told else _mark(cells)
        options = _options(cells, mark, names) if mark else []
        if options:
            found = multi.choices(cells.to_pandas(), separator=mark, options=options)
            yield _joined(found, place, column, numbers, names)
    for places, place in blocks:
        yield _block(frame, places, columns, place)


def _told_mark(told: str, cells: pl.Series) -> str:
    """The separator that the client named, as it stands in the cells."""
    if told in ("", NONE):
        return ""
    if told == SPACE:
        return " "
    return f"{told} " if cells.str.contains(f"{told} ", literal=True).any() else told


def _mark(cells: pl.Series) -> str:
    """The mark that joins options in the cells of a column; empty where it is no question with several answers."""
    some = cells.head(_LOOK)
    marks = [mark for mark in multi.SEPARATORS if some.str.contains(mark, literal=True).any()]
    return next((mark for mark in marks if _is_joined(some, mark) and _is_joined(cells, mark)), "")


def _is_joined(cells: pl.Series, mark: str) -> bool:
    """Whether the cells join options that come again in other company, now one and now several of them."""
    column, rows = _different(cells)
    if sum(rows) < _ROWS or len(column) < 3:
        return False
    pieces = [list(dict.fromkeys(map(key, cell))) for cell in multi.pieces(column, mark)]
    among, chosen = Counter(piece for cell in pieces for piece in cell), Counter()
    for cell, count in zip(pieces, rows, strict=True):
        chosen.update(dict.fromkeys(cell, count))
    again = [piece for piece, times in among.items() if times > 1]
    joined = sum(count for cell, count in zip(pieces, rows, strict=True) if len(cell) > 1)
    return (
        2 <= len(again) <= _MOST
        and max(map(len, again)) <= _LONG
        and len({len(cell) for cell in pieces}) > 1
        and joined >= max(2, _JOINED * sum(rows))
        and sum(chosen[piece] for piece in again) >= _RECURRING.get(mark, _USUAL) * chosen.total()
    )


def _joined(found: multi.Choices, place: int, column: Column, numbers: np.ndarray, names: tuple[str, ...]) -> Several:
    """A question whose answers stand in one cell: its options, and what else people wrote."""
    columns = {f"{column.name} [{name}]": _flag(found.frame[name]) for name in found.frame}
    log = [_line("multi-joined", column.name, columns)]
    if found.other.notna().any():
        header = f"{column.name} [other]"
        other = kinds.read(pl.Series(found.other.fillna("")), numbers, Meaning("text", names=names), column=header)
        columns[header] = other.values
        log += [*other.log, Line("multi-other", int(found.other.notna().sum()), column.name)]
    return Several((place,), columns, tuple(log))


def _options(cells: pl.Series, mark: str, names: Sequence[str]) -> list[str]:
    """The options in a column as they come: what at least two chose, where many answered, and what names nobody."""
    column, counts = _different(cells)
    rows: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for cell, count in zip(multi.pieces(column, mark), counts, strict=True):
        for piece in dict.fromkeys(cell):
            rows[key(piece)] += count
            spelled.setdefault(key(piece), piece)
    least = 2 if sum(counts) >= _FEW else 1
    often = (piece for name, piece in spelled.items() if rows[name] >= least)
    return [piece for piece in often if redact(piece, names=names) == piece]


def _different(cells: pl.Series) -> tuple[list[str], list[int]]:
    """The different cells that hold something, in the order in which they come, and the rows of each."""
    trimmed = pl.DataFrame({"cell": cells.str.strip_chars()}).filter(pl.col("cell") != "")
    counted = trimmed.group_by("cell", maintain_order=True).len()
    return counted["cell"].to_list(), counted["len"].to_list()


def _blocks(frame: pl.DataFrame, columns: Mapping[int, Column]) -> Iterator[tuple[int, ...]]:
    """Columns of one question that hold nothing but chosen or not chosen, at least two of them."""
    stems: dict[str, list[int]] = {}
    fits: dict[int, bool] = {}
    stem = ""
    for place, column in columns.items():
        cells = frame[str(place)].head(_LOOK).str.strip_chars().unique(maintain_order=True)
        values = [cell for cell in cells.to_list() if cell]
        label = _labelled(column, values)
        alone = stem if stem.startswith("alone ") and place - 1 in fits else f"alone {place}"
        stem = alone if label == "" else _stem(column, label)
        fits[place] = label is not None or (bool(values) and _is_chosen(frame[str(place)], values))
        stems.setdefault(stem, []).append(place)
    for places in stems.values():
        fitting = tuple(place for place in places if fits[place])
        if len(fitting) > 1 and len(places) - len(fitting) <= 1:
            yield fitting


def _labelled(column: Column, values: Sequence[str]) -> str | None:
    """What is left of a header without its option, if the cells hold this option or nothing; else None."""
    if len(values) != 1 or not values[0].strip("01۰۱"):
        return None
    label, header, named = key(values[0]), key(column.text), _option(column)
    if named and key(named[1]) == label:
        return key(named[0])
    if label == header:
        return ""
    if header.endswith(label):
        return header.removesuffix(label)
    return header.removeprefix(label) if header.startswith(label) else None


def _stem(column: Column, label: str | None) -> str:
    """What the columns of one question have in common."""
    if label is not None:
        return f"label {label}"
    named = _option(column)
    return named[0] if named else column.name


def _option(column: Column) -> tuple[str, str] | None:
    """The question and the option that a header names, if it names both."""
    if column.option:
        return column.text, column.option
    match = next((match for form in _STEM if (match := re.fullmatch(form, column.name))), None)
    return (match["stem"], match["option"]) if match else None


def _is_chosen(cells: pl.Series, values: Sequence[str]) -> bool:
    """Whether all cells say chosen or not chosen; `values` are some of them."""
    if len(values) > 4 or any(is_yes(value) is None for value in values):
        return False
    return all(is_yes(cell) is not None for cell in cells.str.strip_chars().unique() if cell)


def _repeated(frame: pl.DataFrame, places: Sequence[int], columns: Mapping[int, Column]) -> int | None:
    """The column whose cells join what the columns of a question say one by one, as KoboToolbox writes both."""
    named = [_option(columns[place]) for place in places]
    stem = key(named[0][0]) if named[0] else ""
    words = [_words(option[1]) for option in named if option]
    alike = [place for place, column in columns.items() if place not in places and key(column.name) == stem]
    for place in alike if len(words) == len(places) else ():
        rows = frame.select(map(str, (place, *places))).unique().rows()
        if all(_words(cell) == _chosen(words, flags) for cell, *flags in rows):
            return place
    return None


def _chosen(words: Sequence[Counter[str]], flags: Sequence[str]) -> Counter[str]:
    """The words of the options that a row chose."""
    return sum(
        (word for word, flag in zip(words, flags, strict=True) if flag.strip() and is_yes(flag) is not False), Counter()
    )


def _words(text: str) -> Counter[str]:
    """The words of a text, in whatever order."""
    return Counter(re.findall(r"\w+", key(text)))


def _block(frame: pl.DataFrame, places: Sequence[int], columns: Mapping[int, Column], repeated: int | None) -> Several:
    """A question with a column for each option; the columns keep their names."""
    names = [columns[place].name for place in places]
    text = frame.select(map(str, places)).to_pandas().set_axis(names, axis=1)
    found = multi.block(text)
    flags = {name: _flag(found.frame[name]) for name in names}
    log = [_line(f"multi-{found.form}", names[0], flags)]
    if repeated is not None:
        joined = frame[str(repeated)].str.strip_chars()
        log.append(Line("multi-repeated", int((joined != "").sum()), columns[repeated].name))
    return Several((*places, *([] if repeated is None else [repeated])), flags, tuple(log))


def _flag(values: pd.Series) -> pl.Series:
    """0, 1 and missing as false, true and missing."""
    return pl.from_pandas(values).cast(pl.Boolean)


def _line(what: str, column: str, flags: Mapping[str, pl.Series]) -> Line:
    """The form of a question, how many answered it, and how many chose each option."""
    answered = next(iter(flags.values()))
    told = tuple(f"{name}: {int(values.sum() or 0)}" for name, values in flags.items())
    return Line(what, len(answered) - answered.null_count(), column, None, told)
