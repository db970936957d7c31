"""How a text file marks its cells: delimiter, quotes and escapes, found from a sample and checked by counting.

clevercsv proposes a dialect; it is kept only if rows of one width come of it. A file that stays one wide column is
never accepted quietly: the caller asks.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cxlib.errors import CxError

SAMPLE = 64 * 1024
DELIMITERS = (",", ";", "\t", "|")
_RARE = ("~", "^", " ")
_KEPT = 0.9


@dataclass(frozen=True)
class Dialect:
    """How cells are marked.

    Attributes
    ----------
    delimiter
        What stands between two cells; empty if there is only one column.
    quote
        What encloses a cell that holds delimiters or line ends; empty if nothing does.
    escape
        What stands before a quote inside a quoted cell, if the quote is not doubled.
    skips_blank
        Whether blanks after a delimiter are no part of the cell.
    fit
        Share of the sample's rows that have the commonest width.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skips_blank: bool = False
    fit: float = 1.0


def dialect(text: str, *, delimiter: str = "") -> Dialect:
    """Return the dialect of `text`, judged by its first 64 KiB.

    Parameters
    ----------
    text
        The text of the file.
    delimiter
        What the user says stands between two cells; ``none`` for a single column.

    Examples
    --------
    >>> dialect('a;b\\n1;"x;y"\\n').delimiter
    ';'
    >>> dialect("town\\nOslo\\nRome\\n").delimiter
    ''
    """
    sample = _whole_lines(text[:SAMPLE])
    if delimiter:
        told = "" if delimiter == "none" else {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter[:1])
        return _fitted(sample, Dialect(told, "'" if _is_quoted(sample, "'") and '"' not in sample else '"'))
    tried = [_fitted(sample, found) for found in _candidates(sample)]
    wide = [found for found in tried if _width(sample, found) >= (4 if found.delimiter in _RARE else 2)]
    if not wide:
        return Dialect(delimiter="", quote='"' if '"' in sample else "")
    return wide[0] if wide[0].fit >= _KEPT else max(wide, key=lambda found: found.fit)


def _whole_lines(sample: str) -> str:
    """The sample without its last, broken line."""
    return sample[: sample.rfind("\n") + 1] if len(sample) == SAMPLE and "\n" in sample else sample


def _candidates(sample: str) -> Iterator[Dialect]:
    """Dialects worth trying: what clevercsv finds first, then each common delimiter, rare ones last."""
    import clevercsv

    try:
        found = clevercsv.Detector().detect(sample.replace("\x00", ""), delimiters=list(DELIMITERS))
    except (clevercsv.exceptions.NoDetectionResult, clevercsv.Error, ValueError, IndexError):
        found = None
    if found is not None and found.delimiter:
        yield Dialect(found.delimiter, _quote(sample, found), found.escapechar)
    quote = "'" if _is_quoted(sample, "'") and not _is_quoted(sample, '"') else '"'
    for delimiter in (*DELIMITERS, *_RARE):
        if delimiter in sample:
            yield Dialect(delimiter, quote, "")


def _quote(sample: str, found: object) -> str:
    """The quote to read with: a double quote unless single quotes really enclose cells."""
    single = getattr(found, "quotechar", "") == "'" or _is_quoted(sample, "'")
    return "'" if single and _is_quoted(sample, "'") and not _is_quoted(sample, '"') else '"'


def _is_quoted(sample: str, quote: str) -> bool:
    """Whether cells begin and end with `quote` at delimiters or line ends."""
    edges = "\r\n,;\t|"
    opens = sum(f"{edge}{quote}" in sample for edge in edges) or sample.startswith(quote)
    return bool(opens) and any(f"{quote}{edge}" in sample for edge in edges)


def _fitted(sample: str, found: Dialect) -> Dialect:
    """The dialect with its share of rows of the commonest width; blanks after delimiters skipped if all have one."""
    skips = f'{found.delimiter} "' in sample and f'{found.delimiter}"' not in sample and found.delimiter != " "
    trial = Dialect(found.delimiter, found.quote, found.escape, skips)
    widths = _widths(sample, trial)
    fit = max(widths.values()) / sum(widths.values()) if widths else 0.0
    return Dialect(found.delimiter, found.quote, found.escape, skips, fit)


def _widths(sample: str, found: Dialect) -> Counter[int]:
    """How many rows of the sample have how many cells."""
    try:
        return Counter(len(row) for row in rows(sample, found) if any(row))
    except CxError:
        return Counter()


def _width(sample: str, found: Dialect) -> int:
    """The commonest width of the sample's rows."""
    common = _widths(sample, found).most_common(1)
    return common[0][0] if common else 0


def rows(text: str, found: Dialect, *, file: str = "") -> Iterator[list[str]]:
    """Yield the rows of `text` as lists of cells, all text.

    A blank line gives an empty list. Nothing is converted.

    Raises
    ------
    CxError
        If a cell never ends, as after a quote that nobody closed.

    Examples
    --------
    >>> list(rows('a,"b,c"\\n', Dialect()))
    [['a', 'b,c']]
    """
    how = {"delimiter": found.delimiter or "\x1f", "quotechar": found.quote or None}
    how |= {"quoting": csv.QUOTE_MINIMAL if found.quote else csv.QUOTE_NONE, "doublequote": True}
    reader = csv.reader(
        io.StringIO(text, newline=""), escapechar=found.escape or None, skipinitialspace=found.skips_blank, **how
    )
    try:
        yield from reader
    except csv.Error as error:
        raise CxError("endless-cell", file=file, row=reader.line_num) from error
