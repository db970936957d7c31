"""Each tool's layout, as its source or its documentation tells it, is recognised with evidence and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError
from cxlib.intake import export
from cxlib.intake.presets import Head, preset, presets, recognised

FORMBRICKS = (
    "No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Tags,"
    "1. How likely?,2. Why? - Other\n"
)
FRESHDESK = (
    "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
    "Last update time,Initial response time,Time tracked,First response time (in hrs),Resolution time (in hrs),"
    "Agent interactions,Customer interactions,Resolution status,First response status,Tags,Survey results\n"
)
PLAY = (
    "Package Name,App Version Code,Reviewer Language,Device,Review Submit Date and Time,Star Rating,"
    "Review Text,Review Link\n"
)
LAYOUTS = {
    "formbricks": FORMBRICKS + "1,r1,2025-03-01,Yes,s1,f1,u1,,9,x\n",
    "freshdesk": FRESHDESK
    + "7,Late,Closed,Low,Email,Problem,Ann,Support,2025-03-01 10:00,,,,,2025-03-01 11:00,,,,1,1,,,,\n",
    "google_play": "\ufeff" + PLAY + "a.b,1,fa,x,2025-03-01T10:00:00Z,5,,\n",
    "microsoft_forms": "ID,Start time,Completion time,Email,Name,Which?\n"
    "1,7/27/26 19:06:23,7/27/26 19:09:00,anonymous,,a;b;\n",
    "chatwoot": "Agent Name,Rating,Feedback Comment,Contact Name,Recorded date\nAnn,5,good,Bo,2025-03-01\n",
    "salesforce": "Case Number,Case Owner,Date/Time Opened,Subject\n001,Ann,1/2/2025,x\n",
    "zendesk": "Summation column,Id,Requester,Created at,Solved at,Satisfaction Score,Reopens\n"
    "1,5,Ann,2025-03-01T10:00:00Z,,Good,0\n",
    "typeform": "#,How?,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags\n"
    "a,9,completed,,,,n,\n",
    "google_forms": "Zeitstempel,Wie war es für Sie?\n21.03.2025 10:00:00,gut\n",
    "limesurvey": "ID de la réponse,Date de soumission,Dernière page,Langue de départ,Tête de série,Q [A]\n"
    "1,,2,fr,7,Oui\n",
    "surveymonkey": "respondent_id,collector_id,date_created,How likely?\n1,2,5/10/18 4:01,9\n",
    "alchemer": "Response ID,Time Started,Date Submitted,Status,How?\n"
    "1,2025-03-01 10:00:00,2025-03-01 10:01:00,Complete,x\n",
    "kobo": '"q1";"_id";"_uuid";"_submission_time";"_index"\r\n"1";"4";"u";"2025-03-01T10:00:00";"1"\r\n',
    "hubspot": "Record ID,Create Date,Contact owner,Lifecycle Stage,Email\n1,2025-03-01,Ann,lead,a@b.de\n",
    "intercom": "Conversation ID,Conversation rating,Conversation rating remark,Teammate\n1,5,good,Ann\n",
    "us_gov_touchpoints": "external_id,question_1,positive_ease,positive_humanity,negative_ease,question_4\n"
    "1,5,1,0,0,ok\n",
    "porsline": "ردیف,شناسه پاسخ,چقدر راضی هستید؟,زمان پایان\n۱,۷۰۱,راضی,۱۴۰۳/۰۳/۰۸-۱۳: ۴۶: ۲۲\n",
}


def read(tmp_path: Path, content: str | bytes, name: str = "a.csv", **answers: Any) -> export.Export:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return export.read(path, **answers)


@pytest.mark.parametrize("tool", sorted(LAYOUTS))
def test_a_layout_is_recognised_by_its_tool_alone(tmp_path: Path, tool: str) -> None:
    text = LAYOUTS[tool]
    found = read(tmp_path, text.encode("utf-16-le") if text.startswith("\ufeff") else text)
    assert (found.tool, found.responses) == (tool, 1)
    assert found.evidence and all(remark.text("fa") for remark in found.evidence)
    assert not found.questions


@pytest.mark.parametrize("tool", sorted(presets()))
def test_a_preset_maps_to_canonical_columns_only(tool: str) -> None:
    rules = preset(tool)
    assert rules.tool == tool and getattr(rules.title, "fa", ""), tool
    for table, columns in rules.tables.items():
        assert set(columns) <= set(TABLES[table]), (tool, table)
    assert rules.basis in ("real", "source", "memory", "untested")


def test_presets_without_a_real_sample_say_so() -> None:
    assert {tool for tool, rules in presets().items() if rules.basis == "untested"} == {"chatwoot", "ucheck"}


def test_an_ordinary_table_is_no_tool(tmp_path: Path) -> None:
    found = read(tmp_path, "id,channel,score\n1,web,9\n")
    assert (found.tool, found.points, found.evidence) == ("csv", 0, ())


def test_two_tools_with_equal_points_are_asked_about(tmp_path: Path) -> None:
    header = "Start time,Completion time,Time Started,Date Submitted\n"
    found = read(tmp_path, header + "1,2,3,4\n")
    assert [item.key for item in found.questions] == ["unsure-tool"]
    assert set(found.questions[0].values["tools"]) == {"alchemer", "microsoft_forms"}
    assert not read(tmp_path, header + "1,2,3,4\n", tool="alchemer").questions


def test_points_add_up_and_the_best_comes_first() -> None:
    rows = [["Respondent ID", "Collector ID", "How?"], ["", "", "Response"], ["1", "2", "x"]]
    found = recognised(Head(rows, ","))
    assert [match.preset.tool for match in found] == ["surveymonkey"]
    assert found[0].points == 4 + 3 + 3 + 3


def test_porsline_results_table_is_json_with_jalali_moments(tmp_path: Path, tables: Callable[..., Any]) -> None:
    header = [{"title": text} for text in ("شناسه پاسخ", "زمان پایان", "چقدر راضی هستید؟")]
    body = [{"data": [{"value": "۷۰۱"}, {"value": "1404/02/28-10: 32: 16"}, {"value": "۵"}]}]
    data = json.dumps({"header": header, "body": body}, ensure_ascii=False)
    found = read(tmp_path, data, "a.json")
    assert (found.tool, found.kind, found.names[1]) == ("porsline", "json", "زمان پایان")
    entry = "{file: inbox/a.csv, preset: porsline, survey: visit, map: {csat: 'چقدر راضی هستید؟'}}"
    got = tables(tmp_path, f"  responses:\n    - {entry}\n", a_csv=data).frames["responses"]
    # 28 Ordibehesht 1404 is 18 May 2025.
    assert got["answered_at"].tolist() == [pd.Timestamp("2025-05-18 10:32:16")]
    assert got["response_id"].tolist() == ["701"] and got["csat"].tolist() == [5.0]


def test_surveyjs_objects_lists_and_comments(tmp_path: Path) -> None:
    answers = [
        {"nps_score": 9, "features": ["a", "b, c"], "price": {"fair": 4, "clear": 5}, "features-Comment": "x"},
        {"nps_score": 3},
    ]
    found = read(tmp_path, json.dumps(answers), "a.json")
    assert found.tool == "surveyjs"
    assert found.names == ["nps_score", "features", "price.fair", "price.clear", "features-Comment"]
    assert found.frame.rows() == [("9", "a; b, c", "4", "5", "x"), ("3", "", "", "", "")]


def test_formbricks_json_of_its_interface(tmp_path: Path) -> None:
    item = {
        "id": "r1",
        "createdAt": "2025-03-01",
        "updatedAt": "2025-03-01",
        "finished": True,
        "surveyId": "s",
        "data": {"q": 9},
    }
    found = read(tmp_path, json.dumps({"data": [item]}), "a.json")
    assert found.tool == "formbricks" and "data.q" in found.names


def test_unfinished_formbricks_answers_are_set_aside(tmp_path: Path, tables: Callable[..., Any]) -> None:
    text = FORMBRICKS + "1,r1,2025-03-01,Yes,s1,f1,u1,,9,x\n2,r2,2025-03-01,No,s1,f1,u2,,3,\n"
    entry = "{file: inbox/a.csv, preset: formbricks, survey: visit, map: {nps: 1. How likely?}}"
    got = tables(tmp_path, f"  responses:\n    - {entry}\n", a_csv=text)
    assert got.frames["responses"]["response_id"].tolist() == ["r1"]


def test_an_unknown_preset_is_an_error_with_the_nearest() -> None:
    with pytest.raises(CxError, match=r"no preset 'zendek'(.|\n)*nearest is 'zendesk'"):
        preset("zendek")


NO_TOOL = {
    "a log": "Timestamp,level,message\n2024-01-01 10:00:00,INFO,all is well\n2024-01-01 10:00:01,INFO,done\n",
    "a shop": "id;name;price\n1;a;2,5\n2;b;3,5\n",
    "a battery": "id,Rate us [price],Rate us [service],Rate us [speed]\n1,2,3,4\n2,3,4,5\n",
    "customers": "customer_id;joined_on;city\n001;2024-01-01;Bonn\n002;2024-01-02;Ulm\n",
}


@pytest.mark.parametrize("text", NO_TOOL.values(), ids=list(NO_TOOL))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_of_no_tool_is_not_taken_for_one(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert export.read(tmp_path / "a.csv").tool == "csv"


def test_evidence_shows_the_form_of_an_answer_and_not_the_answer(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("survey,person\nSV_1aB2c3D4e5F6g7H,R_8i9uJcWSX3p4lX7\n", encoding="utf-8")
    told = " ".join(remark.text() for remark in export.read(tmp_path / "a.csv").evidence)
    assert "x_x0x0" in told or "xx_0xx" in told
    assert "R_8i9u" not in told and "SV_1aB" not in told


def test_a_second_header_row_of_no_known_tool_is_asked_about(tmp_path: Path) -> None:
    text = "q1,q2,note\nHow easy?,How good?,Why?\n5,4,x\n3,2,y\n1,2,z\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert [item.key for item in export.read(tmp_path / "a.csv").questions] == ["second-header"]
    told = export.read(tmp_path / "a.csv", header_rows=2)
    assert (told.responses, told.columns[0].text, told.questions) == (3, "How easy?", ())
    assert export.read(tmp_path / "a.csv", header_rows=1).responses == 4
