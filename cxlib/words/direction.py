"""Which way a language runs, and how a line of a figure is marked for it."""

from __future__ import annotations

_RIGHT_TO_LEFT_MARK = "\u200f"


def direction(lang: str) -> str:
    """Return ``rtl`` for Persian and ``ltr`` for English, as HTML's ``dir`` wants it.

    Examples
    --------
    >>> direction("fa")
    'rtl'
    """
    return "rtl" if lang == "fa" else "ltr"


def marked(text: str, lang: str) -> str:
    """Return a line for a figure: Persian lines begin with a right-to-left mark."""
    return _RIGHT_TO_LEFT_MARK + text if lang == "fa" else text
