"""Buyers: groups by hand, kinds of buyers only where there are some, values that were tested on the past."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import buyer_segments, buyer_value, buyers, personas
from tests.source import ROOT

sys.path.insert(0, str(ROOT / "data"))

from making import tables
from making.plan import PLAN, TRUTHS, null


def transactions(*, orders: list[int], amount: float = 10.0) -> pd.DataFrame:
    """One customer for each number of orders, a week between orders, the last one on the reference date."""
    rows = [
        (f"{place:04d}", pd.Timestamp("2025-08-31") - pd.Timedelta(weeks=week), amount * (place + 1))
        for place, number in enumerate(orders)
        for week in range(number)
    ]
    return pd.DataFrame(rows, columns=["customer_id", "occurred_at", "amount"])


@pytest.fixture(scope="module")
def shop(sample):
    """Make the sample's shop again: a client with other luck, planted or with nothing planted."""

    def client(plan, seed: int):
        return replace(sample, tables=tables.tables(plan, seed=seed), seed=seed)

    return client


def kinds(client) -> int:
    """How many segments of buyers there are."""
    return buyer_segments.found(client, buyers.scored(client, buyers.purchases(client))).k


def test_planted_kinds_of_buyers_are_found(sample) -> None:
    scores = buyers.scored(sample, buyers.purchases(sample))
    found = buyer_segments.found(sample, scores)
    assert found.k == TRUTHS["segments"]["purchases"] == 2
    assert found.names[0] == Term("segment.most")
    often = scores["frequency"].groupby(found.of).mean()
    assert often[0] > 3 * often[1]


def test_one_kind_of_buyer_is_one_segment(shop, soak: bool) -> None:
    assert [kinds(shop(null(PLAN), seed)) for seed in range(100, 120 if soak else 103)] == [1] * (20 if soak else 3)


def test_planted_kinds_are_found_with_other_luck(shop, soak: bool) -> None:
    assert [kinds(shop(PLAN, seed)) for seed in range(100, 106 if soak else 101)] == [2] * (6 if soak else 1)


def test_few_buyers_cannot_tell(made) -> None:
    client = made({"transactions": transactions(orders=[1] * 20 + [3] * 20)})
    section = personas.section(client)
    assert section.claim("segments-cannot-tell").values == {"n": 40, "needs": buyer_segments.LEAST}
    assert section.claim("value-cannot-tell")


def test_customers_who_are_all_alike_are_one_segment(made) -> None:
    bought = transactions(orders=[2] * 150).assign(amount=10.0)
    client = made({"transactions": bought})
    assert kinds(client) == 1
    assert personas.section(client).claim("segments-one").values["n"] == 150


def test_groups_and_sales_are_counted_by_hand(made) -> None:
    # Amounts 10 to 200 and one order each, all on the last day: nobody buys often, so nobody is a champion.
    client = made({"transactions": transactions(orders=[1] * 20)})
    scores = buyers.scored(client, buyers.purchases(client))
    assert (scores["frequency_score"] == scores["frequency_score"].iloc[0]).all()
    table = buyers.table(client, scores)
    assert sum(row.value for row in table["buyers"]) == pytest.approx(1)
    assert sum(row.value for row in table["sales"]) == pytest.approx(1)


def test_refunds_are_no_purchases(made) -> None:
    bought = transactions(orders=[2, 2])
    bought.loc[0, "amount"] = -5.0
    assert len(buyers.purchases(made({"transactions": bought}))) == 3


def test_forecast_of_the_past_is_compared_with_what_came(sample) -> None:
    bought = buyers.purchases(sample)
    test = buyer_value.back_test(sample, bought)
    known = ~bought["customer_id"].isin(buyer_value.gone(sample, test.day))
    days = bought[known].assign(day=bought["occurred_at"].dt.date).drop_duplicates(["customer_id", "day"])
    before = set(days.loc[days["day"] <= test.day, "customer_id"])
    came = days[(days["day"] > test.day) & days["customer_id"].isin(before)]
    assert test.actual.value == len(came)
    assert test.error.value == pytest.approx(test.expected.value / len(came) - 1)
    assert test.error.low < test.error.value < test.error.high


def test_value_is_of_those_who_are_still_there(sample) -> None:
    bought = buyers.purchases(sample)
    fitted = buyer_value.models(sample, bought)
    worth = buyer_value.mean_worth(sample, fitted, fitted.histories.index)
    left = set(buyer_value.gone(sample, sample.as_of)) & set(fitted.histories.index)
    assert worth.n == len(fitted.histories) - len(left)
    assert left
    assert worth.low < worth.value < worth.high


def test_frequent_buyers_are_worth_more(sample) -> None:
    rows = personas.section(sample).exhibit("segments").frame
    assert rows["worth"].iloc[0].low > rows["worth"].iloc[1].high


def test_a_shop_where_all_leave_alike_has_values_without_a_false_interval(shop) -> None:
    client = shop(null(PLAN), 100)
    bought = buyers.purchases(client)
    fitted = buyer_value.models(client, bought)
    worth = buyer_value.mean_worth(client, fitted, fitted.histories.index)
    assert worth.value > 0
    assert worth.low is not None or worth.reason == "leaving-alike"
    assert np.isfinite(buyer_value.back_test(client, bought).error.value)


def test_margin_is_that_of_the_data_then_the_stated_one_then_none(made) -> None:
    bought = transactions(orders=[1, 1])
    assert buyer_value.margin(made({"transactions": bought})) == (1.0, Term("worth.sales"))
    assert buyer_value.margin(made({"transactions": bought.assign(margin=bought["amount"] * 0.2)}))[0] == pytest.approx(
        0.2
    )
    stated = made({"transactions": bought}, setup={"economics": {"margin_share": [0.1, 0.3]}})
    assert buyer_value.margin(stated)[0] == pytest.approx(0.2)


def test_short_history_is_not_tested(made) -> None:
    client = made({"transactions": transactions(orders=[5] * 20)})
    assert buyer_value.back_test(client, buyers.purchases(client)) is None


def test_attributes_that_say_nothing_make_no_typing_rule(sample) -> None:
    """Nothing of who buys often is planted in age, gender or city."""
    section = personas.section(sample)
    assert section.claim("typing-no-better").values["accuracy"].n == section.claim("segments-stand").values["share"].n
    assert "typing-rule" not in {exhibit.key for exhibit in section.exhibits}


def test_a_planted_attribute_makes_a_typing_rule(sample) -> None:
    scores = buyers.scored(sample, buyers.purchases(sample))
    known = buyer_segments.found(sample, scores)
    often = set(known.of.index[known.of == 0])
    people = sample.table("customers")
    people = people.assign(age_band=people["customer_id"].isin(often).map({True: "50+", False: "18-34"}))
    client = replace(sample, tables=sample.tables | {"customers": people})
    found = buyer_segments.rule(client, known)
    assert found.accuracy.value == 1.0
    assert buyer_segments.typing_claims(found)[0].key == "typing-better"
    told = buyer_segments.typing(client, known, found)
    assert told["segment"].tolist().count(Term("segment.most")) == 1
    assert " = " in told["holds"].iloc[-1][0]["en"] or " ≠ " in told["holds"].iloc[-1][0]["en"]
