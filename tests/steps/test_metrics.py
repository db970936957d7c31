"""The value of a metric is one number for all steps, and is refused where it would mislead."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxlib.steps import metrics


def test_nps_is_the_hand_count(made) -> None:
    # 6 promoters and 2 detractors of every 10: 60 % − 20 % = +40.
    found = metrics.value(made(), "nps")
    assert found.value == pytest.approx(40)
    assert found.n == 60
    assert found.low < 40 < found.high


def test_csat_is_top_two_box(made) -> None:
    # 5, 4, 4, 5, 4 of every ten answers are 4 or 5.
    assert metrics.value(made(), "csat").value == pytest.approx(0.5)


def test_surveys_are_never_pooled(made) -> None:
    both = {"contact": {"instruments": {"nps": "nps"}}, "pulse": {"instruments": {"nps": "nps"}}}
    client = made(setup={"surveys": both})
    client.tables["responses"].loc[:29, "survey"] = "pulse"
    assert metrics.value(client, "nps").reason == "several-surveys"
    assert metrics.value(client, "nps", name="pulse").n == 30


def test_small_stage_is_hidden_with_the_n_that_would_tell(made) -> None:
    client = made()
    client.tables["responses"].loc[:3, "stage"] = "use"
    found = metrics.value(client, "nps", stage="use")
    assert (found.value, found.reason, found.n, found.needs) == (None, "too-few", 4, 10)


@pytest.mark.parametrize("metric", metrics.UNITS)
def test_nothing_is_known_without_tables(made, metric: str) -> None:
    found = metrics.value(made({}), metric)
    assert found.value is None
    assert found.reason


def test_churn_is_counted_from_ids(made) -> None:
    # 20 customers a year before the reference date, 5 of them left since; one who joined later does not count.
    joined = [pd.Timestamp("2023-01-01")] * 20 + [pd.Timestamp("2025-01-01")]
    left = [pd.Timestamp("2025-02-01")] * 5 + [pd.NaT] * 16
    client = made({"customers": pd.DataFrame({"customer_id": range(21), "joined_on": joined, "left_on": left})})
    assert metrics.value(client, "churn").value == pytest.approx(5 / 20)
    assert metrics.value(client, "crr").value == pytest.approx(15 / 20)


def test_open_tickets_stay_in_the_count(made) -> None:
    # Five tickets answered after 60 working minutes, six never: the median is not reached, a naive mean would say 60.
    opened = pd.Series(pd.to_datetime(["2025-08-04 10:00"] * 11))
    replied = opened + pd.to_timedelta([60.0] * 5 + [None] * 6, unit="min")
    client = made({"tickets": pd.DataFrame({"opened_at": opened, "first_reply_at": replied})})
    assert metrics.value(client, "first_response").reason == "quantile-not-reached"


def test_bots_do_not_count_as_answers(made) -> None:
    opened = pd.Series(pd.to_datetime(["2025-08-04 10:00"] * 12))
    waits = [1.0] * 6 + [30.0] * 6
    replied = opened + pd.to_timedelta(waits, unit="min")
    by_bot = pd.array([True] * 6 + [False] * 6, dtype="boolean")
    client = made({"tickets": pd.DataFrame({"opened_at": opened, "first_reply_at": replied, "by_bot": by_bot})})
    assert metrics.value(client, "first_response").value == pytest.approx(30)


def test_the_clock_stops_over_the_weekend(made) -> None:
    # Friday 16:30 to Monday 09:30: half an hour on Friday, half an hour on Monday.
    opened = pd.Series(pd.to_datetime(["2025-08-01 16:30"] * 12))
    client = made({"tickets": pd.DataFrame({"opened_at": opened, "first_reply_at": pd.Timestamp("2025-08-04 09:30")})})
    assert metrics.value(client, "first_response").value == pytest.approx(60)


def test_holidays_do_not_count(made) -> None:
    opened = pd.Series(pd.to_datetime(["2025-08-04 16:30"] * 12))
    closed = {"holidays": [{"name": "Feast", "start": "2025-08-05"}]}
    tickets = pd.DataFrame({"opened_at": opened, "first_reply_at": pd.Timestamp("2025-08-06 09:30")})
    assert metrics.value(made({"tickets": tickets}, setup=closed), "first_response").value == pytest.approx(60)


def test_months_are_those_of_the_calendar(made) -> None:
    table = metrics.by_month(made(), "nps")
    assert table["month"].tolist() == [f"2025-{month:02d}" for month in range(1, 9)]
    assert table["n"].sum() == 60
    jalali = metrics.by_month(made(setup={"calendar": "jalali"}), "nps")
    assert jalali["month"].iloc[0] == "1403-10"
    assert jalali["n"].sum() == 60


def test_direction_of_good_change() -> None:
    assert metrics.good_change("nps", 10, 20)
    assert metrics.good_change("churn", 0.2, 0.1)
    assert not metrics.good_change("churn", 0.1, 0.2)
    assert not metrics.good_change("nps", 10, 10)


def test_reference_date_hides_what_came_later(made) -> None:
    opened = pd.Series(pd.to_datetime(["2025-08-04 10:00"] * 12))
    later = pd.DataFrame({"opened_at": opened, "first_reply_at": pd.Timestamp("2025-09-04 10:00")})
    client = made({"tickets": later})
    assert client.as_of == dt.date(2025, 8, 31)
    assert metrics.value(client, "first_response").value is None
