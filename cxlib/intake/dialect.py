"""How a text file marks its cells: delimiter, quotes and escapes, found from a sample and checked by counting.

Where one common delimiter alone divides the rows there is nothing to choose. Where several do, clevercsv proposes one;
it is kept only if rows of one width come of it, else each is tried. A file that stays one wide column, or that no
delimiter divides evenly, is never accepted quietly: the caller asks.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cxlib.errors import CxError

SAMPLE = 64 * 1024
DELIMITERS = (",", ";", "\t", "|")
_RARE = ("~", "^", "\u060c", "\u00a6", " ")
_NAMES = {"tab": "\t", "\\t": "\t", "none": "", "space": " "}
_EVEN, _ODD = 0.9, 0.6
_SEP = re.compile(r"\"?sep=(.)\"?\r?\n")


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
        What stands before a quote inside a cell, if quotes are not doubled.
    skips_blank
        Whether a blank after a delimiter is no part of the cell.
    fit
        Share of the sample's rows that have the commonest width.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skips_blank: bool = False
    fit: float = 1.0

    @property
    def is_doubtful(self) -> bool:
        """Whether the rows are too uneven, or the delimiter too rare, to be believed without asking."""
        return bool(self.delimiter) and (self.fit < _ODD or self.delimiter in _RARE)


def dialect(text: str, *, delimiter: str = "") -> Dialect:
    """Return the dialect of `text`, judged by its first 64 KiB.

    Parameters
    ----------
    text
        The text of the file.
    delimiter
        What the user says stands between two cells; ``tab``, or ``none`` for a single column. Excel's own first line
        ``sep=;`` is believed too.

    Examples
    --------
    >>> dialect('a;b\\n1;"x;y"\\n').delimiter
    ';'
    >>> dialect("town\\nOslo\\nRome\\n").delimiter
    ''
    """
    sample = _whole_lines(text[:SAMPLE])
    told = _SEP.match(sample)
    delimiter, sample = delimiter or (told[1] if told else ""), sample[told.end() :] if told else sample
    if delimiter:
        return _fitted(sample, Dialect(_NAMES.get(delimiter, delimiter[:1]), _quotes(sample)[0], _escape(sample)))[0]
    dividing = {one: found for one in DELIMITERS if (found := _best(sample, [one])) is not None}
    proposed = dividing.get(_proposed(sample) if len(dividing) > 1 else next(iter(dividing), ""))
    if proposed is not None and proposed.fit >= _EVEN:
        return proposed
    common, rare = max(dividing.values(), key=lambda found: found.fit, default=None), _best(sample, _RARE)
    if common is not None and (common.fit >= _ODD or rare is None or rare.fit < _EVEN):
        return common
    return rare if rare is not None and rare.fit >= _EVEN else Dialect(delimiter="", quote='"' if '"' in sample else "")


def _whole_lines(sample: str) -> str:
    """The sample without its last, broken line."""
    return sample[: sample.rfind("\n") + 1] if len(sample) == SAMPLE and "\n" in sample else sample


def _best(sample: str, delimiters: Sequence[str]) -> Dialect | None:
    """The dialect by which most rows have one width above 1, or None if there is none."""
    there = [delimiter for delimiter in delimiters if delimiter in sample]
    if not there:
        return None
    quotes, escape = _quotes(sample), _escape(sample)
    tried = [_fitted(sample, Dialect(delimiter, quote, escape)) for delimiter in there for quote in quotes]
    return max((found for found, width in tried if width > 1), key=lambda found: found.fit, default=None)


def _proposed(sample: str) -> str:
    """The delimiter that clevercsv finds, or nothing."""
    import clevercsv

    try:
        found = clevercsv.Detector().detect(sample.replace("\x00", ""), delimiters=list(DELIMITERS))
    except (clevercsv.exceptions.NoDetectionResult, clevercsv.Error, ValueError, IndexError):
        return ""
    return found.delimiter if found else ""


def _quotes(sample: str) -> tuple[str, ...]:
    """The quotes to try: double ones unless only single ones enclose names of columns, or delimiters in a cell."""
    needed = re.search(r"(?:^|[\r\n,;\t|]) ?'[^'\r\n]*[,;\t|][^'\r\n]*'(?:$|[\r\n,;\t|])", sample)
    header = re.split(r"[\r\n]", sample.lstrip(), maxsplit=1)[0]
    single, double = bool(needed) or _is_quoted(header, "'"), _is_quoted(sample, '"')
    return ("'",) if single and not double and '"' not in sample else ('"', "'") if single and not double else ('"',)


def _is_quoted(sample: str, quote: str) -> bool:
    """Whether cells begin and end with `quote` at delimiters or line ends."""
    edge = r"[\r\n,;\t|]"
    return bool(re.search(rf"(?:^|{edge}) ?{quote}[^{quote}\r\n]*{quote}(?:$|{edge})", sample))


def _escape(sample: str) -> str:
    """A backslash if one stands before quotes inside quoted cells, else nothing."""
    return "\\" if re.search(r'[^\\,;\t|\r\n]\\"(?![,;\t|\r\n]|$)', sample) else ""


def _fitted(sample: str, found: Dialect) -> tuple[Dialect, int]:
    """The dialect with its fit, the share of rows of the commonest width, and this width.

    Blanks are skipped where quotes follow them. Where each cell of rows of one width is quoted, and no other row holds
    a quoted cell beside another, there is no doubt: the others are titles and footers. Beside two columns they could be
    rows that lack a cell.
    """
    skips = f"{found.delimiter} {found.quote}" in sample and f"{found.delimiter}{found.quote}" not in sample
    trial = replace(found, skips_blank=skips and found.delimiter not in ("", " "))
    widths = _widths(sample, trial)
    wide = Counter({width: count for width, count in widths.items() if width > 1})
    width, most = wide.most_common(1)[0] if wide else (0, 0)
    between = sample.count(f"{found.quote}{found.delimiter}{found.quote}") if found.quote else 0
    if most > 1 and max(wide) == width > 2 and wide.total() - most < 2 and between == (width - 1) * most:
        return trial, width
    width, most = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    return replace(trial, fit=most / widths.total() if widths else 0.0), width


def _widths(sample: str, found: Dialect) -> Counter[int]:
    """How many rows of the sample have how many cells."""
    try:
        return Counter(map(len, filter(any, rows(sample, found))))
    except CxError:
        return Counter()


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
    if found.escape:
        text = _plain_backslashes(text, found)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=found.delimiter or "\x1f",
        quotechar=found.quote or None,
        quoting=csv.QUOTE_MINIMAL if found.quote else csv.QUOTE_NONE,
        escapechar=found.escape or None,
        skipinitialspace=found.skips_blank,
    )
    try:
        yield from reader
    except csv.Error as error:
        raise CxError("endless-cell", file=file, row=reader.line_num) from error


def _plain_backslashes(text: str, found: Dialect) -> str:
    """The text with backslashes that escape nothing doubled, so that they stay."""
    meant = {"\\", found.quote, found.delimiter}
    return re.sub(r"\\(.)", lambda match: match[0] if match[1] in meant else "\\" + match[0], text, flags=re.DOTALL)
