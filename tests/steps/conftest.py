"""A small client made in memory, so that each test can break one thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib.engagement.folder import Engagement
from cxlib.engagement.setup import Setup
from cxlib.engagement.strategy import FILES
from cxlib.steps.client import Client

SETUP = {
    "name": "Test",
    "surveys": {"contact": {"instruments": {"nps": "nps", "csat": "csat5"}}},
    "weekend": ["sat", "sun"],
    "working_hours": {"start": "09:00", "end": "17:00"},
}
STRATEGY: dict[str, dict[str, Any]] = {
    "vision": {
        "statement": "Every visit feels easy.",
        "feelings": [{"id": "easy", "name": "Easy", "kpis": ["nps"], "goals": ["growth"]}],
        "goals": [{"id": "growth", "name": "Growth"}],
    },
    "journey": {"stages": [{"id": "buy", "name": "Buy", "owner": "boss"}, {"id": "use", "name": "Use"}]},
    "kpis": {
        "goals": [
            {
                "id": "nps",
                "name": "More promoters",
                "metric": "nps",
                "survey": "contact",
                "population": "all",
                "stage": "buy",
                "baseline": 0,
                "target": 60,
                "scale": "0 to 10",
                "due": "2027-01-01",
                "feeling": "easy",
                "owner": "boss",
                "milestones": [{"due": "2026-01-01", "target": 30}],
            }
        ]
    },
    "governance": {"roles": [{"id": "boss", "name": "Boss"}, {"id": "clerk", "name": "Clerk"}]},
    "improvement": {"actions": [{"id": "train", "name": "Train", "kpi": "nps", "expected_effect": 5}]},
}


def responses(*, n: int = 60) -> pd.DataFrame:
    """Six promoters, two passives and two detractors of every ten, all about buying, spread over eight months."""
    scores = [10, 10, 10, 9, 9, 9, 8, 7, 3, 2] * (n // 10)
    days = pd.date_range("2025-01-01", "2025-08-31", periods=len(scores)).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "response_id": [str(number) for number in range(len(scores))],
            "customer_id": [str(number) for number in range(len(scores))],
            "survey": "contact",
            "stage": "buy",
            "touchpoint": "shop",
            "channel": ["web", "phone"] * (len(scores) // 2),
            "answered_at": days,
            "nps": [float(score) for score in scores],
            "csat": [5.0, 4.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.0] * (n // 10),
        }
    )


@pytest.fixture
def made() -> Callable[..., Client]:
    """Make a client: tables by name, and changes to strategy files as ``kpis={...}``."""

    def client(tables: dict[str, pd.DataFrame] | None = None, **changes: dict[str, Any]) -> Client:
        files = {name[2:]: model for name, model in FILES.items()}
        setup = Setup.model_validate(SETUP | changes.pop("setup", {}))
        content = {
            name: model.model_validate(STRATEGY.get(name, {}) | changes.get(name, {})) for name, model in files.items()
        }
        engagement = Engagement(Path("test"), setup, **content)
        given = {"responses": responses()} if tables is None else tables
        return Client(engagement, given, pd.DataFrame(), {}, None, dt.date(2025, 8, 31), 0)

    return client


@pytest.fixture(scope="session")
def sample() -> Client:
    """The shipped sample engagement with all its data."""
    from cxlib.steps import client

    return client.open("nikkhaneh")
