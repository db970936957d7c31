"""Further exports of help desks and shops: small tables, old encodings, warehouse extracts, what APIs answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxlib.errors import CxError
from cxlib.intake import export
from cxlib.intake.dialect import dialect
from cxlib.intake.encoding import decoded
from cxlib.intake.header import Column
from cxlib.intake.mapping import place, zone
from cxlib.intake.several import Several, several

FOOTER = '\n\n"Grand Totals (2 records)"\n\n"Confidential Information - Do Not Distribute"\n'
REPORT = '"Case Number","Subject","Status"\n"0001","Late; again, and again","Closed"\n"0002","Broken","Open"\n'


def read(tmp_path: Path, content: str | bytes, name: str = "a.csv", **answers: Any) -> export.Export:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return export.read(path, **answers)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("end", ["", "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\n"])
def test_a_report_of_few_rows_is_sure_of_its_delimiter(tmp_path: Path, rows: int, end: str) -> None:
    text = "".join(REPORT.splitlines(keepends=True)[: rows + 1])
    found = read(tmp_path, text + FOOTER + end)
    assert (found.tool, found.delimiter, len(found.columns), found.responses) == ("salesforce", ",", 3, rows)
    assert not found.questions


def test_an_unquoted_comma_beside_quoted_cells_is_still_doubted() -> None:
    assert dialect('"a","b"\n"1","2"\nx,y,z\n1,2,3\n4,5,6\n7\n8\n').is_doubtful
    assert dialect('"a","b","c"\n' * 3 + "x,y\n" * 3).is_doubtful


def test_rows_of_one_cell_beside_two_quoted_columns_are_asked_about() -> None:
    assert dialect('"a","b"\n"1","2"\n"3","4"\n"Total"\n"End"\n"Of report"\n').is_doubtful


def test_the_line_that_names_the_delimiter_is_no_uneven_row(tmp_path: Path) -> None:
    found = read(tmp_path, "sep=;\r\nid;score\r\n1;9,5\r\n")
    assert (found.delimiter, found.names, found.responses) == (";", ["id", "score"], 1)
    assert not found.warnings


SPOKEN = {
    "cp1252": "Très bon accueil mais l'attente à la caisse était trop élevée, où êtes-vous ?",
    "cp1250": "Obsługa była bardzo uprzejma, ale dostawa się spóźniła i źle zapakowane",
    "cp1254": "Çok iyi bir hizmet aldım ancak kargo geç geldi, şikayetçiyim, ürün bozuk çıktı",
    "cp1251": "Доставка была быстрой, но курьер нагрубил. Всё же спасибо",
    "koi8-r": "Доставка была быстрой, но курьер нагрубил. Всё же спасибо",
    "cp1253": "Πολύ καλή εξυπηρέτηση αλλά αργή παράδοση",
    "cp1255": "שירות מצוין אבל המשלוח איחר מאוד",
    "cp1256": "پشتيباني خوب بود ولي ارسال کالا دير انجام شد",
    "cp932": "とても良いサービスでしたがレジの待ち時間が長い",
    "cp949": "배송이 빨라서 좋았습니다 그런데 포장이 아쉬웠어요",
}


@pytest.mark.parametrize("encoding", sorted(SPOKEN))
def test_comments_in_an_old_encoding_come_back(encoding: str) -> None:
    text = "id,score,comment\n" + "".join(f'{row},{row % 10},"{SPOKEN[encoding]}"\n' for row in range(40))
    got = decoded(text.encode(encoding))
    assert got.text == text and got.is_sure, got.encoding


@pytest.mark.parametrize("encoding", [*sorted(SPOKEN), "mac-roman", "cp850", "iso8859-2", "mac-cyrillic", "cp866"])
@pytest.mark.parametrize("rows", [1, 3, 8])
def test_few_comments_in_an_old_encoding_are_right_or_asked_about(encoding: str, rows: int) -> None:
    spoken = {
        "mac-roman": "cp1252",
        "cp850": "cp1252",
        "iso8859-2": "cp1250",
        "mac-cyrillic": "cp1251",
        "cp866": "cp1251",
    }
    data = ("id,comment\n" + f"1,{SPOKEN[spoken.get(encoding, encoding)]}\n" * rows).encode(encoding)
    got = decoded(data)
    assert got.text == data.decode(encoding) or (not got.is_sure and got.questions)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("language", ["cp1251", "cp1253", "cp1255", "cp1256", "cp932", "cp949"])
def test_wide_text_without_a_mark_is_told_in_any_script(encoding: str, language: str) -> None:
    text = "id,comment\n" + "".join(f"{row},{SPOKEN[language]}\n" for row in range(9))
    got = decoded(text.encode(encoding))
    assert got.text == text and got.encoding == encoding and got.is_sure


def test_a_wide_file_cut_in_a_letter_is_refused() -> None:
    with pytest.raises(CxError, match="is not text in utf-16-le"):
        decoded("id,score\n1,9\n2,8\n".encode("utf-16-le") + b"\x00", file="a.csv")


def test_a_single_zero_byte_does_not_make_a_file_wide() -> None:
    assert decoded(b"id,score\n1,9\x00\n2,8\n").encoding == "utf-8"


HEADERS = {
    "hubspot-history": "contact_id,timestamp,_fivetran_synced,source,name,value,source_id,_fivetran_active",
    "hubspot-stages": "stage_id,_fivetran_synced,active,display_order,is_closed,label,pipeline_id,ticket_state",
    "hubspot-lists": "id,_fivetran_synced,name,object_type_id,processing_status,processing_type,list_version",
    "hubspot-threads": "id,inbox_id,associated_contact_id,associated_ticket_id,original_channel_id,status",
    "hubspot-contacts": "Record ID - Contact,First Name,Email,Contact owner,Marketing contact status,Create Date",
    "hubspot-people": "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Contact owner",
    "hubspot-deals": "Record ID,Deal Name,Amount,Deal owner,Associated Company IDs,Associated Contact IDs",
    "hubspot-nps": "Record ID,Contact Id,Rating,Date,Survey Name",
    "intercom-contacts": "company_id,contact_id,contact_updated_at,_fivetran_synced",
    "intercom-companies": "id,updated_at,monthly_spend,plan_id,plan_name,session_count,user_count,_fivetran_synced",
    "intercom-articles": "id,title,statistics_conversations,statistics_reactions,_fivetran_active,_fivetran_synced",
    "intercom-conversations": "Conversation ID,Conversation started at (Europe/Berlin),Team currently assigned,Channel",
    "intercom-ratings": "Conversation ID,Updated at (America/Lima),Conversation rating,User name,Agent rated type",
    "salesforce-extract": "id,_fivetran_synced,account_id,created_by_id,is_deleted,owner_id,system_modstamp",
    "salesforce-chats": "Case Number,Wait Time,Date/Time Opened,Chat Button: Developer Name,Owner: Full Name",
    "salesforce-loader": "Id,CaseNumber,Status,Origin,CreatedDate,ClosedDate",
    "salesforce-roles": "id,case_access_for_account_owner,contact_access_for_account_owner,parent_role_id",
    "zendesk-ratings": "id,_fivetran_synced,assignee_id,comment,group_id,reason,requester_id,score,ticket_id",
    "zendesk-chats": "chat_id,created_at,actor_id,chat_index,external_message_id,is_history_context,message_source",
    "zendesk-audits": "id,_fivetran_synced,action,actor_id,change_description,source_id,source_label,source_type",
    "zendesk-tags": 'organization_id,"""TAG""",_fivetran_synced',
    "zendesk-holidays": "id,schedule_id,_fivetran_synced,end_date,name,start_date",
}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_an_extract_is_recognised_by_its_columns(tmp_path: Path, name: str) -> None:
    row = ",".join(f"x{number}" for number in range(HEADERS[name].count(",") + 1))
    found = read(tmp_path, f"{HEADERS[name]}\n{row}\n")
    assert (found.tool, found.header_rows, found.responses) == (name.partition("-")[0], 1, 1)
    assert not found.questions


SURVEY = "Survey Taker: Survey Response,Survey Taker: ID,Response\n"
TABLES = {
    "names with colons": "Service: Speed,Service: Staff,Price\n4,5,3\n2,5,1\n",
    "contacts": "contact_id,first_name,email,lifecycle_stage\n1,Ann,a@b.de,lead\n",
    "answers": "category,status,response\nA,open,yes\n",
    "conversations": "conversation_id,contact_id,opened_at,status\nc1,u1,2026-01-01,open\n",
    "deals": "deal,pipeline_id,stage_id,label\n1,2,3,hot\n",
    "own records": "id,owner_id,created_by_id,is_deleted\n1,2,3,false\n",
    "tickets": "ticket_id,created_at,category,subject\nZD-1,2026-01-01,Payment,Late\n",
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_of_no_tool_stays_one(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, TABLES[name]).tool == "csv"


def test_ids_and_headers_of_salesforce_together_tell_a_survey_report(tmp_path: Path) -> None:
    rows = "".join(f'2{row},a0eTm000002E{row}A,"0 - <Unlikely\n10 - Likely"\n' for row in range(10, 14))
    found = read(tmp_path, SURVEY + rows)
    assert (found.tool, found.responses) == ("salesforce", 4)


ANSWERS = {
    "zendesk": {"tickets": [{"url": "https://a.zendesk.com/api/v2/tickets/3.json", "id": 3, "via": {"channel": "web"},
                             "satisfaction_rating": {"score": "good"}}], "count": 1},
    "intercom": {"type": "conversation.list", "conversations": [{"id": "1", "waiting_since": None,
                 "snoozed_until": None, "source": {"delivered_as": "customer_initiated"}}]},
    "google_play": {"reviews": [{"reviewId": "1", "authorName": "A", "comments": [{"starRating": 5}]}]},
    "hubspot": {"results": [{"id": "5", "properties": {"createdate": "2023-10-30", "hs_object_id": "5"},
                             "archived": False}]},
    "salesforce": {"totalSize": 1, "records": [{"attributes": {"type": "Case", "url": "/services/data/v58.0/Case/5"},
                   "Id": "5", "Status": "New"}]},
}  # fmt: skip


@pytest.mark.parametrize("tool", sorted(ANSWERS))
def test_what_an_api_answers_is_recognised(tmp_path: Path, tool: str) -> None:
    found = read(tmp_path, json.dumps(ANSWERS[tool]), "a.json")
    assert (found.tool, found.responses) == (tool, 1) and not found.questions


def test_a_header_may_name_its_zone() -> None:
    columns = [Column("Score (Yes/No)", found="Score (Yes/No)"), Column("Started", found="Started at (Asia/Tehran)")]
    assert [zone(column) for column in columns] == ["", "Asia/Tehran"]
    assert place([Column("Started at (Asia/Tehran)")], "started at") == 0 and place(columns, "Score") is None


def found_in(frame: dict[str, list[str]]) -> list[Several]:
    cells = pl.DataFrame({str(number): column for number, column in enumerate(frame.values())})
    columns = {number: Column(name, name) for number, name in enumerate(frame)}
    return list(several(cells, columns, numbers=np.arange(cells.height)))


CODED = {"q/app": ["1", "0", "0", "1"], "q/web_site": ["1", "1", "0", "0"], "q/none of these": ["0", "0", "0", "0"]}


@pytest.mark.parametrize(
    "cells", [["app web_site", "web_site", "", "app"], ["web_site; app;", "web_site;", "", "app;"]]
)
def test_a_joined_column_beside_its_options_is_not_kept_twice(cells: list[str]) -> None:
    (question,) = found_in({"q": cells, **CODED})
    assert question.places == (1, 2, 3, 0) and list(question.columns) == list(CODED)
    assert [(item.what, item.column, item.count) for item in question.log[1:]] == [("multi-repeated", "q", 3)]


def test_a_column_that_says_more_than_its_options_stays() -> None:
    (question,) = found_in({"q": ["app web_site", "web_site", "I was not asked", "app"], **CODED})
    assert question.places == (1, 2, 3) and len(question.log) == 1


def test_utf8_with_a_damaged_letter_is_refused_and_named(tmp_path: Path) -> None:
    text = "id,comment\n" + "".join(f"{row},café élève naïve\n" for row in range(5))
    with pytest.raises(CxError, match="1 letters of it are damaged, the first in line 7: “5,caf\ufffd”"):
        read(tmp_path, text.encode() + "5,café\n6,ok\n".encode("cp1252"))


def test_a_report_that_ends_with_the_newer_copyright_line_is_cut_there(tmp_path: Path) -> None:
    found = read(tmp_path, REPORT + '\n\n"Copyright © 2000-2025 salesforce.com, inc. All rights reserved."\n')
    assert (found.tool, found.responses) == ("salesforce", 2) and not found.questions


def test_rows_that_end_with_a_delimiter_have_no_further_column(tmp_path: Path) -> None:
    found = read(tmp_path, "id,score\n" + "1,2,\n" * 5)
    assert (found.names, found.responses, found.questions) == (["id", "score"], 5, ())
    named_rows = read(tmp_path, "a,b\n" + "x,1,2\n" * 5)
    assert [asked.key for asked in named_rows.questions] == ["short-header"]


@pytest.mark.parametrize("word", ["Grand Total", "جمع کل"], ids=["en", "fa"])
def test_a_last_row_of_totals_stays_and_is_warned_about(tmp_path: Path, word: str) -> None:
    found = read(tmp_path, f"city,answers,nps\nTehran,40,12\nShiraz,20,30\n{word},60,18\n")
    assert found.responses == 3
    assert [(warned.key, warned.values["row"]) for warned in found.warnings] == [("total-row", 4)]
    assert not read(tmp_path, "city,answers\nTotalville,40\nTotalville,20\n").warnings


def test_a_report_of_two_columns_ends_where_the_tool_says(tmp_path: Path) -> None:
    rows = "".join(f'"{number:04}","Late {number}"\n' for number in range(40))
    found = read(tmp_path, f'"Case Number","Subject"\n{rows}{FOOTER}', tool="salesforce")
    assert found.responses == 40
    assert [item.count for item in found.log if item.what == "footer-row"] == [2]


@pytest.mark.parametrize("named", ["windows-1256", "iso-8859-1", "windows-1252", "utf-8", "nonsense", ""])
def test_a_page_is_read_by_the_encoding_that_it_names(tmp_path: Path, named: str) -> None:
    cell = {"windows-1256": "نظر", "iso-8859-1": "“très”"}.get(named, "نظر")
    meta = f'<meta http-equiv=Content-Type content="text/html; charset={named}">' if named else ""
    page = f"<html><head>{meta}</head><body><table><tr><td>id<td>{cell}<tr><td>1<td>9</table></body></html>"
    encoding = {"windows-1256": "cp1256", "iso-8859-1": "cp1252"}.get(named, "utf-8")
    assert read(tmp_path, page.encode(encoding), "a.xls").names == ["id", cell]


def test_a_page_that_names_no_encoding_is_asked_about_and_the_answer_taken(tmp_path: Path) -> None:
    page = "<html><table><tr><td>id<td>comment<tr><td>1<td>très</table></html>".encode("cp1252")
    assert [asked.setting for asked in read(tmp_path, page, "a.xls").questions] == ["encoding"]
    told = read(tmp_path, page, "a.xls", encoding="cp1252")
    assert (told.frame.rows(), told.questions, told.encoding) == ([("1", "très")], (), "cp1252")
