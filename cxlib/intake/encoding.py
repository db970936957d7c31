"""From bytes to text: byte-order mark, then strict UTF-8, then a detector that may have to ask.

A wrong encoding turns letters into others without any error, so a doubtful one is a question. The field
``encoding:`` of a source answers it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

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
_CANDIDATES = ("cp1252", "mac-roman", "cp1256", "cp1250", "cp1251", "cp1254", "iso8859-15", "cp850")
_SAMPLE = 32 * 1024
_SURE = 0.5
_LETTERS = 40
_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc\u200c\u060c]")


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
        If the encoding that the user gave is unknown or does not fit the bytes, or a marked file is damaged.

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
        return Decoded(data.decode(wide), wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _detected(data)


def _told(data: bytes, encoding: str, file: str) -> Decoded:
    """The text by an encoding that a mark or the user names."""
    try:
        name = codecs.lookup(encoding).name
        return Decoded(data.decode(name).removeprefix("\ufeff"), name)
    except (LookupError, UnicodeError, ValueError) as error:
        where = data[error.start : error.start + 8].hex(" ") if isinstance(error, UnicodeDecodeError) else ""
        raise CxError("wrong-encoding", file=file, found=where, expected=encoding) from error


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: zeros stand at fixed places. Empty if it is neither."""
    sample = data[:4096]
    if b"\x00" not in sample:
        return ""
    for name in _WIDE:
        width = 4 if "32" in name else 2
        high = slice(width - 1 if name.endswith("le") else 0, None, width)
        zeros = sample[high]
        if len(data) % width == 0 and zeros.count(0) > 0.5 * len(zeros) and _decodes(data, name):
            return name
    return ""


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes are valid in `encoding`."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _detected(data: bytes) -> Decoded:
    """The text by the detector, with a question unless it is sure."""
    from charset_normalizer import from_bytes

    sample = _telling(data)
    best = from_bytes(sample, enable_fallback=False).best()
    name = best.encoding.replace("_", "-") if best else ""
    if _decodes(data, "cp1256") and _is_arabic(sample):
        return Decoded(data.decode("cp1256"), "cp1256")
    if best and best.coherence >= _SURE and _high(sample) >= _LETTERS and _decodes(data, name):
        return Decoded(data.decode(name), name)
    names = [item for item in dict.fromkeys([*_CANDIDATES, name]) if item and _decodes(data, item)]
    first = next(iter(names), "latin-1")
    readings = [f"{item} “{_reading(sample, item)}”" for item in names[:5]]
    asked = Question("unsure-encoding", {"readings": readings}, "encoding")
    return Decoded(data.decode(first), first, False, (asked,))


def _telling(data: bytes) -> bytes:
    """The surroundings of bytes that are not ASCII, up to the sample's size: the others tell nothing."""
    pieces, taken, end = [], 0, 0
    for match in re.finditer(rb"[\x80-\xff]+", data):
        if match.start() < end:
            continue
        start, end = max(end, match.start() - 60), match.end() + 60
        pieces.append(data[start:end].replace(b"\r", b" ").replace(b"\n", b" "))
        taken += len(pieces[-1])
        if taken >= _SAMPLE:
            break
    return b"\n".join(pieces)[:_SAMPLE]


def _high(sample: bytes) -> int:
    """How many bytes are not ASCII."""
    return len(sample) - len(sample.decode("ascii", "ignore"))


def _is_arabic(sample: bytes) -> bool:
    """Whether cp1256 makes Persian or Arabic words of nearly all bytes that are not ASCII."""
    other = [letter for letter in sample.decode("cp1256", "replace") if ord(letter) > 127]
    letters = sum(bool(_ARABIC.match(letter)) for letter in other)
    words = re.findall(f"{_ARABIC.pattern}{{2,}}", sample.decode("cp1256", "replace"))
    return letters >= max(20, 0.9 * len(other)) and sum(map(len, words)) > 0.9 * letters


def _reading(sample: bytes, encoding: str) -> str:
    """The first words with other than ASCII letters, as `encoding` reads them."""
    match = re.search(r"[^\n]{0,20}[^\x00-\x7f][^\n]{0,12}", sample.decode(encoding, "replace"))
    return match[0].strip() if match else ""
