"""The kinds of field that engagement files are made of: texts in two languages, ids, dates, evidence.

Every model refuses unknown keys. A text is one string, or one per language; a date stays the text that the client
wrote (``2027-03-20`` or ``1405-12-29``) and is read by the engagement's calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

ID = r"^[a-z0-9][a-z0-9_-]*$"
DATE = r"^$|^[0-9\u06f0-\u06f9]{4}-[0-9\u06f0-\u06f9]{2}-[0-9\u06f0-\u06f9]{2}$"


def _cell(value: Any) -> Any:
    """A number that stands where a text is meant, such as ``5: 1``, as that text."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Id = Annotated[str, StringConstraints(pattern=ID, max_length=60)]
DateText = Annotated[str, StringConstraints(pattern=DATE)]
Cell = Annotated[str, BeforeValidator(_cell, json_schema_input_type=str | int | float)]
Source = Literal["data", "interview", "assumption"]


class Model(BaseModel):
    """A block of an engagement file: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


class Local(Model):
    """A text in both languages; one may be missing, then the other is shown."""

    en: str = ""
    fa: str = ""


Text = str | Local


class Item(Model):
    """An item of a list: it has an id that forms, links and translations find it by."""

    id: Id


class Named(Item):
    """An item with a name to show."""

    name: Text


class Fact(Item):
    """A statement and what it rests on: the client's data, an interview, or an assumption."""

    text: Text
    source: Source = "assumption"
    n: int | None = Field(default=None, ge=0)


class File(Model):
    """A whole file of the engagement folder."""

    version: Literal[1] = Field(default=1, alias="schema")


def text(value: Text | None, lang: str) -> str:
    """Return a text in `lang`, or in the other language where that is all there is.

    Examples
    --------
    >>> text(Local(en="Delivery", fa="تحویل"), "fa"), text("Delivery", "fa")
    ('تحویل', 'Delivery')
    """
    if value is None or isinstance(value, str):
        return value or ""
    return getattr(value, lang) or value.en or value.fa


def plain(value: Text | None) -> Any:
    """Return a text as sections hold it: a string, or {en, fa}."""
    return value.model_dump(exclude_defaults=True) if isinstance(value, Local) else value or ""


def named(items: Iterable[Named]) -> dict[str, Any]:
    """Return id → name of each item, as sections hold it.

    Examples
    --------
    >>> named([Named(id="support", name=Local(en="Support", fa="پشتیبانی"))])
    {'support': {'en': 'Support', 'fa': 'پشتیبانی'}}
    """
    return {item.id: plain(item.name) for item in items}
