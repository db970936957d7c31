"""The shop's customers, what they bought and what happened to them on the way."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from making.plan import WINDOW, Plan
from making.times import END, day_number, jalali

LAST = day_number(END)
OPEN, CLOSE = (day_number(jalali(day)) for day in WINDOW)
DAYS_A_MONTH = 30.4
GENDERS = {"female": 0.55, "male": 0.45}
EVENT_PATH = (
    ("research", "product_page", "web"),
    ("purchase", "basket", "web"),
    ("purchase", "checkout", "web"),
    ("delivery", "tracking_sms", "sms"),
    ("delivery", "courier_handover", "in_person"),
    ("setup", "installation_visit", "in_person"),
)


def customers(plan: Plan, rng: np.random.Generator, cities: dict[str, float]) -> pd.DataFrame:
    """Return one row a customer: fate over the window in exact counts, attributes drawn at random.

    `joined`, `left` and `missed` are days since the start of the data; `left` and `missed` are missing where they
    never happened.
    """
    fate = np.repeat(list(plan.cohort), list(plan.cohort.values()))
    frame = pd.DataFrame({"fate": fate}).sample(frac=1, random_state=rng, ignore_index=True)
    n = len(frame)
    frame.insert(0, "customer_id", _ids(n, rng))
    frame["age_band"] = _drawn(plan.ages, n, rng)
    frame["gender"] = _drawn(GENDERS, n, rng)
    frame["city"] = _drawn(cities, n, rng)
    frame["consent"] = rng.random(n) < 0.93
    frame["project"] = rng.random(n) < plan.project_share
    return _exposed(_lifetimes(frame, rng), plan, rng)


def _ids(n: int, rng: np.random.Generator) -> list[str]:
    """Six-digit ids, many with a leading zero."""
    return [f"{number:06d}" for number in np.sort(rng.choice(np.arange(1_000, 260_000), n, replace=False))]


def _drawn(shares: dict[str, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` labels drawn by share."""
    bounds = np.cumsum(list(shares.values()))
    return np.array(list(shares))[np.searchsorted(bounds / bounds[-1], rng.random(n), side="right")]


def _lifetimes(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """First and last day of each customer, as their fate says."""
    fate, n = frame["fate"], len(frame)
    early = rng.integers(-700, OPEN - 40, n)
    new = rng.integers(OPEN + 1, CLOSE - 60, n)
    joined = np.where(fate.str.startswith("new"), new, early)
    joined = np.where(fate == "left_before", rng.integers(-700, 20, n), joined)
    left = rng.integers(OPEN + 45, CLOSE, n).astype(float)
    left = np.where(fate == "new_left", joined + 5 + rng.random(n) * (CLOSE - joined - 6), left)
    left = np.where(fate == "left_before", rng.integers(30, OPEN - 2, n), left)
    left[fate.isin(["stayed", "new_stayed"])] = np.nan
    return frame.assign(joined=joined, left=np.floor(left))


def _exposed(frame: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Day of a missed delivery slot: so many of the starting cohort, with exactly the planted shares leaving."""
    start = plan.cohort["stayed"] + plan.cohort["left"]
    among_left = round(plan.exposed * start * plan.leave_exposed)
    among_stayed = round(plan.exposed * start) - among_left
    missed = np.full(len(frame), np.nan)
    for fate, count in (("left", among_left), ("stayed", among_stayed)):
        chosen = rng.choice(np.flatnonzero(frame["fate"] == fate), count, replace=False)
        missed[chosen] = rng.integers(OPEN + 2, OPEN + 40, count)
    return frame.assign(missed=missed)


def orders(people: pd.DataFrame, plan: Plan, rng: np.random.Generator, products: list[str]) -> pd.DataFrame:
    """Return one row an order since the start of the data.

    The first comes on joining, further ones at the customer's own rate; after each, some have all they need.
    """
    joined, last = people["joined"].to_numpy(), people["left"].fillna(LAST).to_numpy()
    project = people["project"].to_numpy()
    rate = np.where(project, plan.project_rate[0], plan.other_rate[0])
    wanted = rng.geometric(np.where(project, plan.project_rate[1], plan.other_rate[1])) - 1
    further = rng.poisson(rate * (last - joined) / DAYS_A_MONTH)
    row = np.repeat(np.arange(len(people)), further + 1)
    day = joined[row] + rng.random(len(row)) * (last - joined)[row]
    is_first = np.r_[True, row[1:] != row[:-1]]
    frame = pd.DataFrame({"customer": row, "day": np.floor(np.where(is_first, joined[row], day)).astype(int)})
    frame = frame.sort_values(["customer", "day"], ignore_index=True)
    needed = frame.groupby("customer").cumcount().to_numpy() <= wanted[frame["customer"]]
    frame = frame[needed & (frame["day"] >= 0)]
    return _amounts(frame.sort_values(["day", "customer"], ignore_index=True), people, rng, products)


def _amounts(frame: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator, products: list[str]) -> pd.DataFrame:
    """Ids, amounts in rial, margin, channel and product of the orders."""
    n = len(frame)
    amount = np.exp(np.log(95_000_000) + 0.8 * rng.standard_normal(n))
    amount = (amount // 100_000 * 100_000).astype(int)
    return frame.assign(
        transaction_id=[f"NK-{20_000 + k}" for k in range(n)],
        customer_id=people["customer_id"].to_numpy()[frame["customer"]],
        amount=amount,
        margin=(amount * (0.10 + 0.10 * rng.random(n)) // 10_000 * 10_000).astype(int),
        channel=_drawn({"web": 0.55, "app": 0.30, "phone": 0.15}, n, rng),
        product=np.array(products)[rng.integers(0, len(products), n)],
    )


def events(people: pd.DataFrame, bought: pd.DataFrame, rng: np.random.Generator, *, cases: int = 1100) -> pd.DataFrame:
    """Return the journey of some orders step by step, abandoned baskets, and every missed delivery slot.

    Missed slots are the planted exposure; all of them are here, so that exposure can be counted.
    """
    chosen = bought.sample(cases, random_state=rng).sort_index()
    rows = [_journey(f"C{k:05d}", order, rng) for k, order in enumerate(chosen.itertuples())]
    rows += [_abandoned(f"A{k:05d}", people, rng) for k in range(cases // 2)]
    missed = people[people["missed"].notna()]
    rows += [
        [(f"M{k:05d}", person.customer_id, person.missed + 0.7, "delivery", "missed_slot", "in_person", "")]
        for k, person in enumerate(missed.itertuples())
    ]
    names = ["case_id", "customer_id", "day", "stage", "touchpoint", "channel", "amount"]
    return pd.DataFrame([row for case in rows for row in case], columns=names).sort_values("day", kind="stable")


def _journey(case: str, order: tuple, rng: np.random.Generator) -> list[tuple]:
    """The steps of one order over some days; not everybody books an installation."""
    steps = EVENT_PATH if rng.random() < 0.6 else EVENT_PATH[:-1]
    gaps = np.cumsum(rng.random(len(steps)) * np.array([0, 0.1, 0.05, 2, 3, 3])[: len(steps)])
    day = order.day + 0.35 + gaps
    return [
        (case, order.customer_id, when, *step, order.amount if step[1] == "checkout" else "")
        for when, step in zip(day, steps, strict=True)
        if when < LAST + 1
    ]


def _abandoned(case: str, people: pd.DataFrame, rng: np.random.Generator) -> list[tuple]:
    """A visit that ends at the product page or in the basket."""
    person = people.iloc[int(rng.integers(len(people)))]
    start = rng.integers(0, LAST) + 0.3 + 0.5 * rng.random()
    steps = EVENT_PATH[: 1 + int(rng.random() < 0.45)]
    return [(case, person.customer_id, start + 0.01 * k, *step, "") for k, step in enumerate(steps)]


def present(people: pd.DataFrame, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return, for each day, the row of a customer who was one then."""
    joined, left = people["joined"].to_numpy(), people["left"].fillna(LAST + 1).to_numpy()
    row = rng.integers(0, len(people), len(days))
    while (wrong := (joined[row] > days) | (left[row] <= days)).any():
        row[wrong] = rng.integers(0, len(people), int(wrong.sum()))
    return row


def moment(day: float) -> dt.datetime:
    """Return the local moment that a day number with a fraction means."""
    from making.times import START

    return dt.datetime.combine(START, dt.time()) + dt.timedelta(seconds=round(day * 86400))
