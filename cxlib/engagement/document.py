"""A YAML file as people write it: its values, and the line that each value stands on.

Files are read for their meaning and never rewritten as a whole, so ruamel.yaml serves only to find values and
their places. Dates stay the text that was written, because only the engagement's calendar can read them; an unquoted
number with leading zeros is refused, because its zeros would be lost. Tags, anchors and aliases have no use in an
engagement and can hide harm (a few lines can grow to gigabytes), so they are refused as well.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from cxlib.engagement.shape import Keys
from cxlib.errors import CxError

LARGEST = 2_000_000
DEEPEST = 24
LONGEST_NUMBER = 40
_TAG = "tag:yaml.org,2002:"
_COLON = re.compile(r"\s*:")
_ZEROS = re.compile(r"[-+]?0[0-9_]+")
_SYNTAX = (
    ("anchor", "yaml-refused"),
    ("maximum depth", "yaml-deep"),
    ("another document", "yaml-two"),
    ("'\\t'", "yaml-tab"),
    ("quoted scalar", "yaml-quote"),
    ("flow ", "yaml-bracket"),
    ("mapping values are not allowed", "yaml-colon"),
    ("could not find expected ':'", "yaml-no-colon"),
    ("<block end>", "yaml-indent"),
)
_BEGUN = ("yaml-quote", "yaml-bracket", "yaml-no-colon")


class _Composer(Composer):
    """Refuses what can hide harm before anything is built."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent) or event.anchor is not None or event.tag is not None:
            raise MarkedYAMLError(problem="anchor, alias or tag", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


class _Resolver(VersionedResolver):
    """Knows numbers, flags and empty values; everything else, dates among it, is text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        known = kind is not ScalarNode or str(tag).removeprefix(_TAG) in ("int", "float", "bool", "null")
        return tag if known else self.DEFAULT_SCALAR_TAG


@dataclass
class Document:
    """A parsed file.

    Attributes
    ----------
    text
        The file as it stands.
    node
        The tree of values with their places in `text`; None if the file is empty.
    plain
        The same as dictionaries, lists, texts and numbers; keys without a value are left out.
    lines
        Path of a value → its line, counted from 1.
    errors
        What is wrong with single values: keys that stand twice, numbers with leading zeros.
    """

    text: str
    file: str = ""
    node: Node | None = None
    plain: dict[str, Any] = field(default_factory=dict)
    lines: dict[Keys, int] = field(default_factory=dict)
    errors: list[CxError] = field(default_factory=list)


def parse(text: str, *, file: str = "") -> Document:
    """Return the values of a YAML text and their places.

    Raises
    ------
    CxError
        If the text is not YAML, or uses tags, anchors or aliases.

    Examples
    --------
    >>> parse("due: 1404-02-31  # no such day").plain
    {'due': '1404-02-31'}
    """
    document = Document(text, file)
    document.node = node = _tree(text, file)
    if node is None or _is_null(node):
        return document
    if not isinstance(node, MappingNode):
        raise CxError("yaml-no-keys", file=file, row=node.start_mark.line + 1, found=_line(text, node.start_mark.line))
    document.plain = _mapping(node, (), document)
    return document


def line(document: Document, path: Keys) -> int:
    """Return the line of the value at `path`, or of the nearest thing around it that exists."""
    while path and path not in document.lines:
        path = path[:-1]
    return document.lines.get(path, 1)


def _tree(text: str, file: str) -> Node | None:
    """The nodes of a text, or the error that tells where it is no YAML."""
    if len(text) > LARGEST:
        raise CxError("yaml-large", file=file, found=len(text), expected=LARGEST)
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer, yaml.Resolver, yaml.max_depth = _Composer, _Resolver, DEEPEST
    try:
        return yaml.compose(text)
    except MarkedYAMLError as error:
        raise _syntax(error, text, file) from error
    except (YAMLError, ValueError) as error:
        row = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise CxError("yaml-sign", file=file, row=row, found=f"U+{getattr(error, 'character', 0):04X}") from error


def _syntax(error: MarkedYAMLError, text: str, file: str) -> CxError:
    """Ruamel's complaint in our words, at the line where the mistake begins."""
    words = f"{error.context or ''} {error.problem or ''}"
    key = next((key for part, key in _SYNTAX if part in words), "yaml-syntax")
    begun: StreamMark | None = error.context_mark if key in _BEGUN else error.problem_mark
    row = (begun or error.problem_mark or error.context_mark).line
    return CxError(key, file=file, row=row + 1, found=_line(text, row))


def _line(text: str, number: int) -> str:
    """A line of the text, shortened for a message."""
    lines = text.splitlines()
    return lines[number].strip()[:80] if number < len(lines) else ""


def _value(node: Node, path: Keys, document: Document) -> Any:
    """The value of a node as plain Python."""
    if isinstance(node, MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, SequenceNode):
        _settle_items(node, document.text)
        return [_entry(item, (*path, number), document) for number, item in enumerate(node.value)]
    return _scalar(node, document)


def _entry(node: Node, path: Keys, document: Document) -> Any:
    """One item of a list; its line is noted."""
    document.lines[path] = node.start_mark.line + 1
    return _value(node, path, document)


def _mapping(node: MappingNode, path: Keys, document: Document) -> dict[str, Any]:
    """A block of keys; the lines of its keys are noted, keys without a value left out."""
    values: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        row = key.start_mark.line + 1
        if (*path, name) in document.lines:
            first = document.lines[*path, name]
            document.errors.append(CxError("key-twice", file=document.file, row=row, column=name, found=first))
        document.lines[*path, name] = row
        _settle(value, key, document.text)
        if not _is_null(value):
            values[name] = _value(value, (*path, name), document)
    return values


def _settle(value: Node, key: Node, text: str) -> None:
    """Put the mark of a value that is not written right behind the colon of its key; ruamel puts it anywhere after."""
    if value.start_mark.index == value.end_mark.index:
        colon = _COLON.match(text, key.end_mark.index)
        value.start_mark = value.end_mark = _moved(key.end_mark, colon.end() if colon else key.end_mark.index)


def _settle_items(node: SequenceNode, text: str) -> None:
    """Put the marks of items that are not written right behind their dashes."""
    for item in node.value:
        if item.start_mark.index == item.end_mark.index and not node.flow_style:
            place = dash(text, item.start_mark.index - 1, node.start_mark.column) + node.start_mark.column + 1
            item.start_mark = item.end_mark = _moved(item.start_mark, place, line=text.count("\n", 0, place))


def _moved(mark: StreamMark, index: int, *, line: int | None = None) -> StreamMark:
    """A mark at another place."""
    moved = copy(mark)
    moved.index = index
    moved.line = mark.line if line is None else line
    return moved


def dash(text: str, index: int, column: int) -> int:
    """Return where the line begins that carries the dash, in `column`, of the list item at `index`."""
    start = text.rfind("\n", 0, index) + 1
    while start and (text[start : start + column].strip() or text[start + column : start + column + 1] != "-"):
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _is_null(node: Node) -> bool:
    """Whether nothing is written there (or ``null`` or ``~``)."""
    return isinstance(node, ScalarNode) and kind(node) == "null"


def kind(node: Node) -> str:
    """Return what a value is: ``str``, ``int``, ``float``, ``bool``, ``null``, ``map`` or ``seq``."""
    return str(node.tag).removeprefix(_TAG)


def _scalar(node: ScalarNode, document: Document) -> Any:
    """A text, number or flag."""
    what, written = kind(node), node.value
    if what in ("int", "float") and _ZEROS.fullmatch(written):
        row = node.start_mark.line + 1
        document.errors.append(CxError("leading-zero", file=document.file, row=row, found=written))
        return written
    if what == "bool":
        return written.lower() == "true"
    if len(written) > LONGEST_NUMBER:
        return written
    if what == "int":
        return int(written.replace("_", ""), 0)
    return float(written.replace("_", "").replace(".inf", "inf").replace(".nan", "nan")) if what == "float" else written
