"""Answers on a scale, as numbers, as labels, as both."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.intake.labels import RANGES, labels, number, scale, scores


def read(*cells: str, **known: object) -> list[float | None]:
    values = scores(pd.Series(list(cells), dtype="str"), **known).values
    return [None if np.isnan(value) else value for value in values]


def asked(*cells: str, **known: object) -> list[str]:
    return [one.key for one in scores(pd.Series(list(cells), dtype="str"), **known).questions]


@pytest.mark.parametrize(
    ("instrument", "cells", "codes"),
    [
        ("csat5", ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"], [1, 2, 3, 4, 5]),
        ("csat5", ["خیلی ناراضی", "ناراضی", "نه راضی نه ناراضی", "راضی", "خیلی راضی"], [1, 2, 3, 4, 5]),
        ("csat5", ["كاملا ناراضي", "کاملاً راضی", "کاملا راضی "], [1, 5, 5]),
        ("csat7", ["Somewhat satisfied", "Satisfied", "Very satisfied"], [5, 6, 7]),
        ("ces2", ["Strongly agree", "Somewhat agree", "Strongly disagree"], [7, 5, 1]),
        ("ces2", ["کاملاً موافقم", "مخالفم"], [7, 2]),
        ("ease5", ["Very easy", "Difficult", "خیلی سخت"], [5, 2, 1]),
        ("ces1", ["Very low effort", "Very high effort"], [1, 5]),
        ("nps", ["10 - Extremely likely", "0 - Not at all likely", "7"], [10, 0, 7]),
        ("nps", ["Extremely likely", "Not at all likely", "7"], [10, 0, 7]),
        ("nps", ["۱۰", "٩", "8.0", "7,5"], [10, 9, 8, 7.5]),
        ("csat5", ["۵ (خیلی راضی)", "1: very dissatisfied", "3."], [5, 1, None]),
    ],
)
def test_answers_become_codes(instrument, cells, codes):
    assert read(*cells, instrument=instrument) == codes


def test_the_order_is_shown():
    (note,) = scores(pd.Series(["Satisfied", "Very satisfied", "Satisfied"]), instrument="csat5").notes
    assert note.values == {"count": 3, "scale": "satisfaction-5", "order": ["Satisfied = 4", "Very satisfied = 5"]}


def test_a_label_of_two_scales_is_asked_unless_the_instrument_tells():
    cells = ("Somewhat satisfied", "Very satisfied")
    assert (read(*cells), asked(*cells)) == ([None, None], ["labels-open"])
    assert read(*cells, instrument="csat5") == [4, 5]
    assert read(*cells, instrument="csat7") == [5, 7]


def test_without_an_instrument_all_points_chosen_by_many_tell_the_scale():
    cells = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    assert asked(*cells) == ["labels-open"]
    assert read(*cells * 4) == [1, 2, 3, 4, 5] * 4


def test_labels_that_do_not_fit_the_instrument_are_asked():
    """Easy to hard under an effort scale: which end is low is never guessed."""
    assert asked("Very easy", "Difficult", instrument="ces1") == ["labels-open"]
    assert asked("Satisfied", "Somewhat satisfied", "Very satisfied", instrument="csat5") == ["labels-open"]


def test_unknown_labels_are_asked_and_leave_their_neighbours_in_doubt():
    assert (
        read("Delighted", "Satisfied", instrument="csat5"),
        asked("Delighted", "Satisfied", instrument="csat5"),
    ) == (
        [None, None],
        ["labels-unknown"],
    )
    assert read("Delighted", "Satisfied", instrument="csat5", values={"delighted": "5"}) == [5, 4]


def test_one_stray_text_does_not_spoil_a_column():
    typed = scores(pd.Series(["Satisfied"] * 40 + ["see my e-mail"]), instrument="csat5")
    assert typed.values.notna().sum() == 40
    assert typed.problems.values.tolist() == [[40, "see my e-mail", "no-score"]]


def test_an_empty_meaning_is_no_answer():
    typed = scores(pd.Series(["99", "5"]), instrument="csat5", values={"99": ""})
    assert typed.values.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("instrument", "cells"),
    [
        ("csat5", ["1 - Very satisfied", "5 - Very dissatisfied", "3"]),
        ("nps", ["0 - Extremely likely", "10 - Not at all likely"]),
        ("ces2", ["1 - Strongly agree", "7 - Strongly disagree"]),
        ("csat5", ["۱ - خیلی راضی", "2"]),
    ],
)
def test_a_label_against_its_number_stops_the_column(instrument, cells):
    assert read(*cells, instrument=instrument) == [None] * len(cells)
    assert asked(*cells, instrument=instrument) == ["labels-reversed"]


def test_a_low_effort_scale_runs_from_easy_to_hard():
    assert read("1 (very easy)", "5 (very difficult)", instrument="ces1") == [1, 5]
    assert asked("5 (very easy)", "1 (very difficult)", instrument="ces1") == ["labels-reversed"]


@pytest.mark.parametrize("instrument", RANGES)
def test_answers_outside_the_range_are_left_out_and_counted(instrument):
    low, high = RANGES[instrument]
    typed = scores(pd.Series([str(low), str(high), str(low - 1), str(high + 1)]), instrument=instrument)
    assert typed.values.tolist()[:2] == [low, high] and typed.counts == {"outside-scale": 2}


def test_a_range_can_be_given_and_without_one_every_number_counts():
    assert read("0", "100", "101", instrument="0-100") == [0, 100, None]
    assert read("-3", "1000") == [-3, 1000]


@pytest.mark.parametrize("cell", ["18-24", "7/27/26", "1.2.3", "", "10 people", "about 7", "2024-01-05"])
def test_texts_with_digits_are_no_answers(cell):
    assert np.isnan(number(cell))


def test_the_scale_of_a_column():
    assert scale(pd.Series(["Easy", "Very easy", "Hard", "N/A"])).family == "ease"
    assert scale(pd.Series(["Tehran", "Shiraz"])) is None


def test_the_commonest_spelling_stands_for_all():
    typed = labels(pd.Series(["فروش حضوري", "فروش حضوری", "فروش حضوری", "فروش‌حضوری", None]))
    assert typed.values.dropna().unique().tolist() == ["فروش حضوری"]
    assert typed.values.isna().sum() == 1
    assert typed.notes[0].key == "spellings" and typed.problems.empty


def test_labels_that_differ_stay_apart():
    assert labels(pd.Series(["Web", "Web 2", "App"])).values.tolist() == ["Web", "Web 2", "App"]
