"""The traps of real exports that lie in the meaning of cells, each in its own words."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.intake.amounts import amounts
from cxlib.intake.days import days
from cxlib.intake.flags import flags
from cxlib.intake.labels import labels, scores
from cxlib.intake.multi import choices
from cxlib.intake.persian import key


def shown(values: pd.Series) -> list[str]:
    return values.astype("str").fillna("").tolist()


def test_trap_1_jalali_is_taken_as_gregorian_year_1402_and_a_valid_31_ordibehesht_becomes_missing():
    typed = days(pd.Series(["1402/05/13", "1402/02/31", "14020301", "1404/02/28-10: 32: 16"]), to="Asia/Tehran")
    assert shown(typed.values) == [
        "2023-08-04 00:00:00",
        "2023-05-21 00:00:00",
        "2023-05-22 00:00:00",
        "2025-05-18 10:32:16",
    ]
    assert typed.problems.empty
    assert [note.key for note in typed.notes] == ["jalali-days", "zone-assumed"]


def test_trap_2_persian_and_arabic_digits_become_missing_and_their_marks_are_decimal_and_thousands_marks():
    typed = amounts(pd.Series(["۱۲٬۳۴۵٫۶", "٧٨٩", "۱٫۲۳۴", "۱٬۲۳۴"]))
    assert typed.values.tolist() == [12345.6, 789, 1.234, 1234] and typed.problems.empty
    assert scores(pd.Series(["۱۰", "٩"]), instrument="nps").values.tolist() == [10, 9]
    assert shown(days(pd.Series(["٢٠٢٤-٠٣-٠٥"])).values) == ["2024-03-05"]


@pytest.mark.parametrize("answer", ["None", "NA", "null", "nan", "N/A"])
def test_trap_3_pandas_deletes_the_answers_none_na_and_null(answer):
    assert labels(pd.Series([answer, "x"])).values.tolist() == [answer, "x"]
    assert list(choices(pd.Series([f"{answer};x"])).frame) == [answer, "x"]


def test_trap_7_letters_half_spaces_and_trailing_blanks_make_four_groups_of_one_label():
    spellings = ["پشتیبانی تلفنی", "پشتيباني تلفني", "پشتیبانی‌تلفنی", "پشتیبانی تلفنی "]
    typed = labels(pd.Series([*spellings, spellings[0]]))
    assert typed.values.nunique() == 1 and len({key(one) for one in spellings}) == 1
    assert [(note.key, note.values["count"]) for note in typed.notes] == [("spellings", 1)]


def test_trap_8_3_april_is_march_to_one_reader_and_april_to_another_so_the_whole_column_decides_or_is_asked():
    assert shown(days(pd.Series(["03/04/2024", "17/04/2024"])).values)[0] == "2024-04-03"
    assert shown(days(pd.Series(["03/04/2024", "04/17/2024"])).values)[0] == "2024-03-04"
    typed = days(pd.Series(["03/04/2024", "05/04/2024"]))
    assert typed.values.isna().all() and [one.setting for one in typed.questions] == ["day_first"]


def test_trap_11_a_zero_a_dash_do_not_know_and_not_applicable_stand_inside_a_scale():
    cells = ["5", "0", "-", "Don't know", "Not applicable", "نمی‌دانم", "3.0"]
    typed = scores(pd.Series(cells), instrument="csat5")
    assert typed.values.dropna().tolist() == [5, 3]
    assert typed.counts == {"do-not-know": 2, "not-applicable": 2, "outside-scale": 1}


def test_trap_11_a_scale_is_reversed_by_its_labels():
    typed = scores(pd.Series(["1 - Very satisfied", "5 - Very dissatisfied"]), instrument="csat5")
    assert typed.values.isna().all() and [one.key for one in typed.questions] == ["labels-reversed"]


def test_trap_13_no_time_zone_or_in_the_header_or_as_est():
    assert shown(days(pd.Series(["2020/06/05 11:34:01 AM EST"]), to="Asia/Tehran").values) == ["2020-06-05 21:04:01"]
    in_header = days(pd.Series(["2020-12-11 12:06:52"]), timezone="America/Denver", to="Asia/Tehran")
    assert shown(in_header.values) == ["2020-12-11 22:36:52"]
    nowhere = days(pd.Series(["2020-12-11 12:06:52"]), to="Asia/Tehran")
    assert shown(nowhere.values) == ["2020-12-11 12:06:52"] and nowhere.notes[0].key == "zone-assumed"


def test_trap_14_a_late_text_value_in_a_number_column():
    text = pd.Series([str(number) for number in range(5_000)] + ["see comment"])
    for read, what in ((amounts, "no-number"), (scores, "no-score")):
        typed = read(text)
        assert typed.values.notna().sum() == 5_000
        assert typed.problems.values.tolist() == [[5_000, "see comment", what]]


def test_trap_9_yes_in_the_respondents_language():
    assert flags(pd.Series(["Yes", "Ja", "Oui", "بله"])).values.all()
