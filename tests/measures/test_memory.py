"""What is remembered: summaries by hand, a planted rule of judging found, no rule claimed where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import memory


def people(rng: np.random.Generator, n: int, *, rule: str, moments: int = 5) -> tuple[pd.DataFrame, np.ndarray]:
    """Summaries of people who rate moments 1 to 5, and judgements that follow one summary (or none) with noise."""
    scores = rng.integers(1, 6, (n, moments))
    rows = pd.DataFrame({"who": np.repeat(np.arange(n), moments), "csat": scores.ravel()})
    rows["at"] = np.tile(np.arange(moments), n)
    table = memory.summaries(rows, person="who", score="csat", when="at", middle=3)
    base = table[rule].to_numpy() if rule else np.zeros(n)
    return table, base + rng.normal(0, 1, n)


def test_summaries_by_hand() -> None:
    rows = pd.DataFrame(
        {
            "who": ["a", "a", "a", "b", "b", "c", "a"],
            "csat": [2, 5, 4, 1, 5, 3, None],
            "at": pd.to_datetime(
                ["2025-01-01", "2025-01-03", "2025-01-02", "2025-01-01", "2025-01-02", "2025-01-01", None]
            ),
        }
    )
    table = memory.summaries(rows, person="who", score="csat", when="at", middle=3)
    # A: 2, 4, 5 in time, the peak is 5. B: 1 and 5 are as far from the middle, the worse counts. C has one moment.
    assert table.loc["a"].tolist() == pytest.approx([2, 5, 2, 5, 5, 11 / 3, 3])
    assert table.loc["b"].tolist() == pytest.approx([1, 5, 1, 1, 3, 3, 2])
    assert list(table.index) == ["a", "b"]


def test_planted_peak_and_end_is_found_and_planted_average_too() -> None:
    rng = np.random.default_rng(1)
    for rule, sign in (("peak_end", 1), ("mean", -1)):
        table, overall = people(rng, 800, rule=rule)
        more = memory.advantage(table["peak_end"], table["mean"], overall)
        assert (more.low > 0) if sign > 0 else (more.high < 0)


def test_luck_is_not_called_a_rule(soak: bool) -> None:
    """Judgements that follow nothing: an advantage is claimed in about 5 % of engagements, a correlation likewise."""
    seeds = 1000 if soak else 150
    claimed, going_along = 0, 0
    for seed in range(seeds):
        table, overall = people(np.random.default_rng(seed), 60, rule="")
        more = memory.advantage(table["peak_end"], table["mean"], overall, draws=400, seed=seed)
        claimed += more.low > 0 or more.high < 0
        found = memory.agreement(table, overall)["mean"]
        going_along += found.low > 0 or found.high < 0
    assert claimed / seeds < 0.05 + 2.6 * (0.05 * 0.95 / seeds) ** 0.5
    assert abs(going_along / seeds - 0.05) < 0.005 + 2.6 * (0.05 * 0.95 / seeds) ** 0.5


def test_advantage_covers_its_truth(soak: bool) -> None:
    """Truth from 200,000 people; nominal 95 %."""
    table, overall = people(np.random.default_rng(0), 200_000, rule="peak_end")
    truth = memory.advantage(table["peak_end"], table["mean"], overall, draws=2).value
    runs, hits = (600 if soak else 150), 0
    for seed in range(runs):
        table, overall = people(np.random.default_rng(seed + 1), 150, rule="peak_end")
        found = memory.advantage(table["peak_end"], table["mean"], overall, draws=400, seed=seed)
        hits += found.low <= truth <= found.high
    assert 0.93 - 2.6 * (0.95 * 0.05 / runs) ** 0.5 < hits / runs < 0.97 + 2.6 * (0.95 * 0.05 / runs) ** 0.5


def test_slow_twin_of_the_bootstrap_difference() -> None:
    table, overall = people(np.random.default_rng(5), 40, rule="last")
    found = memory.advantage(table["peak_end"], table["mean"], overall, draws=200, seed=7)
    drawn = []
    for counts in np.random.default_rng(7).multinomial(40, np.full(40, 1 / 40), size=200):
        rows = np.repeat(np.arange(40), counts)
        both = [np.corrcoef(table[name].to_numpy()[rows], overall[rows])[0, 1] ** 2 for name in ("peak_end", "mean")]
        drawn.append(both[0] - both[1])
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))


def test_few_people_and_equal_judgements_cannot_tell() -> None:
    table, overall = people(np.random.default_rng(2), 29, rule="mean")
    assert memory.agreement(table, overall)["mean"].needs == memory.LEAST
    assert memory.advantage(table["mean"], table["last"], overall).reason == "too-few"
    table, _ = people(np.random.default_rng(2), 40, rule="mean")
    assert memory.agreement(table, np.full(40, 9.0))["last"].reason == "constant"
    assert memory.advantage(table["mean"], table["last"], np.full(40, 9.0)).reason == "constant"


def test_missing_column_is_named() -> None:
    with pytest.raises(CxError, match="csat"):
        memory.summaries(pd.DataFrame({"who": [], "at": []}), person="who", score="csat", when="at", middle=3)
