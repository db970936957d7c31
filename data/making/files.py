"""How each tool writes its export: header rows, delimiters, spellings, dates and the rows that nobody wants."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from making.customers import moment
from making.listening import seen
from making.times import END, day_of, iso, jalali_text, moments, persian

EXPORTED = dt.datetime.combine(END, dt.time(23, 59, 59))
"""When the exports were made: what happened later is not in them."""
STAGES = {
    "awareness": "Awareness",
    "research": "Research",
    "purchase": "Purchase",
    "delivery": "Delivery",
    "setup": "Set-up",
    "support": "Support",
    "loyalty": "Loyalty",
}
QUALTRICS = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
    ("Q1_NPS_GROUP", "How likely are you to recommend NikKhaneh to a friend? - Group", "QID1_NPS_GROUP"),
    ("Q1", "How likely are you to recommend NikKhaneh to a friend?", "QID1"),
    ("Q2", "How satisfied are you with this contact?\n(1 = not at all, 5 = very)", "QID2"),
    ("Q3", "NikKhaneh made it easy for me.\n(1 = strongly disagree, 7 = strongly agree)", "QID3"),
    ("Q4", 'What should we know? Please tell us, "in your own words".', "QID4_TEXT"),
    ("stage", "stage", "stage"),
    ("touchpoint", "touchpoint", "touchpoint"),
    ("channel", "channel", "channel"),
)
PREVIEWS, UNFINISHED, TWICE, NOT_APPLICABLE = 24, 160, 8, 21
"""Rows that must not count, rows exported twice, and ease answers that are no answer."""


def table(
    header: Iterable[Iterable[str]],
    rows: Iterable[Iterable[Any]],
    *,
    delimiter: str = ",",
    newline: str = "\n",
    encoding: str = "utf-8",
) -> bytes:
    """Return rows as delimited text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerows(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def whole(value: float) -> str:
    """Return a whole number as text, empty where it is missing."""
    return "" if pd.isna(value) else str(int(value))


def qualtrics(frame: pd.DataFrame, ids: np.ndarray, rng: np.random.Generator) -> bytes:
    """Return the three-header-row export: previews, unfinished rows and a repeated batch inside."""
    n = len(frame)
    source = np.r_[np.arange(n), rng.integers(0, n, PREVIEWS + UNFINISHED)]
    started = moments(frame["day"].to_numpy()[source], rng)
    not_applicable = set(
        rng.choice(
            np.flatnonzero(frame["ces"].isna() & (frame["stage"] == "research")), NOT_APPLICABLE, replace=False
        ).tolist()
    )
    kinds = np.repeat(["answer", "test", "part"], [n, PREVIEWS, UNFINISHED])
    rows = [
        _qualtrics_row(k, frame.iloc[at], ids[at], kinds[k], started[k], k in not_applicable, rng)
        for k, at in enumerate(source)
    ]
    rows.sort(key=lambda row: row[7])
    again = rows[600 : 600 + TWICE]
    zone = {"startDate", "endDate", "recordedDate"}
    imports = [
        json.dumps({"ImportId": code} | ({"timeZone": "Asia/Tehran"} if code in zone else {}), separators=(",", ":"))
        for _, _, code in QUALTRICS
    ]
    header = [[name for name, _, _ in QUALTRICS], [text for _, text, _ in QUALTRICS], imports]
    return table(header, rows[:608] + again + rows[608:])


def _qualtrics_row(
    k: int,
    answer: pd.Series,
    customer: str,
    kind: str,
    started: dt.datetime,
    not_applicable: bool,
    rng: np.random.Generator,
) -> list[str]:
    """One respondent; an unfinished one stops after the first question."""
    seconds = int(rng.integers(35, 400))
    ended = started + dt.timedelta(seconds=seconds)
    nps, partial = answer["nps"], kind == "part"
    group = "" if pd.isna(nps) else "Detractor" if nps <= 6 else "Passive" if nps <= 8 else "Promoter"
    ease = "Not applicable" if not_applicable else whole(answer["ces"])
    rest = ["", "", ""] if partial else [whole(answer["csat"]), ease, answer["comment"]]
    test = kind == "test"
    return [
        iso(started),
        iso(ended),
        "Survey Preview" if test else "IP Address",
        "",
        "38" if partial else "100",
        str(seconds),
        "False" if partial else "True",
        iso(ended),
        answer["response_id"] if kind == "answer" else f"R_{kind}{k:011d}",
        "",
        "" if test else customer,
        "preview" if test else "sms" if k % 3 else "email",
        answer["lang"],
        group,
        whole(nps),
        *rest,
        STAGES[answer["stage"]],
        answer["label"],
        answer["channel"],
    ]


def porsline(frame: pd.DataFrame, ids: np.ndarray, words: dict[str, Any], rng: np.random.Generator) -> bytes:
    """Return the Persian form's export: Persian questions, digits, Jalali moments, labels in several spellings."""
    names = ["number", "response", "customer", "nps", "csat", "comment", "started", "ended"]
    started = moments(frame["day"].to_numpy(), rng)
    rows = [
        [
            persian(k + 1),
            persian(answer.response_id),
            persian(ids[k]),
            persian(answer.nps),
            _spelled(words["agreement"][str(answer.csat)], rng),
            answer.comment,
            _porsline_moment(started[k]),
            _porsline_moment(started[k] + dt.timedelta(seconds=int(rng.integers(60, 500)))),
        ]
        for k, answer in enumerate(frame.itertuples())
    ]
    return table([[words[name] for name in names]], rows, newline="\r\n", encoding="utf-8-sig")


def _spelled(spellings: list[str], rng: np.random.Generator) -> str:
    """The first spelling mostly, another one now and then."""
    return spellings[0] if rng.random() < 0.85 else spellings[int(rng.integers(len(spellings)))]


def _porsline_moment(at: dt.datetime) -> str:
    """``1404/02/28-10: 32: 16``, in Persian digits."""
    return persian(f"{jalali_text(at.date())}-{at:%H}: {at:%M}: {at:%S}")


def customers(frame: pd.DataFrame, cities: dict[str, Any], rng: np.random.Generator) -> bytes:
    """Return the shop's customer file: semicolons, a byte-order mark, Jalali days, cities as clerks type them."""
    rows = [
        [
            row.customer_id,
            jalali_text(day_of(row.joined)),
            "" if pd.isna(row.left) else jalali_text(day_of(row.left)),
            row.age_band,
            row.gender,
            _spelled(cities[row.city]["spellings"], rng),
            int(row.consent),
        ]
        for row in frame.itertuples()
    ]
    header = ["customer_id", "joined_on", "left_on", "age_band", "gender", "city", "consent"]
    return table([header], rows, delimiter=";", newline="\r\n", encoding="utf-8-sig")


def transactions(frame: pd.DataFrame) -> bytes:
    """Return the order book: days as Jalali whole numbers, amounts in rial with thousands marks."""
    rows = [
        [
            row.transaction_id,
            row.customer_id,
            jalali_text(day_of(row.day), ""),
            f"{row.amount:,}",
            f"{row.margin:,}",
            row.channel,
            row.product,
        ]
        for row in frame.itertuples()
    ]
    return table([["order_no", "customer_id", "date", "amount_rial", "margin_rial", "channel", "product"]], rows)


def events(frame: pd.DataFrame) -> bytes:
    """Return the event log, local time without a zone."""
    rows = [
        [row.case_id, row.customer_id, iso(moment(row.day)), row.stage, row.touchpoint, row.channel, row.amount]
        for row in frame.itertuples()
    ]
    return table([["case_id", "customer_id", "occurred_at", "stage", "touchpoint", "channel", "amount"]], rows)


def items(frame: pd.DataFrame, battery: list[str]) -> bytes:
    """Return the battery of the quarterly survey in long form, one row an answer."""
    rows = [[row["response_id"], item, row[item]] for row in frame.to_dict("records") for item in battery]
    return table([["response_id", "item", "value"]], rows)


def contacts(frame: pd.DataFrame) -> bytes:
    """Return the messages sent and held back."""
    rows = [
        [
            row.contact_id,
            row.customer_id,
            day_of(row.day).isoformat(),
            row.channel,
            row.campaign,
            "",
            row.holdout,
            row.outcome,
        ]
        for row in frame.itertuples()
    ]
    return table(
        [["contact_id", "customer_id", "sent_at", "channel", "campaign", "automation", "holdout", "outcome"]], rows
    )


def readings(frame: pd.DataFrame) -> bytes:
    """Return figures that exist only as numbers; a period is named by its first Jalali day."""
    rows = [
        [row.metric, jalali_text(day_of(row.day), "-"), "all", f"{row.value:.6f}", row.n, "warehouse"]
        for row in frame.itertuples()
    ]
    return table([["metric", "period", "group", "value", "n", "source"]], rows)


def invitations(frame: pd.DataFrame, ids: np.ndarray) -> bytes:
    """Return who was asked; days are Jalali, as the form tool writes them."""
    rows = [
        [f"I{k:05d}", customer, "pulse", jalali_text(day_of(row.day)), row.answered]
        for k, (row, customer) in enumerate(zip(frame.itertuples(), ids, strict=True))
    ]
    return table([["invitation_id", "customer_id", "survey", "invited_at", "answered"]], rows)


def voice(frame: pd.DataFrame, ids: np.ndarray) -> bytes:
    """Return texts from elsewhere; who wrote them is mostly unknown."""
    rows = [
        [
            f"V{k:04d}",
            ids[row.customer] if row.customer >= 0 else "",
            row.source,
            day_of(row.day).isoformat(),
            row.stage,
            "",
            row.text,
        ]
        for k, row in enumerate(frame.itertuples())
    ]
    return table([["text_id", "customer_id", "source", "occurred_at", "stage", "touchpoint", "text"]], rows)


def cases(frame: pd.DataFrame) -> bytes:
    """Return the cases as known on the day of the export."""
    rows = [
        [
            row.case_id,
            row.response_id,
            seen(row.opened),
            seen(row.contacted),
            seen(row.closed),
            row.owner,
            row.cause,
            row.change_id,
            seen(row.told),
            row.outcome if seen(row.closed) else "",
        ]
        for row in frame.itertuples()
    ]
    header = [
        "case_id",
        "response_id",
        "opened_at",
        "contacted_at",
        "closed_at",
        "owner",
        "cause",
        "change_id",
        "told_at",
        "outcome",
    ]
    return table([header], rows)


def plain(frame: pd.DataFrame) -> bytes:
    """Return a frame as it is."""
    return table([list(frame.columns)], frame.itertuples(index=False))
