"""Where a goal is heading, what change would show, and how both feed the letter A."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from cxlib.measures.detect import detectable_change
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.steps import kpis, prospects, smart
from tests.steps.conftest import STRATEGY, responses

GOAL = STRATEGY["kpis"]["goals"][0]


def seen(made, *, months: list[float], chance: Estimate, **change) -> tuple:
    client = made(kpis={"goals": [GOAL | change]})
    goal = client.engagement.kpis.goals[0]
    now = Estimate(30, 25, 35, n=900, unit="points")
    return client, goal, prospects.Prospect(goal, now, pd.Series(months), chance)


def letter(made, *, months: list[float], chance: float | None, target: float) -> smart.Verdict:
    told = cannot_tell("history-short") if chance is None else Estimate(chance, 0, 1, n=9, unit="share")
    client, goal, found = seen(made, months=months, chance=told, target=target)
    return smart.achievable(client, goal, seen=found)


FLAT = [30.0, 31.0, 30.0, 29.0, 30.0, 31.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("target", "chance", "verdict", "why"),
    [
        (50, 0.6, "pass", ""),
        (50, 0.2, "doubt", "unlikely"),
        (50, 0.01, "fail", "unlikely"),
        (50, None, "fail", "never-moved-so-far"),
        (30.4, 0.01, "pass", ""),
        (120, 0.9, "fail", "beyond-best"),
    ],
)
def test_achievable_weighs_past_moves_and_chance(made, target: float, chance, verdict: str, why: str) -> None:
    # Means of three months run from 29.7 to 30.7 or so: the number has moved by less than one point.
    found = letter(made, months=FLAT, chance=chance, target=target)
    assert (found.verdict, found.why) == (verdict, why)


def test_chance_of_a_steady_rise_is_high_and_of_a_fall_low(made) -> None:
    client, goal, _ = seen(made, months=FLAT, chance=cannot_tell("no-answers"), target=60, due="2025-12-31")
    up = pd.Series([30.0, 34.0, 37.0, 42.0, 45.0, 50.0, 54.0, 57.0])
    assert prospects.chance(client, goal, up).value > 0.9
    assert prospects.chance(client, goal, up[::-1].reset_index(drop=True)).value < 0.1


def test_lower_is_better_counts_downwards(made) -> None:
    change = {"metric": "first_response", "survey": None, "target": 60, "due": "2025-12-31"}
    client, goal, _ = seen(made, months=FLAT, chance=cannot_tell("no-answers"), **change)
    down = pd.Series([100.0, 95.0, 92.0, 86.0, 80.0, 75.0, 71.0, 66.0])
    assert prospects.chance(client, goal, down).value > 0.9


@pytest.mark.parametrize("change", [{"due": ""}, {"due": "2025-08-31"}, {"target": None}])
def test_without_a_date_ahead_there_is_no_chance(made, change: dict) -> None:
    client, goal, _ = seen(made, months=FLAT, chance=cannot_tell("no-answers"), **change)
    assert prospects.chance(client, goal, pd.Series(FLAT)).reason == "no-date-ahead"


def test_short_history_says_how_much_is_needed(made) -> None:
    client, goal, _ = seen(made, months=FLAT, chance=cannot_tell("no-answers"), due="2025-12-31")
    found = prospects.chance(client, goal, pd.Series(FLAT[:5]))
    assert (found.reason, found.needs) == ("history-short", 8)


def test_detectable_change_is_in_the_unit_of_a_difference(made) -> None:
    now = Estimate(0.8, 0.75, 0.85, n=400, unit="share")
    found = prospects.detectable(made(), now)
    assert (found.value, found.unit) == (pytest.approx(detectable_change(now)), "share_points")
    assert prospects.detectable(made(), dataclasses.replace(now, low=None, reason="no-spread")).value is None


def test_every_measure_of_the_sample_says_what_would_show(sample) -> None:
    table = kpis.values(sample)
    assert all(found.value > 0 for found in table["detectable"])
    # 280 answers a quarter or not: two points of the quarterly NPS stay unseen even with all waves together.
    pulse = next(row for row in table.itertuples() if row.survey and row.survey["en"] == "Quarterly pulse")
    assert pulse.detectable.value > 2


def test_answers_without_a_day_have_no_course(made) -> None:
    client = made({"responses": responses().drop(columns="answered_at")})
    assert len(prospects.course(client, "nps", name="contact")) == 0
    assert "kpi-values" in [exhibit.key for exhibit in kpis.section(client).exhibits]


def test_findings_of_the_sample_give_the_chance(sample) -> None:
    found = [item for item in kpis.check(sample) if item.key == "smart-unlikely"]
    assert {item.where.split("goals")[1] for item in found} >= {"[delivery-csat]"}
    assert all(0 <= item.values["chance"].value < prospects.EVEN for item in found)
