"""The two surveys: one after a contact, written as a Qualtrics export, one a quarter, written as a Persian form."""

from __future__ import annotations

import numpy as np
import pandas as pd

from making.comments import Comments
from making.customers import LAST, present
from making.plan import Plan
from making.scales import answers
from making.times import day_number, jalali

WAVES = ("1403-03", "1403-06", "1403-09", "1403-12", "1404-03", "1404-06")
WAVE_SIZE = 280
ASKED_OF_ALL = 0.97
"""Share of answers to a question that is not required."""


def after_contact(people: pd.DataFrame, plan: Plan, rng: np.random.Generator, said: Comments) -> pd.DataFrame:
    """Return the answers after a contact: one row a respondent, in the order of time."""
    contact = np.repeat(np.arange(len(plan.contacts)), [c.n for c in plan.contacts])
    day = _days(len(contact), rng)
    row = present(people, day, rng)
    n, field = len(contact), lambda name: np.array([getattr(c, name) for c in plan.contacts])[contact]
    hidden = _hidden(row, len(people), n, rng)
    shift = people["age_band"].map(plan.age_offset).to_numpy()[row]
    frame = pd.DataFrame(
        {
            "customer": row,
            "day": day,
            "stage": field("stage"),
            "touchpoint": field("touchpoint"),
            "label": field("label"),
            "channel": field("channel"),
            "nps": answers(field("nps").astype(float) + shift, hidden["nps"], scale="nps"),
            "csat": answers(field("csat").astype(float), hidden["csat"], scale="csat"),
        }
    )
    frame["ces"] = _ease(field("ces").astype(float), frame, hidden["ces"], plan)
    frame = frame.sort_values("day", kind="stable", ignore_index=True)
    frame["response_id"] = _ids(n, rng)
    frame["lang"] = np.where(rng.random(n) < 0.72, "FA", "EN")
    frame["comment"] = said.written(frame, rng, share=0.32)
    return _skipped(frame, rng)


def _ids(n: int, rng: np.random.Generator) -> list[str]:
    """Response ids as Qualtrics writes them."""
    signs = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"))
    return ["R_" + "".join(letters) for letters in signs[rng.integers(0, len(signs), (n, 15))]]


def _days(n: int, rng: np.random.Generator) -> np.ndarray:
    """Days over the whole 18 months, fewer in the two weeks of Nowruz."""
    days = rng.integers(0, LAST + 1, n)
    holiday = [day_number(jalali("1403-01-01")), day_number(jalali("1404-01-01"))]
    quiet = np.isin(days, [first + k for first in holiday for k in range(13)]) & (rng.random(n) < 0.6)
    days[quiet] = rng.integers(20, LAST + 1, int(quiet.sum()))
    return days


def _hidden(row: np.ndarray, people: int, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Standard-normal hidden values that agree within an answer sheet, and a little within a customer."""
    person = rng.standard_normal(people)[row]
    common = np.sqrt(0.3) * person + np.sqrt(0.7) * rng.standard_normal(n)
    return {name: np.sqrt(0.6) * common + np.sqrt(0.4) * rng.standard_normal(n) for name in ("nps", "csat", "ces")}


def _ease(centre: np.ndarray, frame: pd.DataFrame, hidden: np.ndarray, plan: Plan) -> np.ndarray:
    """Ease answers, delivery being harder before the step; missing where it is not asked."""
    month, before = plan.ces_step
    early = (frame["stage"] == "delivery") & (frame["day"] < day_number(jalali(month)))
    ease = answers(np.where(early, before, np.nan_to_num(centre)), hidden, scale="ces").astype(float)
    return np.where(np.isnan(centre), np.nan, ease)


def _skipped(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Some questions are skipped, at random."""
    skipped = {name: frame[name].astype(float).where(rng.random(len(frame)) < ASKED_OF_ALL) for name in ("csat", "ces")}
    return frame.assign(**skipped, nps=frame["nps"].astype(float).where(rng.random(len(frame)) < 0.985))


def pulse(people: pd.DataFrame, plan: Plan, rng: np.random.Generator, said: Comments) -> pd.DataFrame:
    """Return the quarterly survey: six waves of the same size, with a battery that drives the outcome."""
    wave = np.repeat(np.arange(len(WAVES)), WAVE_SIZE)
    first = np.array([day_number(jalali(f"{month}-08")) for month in WAVES])
    day = first[wave] + rng.integers(0, 14, len(wave))
    row = present(people, day, rng)
    n = len(wave)
    hidden = _battery(n, plan, rng)
    shift = people["age_band"].map(plan.age_offset).to_numpy()[row]
    frame = pd.DataFrame(
        {
            "customer": row,
            "day": day,
            "stage": "",
            "lang": "FA",
            "nps": answers(plan.pulse_nps + shift, hidden["nps"], scale="nps"),
            "csat": answers(np.full(n, plan.pulse_csat), hidden["csat"], scale="csat"),
        }
    )
    for item, centre in plan.item_means.items():
        frame[item] = answers(np.full(n, centre), hidden[item], scale="item")
    frame = frame.sort_values("day", kind="stable", ignore_index=True)
    frame["response_id"] = [str(70_001 + k) for k in range(n)]
    frame["comment"] = said.written(frame, rng, share=0.3)
    return frame


def _battery(n: int, plan: Plan, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Hidden values of the items, any two correlated alike, and of the outcomes that they drive."""
    rho = plan.item_correlation
    common = rng.standard_normal(n)
    items = {item: np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.standard_normal(n) for item in plan.drivers}
    weights = np.array(list(plan.drivers.values()))
    explained = (weights**2).sum() + rho * (weights.sum() ** 2 - (weights**2).sum())
    outcome = sum(weight * items[item] for item, weight in plan.drivers.items())
    outcome = outcome + np.sqrt(1 - explained) * rng.standard_normal(n)
    return items | {"nps": outcome, "csat": np.sqrt(0.7) * outcome + np.sqrt(0.3) * rng.standard_normal(n)}
