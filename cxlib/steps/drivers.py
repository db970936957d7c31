"""What moves the outcome: the items of a survey against recommendation or satisfaction in the same answer sheet.

Three ways side by side, because each misleads alone: correlation promotes passengers, regression jumps where items
overlap, shares by LMG are fair but say nothing of direction. The order comes with its uncertainty, since the order is
what people act on. None of the three proves a cause.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.errors import CxError
from cxlib.measures.drivers import ranks
from cxlib.measures.estimate import ESTIMATE, Estimate
from cxlib.measures.passengers import passengers
from cxlib.measures.reliability import cronbach_alpha, mcdonald_omega
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

_OUTCOMES = ("nps", "csat")
_ROWS_AN_ITEM = 10
_DRAWS = 200
_ONE_THING, _REPEATS = 0.7, 0.95
_COLUMNS = ["item", "explains", "correlation", "regression", "ranks", "first_share", "part"]


@dataclass(frozen=True)
class Battery:
    """Answer sheets with all items and the outcome: columns are the items, and `outcome` under the metric's name."""

    outcome: str
    survey: str
    frame: pd.DataFrame

    @property
    def items(self) -> list[str]:
        """The items that vary."""
        return [name for name in self.frame.columns if name != self.outcome and self.frame[name].nunique() > 1]

    @property
    def needs(self) -> int:
        """Complete answer sheets from which an order can be told."""
        return _ROWS_AN_ITEM * (len(self.items) + 1)

    @property
    def is_enough(self) -> bool:
        """Whether there are items to compare, and sheets enough."""
        return len(self.items) > 1 and len(self.frame) >= self.needs and self.frame[self.outcome].nunique() > 1


def battery(client: Client) -> Battery:
    """Return the answer sheets whose items and outcome are both answered, of the survey that has most of them."""
    items = client.columns("items", "response_id", "item", "value")
    for outcome in _OUTCOMES:
        asked = [name for name in metrics.surveys(client, outcome) if metrics.instrument(client, name, outcome)]
        rows = client.columns("responses", "response_id", "survey", outcome)
        rows = rows[rows["survey"].isin(asked) & rows["response_id"].isin(items["response_id"])]
        if len(rows):
            name = str(rows["survey"].mode().iloc[0])
            wide = items.pivot_table(index="response_id", columns="item", values="value", aggfunc="mean")
            sheets = rows[rows["survey"] == name].drop_duplicates("response_id").set_index("response_id")[[outcome]]
            frame = wide.drop(columns=outcome, errors="ignore").join(sheets, how="inner").astype(float).dropna()
            return Battery(outcome, name, frame)
    return Battery("nps", "", pd.DataFrame({"nps": []}))


def drivers(client: Client, sheets: Battery) -> pd.DataFrame:
    """Return one row an item, the most important first, empty where the answers do not carry an order.

    Columns: item, explains (share of the outcome's variance by LMG), correlation and regression (standardised), each
    an estimate; ranks (all that are possible), first_share (of the samples drawn again) and part (``driver``,
    ``passenger``, ``apart``).
    """
    if not sheets.is_enough:
        return pd.DataFrame(columns=_COLUMNS)
    chosen = {"outcome": sheets.outcome, "drivers": sheets.items, "level": client.level}
    try:
        order = ranks(sheets.frame, draws=_DRAWS, seed=client.seed, **chosen)
        parts = passengers(sheets.frame, **chosen).set_index("driver")
    except CxError:
        return pd.DataFrame(columns=_COLUMNS)
    names = named(client.engagement.kpis.items)
    rows = [
        {
            "item": names.get(row.driver, row.driver),
            "explains": _explains(row),
            "correlation": parts["correlation"][row.driver],
            "regression": parts["regression"][row.driver],
            "ranks": [row.rank_low, row.rank_high] if row.rank_low < row.rank_high else [row.rank],
            "first_share": row.first,
            "part": parts["role"][row.driver],
        }
        for row in order.itertuples()
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _explains(row: tuple) -> Estimate:
    """The share of variance of one item as an estimate."""
    spread = {"low": row.low, "high": row.high, "n": row.n, "level": row.level}
    return Estimate(row.value, **spread, method=row.method, unit="share")


def claims(sheets: Battery, table: pd.DataFrame) -> list[Claim]:
    """Return what comes first and how surely, and which items are passengers."""
    if not len(table):
        return [Claim("drivers-cannot-tell", {"n": len(sheets.frame), "needs": sheets.needs})]
    outcome = Term(f"metric.{sheets.outcome}")
    if not (table["part"] == "driver").any():
        return [Claim("drivers-none", {"outcome": outcome, "items": len(table), "n": len(sheets.frame)})]
    first, second = table.iloc[0], table.iloc[1]
    values = {"item": first["item"], "explains": first["explains"], "outcome": outcome, "second": second["item"]}
    told = [Claim("drivers-first" if len(first["ranks"]) == 1 else "drivers-first-unsure", values)]
    riding = table[table["part"] == "passenger"]
    if len(riding):
        strongest = max(riding["correlation"], key=lambda estimate: estimate.value)
        items = list(riding["item"])
        told.append(Claim("drivers-passengers", {"items": items, "correlation": strongest, "outcome": outcome}))
    return told


def together(client: Client, sheets: Battery) -> list[Claim]:
    """Return whether the items measure one thing, so that they may be added up; nothing where there are too few."""
    if not sheets.is_enough or len(sheets.items) < 3:
        return []
    items = sheets.frame[sheets.items]
    omega = mcdonald_omega(items, seed=client.seed, level=client.level)
    alpha = cronbach_alpha(items, level=client.level).alpha
    values = {"items": len(sheets.items), "omega": omega, "alpha": alpha}
    if not omega.is_known or omega.low < _ONE_THING <= omega.high:
        return [Claim("battery-unsure", values)]
    if omega.high < _ONE_THING:
        return [Claim("battery-several", values)]
    return [Claim("battery-repeats" if omega.low > _REPEATS else "battery-one", values)]


def exhibits(table: pd.DataFrame) -> list[Exhibit]:
    """Return the shares as a picture, and the three ways side by side as a table."""
    dots = pd.DataFrame(
        [{"label": row.item} | row.explains.row() for row in table.itertuples()], columns=["label", *ESTIMATE]
    )
    shown = table.assign(part=[Term(f"part.{name}") for name in table["part"]])
    return [
        Exhibit("driver-shares", "dots", dots, Claim("reading.driver-shares")),
        Exhibit("drivers-three-ways", "table", shown, Claim("reading.drivers-three-ways")),
    ]
