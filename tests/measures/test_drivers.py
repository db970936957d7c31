"""Drivers: R's relaimpo and rwa on `attitude`, slow twins, planted passengers, coverage of ranks."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.drivers import importance, ranks


def answers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    """Speed moves the outcome; warmth only travels with speed; colour does nothing."""
    rng = np.random.default_rng(seed)
    speed = rng.normal(size=n)
    frame = pd.DataFrame({"speed": speed, "warmth": 0.8 * speed + 0.6 * rng.normal(size=n)})
    return frame.assign(colour=rng.normal(size=n), nps=speed + rng.normal(size=n))


def test_attitude_as_in_relaimpo_and_rwa(shared):
    found = importance(pd.read_csv(shared / "cases" / "data" / "attitude.csv"), outcome="rating")
    assert found.r2 == pytest.approx(0.732601993, abs=1e-9)
    lmg = {"complaints": 0.37081619432, "privileges": 0.05090379297, "learning": 0.15576599017}
    johnson = {"raises": 0.1217803997, "critical": 0.0082554665, "advance": 0.0201927372}
    assert {name: found.lmg[name] for name in lmg} == pytest.approx(lmg, abs=1e-9)
    assert {name: found.johnson[name] for name in johnson} == pytest.approx(johnson, abs=1e-9)
    assert found.pratt["privileges"] == pytest.approx(-0.0312886657, abs=1e-9)


def test_lmg_by_the_slow_definition():
    """Mean gain over all orders of entering, each by its own regression."""
    frame = answers()
    names, y = ["speed", "warmth", "colour"], frame["nps"]

    def r2(drivers: tuple[str, ...]) -> float:
        design = np.column_stack([np.ones(len(frame)), *(frame[name] for name in drivers)])
        return 1 - np.linalg.lstsq(design, y, rcond=None)[1][0] / ((y - y.mean()) ** 2).sum()

    gains = {name: [] for name in names}
    for order in permutations(names):
        for place, name in enumerate(order):
            gains[name].append(r2(order[: place + 1]) - r2(order[:place]))
    expected = {name: np.mean(gain) for name, gain in gains.items()}
    assert importance(frame, outcome="nps").lmg == pytest.approx(expected)


def test_all_three_add_up_to_what_is_explained():
    found = importance(answers(), outcome="nps")
    for parts in (found.lmg, found.johnson, found.pratt):
        assert sum(parts.values()) == pytest.approx(found.r2)
    assert min(found.lmg.values()) >= 0


def test_uncorrelated_drivers_get_their_squared_correlation():
    rng = np.random.default_rng(1)
    columns, _ = np.linalg.qr(rng.normal(size=(200, 4)) - 0)
    columns -= columns.mean(axis=0)
    columns, _ = np.linalg.qr(columns)
    frame = pd.DataFrame(columns[:, :3], columns=["a", "b", "c"])
    frame["y"] = columns @ [3, 2, 1, 4]
    found = importance(frame, outcome="y")
    expected = {"a": 9 / 30, "b": 4 / 30, "c": 1 / 30}
    for parts in (found.lmg, found.johnson, found.pratt):
        assert parts == pytest.approx(expected)


def test_a_passenger_looks_important_by_correlation_and_not_by_regression():
    found = importance(answers(4000), outcome="nps")
    assert found.correlation["warmth"] > 0.5
    assert abs(found.beta["warmth"]) < 0.1
    assert found.lmg["speed"] > found.lmg["warmth"] > found.lmg["colour"]


def test_scale_shift_and_order_change_nothing():
    frame = answers()
    moved = frame.sample(frac=1, random_state=0)[["colour", "nps", "warmth", "speed"]] * 10 + 3
    assert importance(moved, outcome="nps").lmg == pytest.approx(importance(frame, outcome="nps").lmg)


def test_incomplete_rows_are_left_out():
    frame = answers(100).astype("Float64")
    frame.loc[:9, "speed"] = pd.NA
    assert importance(frame, outcome="nps").n == 90
    assert importance(frame, outcome="nps") == importance(frame[10:], outcome="nps")


def test_beyond_14_drivers_johnson_serves():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(300, 15)), columns=[f"d{k}" for k in range(15)])
    frame["y"] = frame["d0"] + rng.normal(size=300)
    found = importance(frame, outcome="y")
    assert found.lmg is None
    assert max(found.johnson, key=found.johnson.get) == "d0"
    assert ranks(frame, outcome="y", draws=50)["method"].unique().tolist() == ["johnson"]


def test_ranks_of_drivers_that_differ_are_sure_and_of_equal_ones_are_not():
    table = ranks(answers(1000), outcome="nps", draws=200).set_index("driver")
    assert table.loc["speed", ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 1]
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b", "c"])
    frame["y"] = frame.sum(axis=1) + rng.normal(size=200)
    equal = ranks(frame, outcome="y", draws=200)
    assert (equal["rank_high"] > equal["rank_low"]).all()
    assert equal["first"].sum() == pytest.approx(1)


def test_ranks_are_the_same_for_the_same_seed():
    one, two = (ranks(answers(), outcome="nps", draws=30, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_importance_covers_its_truth(soak):
    """Truth from one very large sample. Percentiles of the bootstrap lose up to 6 points at n = 30 and gain none."""
    truth = importance(answers(400_000, seed=99), outcome="nps").lmg["speed"]
    draws = 200 if soak else 50
    for n in (30, 100, 1000) if soak else (100,):
        tables = [ranks(answers(n, seed=s), outcome="nps", draws=200, seed=s).set_index("driver") for s in range(draws)]
        held = np.mean([table.loc["speed", "low"] <= truth <= table.loc["speed", "high"] for table in tables])
        assert (0.89 if n < 100 else 0.92) - 3 * np.sqrt(0.95 * 0.05 / draws) <= held, (n, held)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1.0, 2, 3]}), "no column 'y'"),
        (pd.DataFrame({"a": [1.0, 2], "y": [1.0, 2]}), "2 complete rows; at least 3"),
        (pd.DataFrame({"a": [1.0, 1, 1, 1], "y": [1.0, 2, 3, 4]}), "never change: a"),
        (pd.DataFrame({"a": [1.0, 2, 3, 5, 9], "b": [2.0, 4, 6, 10, 18], "y": [1.0, 2, 3, 4, 1]}), "follow exactly"),
    ],
)
def test_bad_input_is_refused(frame, message):
    with pytest.raises(CxError, match=message):
        importance(frame, outcome="y")


def test_weights_are_repeated_rows() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(80, 3)), columns=["a", "b", "y"]).assign(w=rng.integers(1, 4, 80))
    weighed = importance(frame, outcome="y", weight="w")
    repeated = importance(frame.loc[frame.index.repeat(frame["w"])], outcome="y", drivers=["a", "b"])
    assert weighed.lmg == pytest.approx(repeated.lmg) and weighed.r2 == pytest.approx(repeated.r2)


def test_accounts_that_answer_alike_tell_less() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(60, 2)), columns=["a", "y"]).assign(b=rng.normal(size=60))
    frame["y"] += frame["a"]
    many = pd.concat([frame.assign(account=range(60))] * 5, ignore_index=True)
    asked = {"outcome": "y", "drivers": ["a", "b"], "draws": 200}
    plain, held = ranks(many, **asked), ranks(many, account="account", **asked)
    width = [(table["high"] - table["low"])[0] for table in (plain, held)]
    assert plain["value"].tolist() == held["value"].tolist()
    assert width[1] > 1.7 * width[0]
    assert ranks(many.assign(account=None), account="account", **asked)["driver"].tolist() == ["a", "b"]


def test_a_weight_must_be_above_zero() -> None:
    frame = pd.DataFrame({"y": [1, 2, 3, 5, 4], "a": [1, 3, 2, 5, 4], "w": [1, 1, 0, 1, 1]})
    with pytest.raises(CxError):
        importance(frame, outcome="y", weight="w")
