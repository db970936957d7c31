"""One input for each kind of field: a box, a choice, a row of chips.

An input shows a plain value and tells the form what was entered, in the way the file will hold it: numbers as numbers
whatever digits were typed, dates as ``1405-12-29``. What cannot be read is passed on as it is, and the model complains.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from cxlib.engagement.shape import Keys, Shape
from cxlib.errors import CxError
from cxlib.words import dates, phrase
from cxlib.words.catalogue import has
from cxlib.words.numbers import latin

Tell = Callable[[Keys, Any], None]
WIDE = {"width": "auto"}
LABEL = {"description_width": "170px"}


@dataclass(frozen=True)
class Field:
    """What an input is about.

    Attributes
    ----------
    path
        Where its value stands in the file.
    label, help
        What readers see.
    shape
        What the field holds.
    value
        The value now; None if nothing is given.
    lang, languages, calendar
        Language of the form; languages that the client writes in; calendar of dates.
    options
        Ids that it may point at, with names.
    is_long
        Whether a text needs more than one line.
    """

    path: Keys
    label: str
    help: str
    shape: Shape
    value: Any
    lang: str = "en"
    languages: tuple[str, ...] = ("en",)
    calendar: str = "gregorian"
    options: dict[str, str] | None = None
    is_long: bool = False


def shown(field: Field, tell: Tell) -> widgets.Widget | None:
    """Return the input of a field; None if its kind is not edited by one input (blocks, lists of blocks)."""
    kind = field.shape.kind
    if kind == "list":
        return _listed(field, tell)
    inputs = {
        "text": _texts,
        "choice": _choice,
        "id": _pointer,
        "flag": _flag,
        "range": _range,
        "table": _pairs,
        "date": _date,
    }
    return None if kind == "block" else inputs.get(kind, _line)(field, tell)


def choice_name(value: Any, lang: str) -> str:
    """Return what readers see for a value of a choice."""
    key = f"choice.{value}" if value else "choice.none"
    return phrase(key, lang) if has(key) else str(value)


def number(text: str, *, whole: bool) -> Any:
    """Return the number that was typed, in any digits; None for nothing, the text itself if it is none.

    Examples
    --------
    >>> number("۵٫۶", whole=False), number("", whole=True), number("soon", whole=True)
    (5.6, None, 'soon')
    """
    written = latin(text).replace(",", "").replace("−", "-").strip("\u200e\u200f ")
    try:
        return None if not written else int(written) if whole else float(written)
    except ValueError:
        return text


def date(text: str, calendar: str) -> str:
    """Return a date as files hold it, or the text itself if it is none.

    Examples
    --------
    >>> date("۱۴۰۵/۱۲/۲۹", "jalali")
    '1405-12-29'
    """
    try:
        return dates.stamp(dates.day(text, calendar), calendar) if text.strip() else ""
    except CxError:
        return text.strip()


def _box(field: Field, value: Any, *, script: str = "en", label: str = "", hint: str = "") -> widgets.Text:
    """An empty or filled box."""
    kind = widgets.Textarea if field.is_long else widgets.Text
    box = kind(
        value="" if value is None else str(value),
        description=label or field.label,
        tooltip=field.help,
        placeholder=hint or field.help,
        continuous_update=False,
        layout=WIDE,
        style=LABEL,
    )
    if field.is_long:
        box.rows = 2
    box.add_class(f"cx-{script}")
    return box


def _heard(box: widgets.Widget, heard: Callable[[Any], None]) -> widgets.Widget:
    """The widget, telling each new value."""
    box.observe(lambda change: heard(change["new"]), names="value")
    return box


def _line(field: Field, tell: Tell) -> widgets.Widget:
    """A text of one line, or a number."""
    kind = field.shape.kind
    if kind in ("number", "whole"):
        return _heard(_box(field, field.value), lambda new: tell(field.path, number(new, whole=kind == "whole")))
    return _heard(_box(field, field.value), lambda new: tell(field.path, new.strip()))


def _date(field: Field, tell: Tell) -> widgets.Widget:
    """A date in the engagement's calendar."""
    box = _box(field, field.value, hint=phrase(f"calendar.{field.calendar}.example", field.lang))

    def heard(new: str) -> None:
        tell(field.path, date(new, field.calendar))

    return _heard(box, heard)


def _texts(field: Field, tell: Tell) -> widgets.Widget:
    """A text, in a box for each language that the client writes in."""
    held = field.value if isinstance(field.value, dict) else {field.languages[0]: field.value}
    scripts = list(dict.fromkeys([*field.languages, *held]))
    boxes = []
    for script in scripts:
        name = phrase("form.of-language", field.lang, label=field.label, script=phrase(f"choice.{script}", field.lang))
        box = _box(field, held.get(script), script=script, label=name if len(scripts) > 1 else "")
        boxes.append(_heard(box, _speaker(field, script, tell)))
    return boxes[0] if len(boxes) == 1 else widgets.VBox(boxes)


def _speaker(field: Field, script: str, tell: Tell) -> Callable[[str], None]:
    """What to do with a new text in one language: the form puts it beside the other language."""
    return lambda new: tell((*field.path, f"@{script}"), new.strip())


def _choice(field: Field, tell: Tell) -> widgets.Widget:
    """One of the allowed values, or nothing."""
    return _dropdown(field, [(choice_name(each, field.lang), each) for each in field.shape.choices if each], tell)


def _pointer(field: Field, tell: Tell) -> widgets.Widget:
    """An id: one of those that exist, or free text where none can be known."""
    if not field.options:
        return _heard(_box(field, field.value), lambda new: tell(field.path, new.strip() or None))
    return _dropdown(field, [(name, each) for each, name in field.options.items()], tell)


def _dropdown(field: Field, options: list[tuple[str, Any]], tell: Tell) -> widgets.Widget:
    """A list to choose from, or nothing; a value that is not in it is kept and shown."""
    options = [(choice_name("", field.lang), ""), *options]
    held = "" if field.value is None else field.value
    if held not in [value for _, value in options]:
        options = [*options, (str(held), held)]
    chosen = widgets.Dropdown(
        options=options,
        value=held,
        description=field.label,
        tooltip=field.help,
        layout=WIDE,
        style=LABEL,
    )
    nothing = "" if "" in field.shape.choices else None
    return _heard(chosen, lambda new: tell(field.path, new or nothing))


def _flag(field: Field, tell: Tell) -> widgets.Widget:
    """Yes or no."""
    box = widgets.Checkbox(value=field.value is True, description=field.label, tooltip=field.help, indent=True)
    box.style, box.layout = LABEL, WIDE
    return _heard(box, lambda new: tell(field.path, new))


def _range(field: Field, tell: Tell) -> widgets.Widget:
    """Two numbers."""
    held = field.value if isinstance(field.value, list) else [None, None]
    names = [f"{field.label} · {phrase(f'form.{end}', field.lang)}" for end in ("low", "high")]
    boxes = [_box(field, value, label=name) for name, value in zip(names, [*held, None, None][:2], strict=True)]

    def heard(_: Any) -> None:
        low, high = (number(box.value, whole=False) for box in boxes)
        tell(field.path, None if low is None and high is None else [low, high])

    return widgets.VBox([_heard(box, heard) for box in boxes])


def _pairs(field: Field, tell: Tell) -> widgets.Widget:
    """Names and values, one pair a line."""
    held = field.value if isinstance(field.value, dict) else {}
    lines = "\n".join(f"{name}: {value}" for name, value in held.items())
    box = widgets.Textarea(
        value=lines,
        description=field.label,
        tooltip=field.help,
        placeholder=phrase("form.pairs", field.lang),
        continuous_update=False,
        rows=max(2, len(held)),
        layout=WIDE,
        style=LABEL,
    )
    box.add_class("cx-en")

    def heard(new: str) -> None:
        pairs = (line.partition(":") for line in new.splitlines() if line.strip())
        tell(field.path, {name.strip(): value.strip() for name, _, value in pairs})

    return _heard(box, heard)


def _listed(field: Field, tell: Tell) -> widgets.Widget | None:
    """A list of ids or choices: chips where the options are known, else a line with commas."""
    item = field.shape.item
    if item.kind in ("block", "text"):
        return None
    options = field.options or {choice: choice_name(choice, field.lang) for choice in item.choices}
    if options:
        return _chips(field, options, tell)
    box = _box(field, ", ".join(map(str, field.value or [])), hint=phrase("form.commas", field.lang))

    def heard(new: str) -> None:
        tell(field.path, [part.strip() for part in re.split("[,\u060c]", new) if part.strip()])

    return _heard(box, heard)


def _chips(field: Field, options: dict[str, str], tell: Tell) -> widgets.Widget:
    """A button for each option that can be pressed or not; unknown values of the file stay as pressed ones."""
    held = list(field.value) if isinstance(field.value, list) else []
    known = options | {str(value): str(value) for value in held if value not in options}
    chips = {
        value: widgets.ToggleButton(value=value in held, description=name, tooltip=str(value))
        for value, name in known.items()
    }

    def heard(_: Any) -> None:
        kept = [value for value in held if value in chips and chips[value].value]
        tell(field.path, kept + [value for value, chip in chips.items() if chip.value and value not in kept])

    for chip in chips.values():
        chip.add_class("cx-chip")
        _heard(chip, heard)
    row = widgets.HBox(list(chips.values()))
    row.add_class("cx-chips")
    label = widgets.Label(field.label, layout=widgets.Layout(flex="0 0 170px"), tooltip=field.help)
    return widgets.HBox([label, row])
