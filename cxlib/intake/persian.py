"""Persian text, normalised twice: one form for matching, one for showing.

The same word reaches us in many spellings: Arabic or Persian ya and kaf, a half-space (ZWNJ), a blank or nothing
between the parts of a word, Arabic, Persian or Latin digits, stretched letters. For matching all of them are one key.
For showing, letters and digits become Persian ones and half-spaces are kept and put where they belong; words are
never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from cxlib.intake.vocabulary import vocabulary

_HALF_SPACE = "\u200c"
_LETTER = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
_DIACRITICS = re.compile("[\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_UNSEEN = re.compile("[\u200b-\u200f\u061c\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"\s+")
_LOOSE = re.compile(rf"(?<=[{_LETTER}]) | (?=[{_LETTER}])")
_PERSIAN = re.compile(f"[{_LETTER}]")
_PLAIN = re.compile(r"[\x20-\x7e]*")
_WORD, _LATIN, _PERCENT = re.compile(r"\S+"), re.compile("[A-Za-z@]"), re.compile(r"(?<=\d) %")
_TO_PERSIAN = {ord("0") + digit: 0x06F0 + digit for digit in range(10)}
_TO_LATIN = {zero + digit: ord("0") + digit for zero in (0x06F0, 0x0660) for digit in range(10)}
_STOPS = ".:!\u060c\u061b\u061f"


def key(text: str) -> str:
    """Return the form under which `text` is matched: two texts with one key are one label.

    Letters, digits, blanks, half-spaces, diacritics, marks and case no longer matter. The key is not for showing.

    Examples
    --------
    >>> key("Very  Satisfied ") == key("very satisfied")
    True
    >>> key("\u0643\u0633\u0628\u200c\u0648\u0643\u0627\u0631") == key("\u06a9\u0633\u0628 \u0648\u06a9\u0627\u0631")
    True
    """
    if _PLAIN.fullmatch(text):
        return _BLANKS.sub(" ", text).strip().casefold()
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(_matching()))
    text = _BLANKS.sub(" ", _DIACRITICS.sub("", text)).strip().casefold()
    return _LOOSE.sub("", text)


def shown(text: str) -> str:
    """Return `text` as a Persian reader expects to see it; a text without Persian letters is only trimmed.

    Letters and digits become Persian, half-spaces go before plural and comparative endings and after the verbal
    prefix, blanks around stops are mended, stretched letters and diacritics go. No word is exchanged.

    Notes
    -----
    The rules of spacing are those that hazm and shekar share.

    Examples
    --------
    >>> shown("5 \u0643\u062a\u0627\u0628 \u0647\u0627") == "\u06f5 \u06a9\u062a\u0627\u0628\u200c\u0647\u0627"
    True
    """
    if not is_persian(text):
        return _BLANKS.sub(" ", text).strip()
    text = _DIACRITICS.sub("", text.translate(_display()))
    text = re.sub(f"{_HALF_SPACE}+", _HALF_SPACE, text)
    text = re.sub(f"(?<![{_LETTER}]){_HALF_SPACE}|{_HALF_SPACE}(?![{_LETTER}])", "", text)
    text = re.sub(r"[^\S\n]*\n\s*|[^\S\n]+", lambda blank: "\n" if "\n" in blank[0] else " ", text)
    return _digits(_stops(_affixes(text))).strip()


def is_persian(text: str) -> bool:
    """Tell whether `text` holds a letter of the Arabic script.

    Examples
    --------
    >>> is_persian("NPS"), is_persian("\u0633\u0644\u0627\u0645")
    (False, True)
    """
    return bool(_PERSIAN.search(text))


def folded(text: str) -> str:
    """Return `text` in lower case with Persian letters and nothing invisible; its words and blanks stay.

    Examples
    --------
    >>> folded("Fri, 11 Dec")
    'fri, 11 dec'
    """
    return _UNSEEN.sub("", text.translate(_display())).lower()


def latin_digits(text: str) -> str:
    """Return `text` with Latin digits and nothing invisible; letters and case stay.

    Examples
    --------
    >>> latin_digits("\u06f1\u06f2-A")
    '12-A'
    """
    return _UNSEEN.sub("", text.translate(_TO_LATIN)).strip()


def keys(texts: pd.Series) -> pd.Series:
    """Return `key` of each text, on the same index; missing stays missing."""
    return each(texts, key)


def each(texts: pd.Series, function: Callable[[str], str]) -> pd.Series:
    """Return `function` of every text, computed once for each distinct one."""
    code, cells = pd.factorize(texts)
    changed = np.array([function(cell) for cell in cells] + [None], dtype=object)
    return pd.Series(changed[code], index=texts.index, name=texts.name, dtype="str")


@cache
def _display() -> dict[int, str]:
    return str.maketrans(vocabulary("persian")["display"])


@cache
def _matching() -> dict[int, str]:
    words = vocabulary("persian")
    return str.maketrans(words["display"] | words["matching"] | words["marks"]) | _TO_LATIN


@cache
def _hanging() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Where a blank should be a half-space."""
    words = vocabulary("persian")
    end = f"(?![{_LETTER}{_HALF_SPACE}])"
    start = f"(?<![{_LETTER}{_HALF_SPACE}])"
    prefixes, suffixes, after_he = ("|".join(words[name]) for name in ("prefixes", "suffixes", "after_he"))
    return (
        (re.compile(f"{start}({prefixes}) (?=[{_LETTER}])"), rf"\1{_HALF_SPACE}"),
        (re.compile(f"(?<=[{_LETTER}]{{2}}) ({suffixes}){end}"), rf"{_HALF_SPACE}\1"),
        (re.compile(f"(?<=[{_LETTER}]\u0647) ({after_he}){end}"), rf"{_HALF_SPACE}\1"),
    )


def _affixes(text: str) -> str:
    """Endings and prefixes hang on their word by a half-space."""
    for pattern, replacement in _hanging():
        text = pattern.sub(replacement, text)
    return text


def _stops(text: str) -> str:
    """No blank before a stop, one after it where a letter follows."""
    text = re.sub(rf" +([{_STOPS}\u00bb)\]])", r"\1", text)
    text = re.sub(r"([\u00ab(\[]) +", r"\1", text)
    return re.sub(rf"(?<=[{_LETTER}])([{_STOPS}])(?=[{_LETTER}])", r"\1 ", text)


def _digits(text: str) -> str:
    """Persian digits, decimal mark and percent sign, except in words that hold Latin letters (addresses, models)."""
    return _WORD.sub(lambda word: word[0] if _LATIN.search(word[0]) else _numerals(word[0]), _PERCENT.sub("%", text))


def _numerals(word: str) -> str:
    word = re.sub(r"(?<=\d)%", "\u066a", word)
    word = re.sub(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])", "\\1\u066b\\2", word)
    return word.translate(_TO_PERSIAN)
