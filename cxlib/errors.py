"""Errors and warnings that tell what was found, what was expected and what to do.

A message is a catalogue entry ``error.<key>``, so the same error can be read in English and in Persian.
Where something is wrong (file, row, column) travels beside the words, for forms and machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class CxError(Exception):
    """Wrong input: stops before anything is computed or written.

    Parameters
    ----------
    key
        Catalogue entry ``error.<key>``; its placeholders are the fields below and `more`.
    file, row, column
        Where it was found: a path relative to the engagement, a line or row counted from 1, a column or field.
    found, expected, remedy
        What stands there, what should, and what to do. A list is joined in the reader's language.
    more
        Further values that the message names.

    Examples
    --------
    >>> error = CxError("no-column", file="responses.csv", column="nps_score", found=["id", "nps score"])
    >>> print(str(error).splitlines()[0])
    Table 'responses.csv' has no column 'nps_score'.
    """

    def __init__(
        self,
        key: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        found: Any = "",
        expected: Any = "",
        remedy: str = "",
        **more: Any,
    ) -> None:
        self.key, self.file, self.row, self.column = key, file, row, column
        self.found, self.expected, self.remedy, self.more = found, expected, remedy, more
        super().__init__(key)

    def text(self, lang: str) -> str:
        """Return the message in `lang` (``en`` or ``fa``)."""
        from cxlib.words import phrase

        where = {"file": self.file, "row": self.row, "column": self.column}
        what = {"found": self.found, "expected": self.expected, "remedy": self.remedy}
        return phrase(f"error.{self.key}", lang, **where, **what, **self.more)

    def __str__(self) -> str:
        return self.text("en")

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback: the message in both languages."""
        from cxlib.words import LANGS

        return [self.text(lang) + "\n" for lang in LANGS]


class Stopped(CxError):
    """Not the input but the machine, or a wish, stopped the work: what is finished stays, the rest can go on later."""


class CxErrors(CxError):
    """Several things wrong at once, so that all can be mended in one go."""

    def __init__(self, errors: Iterable[CxError]) -> None:
        self.errors = list(errors)
        first = self.errors[0]
        super().__init__(first.key, file=first.file, row=first.row, column=first.column)

    def text(self, lang: str) -> str:
        """Return all messages in `lang`, a blank line between two."""
        return "\n\n".join(error.text(lang) for error in self.errors)


class DataWarning(UserWarning):
    """The data lets a result be computed but gives a reason to doubt it."""


class SmallSampleWarning(DataWarning):
    """The result rests on fewer answers than the client's minimum n."""


def closest(name: str, options: Iterable[str]) -> str:
    """Return the option most like `name`, or an empty string if none is near.

    Examples
    --------
    >>> closest("nps_score", ["id", "nps score", "date"])
    'nps score'
    """
    from difflib import get_close_matches

    near = get_close_matches(str(name), [str(option) for option in options], n=1, cutoff=0.6)
    return near[0] if near else ""
