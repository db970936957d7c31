"""The form: shows what a file holds, writes only on Save, keeps comments, and puts errors beside their fields."""

from __future__ import annotations

import shutil
from pathlib import Path

import ipywidgets as widgets
import pytest

from cxlib.engagement import folder
from cxlib.engagement.strategy import FILES
from cxlib.errors import CxError
from cxlib.forms import form
from cxlib.forms.form import Editor
from cxlib.words import LANGS, phrase
from tests.engagement.conftest import with_examples

KPIS = "strategy/4_kpis.yaml"


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """An engagement in both languages with a decision of every kind."""
    path = with_examples(folder.new(tmp_path / "acme", name="Acme"))
    settings = path / "engagement.yaml"
    settings.write_text(settings.read_text().replace("languages: [en] ", "languages: [en, fa] "))
    return path


def hashes(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def inside(widget: widgets.Widget) -> list[widgets.Widget]:
    """The widget and all inside it."""
    return [widget, *(each for child in getattr(widget, "children", ()) for each in inside(child))]


def named(view: Editor, label: str) -> widgets.Widget:
    """The input with this label."""
    found = [each for each in inside(view) if getattr(each, "description", "") == label and hasattr(each, "value")]
    return found[-1]


def press(view: Editor, label: str, number: int = 0) -> None:
    """Click a button by its text or its tooltip."""
    buttons = [each for each in inside(view) if isinstance(each, widgets.Button)]
    [each for each in buttons if label in (each.description, each.tooltip)][number].click()


def errors(view: Editor) -> list[str]:
    """The errors that stand beside fields."""
    return [note.value for note in view.notes.values() if note.value]


def opened(acme: Path, file: str = "4_kpis", lang: str = "en", head: str = "Delivery made easy") -> Editor:
    view = form.editor(acme, file, lang=lang)
    press(view, head)
    return view


def test_it_shows_what_the_file_holds(acme: Path) -> None:
    view = opened(acme)
    assert named(view, "Id").value == "delivery-ces"
    assert (named(view, "Name · English").value, named(view, "Name · Persian").value) == ("Delivery made easy", "")
    assert (named(view, "Target").value, named(view, "Due").value) == ("5.6", "2027-03-20")
    assert dict(named(view, "Metric").options)["CES"] == named(view, "Metric").value == "ces"
    assert dict(named(view, "Stage").options) == {"–": "", "Delivery": "delivery"}
    assert dict(named(view, "Survey").options)["After delivery"] == named(view, "Survey").value


def test_nothing_is_written_before_save_and_then_one_line(acme: Path) -> None:
    view, before = opened(acme), hashes(acme)
    named(view, "Target").value = "۵٫۹"
    assert hashes(acme) == before
    assert "Not saved yet: 1 changed." in view.status.value
    press(view, "Save")
    old, new = before[KPIS].decode().splitlines(), (acme / KPIS).read_text().splitlines()
    assert [line for line in new if line not in old] == ["    target: 5.9"]
    assert len(new) == len(old)
    assert {name for name in before if before[name] != hashes(acme)[name]} == {KPIS}
    assert "Saved in strategy/4_kpis.yaml" in view.status.value


def test_a_text_gets_its_second_language_and_keeps_the_first(acme: Path) -> None:
    view = opened(acme)
    named(view, "Name · Persian").value = "تحویل آسان"
    named(view, "Name · English").value = "Easy delivery"
    press(view, "Save")
    assert "    name: {en: Easy delivery, fa: تحویل آسان}" in (acme / KPIS).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("label", "entered", "message"),
    [
        ("Due", "2027-02-30", "a day that the Gregorian calendar"),
        ("Due", "spring", "two digits each"),
        ("Target", "soon", "a number with Latin digits"),
        ("Id", "Delivery CES", "small Latin letters"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_saved(
    acme: Path, label: str, entered: str, message: str
) -> None:
    view, before = opened(acme), hashes(acme)
    named(view, label).value = entered
    (shown,) = errors(view)
    assert message in shown and "4_kpis.yaml" not in shown
    press(view, "Save")
    assert "Not saved: 1 to mend" in view.status.value
    assert hashes(acme) == before
    assert entered == named(view, label).value


def test_dates_are_read_in_the_engagements_calendar(tmp_path: Path) -> None:
    made = with_examples(folder.new(tmp_path / "shop", lang="fa"))
    view = opened(made, lang="fa", head="تحویل آسان")
    named(view, "سررسید").value = "۱۴۰۵/۱۲/۳۰"
    assert errors(view) != []
    named(view, "سررسید").value = "۱۴۰۵/۱۱/۳۰"
    assert errors(view) == []
    press(view, "ذخیره")
    assert folder.open(made).kpis.goals[0].due == "1405-11-30"


def test_items_are_added_filled_moved_and_removed(acme: Path) -> None:
    view = opened(acme)
    press(view, "Add: Goal")
    press(view, "Save")
    assert len(errors(view)) == 2 and "Not saved: 2 to mend" in view.status.value
    named(view, "Name · English").value = "More recommendations"
    named(view, "Metric").value = "nps"
    assert errors(view) == []
    press(view, "Move up", 1)
    press(view, "Save")
    assert [goal.id for goal in folder.open(acme).kpis.goals] == ["goal-1", "delivery-ces"]
    assert "# id from 1_vision.yaml" in (acme / KPIS).read_text()
    press(view, "Remove", 0)
    press(view, "Save")
    assert [goal.id for goal in folder.open(acme).kpis.goals] == ["delivery-ces"]


def test_an_added_and_removed_item_leaves_the_file_as_it_was(acme: Path) -> None:
    view, before = form.editor(acme, "4_kpis"), hashes(acme)
    press(view, "Add: Goal")
    press(view, "Remove", 1)
    press(view, "Save")
    assert hashes(acme) == before


def test_undo_takes_the_last_change_back_and_reload_all(acme: Path) -> None:
    view = opened(acme)
    named(view, "Target").value = "6"
    named(view, "Baseline").value = "5"
    press(view, "Undo")
    assert (named(view, "Target").value, named(view, "Baseline").value) == ("6", "5.1")
    press(view, "Reload")
    press(view, "Delivery made easy")
    assert named(view, "Target").value == "5.6"
    assert view.undo.disabled


def test_a_file_changed_elsewhere_is_never_overwritten(acme: Path) -> None:
    view = opened(acme)
    named(view, "Target").value = "6"
    path = acme / KPIS
    path.write_text(path.read_text().replace("due: 2027-03-20", "due: 2027-06-20"))
    press(view, "Save")
    assert "was changed elsewhere" in view.rest.value
    assert "target: 5.6" in path.read_text() and "due: 2027-06-20" in path.read_text()


def test_lists_of_ids_are_chips_or_commas(acme: Path) -> None:
    view = opened(acme, "6_tooling", head="Survey tool")
    chips = {each.description: each for each in inside(view) if isinstance(each, widgets.ToggleButton)}
    assert chips["Collect"].value and not chips["Automate"].value and chips["Courier at the door"].value
    chips["Automate"].value = True
    chips["Collect"].value = False
    press(view, "Save")
    assert folder.open(acme).tooling.vendors[0].properties == ["dashboards", "automate"]
    view = opened(acme, "2_personas", head="Ali")
    named(view, "Channels").value = "web، phone, shop"
    press(view, "Save")
    assert folder.open(acme).personas.personas[0].channels == ["web", "phone", "shop"]


def test_flags_ranges_tables_and_blocks_are_edited(acme: Path) -> None:
    view = form.editor(acme, "5_governance")
    named(view, "Has a budget").value = True
    named(view, "Quorum").value = "4"
    press(view, "Save")
    view = opened(acme, "7_improvement", head="Message one hour before arrival")
    named(view, "Effort in days · to").value = "30"
    press(view, "Save")
    view = opened(acme, "2_personas", head="Ali")
    named(view, "Rule").value = "age: 25-34\ncity: Tehran"
    press(view, "Save")
    engagement = folder.open(acme)
    assert (engagement.governance.owner.has_budget, engagement.governance.committee.quorum) == (True, 4)
    assert engagement.improvement.actions[0].effort == (10, 30)
    assert engagement.personas.personas[0].rule == {"age": "25-34", "city": "Tehran"}


def test_a_choice_can_be_taken_back(acme: Path) -> None:
    view = opened(acme)
    named(view, "Owner").value = ""
    named(view, "Stage").value = ""
    press(view, "Save")
    goal = folder.open(acme).kpis.goals[0]
    assert (goal.owner, goal.stage, goal.deputy) == (None, None, "head-of-cx")
    assert "    stage:        # id from" in (acme / KPIS).read_text()
    view = form.editor(acme, "5_governance")
    named(view, "Meets").value = "monthly"
    named(view, "Meets").value = ""
    press(view, "Save")
    assert folder.open(acme).governance.committee.cadence == ""


def test_a_missing_file_is_made_on_save_only(acme: Path) -> None:
    (acme / KPIS).unlink()
    view = form.editor(acme, "4_kpis")
    assert not (acme / KPIS).exists()
    press(view, "Add: Goal")
    named(view, "Name · English").value = "Loyal"
    named(view, "Metric").value = "crr"
    press(view, "Save")
    assert (acme / KPIS).read_text() == "schema: 1\ngoals:\n  - id: goal-1\n    name: Loyal\n    metric: crr\n"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("file", FILES)
def test_every_file_has_a_form_in_both_directions_that_changes_nothing(acme: Path, file: str, lang: str) -> None:
    before = hashes(acme)
    view = form.editor(acme, file, lang=lang)
    view.opened = {(name, 0) for name, held in view.draft.plain.items() if isinstance(held, list)}
    view._draw()
    classes = {"en": "cx-ltr", "fa": "cx-rtl"}
    assert classes[lang] in view._dom_classes
    assert phrase("form.save", lang) in [getattr(each, "description", "") for each in inside(view)]
    assert hashes(acme) == before


def test_a_wrong_file_name_is_told_with_the_nearest(acme: Path) -> None:
    with pytest.raises(CxError, match="Did you mean '4_kpis'"):
        form.editor(acme, "kpis")


def test_client_texts_cannot_bring_markup_into_the_form(acme: Path) -> None:
    path = acme / KPIS
    path.write_text(path.read_text().replace("due: 2027-03-20", 'due: "<img src=x onerror=alert(1)>"'))
    shutil.copy(path, path.with_suffix(".bak"))
    with pytest.raises(CxError, match="onerror"):
        form.editor(acme, "4_kpis")
    path.write_text(path.read_text().replace('due: "<img src=x onerror=alert(1)>"', "due: 2027-03-20"))
    view = opened(acme)
    named(view, "Due").value = "<img src=x onerror=alert(1)>"
    assert "&lt;img" in errors(view)[0] and "<img" not in errors(view)[0]


def test_headless_execution_shows_the_form_and_writes_nothing(acme: Path, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    before = hashes(acme)
    cell = f"from cxlib.forms import form\nform.editor({str(acme)!r}, '4_kpis', lang='fa')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert "application/vnd.jupyter.widget-view+json" in notebook.cells[0].outputs[0].data
    assert hashes(acme) == before
