"""Which way a language runs, and how a foreign run is kept apart inside a line."""

from __future__ import annotations

_FIRST_STRONG, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"
_RIGHT_TO_LEFT_MARK = "\u200f"


def direction(lang: str) -> str:
    """Return ``rtl`` for Persian and ``ltr`` for English, as HTML's ``dir`` wants it.

    Examples
    --------
    >>> direction("fa")
    'rtl'
    """
    return "rtl" if lang == "fa" else "ltr"


def isolated(text: str) -> str:
    """Return `text` in a direction isolate, so that a Latin name does not disturb a Persian line."""
    return f"{_FIRST_STRONG}{text}{_END}"


def kept(text: str) -> str:
    """Return `text` as a left-to-right run: a range such as 0–10 keeps its order in a Persian line."""
    return f"{_LEFT_TO_RIGHT}{text}{_END}"


def marked(text: str, lang: str) -> str:
    """Return a line for a figure: Persian lines begin with a right-to-left mark."""
    return _RIGHT_TO_LEFT_MARK + text if lang == "fa" else text
