"""Each letter of SMART can be failed, and says why."""

from __future__ import annotations

import pytest

from cxlib.steps import kpis, smart
from tests.steps.conftest import STRATEGY, responses

GOAL = STRATEGY["kpis"]["goals"][0]


def verdict(made, letter: str, **change) -> smart.Verdict:
    client = made(kpis={"goals": [GOAL | change]})
    return smart.verdicts(client, client.engagement.kpis.goals[0])[letter]


def test_a_whole_goal_passes_the_facts(made) -> None:
    for letter in ("specific", "relevant", "time_bound"):
        assert verdict(made, letter).verdict == "pass", letter


@pytest.mark.parametrize("field", ["population", "stage", "baseline", "target", "scale"])
def test_specific_names_what_is_not_said(made, field: str) -> None:
    found = verdict(made, "specific", **{field: None if field in ("stage", "baseline", "target") else ""})
    assert (found.verdict, found.why) == ("fail", "not-specific")
    assert [term.key for term in found.values["fields"]] == [f"column.{field}"]


@pytest.mark.parametrize(
    ("change", "why"),
    [({"due": ""}, "no-date"), ({"due": "2025-08-31"}, "date-past"), ({"milestones": []}, "no-milestones")],
)
def test_time_bound(made, change: dict, why: str) -> None:
    assert verdict(made, "time_bound", **change).why == why


def test_seventy_five_to_eighty_five_fails_time_bound(made) -> None:
    """The source's own example of a goal: a target without a date."""
    change = {"metric": "csat", "baseline": 0.75, "target": 0.85, "due": "", "milestones": []}
    assert verdict(made, "time_bound", **change).verdict == "fail"


def test_measurable_asks_the_number_of_answers(made) -> None:
    # n = 60 at +40: the interval is about ±21 points, so 20 points are out of reach of sixty customers.
    assert verdict(made, "measurable", target=60).why == "not-testable"
    assert verdict(made, "measurable", target=100).verdict == "pass"
    assert verdict(made, "measurable", target=40).why == "no-distance"
    assert verdict(made, "measurable", survey=None, metric="ces").why == "not-measured"


def test_measurable_with_more_customers_is_a_doubt(made) -> None:
    import pandas as pd

    many = pd.DataFrame({"customer_id": [str(number) for number in range(5000)]})
    client = made({"responses": responses(), "customers": many}, kpis={"goals": [GOAL]})
    found = smart.measurable(client, client.engagement.kpis.goals[0])
    assert (found.verdict, found.why) == ("doubt", "needs-more")
    assert 60 < found.values["needs"] <= 5000


def test_achievable(made) -> None:
    assert verdict(made, "achievable", target=120).why == "beyond-best"
    assert verdict(made, "achievable", stage="use").why == "no-history"
    assert verdict(made, "achievable", target=60).why in ("no-history", "never-moved-so-far", "")


@pytest.mark.parametrize(("change", "why"), [({"feeling": "joy"}, "serves-no-promise"), ({"stage": "x"}, "no-stage")])
def test_relevant(made, change: dict, why: str) -> None:
    assert verdict(made, "relevant", **change).why == why


def test_findings_say_where(made) -> None:
    found = kpis.check(made(kpis={"goals": [GOAL | {"due": ""}]}))
    date = next(item for item in found if item.key == "smart-no-date")
    assert (date.severity, date.where) == ("mend", "strategy/4_kpis.yaml: goals[nps]")
