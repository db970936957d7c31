"""What intake tells about a file beside its cells: warnings, evidence and a log of every changed cell.

A remark is a catalogue key and its values, so the same remark is read in both languages. Nothing that was padded,
dropped or converted goes unlogged: each log line counts its cells and gives the first twenty as examples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxlib.errors import CxError
from cxlib.intake.typed import Question

EXAMPLES = 20
COLUMNS = ("file", "table", "column", "row", "what", "count", "examples")


@dataclass(frozen=True)
class Remark:
    """A warning or a piece of evidence: catalogue key ``intake.<key>`` and the values that fill it.

    Examples
    --------
    >>> Remark("no-rows").key
    'no-rows'
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """Return the remark as a reader of `lang` reads it."""
        from cxlib.words import phrase

        return phrase(f"intake.{self.key}", lang, **self.values)


@dataclass(frozen=True)
class Line:
    """One line of the log: what was done to how many cells of a column.

    Attributes
    ----------
    what
        Catalogue key ``log.<what>``, for example ``padded``, ``dropped-cell``, ``not-a-number``.
    count
        How many cells or rows.
    column
        The column, empty where whole rows are meant.
    row
        The first of them: line of the table counted from 1, the header included; None if unknown.
    examples
        The first twenty, as ``row: text``.
    """

    what: str
    count: int
    column: str = ""
    row: int | None = None
    examples: tuple[str, ...] = ()

    def text(self, lang: str = "en") -> str:
        """Return the line as a reader of `lang` reads it."""
        from cxlib.words import phrase

        return phrase(f"log.{self.what}", lang, count=self.count, column=self.column)


def line(what: str, cells: Iterable[tuple[int, str]], *, column: str = "", count: int | None = None) -> Line:
    """Return one log line about `cells`, each a row number and the text that stood there, redacted.

    Examples
    --------
    >>> line("padded", [(3, ""), (9, "")], column="c")
    Line(what='padded', count=2, column='c', row=3, examples=('3: ', '9: '))
    """
    cells = list(cells)
    shown = tuple(f"{row}: {_short(text)}" for row, text in cells[:EXAMPLES])
    return Line(what, len(cells) if count is None else count, column, cells[0][0] if cells else None, shown)


def asked(question: Question, lang: str) -> str:
    """Return a question as a reader of `lang` reads it; what it quotes of the cells is redacted.

    Examples
    --------
    >>> asked(Question("one-column", {"example": "ann@example.com"}), "en").count("[email]")
    1
    """
    from cxlib.words import phrase

    return phrase(f"question.{question.key}", lang, **{name: _safe(value) for name, value in question.values.items()})


def _safe(value: Any) -> Any:
    """A text, or the texts of a list, redacted; anything else as it is."""
    from cxlib.intake.redaction import redact

    if isinstance(value, (list, tuple)):
        return [_safe(item) for item in value]
    return redact(value) if isinstance(value, str) else value


def asks(question: Question, *, file: str) -> CxError:
    """Return the error that stops a run until the user answered `question` about a file."""
    from cxlib.words import LANGS

    words = {lang: asked(question, lang) for lang in LANGS}
    key = "asks-setting" if question.setting else "asks"
    column = str(question.values.get("column", ""))
    return CxError(key, file=file, column=column, expected=question.setting, question=words)


def _short(text: str) -> str:
    """One line of at most 60 characters, redacted: a misplaced cell may be part of a comment."""
    from cxlib.intake.redaction import redact

    text = redact(" ".join(str(text)[:400].split())) if text else ""
    return text if len(text) <= 60 else text[:59] + "…"


def log_frame(lines: Iterable[Line], *, file: str, table: str = "") -> pd.DataFrame:
    """Return log lines as the table that `Intake.log` holds, one row a line."""
    rows = [(file, table, item.column, item.row, item.what, item.count, " · ".join(item.examples)) for item in lines]
    cells = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    kinds = dict.fromkeys(COLUMNS, "str") | {"row": "Int64", "count": "int64"}
    return pd.DataFrame({name: pd.array(some, dtype=kinds[name]) for name, some in zip(COLUMNS, cells, strict=True)})
