"""What real exports do to naive readers: each trap reproduced, and read right or stopped with the reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxlib.errors import CxError
from cxlib.intake import export, part, proposals

PERSIAN = "شناسه\tامتیاز\tنظر\n۱\t۹\tخوب بود\n۲\t۳\tدیر رسید\n"


def read(tmp_path: Path, name: str, content: str | bytes, **answers: object) -> export.Export:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return export.read(path, **answers)


# 4. Kobo and LimeSurvey `;` files load as one column or a wrong shape.


def test_trap_4_kobo_and_limesurvey_semicolon_files_load_in_their_shape(tmp_path: Path) -> None:
    kobo = '"q1";"q1/a";"_id";"_uuid";"_submission_time";"_index"\r\n"a, b";"1";"";"u1";"2016-04-01T19:57:45";"1"\r\n'
    found = read(tmp_path, "kobo.csv", kobo)
    assert (found.tool, found.delimiter, len(found.columns), found.responses) == ("kobo", ";", 6, 1)
    assert found.frame.rows()[0][0] == "a, b"
    lime = "\ufeffResponse ID;Date submitted;Last page;How was it, then? [Shop];How was it, then? [Web]\n1;;2;Yes;No\n"
    found = read(tmp_path, "lime.csv", lime)
    assert (found.tool, found.delimiter, len(found.columns), found.encoding) == ("limesurvey", ";", 5, "utf-8-sig")


def test_trap_4_one_wide_column_is_never_accepted_quietly(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    found = read(tmp_path, "a.csv", "comment\nnice\nbad\n")
    assert [question.key for question in found.questions] == ["one-column"]
    assert not read(tmp_path, "a.csv", "comment\nnice\nbad\n", delimiter="none").questions
    with pytest.raises(CxError, match="really a single column"):
        tables(tmp_path, responses("file: inbox/a.csv"), a_csv="comment\nnice\nbad\n")


def test_trap_4_excel_s_own_hint_names_the_delimiter(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", "sep=;\nid;text\n1;a, b\n2;c, d\n")
    assert (found.delimiter, found.names, found.responses) == (";", ["id", "text"], 2)


# 5. Two and three header rows; Qualtrics' ImportId row as JSON or as a Python dict; labels in the respondent's
#    language; a legacy trailing comma; ids turned to floats.


@pytest.mark.parametrize("ids", ['"{""ImportId"":""{0}""}"', "{{'ImportId': '{0}'}}"])
def test_trap_5_qualtrics_three_header_rows_json_or_python_dict(tmp_path: Path, ids: str) -> None:
    codes = ["StartDate", "Status", "ResponseId", "Q1"]
    labels = ["Anfangsdatum", "Antworttyp", "Antwort-ID", '"Wie wahrscheinlich ist es,\ndass Sie uns empfehlen?"']
    head = ",".join(codes) + "\n" + ",".join(labels) + "\n"
    machine = ",".join(ids.replace("{0}", code).replace("{{", "{").replace("}}", "}") for code in codes)
    found = read(tmp_path, "q.csv", f"{head}{machine}\n2025-03-01 10:00:00,IP Address,R_1,9\n")
    assert (found.tool, found.header_rows, found.responses) == ("qualtrics", 3, 1)
    assert found.columns[3].name == "Q1" and found.columns[3].text.startswith("Wie wahrscheinlich ist es, dass")


def test_trap_5_legacy_trailing_comma_and_two_header_rows(tmp_path: Path) -> None:
    text = "\ufeffV1,V2,V3,V4,V5,V6,V7,V8,V9,V10,Q1,\n"
    text += "ResponseID,ResponseSet,Name,Ext,Mail,IP,Status,Start,End,Finished,How?,\n"
    found = read(tmp_path, "legacy.csv", text + "R_1,Set,Anon,,,,0,2017-07-18 08:28:09,2017-07-18 08:28:48,1,2,\n")
    assert (found.tool, found.header_rows, len(found.columns), found.responses) == ("qualtrics", 2, 12, 1)
    assert found.columns[11].name == "column_12" and found.columns[10].text == "How?"
    assert [line.what for line in found.log] == ["header-blank"]


def test_trap_5_surveymonkey_ids_do_not_turn_to_floats(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    text = "Respondent ID,Which do you use?,,How likely are you to recommend us?\n,Web,Phone,Response\n"
    text += "3292879998,Web,,9\n3292879999,,Phone,10\n"
    found = read(tmp_path, "sm.csv", text)
    assert (found.tool, found.header_rows) == ("surveymonkey", 2)
    assert found.names == ["Respondent ID", "Which do you use? [Web]", "Which do you use? [Phone]",
                           "How likely are you to recommend us?"]  # fmt: skip
    got = tables(tmp_path, responses("file: inbox/a.csv, preset: surveymonkey, survey: visit, "
                                     "map: {nps: 'How likely are you to recommend us?'}"), a_csv=text)  # fmt: skip
    assert got.frames["responses"]["response_id"].tolist() == ["3292879998", "3292879999"]


# 6. cp1256; Mac Roman defeats both detectors; PHP ".xls" files are UTF-16 text or HTML tables; a ".csv" can be a
#    real .xls.


def test_trap_6_cp1256_is_read_as_arabic_letters(tmp_path: Path) -> None:
    text = "id;comment\n" + "".join(f"{number};سفارش من دير رسيد و پشتيباني پاسخ نداد\n" for number in range(4))
    found = read(tmp_path, "a.csv", text.encode("cp1256"))
    assert found.encoding == "cp1256" and not found.questions
    assert found.frame["1"][0] == "سفارش من دير رسيد و پشتيباني پاسخ نداد"


def test_trap_6_mac_roman_is_asked_and_the_answer_reads_it(tmp_path: Path) -> None:
    data = "id,film\n1,Padmé Amidala\n2,Åke\n".encode("mac-roman")
    found = read(tmp_path, "a.csv", data)
    assert [question.key for question in found.questions] == ["unsure-encoding"]
    assert any(
        reading.startswith("mac-roman") and "Padmé" in reading for reading in found.questions[0].values["readings"]
    )
    assert read(tmp_path, "a.csv", data, encoding="mac-roman").frame["1"].to_list() == ["Padmé Amidala", "Åke"]


def test_trap_6_xls_that_is_utf_16_text(tmp_path: Path) -> None:
    found = read(tmp_path, "panel.xls", b"\xff\xfe" + PERSIAN.encode("utf-16-le"))
    assert (found.kind, found.encoding, found.delimiter) == ("text", "utf-16", "\t")
    assert found.names == ["شناسه", "امتیاز", "نظر"] and found.frame["2"].to_list() == ["خوب بود", "دیر رسید"]


def test_trap_6_xls_that_is_an_html_table(tmp_path: Path) -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split("\t")) + "</tr>" for line in PERSIAN.split("\n")
    )
    page = f'<html><meta charset="utf-8"><body><table border=1>{rows}</table></body></html>'
    found = read(tmp_path, "panel.xls", page)
    assert (found.kind, found.responses) == ("html", 2) and found.frame["0"].to_list() == ["۱", "۲"]


def test_trap_6_csv_that_is_a_real_xls(shared: Path, tmp_path: Path) -> None:
    data = (shared / "real" / "messy" / "csvkit" / "test.xls").read_bytes()
    found = read(tmp_path, "export.csv", data)
    assert found.kind == "xls" and found.names[:4] == ["text", "date", "integer", "boolean"]


def test_trap_6_csv_that_is_a_real_xlsx_or_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["007", "008"], "nps": [9, 10]})
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    found = read(tmp_path, "export.csv", buffer.getvalue())
    assert found.kind == "parquet" and found.frame.rows() == [("007", "9"), ("008", "10")]


def test_trap_6_what_is_no_table_is_refused_with_what_it_is(tmp_path: Path) -> None:
    for data, kind in ((b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "png"), (b"%PDF-1.7\n", "pdf"), (b"GIF89a", "gif")):
        with pytest.raises(CxError, match=f"is no table: its first bytes are those of {kind}"):
            read(tmp_path, "export.csv", data)


# 9. Multi-select: repeated "Other" and "None", commas inside options, a trailing `;`.


def test_trap_9_repeated_option_columns_stay_apart_and_none_stays_an_answer(tmp_path: Path) -> None:
    text = (
        "#,Web,Other,Web (2),Other,None,Submit Date (UTC),Network ID\n"
        + "a" * 32
        + ",Web,x,,,None,2025-03-01 10:00:00,n1\n"
    )
    found = read(tmp_path, "tf.csv", text)
    assert found.tool == "typeform" and found.names[:6] == ["#", "Web", "Other", "Web (2)", "Other (2)", "None"]
    assert found.frame["5"].to_list() == ["None"]
    assert [(line.what, line.count) for line in found.log] == [("header-repeated", 1)]


def test_trap_9_several_choices_in_one_cell_keep_their_commas(tmp_path: Path) -> None:
    text = 'Timestamp,"What do you do with it?",How?\n2021-05-16 09:56:41,"read;reshape (concat, merge, ...);",x\n'
    found = read(tmp_path, "gf.csv", text)
    assert found.tool == "google_forms" and found.frame["1"].to_list() == ["read;reshape (concat, merge, ...);"]


# 10. Previews, tests and partial answers inside the data.


def test_trap_10_more_than_half_of_the_alchemer_file_is_partial(shared: Path) -> None:
    found = export.read(shared / "real" / "exports" / "alchemer" / "20160115235816-SurveyExport.csv")
    aside, log = part.set_aside(found)
    assert (int(aside.sum()), found.responses) == (927, 1706)
    assert [(line.what, line.count, line.column) for line in log] == [("set-aside-partial", 927, "Status")]


def test_trap_10_previews_and_tests_are_set_aside_and_counted(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any], logged: Callable[..., Any]
) -> None:
    head = "StartDate,Status,Finished,ResponseId,RecordedDate,Q1\nStart,Status,Finished,ID,Recorded,How likely?\n"
    head += ",".join(f'"{{""ImportId"":""{name}""}}"' for name in "abcdef") + "\n"
    row = "2025-03-01 10:00:00,{},{},R_{},2025-03-01 10:05:00,{}\n"
    rows = [
        ("IP Address", "True", 1, 9),
        ("Survey Preview", "True", 2, 0),
        ("IP Address", "False", 3, 4),
        ("Spam", "True", 4, 1),
    ]
    text = head + "".join(row.format(*item) for item in rows)
    got = tables(tmp_path, responses("file: inbox/a.csv, preset: qualtrics, survey: visit, map: {nps: Q1}"), a_csv=text)
    assert got.frames["responses"]["response_id"].tolist() == ["R_1"]
    assert [logged(got, f"set-aside-{why}") for why in ("preview", "partial", "spam")] == [1, 1, 1]


# 11. 0, "-", "Don't know", "Not applicable" inside a scale; reversed or unlabelled scales.


def test_trap_11_words_and_dashes_inside_a_scale_are_missing_and_logged(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., Any]
) -> None:
    cells = ["9", "-", "Don't know", "Not applicable", "10", "N/A", "0"]
    text = "id,nps\n" + "".join(f"{number},{cell}\n" for number, cell in enumerate(cells))
    got = tables(tmp_path, responses("file: inbox/a.csv, survey: visit"), a_csv=text)
    assert got.frames["responses"]["nps"].dropna().tolist() == [9.0, 10.0, 0.0]
    log = got.log[got.log["column"] == "nps"]
    assert log["count"].sum() == 4 and "3: -" in " · ".join(log["examples"])


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("How satisfied are you with us? (1 = very satisfied, 5 = very dissatisfied)", "scale-reversed"),
        ("How easy was it to use? (1 being easiest and 5 being hardest)", "scale-reversed"),
        ("Please rate your effort", "which-ces"),
    ],
)
def test_trap_11_reversed_and_unlabelled_scales_are_asked(tmp_path: Path, question: str, key: str) -> None:
    text = f'id,"{question}"\n' + "".join(f"{number},{number % 5 + 1}\n" for number in range(10))
    found = proposals.proposals(read(tmp_path, "a.csv", text))
    assert [item.question.key for item in found if item.question] == [key]


def test_trap_11_one_being_hardest_is_read_from_the_question(tmp_path: Path) -> None:
    text = (
        'id,"On a scale of 1 - 5 (1 being hardest, 5 being easiest) how easy is it to use?"\n' + "1,4.0\n2,5.0\n3,1.0\n"
    )
    found = {item.canonical: item for item in proposals.proposals(read(tmp_path, "a.csv", text))}
    assert found["ces"].instrument == "ease5" and found["ces"].question is None


# 12. Leading zeros lost from ids and phones; sheets before the data sheet; report footers; duplicated headers;
#     non-breaking spaces, HTML and Markdown in headers.


def test_trap_12_leading_zeros_stay(tmp_path: Path, tables: Callable[..., Any]) -> None:
    text = "customer_id,postcode,phone\n0012,01234,09123456789\n0007,00456,\n"
    assert read(tmp_path, "a.csv", text).frame.rows()[0] == ("0012", "01234", "09123456789")
    got = tables(tmp_path, "  customers:\n    - {file: inbox/a.csv}\n", a_csv=text).frames["customers"]
    assert got["customer_id"].tolist() == ["0012", "0007"] and got["postcode"].tolist() == ["01234", "00456"]


def test_trap_12_the_data_sheet_is_found_behind_others(shared: Path) -> None:
    found = export.read(shared / "real" / "messy" / "csvkit" / "sheets.xlsx")
    assert found.responses == 5 and [warning.key for warning in found.warnings] == ["other-sheets"]
    named = export.read(shared / "real" / "messy" / "csvkit" / "sheets.xlsx", sheet=found.sheet)
    assert named.frame.equals(found.frame)
    with pytest.raises(CxError, match="has no sheet 'Answers'"):
        export.read(shared / "real" / "messy" / "csvkit" / "sheets.xlsx", sheet="Answers")


def test_trap_12_report_footers_are_no_rows(tmp_path: Path) -> None:
    text = "Case Number,Case Owner,Opened Date\n0001,Ann,1/2/2025\n0002,Bo,1/3/2025\n\n"
    text += '"Grand Totals (2 records)"\n\n"Confidential Information - Do Not Distribute"\n'
    text += '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    found = read(tmp_path, "report.csv", text)
    assert (found.tool, found.responses) == ("salesforce", 2)
    assert {line.what: line.count for line in found.log}["footer-row"] == 3


def test_trap_12_headers_are_cleaned_and_duplicates_numbered(tmp_path: Path) -> None:
    text = 'id,<strong>Why</strong>&nbsp;so?,Why so?,"Is\u00a0*this* [good](https://a.b)?"\n1,a,b,c\n'
    found = read(tmp_path, "a.csv", text)
    assert found.names == ["id", "Why so?", "Why so? (2)", "Is this good?"]
    assert {line.what for line in found.log} == {"header-cleaned", "header-repeated"}


# 14. A late text value in a number column.


def test_trap_14_a_late_text_in_a_number_column_is_one_logged_cell(tmp_path: Path, tables: Callable[..., Any]) -> None:
    text = "transaction_id,customer_id,occurred_at,amount\n"
    text += (
        "".join(f"{number},c{number},2025-03-15,{number}.5\n" for number in range(3000)) + "x,c,2025-03-16,on request\n"
    )
    got = tables(tmp_path, "  transactions:\n    - {file: inbox/a.csv}\n", a_csv=text)
    amounts = got.frames["transactions"]["amount"]
    assert amounts.isna().sum() == 1 and amounts[2999] == 2999.5
    entry = got.log[got.log["column"] == "amount"].iloc[0]
    assert (entry["count"], entry["row"], entry["examples"]) == (1, 3002, "3002: on request")
