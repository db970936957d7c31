"""Personal data taken out of comments before they are stored or shown.

An address, a number or a name is replaced by what it was: "[email]", "[phone]". Numbers that carry a check digit (bank
cards, IBAN and Sheba, Iranian national ids) are replaced only if it is right, so order numbers and prices stay
readable. Redacting twice changes nothing. It finds what has a form; a person described in words is not found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlib.intake.persian import folded
from cxlib.intake.typed import Note, Typed, distinct
from cxlib.intake.vocabulary import vocabulary
from cxlib.words import LANGS, phrase

KINDS = ("url", "email", "handle", "iban", "card", "national-id", "phone", "name")
_LATIN = {zero + digit: ord("0") + digit for zero in (0x06F0, 0x0660) for digit in range(10)}
_MASK = "\x00"
_BEFORE, _AFTER = r"(?<!\w)", r"(?!\w)"
_SIGNS = ("$", "\u20ac", "\u00a3", "\u00a5")
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2066-\u2069"
_GAP = rf"[ \u00a0{_UNSEEN}.()\-\u2010-\u2013]{{0,3}}"
_START, _END = r"(?<![A-Za-z0-9_.,/\u066b\u066c-])", r"(?![A-Za-z0-9_]|[.,/\u066b\u066c-]\d)"
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9]"
_LOOSE = "[^A-Za-z0-9]{0,3}"
_MAYBE = (
    rf"@|[\[(](?i:at)[\])]|://|(?i:www)\.|\.[A-Za-z]+/|(?:{_DIGIT}{_LOOSE}){{8}}"
    rf"|\b[A-Za-z]{{2}}{_LOOSE}{_DIGIT}{{2}}(?:{_LOOSE}[A-Za-z0-9]){{11}}"
)
_TLD = (
    r"(?:com|org|net|edu|gov|ir|io|ai|dev|xyz|me|co|de|fr|es|nl|pl|ru|tr|ae|af|iq|ca|au|uk|eu|info|biz|app|shop|store"
    r"|site|online|live|tv|cc|link|ly|gl|gle|page)"
)
_AT, _DOT = r"\s?(?:@|\[at\]|\(at\))\s?", r"(?:\.|\s?(?:\[dot\]|\(dot\))\s?)"
_URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"\u00ab\u00bb\x00]+"
    rf"|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.{_TLD}/[^\s\x00]*",
    re.IGNORECASE,
)
_EMAIL = re.compile(rf"(?<![\w.+%-])[\w.+%-]{{1,80}}{_AT}[\w-]+(?:{_DOT}[\w-]+)*{_DOT}[^\W\d_]{{2,}}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z_](?:[A-Za-z0-9_]|\.(?=\w)){1,29}(?![A-Za-z0-9_@])")
_IBAN = re.compile(rf"{_START}[A-Za-z]{{2}}{_GAP}\d{{2}}(?:{_GAP}[A-Za-z0-9]){{11,30}}(?!\w)|{_START}\d{{24}}{_END}")
_CARD = re.compile(
    rf"{_START}(?:\d{{4}}(?P<gap>{_GAP})\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}"
    rf"|\d{{4}}(?P<space>[ -])\d{{6}}(?P=space)\d{{5}}|\d{{13,19}}){_END}"
)
_NATIONAL = re.compile(rf"{_START}(?:\d{{10}}|\d{{3}}-\d{{6}}-\d){_END}")
_PHONE = re.compile(
    rf"(?<![A-Za-z0-9_+.,/\u066b\u066c])(?:"
    rf"(?:(?:(?:\+|00){_GAP})?98{_GAP}\(?0?\)?|0)?9\d{{2}}(?:{_GAP}\d){{7}}"  # Iranian mobile
    rf"|(?:(?:\+|00){_GAP}98{_GAP}|\(?0)[1-8]\d\)?(?:{_GAP}\d){{8}}"  # Iranian landline with its area
    rf"|\+\d{{1,3}}(?:{_GAP}\d){{7,12}}|00\d{{1,3}}(?:{_GAP}\d){{8,12}}"  # international
    rf"|(?:\+?1[ .-])?\(?[2-9]\d{{2}}\)?[ .-]{{1,2}}\d{{3}}[ .-]\d{{4}}"  # North American
    rf"){_END}"
)


def redacted(text: pd.Series, *, names: Sequence[str] = (), lang: str = "en") -> Typed:
    """Return comments with personal data replaced, and a note of how many of each kind.

    Parameters
    ----------
    text
        Comments; missing stays missing.
    names
        Names of staff that the client listed. They are found in any spelling of Persian letters and half-spaces.
    lang
        Language of the placeholders.

    Examples
    --------
    >>> redacted(pd.Series(["Call 0912 345 6789, order 1234567"])).values.tolist()
    ['Call [phone], order 1234567']
    """
    column = distinct(text)
    pattern = _names(tuple(names))
    counts: Counter[str] = Counter()
    changed, rows = np.array(column.cells, dtype=object), column.count
    for place in _suspects(column.cells, pattern):
        changed[place], kinds = _replaced(changed[place], pattern, lang)
        for kind in kinds:
            counts[kind] += int(rows[place])
    values = pd.Series(column.spread(changed, None), index=text.index, name=text.name, dtype="str")
    told = {"count": counts.total()} | {kind: counts[kind] for kind in KINDS if counts[kind]}
    notes = (Note("redacted", told),) if counts else ()
    return Typed(values, column.problems(np.full(len(changed), "", dtype=object)), notes=notes)


def redact(text: str, *, names: Sequence[str] = (), lang: str = "en") -> str:
    """Return one text with personal data replaced.

    Examples
    --------
    >>> redact("Write to a.b@example.com or see https://example.com/x")
    'Write to [email] or see [link]'
    """
    return _replaced(text, _names(tuple(names)), lang)[0]


def is_luhn(digits: str) -> bool:
    """Tell whether the last digit of a card number checks.

    Examples
    --------
    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def is_national_id(digits: str) -> bool:
    """Tell whether ten digits are an Iranian national id: the last one checks the others.

    Examples
    --------
    >>> is_national_id("0013542419"), is_national_id("0013542418")
    (True, False)
    """
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return len(set(digits)) > 1 and int(digits[9]) == (rest if rest < 2 else 11 - rest)


def is_iban(text: str) -> bool:
    """Tell whether an IBAN, or a Sheba without its IR, checks.

    Examples
    --------
    >>> is_iban("GB29NWBK60161331926819"), is_iban("GB30NWBK60161331926819")
    (True, False)
    """
    plain = ("IR" + text if text.isdigit() else text).upper()
    return 15 <= len(plain) <= 34 and int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _suspects(cells: np.ndarray, names: re.Pattern[str] | None) -> np.ndarray:
    """Cells that may hold personal data: a quick look, so that only they are read closely."""
    text = pa.array(cells, type=pa.large_string())
    found = pc.match_substring_regex(text, _MAYBE)
    if names:
        found = pc.or_(found, pc.match_substring_regex(text, _anywhere(names), ignore_case=True))
    return np.flatnonzero(found.to_numpy(zero_copy_only=False))


def _anywhere(names: re.Pattern[str]) -> str:
    """The names without the ends of words, as the quick look wants them."""
    return names.pattern.removeprefix(_BEFORE).removesuffix(_AFTER)


def _replaced(text: str, names: re.Pattern[str] | None, lang: str) -> tuple[str, list[str]]:
    """The text with placeholders, and the kind of each that was put in."""
    plain = _places().sub(lambda match: _MASK * len(match[0]), text.translate(_LATIN))
    found: list[tuple[int, int, str]] = []
    before = -1
    while len(found) > before:
        before = len(found)
        for kind in KINDS:
            for start, end in _spans(plain, kind, names):
                found.append((start, end, kind))
                plain = plain[:start] + _MASK * (end - start) + plain[end:]
    for start, end, kind in sorted(found, reverse=True):
        text = f"{text[:start]}[{phrase(f'redaction.{kind}', lang)}]{text[end:]}"
    return text, [kind for *_, kind in found]


def _spans(plain: str, kind: str, names: re.Pattern[str] | None) -> list[tuple[int, int]]:
    """Where one kind of personal data stands."""
    if kind == "name":
        return [match.span() for match in names.finditer(plain)] if names else []
    return list(_FINDERS[kind](plain))


def _found(pattern: re.Pattern[str], check: Callable[[str], bool], plain: str) -> Iterator[tuple[int, int]]:
    """Matches whose digits check and that are no amount of money."""
    for match in pattern.finditer(plain):
        if check(re.sub(r"[^A-Za-z0-9]", "", match[0])) and not _is_money(plain, match):
            yield match.span()


def _is_money(plain: str, match: re.Match[str]) -> bool:
    """Whether a currency stands beside the number."""
    return bool(_currency().match(plain, match.end())) or plain[: match.start()].rstrip().endswith(_SIGNS)


def _urls(plain: str) -> Iterator[tuple[int, int]]:
    """Addresses of pages, without the stop that ends the sentence."""
    for match in _URL.finditer(plain):
        yield match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}\u060c\u061b\u061f"))


def _ibans(plain: str) -> Iterator[tuple[int, int]]:
    """IBANs; a word that follows after a blank is not part of them."""
    for match in _IBAN.finditer(plain):
        for end in range(match.end(), match.start() + 14, -1):
            whole = plain[match.start() : end]
            joined = re.sub(r"[^A-Za-z0-9]", "", whole)
            if whole[-1].isalnum() and not plain[end : end + 1].isalnum() and is_iban(joined):
                yield match.start(), end
                break


_FINDERS: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {
    "url": _urls,
    "email": lambda plain: (match.span() for match in _EMAIL.finditer(plain)),
    "handle": lambda plain: (match.span() for match in _HANDLE.finditer(plain)),
    "iban": _ibans,
    "card": lambda plain: _found(_CARD, is_luhn, plain),
    "phone": lambda plain: _found(_PHONE, bool, plain),
    "national-id": lambda plain: _found(_NATIONAL, is_national_id, plain),
}


@cache
def _currency() -> re.Pattern[str]:
    """A currency word after a number."""
    words = sorted((folded(word) for word in vocabulary("amounts")["currencies"] if len(word) > 1), key=len)
    return re.compile(rf"[\s{_UNSEEN}]*(?:{'|'.join(map(re.escape, reversed(words)))}|[$\u20ac\u00a3\u00a5])", re.I)


@cache
def _places() -> re.Pattern[str]:
    """Placeholders that stand in a text already."""
    words = [re.escape(phrase(f"redaction.{kind}", lang)) for kind in KINDS for lang in LANGS]
    return re.compile(rf"\[(?:{'|'.join(words)})\]")


@cache
def _names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Any of the names, in any spelling of letters and half-spaces."""
    patterns = [rf"[\s{_UNSEEN}]*".join(_spelled(part) for part in name.split()) for name in names if name.strip()]
    longest = sorted(patterns, key=len, reverse=True)
    return re.compile(f"{_BEFORE}(?:{'|'.join(longest)}){_AFTER}", re.IGNORECASE) if longest else None


def _spelled(part: str) -> str:
    """A pattern for one part of a name."""
    same = vocabulary("persian")["display"] | vocabulary("persian")["matching"]
    found = ""
    for letter in folded(part):
        home = same.get(letter, letter)
        spellings = {letter, home or letter, *(other for other, one in same.items() if one == home and home)}
        found += f"[{''.join(map(re.escape, sorted(spellings)))}][{_UNSEEN}\u064b-\u0652]*"
    return found
