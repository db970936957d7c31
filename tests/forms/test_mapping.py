"""The mapping form: proposals beside scores, written only on Save, as little as can be and with comments kept."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import pytest

from cxlib.engagement import folder
from cxlib.errors import CxError
from cxlib.forms import mapping
from cxlib.forms.mapping import Editor
from cxlib.intake import read
from cxlib.words import LANGS, phrase

NPS = "How likely are you to recommend us to a friend?"
CSAT = "Overall, how satisfied were you? (1 = not at all, 5 = very satisfied)"
CES = "How easy was it to get help?"
WHY = "Please tell us why"
ROWS = [
    ("1", "0007", "9", "4", "5", "The courier was late and rang the wrong bell, call 0912 345 6789"),
    ("2", "0008", "10", "5", "4", "Nothing to add, all of it was just as I had hoped for"),
    ("3", "0009", "0", "1", "1", "Nobody answered for a whole week although I wrote three times"),
]
SETTINGS = """schema: 1
name: Acme   # ours
# who asks
surveys:
  visit: {kind: transactional, instruments: {nps: nps}}   # after a visit
sources:
  responses:
    - file: inbox/mapped.csv     # the first one
      preset: csv
      survey: visit
      map: {response_id: id, nps: "%s"}   # checked with the client
"""


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """An engagement with one mapped and one new export of the same answers."""
    names = ["id", "customer id", NPS, CSAT, CES, WHY]
    lines = [";".join(row) for row in (names, *ROWS)]
    (tmp_path / "inbox").mkdir()
    for name in ("mapped.csv", "new.csv"):
        (tmp_path / "inbox" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "engagement.yaml").write_text(SETTINGS % NPS, encoding="utf-8")
    return tmp_path


def settings(acme: Path) -> list[str]:
    return (acme / "engagement.yaml").read_text(encoding="utf-8").splitlines()


def words(widget: widgets.Widget) -> str:
    """Everything that the form says: texts, labels, options."""
    own = [getattr(widget, name, "") for name in ("value", "description", "tooltip")]
    lists = [str(option) for option in getattr(widget, "options", ())]
    return "\n".join([*map(str, own), *lists, *(words(child) for child in getattr(widget, "children", ()))])


def chosen(view: Editor) -> dict[str, str]:
    return {name: row.chooser.value for name, row in view.rows.items() if row.chooser.value}


def test_a_new_export_shows_proposals_with_evidence_and_scores(acme: Path) -> None:
    view = mapping.editor(acme, "inbox/new.csv")
    assert chosen(view) == {"nps": NPS, "csat": CSAT, "ces": CES, "comment": WHY, "customer_id": "customer id"}
    assert "Proposed (90% sure)" in view.rows["nps"].note.value
    assert "Commonest scores: 9, 10, 0" in view.rows["nps"].note.value
    assert view.scales["csat"].value == "csat5"


def test_a_direction_that_the_wording_leaves_open_is_asked_and_not_chosen(acme: Path) -> None:
    view = mapping.editor(acme, "inbox/new.csv")
    assert view.scales["ces"].value == ""
    assert "Which end of column" in view.rows["ces"].note.value
    view.scales["ces"].value = "ease5"
    assert "Which end of column" not in view.rows["ces"].note.value


@pytest.mark.parametrize("lang", LANGS)
def test_comments_and_ids_are_never_shown(acme: Path, lang: str) -> None:
    view = mapping.editor(acme, "inbox/new.csv", lang=lang)
    view.rows["nps"].chooser.value = WHY
    view.rows["ces"].chooser.value = WHY
    assert phrase("mapping.no-scores", lang) in view.rows["nps"].note.value
    shown = words(view)
    assert not any(part in shown for part in ("courier", "0912", "0007", "just as I"))


def test_nothing_is_written_before_save_and_then_only_what_was_confirmed(acme: Path) -> None:
    before = settings(acme)
    view = mapping.editor(acme, "inbox/mapped.csv")
    assert "Not in engagement.yaml yet: 5." in view.status.value
    view.rows["ces"].chooser.value = ""
    view.rows["customer_id"].chooser.value = ""
    assert "Not saved yet: 3 changed." in view.status.value
    assert settings(acme) == before
    view.save.click()
    after = settings(acme)
    assert "Saved in engagement.yaml" in view.status.value and not view.changes()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        (
            "  visit: {kind: transactional, instruments: {nps: nps}}   # after a visit",
            "  visit: {kind: transactional, instruments: {nps: nps, csat: csat5}}   # after a visit",
        ),
        (
            f'      map: {{response_id: id, nps: "{NPS}"}}   # checked with the client',
            f'      map: {{response_id: id, nps: "{NPS}", csat: "{CSAT}", comment: {WHY}}}   # checked with the client',
        ),
    ]


def test_a_new_export_becomes_a_source_that_reads_to_typed_scores(acme: Path) -> None:
    view = mapping.editor(acme, "inbox/new.csv")
    view.survey.value = "after_help"
    view.scales["ces"].value = "ease5"
    view.save.click()
    assert "Saved" in view.status.value
    opened = folder.open(acme)
    source = opened.setup.sources["responses"][1]
    assert (source.file, source.preset, source.survey) == ("inbox/new.csv", "csv", "after_help")
    instruments = opened.setup.surveys["after_help"].instruments
    assert (instruments.nps, instruments.csat, instruments.ces) == ("nps", "csat5", "ease5")
    table = read.tables(opened).frames["responses"]
    # Mapped without ids, the second source keeps its own three rows beside those of the first.
    assert table.loc[table["survey"] == "after_help", "ces"].tolist() == [5, 4, 1]


def test_a_score_without_its_scale_is_not_saved_and_the_form_says_why(acme: Path) -> None:
    view, before = mapping.editor(acme, "inbox/new.csv"), settings(acme)
    view.survey.value = "visit"
    view.save.click()
    assert settings(acme) == before
    assert view.status.value == "Not saved:" and "ces" in view.wrong.value
    view.scales["ces"].value = "ease5"
    assert view.wrong.layout.display == "none"


def test_taking_a_column_back_takes_it_out_of_the_map(acme: Path) -> None:
    view = mapping.editor(acme, "inbox/mapped.csv")
    for name in ("nps", "csat", "ces", "comment", "customer_id"):
        view.rows[name].chooser.value = ""
    view.save.click()
    assert folder.open(acme).setup.sources["responses"][0].map == {"response_id": "id"}


def test_what_the_tool_names_itself_needs_no_entry(acme: Path) -> None:
    (acme / "inbox" / "own.csv").write_text("response_id,nps,channel\n1,9,web\n2,3,shop\n3,7,web\n", encoding="utf-8")
    view = mapping.editor(acme, "inbox/own.csv")
    assert chosen(view) == {}
    assert "found without being told: nps" in words(view.rows["nps"].chooser)
    assert "Commonest scores: 9, 3, 7" in view.rows["nps"].note.value
    view.save.click()
    assert "    - file: inbox/own.csv" in settings(acme)
    assert folder.open(acme).setup.sources["responses"][1].map == {}


def test_somebody_elses_change_is_not_overwritten(acme: Path) -> None:
    view = mapping.editor(acme, "inbox/mapped.csv")
    text = (acme / "engagement.yaml").read_text(encoding="utf-8")
    (acme / "engagement.yaml").write_text(text.replace("# ours", "# theirs"), encoding="utf-8")
    view.save.click()
    assert "# theirs" in settings(acme)[1] and "csat" not in "\n".join(settings(acme))
    assert view.status.value == "Not saved:" and view.wrong.value
    view.revert.click()
    view.rows["ces"].chooser.value = ""
    view.save.click()
    assert "Saved" in view.status.value


@pytest.mark.parametrize("lang", LANGS)
def test_the_sample_is_all_confirmed_in_both_languages(lang: str) -> None:
    view = mapping.editor("nikkhaneh", "inbox/porsline_pulse.csv", lang=lang)
    assert view.changes() == []
    assert phrase("mapping.confirmed", lang) in view.rows["nps"].note.value
    assert ("cx-rtl" in view._dom_classes) == (lang == "fa")
    labels = [row.chooser.description for row in view.rows.values()]
    assert labels[labels.index("NPS") - 1] == phrase("mapping.name.ticket_id", lang)


def test_no_export_is_said_and_nothing_can_be_saved(acme: Path) -> None:
    view = mapping.editor(acme, "")
    assert "no export yet" in view.status.value and view.rows == {}


def test_what_is_not_there_is_an_error(acme: Path) -> None:
    with pytest.raises(CxError, match=r"absent\.csv"):
        mapping.editor(acme, "inbox/absent.csv")
    with pytest.raises(CxError, match=r"engagement\.yaml"):
        mapping.editor(acme, "../outside.csv")
    with pytest.raises(CxError, match="answers"):
        mapping.editor(acme, "inbox/new.csv", table="answers")
