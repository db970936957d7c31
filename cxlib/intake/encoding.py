"""From bytes to text: byte-order mark, then strict UTF-8, then a detector that may have to ask.

A wrong encoding turns letters into others without any error, so a doubtful one is a question. The field
``encoding:`` of a source answers it.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

from cxlib.errors import CxError
from cxlib.intake.typed import Question

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_DOUBLE = ("cp932", "cp949", "gb18030", "big5hkscs", "euc_jis_2004")
_CANDIDATES = (
    *("cp1252", "mac-roman", "cp1256", "cp1250", "cp1251", "cp1254", "cp850", "iso8859-15", "cp1253", "cp1255"),
    *("iso8859-2", "cp852", "mac-latin2", "koi8-r", "cp866", "mac-cyrillic", "iso8859-7", "cp1257"),
    *_DOUBLE,
)
"""Encodings that survey and office programs write, the commonest first: of two that read the same it gives the name."""
_SAMPLE = 32 * 1024
_CLEAR = {40: 1.25, 10: 1.4}
"""Bytes that are not ASCII → how much likelier than the second the best reading must be to be believed."""
_RARE = 0.8
_ZEROS, _REGULAR = 4, 0.9
_SOUND = 8
"""So many times more sound letters than damaged ones make UTF-8 with damage: other encodings give hardly any."""
_HIRAGANA = re.compile("[\u3041-\u3096]{3}")
_JOINING = "\u2019\u2018\u00b7\u00ad\u200c\u200d"


@dataclass(frozen=True)
class Decoded:
    """A file's text and how it was decoded.

    Attributes
    ----------
    text
        The text, without byte-order mark.
    encoding
        Python's name of the encoding: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1256`` …
    is_sure
        Whether mark, strict decoding or a confident detector says so. If not, `questions` asks.
    questions
        What the user should tell.
    """

    text: str
    encoding: str
    is_sure: bool = True
    questions: tuple[Question, ...] = ()


def decoded(data: bytes, *, encoding: str = "", file: str = "") -> Decoded:
    """Return the text of `data`.

    Text of one encoding read by another often looks like text, so only a byte-order mark, strict UTF-8 or a
    confident detector is believed; everything else is read for a first look and asked about.

    Parameters
    ----------
    data
        The bytes of a text file.
    encoding
        What the user says it is; then nothing is detected.
    file
        Its name, for errors.

    Raises
    ------
    CxError
        If the encoding that the user gave is unknown or does not fit the bytes, or a marked or UTF-8 file is damaged.

    Examples
    --------
    >>> decoded("سلام".encode("utf-16")).encoding
    'utf-16'
    >>> decoded(b"caf\\x8e").is_sure
    False
    """
    if encoding:
        return _told(data, encoding, file)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _told(data, name, file)
    wide = _wide(data)
    if wide:
        return _told(data, wide, file)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        _stop_at_damage(data, file)
        return _detected(data)


def _stop_at_damage(data: bytes, file: str) -> None:
    """Refuse UTF-8 of which a few letters are damaged: no other encoding would read the rest right."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", "ignore")) > _SOUND * damaged:
        place = text.index("\ufffd")
        cell = text[max(0, place - 20) : place + 10].splitlines()
        first = next(part for part in cell if "\ufffd" in part)
        raise CxError("broken-utf8", file=file, row=text.count("\n", 0, place) + 1, found=first, count=damaged)


def _told(data: bytes, encoding: str, file: str) -> Decoded:
    """The text by an encoding that a mark or the user names."""
    try:
        name = codecs.lookup(encoding).name
        return Decoded(data.decode(name).removeprefix("\ufeff"), name)
    except (LookupError, UnicodeError, ValueError) as error:
        where = data[error.start : error.start + 8].hex(" ") if isinstance(error, UnicodeDecodeError) else ""
        raise CxError("wrong-encoding", file=file, found=where, expected=encoding) from error


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: zeros stand at the places of high bytes alone. Empty if it is neither."""
    for name in _WIDE if data.count(b"\x00", 0, 4096) >= _ZEROS else ():
        width = 4 if "32" in name else 2
        sample = data[: min(4096, len(data) // width * width)]
        high = sample[slice(width - 1 if name.endswith("le") else 0, None, width)]
        zeros = high.count(0)
        is_regular = width == 2 and zeros > _REGULAR * sample.count(0) and b"\n" in sample
        if (zeros > 0.5 * len(high) or is_regular) and _begins(sample, name):
            return name
    return ""


def _begins(sample: bytes, encoding: str) -> bool:
    """Whether the bytes can be the beginning of a text in `encoding`."""
    try:
        return bool(codecs.getincrementaldecoder(encoding)().decode(sample))
    except UnicodeDecodeError:
        return False


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes are valid in `encoding`."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _detected(data: bytes) -> Decoded:
    """The text by the detector, with a question unless one reading is much likelier than every other."""
    sample = _telling(data)
    likely = _likely(data, sample)
    names = list(likely) or ["latin-1"]
    best, second = [*likely.values(), 0.0, 0.0][:2]
    clear = next((clear for letters, clear in _CLEAR.items() if _high(sample) >= letters), math.inf)
    text = data.decode(names[0])
    if best > clear * second and (names[0] in _DOUBLE or not _is_paired(sample)):
        return Decoded(text, names[0])
    readings = [f"{item} “{_reading(sample, item)}”" for item in names]
    asked = Question("unsure-encoding", {"readings": readings}, "encoding")
    return Decoded(text, names[0], False, (asked,))


def _is_paired(sample: bytes) -> bool:
    """Whether the bytes that are not ASCII may be letters of two bytes each, as in Chinese, Japanese, Korean."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    return all(len(run) % 2 == 0 for run in runs) or bool(_HIRAGANA.search(sample.decode("cp932", "ignore")))


def _likely(data: bytes, sample: bytes) -> dict[str, float]:
    """The five encodings that likeliest read the bytes, each as another text, best first, and how likely each is.

    What the detector says of a reading counts by its share of letters that stand in place, as signs inside words tell
    that a related encoding is meant, and less where no Windows writes it.
    """
    from chardet import detect_all

    found = detect_all(sample, ignore_threshold=True, include_encodings=_CANDIDATES, compat_names=False)
    told = {codecs.lookup(item["encoding"] or "ascii").name: item["confidence"] for item in found}
    readings: dict[str, tuple[str, float]] = {}
    for name in _CANDIDATES:
        if codecs.lookup(name).name in told:
            text = sample.decode(name, "replace")
            first, weight = readings.get(text, (name, 0.0))
            usual = 1.0 if name.startswith("cp12") or name in _DOUBLE else _RARE
            readings[text] = first, max(weight, told[codecs.lookup(name).name] * _in_place(text) * usual)
    best = sorted(readings.values(), key=lambda item: -item[1])
    return dict(islice((item for item in best if _decodes(data, item[0])), 5))


def _in_place(text: str) -> float:
    """The share of what is not ASCII that stands where it can: no capital after a small letter, no sign in a word."""
    text = f" {text[: _SAMPLE // 8]} "
    odd = [
        (kind == "Lu" and text[place - 1].islower())
        or (kind[0] not in "LMN" and kind not in ("Sc", "Cf", "Zs", "Po", "Pi", "Pf", "Ps", "Pe", "Pd"))
        or (kind[0] not in "LMN" and letter not in _JOINING and text[place - 1].isalpha() and text[place + 1].isalpha())
        for place, letter in enumerate(text)
        if letter > "\x7f" and (kind := unicodedata.category(letter))
    ]
    return 1 - sum(odd) / max(1, len(odd))


def _telling(data: bytes) -> bytes:
    """The lines with bytes that are not ASCII, up to the sample's size: the others tell nothing."""
    pieces, taken, end = [], 0, 0
    for match in re.finditer(rb"[\x80-\xff]+", data):
        if match.start() < end:
            continue
        start = data.rfind(b"\n", end, match.start()) + 1 or end
        end = data.find(b"\n", match.end()) + 1 or len(data)
        pieces.append(data[start:end])
        taken += len(pieces[-1])
        if taken >= _SAMPLE:
            break
    return b"".join(pieces)[:_SAMPLE]


def _high(sample: bytes) -> int:
    """How many bytes are not ASCII."""
    return len(sample) - len(sample.decode("ascii", "ignore"))


def _reading(sample: bytes, encoding: str) -> str:
    """The first words with other than ASCII letters, as `encoding` reads them."""
    match = re.search(r"[^\n]{0,20}[^\x00-\x7f][^\n]{0,12}", sample.decode(encoding, "replace"))
    return match[0].strip() if match else ""
