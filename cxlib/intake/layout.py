"""Where the table stands in a file: title rows above it, header rows, data, and a footer below.

Rows before and after the table are logged, never taken for answers. What cannot be told from the rows themselves,
such as a header that looks like data, is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from cxlib.intake.presets import Head, Match, Preset, has_gaps, header_roles, preset, recognised
from cxlib.intake.typed import Question

HEAD = 60
_DIGIT = "0-9\u06f0-\u06f9\u0660-\u0669"
_NUMBER = re.compile(
    rf"[-+]?[$\u20ac\u00a3]? ?[{_DIGIT}][{_DIGIT}.,\u066b\u066c]*%?"
    rf"|[{_DIGIT}]{{1,4}}[-/.][{_DIGIT}]{{1,2}}[-/.][{_DIGIT}]{{1,4}}([ T-].*)?|[{_DIGIT}]{{1,2}}:[{_DIGIT}]{{2}}(:.*)?"
)
_MOMENT = re.compile(
    rf"[{_DIGIT}]{{1,4}}[-/.][{_DIGIT}]{{1,2}}[-/.][{_DIGIT}]{{1,4}},?[ T]+[{_DIGIT}]{{1,2}}:[{_DIGIT}]{{2}}.*"
)
_FOOTER = re.compile(
    r"grand total|^totals?\b|confidential information|copyright \(?c|^©|^generated (on|by)|^report (generated|run)|"
    r"^end of (report|file)|^filtered by|^source:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """The parts of a file.

    Attributes
    ----------
    start
        How many rows stand before the header.
    roles
        What each header row holds; empty if there is none.
    preset
        The preset that the file is read by.
    match
        Why it was recognised; None if the user named it or nothing was.
    questions
        What only the user can tell.
    """

    start: int
    roles: tuple[str, ...]
    preset: Preset
    match: Match | None = None
    questions: tuple[Question, ...] = ()


def layout(head: Head, *, tool: str = "", header_rows: int | None = None) -> Layout:
    """Return where the table stands, judged by the first rows of a file.

    Parameters
    ----------
    head
        The first rows.
    tool
        The preset that the user named; empty to recognise it.
    header_rows
        How many header rows the user says there are; None to tell from the rows.
    """
    start = preamble(head.rows)
    rows = head.rows[start:]
    matches = recognised(replace(head, rows=rows))
    match = next((item for item in matches if item.preset.tool == tool or not tool), None)
    chosen = preset(tool) if tool else match.preset if match else preset("csv")
    questions = []
    if not tool and len(matches) > 1 and matches[0].points == matches[1].points:
        tools = [item.preset.tool for item in matches if item.points == matches[0].points]
        questions.append(Question("unsure-tool", {"tools": tools}, "preset"))
    if header_rows is not None:
        return Layout(start, _told_roles(chosen, rows, header_rows), chosen, match, tuple(questions))
    roles = tuple(header_roles(chosen, rows))
    if roles == ("text",) and looks_like_data(rows):
        questions.append(Question("no-header", {"cells": list(rows[0][:5])}, "header_rows"))
        return Layout(start, (), chosen, match, tuple(questions))
    if roles == ("text",) and has_gaps(rows):
        roles = ("question", "option")
        questions.append(Question("two-headers", {"cells": [cell for cell in rows[1] if cell][:5]}, "header_rows"))
    roles = (*roles, *["again"] * _repeats(rows, len(roles)))
    if roles == ("text",) and chosen.tool == "csv" and looks_like_second_header(rows):
        questions.append(Question("second-header", {"cells": [cell for cell in rows[1] if cell][:5]}, "header_rows"))
    return Layout(start, roles, chosen, match, tuple(questions))


def _repeats(rows: Sequence[Sequence[str]], count: int) -> int:
    """How many rows after the header are the header once more."""
    number = 0
    while count == 1 and number + 1 < len(rows) and filled(rows[0]) > 1 and list(rows[number + 1]) == list(rows[0]):
        number += 1
    return number


def _told_roles(chosen: Preset, rows: Sequence[Sequence[str]], count: int) -> tuple[str, ...]:
    """What so many header rows hold."""
    known = tuple(header_roles(chosen, rows))
    if len(known) == count:
        return known
    if count == 2 and has_gaps(rows):
        return ("question", "option")
    return (("text",) if count == 1 else ("code", "text", *["import"] * (count - 2)))[:count]


def filled(row: Sequence[str]) -> int:
    """Return how many cells of a row hold anything."""
    return sum(bool(cell.strip()) for cell in row)


def preamble(rows: Sequence[Sequence[str]]) -> int:
    """Return how many title and blank rows stand before the header.

    Examples
    --------
    >>> preamble([["Report", "", ""], ["", "", ""], ["id", "score", "day"], ["1", "9", "x"]])
    2
    """
    counts = [filled(row) for row in rows[:HEAD]]
    first = next((place for place, count in enumerate(counts) if count), 0)
    usual = median([count for count in counts if count] or [0])
    for place in range(first, len(counts)):
        after = counts[place + 1] if place + 1 < len(counts) else 0
        alone = counts[place] == 1 and usual >= 3
        apart = counts[place] <= 2 and after == 0 and usual > 2
        hint = place == first and rows[place][0].startswith("sep=")
        if counts[place] and not alone and not apart and not hint:
            return place
    return first


def looks_like_data(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row holds answers rather than names: numbers or days where the rows below have them.

    A moment over a moment is no name, whatever stands beside it.

    Examples
    --------
    >>> looks_like_data([["1", "2"], ["3", "4"]]), looks_like_data([["id", "2024"], ["a", "7"]])
    (True, False)
    """
    first = [cell.strip() for cell in rows[0]] if rows else []
    cells = [cell for cell in first if cell]
    if len(rows) > 1 and any(map(_are_moments, first, rows[1])):
        return True
    numbers = [place for place, cell in enumerate(first) if _NUMBER.fullmatch(cell) and _has_numbers(rows[1:], place)]
    if not cells or len(numbers) < 0.3 * len(cells) or has_gaps(rows):
        return False
    years = [place for place in numbers if re.fullmatch(r"(1[34]|19|20)\d\d", first[place])]
    return len(years) < len(numbers) or (len(rows) > 1 and len(numbers) == len(cells) and _same_below(rows, numbers))


def _has_numbers(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column of these rows has numbers or days, or there is none of it to tell."""
    cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
    return not cells or any(map(_NUMBER.fullmatch, cells))


def _are_moments(*cells: str) -> bool:
    """Whether each cell is a day with a time."""
    return all(_MOMENT.fullmatch(cell.strip()) for cell in cells)


def looks_like_second_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the second row names things where all rows below have numbers or days, in most such columns.

    Examples
    --------
    >>> looks_like_second_header([["q1", "q2"], ["How?", "Why?"], ["3", "1"], ["4", "2"]])
    True
    >>> looks_like_second_header([["q1", "q2"], ["none", "7"], ["3", "1"], ["4", "2"]])
    False
    """
    if len(rows) < 4:
        return False
    width = min(len(rows[0]), len(rows[1]))
    below = [
        [row[place].strip() for row in rows[2:] if len(row) > place and row[place].strip()] for place in range(width)
    ]
    measured = [place for place, cells in enumerate(below) if len(cells) > 1 and all(map(_NUMBER.fullmatch, cells))]
    named = [place for place in measured if rows[1][place].strip() and not _NUMBER.fullmatch(rows[1][place].strip())]
    return len(named) > 1 and len(named) > len(measured) / 2


def _same_below(rows: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether the row below has years in the same columns too."""
    below = [rows[1][place] for place in places if place < len(rows[1])]
    return bool(below) and all(re.fullmatch(r"(1[34]|19|20)\d\d", cell.strip()) for cell in below)


def footer(rows: Sequence[Sequence[str]], *, width: int, patterns: Sequence[str] = ()) -> int:
    """Return how many of the last rows are no data: totals, notices, and blank rows before them.

    Parameters
    ----------
    rows
        The last rows of the table.
    width
        How many columns it has; of two columns only the preset's own footers can be told, of one none.
    patterns
        Regular expressions of the preset's own footers.

    Examples
    --------
    >>> footer([["1", "2", "3"], [""], ["Grand Totals (1 records)"]], width=3)
    2
    """
    own = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
    cut = len(rows)
    for place in range(len(rows) - 1, -1, -1):
        count = filled(rows[place])
        first = rows[place][0].strip() if rows[place] else ""
        is_own = bool(own and own.search(first))
        told = bool(_FOOTER.search(first)) or is_own
        apart = place > 0 and not filled(rows[place - 1])
        if count == 0:
            continue
        is_last = count <= 2 and (told or (count == 1 and first and (apart or cut < len(rows))))
        if not (is_last if width > 2 else width == 2 and count == 1 and is_own):
            break
        cut = place
    while 0 < cut < len(rows) and not filled(rows[cut - 1]):
        cut -= 1
    return len(rows) - cut
