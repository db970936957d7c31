"""What a field of an engagement file holds, read off its type: a text, a choice, a date, a list of blocks …

The error messages, the editors' schemas and the forms all ask the same question of a model: what belongs here?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cxlib.engagement.fields import DATE, ID, Local

Keys = tuple[str | int, ...]
KINDS = ("text", "line", "id", "date", "choice", "number", "whole", "flag", "range", "block", "list", "table")


@dataclass(frozen=True)
class Shape:
    """What a field holds.

    Attributes
    ----------
    kind
        ``text`` (one string or one per language), ``line`` (a string), ``id``, ``date``, ``choice``, ``number``,
        ``whole``, ``flag``, ``range`` (two numbers), ``block`` (a model), ``list`` or ``table`` (name → value).
    choices
        The allowed values of a choice.
    model
        The model of a block.
    item
        What an entry of a list or table holds.
    """

    kind: str
    choices: tuple[Any, ...] = ()
    model: type[BaseModel] | None = None
    item: Shape | None = None


_SIMPLE = {bool: "flag", int: "whole", float: "number"}


def of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """Return the shape of a type.

    Examples
    --------
    >>> of(list[int]).item.kind, of(float | None).kind
    ('whole', 'number')
    """
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return of(inside[0], inside[1:])
    if origin in (Union, UnionType):
        options = [option for option in inside if option is not type(None)]
        return Shape("text") if Local in options else of(options[0], metadata)
    if origin is Literal:
        return Shape("choice", choices=inside)
    if origin in (list, dict):
        return Shape({list: "list", dict: "table"}[origin], item=of(inside[-1]))
    if origin is tuple:
        return Shape("range")
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("block", model=annotation)
    patterns = {DATE: "date", ID: "id"}
    found = [patterns[rule.pattern] for rule in metadata if getattr(rule, "pattern", None) in patterns]
    return Shape(found[0] if found else _SIMPLE.get(annotation, "line"))


def field(info: FieldInfo) -> Shape:
    """Return the shape of a model's field."""
    return of(info.annotation, tuple(info.metadata))


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by the name that a file uses."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def words(model: type[BaseModel], name: str) -> str:
    """Return the catalogue key of a field's label; its help is the same key with ``.help``.

    A field that several models share has its words where it is declared.

    Examples
    --------
    >>> from cxlib.engagement.strategy import KpiGoal
    >>> words(KpiGoal, "due"), words(KpiGoal, "id")
    ('field.KpiGoal.due', 'field.Item.id')
    """
    inner = next(inner for inner, info in model.model_fields.items() if name in (inner, info.alias))
    owner = next(each for each in model.__mro__ if inner in vars(each).get("__annotations__", {}))
    return f"field.{owner.__name__}.{name}"


def at(model: type[BaseModel], path: Keys) -> tuple[Shape, type[BaseModel], str]:
    """Return what belongs at a path, and the model and field that say so.

    The path may run on into something unknown; then the answer is about the last known place.

    Examples
    --------
    >>> from cxlib.engagement.strategy import Kpis
    >>> shape, owner, name = at(Kpis, ("goals", 0, "due"))
    >>> shape.kind, owner.__name__, name
    ('date', 'KpiGoal', 'due')
    """
    here, owner, name = Shape("block", model=model), model, ""
    for part in path:
        if here.kind == "block" and part in fields(here.model):
            owner, name = here.model, str(part)
            here = field(fields(owner)[name])
        elif here.item is not None:
            here = here.item
        else:
            break
    return here, owner, name


def walk(value: Any, shape: Shape, path: Keys = ()) -> Iterator[tuple[Keys, Shape, Any]]:
    """Yield path, shape and value of everything that is given in plain data, from the outside in."""
    yield path, shape, value
    if shape.kind == "block" and isinstance(value, dict):
        known = fields(shape.model)
        for name in value.keys() & known.keys():
            yield from walk(value[name], field(known[name]), (*path, name))
    elif shape.kind == "list" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from walk(item, shape.item, (*path, number))
    elif shape.kind == "table" and isinstance(value, dict):
        for name, item in value.items():
            yield from walk(item, shape.item, (*path, name))
