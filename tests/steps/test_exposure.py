"""Exposure and later leaving: the landmark is kept, the planted touchpoint is found, luck is not."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxlib.steps import exposure, journey
from tests.steps.planted import TRUTHS, null_client, planted_client

AS_OF = dt.date(2025, 8, 31)
START = pd.Timestamp("2024-08-31")


def customers(left: list[str | None], joined: str = "2024-01-01") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [str(number) for number in range(len(left))],
            "joined_on": pd.Timestamp(joined),
            "left_on": pd.to_datetime(pd.Series(left)).astype("datetime64[us]"),
        }
    )


def met(ids: list[int], day: str) -> pd.DataFrame:
    moments = [START, *[pd.Timestamp(day)] * len(ids)]
    names = ["nobody", *[str(number) for number in ids]]
    points = ["door", *["slot"] * len(ids)]
    return pd.DataFrame({"customer_id": names, "touchpoint": points, "occurred_at": moments, "case_id": names})


def test_the_year_is_cut_after_its_first_quarter(made) -> None:
    # 365 days before 31 August 2025 is 31 August 2024; 365 // 4 = 91 days later is 30 November.
    seen = exposure.watch(made({"events": met([0], "2024-10-01")}))
    assert (seen.start, seen.landmark, seen.end) == (dt.date(2024, 8, 31), dt.date(2024, 11, 30), AS_OF)


def test_who_counts_and_who_left(made) -> None:
    left = [None, "2024-10-01", "2025-03-01", "2025-12-01"]
    rows = customers(left)
    late = customers([None], joined="2024-10-01").assign(customer_id="late")
    client = made({"events": met([0, 2], "2024-10-01"), "customers": pd.concat([rows, late], ignore_index=True)})
    found = exposure.watched(client).set_index("customer_id")
    assert found["left"].to_dict() == {"0": False, "2": True, "3": False}
    assert found["slot"].to_dict() == {"0": True, "2": True, "3": False}


def test_contacts_after_the_landmark_do_not_count(made) -> None:
    client = made({"events": met([0, 1], "2025-02-01"), "customers": customers([None] * 40)})
    assert "slot" not in exposure.watched(client)


def test_shares_by_hand(made) -> None:
    # 20 of 40 met the slot, 10 of them left; of the other 20 left 4: 50 % against 20 %, 30 points apart.
    left = ["2025-03-01"] * 10 + [None] * 10 + ["2025-03-01"] * 4 + [None] * 16
    client = made({"events": met(list(range(20)), "2024-10-01"), "customers": customers(left)})
    row = exposure.losses(client).set_index("touchpoint").loc["slot"]
    assert (row["met"].value, row["others"].value) == (0.5, 0.2)
    assert (row["difference"].value, row["difference"].unit) == (pytest.approx(0.3), "share_points")


def test_few_are_hidden(made) -> None:
    client = made({"events": met(list(range(9)), "2024-10-01"), "customers": customers([None] * 40)})
    row = exposure.losses(client).set_index("touchpoint").loc["slot"]
    assert (row["met"].value, row["difference"].reason, row["grade"]) == (None, "too-few", "cannot-tell")


def test_sample_finds_the_missed_slot(sample) -> None:
    truth = TRUTHS["exposure"]
    table = exposure.losses(sample)
    row = table.iloc[0]
    assert (row["touchpoint"], row["grade"]) == (truth["touchpoint"], "clear")
    assert row["difference"].low <= truth["leave_exposed"] - truth["leave_other"] <= row["difference"].high
    told = [claim for claim in journey.section(sample).claims if claim.key == "exposure-clear"]
    assert [claim.values["touchpoint"] for claim in told] == ["missed_slot"]


def test_planted_truth_over_seeds(sample, soak: bool) -> None:
    for seed in range(20 if soak else 2):
        first = exposure.losses(planted_client(sample, seed)).iloc[0]
        assert (first["touchpoint"], first["grade"]) == ("missed_slot", "clear"), seed


def test_null_is_silent(sample, soak: bool) -> None:
    """At most one client in twenty may show a false loss."""
    seeds = range(60 if soak else 5)
    loud = [exposure.claims(null_client(sample, s), exposure.losses(null_client(sample, s)))[0].key for s in seeds]
    assert loud.count("exposure-clear") <= (6 if soak else 1)


def test_touchpoints_off_the_map_are_named(sample) -> None:
    found = {item.values["id"] for item in journey.check(sample) if item.key == "touchpoint-not-on-map"}
    assert found == {"basket", "missed_slot"}


def test_without_events_or_customers_it_cannot_be_told(made) -> None:
    for tables in ({}, {"events": met([1], "2024-10-01")}, {"customers": customers([None] * 30)}):
        client = made(tables)
        assert exposure.claims(client, exposure.losses(client))[0].key == "exposure-cannot-tell"
