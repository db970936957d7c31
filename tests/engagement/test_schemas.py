"""The JSON Schemas of editors accept what the models accept and refuse what they refuse; every field has its words."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from cxlib.engagement import files, schemas, shape
from cxlib.engagement.document import parse
from cxlib.share import share
from cxlib.words import LANGS, phrase
from cxlib.words.catalogue import has


def _all_models() -> dict:
    found: dict = {}
    for model in schemas.MODELS.values():
        found |= schemas._models(model)
    return found


def test_every_field_has_a_label_and_help_in_both_languages() -> None:
    fields = [shape.words(model, name) for model in _all_models().values() for name in shape.fields(model)]
    assert sorted({key for key in fields if not has(key) or not has(f"{key}.help")}) == []
    assert sorted(name for name in _all_models() if not has(f"model.{name}")) == []


def test_every_choice_has_a_name() -> None:
    shapes = [shape.field(info) for model in _all_models().values() for info in shape.fields(model).values()]
    values = {value for what in shapes for each in (what, what.item) if each for value in each.choices}
    words = {value for value in values if isinstance(value, str) and value.isidentifier()}
    assert sorted(value for value in words if not has(f"choice.{value}")) == []


@pytest.mark.parametrize("name", schemas.MODELS)
@pytest.mark.parametrize("lang", LANGS)
def test_skeletons_and_examples_fit_their_schema(acme: Path, name: str, lang: str) -> None:
    schema = schemas.schema(schemas.MODELS[name], lang=lang)
    jsonschema.Draft202012Validator.check_schema(schema)
    within = name if name == "engagement" else f"strategy/{name}"
    for file in (share("templates", "engagement", lang, f"{within}.yaml"), acme / f"{within}.yaml"):
        document = parse(files.text(file))
        jsonschema.validate(document.plain, schema)
        leads = document.text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (acme / f"{within}.yaml").parent.joinpath(leads).resolve() == acme / ".schemas" / f"{name}.json"


def test_the_written_schemas_are_those_of_the_models_with_words(acme: Path) -> None:
    written = json.loads((acme / ".schemas" / "4_kpis.json").read_text(encoding="utf-8"))
    assert written == schemas.schema(schemas.MODELS["4_kpis"])
    due = written["$defs"]["KpiGoal"]["properties"]["due"]
    assert due["description"] == phrase("field.KpiGoal.due.help", "en")


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": []},
        {"goals": [{"id": "a", "metric": "nps"}]},
        {"goals": [{"id": "a", "name": "x", "metric": "cse"}]},
        {"goals": [{"id": "A b", "name": "x", "metric": "ces"}]},
        {"goals": [{"id": "a", "name": {"fr": "x"}, "metric": "ces"}]},
        {"goals": [{"id": "a", "name": "x", "metric": "ces", "due": "spring"}]},
    ],
)
def test_the_schema_refuses_what_the_model_refuses(wrong: dict) -> None:
    with pytest.raises(jsonschema.ValidationError, match=r".+"):
        jsonschema.validate(wrong, schemas.schema(schemas.MODELS["4_kpis"]))


def test_an_empty_optional_key_is_allowed_as_in_the_files() -> None:
    given = {"goals": [{"id": "a", "name": "x", "metric": "ces", "due": None, "target": None}]}
    jsonschema.validate(given, schemas.schema(schemas.MODELS["4_kpis"]))


def test_other_files_are_read_as_strictly_though_no_form_explains_them(tmp_path: Path) -> None:
    class Note(files.File):
        days: int

    (tmp_path / "note.yaml").write_text("schema: 1\ndays: many\n")
    with pytest.raises(files.CxErrors, match=r"note\.yaml, line 2: `days` holds 'many'"):
        files.read(tmp_path / "note.yaml", Note, tmp_path)
