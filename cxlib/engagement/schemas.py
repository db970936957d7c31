"""JSON Schemas of the eight files, so that an editor completes keys and explains them while one types.

The first line of each file, ``# yaml-language-server: $schema=…``, leads editors there. The schemas are made from the
same models that read the files; the explanations are the help texts of the forms.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cxlib.engagement import files, shape
from cxlib.engagement.setup import Setup
from cxlib.engagement.strategy import FILES
from cxlib.words import phrase

FOLDER = ".schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[BaseModel]] = {"engagement": Setup, **FILES}


def schema(model: type[BaseModel], *, lang: str = "en") -> dict[str, Any]:
    """Return the JSON Schema of a file, with explanations in `lang`.

    A key without a value counts as not given, so every optional key may also be empty.

    Examples
    --------
    >>> schema(FILES["4_kpis"])["$defs"]["KpiGoal"]["required"]
    ['id', 'name', 'metric']
    """
    made = model.model_json_schema(by_alias=True)
    _explain(made, model, lang)
    for name, part in made.get("$defs", {}).items():
        _explain(part, _models(model)[name], lang)
    return {"$schema": DIALECT} | made


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A model and all models inside it, by name."""
    found = {model.__name__: model, "Local": shape.Local}
    for info in model.model_fields.values():
        what = shape.field(info)
        while what.item is not None:
            what = what.item
        if what.model is not None and what.model.__name__ not in found:
            found |= _models(what.model)
    return found


def _explain(part: dict[str, Any], model: type[BaseModel], lang: str) -> None:
    """Put help texts into the schema of one model, and let optional keys be empty."""
    part.pop("title", None)
    part["description"] = phrase(f"model.{model.__name__}", lang)
    required = part.get("required", [])
    for name, rule in part.get("properties", {}).items():
        rule.pop("title", None)
        content = rule if name in required else {"anyOf": [rule, {"type": "null"}]}
        part["properties"][name] = content | {"description": phrase(f"{shape.words(model, name)}.help", lang)}


def write(folder: Path, *, lang: str = "en") -> None:
    """Write the schemas of all files into ``.schemas/`` of an engagement folder."""
    for name, model in MODELS.items():
        content = json.dumps(schema(model, lang=lang), ensure_ascii=False, indent=1) + "\n"
        files.write(Path(folder) / FOLDER / f"{name}.json", content.encode("utf-8"))
