"""Single changes to the text of a YAML file: set a value, add, remove or move an item of a list.

A change is cut into the text at the place of the value, so comments, order and spacing elsewhere cannot change: a new
scalar is a one-line diff. Items of a list move with the comments that stand inside them. What is written anew uses
two spaces for a block and ``  - `` for an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cxlib.engagement.document import dash, kind, parse
from cxlib.engagement.writing import block, dashed, flow, is_short, short
from cxlib.errors import CxError

_PART = re.compile(r"\[([^\]]+)\]|([^.\[\]]+)")


@dataclass(frozen=True)
class Set:
    """Give the value at `path`, such as ``goals[delivery-ces].target``; None leaves the key without a value."""

    path: str
    value: Any


@dataclass(frozen=True)
class Add:
    """Put `item` into the list at `path`, before the item now at place `at` (counted from 0), or at the end."""

    path: str
    item: Any
    at: int | None = None


@dataclass(frozen=True)
class Remove:
    """Take the item at `path`, such as ``goals[delivery-ces]``, out of its list, with the comments inside it."""

    path: str


@dataclass(frozen=True)
class Move:
    """Bring the item at `path` to place `to` of its list, counted from 0, with the comments inside it."""

    path: str
    to: int


Change = Set | Add | Remove | Move


def edited(text: str, changes: Mapping[str, Any] | Iterable[Change]) -> str:
    """Return `text` with the changes made, one after the other.

    Raises
    ------
    CxError
        If a path leads nowhere.

    Examples
    --------
    >>> print(edited("goals:\\n  - id: ces  # ours\\n    target: 5  # of 7\\n", {"goals[ces].target": 6}))
    goals:
      - id: ces  # ours
        target: 6  # of 7
    <BLANKLINE>
    """
    if isinstance(changes, Mapping):
        changes = [Set(path, value) for path, value in changes.items()]
    for change in changes:
        ends = "\r\n" if "\r\n" in text else "\n"
        text = _made(text.replace("\r\n", "\n"), change).replace("\n", ends)
    return text


def _made(text: str, change: Change) -> str:
    """One change."""
    parts = keys(change.path)
    if isinstance(change, Set):
        return _set(text, parts, change.value)
    if isinstance(change, Add):
        return _add(text, parts, change)
    items = _node(text, parts[:-1])
    place = _place(items, parts[-1], change.path)
    return _rearranged(text, parts[:-1], items, place, change)


def keys(path: str) -> list[str]:
    """Return the parts of a path. An item is named by its id, or by its place: ``[0]``, or ``[#0]`` if ids are numbers.

    Examples
    --------
    >>> keys("goals[delivery-ces].milestones[0].due")
    ['goals', 'delivery-ces', 'milestones', '0', 'due']
    """
    return [inside or name for inside, name in _PART.findall(path)]


def _node(text: str, parts: list[str]) -> Node | None:
    """The value at a path, or None."""
    node = parse(text).node
    for part in parts:
        node = _child(node, part)
    return node


def _child(node: Node | None, part: str) -> Node | None:
    """A value inside another, by key, id or place."""
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, SequenceNode):
        place = _position(node, part)
        return None if place is None else node.value[place]
    return None


def _position(node: SequenceNode, part: str) -> int | None:
    """The place of an item in its list: ``#0`` by number, else by id, else by number."""
    if part.startswith("#"):
        return int(part[1:]) if int(part[1:]) < len(node.value) else None
    ids = (_child(item, "id") if isinstance(item, MappingNode) else None for item in node.value)
    names = [getattr(each, "value", None) for each in ids]
    if part in names:
        return names.index(part)
    return int(part) if part.isdecimal() and int(part) < len(names) else None


def _place(node: Node | None, part: str, path: str) -> int:
    """The place of an item that has to be there."""
    place = _position(node, part) if isinstance(node, SequenceNode) else None
    if place is None:
        raise CxError("no-such-place", found=path)
    return place


def _set(text: str, parts: list[str], value: Any) -> str:
    """The text with a value set; blocks that are not there yet are made."""
    node = parse(text).node
    if node is None or not isinstance(node, MappingNode):
        return _with_end(text) + block(_nested(parts, value), 0)
    for number, part in enumerate(parts):
        child, rest = _child(node, part), parts[number + 1 :]
        if child is None and isinstance(node, MappingNode):
            return _with_key(text, node, part, _nested(rest, value))
        if child is None:
            break
        if not rest or _is_empty(child):
            return _replaced(text, node, child, _nested(rest, value))
        node = child
    raise CxError("no-such-place", found=".".join(parts))


def _nested(parts: list[str], value: Any) -> Any:
    """A value inside the blocks that lead to it."""
    for part in reversed(parts):
        value = {part: value}
    return value


def _is_empty(node: Node) -> bool:
    """Whether a value is not given."""
    return isinstance(node, ScalarNode) and kind(node) == "null"


def _with_key(text: str, node: MappingNode, key: str, value: Any) -> str:
    """The text with one more key at the end of a block."""
    if node.flow_style:
        inside = text[: node.end_mark.index - 1].rstrip()
        comma = ", " if node.value and not inside.endswith(",") else ""
        return f"{inside}{comma}{flow(key)}: {flow(value)}" + text[node.end_mark.index - 1 :]
    at = _line_end(text, _content_end(text, node))
    return _with_end(text[:at]) + block({key: value}, node.start_mark.column) + text[at:]


def _replaced(text: str, parent: Node, child: Node, value: Any) -> str:
    """The text with another value in the place of `child`."""
    start, end = child.start_mark.index, _content_end(text, child)
    if parent.flow_style:
        gap = "" if text[start - 1] in " [{,'\"" else " " if text[start - 1] == ":" else ": "
        return text[:start] + gap + short(value, style=getattr(child, "style", None), inside=True) + text[end:]
    if _is_block(child):
        return _replaced_block(text, parent, child, value)
    if value is None:
        return text[:start].rstrip(" ") + text[end:]
    if is_short(value):
        gap = "" if text[start - 1 : start].isspace() else " " if text[start - 1] in ":-" else ": "
        return text[:start] + gap + short(value, style=getattr(child, "style", None)) + text[end:]
    if isinstance(parent, SequenceNode):
        raise CxError("no-such-place", found=str(value))
    line = _line_end(text, end)
    head = _with_end(text[:start].rstrip(" ") + text[end:line])
    return head + block(value, parent.start_mark.column + 2) + text[line:]


def _replaced_block(text: str, parent: Node, child: Node, value: Any) -> str:
    """The text with a value of several lines replaced; it is emptied first."""
    if not isinstance(parent, MappingNode):
        raise CxError("no-such-place", found=str(value))
    key = next(key for key, node in parent.value if node is child)
    colon = text.index(":", key.end_mark.index) + 1
    first, end = _line_start(text, child.start_mark.index), _line_end(text, _content_end(text, child))
    emptied = text[:colon] + text[colon:first] + text[end:]
    again = _child_at(emptied, key.start_mark.index)
    return _replaced(emptied, *again, value)


def _child_at(text: str, index: int) -> tuple[Node, Node]:
    """The block and the value whose key begins at `index`."""
    waiting = [parse(text).node]
    while waiting:
        node = waiting.pop()
        for key, value in node.value if isinstance(node, MappingNode) else ():
            if key.start_mark.index == index:
                return node, value
        if isinstance(node, MappingNode):
            waiting += [value for _, value in node.value]
        elif isinstance(node, SequenceNode):
            waiting += node.value
    raise CxError("no-such-place", found=str(index))


def _is_block(node: Node) -> bool:
    """Whether a value is a list or block over several lines, without brackets."""
    return not isinstance(node, ScalarNode) and not node.flow_style


def _add(text: str, parts: list[str], change: Add) -> str:
    """The text with one more item in a list."""
    node = _node(text, parts)
    if not isinstance(node, SequenceNode) or not node.value:
        return _set(text, parts, [change.item])
    at = len(node.value) if change.at is None else change.at
    return _rearranged(text, parts, node, at, change)


def _rearranged(text: str, parts: list[str], node: SequenceNode, place: int, change: Change) -> str:
    """The text with the items of a list added, removed or moved."""
    if node.flow_style or not _is_simple(text, node):
        plain = parse(text).plain
        for part in parts:
            plain = plain[part] if isinstance(plain, dict) else plain[_position_in(plain, part)]
        items = list(plain)
        _apply(items, place, change, getattr(change, "item", None))
        return _set(text, parts, items)
    if isinstance(change, Remove) and len(node.value) == 1:
        return _set(text, parts, [])
    return _Items(text, node).after(place, change)


def _position_in(items: list[Any], part: str) -> int:
    """The place of an item in a plain list."""
    names = [item.get("id") if isinstance(item, dict) else None for item in items]
    return names.index(part) if part in names else int(part.removeprefix("#"))


def _apply(items: list[Any], place: int, change: Change, new: Any) -> None:
    """Add, remove or move one entry of a list, in place."""
    if isinstance(change, Add):
        items.insert(place, new)
    elif isinstance(change, Remove):
        items.pop(place)
    elif isinstance(change, Move):
        items.insert(change.to, items.pop(place))


def _is_simple(text: str, node: SequenceNode) -> bool:
    """Whether the first dash of a list begins its line."""
    start = node.start_mark.index
    return not text[_line_start(text, start) : start].strip()


class _Items:
    """The lines of a block list: its items with what stands inside them, and the gaps between two items.

    Blank lines and comments at the margin belong to the gap; gaps stay where they are when items move.
    """

    def __init__(self, text: str, node: SequenceNode) -> None:
        column = node.start_mark.column
        starts = [dash(text, item.start_mark.index, column) for item in node.value]
        ends = [_own_end(text, _content_end(text, item), column) for item in node.value]
        self.column = column
        self.head, self.tail = text[: starts[0]], text[ends[-1] :]
        self.items = [_with_end(text[start:end]) for start, end in zip(starts, ends, strict=True)]
        self.gaps = [text[end:start] for end, start in zip(ends, starts[1:], strict=False)]

    def after(self, place: int, change: Change) -> str:
        """Return the text after the change."""
        if isinstance(change, Add):
            blank = self.gaps[0] if self.gaps and not self.gaps[0].strip() else ""
            self.gaps.insert(place, blank)
            _apply(self.items, place, change, dashed(change.item, self.column))
        else:
            _apply(self.items, place, change, None)
        if isinstance(change, Remove):
            self._close(place)
        between = [*self.gaps, ""]
        return self.head + "".join(item + gap for item, gap in zip(self.items, between, strict=True)) + self.tail

    def _close(self, place: int) -> None:
        """Close the gap of a removed item; a comment in it stays."""
        lost = self.gaps.pop(min(place, len(self.gaps) - 1))
        if not lost.strip():
            return
        if place == 0:
            self.head += lost
        elif place - 1 < len(self.gaps):
            self.gaps[place - 1] += lost
        else:
            self.tail = lost + self.tail


def _own_end(text: str, index: int, column: int) -> int:
    """Where an item ends: after its last value and the comments further in than its dash."""
    end = here = _line_end(text, index)
    while here < len(text):
        after = text.find("\n", here) + 1 or len(text)
        line = text[here:after]
        if line.strip() and not (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > column):
            break
        end, here = (after if line.strip() else end), after
    return end


def _content_end(text: str, node: Node) -> int:
    """Where the last sign of a value stands, comments and blank lines after it left out."""
    if _is_block(node) and node.value:
        last = node.value[-1]
        return _content_end(text, last[1] if isinstance(last, tuple) else last)
    end = node.end_mark.index
    is_kept = getattr(node, "style", None) in ("|", ">") and "+" in text[node.start_mark.index :].split("\n", 1)[0]
    return end if is_kept else len(text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end


def _line_start(text: str, index: int) -> int:
    """Where the line of `index` begins."""
    return text.rfind("\n", 0, max(index, 0)) + 1


def _line_end(text: str, index: int) -> int:
    """Where the line of `index` ends, its end included."""
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _with_end(text: str) -> str:
    """The text with its last line ended."""
    return text if not text or text.endswith("\n") else text + "\n"
