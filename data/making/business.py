"""A small business-to-business client: accounts with several respondents, who agree with each other.

Counting respondents as if they were independent makes intervals too narrow; counting accounts by revenue gives
another score, as the largest accounts are the least happy.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from making import scales
from making.files import table
from making.folder import SEED, stream, write_inbox

SETTINGS = Path(__file__).resolve().parent / "b2b"
WAVES = (dt.date(2024, 6, 10), dt.date(2024, 12, 9), dt.date(2025, 6, 9))
ROLES = ("decision_maker", "buyer", "user")


@dataclass(frozen=True)
class Accounts:
    """What is true: centres of the hidden NPS by role, the shift of large accounts, agreement inside an account."""

    accounts: int = 90
    role_centre: tuple[float, float, float] = (8.6, 8.2, 7.6)
    large_share: float = 0.2
    large_shift: float = -1.3
    agreement: float = 0.45

    @property
    def truths(self) -> dict[str, Any]:
        """What a correct analysis must find, in points, and the correlation inside an account."""
        by_role = {role: self._mixed(centre) for role, centre in zip(ROLES, self.role_centre, strict=True)}
        return {
            "role": by_role,
            "icc": self.agreement,
            "large_shift": self.large_shift,
            "large": self._of(self.large_shift),
            "small": self._of(0.0),
        }

    def _mixed(self, centre: float) -> float:
        """True NPS of one role, over large and small accounts."""
        return self.large_share * scales.nps(centre + self.large_shift) + (1 - self.large_share) * scales.nps(centre)

    def _of(self, shift: float) -> dict[str, float]:
        """True NPS of one size of account, by role."""
        return {role: scales.nps(centre + shift) for role, centre in zip(ROLES, self.role_centre, strict=True)}


def people(truth: Accounts, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a contact person: two to seven an account, one of them decides, one buys, the others use."""
    size = rng.integers(2, 8, truth.accounts)
    account = np.repeat(np.arange(truth.accounts), size)
    place = np.concatenate([np.arange(n) for n in size])
    is_large = np.arange(truth.accounts) < round(truth.large_share * truth.accounts)
    revenue = np.round(np.where(is_large, 60_000, 4_000) * np.exp(0.4 * rng.standard_normal(truth.accounts)), -2)
    joined = [dt.date(2021, 1, 1) + dt.timedelta(days=int(day)) for day in rng.integers(0, 1100, truth.accounts)]
    return pd.DataFrame(
        {
            "contact": [f"P{k:04d}" for k in range(len(account))],
            "account": account,
            "role": np.array(ROLES)[np.minimum(place, 2)],
            "is_large": is_large[account],
            "revenue": revenue[account].astype(int),
            "joined": np.array(joined)[account],
        }
    )


def answers(who: pd.DataFrame, truth: Accounts, rng: np.random.Generator) -> pd.DataFrame:
    """Return the answers of three waves; about two in three answer, and an account speaks with one mood."""
    waves = []
    for wave in WAVES:
        rows = who[rng.random(len(who)) < 0.65]
        mood = rng.standard_normal(truth.accounts)[rows["account"]]
        own = rng.standard_normal((2, len(rows)))
        hidden = np.sqrt(truth.agreement) * mood + np.sqrt(1 - truth.agreement) * own[0]
        centre = (
            rows["role"].map(dict(zip(ROLES, truth.role_centre, strict=True))) + truth.large_shift * rows["is_large"]
        )
        nps = scales.answers(centre.to_numpy(), hidden, scale="nps")
        csat = scales.answers(np.full(len(rows), 5.1), np.sqrt(0.7) * hidden + np.sqrt(0.3) * own[1], scale="item")
        day = [wave + dt.timedelta(days=int(k)) for k in rng.integers(0, 12, len(rows))]
        waves.append(rows.assign(day=day, nps=nps, csat=csat))
    return pd.concat(waves, ignore_index=True)


def inbox(truth: Accounts, *, seed: int = SEED) -> dict[str, bytes]:
    """Return file name → bytes of the client's exports."""
    who = people(truth, stream(seed, "b2b_people"))
    said = answers(who, truth, stream(seed, "b2b_answers"))
    replies = [
        [f"B{k:05d}", row.contact, f"A{row.account:03d}", row.role, row.day, row.nps, row.csat]
        for k, row in enumerate(said.itertuples())
    ]
    contacts = [
        [row.contact, f"A{row.account:03d}", row.joined, "", 1, row.role, row.revenue] for row in who.itertuples()
    ]
    return {
        "responses.csv": table(
            [["response_id", "contact", "account_id", "role", "answered_at", "recommend", "satisfied"]], replies
        ),
        "customers.csv": table(
            [["customer_id", "account_id", "joined_on", "left_on", "consent", "role", "revenue"]], contacts
        ),
        "invoices.csv": table([["invoice", "account_id", "date", "amount_eur"]], _invoices(who)),
    }


def _invoices(who: pd.DataFrame) -> list[list[Any]]:
    """A quarter of the yearly revenue on the first of every quarter."""
    quarters = [dt.date(2024 + k // 4, 1 + 3 * (k % 4), 1) for k in range(6)]
    accounts = who.drop_duplicates("account")
    return [
        [f"R{row.account:03d}-{k + 1}", f"A{row.account:03d}", day, row.revenue // 4]
        for k, day in enumerate(quarters)
        for row in accounts.itertuples()
    ]


def write(folder: Path, truth: Accounts, *, seed: int = SEED) -> Path:
    """Write the whole engagement; return its folder."""
    shutil.copytree(SETTINGS, folder, dirs_exist_ok=True)
    return write_inbox(folder, inbox(truth, seed=seed))
