"""How many customers are likely to leave in the next half-year, and whether such a reckoning was right before.

Customers are put into groups by how long ago they last bought. What share of each group left in the half-year that is
over is carried on to those who are there now. The same reckoning, made half a year earlier, must first foretell the
half-year that is known. Who they are is for a private work list; a report carries counts only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.measures.estimate import Estimate
from cxlib.measures.shares import normal_quantile, share, share_difference
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps.client import Client

_HALF = dt.timedelta(days=182)
_RECENT, _LONG = 60, 180
GROUPS = ("recent", "some-time", "long", "never")


@dataclass(frozen=True, eq=False)
class Leaving:
    """What is likely: one row a group, the number expected to leave, and the test half a year earlier.

    Attributes
    ----------
    groups
        Columns group, there (customers now), watched (customers half a year ago) and left (how many of them left).
    expected
        How many of those who are there now are likely to leave in the next half-year.
    foretold, came
        The same made half a year earlier, and how many left; None where the history is too short.
    """

    groups: pd.DataFrame
    expected: Estimate
    foretold: Estimate | None
    came: int | None


def leaving(client: Client) -> Leaving | None:
    """Return what is likely, None where joining, leaving or orders are not recorded for a year."""
    customers, orders = client.columns("customers", "joined_on"), client.columns("transactions", "customer_id")
    if "left_on" not in customers or "occurred_at" not in orders or not len(orders):
        return None
    end = pd.Timestamp(client.as_of)
    first = orders["occurred_at"].min()
    if first > end - 2 * _HALF or not len(customers):
        return None
    last = [_grouped(customers, orders, end - back * _HALF) for back in (2, 1, 0)]
    groups = _counts(last[1], last[2])
    if not groups["watched"].sum():
        return None
    expected = _expected(client, groups)
    early = _counts(last[0], last[1])
    tested = first <= end - 3 * _HALF and early["watched"].sum() > 0
    return Leaving(
        groups, expected, *((_expected(client, early), int(groups["left"].sum())) if tested else (None, None))
    )


def _grouped(customers: pd.DataFrame, orders: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Customers who are there on a day: their group then, and whether they left within half a year."""
    there = customers[(customers["joined_on"] <= day) & ~(customers["left_on"] <= day)].drop_duplicates("customer_id")
    bought = orders[orders["occurred_at"] <= day].groupby("customer_id")["occurred_at"].max()
    since = (day - there["customer_id"].map(bought)).dt.days
    group = np.select([since.isna(), since <= _RECENT, since <= _LONG], ["never", "recent", "some-time"], "long")
    return pd.DataFrame({"group": group, "left": (there["left_on"] <= day + _HALF).to_numpy()})


def _counts(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Groups of half a year ago with who left, beside the groups of now."""
    watched, left = before.groupby("group").size(), before.groupby("group")["left"].sum()
    columns = {"there": now.groupby("group").size(), "watched": watched, "left": left}
    table = pd.DataFrame(columns).reindex(GROUPS).fillna(0).astype(int)
    return table[table.any(axis=1)].rename_axis("group").reset_index()


def _expected(client: Client, groups: pd.DataFrame) -> Estimate:
    """Who will leave of those now there: rates may be others, and each customer decides anew.

    A group that nobody was in half a year ago takes the rate of all.
    """
    m, x, n = (groups[name].to_numpy(float) for name in ("watched", "left", "there"))
    rate = np.where(m > 0, (x + 0.5) / (m + 1), (x.sum() + 0.5) / (m.sum() + 1))
    doubt = np.where(m > 0, rate * (1 - rate) / (m + 1), rate * (1 - rate) / (m.sum() + 1))
    half = normal_quantile(client.level) * float((n**2 * doubt + n * rate * (1 - rate)).sum()) ** 0.5
    value = float((n * rate).sum())
    known = {"n": int(n.sum()), "level": client.level, "method": "binomial", "unit": "count"}
    return Estimate(value, max(value - half, 0.0), min(value + half, float(n.sum())), **known)


def table(client: Client, found: Leaving | None) -> pd.DataFrame:
    """Return one row a group: customers now, and the share of the group that left in the last half-year."""
    columns = ["group", "customers", "left_half"]
    if found is None:
        return pd.DataFrame(columns=columns)
    rows = [
        {
            "group": Term(f"leaving.{row.group}"),
            "customers": row.there,
            "left_half": _rate(client, row.left, row.watched),
        }
        for row in found.groups.itertuples()
    ]
    return pd.DataFrame(rows, columns=columns)


def _rate(client: Client, left: int, watched: int) -> Estimate:
    if watched < client.min_n:
        return Estimate(None, n=watched, level=client.level, unit="share", reason="too-few", needs=client.min_n)
    return share(left, watched, level=client.level)


def claims(client: Client, found: Leaving | None) -> list[Claim]:
    """Return how many are likely to leave, whether the reckoning was right before, and who leaves more than others."""
    if found is None:
        return [Claim("leaving-cannot-tell")]
    said = [Claim("leaving-expected", {"expected": found.expected, "customers": found.expected.n})]
    if found.foretold is None:
        said.append(Claim("leaving-not-tested"))
    else:
        held = found.foretold.low <= found.came <= found.foretold.high
        values = {"foretold": found.foretold, "came": found.came}
        said.append(Claim("leaving-held" if held else "leaving-missed", values))
    return said + _apart(client, found.groups)


def _apart(client: Client, groups: pd.DataFrame) -> list[Claim]:
    """The group that leaves most, if it clearly leaves more than all others; each group is a look."""
    known = groups[groups["watched"] >= client.min_n]
    if len(known) < 2:
        return []
    first = known.loc[(known["left"] / known["watched"]).idxmax()]
    rest = known.drop(index=first.name)[["left", "watched"]].sum()
    level = 1 - (1 - client.level) / len(known)
    more = share_difference(first["left"], first["watched"], rest["left"], rest["watched"], level=level)
    mine = share(first["left"], first["watched"], level=client.level)
    others = share(int(rest["left"]), int(rest["watched"]), level=client.level)
    values = {"group": Term(f"leaving.{first['group']}"), "left": mine, "others": others}
    return [Claim("leaving-apart" if more.low > 0 else "leaving-alike", values)]


def exhibits(client: Client, found: Leaving | None) -> list[Exhibit]:
    """Return the groups."""
    return [Exhibit("leaving", "table", table(client, found), Claim("reading.leaving"))]
