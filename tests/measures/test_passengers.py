"""Passengers are told from drivers, and the numbers are those of the textbook formulas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.passengers import passengers


def made(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    speed, other = rng.normal(size=(2, n))
    look = 0.7 * speed + math.sqrt(1 - 0.49) * rng.normal(size=n)
    return pd.DataFrame({"speed": speed, "look": look, "coin": rng.normal(size=n), "nps": 0.6 * speed + 0.8 * other})


def test_parts_of_a_known_mixture() -> None:
    found = passengers(made(2000, 1), outcome="nps")
    assert dict(zip(found["driver"], found["role"], strict=True)) == {
        "speed": "driver",
        "look": "passenger",
        "coin": "apart",
    }


def test_correlation_has_fishers_interval_by_hand() -> None:
    # r = 0.5 of n = 103: z = 0.5493 ± 1.96 / 10, back to 0.339 and 0.632 (Fisher 1921).
    rng = np.random.default_rng(0)
    x = rng.normal(size=103)
    x = (x - x.mean()) / x.std()
    e = rng.normal(size=103)
    e = e - e.mean() - x * (x @ e) / 103
    y = 0.5 * x + math.sqrt(0.75) * e / e.std()
    row = passengers(pd.DataFrame({"x": x, "y": y}), outcome="y")["correlation"].iloc[0]
    assert row.value == pytest.approx(0.5)
    assert (row.low, row.high) == (pytest.approx(0.3392, abs=1e-3), pytest.approx(0.6326, abs=1e-3))


def test_coefficient_and_its_error_are_those_of_least_squares() -> None:
    """Against statsmodels' OLS on standardised columns, which counts the same residual degrees of freedom."""
    import statsmodels.api as sm

    frame = made(400, 3)
    standard = (frame - frame.mean()) / frame.std()
    fit = sm.OLS(standard["nps"], sm.add_constant(standard[["speed", "look", "coin"]])).fit()
    found = passengers(frame, outcome="nps").set_index("driver")["regression"]
    for name, estimate in found.items():
        half = (estimate.high - estimate.low) / 2
        assert estimate.value == pytest.approx(fit.params[name])
        assert half / 1.959964 == pytest.approx(fit.bse[name], rel=1e-6)


def test_luck_is_called_nothing(soak: bool) -> None:
    """With nothing true, some item is called driver or passenger in at most about one of twenty data sets a test."""
    runs = 400 if soak else 80
    rng = np.random.default_rng(9)
    named = 0
    for _ in range(runs):
        frame = pd.DataFrame(rng.normal(size=(150, 6)), columns=[*"abcde", "nps"])
        named += (passengers(frame, outcome="nps")["role"] != "apart").any()
    # Two families at 5 % each, nearly the same tests: at most 10 %, plus three standard errors.
    assert named / runs <= 0.10 + 3 * math.sqrt(0.1 * 0.9 / runs)


def test_a_copy_is_refused() -> None:
    frame = made(50, 0).assign(same=lambda table: table["speed"])
    with pytest.raises(CxError, match="follow exactly"):
        passengers(frame, outcome="nps")
