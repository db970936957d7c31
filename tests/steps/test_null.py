"""An engagement in which nothing differs and nothing works, step by step: flags are as rare as promised.

The bound of each is its nominal share with 2.6 standard errors of the count. Verdicts on actions are not held down over
the portfolio: five actions at 2.5 % each (only gains are called "works"). Groups of customers are compared with the
answers of one customer held together (intraclass correlation 0.13, design effect 1.2).
"""

from __future__ import annotations

import pytest

from cxlib.steps import improvement, journey, kpis, personas
from tests.steps.planted import null_client, planted_client

LOUD = {
    "groups": ("split-clear", 0.05),
    "segments": ("segments-stand", 0.05),
    "touchpoints": ("touchpoint-pulls", 0.05),
    "losses": ("exposure-clear", 0.05),
    "peak and end": ("memory-alike memory-peak-end memory-mean", 0.05),
    "drivers": ("drivers-first drivers-first-unsure", 0.05),
    "months": ("moved-clear", 0.05),
    "actions": ("effect-works", 5 * 0.025),
}
STEPS = (personas, journey, kpis, improvement)


def said(client) -> set[str]:
    return {claim.key for step in STEPS for claim in step.section(client).claims}


@pytest.fixture(scope="module")
def silent(sample, soak: bool) -> list[set[str]]:
    """What is said in each of 200 null engagements, 3 without the soak: the modules have their own with more."""
    return [said(null_client(sample, seed)) for seed in range(200 if soak else 3)]


@pytest.mark.parametrize("what", LOUD)
def test_false_flags_are_nominal(silent: list[set[str]], what: str) -> None:
    keys, nominal = LOUD[what]
    loud = sum(bool(set(keys.split()) & each) for each in silent)
    assert loud <= nominal * len(silent) + 2.6 * (nominal * (1 - nominal) * len(silent)) ** 0.5


def test_planted_truths_are_said(sample) -> None:
    found = said(planted_client(sample, 1))
    for keys in ("split-clear", "segments-stand", "touchpoint-pulls", "exposure-clear", "moved-clear", "effect-works"):
        assert keys in found
    assert found & {"drivers-first", "drivers-first-unsure"}
