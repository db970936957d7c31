"""Which touchpoints pull the total: the arithmetic, the planted worst one, and silence where all are alike."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.steps import journey, moments
from tests.steps.conftest import responses
from tests.steps.planted import TRUTHS, null_client


def two_points() -> pd.DataFrame:
    """Forty answers at the shop (+40) and twenty at the door, all of them detractors and dissatisfied."""
    shop = responses(n=40)
    door = responses(n=20).assign(touchpoint="door", nps=3.0, csat=1.0)
    rows = pd.concat([shop, door], ignore_index=True)
    return rows.assign(response_id=[str(number) for number in range(60)])


def test_pull_is_reach_times_gap_by_hand(made) -> None:
    # Door −100 against shop +40 is a gap of −140; a third of the answers: −46.7 points on the total of −6.7.
    table = moments.moments(made({"responses": two_points()})).set_index("id")
    assert table.loc["door", "gap"].value == pytest.approx(-140)
    assert table.loc["door", "pull"].value == pytest.approx(-140 / 3)
    assert table.loc["door", "grade"] == "clear"
    assert table.index[0] == "door"


def test_cost_of_failure_compares_within_the_touchpoint(made) -> None:
    # At the shop csat is below 3 for scores 7, 3 and 2 of ten (0 − 2 of 3); for the others +6 of 7.
    table = moments.moments(made({"responses": responses(n=400)})).set_index("id")
    assert table.loc["shop", "failure"].value == pytest.approx(100 * (-2 / 3 - 6 / 7))


def test_one_touchpoint_cannot_be_compared(made) -> None:
    client = made()
    claim = moments.claims(client, moments.moments(client))[0]
    assert claim.key == "touchpoints-cannot-tell"


def test_clear_pull_that_is_not_marked_is_noted(made) -> None:
    points = [{"id": name, "name": name, "stage": "buy"} for name in ("door", "shop")]
    client = made({"responses": two_points()}, journey={"touchpoints": points})
    table = moments.moments(client)
    found = moments.findings(table, client.engagement.journey.touchpoints)
    assert [item.where for item in found] == ["strategy/3_journey.yaml: touchpoints[door].moment_of_truth"]


def test_sample_names_the_worst_touchpoint(sample) -> None:
    truth = TRUTHS["nps"]["touchpoint"]
    table = moments.moments(sample)
    assert table["id"].iloc[0] == min(truth, key=truth.get) == "courier_handover"
    claim = journey.section(sample).claim("touchpoint-pulls")
    assert claim.values["pull"].high < 0
    hidden = table.set_index("id").loc["instagram_ad"]
    assert (hidden["pull"].value, hidden["grade"]) == (None, "cannot-tell")


def test_null_is_silent(sample, soak: bool) -> None:
    seeds = range(60 if soak else 5)
    clients = [null_client(sample, seed) for seed in seeds]
    loud = [client for client in clients if (moments.moments(client)["grade"] == "clear").any()]
    assert len(loud) <= (7 if soak else 1)


def test_satisfaction_stands_in_where_nobody_was_asked_to_recommend(made) -> None:
    client = made({"responses": two_points().drop(columns="nps")})
    table = moments.moments(client).set_index("id")
    assert moments.asked(client) == ("csat", "contact")
    assert table.loc["door", "gap"].unit == "share_points"
    assert table.loc["door", "failure"].value is None
