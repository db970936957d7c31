"""Numbers as each language writes them.

Persian has its own digits, decimal mark (٫), thousands mark (٬) and percent sign (٪). A signed number carries
a left-to-right mark so that the sign stays before the digits in a right-to-left line.
"""

from __future__ import annotations

import math
from typing import Any

_PERSIAN = str.maketrans("0123456789.,%", "۰۱۲۳۴۵۶۷۸۹٫٬٪")
_DIGITS_ONLY = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬٪", "01234567890123456789.,%")
_LEFT_TO_RIGHT = "\u200e"
_MINUS = "\u2212"


def digits(text: str, lang: str) -> str:
    """Return `text` with its digits as `lang` writes them; other signs stay.

    Examples
    --------
    >>> digits("1404-02", "fa")
    '۱۴۰۴-۰۲'
    """
    return text.translate(_DIGITS_ONLY) if lang == "fa" else text


def latin(text: str) -> str:
    """Return `text` with Persian and Arabic digits and marks as Latin ones.

    Examples
    --------
    >>> latin("۱۲٬۳۴۵٫۶")
    '12,345.6'
    """
    return text.translate(_LATIN)


def number(value: float, lang: str, spec: str = "") -> str:
    """Return `value` as `lang` writes it.

    Parameters
    ----------
    value
        A whole or decimal number. Not-a-number gives a dash.
    lang
        ``en`` or ``fa``.
    spec
        A format specification such as ``+.0f`` or ``.1%``; empty: whole numbers plain, others to three
        significant digits, thousands separated.

    Examples
    --------
    >>> number(1234.5, "en"), number(1234.5, "fa", ",.1f"), number(0.25, "fa", ".0%")
    ('1,234', '۱٬۲۳۴٫۵', '۲۵٪')
    """
    if value is None or not math.isfinite(value):
        return "–" if value is None or math.isnan(value) else {True: "∞", False: _MINUS + "∞"}[value > 0]
    text = format(value, spec or _plain(value))
    if float(value) < 0 and not any(mark in text for mark in "123456789"):
        text = text.replace("-", "+" if "+" in spec else "", 1)
    text = text.replace("-", _MINUS, 1)
    if lang != "fa":
        return text
    text = text.translate(_PERSIAN)
    return _LEFT_TO_RIGHT + text if text[0] in "+" + _MINUS else text


def _plain(value: float) -> str:
    """Whole numbers and those of four digits or more as whole, others to three significant digits."""
    if float(value).is_integer() or abs(value) >= 100:
        return ",.0f"
    return f",.{max(0, 2 - math.floor(math.log10(abs(value))))}f"


def money(amount: float, lang: str, *, code: str, show: str = "") -> str:
    """Return an amount with the name of its currency.

    Parameters
    ----------
    amount
        In units of `code`.
    code
        What the data are in: an ISO code such as ``EUR``, ``IRR`` (rial), or ``IRT`` (toman).
    show
        What the reader sees, if not `code`: rial can be shown as toman (one toman is ten rials) and back.

    Examples
    --------
    >>> money(1_500_000, "fa", code="IRR", show="IRT")
    '۱۵۰٬۰۰۰ تومان'
    >>> money(99.5, "en", code="EUR")
    '100 EUR'
    """
    from cxlib.words.catalogue import has, phrase

    shown = show or code
    amount = amount * {("IRR", "IRT"): 0.1, ("IRT", "IRR"): 10.0}.get((code, shown), 1.0)
    name = phrase(f"currency.{shown}", lang) if has(f"currency.{shown}") else shown
    return phrase("money", lang, amount=number(round(amount), lang), currency=name)


def as_number(value: Any) -> bool:
    """Tell whether `value` is a number to be written with `number` (booleans are not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
