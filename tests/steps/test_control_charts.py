"""Control charts: the planted step is found and dated, noise is left alone, and an outlier is an alarm."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import control_charts, improvement


@pytest.fixture(scope="module")
def watches(sample) -> dict[str, control_charts.Watch]:
    return {each.series.key: each for each in control_charts.watched(sample)}


@pytest.fixture(scope="session")
def null(sample, root):
    """The sample's shop in which nothing differs and nothing works."""
    sys.path.insert(0, str(root / "data"))
    from making import plan, tables

    return dataclasses.replace(sample, tables=tables.tables(plan.null(plan.PLAN)))


def readings(values: list[float], *, n: float = float("nan"), metric: str = "waste") -> pd.DataFrame:
    """A reading by month from January 2024 on."""
    months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(len(values))]
    return pd.DataFrame({"metric": metric, "period": months, "value": values, "n": n})


def test_the_planted_step_is_found_in_its_week(watches) -> None:
    late = watches["late_deliveries"]
    # 1 Dey 1403 is 21 December 2024; the first whole week after it begins on the 25th. Planted: 18 % → 11 %.
    assert late.series.days[late.turn.at] == dt.date(2024, 12, 25)
    assert late.turn.jump.high < -0.05
    assert (late.choice.kind, late.choice.reason) == ("p", "chart-share")
    assert late.center.low < 0.11 < late.center.high


def test_noise_is_left_alone(watches) -> None:
    assert watches["returned_orders"].turn is None
    assert watches["returned_orders"].out == []
    assert not control_charts.alarms(list(watches.values()))["is_alarm"].any()


def test_easier_delivery_is_found_in_its_month(watches) -> None:
    ease = watches["delivery-ces"]
    assert ease.series.days[ease.turn.at] == dt.date(2024, 12, 21)
    assert ease.choice.kind == "none" and ease.center.needs == 12


def test_null_client_has_no_change_and_no_alarm(null) -> None:
    watched = control_charts.watched(null)
    assert len(watched) > 5
    assert [each.series.key for each in watched if each.turn] == []
    assert control_charts.findings(watched) == []


def test_limits_are_those_of_the_stretch_since_the_change() -> None:
    rng = np.random.default_rng(3)
    values = np.concatenate([rng.normal(50, 2, 15), rng.normal(80, 2, 15)])
    days = tuple(day.date() for day in pd.date_range("2024-01-01", periods=30, freq="7D"))
    found = control_charts.watch(control_charts.Series("x", "X", days, values, None, ""))
    assert found.start == 15
    assert found.chart.center == pytest.approx(values[15:].mean())
    frame = control_charts.picture(found)
    assert frame["low"].isna().tolist() == [True] * 15 + [False] * 15
    assert len(frame) == 30


def test_newest_point_far_off_is_an_alarm(made) -> None:
    rng = np.random.default_rng(4)
    values = [*rng.normal(50, 2, 19).round(2), 75.0]
    client = made({"readings": readings(values)})
    client = dataclasses.replace(client, as_of=dt.date(2025, 8, 31))
    watched = control_charts.watched(client)
    assert [found.key for found in control_charts.findings(watched)] == ["alarm"]
    row = control_charts.table(client, watched).iloc[0]
    assert row["newest"] == Term("alarm.loud") and row["outside"] == [dt.date(2025, 8, 1)]
    assert "alarm" in [found.key for found in improvement.check(client)]


def test_nothing_after_the_reference_date_counts(made) -> None:
    client = made({"readings": readings([50.0] * 30)})
    assert control_charts.readings(client)[0].days[-1] == dt.date(2025, 8, 1)


@pytest.mark.parametrize(
    ("text", "calendar", "expected"),
    [
        ("1403-10-01", "jalali", dt.date(2024, 12, 21)),
        ("1403-10", "jalali", dt.date(2024, 12, 21)),
        ("2025-02", "gregorian", dt.date(2025, 2, 1)),
        ("week 7", "gregorian", None),
        ("2025", "gregorian", None),
    ],
)
def test_periods_of_readings(text: str, calendar: str, expected: dt.date | None) -> None:
    assert control_charts._first_day(text, calendar) == expected


def test_groups_of_a_reading_are_series_of_their_own(made) -> None:
    both = pd.concat([readings([1.0] * 3).assign(group=group) for group in ("all", "north")], ignore_index=True)
    assert [each.key for each in control_charts.readings(made({"readings": both}))] == ["waste", "waste/north"]


def test_share_with_counts_is_a_share(made) -> None:
    client = made({"readings": readings([0.1, 0.2, 0.1] * 5, n=50.0)})
    found = control_charts.watch(control_charts.readings(client)[0])
    assert (found.choice.kind, found.series.unit) == ("p", "share")


def test_nothing_to_watch_is_said(made) -> None:
    assert [claim.key for claim in control_charts.claims(control_charts.watched(made({})))] == ["charts-cannot-tell"]
    assert control_charts.picture(control_charts.shown([])).empty
