"""From comments to words: the same word in one spelling, in English and Persian, small words left out.

Arabic and Persian letters and digits, half-spaces, stretched letters and diacritics are spellings, not different
words. This is for counting only; what a reader sees is the comment as written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_LETTERS = {
    0x064A: 0x06CC,
    0x0649: 0x06CC,
    0x0643: 0x06A9,
    0x0629: 0x0647,
    0x0623: 0x0627,
    0x0625: 0x0627,
    0x0624: 0x0648,
    0x06C0: 0x0647,
    0x200C: None,
    0x200D: None,
    0x0640: None,
    0x0027: None,
    0x2019: None,
}
_LETTERS |= {zero + digit: ord("0") + digit for zero in (0x06F0, 0x0660) for digit in range(10)}
_MARKS = re.compile("[\u064b-\u065f\u0670\u06d6-\u06ed]")
_WORD = re.compile(r"[^\W_]+")
_ARABIC = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z]")


def spelled(text: str) -> str:
    """Return the text in the spelling in which words are counted.

    Examples
    --------
    >>> spelled("Don't  WAIT"), spelled("\u0643\u062a\u0627\u0628\u200c\u0647\u0627") == "کتابها"
    ('dont  wait', True)
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).translate(_LETTERS)).casefold()


def words(text: str, *, keep_small: bool = False) -> list[str]:
    """Return the words of a comment in order, in one spelling.

    Numbers, single letters and small words ("and", "the" and their Persian kin) are left out.

    Parameters
    ----------
    text
        A comment in English or Persian.
    keep_small
        Keep every word, single letters included.

    Examples
    --------
    >>> words("The delivery was late, 3 days late!")
    ['delivery', 'late', 'days', 'late']
    """
    found = _WORD.findall(spelled(text))
    if keep_small:
        return found
    return [word for word in found if len(word) > 1 and not word.isdigit() and word not in _small()]


@cache
def _small() -> frozenset[str]:
    """The small words of both languages, in one spelling."""
    folder = Path(__file__).parent / "stopwords"
    return frozenset(
        spelled(word) for lang in ("en", "fa") for word in (folder / f"{lang}.txt").read_text(encoding="utf-8").split()
    )


def is_english(text: str) -> bool:
    """Tell whether a comment is written in Latin letters rather than Persian ones.

    Examples
    --------
    >>> is_english("great service"), is_english("\u0639\u0627\u0644\u06cc")
    (True, False)
    """
    latin = len(_LATIN.findall(text))
    return latin > 0 and latin > len(_ARABIC.findall(text))
