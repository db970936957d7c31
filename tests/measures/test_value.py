"""BG/NBD: CDNOW of Fader, Hardie & Lee (2005), simulation, slow twins."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln, gammaln

from cxlib.errors import CxError
from cxlib.measures.value import (
    BgNbd,
    conditional_purchases,
    expected_purchases,
    fit,
    histories,
    p_alive,
    purchase_probabilities,
    simulated,
)

PAPER = BgNbd(0.243, 4.414, 0.793, 2.426)


def cdnow(shared) -> pd.DataFrame:
    return pd.read_csv(shared / "cases" / "data" / "cdnow_customers_summary.csv")


def test_fit_of_cdnow_as_in_fader_hardie_lee_table_2(shared):
    customers = cdnow(shared)
    model = fit(customers["frequency"], customers["recency"], customers["T"])
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert model.loglik == pytest.approx(-9582.43, abs=0.01)
    expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert expected_purchases(model, [0.1429, 1, 3, 31.8571, 32, 78]) == pytest.approx(expected, abs=6e-4)
    history = {"frequency": [2], "recency": [30.43], "age": [38.86]}
    assert conditional_purchases(model, **history, t=39) == pytest.approx([1.226], abs=6e-4)


def test_fit_of_cdnow_is_quick(shared):
    customers = cdnow(shared)
    begin = time.process_time()
    fit(customers["frequency"], customers["recency"], customers["T"])
    assert time.process_time() - begin < 0.5


def test_fit_of_200_000_distinct_histories_is_quick(soak):
    n = 200_000 if soak else 20_000
    rng = np.random.default_rng(0)
    age = rng.uniform(10, 60, n)
    x, recency = simulated(BgNbd(0.5, 5, 1, 3), age, rng=rng)
    begin = time.process_time()
    model = fit(x, recency, age)
    assert time.process_time() - begin < 3
    assert (model.r, model.alpha, model.b / model.a) == pytest.approx((0.5, 5, 3), rel=0.1)


def test_counts_are_the_same_as_repeated_rows():
    """The donations of Fader, Hardie & Shang (2010) come as counts; here a small table, once repeated, once counted."""
    table = pd.DataFrame({"x": [0, 1, 2, 3], "last": [0, 2, 4, 6], "age": [6, 6, 6, 6], "n": [30, 10, 8, 12]})
    counted = fit(table["x"], table["last"], table["age"], counts=table["n"])
    rows = table.loc[table.index.repeat(table["n"])].sample(frac=1, random_state=0)
    plain = fit(rows["x"], rows["last"], rows["age"])
    assert (counted.r, counted.loglik, counted.n) == pytest.approx((plain.r, plain.loglik, plain.n))


def test_the_unit_of_time_changes_alpha_only():
    rng = np.random.default_rng(1)
    age = rng.uniform(20, 60, 1500)
    x, recency = simulated(BgNbd(0.8, 6, 0.9, 3), age, rng=rng)
    weeks, days = fit(x, recency, age), fit(x, 7 * recency, 7 * age)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-3)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-3)


def test_loglik_by_the_slow_definition():
    """Equation 6 of the paper, customer by customer, without logarithms of sums."""
    table = [(0, 0.0, 38.0), (2, 30.43, 38.86), (1, 1.71, 38.86), (5, 20.0, 25.0), (0, 0.0, 10.0)]
    rng = np.random.default_rng(2)
    age = rng.uniform(20, 60, 300)
    x, recency = simulated(PAPER, age, rng=rng)
    table += list(zip(x, recency, age, strict=True))
    model = fit(*zip(*table, strict=True))
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    total = 0.0
    for k, last, since in table:
        front = np.exp(gammaln(r + k) - gammaln(r)) * alpha**r
        stay = np.exp(betaln(a, b + k) - betaln(a, b)) / (alpha + since) ** (r + k)
        leave = np.exp(betaln(a + 1, b + k - 1) - betaln(a, b)) / (alpha + last) ** (r + k) if k else 0.0
        total += np.log(front * (stay + leave))
    assert model.loglik == pytest.approx(total, rel=1e-9)


def test_probabilities_as_in_the_btyd_manual():
    assert purchase_probabilities(PAPER, n=[0], t=39) == pytest.approx([0.5737864], abs=1e-6)


def test_probabilities_add_up_and_have_the_expected_mean():
    n = np.arange(2000)
    chance = purchase_probabilities(BgNbd(1.2, 5, 1.5, 4), n=n, t=39)
    assert chance.sum() == pytest.approx(1)
    assert chance @ n == pytest.approx(expected_purchases(BgNbd(1.2, 5, 1.5, 4), 39))


def test_probabilities_and_expectations_are_those_of_simulated_customers():
    model, n = BgNbd(0.9, 4, 1.3, 3), 60_000
    x, last = simulated(model, np.full(n, 30.0), rng=np.random.default_rng(3))
    for k in range(4):
        assert (x == k).mean() == pytest.approx(purchase_probabilities(model, n=[k], t=30)[0], abs=0.008)
    assert x.mean() == pytest.approx(expected_purchases(model, 30), rel=0.02)
    assert (last[x > 0] > 0).all()


def test_a_customer_who_never_bought_again_is_alive_for_certain():
    assert p_alive(PAPER, frequency=[0], recency=[0], age=[500])[0] == 1


def test_p_alive_falls_with_silence():
    chance = p_alive(PAPER, frequency=[3] * 4, recency=[30] * 4, age=[30, 40, 60, 200])
    assert (np.diff(chance) < 0).all()
    assert p_alive(PAPER, frequency=[2], recency=[30.43], age=[38.86]) == pytest.approx([0.7266], abs=1e-3)


def test_expectations_hold_where_a_is_near_one_and_purchases_are_many():
    near = [expected_purchases(BgNbd(0.5, 5, a, 3), 40) for a in (0.9999, 1, 1.0001)]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-4)
    many = conditional_purchases(PAPER, frequency=[500], recency=[99], age=[100], t=50)[0]
    assert 100 < many < 250


def test_parameters_are_found_within_their_standard_errors(soak):
    """Intervals of the logarithms of r and alpha, over simulated customers: near the level."""
    truth, held, draws = BgNbd(0.7, 5, 1, 3), 0, 200 if soak else 40
    for seed in range(draws):
        rng = np.random.default_rng([9, seed])
        age = rng.uniform(20, 60, 1000)
        x, recency = simulated(truth, age, rng=rng)
        model = fit(x, recency, age)
        spread = np.sqrt(np.diag(model.covariance))[:2]
        held += (np.abs(np.log([model.r / 0.7, model.alpha / 5])) <= 1.96 * spread).sum()
    assert 0.93 - 3 * np.sqrt(0.05 / draws / 2) <= held / draws / 2 <= 1


def test_histories_by_hand():
    days = ["2025-01-01 09:00", "2025-01-01 18:00", "2025-01-15", "2025-02-26", "2025-01-08"]
    log = pd.DataFrame({"who": list("aaaab"), "on": pd.to_datetime(days, format="mixed"), "paid": [5.0, 5, 30, 99, 7]})
    found = histories(log, customer="who", day="on", amount="paid", end=dt.date(2025, 1, 29))
    # a: two purchases on the first day are one; then 14 days later; the one in February is not seen
    assert found.loc["a"].tolist() == [1, 2, 4, 30]
    assert found.loc["b"].tolist() == [0, 0, 3, 0]
    assert histories(log, customer="who", day="on", end=dt.date(2025, 1, 29), unit="day").loc["a", "age"] == 28


def test_histories_of_cdnow_are_those_of_the_authors(shared):
    log = pd.read_csv(shared / "cases" / "data" / "cdnowElog.csv", dtype={"date": str})
    found = histories(log, customer="sampleid", day="date", end=dt.date(1997, 9, 30)).reset_index(drop=True)
    authors = cdnow(shared)
    assert (found["frequency"] == authors["frequency"]).all()
    assert found["recency"].to_numpy() == pytest.approx(authors["recency"].to_numpy(), abs=6e-3)
    assert found["age"].to_numpy() == pytest.approx(authors["T"].to_numpy(), abs=6e-3)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (([], [], []), "no value"),
        (([0, 0], [0, 0], [5, 6]), "None of the 2 customers has bought twice"),
        (([1], [9], [5]), "Row 1 is a purchase history that cannot be"),
        (([1, 0], [1, 3], [5, 5]), "Row 2 is a purchase history"),
        (([1, np.nan], [1, 0], [5, 5]), "Row 2 is a purchase history"),
    ],
)
def test_histories_that_cannot_be_are_refused(history, message):
    with pytest.raises(CxError, match=message):
        fit(*history)


def test_bad_parameters_and_logs_are_refused():
    with pytest.raises(CxError, match="r, alpha, a, b"):
        BgNbd(0, 1, 1, 1)
    log = pd.DataFrame({"who": ["a"], "on": pd.to_datetime(["2025-01-01"])})
    with pytest.raises(CxError, match="no column 'customer'"):
        histories(log, customer="customer", day="on", end=dt.date(2025, 1, 1))
    with pytest.raises(CxError, match="no purchases up to 2024"):
        histories(log, customer="who", day="on", end=dt.date(2024, 1, 1))


def by_quadrature(model: BgNbd, x: float, age: float, t: float) -> float:
    """Purchases to expect of a customer who is still there: the mean over the beta distribution of dropping out."""
    from scipy.stats import beta

    law = beta(model.a, model.b + x)
    low, high = max(0.0, law.mean() - 12 * law.std()), min(1.0, law.mean() + 12 * law.std())
    nodes, weights = np.polynomial.legendre.leggauss(400)
    p = (high - low) / 2 * nodes + (high + low) / 2
    kept = ((model.alpha + age) / (model.alpha + age + p * t)) ** (model.r + x)
    return float((weights * (high - low) / 2 * law.pdf(p) * (1 - kept) / p).sum())


@pytest.mark.parametrize(("a", "b"), [(2.5, 4), (20, 80), (300, 900), (3e3, 9e3), (3e5, 9e5)])
@pytest.mark.parametrize(("x", "age", "t"), [(0, 10, 5), (3, 40, 26), (30, 40, 52)])
def test_purchases_to_come_where_all_leave_alike(a, b, x, age, t):
    """With a + b in the hundred thousands one form of the series leaves the range of floats; none may warn."""
    model = BgNbd(0.5, 5, a, b)
    found = conditional_purchases(model, frequency=[x], recency=[age], age=[age], t=t)
    alive = p_alive(model, frequency=[x], recency=[age], age=[age])
    assert found[0] == pytest.approx(by_quadrature(model, x, age, t) * alive[0], rel=1e-5)
