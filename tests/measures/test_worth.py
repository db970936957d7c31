"""How far a forecast of purchases was off: the interval holds for customers drawn from the model itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import value
from cxlib.measures.worth import forecast_error

TRUE = value.BgNbd(0.8, 6.0, 1.0, 4.0)
SEEN, LATER = 40.0, 26.0


def drawn(seed: int, n: int = 1200) -> tuple[pd.DataFrame, np.ndarray]:
    """Histories of `n` customers until `SEEN`, and what each bought in the time `LATER` after."""
    rng = np.random.default_rng(seed)
    rate, leaving = rng.gamma(TRUE.r, 1 / TRUE.alpha, n), rng.beta(TRUE.a, TRUE.b, n)
    lives, age = rng.geometric(leaving), rng.uniform(10, SEEN, n)
    before, last, came = np.zeros(n), np.zeros(n), np.zeros(n)
    for at in range(n):
        days = rng.exponential(1 / rate[at], min(lives[at], 400)).cumsum() if rate[at] > 1e-9 else np.array([])
        seen = days[days <= age[at]]
        before[at], last[at] = len(seen), seen.max(initial=0)
        came[at] = (days <= age[at] + LATER).sum() - len(seen)
    return pd.DataFrame({"frequency": before, "recency": last, "age": age}), came


def test_interval_of_a_forecast_holds_the_truth_as_often_as_it_says(soak: bool) -> None:
    seeds, missed, alone = range(400 if soak else 60), 0, 0
    for seed in seeds:
        customers, came = drawn(seed)
        model = value.fit(**customers)
        for is_fitted in (True, False):
            known = model if is_fitted else value.BgNbd(model.r, model.alpha, model.a, model.b)
            found = forecast_error(customers, came, model=known, t=LATER)
            out = not found.low <= 0 <= found.high
            missed, alone = missed + (out and is_fitted), alone + (out and not is_fitted)
    assert missed <= 0.05 * len(seeds) + 2.6 * (0.05 * 0.95 * len(seeds)) ** 0.5
    assert alone > missed


def test_a_part_of_the_customers_is_compared_with_what_that_part_did() -> None:
    customers, came = drawn(1)
    group = customers["frequency"] > 0
    found = forecast_error(customers, came, model=TRUE, t=LATER, group=group)
    expected = value.conditional_purchases(TRUE, **{name: customers[name] for name in customers}, t=LATER)
    assert found.n == group.sum()
    assert found.value == pytest.approx(expected[group].sum() / came[group].sum() - 1)


def test_nothing_bought_cannot_be_told() -> None:
    customers, came = drawn(1, n=20)
    assert forecast_error(customers, 0 * came, model=TRUE, t=LATER).reason == "nobody-came-back"
    with pytest.raises(CxError, match="20"):
        forecast_error(customers, came[:5], model=TRUE, t=LATER)
