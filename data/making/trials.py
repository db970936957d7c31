"""Two experiments by message, one that works and one that does not, and the staff's bonus, which is pure luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from making.customers import LAST, present
from making.plan import Plan
from making.times import day_number, jalali

EXPERIMENTS = (
    ("delivery_sms", "sms", "1403-10-01", "called", 2600, 0.5),
    ("review_reminder", "email", "1404-01-15", "reviewed", 2200, 0.5),
)
"""Campaign, channel, first day, outcome, contacts, share held out."""
MONTHS = tuple(f"140{3 + k // 12}-{k % 12 + 1:02d}" for k in range(18))
RATED = 25
"""Customers who rate one member of staff in a month."""


def contacts(people: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a message sent or held back, with what the customer did in the three days after."""
    shares = {"delivery_sms": plan.sms_called, "review_reminder": plan.reminder_reviewed}
    frames = [_experiment(people, rng, *experiment, shares[experiment[0]]) for experiment in EXPERIMENTS]
    frame = pd.concat(frames, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)
    return frame.assign(contact_id=[f"M{k:06d}" for k in range(len(frame))])


def _experiment(
    people: pd.DataFrame,
    rng: np.random.Generator,
    campaign: str,
    channel: str,
    first: str,
    outcome: str,
    n: int,
    held: float,
    shares: tuple[float, float],
) -> pd.DataFrame:
    """Contacts of one experiment: who is held out is drawn by lot."""
    day = rng.integers(day_number(jalali(first)), LAST - 4, n)
    holdout = rng.random(n) < held
    does = rng.random(n) < np.where(holdout, shares[0], shares[1])
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[present(people, day, rng)],
            "day": day,
            "channel": channel,
            "campaign": campaign,
            "holdout": holdout.astype(int),
            "outcome": np.where(does, outcome, "none"),
        }
    )


def staff(plan: Plan, rng: np.random.Generator, names: list[dict[str, str]]) -> pd.DataFrame:
    """Return one row a person, month and item: satisfied share of the ratings, quiz score, limit used.

    All work equally well: the best of a month are best by luck.
    """
    rows = []
    for k, person in enumerate(names):
        who = {"person": f"S{k + 1:02d}", **person}
        satisfied = rng.binomial(RATED, plan.staff_share, len(MONTHS))
        rows += [
            who | {"item": "satisfied_share", "period": month, "value": round(count / RATED, 4), "n": RATED}
            for month, count in zip(MONTHS, satisfied, strict=True)
        ]
        rows += [
            who | {"item": item, "period": MONTHS[-1], "value": value, "n": 1}
            for item, value in (("quiz_score", int(rng.integers(45, 100))), ("ownership", int(rng.integers(2, 6))))
        ]
    return pd.DataFrame(rows)


def readings(plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return weekly late deliveries (with the planted step) and monthly returns (nothing but noise)."""
    step = day_number(jalali(plan.ces_step[0]))
    weeks = np.arange(0, LAST - 5, 7)
    n = rng.integers(140, 220, len(weeks))
    late = rng.binomial(n, np.where(weeks < step, *plan.late))
    counted = zip(weeks, late, n, strict=True)
    rows = [("late_deliveries", week, count / size, size) for week, count, size in counted]
    size = rng.integers(380, 520, len(MONTHS))
    rows += [
        ("returned_orders", day_number(jalali(f"{month}-01")), count / total, total)
        for month, count, total in zip(MONTHS, rng.binomial(size, 0.062), size, strict=True)
    ]
    return pd.DataFrame(rows, columns=["metric", "day", "value", "n"])


def competitors(plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return item means of two competitors on the same battery, asked of their customers in the same panel."""
    rows = [
        (brand, item, 220, round(mean + lead.get(item, 0.0) + 0.09 * rng.standard_normal(), 3), 1.35)
        for brand, lead in plan.competitor_lead.items()
        for item, mean in plan.item_means.items()
    ]
    return pd.DataFrame(rows, columns=["brand", "item", "n", "value", "sd"])
