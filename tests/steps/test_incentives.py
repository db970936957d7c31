"""The luck in an incentive: pure luck is named so, merit is not, and the intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.steps import governance, incentives


def staff(shares: list[float], *, periods: int = 12, n: int = 25, seed: int = 1) -> pd.DataFrame:
    """People with these true shares of satisfied customers, all of one role."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "person": f"p{k}",
            "role": "agent",
            "item": "satisfied",
            "period": f"2025-{period:02d}",
            "value": rng.binomial(n, share) / n,
            "n": float(n),
        }
        for k, share in enumerate(shares)
        for period in range(1, periods + 1)
    ]
    return pd.DataFrame(rows)


def test_the_samples_bonus_is_luck(sample) -> None:
    found = incentives.luck(incentives.figures(sample))
    assert found.one.low > 0.5 and found.one.value > 0.9
    assert (found.people, found.periods) == (10, 18)
    assert "incentive-luck" in [finding.key for finding in governance.check(sample)]
    assert governance.section(sample).claim("incentive-luck").values["one_period"].value > 0.9


def test_merit_is_not_called_luck(made) -> None:
    rules = {"incentives": [{"id": "star", "name": "Star", "item": "satisfied"}]}
    client = made({"staff": staff([0.4, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 0.9])}, governance=rules)
    found = incentives.luck(incentives.figures(client))
    assert found.one.value < 0.5 and found.together.high < 0.25
    assert incentives.findings(client) == []


def test_analysis_of_variance_by_hand() -> None:
    # Period means 4 and 5.25. Centred means of people −3.125, −1.125, 0.875, 3.375: their squares sum to 23.1875, so
    # the mean square between people is 2 · 23.1875 / 3 = 15.458. Left over: 0.375 / 3 = 0.125. F = 123.67.
    rows = pd.DataFrame(
        {"person": list("aabbccdd"), "period": list("xy") * 4, "league": "", "value": [1, 2, 3, 4, 5, 6, 7, 9]}
    )
    found = incentives.luck(rows)
    assert found.one.value == pytest.approx(2 / (123.6667 + 1), rel=1e-4)
    assert found.together.value == pytest.approx(1 / 123.6667, rel=1e-4)


def test_intervals_hold_their_level(soak: bool) -> None:
    """Twelve people, eight periods, a third of the variance merit: luck is two thirds of one period's."""
    rng, runs, held = np.random.default_rng(7), 2000 if soak else 200, 0
    frame = pd.DataFrame({"person": np.repeat(np.arange(12), 8), "period": np.tile(np.arange(8), 12), "league": ""})
    for _ in range(runs):
        values = np.repeat(rng.normal(0, 1, 12), 8) + rng.normal(0, 2**0.5, 96) + np.tile(rng.normal(0, 1, 8), 12)
        one = incentives.luck(frame.assign(value=values)).one
        held += one.low <= 2 / 3 <= one.high
    assert 0.91 <= held / runs <= 0.98


def test_people_are_compared_within_their_role(made) -> None:
    rows = pd.concat(
        [staff([0.3] * 4), staff([0.9] * 4, seed=2).assign(role="driver", person=lambda f: "d" + f["person"])]
    )
    lone = staff([0.5], seed=3).assign(person="boss", role="lead")
    client = made({"staff": pd.concat([rows, lone], ignore_index=True)})
    figures = incentives.figures(client)
    assert "boss" not in set(figures["person"])
    assert incentives.luck(figures).one.value > 0.9


@pytest.mark.parametrize("people", [0, 1, 3])
def test_too_few_people_cannot_be_told(made, people: int) -> None:
    client = made({"staff": staff([0.5] * people)} if people else {})
    assert [claim.key for claim in incentives.claims(client)] == ["incentive-cannot-tell"]
    if people == 3:
        assert incentives.luck(incentives.figures(client)).one.needs == 4


def test_all_figures_alike_cannot_be_told(made) -> None:
    client = made({"staff": staff([0.5] * 5).assign(value=0.7)})
    assert incentives.luck(incentives.figures(client)).one.reason == "no-spread"


def test_incentive_without_figures_is_a_note(made) -> None:
    client = made({}, governance={"incentives": [{"id": "star", "name": "Star", "item": "smiles"}]})
    assert [(found.key, found.where) for found in incentives.findings(client)] == [
        ("incentive-not-measured", "strategy/5_governance.yaml: incentives[star].item")
    ]


def test_figures_without_counts_take_a_plain_mean(made) -> None:
    client = made({"staff": staff([0.5] * 5).drop(columns="n")})
    assert incentives.league(client)["method"].unique().tolist() == ["t"]
