"""Proportional odds: Venables & Ripley's housing, hand arithmetic, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.ordinal import proportional_odds


def table() -> pd.DataFrame:
    return pd.DataFrame({"csat": [1, 2, 1, 2], "web": [0, 0, 1, 1], "n": [30, 10, 20, 20]})


def test_housing_as_in_mass(shared):
    found = proportional_odds(pd.read_csv(shared / "cases" / "data" / "housing.csv"), outcome="Sat", counts="Freq")
    coef = {"InflMedium": 0.5663937, "InflHigh": 1.2888191, "TypeApartment": -0.5723501, "TypeAtrium": -0.3661866}
    coef |= {"TypeTerrace": -1.0910149, "ContHigh": 0.3602841}
    assert found.coef == pytest.approx(coef, abs=2e-5)
    assert found.thresholds == pytest.approx((-0.4961353, 0.6907083), abs=2e-5)
    assert found.deviance == pytest.approx(3479.149, abs=2e-3)
    # MASS section 7.3: standard errors .10465 and .12716
    assert (found.se["InflMedium"], found.se["InflHigh"]) == pytest.approx((0.10465, 0.12716), abs=2e-5)


def test_two_answers_are_a_table_of_odds():
    # odds of the better answer 10/30 and 20/20: ln(1 / (1/3)) = 1.0986, se √(1/30 + 1/10 + 1/20 + 1/20)
    found = proportional_odds(table(), outcome="csat", counts="n")
    assert found.coef["web"] == pytest.approx(np.log(3), abs=1e-4)
    assert found.se["web"] == pytest.approx(np.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 20), abs=1e-4)
    assert found.thresholds == pytest.approx([np.log(3)], abs=1e-4)
    odds = found.odds().set_index("driver").loc["web"]
    assert odds["value"] == pytest.approx(3, abs=1e-3)
    assert odds["low"] == pytest.approx(np.exp(np.log(3) - 1.959964 * found.se["web"]), abs=1e-3)


def test_counts_are_the_same_as_repeated_rows():
    rows = table().loc[table().index.repeat(table()["n"])].drop(columns="n").sample(frac=1, random_state=0)
    one, two = proportional_odds(rows, outcome="csat"), proportional_odds(table(), outcome="csat", counts="n")
    assert (one.coef["web"], one.deviance, one.n) == pytest.approx((two.coef["web"], two.deviance, two.n), rel=1e-5)


def test_the_order_of_labels_is_the_one_given():
    frame = table().assign(csat=["bad", "good", "bad", "good"])
    straight = proportional_odds(frame, outcome="csat", counts="n", order={"csat": ["bad", "good"]})
    turned = proportional_odds(frame, outcome="csat", counts="n", order={"csat": ["good", "bad"]})
    assert turned.coef["web"] == pytest.approx(-straight.coef["web"], abs=1e-4)


def test_coefficients_are_found_within_their_standard_errors(soak):
    """Three answers, one driver of size 0.8, n = 300: near the level."""
    draws, held = 200 if soak else 30, 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        driver = rng.normal(size=300).round(1)
        hidden = 0.8 * driver + rng.logistic(size=300)
        frame = pd.DataFrame({"answer": np.digitize(hidden, [-0.5, 1]), "driver": driver})
        found = proportional_odds(frame, outcome="answer")
        held += abs(found.coef["driver"] - 0.8) <= 1.96 * found.se["driver"]
    assert held / draws >= 0.93 - 3 * np.sqrt(0.95 * 0.05 / draws)


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (table(), {"link": "log"}, "no method 'log'"),
        (table(), {"counts": "m"}, "no column 'm'"),
        (table().assign(csat=1), {"counts": "n"}, "All answers in 'csat' are the same"),
        (table().assign(csat=["a", "b", "a", "b"]), {"order": {"csat": ["a"]}, "counts": "n"}, "does not name: b"),
        (table().assign(n=[-1, 1, 1, 1]), {"counts": "n"}, "not counts"),
        (table().assign(n=[30, 0, 0, 30]), {"counts": "n"}, "no best parameters"),
    ],
)
def test_bad_input_is_refused(frame, options, message):
    with pytest.raises(CxError, match=message):
        proportional_odds(frame, outcome="csat", **options)
