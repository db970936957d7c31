"""The canonical tables of a made client, without a detour through export files.

The same rows that a careful reader gets from the inbox, typed alike: days in local time, missing answers missing.
For simulations over many seeds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from making.customers import moment
from making.files import EXPORTED
from making.folder import SEED, frames, words
from making.plan import Plan
from making.times import END, day_number, day_of, jalali_text


def tables(plan: Plan, *, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Return table name → frame in the columns and kinds of the workbook's canonical tables."""
    told = frames(plan, seed=seed)
    ids = told["customers"]["customer_id"]
    return {
        "responses": _responses(told, ids),
        "items": _items(told["pulse"], list(plan.item_means)),
        "customers": _customers(told["customers"]),
        "transactions": _transactions(told["transactions"]),
        "tickets": _tickets(told["tickets"], ids),
        "events": _events(told["events"]),
        "contacts": _contacts(told["contacts"]),
        "invitations": _invitations(told["invitations"], ids),
        "cases": _cases(told["cases"]),
        "staff": _staff(told["staff"]),
        "readings": _readings(told["readings"]),
        "competitors": _texts(told["competitors"].astype({"n": float})),
        "ratings": _texts(told["ratings"].astype({"score": float})),
    }


def _responses(told: dict[str, pd.DataFrame], ids: pd.Series) -> pd.DataFrame:
    """Both surveys, one row an answer sheet; the hour of the day is noon."""
    asked = {"after_contact": "transactional", "pulse": "relationship"}
    scales = {"after_contact": "nps:nps csat:csat5 ces:ces2", "pulse": "nps:nps csat:csat5"}
    parts = [told[survey].assign(survey=survey, kind=kind, instrument=scales[survey]) for survey, kind in asked.items()]
    rows = pd.concat(parts, ignore_index=True)
    columns = [
        "response_id",
        "customer_id",
        "answered_at",
        "survey",
        "instrument",
        "lang",
        "kind",
        "stage",
        "touchpoint",
        "channel",
        "nps",
        "csat",
        "ces",
        "comment",
    ]
    rows = rows.assign(
        customer_id=ids.to_numpy()[rows["customer"]],
        answered_at=_days(rows["day"] + 0.5),
        lang=rows["lang"].str.lower().where(rows["survey"] == "after_contact", ""),
    )
    return _texts(rows[columns].astype({"nps": float, "csat": float, "ces": float}))


def _items(pulse: pd.DataFrame, battery: list[str]) -> pd.DataFrame:
    long = pulse.melt(id_vars="response_id", value_vars=battery, var_name="item", value_name="value")
    return _texts(long.astype({"value": float}))


def _customers(people: pd.DataFrame) -> pd.DataFrame:
    columns = {"joined_on": _days(people["joined"]), "left_on": _days(people["left"])}
    people = people.assign(
        **columns,
        consent=people["consent"].astype("boolean"),
        city=people["city"].map({key: city["spellings"][0] for key, city in words()["cities"].items()}),
    )
    return _texts(people[["customer_id", "joined_on", "left_on", "consent", "age_band", "gender", "city"]])


def _transactions(bought: pd.DataFrame) -> pd.DataFrame:
    columns = ["transaction_id", "customer_id", "occurred_at", "amount", "margin", "channel", "product"]
    rows = bought.assign(occurred_at=_days(bought["day"]))[columns]
    return _texts(rows.astype({"amount": float, "margin": float}))


def _tickets(tickets: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Tickets as known when the export was made."""

    def known(name: str) -> pd.Series:
        return tickets[name].where(tickets[name] <= EXPORTED).astype("datetime64[us]")

    columns = [
        "ticket_id",
        "customer_id",
        "opened_at",
        "first_reply_at",
        "resolved_at",
        "reopened",
        "channel",
        "topic",
        "agent",
        "by_bot",
    ]
    rows = tickets.assign(
        customer_id=ids.to_numpy()[tickets["customer"]],
        first_reply_at=known("replied_at"),
        resolved_at=known("solved_at"),
        reopened=(tickets["reopens"] > 0).astype("boolean"),
        opened_at=tickets["opened_at"].astype("datetime64[us]"),
    )
    return _texts(rows[columns].astype({"by_bot": "boolean"}))


def _events(events: pd.DataFrame) -> pd.DataFrame:
    rows = events.assign(occurred_at=_days(events["day"]), amount=pd.to_numeric(events["amount"]).astype(float))
    columns = ["case_id", "customer_id", "occurred_at", "stage", "touchpoint", "channel", "amount"]
    return _texts(rows[columns]).reset_index(drop=True)


def _contacts(contacts: pd.DataFrame) -> pd.DataFrame:
    rows = contacts.assign(sent_at=_days(contacts["day"]), holdout=contacts["holdout"].astype("boolean"))
    return _texts(rows[["contact_id", "customer_id", "sent_at", "channel", "campaign", "holdout", "outcome"]])


def _invitations(asked: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "invitation_id": [f"I{k:05d}" for k in range(len(asked))],
            "survey": "pulse",
            "customer_id": ids.to_numpy()[asked["customer"]],
            "invited_at": _days(asked["day"]).to_numpy(),
            "answered": asked["answered"].astype("boolean").array,
        }
    )
    return _texts(rows)


def _cases(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases as known when the export was made."""
    last = day_number(END) + 1
    dates = {
        f"{name}_at": _days(cases[name].where(cases[name] < last)) for name in ("opened", "contacted", "closed", "told")
    }
    rows = cases.assign(**dates, outcome=cases["outcome"].where(cases["closed"] < last, ""))
    columns = ["case_id", "response_id", *dates, "owner", "cause", "change_id", "outcome"]
    return _texts(rows[columns])


def _staff(staff: pd.DataFrame) -> pd.DataFrame:
    return _texts(staff.drop(columns=["joined_on", "left_on", "trained_on"]).astype({"value": float, "n": float}))


def _readings(readings: pd.DataFrame) -> pd.DataFrame:
    period = [jalali_text(day_of(day), "-") for day in readings["day"]]
    rows = readings.assign(period=period, group="all", source="warehouse")
    return _texts(rows[["metric", "period", "group", "value", "n", "source"]].astype({"n": float}))


def _days(numbers: pd.Series) -> pd.Series:
    """Day numbers as local moments; missing where there is none."""
    moments = [pd.NaT if np.isnan(number) else moment(number) for number in numbers.astype(float)]
    return pd.Series(moments, index=numbers.index, dtype="datetime64[us]")


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Text columns in pandas' own text type, empty ones missing."""
    texts = frame.select_dtypes(["object", "string"]).columns
    return frame.assign(**{name: frame[name].replace("", None).astype("str") for name in texts})
