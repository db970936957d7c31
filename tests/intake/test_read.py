"""From an engagement's sources to canonical tables: mapped, typed, redacted, logged; or stopped with the reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib.engagement import folder
from cxlib.errors import CxError, CxErrors
from cxlib.intake import read

HEADER = "id,customer,nps,day,comment\n"
ROWS = "1,007,9,2025-03-01,good\n2,008,3,2025-03-02,write to ann@example.com\n3,,10,2025-03-15,\n"
MAP = "map: {response_id: id, customer_id: customer, nps: nps, answered_at: day, comment: comment}"


def test_canonical_columns_are_typed_and_described(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    got = tables(tmp_path, responses(f"file: inbox/a.csv, survey: visit, {MAP}"), a_csv=HEADER + ROWS).frames[
        "responses"
    ]
    assert got["customer_id"].tolist()[:2] == ["007", "008"] and got["customer_id"].isna().tolist() == [
        False,
        False,
        True,
    ]
    assert got["nps"].tolist() == [9.0, 3.0, 10.0]
    assert got["answered_at"].tolist()[0] == pd.Timestamp("2025-03-01")
    assert str(got["answered_at"].dtype) == "datetime64[us]"
    assert set(got["survey"]) == {"visit"} and set(got["kind"]) == {"transactional"}
    assert set(got["instrument"]) == {"nps:nps"}


def test_comments_are_redacted_before_they_reach_the_table(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    got = tables(tmp_path, responses(f"file: inbox/a.csv, survey: visit, {MAP}"), a_csv=HEADER + ROWS)
    assert "ann@example.com" not in got.frames["responses"].to_csv() + got.log.to_csv()
    assert "write to" in got.frames["responses"]["comment"][1]


def test_further_columns_are_kept_and_their_texts_redacted(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "id,nps,age,note\n1,9,34,call 0912 345 6789\n2,8,51,\n"
    got = tables(tmp_path, responses("file: inbox/a.csv, survey: visit, map: {response_id: id}"), a_csv=text)
    assert got.frames["responses"]["age"].tolist() == [34.0, 51.0]
    assert "345 6789" not in got.frames["responses"].to_csv()


def test_loading_an_export_twice_changes_nothing(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any], logged: Callable[..., Any]
) -> None:
    entry = f"file: inbox/a.csv, survey: visit, {MAP}"
    once = tables(tmp_path, responses(entry), a_csv=HEADER + ROWS)
    twice = tables(
        tmp_path, responses(entry, entry.replace("a.csv", "b.csv")), a_csv=HEADER + ROWS, b_csv=HEADER + ROWS
    )
    pd.testing.assert_frame_equal(once.frames["responses"], twice.frames["responses"])
    assert logged(twice, "repeated-row") == 3


def test_an_export_without_ids_loaded_twice_changes_nothing(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    # Two customers may give the same answer at the same moment: both rows stay, in one copy and in two.
    text = "nps,day\n9,2025-03-15\n9,2025-03-15\n4,2025-03-16\n"
    entry = "file: inbox/{}.csv, survey: visit, map: {{nps: nps, answered_at: day}}"
    got = tables(tmp_path, responses(entry.format("a"), entry.format("b")), a_csv=text, b_csv=text)
    assert got.frames["responses"]["nps"].tolist() == [9.0, 9.0, 4.0]
    assert got.frames["responses"]["response_id"].is_unique


def test_a_mapped_column_that_is_not_there_is_an_error_with_the_nearest_name(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    entry = "file: inbox/responses.csv, survey: visit, map: {nps: nps_score}"
    with pytest.raises(CxError) as caught:
        tables(tmp_path, responses(entry), responses_csv="id,channel,nps score,date\n1,web,9,2025-03-01\n")
    assert str(caught.value) == (
        "Table 'inbox/responses.csv' has no column 'nps_score'.\n"
        "It has: 'id', 'channel', 'nps score', 'date'.\n"
        "  nps_score: did you mean 'nps score'?\n"
        "Rename the column in the file, or map it in engagement.yaml under sources."
    )


def test_a_mapped_column_unlike_any_other_is_an_error_too(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError, match=r"has no column 'zzz'(.|\n)*Rename the column"):
        tables(tmp_path, responses("file: inbox/a.csv, map: {nps: zzz}"), a_csv=HEADER + ROWS)


@pytest.mark.parametrize("name", ["csat", "ces"])
def test_satisfaction_and_effort_without_an_instrument_stop(
    tmp_path: Path, name: str, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    # The column bears the canonical name, so that it is found without a map.
    with pytest.raises(CxError, match=rf"surveys.bare.instruments.{name} is missing") as caught:
        tables(tmp_path, responses("file: inbox/a.csv, survey: bare"), a_csv=f"id,{name}\n1,4\n")
    assert caught.value.file == "engagement.yaml"


def test_a_mapped_satisfaction_without_an_instrument_stops(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError, match=r"engagement.yaml(.|\n)*scale is not told"):
        tables(tmp_path, responses("file: inbox/a.csv, map: {csat: score}"), a_csv="id,score\n1,4\n")


def test_scores_of_another_scale_stop_with_file_column_row_and_remedy(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "id,nps\n1,9\n2,73\n3,100\n4,55\n"
    with pytest.raises(CxError, match=r"'inbox/a.csv', column 'nps', from row 3: 3 answers lie outside") as caught:
        tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv=text)
    assert caught.value.row == 3 and "73" in str(caught.value) and "name its instrument" in str(caught.value)


def test_a_single_score_outside_is_left_out_and_logged(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "id,nps\n" + "".join(f"{number},9\n" for number in range(200)) + "200,77\n"
    got = tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv=text)
    assert int(got.frames["responses"]["nps"].isna().sum()) == 1
    assert got.log.loc[got.log["what"] == "outside-scale", "row"].tolist() == [202]


@pytest.mark.parametrize("text", ["", "id,nps\n", "\n\n"])
def test_an_empty_table_says_so(
    tmp_path: Path, text: str, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError, match=r"holds no answers|is empty"):
        tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv=text)


@pytest.mark.parametrize(
    "file", ["../outside.csv", "/etc/hostname", "inbox/../../outside.csv", "", "inbox", "link.csv"]
)
def test_a_path_that_leads_out_of_the_folder_stops(
    tmp_path: Path, file: str, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    inner = tmp_path / "client"
    (inner / "inbox").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text("id\n1\n")
    os.symlink(tmp_path / "outside.csv", inner / "link.csv")
    with pytest.raises(CxError, match=r"leads out of the engagement folder|there is no file"):
        read.inside(inner, file)
    with pytest.raises(CxError, match=r"outside the engagement folder|no file|leads out|empty"):
        tables(inner, responses(f"file: '{file}'"))


def test_a_missing_export_is_named(tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]) -> None:
    with pytest.raises(CxError, match=r"there is no file 'inbox/none.csv'"):
        tables(tmp_path, responses("file: inbox/none.csv"))


def test_several_wrong_sources_are_told_at_once(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxErrors) as caught:
        tables(tmp_path, responses("file: inbox/x.csv", "file: inbox/y.csv"))
    assert [error.found for error in caught.value.errors] == ["inbox/x.csv", "inbox/y.csv"]


def test_an_unanswered_question_stops_and_its_answer_goes_on(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "1,9\n2,10\n3,0\n"
    with pytest.raises(CxError, match=r"Is there no header(.|\n)*`header_rows`"):
        tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv=text)
    entry = "file: inbox/a.csv, survey: visit, header_rows: 0, map: {response_id: column_1, nps: column_2}"
    assert tables(tmp_path, responses(entry), a_csv=text).frames["responses"]["nps"].tolist() == [9.0, 10.0, 0.0]


def test_values_of_the_client_rename_labels_and_codes(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "id,nps,where\n1,9,Web shop\n2,n.a.,Phone line\n"
    values = 'values: {touchpoint: {Web shop: web, Phone line: phone}, nps: {n.a.: ""}}'
    entry = f"file: inbox/a.csv, survey: visit, map: {{touchpoint: where}}, {values}"
    got = tables(tmp_path, responses(entry), a_csv=text).frames["responses"]
    assert got["touchpoint"].tolist() == ["web", "phone"] and got["nps"].isna().tolist() == [False, True]


def test_zendesk_gives_the_first_reply_from_its_minutes(tmp_path: Path, tables: Callable[..., Any]) -> None:
    header = (
        "Summation column,Id,Requester,Created at,Solved at,Satisfaction Score,Reopens,First reply time in minutes\n"
    )
    text = header + "1,501,Ann,2025-03-20T10:00:00Z,,Offered,0,90\n1,502,Bo,2025-03-21T10:00:00Z,,Good,2,\n"
    got = tables(tmp_path, "  tickets:\n    - {file: inbox/a.csv, preset: zendesk}\n", a_csv=text).frames["tickets"]
    assert got["ticket_id"].tolist() == ["501", "502"]
    assert got["first_reply_at"].tolist()[0] == pd.Timestamp("2025-03-20 11:30")
    assert got["first_reply_at"].isna().tolist() == [False, True]
    assert got["reopened"].tolist() == [False, True] and got["resolved_at"].isna().all()


def test_an_unknown_table_or_preset_is_named_with_the_nearest(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError, match=r"replies(.|\n)*The tables are"):
        tables(tmp_path, "  replies:\n    - {file: inbox/a.csv}\n", a_csv="id\n1\n")
    with pytest.raises(CxError, match=r"no preset 'qualtrix'(.|\n)*nearest is 'qualtrics'"):
        tables(tmp_path, responses("file: inbox/a.csv, preset: qualtrix"), a_csv=HEADER + ROWS)


def test_the_sample_reads_whole(root: Path, tables: Callable[..., Any], logged: Callable[..., Any]) -> None:
    # 3,663 rows less 24 previews, 160 unfinished and 8 that were exported twice, and 1,680 of the pulse.
    got = read.tables(folder.open(folder.find("nikkhaneh")))
    assert len(got.frames["responses"]) == 3663 - 24 - 160 - 8 + 1680
    assert [logged(got, what) for what in ("set-aside-preview", "set-aside-partial", "repeated-row")] == [24, 160, 8]
    assert got.frames["responses"]["answered_at"].notna().all()
    assert set(got.hashes) >= {"inbox/porsline_pulse.csv", "inbox/zendesk_tickets.csv"}
    assert list(got.log.columns) == ["file", "table", "column", "row", "what", "count", "examples"]


TURNED = "id,lang,nps,csat\n" + "".join(
    f"{row},{'en' if row % 2 else 'fa'},{nps},{csat}\n"
    for row, (nps, csat) in enumerate([(0, 5), (3, 4), (7, 2), (10, 1)] * 20)
)
TURNED_MAP = "survey: visit, map: {response_id: id, nps: nps, csat: csat}"


def test_a_scale_that_looks_turned_round_stops_before_anything_is_computed(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError, match=r"“nps” and “csat” run against each other(.|\n)*declared(.|\n)*reversed"):
        tables(tmp_path, responses(f"file: inbox/a.csv, {TURNED_MAP}"), a_csv=TURNED)


@pytest.mark.parametrize(("told", "first"), [("declared", 5), ("reversed", 1)])
def test_the_client_says_whether_a_scale_is_right_or_turned_round(
    told: str, first: int, tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any],
    logged: Callable[..., Any],
) -> None:  # fmt: skip
    entry = f"file: inbox/a.csv, {TURNED_MAP}, directions: {{nps: declared, csat: {told}}}"
    got = tables(tmp_path, responses(entry), a_csv=TURNED)
    assert got.frames["responses"]["csat"].tolist()[0] == first
    assert got.frames["responses"]["nps"].tolist()[0] == 0
    assert logged(got, "turned-round") == (80 if told == "reversed" else 0)


def test_an_answer_for_one_file_does_not_speak_for_another(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    told = f"file: inbox/a.csv, {TURNED_MAP}, directions: {{nps: declared, csat: declared}}"
    other = TURNED.replace("\n", "\nb").removesuffix("b")
    with pytest.raises(CxError, match="run against each other"):
        tables(tmp_path, responses(told, f"file: inbox/b.csv, {TURNED_MAP}"), a_csv=TURNED, b_csv=other)


def test_further_columns_that_name_things_are_ids_and_those_that_name_people_are_redacted(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = (
        "id,nps,Order no.,Card number,Mobile,کد ملی,age\n"
        "1,9,0012-7,4111111111111111,9123456789,0013542419,34\n"
        "2,8,9123456789,6037991123456786,09121234567,0013542419,51\n"
    )
    got = tables(tmp_path, responses("file: inbox/a.csv, survey: visit, map: {response_id: id}"), a_csv=text)
    frame = got.frames["responses"]
    assert frame["Order no."].tolist() == ["0012-7", "9123456789"]
    assert set(frame["Card number"]) == {"[bank card]"} and set(frame["Mobile"]) == {"[phone]"}
    assert set(frame["کد ملی"]) == {"[national id]"} and frame["age"].tolist() == [34.0, 51.0]


def test_names_of_staff_leave_comments_and_further_texts(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "id,nps,comment,note\n1,9,Jane Doe was kind,thanks to jane doe\n2,8,fine,\n"
    source = responses("file: inbox/a.csv, survey: visit, map: {response_id: id, comment: comment}")
    got = tables(tmp_path, source + "staff_names: [Jane Doe]\n", a_csv=text)
    assert "doe" not in (got.frames["responses"].to_csv() + got.log.to_csv()).casefold()


def test_what_a_question_quotes_is_redacted(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    with pytest.raises(CxError) as caught:
        tables(
            tmp_path, responses("file: inbox/a.csv, map: {response_id: id}"), a_csv="ann@example.com\nbob@example.com\n"
        )
    assert "[email]" in caught.value.text("en") and "@" not in caught.value.text("en")
