"""Who was asked, what people say elsewhere, and what was done with those who were unhappy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from making.comments import Comments
from making.customers import LAST, moment, present
from making.plan import Plan
from making.surveys import WAVES
from making.times import END, day_number, jalali

VOICES = {"interview": 24, "social": 60, "review": 70, "support": 46}
"""Texts by source."""
CASES_FROM = "1403-07-01"
CAUSES = {
    "delivery": "moved_slot",
    "setup": "late_installer",
    "support": "repeated_story",
    "purchase": "hidden_cost",
    "research": "price",
    "awareness": "other",
    "loyalty": "other",
}
CHANGES = {"moved_slot": ("slot-picker", "1403-10-01")}
"""Cause → action of the backlog that answers it, and when customers were told."""


def invitations(people: pd.DataFrame, asked: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row an invitation to the quarterly survey: who answered, and who did not as the response rate says."""
    wave = np.searchsorted([_first(month) for month in WAVES], asked["day"], side="right") - 1
    silent = round(len(asked) / len(WAVES) * (1 / plan.response_rate - 1))
    frames = []
    for k, month in enumerate(WAVES):
        days = np.full(silent, _first(month))
        rows = np.r_[asked.loc[wave == k, "customer"].to_numpy(), present(people, days, rng)]
        answered = np.arange(len(rows)) < len(rows) - silent
        frames.append(pd.DataFrame({"customer": rows, "day": _first(month), "answered": answered.astype(int)}))
    return pd.concat(frames, ignore_index=True).sample(frac=1, random_state=rng).sort_values("day", kind="stable")


def _first(month: str) -> int:
    """Day on which the invitations of a wave go out."""
    return day_number(jalali(f"{month}-08"))


def voice(people: pd.DataFrame, rng: np.random.Generator, said: Comments) -> pd.DataFrame:
    """Return texts that nobody asked a score for: interviews, social posts, reviews, support messages."""
    n = sum(VOICES.values())
    stages = np.array(["research", "purchase", "delivery", "setup", "support"])
    frame = pd.DataFrame(
        {
            "source": np.repeat(list(VOICES), list(VOICES.values())),
            "day": rng.integers(0, LAST, n),
            "stage": stages[rng.choice(5, n, p=[0.12, 0.16, 0.36, 0.14, 0.22])],
            "nps": rng.choice([2, 5, 7, 10], n),
            "lang": np.where(rng.random(n) < 0.85, "FA", "EN"),
        }
    )
    known = rng.random(n) < 0.4
    frame["customer"] = np.where(known, present(people, frame["day"].to_numpy(), rng), -1)
    frame["text"] = said.texts(frame, rng)
    return frame.sort_values("day", kind="stable", ignore_index=True)


def cases(answers: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a case: every unhappy answer since the loop began, called back or not, closed or still open.

    Moments are true ones; the export knows only those before its own.
    """
    unhappy = answers[(answers["nps"] <= 6) & (answers["day"] >= day_number(jalali(CASES_FROM)))]
    n = len(unhappy)
    opened = unhappy["day"].to_numpy() + 0.9
    called = rng.random(n) < plan.called_back[0]
    contacted = opened + np.exp(np.log(plan.called_back[1]) + 0.8 * rng.standard_normal(n))
    closed = contacted + np.exp(np.log(4.0) + 1.0 * rng.standard_normal(n))
    won = rng.random(n) < plan.recovered
    cause = unhappy["stage"].map(CAUSES).to_numpy()
    told = [_told(what, at) for what, at in zip(cause, opened, strict=True)]
    return pd.DataFrame(
        {
            "case_id": [f"K{k:05d}" for k in range(n)],
            "response_id": unhappy["response_id"].to_numpy(),
            "opened": opened,
            "contacted": np.where(called, contacted, np.nan),
            "closed": np.where(called, closed, np.nan),
            "owner": np.where(unhappy["stage"] == "support", "support-lead", "cx-manager"),
            "cause": cause,
            "change_id": [change for change, _ in told],
            "told": [day for _, day in told],
            "outcome": np.where(~called, "", np.where(won, "recovered", "not_recovered")),
        }
    )


def _told(cause: str, opened: float) -> tuple[str, float]:
    """The change that answered a cause, and when the customer was told of it; none for other causes."""
    change, day = CHANGES.get(cause, ("", ""))
    at = day_number(jalali(day)) + 20.0 if day else np.nan
    return (change, max(at, opened + 20.0)) if change else ("", np.nan)


def seen(day: float) -> str:
    """Return a day number as a moment, empty if it is missing or later than the data."""
    if pd.isna(day) or day >= day_number(END) + 1:
        return ""
    return moment(day).strftime("%Y-%m-%d %H:%M")
