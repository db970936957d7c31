"""Values as YAML text: plain where YAML reads them back unchanged, in quotes where it would not."""

from __future__ import annotations

import json
import re
from typing import Any

from cxlib.engagement.document import parse
from cxlib.errors import CxError

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FLAGS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def short(value: Any, *, style: str | None = None, inside: bool = False) -> str:
    """Return a value on one line.

    Parameters
    ----------
    value
        A text, number, flag, list or dictionary; None is nothing at all.
    style
        The quotes to keep, if the value stood in quotes before.
    inside
        Whether it stands inside brackets, where more signs have a meaning.

    Examples
    --------
    >>> short("delivery: on time"), short("0912"), short({"en": "Yes, sir", "fa": "بله"}), short("1404-12-29")
    ('"delivery: on time"', '"0912"', '{en: "Yes, sir", fa: بله}', '1404-12-29')
    """
    if value is None:
        return "null" if inside else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _text(str(value), style, inside)


def flow(value: Any) -> str:
    """Return a value as it stands inside brackets."""
    return short(value, inside=True)


def is_short(value: Any) -> bool:
    """Tell whether a value is written on one line: a scalar, a text in two languages, a list of scalars."""
    if isinstance(value, dict):
        return value.keys() <= {"en", "fa"}
    if isinstance(value, (list, tuple)):
        return not any(isinstance(item, (dict, list, tuple)) for item in value)
    return True


def block(value: dict[str, Any] | list[Any], indent: int) -> str:
    """Return keys or items as lines, `indent` spaces from the margin.

    Examples
    --------
    >>> print(block({"owner": {"role": "head-of-cx"}, "raci": [{"id": "ces", "responsible": ["shop"]}]}, 0), end="")
    owner:
      role: head-of-cx
    raci:
      - id: ces
        responsible: [shop]
    """
    if isinstance(value, dict):
        return "".join(_entry(key, item, indent) for key, item in value.items())
    return "".join(dashed(item, indent) for item in value)


def dashed(item: Any, indent: int) -> str:
    """Return an item of a list as lines, its dash `indent` spaces from the margin."""
    margin = " " * indent
    if is_short(item):
        return f"{margin}- {short(item)}\n"
    return f"{margin}- {block(item, indent + 2)[indent + 2 :]}"


def _entry(key: str, value: Any, indent: int) -> str:
    """One key and its value."""
    margin = f"{' ' * indent}{flow(key)}:"
    if is_short(value):
        return f"{margin} {short(value)}".rstrip(" ") + "\n"
    return f"{margin}\n{block(value, indent + 2)}"


def _text(text: str, style: str | None, inside: bool) -> str:
    """A text, in quotes only where it needs or had them."""
    if style == "'" and not _UNSAFE.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and _reads_back(text, inside):
        return text
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))


def _reads_back(text: str, inside: bool) -> bool:
    """Whether YAML reads an unquoted text as the same text."""
    if not text or text.lower() in _FLAGS or "\n" in text:
        return False
    try:
        read = parse(f"k: [{text}]\n" if inside else f"k: {text}\n")
    except CxError:
        return False
    return read.plain == {"k": [text] if inside else text} and not read.errors
