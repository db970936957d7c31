"""Exports in the further forms of the survey tools: other languages, options of export, and shared files without the
columns that tell who answered. The texts are invented, their form is the tool's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxlib.intake import export

DAYS = "2024-05-01 10:00:00,2024-05-01 10:03:00"
QUALTRICS = "StartDate,EndDate,Progress,Duration (in seconds),Finished,RecordedDate,Q1\n"
ANSWERS = f"{DAYS},100,180,1,2024-05-01 10:03:01,4\n{DAYS},100,170,1,2024-05-01 10:03:02,2\n"

# Name of the case: the text, then tool, header rows, columns and responses.
FORMS: dict[str, tuple[str, str, int, int, int]] = {
    "qualtrics_no_import_row": (
        QUALTRICS + "Startdatum,Enddatum,Fortschritt,Dauer (in Sekunden),Beendet,Datum,Wie war es?\n" + ANSWERS,
        *("qualtrics", 2, 7, 2),
    ),
    "qualtrics_no_text_row": (QUALTRICS + ANSWERS, "qualtrics", 1, 7, 2),
    "google_forms_polish": ("Sygnatura czasowa,Imię,Ocena\n2024/05/01 10:00:00,Ola,4\n", "google_forms", 1, 3, 1),
    "google_forms_persian": ("برچسب زمانی,نام,نمره\n2024/05/01 10:00:00,سارا,4\n", "google_forms", 1, 3, 1),
    "google_forms_short_headers": (
        "Timestamp,Name,Age\n2024/05/01 2:00:00 PM GMT+3,Ola,31\n2024/05/02 2:00:00 PM GMT+3,Jan,29\n",
        *("google_forms", 1, 3, 2),
    ),
    "google_forms_yes_and_no": (
        "Timestamp,Member,Again\n" + "".join(f"2024-05-0{day} 10:00:00,Yes,No\n" for day in range(1, 7)),
        *("google_forms", 1, 3, 6),
    ),
    "sensor_log": (
        "Timestamp,Temperature,Humidity\n" + "".join(f"2024-05-0{day} 10:00:00,2{day},4{day}\n" for day in range(1, 7)),
        *("csv", 1, 3, 6),
    ),
    "microsoft_forms_norwegian": (
        "ID;Starttidspunkt;Fullføringstidspunkt;E-postadresse;Navn;Hvordan?\r\n"
        "1;01.05.2024 10:00:00;01.05.2024 10:02:00;anonymous;;a;b\r\n".replace("a;b", '"a;b;"'),
        *("microsoft_forms", 1, 6, 1),
    ),
    "surveymonkey_no_metadata": (
        "Do you like it?,How old are you?,Why?\nResponse,Response,Open-Ended Response\nYes,18-29,x\nNo,30-44,\n",
        *("surveymonkey", 2, 3, 2),
    ),
    "limesurvey_codes_only": ("WHO,FEEL[ANX01],FEEL[ANX02],FEEL[JOY01]\nS1,4,5,1\nS2,2,2,3\n", "limesurvey", 1, 4, 2),
    "limesurvey_entities": (
        "Where?,How was it?  [Food &amp; drink],How was it?  [Room],How was it?  [Price]\nHere,good,bad,bad\n",
        *("limesurvey", 1, 4, 1),
    ),
    "limesurvey_portuguese": (
        '"ID da resposta","Data de envio","Última página","Idioma inicial","Como foi?"\n'
        '"1","2024-05-01 10:00:00","2","pt","bem"\n',
        *("limesurvey", 1, 5, 1),
    ),
    "limesurvey_vv": (
        "Response ID\tDate submitted\tLast page\tStart language\tHow?\nid\tsubmitdate\tlastpage\tstartlanguage\tG1Q1\n"
        "1\t2024-05-01 10:00:00\t2\ten\tA4\n2\t2024-05-01 11:00:00\t2\ten\t{question_not_shown}\n",
        *("limesurvey", 2, 5, 2),
    ),
    "kobo_tags": (
        '"start";"How many?";"_id";"_uuid";"_submission_time"\r\n"";"#reached +f";"";"";""\r\n'
        '"2024-05-01T10:00:00Z";"6";"61";"a";"2024-05-01T10:00:00"\r\n',
        *("kobo", 2, 5, 1),
    ),
    "typeform_sections_above": (
        ",Which do you use?,,,How was it?,,,\n"
        "#,Phone,Web,Shop,Speed,Start Date (UTC),Submit Date (UTC),Network ID\n"
        "a1,Phone,,,4,2024-05-01 10:00:00,2024-05-01 10:01:00,n1\n",
        *("typeform", 2, 8, 1),
    ),
    "typeform_json": (
        json.dumps({"items": [{"landing_id": "l", "token": "t", "response_id": "t", "submitted_at": "2024-05-01"}]}),
        *("typeform", 1, 4, 1),
    ),
    "limesurvey_json": (
        json.dumps(
            {"responses": [{"1": {"id": "1", "submitdate": "", "lastpage": "2"}}, {"2": {"id": "2", "G1": "4"}}]}
        ),
        *("limesurvey", 1, 4, 2),
    ),
}


def read(tmp_path: Path, text: str) -> export.Export:
    path = tmp_path / ("a.json" if text.startswith("{") else "a.csv")
    path.write_text(text, encoding="utf-8", newline="")
    return export.read(path)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_is_read_as_its_tool_wrote_it(tmp_path: Path, form: str) -> None:
    text, *expected = FORMS[form]
    found = read(tmp_path, text)
    assert [found.tool, found.header_rows, len(found.columns), found.responses] == expected


def test_codes_in_the_second_header_row_name_the_columns(tmp_path: Path) -> None:
    found = read(tmp_path, FORMS["limesurvey_vv"][0])
    assert [(column.name, column.text) for column in found.columns][-1] == ("G1Q1", "How?")


def test_a_question_of_one_column_has_no_option_in_any_language(tmp_path: Path) -> None:
    text = "ID du répondant,Content ?,Lequel ?,\n,Réponse,Prix,Autre\n118,Oui,Prix,\n"
    assert [column.name for column in read(tmp_path, text).columns] == [
        *("ID du répondant", "Content ?", "Lequel ? [Prix]", "Lequel ? [Autre]")
    ]


def test_an_answer_that_looks_like_a_header_is_no_second_header(tmp_path: Path) -> None:
    text = "Respondent ID,Which?,Other\n118,Other (please specify),fax\n119,Web,\n"
    assert (read(tmp_path, text).header_rows, read(tmp_path, text).responses) == (1, 2)


def test_a_moment_over_moments_is_no_header_and_is_asked(tmp_path: Path) -> None:
    rows = "".join(f"1/{day}/2024 16:07:30,staff,Yes,none,good\n" for day in range(1, 5))
    found = read(tmp_path, rows)
    assert (found.header_rows, found.responses) == (0, 4)
    assert [question.key for question in found.questions] == ["no-header"]


def test_moments_as_names_of_columns_stay_the_header(tmp_path: Path) -> None:
    found = read(tmp_path, "Name,2024-05-01 10:00,2024-05-02 10:00\nOla,Yes,No\nJan,No,Yes\n")
    assert (found.header_rows, found.responses) == (1, 2)
