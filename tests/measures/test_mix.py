"""Mix against rate: exact, silent when nothing changed, and alert to Simpson's paradox."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import mix
from cxlib.measures.estimate import Difference

SHARES, MEANS = np.array([0.5, 0.3, 0.2]), np.array([30.0, 50.0, 70.0])


def survey(rng: np.random.Generator, n: int, shares: np.ndarray, means: np.ndarray) -> pd.DataFrame:
    group = rng.choice(3, n, p=shares)
    return pd.DataFrame({"group": group, "value": means[group] + rng.normal(0, 20, n)})


def compared(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row a group: n, mean and variance on both sides."""
    sides = [
        side.groupby("group")["value"].agg(n="size", value="mean", variance="var").add_suffix(f"_{name}")
        for side, name in ((before, "before"), (after, "after"))
    ]
    return pd.concat(sides, axis=1).reset_index()


def test_parts_sum_to_the_change_of_the_plain_means() -> None:
    rng = np.random.default_rng(0)
    before, after = survey(rng, 300, SHARES, MEANS), survey(rng, 200, SHARES[::-1], MEANS + 5)
    moved = mix.split(compared(before, after))
    assert moved.total.value == pytest.approx(after["value"].mean() - before["value"].mean())
    assert moved.mix.value + moved.rate.value == pytest.approx(moved.total.value)
    assert moved.groups["mix"].sum() == pytest.approx(moved.mix.value)
    assert moved.groups["rate"].sum() == pytest.approx(moved.rate.value)


def test_by_hand() -> None:
    """Shares .5/.5 → .8/.2, values 20/60 → 22/62: rate 2; mix .3 (21 − 35) − .3 (61 − 35) … = .3 × (21 − 61) = −12."""
    rows = pd.DataFrame(
        {"group": ["web", "shop"], "n_before": [50, 50], "value_before": [20, 60], "variance_before": [1, 1],
         "n_after": [80, 20], "value_after": [22, 62], "variance_after": [1, 1]}
    )  # fmt: skip
    moved = mix.split(rows)
    assert (moved.rate.value, moved.mix.value) == (pytest.approx(2), pytest.approx(-12))


@pytest.mark.parametrize("n", [60, 300])
def test_coverage_of_the_three_intervals(n: int, soak: bool) -> None:
    runs, later, means = 2000 if soak else 300, np.array([0.3, 0.4, 0.3]), MEANS + np.array([4, 0, -2])
    centre = float(((SHARES + later) / 2) @ (MEANS + means) / 2)
    truth = {
        "rate": float((SHARES + later) / 2 @ (means - MEANS)),
        "mix": float((later - SHARES) @ ((MEANS + means) / 2 - centre)),
        "total": float(later @ means - SHARES @ MEANS),
    }
    hits = dict.fromkeys(truth, 0)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        moved = mix.split(compared(survey(rng, n, SHARES, MEANS), survey(rng, n, later, means)))
        for name, value in truth.items():
            part = getattr(moved, name)
            hits[name] += part.low <= value <= part.high
    for count in hits.values():
        assert count / runs == pytest.approx(0.95, abs=0.02 + 2.5 * np.sqrt(0.05 * 0.95 / runs))


def test_a_null_engagement_is_within_noise(soak: bool) -> None:
    """First row "noise" in 95 % of 20 or 200 seeds, and no reversal in more than one in a hundred."""
    seeds = 200 if soak else 20
    first, turned = 0, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        moved = mix.split(compared(survey(rng, 200, SHARES, MEANS), survey(rng, 200, SHARES, MEANS)))
        first += mix.why(moved)["cause"].iloc[0] == "noise"
        turned += mix.is_reversed(moved)
    assert first / seeds >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / seeds)
    assert turned / seeds <= 0.01


def test_simpson_is_seen() -> None:
    """Both channels better by 6 points, but the answers move to the weak one: the total falls."""
    rng = np.random.default_rng(1)
    before = survey(rng, 3000, np.array([0.2, 0.2, 0.6]), MEANS)
    after = survey(rng, 3000, np.array([0.6, 0.2, 0.2]), MEANS + 6)
    moved = mix.split(compared(before, after))
    assert moved.total.value < 0 < moved.rate.value
    assert mix.is_reversed(moved)
    assert mix.why(moved)["cause"].tolist() == ["mix", "rate"]


def test_a_group_that_comes_is_mix() -> None:
    rows = pd.DataFrame(
        {"group": ["old", "new"], "n_before": [100, 0], "value_before": [50, np.nan], "variance_before": [9, np.nan],
         "n_after": [100, 100], "value_after": [50, 70], "variance_after": [9, 9]}
    )  # fmt: skip
    moved = mix.split(rows)
    assert (moved.rate.value, moved.mix.value) == (pytest.approx(0), pytest.approx(10))


def test_themes_and_events_stand_below() -> None:
    part = Difference(4, 1, 7, n=90, p_value=0.01)
    themes = pd.DataFrame({"theme": ["late", "box"], "value": [0.1, 0.0], "low": [0.05, -0.1], "high": [0.15, 0.1],
                           "is_clear": [True, False]})  # fmt: skip
    table = mix.why(mix.Split(part, part, part, pd.DataFrame()), themes=themes, events=[{"what": "Nowruz"}])
    assert table["cause"].tolist() == ["mix", "rate", "theme", "event"]
    assert table["what"].tolist() == ["", "", "late", "Nowruz"]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(CxError, match="There is no 'n_before'"):
        mix.split(pd.DataFrame({"group": ["a"]}))
    empty = pd.DataFrame({name: [0] for name in ("group", *mix._COLUMNS)})
    with pytest.raises(CxError, match="'n' holds 0"):
        mix.split(empty)
