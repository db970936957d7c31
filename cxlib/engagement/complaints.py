"""What is wrong with the values of an engagement file, in words that say where and what to do.

Pydantic knows which rule a value breaks; here that becomes an error with file, line, field, what was found, what was
expected and the remedy. The help text of a field serves as its remedy, so that forms and errors teach the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from cxlib.engagement import shape
from cxlib.engagement.document import Document, line
from cxlib.engagement.shape import Keys
from cxlib.errors import CxError, closest
from cxlib.words import LANGS, phrase
from cxlib.words.catalogue import has

_RULES = {
    "missing": "missing",
    "extra_forbidden": "unknown-key",
    "literal_error": "not-a-choice",
    "greater_than": "outside",
    "greater_than_equal": "outside",
    "less_than": "outside",
    "less_than_equal": "outside",
    "too_short": "too-few",
    "finite_number": "wrong-type",
    "string_too_long": "too-long",
}
_PATTERNS = {"date": "wrong-date", "id": "wrong-id"}
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def both(key: str, **values: Any) -> dict[str, str]:
    """Return the catalogue entry `key` in each language, for use inside another entry."""
    return {lang: phrase(key, lang, **values) for lang in LANGS}


def complaints(error: ValidationError, document: Document, model: type[BaseModel]) -> list[CxError]:
    """Return what pydantic found, one error a place, in the order of the file's lines."""
    found: dict[Keys, CxError] = {}
    for detail in error.errors(include_url=False, include_context=True):
        if detail["type"] == "string_type" and isinstance(detail["input"], dict) and detail["loc"][-1] == "str":
            continue
        path = place(detail["loc"], document.plain, missing=detail["type"] == "missing")
        found.setdefault(path, _complaint(detail, path, document, model))
    return sorted(found.values(), key=lambda one: one.row)


def place(loc: Keys, plain: Any, *, missing: bool) -> Keys:
    """Return pydantic's location without what is no part of the file (the options of a union)."""
    path: list[str | int] = []
    for number, part in enumerate(loc):
        last_missing = missing and number == len(loc) - 1
        known = part in plain if isinstance(plain, dict) else isinstance(plain, list) and isinstance(part, int)
        if known or (last_missing and isinstance(plain, dict)):
            path.append(part)
            plain = plain[part] if known else None
    return tuple(path)


def dotted(path: Keys, plain: Any) -> str:
    """Return a path as people and `files.save` write it: ``goals[delivery-ces].due``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            plain = plain[part] if isinstance(plain, list) and part < len(plain) else None
            text += f"[{_named(plain) or part}]"
        else:
            plain = plain.get(part) if isinstance(plain, dict) else None
            text += f".{part}" if text else str(part)
    return text


def _named(item: Any) -> str:
    """The id of a list item, if it has a usable one."""
    name = item.get("id", "") if isinstance(item, dict) else ""
    return name if isinstance(name, str) else ""


def fault(key: str, path: Keys, document: Document, **values: Any) -> CxError:
    """Return an error about the value at `path` of a file; the path travels along as `keys`, for the forms."""
    where = dotted(path, document.plain)
    about = {"file": document.file, "row": line(document, path), "column": where}
    return CxError(key, **about, place=_spoken(path, document.plain), keys=path, **values)


def _spoken(path: Keys, plain: Any) -> dict[str, str]:
    """The place in words: `due` of 'delivery-ces'."""
    numbers = [at for at, part in enumerate(path) if isinstance(part, int)]
    name = dotted(path[numbers[-1] + 1 :], {}) if numbers else dotted(path, plain)
    owner = dotted(path[: numbers[-1] + 1], plain) if numbers else ""
    if owner and not name:
        return both("place.item", item=owner)
    return both("place.of", field=name, item=owner) if owner else both("place.field", field=name)


def _complaint(detail: dict[str, Any], path: Keys, document: Document, model: type[BaseModel]) -> CxError:
    """One error of pydantic in our words."""
    what, owner, name = shape.at(model, path)
    key = _RULES.get(detail["type"], "wrong-type")
    if detail["type"] == "string_pattern_mismatch":
        key = _PATTERNS.get(what.kind, "wrong-form")
    found = _shown(detail["input"])
    if key == "unknown-key":
        return _unknown(path, document, model)
    if key == "not-a-choice":
        near = closest(found, what.choices)
        return fault(key, path, document, found=found, expected=list(what.choices), remedy=_suggested(near))
    if key == "missing":
        return fault(key, path, document, expected=_wanted(what), remedy=help_of(owner, name))
    expected = _bounds(detail) if key == "outside" else _wanted(what)
    return fault(key, path, document, found=found, expected=expected, remedy=help_of(owner, name))


def _wanted(what: shape.Shape) -> dict[str, str]:
    """What belongs at a place, in words."""
    return both(f"kind.{what.kind}", choices=[choice for choice in what.choices if choice])


def _unknown(path: Keys, document: Document, model: type[BaseModel]) -> CxError:
    """A key that the model does not know, with the nearest one that it does."""
    around, _, _ = shape.at(model, path[:-1])
    known = list(shape.fields(around.model)) if around.kind == "block" else ["en", "fa"]
    near = closest(str(path[-1]), known)
    return fault("unknown-key", path, document, found=str(path[-1]), expected=known, remedy=_suggested(near))


def _suggested(near: str) -> dict[str, str]:
    """ "Did you mean …?", or the advice to take one of the list."""
    return both("suggest.near", near=near) if near else both("suggest.none")


def help_of(model: type[BaseModel], name: str) -> dict[str, str]:
    """Return what the help text of a field says, in each language; nothing for a model that no form shows."""
    key = f"{shape.words(model, name)}.help" if name else ""
    return both(key) if has(key) else dict.fromkeys(LANGS, "")


def _bounds(detail: dict[str, Any]) -> str:
    """The bound that a number breaks, such as "≥ 2"."""
    return " ".join(f"{_SIGNS[name]} {bound:g}" for name, bound in detail.get("ctx", {}).items() if name in _SIGNS)


def _shown(value: Any) -> str:
    """A value as a message shows it: short, and a flag as the file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(str(key) for key in value)[:60] + "}"
    return str(value)[:80]


def twins(document: Document, model: type[BaseModel]) -> Iterator[CxError]:
    """Yield an error for each id that stands twice in one list."""
    for path, what, items in shape.walk(document.plain, shape.Shape("block", model=model)):
        if what.kind != "list" or what.item.kind != "block" or not isinstance(items, list):
            continue
        seen: dict[str, int] = {}
        for number, name in enumerate(_named(item) for item in items):
            if name and name in seen:
                before = line(document, (*path, seen[name]))
                yield fault("id-twice", (*path, number), document, found=name, first=before)
            seen.setdefault(name, number)
