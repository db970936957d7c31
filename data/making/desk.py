"""The support desk's export, in the columns of Zendesk's ticket list."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from making.files import EXPORTED, table
from making.times import iso_utc, working_minutes

COLUMNS = (
    "Summation column",
    "Id",
    "Requester",
    "Requester id",
    "Requester external id",
    "Requester email",
    "Requester domain",
    "Submitter",
    "Assignee",
    "Group",
    "Subject",
    "Tags",
    "Status",
    "Priority",
    "Via",
    "Ticket type",
    "Created at",
    "Updated at",
    "Assigned at",
    "Organization",
    "Due date",
    "Initially assigned at",
    "Solved at",
    "Resolution time",
    "Satisfaction Score",
    "Group stations",
    "Assignee stations",
    "Reopens",
    "Replies",
    "First reply time in minutes",
    "First reply time in minutes within business hours",
    "First resolution time in minutes",
    "First resolution time in minutes within business hours",
    "Full resolution time in minutes",
    "Full resolution time in minutes within business hours",
    "Topic [list]",
    "Handled by bot [flag]",
)


def zendesk(frame: pd.DataFrame, ids: np.ndarray, subjects: dict[str, list[str]], rng: np.random.Generator) -> bytes:
    """Return the tickets as the desk exports them: what had not happened by then is empty."""
    working = {
        "reply": working_minutes(list(frame["opened_at"]), list(frame["replied_at"])),
        "solved": working_minutes(list(frame["opened_at"]), list(frame["solved_at"])),
    }
    rows = [
        _row(ticket, ids[k], subjects[ticket.topic], working["reply"][k], working["solved"][k], rng)
        for k, ticket in enumerate(frame.itertuples())
    ]
    return table([COLUMNS], [[row.get(name, "") for name in COLUMNS] for row in rows])


def _row(
    ticket: tuple, customer: str, subjects: list[str], reply: float, solved: float, rng: np.random.Generator
) -> dict[str, object]:
    """One ticket; columns that are not named here stay empty."""
    seen = {"reply": ticket.replied_at <= EXPORTED, "solved": ticket.solved_at <= EXPORTED}
    row = {
        "Summation column": 1,
        "Id": ticket.ticket_id,
        "Requester": f"Customer {customer}",
        "Requester external id": customer,
        "Assignee": ticket.agent,
        "Group": "Support",
        "Subject": subjects[int(rng.integers(len(subjects)))],
        "Tags": f"{ticket.topic},bot_only" if ticket.by_bot else ticket.topic,
        "Status": _status(seen, ticket.reopens, rng),
        "Priority": "Normal",
        "Via": ticket.channel,
        "Ticket type": "Question",
        "Created at": iso_utc(ticket.opened_at),
        "Reopens": ticket.reopens,
        "Replies": int(seen["reply"]),
        "Topic [list]": ticket.topic,
        "Handled by bot [flag]": int(ticket.by_bot),
        "Satisfaction Score": "Unoffered",
    }
    row |= _replied(ticket, reply) if seen["reply"] else {}
    return row | (_solved(ticket, solved, rng) if seen["solved"] else {})


def _replied(ticket: tuple, reply: float) -> dict[str, object]:
    """What is known once somebody answered."""
    return {
        "First reply time in minutes": _minutes(ticket.opened_at, ticket.replied_at),
        "First reply time in minutes within business hours": round(reply),
        "Assigned at": iso_utc(ticket.replied_at),
    }


def _solved(ticket: tuple, solved: float, rng: np.random.Generator) -> dict[str, object]:
    """What is known once it is solved."""
    return {
        "Solved at": iso_utc(ticket.solved_at),
        "Updated at": iso_utc(ticket.solved_at),
        "Resolution time": round(_minutes(ticket.opened_at, ticket.solved_at) / 60),
        "Full resolution time in minutes": _minutes(ticket.opened_at, ticket.solved_at),
        "Full resolution time in minutes within business hours": round(solved),
        "Satisfaction Score": str(rng.choice(["Offered", "Good", "Bad"], p=[0.7, 0.2, 0.1])),
    }


def _status(seen: dict[str, bool], reopened: int, rng: np.random.Generator) -> str:
    """Solved and closed tickets have a solution; the others do not."""
    if seen["solved"]:
        return "Closed" if rng.random() < 0.8 else "Solved"
    return "Open" if reopened or rng.random() < 0.5 else "Pending" if seen["reply"] else "New"


def _minutes(start: dt.datetime, end: dt.datetime) -> int:
    return round((end - start).total_seconds() / 60)
