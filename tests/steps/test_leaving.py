"""Who is likely to leave: counts by hand, the interval covers, a planted group is found and luck is not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import improvement, leaving
from tests.steps.planted import null_client

END = pd.Timestamp("2025-08-31")
HALF = pd.Timedelta(days=182)


def shop(rng: np.random.Generator, n: int, *, recent: float, long: float) -> dict[str, pd.DataFrame]:
    """Customers of two kinds, with the chance of each to leave in a half-year; all joined two years ago.

    The first half buys once a month while there, the others bought only two years ago.
    """
    start = END - 4 * HALF
    chance = np.where(np.arange(n) < n // 2, recent, long)
    halves = rng.geometric(np.maximum(chance, 1e-12)) - 1 + rng.random(n)
    left = start + pd.to_timedelta(np.minimum(halves, 50) * 182, unit="D")
    ids = [f"c{k}" for k in range(n)]
    customers = pd.DataFrame({"customer_id": ids, "joined_on": start, "left_on": left.where(left <= END)})
    months = pd.date_range(start, END, freq="30D")
    rows = [(c, day) for c, gone in zip(ids[: n // 2], left[: n // 2], strict=True) for day in months if day <= gone]
    rows += [(c, start) for c in ids[n // 2 :]]
    return {"customers": customers, "transactions": pd.DataFrame(rows, columns=["customer_id", "occurred_at"])}


def test_counts_by_hand(made) -> None:
    # Half a year ago a, b, c and d were there and had just bought; b has left since. e joined later and never bought.
    then = END - HALF
    customers = pd.DataFrame(
        {
            "customer_id": list("abcde"),
            "joined_on": [END - 3 * HALF] * 4 + [END - HALF / 2],
            "left_on": [pd.NaT, then + pd.Timedelta(days=10), pd.NaT, pd.NaT, pd.NaT],
        }
    )
    orders = pd.DataFrame(
        {"customer_id": list("aabcd"), "occurred_at": [END - 2 * HALF - pd.Timedelta(days=9)] + [then] * 4}
    )
    found = leaving.leaving(made({"customers": customers, "transactions": orders}))
    rows = found.groups.set_index("group")
    assert rows.loc["recent", ["there", "watched", "left"]].tolist() == [0, 4, 1]
    assert rows.loc["long", "there"] == 3
    assert rows.loc["never", ["there", "watched", "left"]].tolist() == [1, 0, 0]
    assert found.expected.n == 4
    # Nobody was in those groups half a year ago: the rate of all, (1 + ½) of (4 + 1), for each of the four.
    assert found.expected.value == pytest.approx(4 * 1.5 / 5)
    assert found.foretold is None


def test_the_number_who_leave_is_covered(made, soak: bool) -> None:
    """The half-year after, simulated with the true chances: nominal 95 %."""
    runs, hits = (200 if soak else 30), 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        found = leaving.leaving(made(shop(rng, 400, recent=0.05, long=0.3)))
        there = found.groups.set_index("group")["there"]
        came = rng.binomial(there["recent"], 0.05) + rng.binomial(there["long"], 0.3)
        hits += found.expected.low <= came <= found.expected.high
    assert 0.93 - 3 * (0.95 * 0.05 / runs) ** 0.5 <= hits / runs <= 1


def test_a_planted_group_is_told_and_the_forecast_holds(made) -> None:
    client = made(shop(np.random.default_rng(0), 600, recent=0.05, long=0.3))
    said = {claim.key: claim for claim in leaving.claims(client, leaving.leaving(client))}
    assert said["leaving-apart"].values["group"] == Term("leaving.long")
    assert "leaving-held" in said


def test_groups_that_leave_alike_are_not_told_apart(made, soak: bool) -> None:
    runs = 200 if soak else 40
    loud = 0
    for seed in range(runs):
        client = made(shop(np.random.default_rng(seed), 300, recent=0.15, long=0.15))
        loud += "leaving-apart" in {claim.key for claim in leaving.claims(client, leaving.leaving(client))}
    assert loud <= 0.05 * runs + 2.6 * (0.05 * 0.95 * runs) ** 0.5


def test_a_short_history_or_no_leaving_days_cannot_tell(made, sample) -> None:
    assert [claim.key for claim in leaving.claims(made({}), leaving.leaving(made({})))] == ["leaving-cannot-tell"]
    late = {name: sample.table(name) for name in ("customers", "transactions")}
    first = late["transactions"]["occurred_at"].min().date()
    early = dataclasses.replace(sample, as_of=first + pd.Timedelta(days=200))
    assert leaving.leaving(early) is None


def test_no_id_of_a_customer_is_in_the_section(sample) -> None:
    section = improvement.section(sample)
    assert "leaving" in {exhibit.key for exhibit in section.exhibits}
    text = section.exhibit("leaving").frame.to_string()
    assert not any(str(name) in text for name in sample.table("customers")["customer_id"].head(200))


def test_the_null_shop_is_not_told_apart_by_more_than_luck(sample) -> None:
    claims = leaving.claims(sample, leaving.leaving(null_client(sample, 0)))
    assert claims[0].key == "leaving-expected"
