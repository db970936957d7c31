"""What would turn a recommendation: by hand, from the estimates that it rests on."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.measures.detect import detectable_change, needed_n
from cxlib.measures.estimate import Estimate
from cxlib.section import Term
from cxlib.steps import metrics, strategy, turning_points
from tests.steps.conftest import STRATEGY, responses

OPEN, SETTLED = Term("verdict.doubt"), Term("verdict.pass")


def row(client, decision: str) -> pd.Series:
    """The one row of a kind of recommendation."""
    rows = turning_points.table(client)
    return rows[rows["decision"] == Term(f"turning.{decision}")].iloc[0]


def test_difference_of_two_estimates_by_hand() -> None:
    # Standard errors 3 and 4 make 5; 1.96 × 5 = 9.8.
    one, other = Estimate(10, 10 - 5.88, 10 + 5.88, n=50), Estimate(4, 4 - 7.84, 4 + 7.84, n=60)
    gap = turning_points.difference(one, other)
    assert (gap.value, gap.n) == (6, 110)
    assert gap.high - gap.value == pytest.approx(9.8, abs=0.001)


def test_a_near_target_cannot_be_proven_and_the_n_is_named(made) -> None:
    goal = STRATEGY["kpis"]["goals"][0] | {"target": 45}
    client = made(kpis={"goals": [goal]})
    now = metrics.value(client, "nps", name="contact", stage="buy")
    found = row(client, "goal-not-provable")
    assert found["state"] == OPEN
    assert found["turns_at"].value == pytest.approx(now.value + detectable_change(now))
    assert found["answers_needed"].value == needed_n(now, change=45 - now.value)


def test_a_far_target_is_settled(made) -> None:
    client = made({"responses": responses(n=600)}, kpis={"goals": [STRATEGY["kpis"]["goals"][0] | {"target": 80}]})
    found = row(client, "goal-provable")
    assert found["state"] == SETTLED
    assert found["answers_needed"] is None
    assert found["move"].value < 0


def test_planted_worst_stage_is_settled(sample) -> None:
    found = row(sample, "worst-stage")
    assert found["state"] == SETTLED
    assert found["about"]["en"] == "Delivery"
    assert found["move"].low > 0


def test_stages_that_do_not_differ_stay_open(made) -> None:
    client = made()
    client.tables["responses"].loc[::2, "stage"] = "use"
    assert row(client, "worst-stage")["state"] == OPEN


def test_the_first_action_turns_where_the_second_gives_as_much_per_effort(made) -> None:
    # 100 to 300 by 1 to 1 is 100 to 300 per effort; the second 100 to 200: middles 200 and 150, so it turns at 150.
    actions = [
        {"id": "one", "name": "One", "value": [100, 300], "effort": [1, 1]},
        {"id": "two", "name": "Two", "value": [100, 200], "effort": [1, 1]},
    ]
    found = row(made(improvement={"actions": actions}), "first-action")
    assert (found["about"], found["state"]) == ("One", OPEN)
    assert (found["now"].value, found["turns_at"].value, found["move"].value) == (200, 150, -50)


def test_claims_count_what_is_open(sample) -> None:
    section = strategy.section(sample)
    rows = section.exhibit("turning-points").frame
    values = section.claim("turning-count").values
    assert values == {"open": int((rows["state"] == OPEN).sum()), "total": len(rows)}
    assert section.claim("turning-nearest").values["needs"].value > 0


def test_without_anything_recommended_it_says_so(made) -> None:
    client = made({}, improvement={"actions": []})
    assert [claim.key for claim in turning_points.claims(turning_points.table(client))] == ["turning-cannot-tell"]
