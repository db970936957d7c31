"""Rows are marked, with their label, and nothing is deleted."""

from __future__ import annotations

import pandas as pd

from cxlib.intake.marks import marks


def found(frames, **known) -> list[tuple]:
    return [tuple(row) for row in marks(frames, **known)[["table", "row", "what", "column"]].values.tolist()]


def test_repeated_ids_and_rows():
    frame = pd.DataFrame(
        {"ticket_id": ["1", "2", "1", "3"], "customer_id": list("aabb"), "channel": ["x"] * 4, "topic": list("ttuv")},
        index=[5, 6, 7, 8],
    )
    frame["opened_at"] = pd.Timestamp("2025-01-01")
    assert found({"tickets": frame}) == [("tickets", 7, "repeated-id", "ticket_id"), ("tickets", 6, "repeated-row", "")]


def test_rows_without_a_time_repeat_by_nature():
    assert found({"tickets": pd.DataFrame({"channel": ["x"] * 3, "topic": ["t"] * 3, "agent": ["a"] * 3})}) == []


def test_empty_rows_are_no_repetition():
    frame = pd.DataFrame({"response_id": ["1", "2"], "nps": [None, None], "csat": [None, None], "ces": [None, None]})
    assert found({"responses": frame}) == []


def test_one_answer_to_a_whole_battery():
    items = pd.DataFrame(
        {
            "response_id": ["1"] * 5 + ["2"] * 5 + ["3"] * 4,
            "item": list("abcdeabcdeabcd"),
            "value": [3] * 5 + [3, 3, 3, 3, 4] + [1] * 4,
        }
    )
    responses = pd.DataFrame({"response_id": ["1", "2", "3"]})
    assert found({"items": items, "responses": responses}) == [("responses", 0, "same-answers", "")]


def test_answers_in_less_than_a_third_of_the_usual_time():
    """Median 90 s: 29 s is quick, 30 s is not."""
    start = pd.Timestamp("2025-01-01")
    seconds = [90] * 25 + [29, 30]
    frame = pd.DataFrame({"started_at": start, "answered_at": [start + pd.Timedelta(seconds=one) for one in seconds]})
    assert found({"responses": frame}) == [("responses", 25, "quick", "answered_at")]
    assert found({"responses": frame.tail(10)}) == []


def test_days_that_cannot_be():
    days = pd.to_datetime(["2025-01-02", "1970-01-01", "2025-03-01"])
    frame = pd.DataFrame({"opened_at": days, "resolved_at": pd.to_datetime(["2025-01-01", None, "2025-03-02"])})
    assert found({"tickets": frame}, as_of=pd.Timestamp("2025-02-01")) == [
        ("tickets", 1, "early", "opened_at"),
        ("tickets", 2, "future", "opened_at"),
        ("tickets", 0, "backwards", "resolved_at"),
    ]


def test_the_reference_day_itself_is_not_in_the_future():
    frame = pd.DataFrame({"opened_at": [pd.Timestamp("2025-02-01 23:59")]})
    assert found({"tickets": frame}, as_of=pd.Timestamp("2025-02-01")) == []


def test_nothing_marked_is_an_empty_table():
    assert list(marks({}).columns) == ["table", "row", "what", "column"] and marks({}).empty
