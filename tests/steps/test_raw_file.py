"""The story of one raw export: told of any engagement, true to what was read, and without showing a person."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxlib.engagement import folder
from cxlib.ink.page import Page
from cxlib.steps import client, raw_file
from cxlib.words import LANGS, phrase

EXPORT = "response_id,nps,answered_at,comment\n" + "\n".join(
    f"{number},{number % 11},2026-01-{number:02},Reza Karimi was kind" for number in range(1, 29)
)


def opened(path: Path, sources: str = "") -> client.Client:
    """A new engagement with one plain export in its inbox."""
    made = folder.new(path / "acme")
    (made / "inbox" / "a.csv").write_text(EXPORT + "\n", encoding="utf-8")
    settings = made / "engagement.yaml"
    if sources:
        settings.write_text(settings.read_text().replace("sources: {}", f"sources:\n{sources}"), encoding="utf-8")
    return client.open(made)


def story(case: client.Client, lang: str) -> dict[str, pd.DataFrame]:
    raw = raw_file.pick(case)
    return {
        "first_bytes": raw_file.first_bytes(raw),
        "reading": raw_file.reading(raw),
        "recognised": raw_file.recognised(raw, lang=lang),
        "proposed": raw_file.proposed(raw, lang=lang),
        "typed": raw_file.typed(raw),
        "log": raw_file.log(case, raw),
    }


def test_without_any_export_there_is_no_story_and_no_error(tmp_path: Path) -> None:
    case = client.open(folder.new(tmp_path / "acme"))
    assert raw_file.pick(case).file == ""
    assert [name for name, frame in story(case, "en").items() if len(frame)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_an_export_that_waits_in_the_inbox_has_a_story_and_shows_nobody(tmp_path: Path, lang: str) -> None:
    case = opened(tmp_path)
    frames = story(case, lang)
    page = Page(case.engagement.setup, lang=lang)
    shown = "\n".join(str(page.frame(frame)) for frame in frames.values())
    assert "inbox/a.csv" in shown and "72 65 73 70" in shown
    assert "Reza" not in shown and "kind" not in shown.lower().split("nps")[-1]
    assert not len(frames["typed"])


def test_a_mapped_export_shows_what_its_cells_became(tmp_path: Path) -> None:
    case = opened(tmp_path, "  responses:\n    - {file: inbox/a.csv}")
    typed = raw_file.typed(raw_file.pick(case))
    assert typed["canonical"].map(lambda term: term.key).tolist() == ["mapping.name.answered_at", "mapping.name.nps"]
    # Rows 1, 3, 5 … are looked at for the day and rows 2, 4, 6 … for the score: nobody's day stands beside his score.
    day, score = typed["found"]
    assert int(day[-2:]) % 2 == 1 and typed["became"][0] == pd.Timestamp(day)
    assert typed["became"][1] == float(score)


def test_a_file_in_persian_digits_is_taken_before_others_and_its_days_become_days() -> None:
    case = client.open("nikkhaneh")
    raw = raw_file.pick(case)
    typed = raw_file.typed(raw).set_index(raw_file.typed(raw)["canonical"].map(lambda term: term.key))
    assert raw.file == "inbox/porsline_pulse.csv"
    # 1403/01/01 was 2024-03-20; the export runs from Khordad 1403 on.
    answered = typed.loc["mapping.name.answered_at"]
    assert answered["found"].startswith("۱۴۰") and answered["became"] >= pd.Timestamp("2024-05-21")
    assert typed.loc["mapping.name.csat", "became"] in (1, 2, 3, 4, 5)
    assert raw_file.proposed(raw, lang="en")["is_confirmed"].all()


def test_a_header_read_in_an_old_encoding_is_shown_beside_the_right_one() -> None:
    found = raw_file.first_bytes(raw_file.pick(client.open("nikkhaneh")))["found"].tolist()
    assert found[0].startswith("ef bb bf ") and found[1].startswith("ï»¿Ø") and found[2].startswith("ردیف")


@pytest.mark.parametrize("lang", LANGS)
def test_the_made_up_comment_loses_its_number_and_address_and_keeps_its_order(lang: str) -> None:
    written, kept = raw_file.redacted(lang=lang)["found"]
    assert "sara@example.com" in written and "sara" not in kept
    assert phrase("redaction.phone", lang) in kept and phrase("redaction.email", lang) in kept
    assert ("1234567" if lang == "en" else "۱۲۳۴۵۶۷") in kept
