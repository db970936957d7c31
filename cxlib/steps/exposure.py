"""Which touchpoints lose customers: those who met a touchpoint early in the year against those who did not.

Whoever leaves early meets fewer touchpoints, so counting all contacts of a year would make every touchpoint look as
if it kept people. Here the year before the reference date is cut at a landmark: what a customer met before it, and
whether they left after it. Only customers who were there from the beginning to the landmark are counted. It stays an
association: those who met a touchpoint may differ from the others in other ways.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.measures.estimate import ESTIMATE, Difference, Estimate
from cxlib.measures.shares import share, share_difference
from cxlib.section import Claim, Exhibit, Finding
from cxlib.steps import contrasts, parts
from cxlib.steps.client import Client

_YEAR = dt.timedelta(days=365)
_LEAST_DAYS = 56
_TOLD = 3


@dataclass(frozen=True)
class Watch:
    """The days of the comparison: contacts count from `start` to before `landmark`, leaving from then to `end`."""

    start: dt.date
    landmark: dt.date
    end: dt.date


def watch(client: Client) -> Watch | None:
    """Return the year before the reference date, cut after its first quarter; None where too little is recorded."""
    events = client.columns("events", "customer_id", "touchpoint", "occurred_at")
    if not len(events):
        return None
    start = max(events["occurred_at"].min().date(), client.as_of - _YEAR)
    length = (client.as_of - start).days
    return Watch(start, start + dt.timedelta(days=length // 4), client.as_of) if length >= _LEAST_DAYS else None


def watched(client: Client) -> pd.DataFrame:
    """Return one row a customer who was there until the landmark: customer_id, left, and touchpoint → whether met."""
    seen, customers = watch(client), client.table("customers")
    if not seen or not {"customer_id", "joined_on", "left_on"} <= set(customers.columns):
        return pd.DataFrame({"customer_id": [], "left": []})
    start, landmark, end = (pd.Timestamp(day) for day in (seen.start, seen.landmark, seen.end + dt.timedelta(days=1)))
    left_on = customers["left_on"]
    there = customers[(customers["joined_on"] <= start) & ~(left_on < landmark)].drop_duplicates("customer_id")
    frame = pd.DataFrame({"customer_id": there["customer_id"], "left": there["left_on"] < end})
    events = client.columns("events", "customer_id", "touchpoint", "occurred_at")
    early = events[(events["occurred_at"] >= start) & (events["occurred_at"] < landmark)]
    met = pd.crosstab(early["customer_id"], early["touchpoint"]) > 0
    return frame.join(met.reindex(frame["customer_id"], fill_value=False).set_axis(frame.index))


def losses(client: Client) -> pd.DataFrame:
    """Return one row a touchpoint, the largest loss first.

    Columns: touchpoint, met and others (share that left, each an estimate), difference (percentage points), and grade
    after the control of false finds over all touchpoints.
    """
    frame = watched(client)
    points = [name for name in frame.columns if name not in ("customer_id", "left")]
    names = named(client.engagement.journey.touchpoints)
    rows = [_row(client, frame["left"], frame[point]) for point in points]
    graded = contrasts.grades([row["difference"] for row in rows])
    told = [
        {"touchpoint": names.get(point, point), **row, "grade": grade}
        for point, row, grade in zip(points, rows, graded, strict=True)
    ]
    told.sort(key=lambda row: (not row["difference"].is_known, -(row["difference"].value or 0.0)))
    return pd.DataFrame(told, columns=["touchpoint", "met", "others", "difference", "grade"])


def _row(client: Client, left: pd.Series, met: pd.Series) -> dict[str, Estimate]:
    """Who left of those who met a touchpoint and of the others."""
    sides = [left[met], left[~met]]
    shares = [share(int(side.sum()), len(side), level=client.level) for side in sides]
    fewest = min(len(side) for side in sides)
    if fewest < client.min_n:
        nothing = Difference(
            None, n=fewest, level=client.level, unit="share_points", reason="too-few", needs=client.min_n
        )
        hidden = replace(shares[0], value=None, low=None, high=None, reason="too-few", needs=client.min_n)
        return {"met": hidden, "others": shares[1], "difference": nothing}
    (x1, n1), (x2, n2) = ((int(side.sum()), len(side)) for side in sides)
    found = replace(share_difference(x1, n1, x2, n2, level=client.level), unit="share_points")
    return {"met": shares[0], "others": shares[1], "difference": found}


def claims(client: Client, table: pd.DataFrame) -> list[Claim]:
    """Return what goes along with leaving: the clear touchpoints, or that there is none, or that it cannot be told."""
    known = table[[difference.is_known for difference in table["difference"]]]
    seen = watch(client)
    if not seen or not len(known):
        return [Claim("exposure-cannot-tell")]
    days = {"start": seen.start, "landmark": seen.landmark, "end": seen.end}
    told = [
        Claim("exposure-clear", _said(row) | days)
        for row in known.itertuples()
        if row.grade == "clear" and row.difference.value > 0
    ]
    return told[:_TOLD] or [Claim("exposure-noise", {"compared": len(known)} | days)]


def _said(row: tuple) -> dict:
    """A row's values for a sentence."""
    difference = contrasts.plain(row.difference)
    return {"touchpoint": row.touchpoint, "met": row.met, "others": row.others, "difference": difference}


def exhibits(table: pd.DataFrame) -> list[Exhibit]:
    """Return the table, and the differences as a picture."""
    shown = table.assign(
        difference=[contrasts.plain(difference) for difference in table["difference"]],
        how_sure=[contrasts.grade(name) for name in table["grade"]],
    ).drop(columns="grade")
    dots = pd.DataFrame(
        [{"label": row.touchpoint} | contrasts.in_points(row.difference).row() for row in shown.itertuples()],
        columns=["label", *ESTIMATE],
    )
    return [
        Exhibit("touchpoint-losses", "dots", dots, Claim("reading.touchpoint-losses")),
        Exhibit("losses-told", "table", shown, Claim("reading.losses-told")),
    ]


def findings(client: Client) -> list[Finding]:
    """Return a note for every touchpoint that the event log shows and the map does not."""
    known = {point.id for point in client.engagement.journey.touchpoints}
    met = client.columns("events", "touchpoint")["touchpoint"].value_counts()
    return [
        Finding("note", "touchpoint-not-on-map", f"{parts.FILES['journey']}: touchpoints", {"id": name, "n": int(n)})
        for name, n in sorted(met.items())
        if known and n >= client.min_n and name not in known
    ]
