"""Every text that a person reads, by key, in English and Persian.

The catalogues are gettext files whose msgid is the key. A placeholder such as ``{n}`` or ``{share:.0%}`` is filled
with a value written as the language writes it: Persian digits, the language's list comma.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from cxlib.words.numbers import as_number, number

LANGS = ("en", "fa")
_FOLDER = Path(__file__).parent


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Return all entries of `lang`: key → text."""
    import polib

    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(_FOLDER / f"{lang}.po"))}


def has(key: str) -> bool:
    """Tell whether the catalogue knows `key`."""
    return key in catalogue("en")


def pieces(key: str, lang: str) -> Iterator[tuple[str, str, str]]:
    """Yield the entry `key` as (text before, placeholder name, its format); the name is empty at the end.

    Examples
    --------
    >>> list(pieces("money", "en"))
    [('', 'amount', ''), (' ', 'currency', '')]
    """
    for text, name, spec, _ in Formatter().parse(catalogue(lang)[key]):
        yield text, name or "", spec or ""


def phrase(key: str, lang: str, **values: Any) -> str:
    """Return the entry `key` in `lang` with its placeholders filled.

    Raises
    ------
    KeyError
        If the catalogue has no such entry or a placeholder has no value.

    Examples
    --------
    >>> phrase("money", "fa", amount="۱۲", currency="تومان")
    '۱۲ تومان'
    """
    return "".join(text + (written(values[name], lang, spec) if name else "") for text, name, spec in pieces(key, lang))


def both(key: str) -> dict[str, str]:
    """Return the entry `key` in every language, for a value inside another message.

    Examples
    --------
    >>> both("currency.IRT")
    {'en': 'toman', 'fa': 'تومان'}
    """
    return {lang: phrase(key, lang) for lang in LANGS}


def written(value: Any, lang: str, spec: str = "") -> str:
    """Return one value as `lang` writes it: numbers, lists, the client's texts in two languages, names.

    Examples
    --------
    >>> written([1, 2], "fa"), written({"en": "yes", "fa": "بله"}, "en")
    ('۱، ۲', 'yes')
    """
    if as_number(value):
        return number(value, lang, spec)
    if isinstance(value, dict):
        return value.get(lang) or next(iter(value.values()))
    if isinstance(value, (list, tuple)):
        return ("، " if lang == "fa" else ", ").join(written(item, lang, spec) for item in value)
    return str(value)
