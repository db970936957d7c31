"""First, last and strongest moments: flags only where they stand apart, peak and end found where it was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import journey, remembered
from tests.steps.planted import null_client

SURVEYS = {
    "surveys": {
        "contact": {"instruments": {"nps": "nps", "csat": "csat5"}},
        "whole": {"kind": "relationship", "instruments": {"nps": "nps"}},
    }
}


def answered(*, rule: str, people: int = 300, moments: int = 4, seed: int = 0) -> pd.DataFrame:
    """Moments rated 1 to 5, then one overall judgement that follows the last moment, the mean, or nothing."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(1, 6, (people, moments)).astype(float)
    base = {"last": scores[:, -1], "mean": scores.mean(axis=1), "": np.full(people, 3.0)}[rule]
    overall = np.clip(np.round(2 * base + rng.normal(0, 1, people)), 0, 10)
    rated = pd.DataFrame(
        {
            "customer_id": np.repeat([f"c{k}" for k in range(people)], moments),
            "answered_at": np.tile(pd.date_range("2025-01-01", periods=moments).to_numpy(), people),
            "survey": "contact",
            "touchpoint": np.tile([f"t{k}" for k in range(moments)], people),
            "csat": scores.ravel(),
        }
    )
    whole = {"customer_id": [f"c{k}" for k in range(people)], "answered_at": pd.Timestamp("2025-06-01")}
    return pd.concat([rated, pd.DataFrame(whole | {"survey": "whole", "nps": overall})], ignore_index=True)


def said(client) -> str:
    return remembered.claims(client, remembered.judged(client))[0].key


@pytest.mark.parametrize(("rule", "key"), [("last", "memory-peak-end"), ("mean", "memory-mean"), ("", "memory-noise")])
def test_the_planted_rule_of_judging_is_found(made, rule: str, key: str) -> None:
    assert said(made({"responses": answered(rule=rule)}, setup=SURVEYS)) == key


def test_moments_after_the_judgement_do_not_count(made) -> None:
    rows = answered(rule="last", people=50)
    rows.loc[rows["survey"] == "whole", "answered_at"] = pd.Timestamp("2024-12-31")
    client = made({"responses": rows}, setup=SURVEYS)
    assert len(remembered.judged(client)) == 0
    assert said(client) == "memory-cannot-tell"


def test_few_people_cannot_tell(made) -> None:
    assert said(made({"responses": answered(rule="last", people=20)}, setup=SURVEYS)) == "memory-cannot-tell"
    assert said(made({})) == "memory-cannot-tell"


def test_flags_by_hand_stand_only_apart(made) -> None:
    # 100 journeys: all begin at a; 90 end at c and 10 at b. a is felt as b is; c is far worse.
    days = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03"])
    rows = [
        (f"j{number}", point, day)
        for number in range(100)
        for point, day in zip("abc" if number < 90 else "acb", days, strict=True)
    ]
    events = pd.DataFrame(rows, columns=["case_id", "touchpoint", "occurred_at"])
    scores = {"a": [4.0, 5.0], "b": [5.0, 4.0], "c": [1.0, 2.0]}
    answers = pd.DataFrame(
        [(point, each) for point, few in scores.items() for each in few * 20], columns=["touchpoint", "csat"]
    )
    answers = answers.assign(survey="contact", answered_at=days[0])
    table = remembered.flags(made({"events": events, "responses": answers})).set_index("touchpoint")
    assert (table.loc["a", "begins"].value, table.loc["c", "ends"].value) == (1.0, 0.9)
    assert table.loc["a", "felt"].value == pytest.approx(1.5)
    assert table["flags"].to_dict() == {
        "a": [Term("flag.first")],
        "b": [],
        "c": [Term("flag.last"), Term("flag.worst")],
    }


def test_the_sample_flags_what_was_planted(sample) -> None:
    table = remembered.flags(sample)
    worst = [row.touchpoint["en"] for row in table.itertuples() if Term("flag.worst") in row.flags]
    assert worst == ["Hand-over at the door"]
    assert sum(claim.key.startswith("memory-") for claim in journey.section(sample).claims) == 1


def test_a_null_engagement_is_silent(sample, soak: bool) -> None:
    """Neither peak and end nor the average is claimed to matter, but by luck: two looks at 2.5 % each."""
    seeds = 100 if soak else 10
    loud = sum(said(null_client(sample, seed)) != "memory-noise" for seed in range(seeds))
    assert loud <= 0.06 * seeds + 2.6 * (0.05 * 0.95 * seeds) ** 0.5
