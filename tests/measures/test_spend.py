"""Gamma-Gamma and customer lifetime value: Fader & Hardie's note 025, back-test, coverage."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import spend, value, worth
from cxlib.measures.spend import GammaGamma

BUYING = value.BgNbd(0.243, 4.414, 0.793, 2.426)
SPENDING = GammaGamma(6.25, 3.74, 15.44)


def cdnow(shared) -> pd.DataFrame:
    names = {"x": "frequency", "t_x": "recency", "T": "age", "zbar": "spend"}
    return pd.read_csv(shared / "cases" / "data" / "cdnow_customers_summary_with_transactions.csv").rename(
        columns=names
    )


def customers(n: int, seed: int) -> pd.DataFrame:
    """Customers drawn from both models."""
    spending = GammaGamma(5, 4, 20)
    rng = np.random.default_rng(seed)
    age = rng.uniform(30, 60, n)
    x, recency = value.simulated(value.BgNbd(0.8, 5, 1, 3), age, rng=rng)
    scale = rng.gamma(spending.q, 1 / spending.v, n)
    paid = np.where(x > 0, rng.gamma(np.maximum(spending.p * x, 1e-9), 1 / scale) / np.maximum(x, 1), 0.0)
    return pd.DataFrame({"frequency": x, "recency": recency, "age": age, "spend": paid})


def test_fit_of_cdnow_as_in_note_025(shared):
    table = cdnow(shared)
    model = spend.fit(table["frequency"], table["spend"])
    assert (model.p, model.q, model.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    assert model.n == 946


def test_expected_spend_as_in_note_025():
    found = spend.expected_spend(SPENDING, frequency=[2, 1, 0], spend=[22.35, 11.77, 0])
    # note 025: 24.65, 18.91 and, for all, 35.17 (from unrounded parameters)
    assert found == pytest.approx([24.65, 18.91, 35.17], abs=0.1)


def test_the_currency_scales_v_only():
    table = customers(2000, 1)
    small, large = (spend.fit(table["frequency"], factor * table["spend"]) for factor in (1, 1e6))
    assert (large.p, large.q, large.v / 1e6) == pytest.approx((small.p, small.q, small.v), rel=1e-5)


def test_many_purchases_are_believed_and_few_are_drawn_to_the_mean():
    few, many = spend.expected_spend(SPENDING, frequency=[1, 1000], spend=[100, 100])
    assert few < many
    assert many == pytest.approx(100, rel=0.01)


def test_no_mean_exists_without_q_above_one():
    assert np.isnan(spend.expected_spend(GammaGamma(1, 0.9, 10), frequency=[0], spend=[0])[0])
    table = customers(5, 0)
    found = worth.valuation(table.assign(frequency=0.0), purchases=BUYING, amounts=GammaGamma(1, 0.9, 10)).mean()
    assert found.reason == "no-mean-amount"


def test_lifetime_value_by_hand_for_one_month():
    one = {"frequency": [2.0], "recency": [30.43], "age": [38.86], "spend": [22.35]}
    bought = value.conditional_purchases(BUYING, frequency=[2], recency=[30.43], age=[38.86], t=4.345)[0]
    by_hand = 0.3 * bought * 24.6637 / 1.02
    found = spend.lifetime_value(
        pd.DataFrame(one), purchases=BUYING, amounts=SPENDING, months=1, monthly_discount=0.02, margin=0.3
    )
    assert found == pytest.approx([by_hand], rel=1e-4)


def test_without_discount_it_is_purchases_times_amount():
    table = customers(50, 2)
    found = spend.lifetime_value(table, purchases=BUYING, amounts=SPENDING, months=24, monthly_discount=0)
    history = {name: table[name] for name in ("frequency", "recency", "age")}
    bought = value.conditional_purchases(BUYING, **history, t=24 * 4.345)
    amount = spend.expected_spend(SPENDING, frequency=table["frequency"], spend=table["spend"])
    assert found == pytest.approx(bought * amount)


def test_a_longer_horizon_is_worth_more_and_a_higher_discount_less():
    table, models = customers(20, 3), {"purchases": BUYING, "amounts": SPENDING}
    base = spend.lifetime_value(table, **models)
    assert (spend.lifetime_value(table, **models, months=24) > base).all()
    assert (spend.lifetime_value(table, **models, monthly_discount=0.05) < base).all()


def test_mean_value_covers(soak):
    """The mean over customers of the truth (their value under the true models), by fitted models."""
    draws, held, truth_models = (200 if soak else 40), 0, {"purchases": value.BgNbd(0.8, 5, 1, 3)}
    truth_models["amounts"] = GammaGamma(5, 4, 20)
    truth = np.mean([spend.lifetime_value(customers(4000, 900 + s), **truth_models).mean() for s in range(5)])
    for seed in range(draws):
        table = customers(600, seed)
        buying = value.fit(table["frequency"], table["recency"], table["age"])
        spending = spend.fit(table["frequency"], table["spend"])
        found = worth.valuation(table, purchases=buying, amounts=spending).mean()
        held += found.low <= truth <= found.high
    assert 0.93 - 3 * np.sqrt(0.95 * 0.05 / draws) <= held / draws <= 1


@pytest.mark.parametrize(("n", "reason"), [(0, "empty-group"), (1, "one-unit")])
def test_mean_value_of_hardly_anybody(n, reason):
    table = customers(300, 4)
    models = {"purchases": value.fit(table["frequency"], table["recency"], table["age"])}
    models["amounts"] = spend.fit(table["frequency"], table["spend"])
    assert worth.valuation(table, **models).mean(np.arange(300) < n).reason == reason
    with pytest.raises(CxError, match="fitted on 300 customers, not on these 299"):
        worth.valuation(table[1:], **models)


def test_given_parameters_have_no_interval():
    assert worth.valuation(customers(5, 0), purchases=BUYING, amounts=SPENDING).mean().reason == "parameters-given"


def test_frequency_and_spend_that_go_together_are_seen():
    table = customers(800, 6)
    apart = spend.frequency_and_spend(table["frequency"], table["spend"])
    assert apart.low < 0 < apart.high
    together = spend.frequency_and_spend(table["frequency"], table["spend"] * (1 + table["frequency"]))
    assert together.low > 0.3
    assert spend.frequency_and_spend([1, 1, 2], [1, 2, 3]).reason == "too-few"


def test_correlation_covers(soak):
    draws = 2000 if soak else 400
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        rng = np.random.default_rng(n)
        found = [spend.frequency_and_spend(1 + rng.random(n), rng.random(n)) for _ in range(draws)]
        held = np.mean([e.low <= 0 <= e.high for e in found])
        assert 0.93 - slack <= held <= 0.975 + slack, (n, held)


def test_back_test_of_cdnow(shared):
    """Fader, Hardie & Lee (2005): 1,882 repeat purchases in the 39 weeks after; the forecast is 12 % below."""
    log = pd.read_csv(shared / "cases" / "data" / "cdnowElog.csv", dtype={"date": str})
    ends = {"calibration_end": dt.date(1997, 9, 30), "holdout_end": dt.date(1998, 6, 30)}
    found = spend.back_test(log, customer="sampleid", day="date", **ends)
    assert (found.customers, found.actual) == (2357, 1882)
    assert found.error == pytest.approx(-0.12, abs=0.01)
    assert found.by_frequency["customers"].sum() == 2357
    assert found.by_frequency.loc[0, ["actual", "expected"]].tolist() == pytest.approx([0.237, 0.225], abs=1e-3)


def test_back_test_finds_a_model_that_holds(soak):
    """Customers drawn from the model itself: the forecast is near."""
    rng, n = np.random.default_rng(6), 4000 if soak else 1500
    start, rows = pd.Timestamp("2024-01-01"), []
    rate, leave = rng.gamma(0.8, 1 / 40, n), rng.beta(1, 4, n)
    for who in range(n):
        day = 0.0
        rows.append((who, 0))
        while (day := day + rng.exponential(1 / max(rate[who], 1e-9))) < 700:
            rows.append((who, day))
            if rng.random() < leave[who]:
                break
    log = pd.DataFrame(rows, columns=["who", "day"])
    log["on"] = start + pd.to_timedelta(log["day"].round(), unit="D")
    ends = {"calibration_end": dt.date(2024, 12, 31), "holdout_end": dt.date(2025, 11, 30)}
    assert abs(spend.back_test(log, customer="who", day="on", **ends).error) < 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spend.fit([0, 0], [0, 0]), "None of the 2 customers"),
        (lambda: spend.fit([1, 2], [5, -3]), "1 mean amounts are not above 0, the first in row 2"),
        (lambda: GammaGamma(1, 1, 0), "p, q, v"),
        (lambda: spend.lifetime_value(customers(3, 0), purchases=BUYING, amounts=SPENDING, months=0), "`months"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(CxError, match=message):
        call()


def test_a_back_test_needs_time_after():
    log = pd.DataFrame({"who": ["a"], "on": pd.to_datetime(["2025-01-01"])})
    with pytest.raises(CxError, match=r"2025-02-01\.\.2025-01-01"):
        ends = {"calibration_end": dt.date(2025, 2, 1), "holdout_end": dt.date(2025, 1, 1)}
        spend.back_test(log, customer="who", day="on", **ends)
