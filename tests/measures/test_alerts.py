"""Alerts keep their budget of false alarms; change points and seasons are found where they are."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.measures import alerts


def share_of(rule, seeds: int, start: int = 0) -> float:
    return float(np.mean([rule(np.random.default_rng(start + seed)) for seed in range(seeds)]))


def within(rate: float, nominal: float, seeds: int, slack: float = 0.0) -> bool:
    return abs(rate - nominal) <= slack + 3 * np.sqrt(nominal * (1 - nominal) / seeds)


@pytest.mark.parametrize("n", [9, 10, 24])
def test_newest_is_wrong_in_5_percent_of_null_series(n: int, soak: bool) -> None:
    seeds = 5000 if soak else 600
    assert within(share_of(lambda rng: alerts.newest(rng.normal(50, 4, n)).p_value < 0.05, seeds), 0.05, seeds)
    assert within(share_of(lambda rng: alerts.newest(rng.normal(50, 4, n)).low > 0, seeds), 0.025, seeds)


@pytest.mark.parametrize(("p", "size"), [(0.5, 10), (0.1, 100), (0.9, 30), (0.3, 1000)])
def test_newest_share_never_exceeds_its_error(p: float, size: int, soak: bool) -> None:
    """Counts are coarse at n = 10 and extreme shares, so the error may be below 5 %, not above."""
    seeds = 3000 if soak else 500

    def wrong(rng):
        return alerts.newest_share(rng.binomial(size, p, 20), size=np.full(20, size)).p_value < 0.05

    assert share_of(wrong, seeds) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_newest_share_allows_for_months_that_differ_anyway(soak: bool) -> None:
    seeds = 3000 if soak else 500

    def wrong(rng):
        shares = np.clip(rng.normal(0.4, 0.06, 20), 0, 1)
        return alerts.newest_share(rng.binomial(2000, shares), size=np.full(20, 2000)).p_value < 0.05

    assert share_of(wrong, seeds) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_the_budget_holds_over_many_kpis(soak: bool) -> None:
    """Any alarm in 20 KPIs in at most 5 % of null engagements; 20 seeds, 200 in the soak."""
    seeds = 200 if soak else 20

    def any_alarm(rng):
        series = {f"kpi{i}": rng.normal(50, 4, 18) for i in range(15)}
        shares = {f"share{i}": rng.binomial(200, 0.6, 18) for i in range(5)}
        sizes = {name: np.full(18, 200) for name in shares}
        return alerts.alerts(series | shares, sizes=sizes)["is_alarm"].any()

    assert share_of(any_alarm, seeds) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_a_crash_is_seen_and_stands_first() -> None:
    rng = np.random.default_rng(0)
    series = {f"kpi{i}": rng.normal(50, 2, 18) for i in range(10)} | {"bad": [*rng.normal(50, 2, 17), 30]}
    table = alerts.alerts(series)
    assert table["kpi"].iloc[0] == "bad"
    assert table["is_alarm"].tolist() == [True] + [False] * 10


def test_too_short_a_history_says_what_would_do() -> None:
    for gap in (alerts.newest([1, 2, 3]), alerts.newest_share([1, 2], size=[5, 5])):
        assert (gap.value, gap.reason, gap.needs) == (None, "history-short", 9)
    assert alerts.newest([5] * 12).reason == "no-spread"
    assert alerts.alerts({}).empty


@pytest.mark.parametrize("n", [12, 36])
def test_turning_points_appear_in_5_percent_of_null_series(n: int, soak: bool) -> None:
    seeds = 500 if soak else 120
    rate = share_of(lambda rng: bool(alerts.turning_points(rng.normal(size=n), draws=199)), seeds)
    assert within(rate, 0.05, seeds)


def test_turning_points_are_found_where_they_are() -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(50, 1, 15), rng.normal(56, 1, 12), rng.normal(52, 1, 15)])
    found = alerts.turning_points(x)
    assert [turn.at for turn in found] == [15, 27]
    assert found[0].jump.low > 4 and found[1].jump.high < -2
    assert alerts.turning_points([3, 3, 3, 3, 3, 3, 3, 3]) == []
    assert alerts.turning_points([1, 9]) == []


def test_a_season_is_found_and_not_invented(soak: bool) -> None:
    seeds = 500 if soak else 120
    part = np.tile(np.arange(4), 6)
    rate = share_of(lambda rng: alerts.season(rng.normal(size=24), part=part, draws=199).p_value <= 0.05, seeds)
    assert within(rate, 0.05, seeds, slack=0.01)
    waves = alerts.season(np.tile([0, 0, 5, 0], 6) + np.random.default_rng(1).normal(0, 0.3, 24), part=part)
    assert waves.p_value < 0.01
    assert max(waves.effect, key=waves.effect.get) == "2"
    assert sum(waves.effect.values()) == pytest.approx(0, abs=0.1)


def test_a_season_needs_two_years() -> None:
    assert alerts.season([1, 2, 3], part=["a", "b", "c"]).reason == "history-short"
    assert alerts.season([1, 2, 3], part=["a", "a", "a"]).p_value is None
