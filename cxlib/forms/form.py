"""The editor of a strategy file, made from its model: a field for each value, a card for each item of a list.

Nothing is written before "Save" is pressed; then the file is replaced in one step, its comments kept. Executed without
a browser the form is only shown, so a notebook computes the same with and without it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from pydantic import BaseModel

from cxlib.engagement import folder, shape
from cxlib.engagement.changes import Add, Move, Remove, Set
from cxlib.engagement.fields import Item
from cxlib.engagement.folder import Engagement
from cxlib.engagement.shape import Keys
from cxlib.engagement.strategy import FILES
from cxlib.errors import CxError, CxErrors, closest
from cxlib.forms import inputs, links
from cxlib.forms.draft import Draft, path_text
from cxlib.forms.look import STYLE, Kit
from cxlib.words import phrase
from cxlib.words.catalogue import written
from cxlib.words.direction import direction
from cxlib.words.numbers import digits

_HIDDEN = ("schema",)
_SHORT = ("name", "scale", "unit", "audience")


def editor(engagement: Engagement | str | Path, file: str, *, lang: str = "en") -> Editor:
    """Return the form of one strategy file, to be shown by a notebook.

    Parameters
    ----------
    engagement
        An engagement, or its folder or name.
    file
        The strategy file without its ending, such as ``4_kpis``.
    lang
        Language of the labels; Persian forms run from right to left.

    Raises
    ------
    CxError
        If there is no such file or engagement, or its files cannot be read.
    """
    if file not in FILES:
        raise CxError("unknown-file", file=file, expected=list(FILES), remedy=_nearest(file, lang))
    return Editor(engagement if isinstance(engagement, Engagement) else folder.open(engagement), file, lang=lang)


def _nearest(file: str, lang: str) -> str:
    """The file that was probably meant."""
    near = closest(file, FILES)
    return phrase("suggest.near", lang, near=near) if near else phrase("suggest.none", lang)


class Editor(widgets.VBox):
    """A form: title, fields, buttons, and what happened last."""

    def __init__(self, engagement: Engagement, file: str, *, lang: str) -> None:
        super().__init__()
        self.engagement, self.file, self.lang = engagement, file, lang
        path = engagement.folder / "strategy" / f"{file}.yaml"
        self.draft = Draft(path, calendar=engagement.setup.calendar)
        self.opened: set[Keys] = set()
        self.touched: set[Keys] = set()
        self.notes: dict[Keys, widgets.HTML] = {}
        self.kit = Kit()
        self.status = self.kit.html(name="cx-note")
        self.rest = self.kit.note()
        self.wrong: dict[Keys, CxError] = {}
        self.save, self.undo, self.revert = (self._button(name) for name in ("save", "undo", "revert"))
        self.save.button_style = "primary"
        self.add_class("cx-form")
        self.add_class(f"cx-{direction(lang)}")
        self._draw()
        self._say("form.unchanged", file=self.draft.name)

    def _button(self, name: str) -> widgets.Button:
        """One of the three buttons below the fields."""
        button = self.kit.button(description=phrase(f"form.{name}", self.lang))
        button.on_click(lambda _: getattr(self, f"_{name}")())
        return button

    def _draw(self) -> None:
        """Build all fields anew from the draft."""
        self.notes, self.wrong = {}, self._wrong()
        title = self.kit.html(escape(phrase(f"model.{self.draft.model.__name__}", self.lang)), "cx-title")
        bar = self.kit.row([self.save, self.undo, self.revert], "cx-bar")
        fields = self._fields(self.draft.model, ())
        self.children = [self.kit.html(STYLE), title, *fields, bar, self.status, self.rest]
        self.undo.disabled = not self.draft.changes
        self._mark()

    def _fields(self, model: type[BaseModel], path: Keys) -> list[widgets.Widget]:
        """The inputs of a block, in the order of its model."""
        known = shape.fields(model)
        return [self._field(model, name, (*path, name)) for name in known if name not in _HIDDEN]

    def _field(self, model: type[BaseModel], name: str, path: Keys) -> widgets.Widget:
        """One field with its error below it."""
        what, key = shape.field(shape.fields(model)[name]), shape.words(model, name)
        label, teach = phrase(key, self.lang), phrase(f"{key}.help", self.lang)
        if what.kind == "block":
            return self._block(what, label, teach, path)
        if what.kind == "list" and what.item.kind in ("block", "text"):
            return self._list(what.item, label, teach, path)
        about = self._about(path, label, teach, what, name, shape.fields(model)[name].default)
        return self.kit.column([inputs.shown(about, self.tell), self._slot(path)])

    def _about(self, path: Keys, label: str, teach: str, what: shape.Shape, name: str, default: Any) -> inputs.Field:
        """What the input of a field needs to know."""
        given = self.draft.value(path)
        simple = what.kind in ("choice", "whole", "number") and isinstance(default, (str, int, float))
        return inputs.Field(
            path,
            label,
            teach,
            what,
            default if given is None and simple else given,
            lang=self.lang,
            languages=tuple(self.engagement.setup.languages),
            calendar=self.draft.calendar,
            options=self._options(name) if "id" in (what.kind, getattr(what.item, "kind", "")) else None,
            is_long=what.kind == "text" and name not in _SHORT,
        )

    def _options(self, name: str) -> dict[str, str]:
        """What a field may point at."""
        return links.options(name, self.engagement, file=self.file, plain=self.draft.plain, lang=self.lang)

    def _slot(self, path: Keys) -> widgets.HTML:
        """The place for a field's error."""
        self.notes[path] = self.kit.note()
        return self.notes[path]

    def _block(self, what: shape.Shape, label: str, teach: str, path: Keys) -> widgets.Widget:
        """A block of fields under a heading."""
        inside = self.kit.column(self._fields(what.model, path), "cx-block")
        return self.kit.column([self.kit.heading(label, teach), inside, self._slot(path)])

    def _list(self, item: shape.Shape, label: str, teach: str, path: Keys) -> widgets.Widget:
        """A list of things: a card for each, and a button to add one."""
        held = self.draft.value(path)
        count = len(held) if isinstance(held, list) else 0
        cards = [self._card(item, (*path, number), count) for number in range(count)]
        name = phrase(f"model.{item.model.__name__}", self.lang) if item.model else label
        add = self.kit.button("cx-add", description=phrase("form.add", self.lang, item=name), icon="plus")
        add.on_click(lambda _: self._add(item, path, count))
        return self.kit.column([self.kit.heading(label, teach), *cards, self._slot(path), add])

    def _card(self, item: shape.Shape, path: Keys, count: int) -> widgets.Widget:
        """One item: a line with its name and buttons, its fields below when it is open."""
        number = path[-1]
        moves = [("arrow-up", "form.up", number - 1), ("arrow-down", "form.down", number + 1)]
        buttons = [
            self._small(icon, key, Move(path_text(path), to), is_off=not 0 <= to < count) for icon, key, to in moves
        ]
        buttons.append(self._small("trash", "form.remove", Remove(path_text(path)), is_off=False))
        if item.kind == "text":
            about = inputs.Field(path, "", "", item, self.draft.value(path), self.lang, self._languages())
            box = inputs.shown(about, self.tell)
            box.layout.flex = "1 1 auto"
            return self.kit.column([self.kit.row([box, *buttons]), self._slot(path)])
        card = self.kit.column(
            [self.kit.row([self._head(item, path), *buttons], "cx-top"), self._slot(path)], "cx-card"
        )
        if path in self.opened:
            card.children = [*card.children, self.kit.column(self._fields(item.model, path), "cx-body")]
        if any(keys[: len(path)] == path for keys in self.wrong):
            card.add_class("cx-wrong")
        return card

    def _languages(self) -> tuple[str, ...]:
        """The languages that the client writes in."""
        return tuple(self.engagement.setup.languages)

    def _head(self, item: shape.Shape, path: Keys) -> widgets.Button:
        """The name of an item, which opens and closes its fields."""
        icon = "caret-down" if path in self.opened else "caret-right" if self.lang == "en" else "caret-left"
        head = self.kit.button("cx-head", description=self._title(item, path), icon=icon)
        head.on_click(lambda _: self._toggle(path))
        return head

    def _title(self, item: shape.Shape, path: Keys) -> str:
        """What an item is called."""
        held = self.draft.value(path)
        held = held if isinstance(held, dict) else {}
        linked = (self._options(key).get(str(held[key])) for key in ("kpi", "stage") if key in held)
        name = held.get("name") or held.get("text") or next(filter(None, linked), None)
        if name:
            return written(name, self.lang)
        plain = held.get("due") or held.get("id") or phrase(f"model.{item.model.__name__}", self.lang)
        return digits(str(plain), self.lang)

    def _small(self, icon: str, key: str, change: Move | Remove, *, is_off: bool) -> widgets.Button:
        """A button that moves or removes an item."""
        button = self.kit.button("cx-small", icon=icon, tooltip=phrase(key, self.lang), disabled=is_off)
        button.on_click(lambda _: self._rearrange(change))
        return button

    def _toggle(self, path: Keys) -> None:
        """Open or close an item."""
        self.opened ^= {path}
        self._draw()

    def _rearrange(self, change: Move | Remove | Add) -> None:
        """Add, move or remove an item; open ones are closed, because their places have changed."""
        self.draft.change(change)
        self.opened, self.touched = set(), set()
        self._draw()
        self._say("form.changed", n=len(self.draft.changes))

    def _add(self, item: shape.Shape, path: Keys, count: int) -> None:
        """Add an item and open it."""
        new: Any = "" if item.kind == "text" else {}
        if item.model is not None and issubclass(item.model, Item):
            new = {"id": self._free(item.model, path)}
        around = {keys for keys in self.opened if path[: len(keys)] == keys}
        self._rearrange(Add(path_text(path), new))
        self.opened = around | {(*path, count)}
        self._draw()

    def _free(self, model: type[BaseModel], path: Keys) -> str:
        """An id that no item of the list has yet."""
        word = phrase(f"model.{model.__name__}", "en").lower().replace(" ", "-")
        taken = {item.get("id") for item in self.draft.value(path) or [] if isinstance(item, dict)}
        return next(name for number in range(1, len(taken) + 2) if (name := f"{word}-{number}") not in taken)

    def tell(self, path: Keys, value: Any) -> None:
        """Take a new value of a field into the draft."""
        if isinstance(path[-1], str) and path[-1].startswith("@"):
            path, value = self._spoken(path[:-1], path[-1][1:], value)
        self.touched.add(path)
        self.draft.change(Set(path_text(path), value))
        self.undo.disabled = False
        self.wrong = self._wrong()
        self._mark()
        self._say("form.changed", n=len(self.draft.changes))

    def _spoken(self, path: Keys, script: str, value: str) -> tuple[Keys, Any]:
        """Where a text in one language goes: beside the other language, or alone if it is the only one."""
        held, main = self.draft.value(path), self.engagement.setup.languages[0]
        if isinstance(held, dict):
            return (*path, script), value
        if script == main:
            return path, value
        return path, ({main: held} if held else {}) | {script: value}

    def _wrong(self) -> dict[Keys, CxError]:
        """The errors of fields that people have touched."""
        found = {error.more.get("keys", ()): error for error in self.draft.errors()}
        return {keys: error for keys, error in found.items() if self._is_touched(keys)}

    def _is_touched(self, keys: Keys) -> bool:
        """Whether an error is to be shown already: everything after a failed save."""
        return () in self.touched or keys in self.touched or keys[:-1] in self.touched

    def _mark(self) -> None:
        """Put each error beside its field, and those without a field at the end."""
        for keys, note in self.notes.items():
            self.kit.write(note, self._complaint(self.wrong[keys]) if keys in self.wrong else "")
        rest = [error.text(self.lang) for keys, error in self.wrong.items() if keys not in self.notes]
        self.kit.write(self.rest, "\n\n".join(rest))

    def _complaint(self, error: CxError) -> str:
        """An error as it stands beside its field, where file and line need not be told."""
        place = phrase("place.line", self.lang, file=error.file, row=error.row)
        return error.text(self.lang).removeprefix(place).strip()

    def _say(self, key: str, **values: Any) -> None:
        """Tell what happened."""
        self.status.value = escape(phrase(key, self.lang, **values))

    def _undo(self) -> None:
        """Take the last change back."""
        self.draft.undo()
        self._draw()
        count = len(self.draft.changes)
        self._say("form.changed" if count else "form.unchanged", n=count, file=self.draft.name)

    def _revert(self) -> None:
        """Forget all changes."""
        self.draft.reload()
        self.opened, self.touched = set(), set()
        self._draw()
        self._say("form.unchanged", file=self.draft.name)

    def _save(self) -> None:
        """Write the file, or show what stands in the way."""
        try:
            self.draft.save()
        except CxErrors as several:
            self.touched.add(())
            self.opened |= {
                keys[:end]
                for keys in (error.more.get("keys", ()) for error in several.errors)
                for end in range(1, len(keys))
                if isinstance(keys[end - 1], int)
            }
            self._draw()
            self._say("form.wrong", n=len(several.errors))
        except CxError as error:
            self._say("form.wrong-elsewhere")
            self.kit.write(self.rest, error.text(self.lang))
        else:
            self.touched = set()
            self._draw()
            self._say("form.saved", file=self.draft.name)
