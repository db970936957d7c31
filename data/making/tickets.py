"""Support tickets: working minutes to the first reply and to the solution, with tickets that are still open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from making.customers import LAST, present
from making.plan import Plan
from making.times import after_working_minutes, moments

TOPICS = {"delivery": 0.36, "warranty": 0.22, "howto": 0.18, "returns": 0.14, "payment": 0.10}
AGENTS = ("Parisa M.", "Hamid R.", "Leila S.", "Omid K.", "Nasrin T.", "Babak J.")
BOT = "NikBot"
COUNT, REOPENED = 2300, 0.06


def tickets(people: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a ticket with its true moments, even those that lie after the export.

    ``replied_at`` and ``solved_at`` are what would be seen if one waited for ever; the export knows only what had
    happened when it was made.
    """
    day = np.sort(_rising(COUNT, plan.ticket_growth, rng))
    opened = moments(day, rng)
    by_bot = rng.random(COUNT) < plan.bot_share
    reply = _lognormal(*plan.first_reply, COUNT, rng)
    solving = np.maximum(_solving(plan, rng), reply * 1.2)
    reply, solving = np.where(by_bot, 0.05, reply), np.where(by_bot, 4 + 10 * rng.random(COUNT), solving)
    return pd.DataFrame(
        {
            "ticket_id": [str(31_000 + k) for k in range(COUNT)],
            "opened_at": opened,
            "customer": present(people, day, rng),
            "by_bot": by_bot,
            "replied_at": _after(opened, reply, by_bot),
            "solved_at": _after(opened, solving, by_bot),
            "topic": np.array(list(TOPICS))[np.searchsorted(np.cumsum(list(TOPICS.values())), rng.random(COUNT))],
            "agent": np.where(by_bot, BOT, np.array(AGENTS)[rng.integers(0, len(AGENTS), COUNT)]),
            "channel": np.where(by_bot, "Chat", np.array(["Email", "Phone", "Chat", "Web"])[rng.integers(0, 4, COUNT)]),
            "reopens": (rng.random(COUNT) < REOPENED).astype(int),
        }
    )


def _rising(n: int, growth: float, rng: np.random.Generator) -> np.ndarray:
    """Days at a rate that rises in a straight line to `growth` times its start."""
    slope, luck = growth - 1, rng.random(n)
    share = (np.sqrt(1 + luck * slope * (2 + slope)) - 1) / slope if slope else luck
    return np.floor(share * LAST).astype(int)


def _lognormal(median: float, spread: float, n: int, rng: np.random.Generator) -> np.ndarray:
    return np.exp(np.log(median) + spread * rng.standard_normal(n))


def _solving(plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Working minutes to the solution; some tickets wait for spare parts."""
    share, slow = plan.stuck
    usual, waiting = _lognormal(*plan.resolution, COUNT, rng), _lognormal(slow, 0.5, COUNT, rng)
    return np.where(rng.random(COUNT) < share, waiting, usual)


def _after(opened: list, minutes: np.ndarray, by_bot: np.ndarray) -> list:
    """Moments so many working minutes later; the bot works day and night."""
    always = pd.Series(opened) + pd.to_timedelta(np.round(minutes * 60), unit="s")
    return list(pd.Series(after_working_minutes(opened, minutes)).where(~by_bot, always))
