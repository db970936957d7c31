"""Cronbach's alpha: R's psych on `attitude`, hand arithmetic, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.reliability import cronbach_alpha


def battery(n: int, seed: int) -> pd.DataFrame:
    """Four parallel questions, correlation 1/2: alpha = 4 · .5 / (1 + 3 · .5) = .8."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.normal(size=(n, 1)) + rng.normal(size=(n, 4)), columns=list("abcd"))


def test_attitude_as_in_psych(shared):
    found = cronbach_alpha(pd.read_csv(shared / "cases" / "data" / "attitude.csv"))
    assert (found.alpha.value, found.k) == (pytest.approx(0.84314277, abs=1e-7), 7)


def test_alpha_by_hand():
    # variances 1 and 1, covariance 1/2: 2 · (1 − 2/3) = 2/3
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [1, 3, 2]})
    found = cronbach_alpha(frame)
    assert found.alpha.value == pytest.approx(2 / 3)
    assert found.if_dropped == {}


def test_a_question_turned_round_is_marked():
    frame = battery(200, 0)
    found = cronbach_alpha(frame.assign(d=-frame["d"]))
    assert max(found.if_dropped, key=found.if_dropped.get) == "d"
    assert found.if_dropped["d"] == pytest.approx(cronbach_alpha(frame, drop=["d"]).alpha.value)


def test_incomplete_people_are_left_out():
    frame = battery(30, 1)
    frame.loc[0, "a"] = np.nan
    assert cronbach_alpha(frame) == cronbach_alpha(frame[1:])


def test_alpha_covers(soak):
    draws = 2000 if soak else 400
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        found = [cronbach_alpha(battery(n, seed)).alpha for seed in range(draws)]
        held = np.mean([e.low <= 0.8 <= e.high for e in found])
        assert 0.93 - slack <= held <= 0.97 + slack, (n, held)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1, 2, 3]}), "1 items are left"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), "2 items are left"),
        (pd.DataFrame({"a": [1, 1, 1], "b": [2, 2, 2]}), "never change: a, b"),
    ],
)
def test_bad_input_is_refused(frame, message):
    with pytest.raises(CxError, match=message):
        cronbach_alpha(frame)
