"""What the programme returns, as ranges: the chance that it pays, what decides, and where the gain is zero.

Counts of customers and contacts come from the client's data, money values from its own economics, the gains from the
strategy file. Each is a named assumption with its grade; published percentages are nowhere multiplied. Only two of the
seven reasons for customer experience are reckoned, more loyal customers and fewer contacts; the other five are named
as not measured, so the case is on the careful side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.measures.business_case import Case, Range, break_even, business_case, chance, drawn_values, payback, waiting
from cxlib.measures.estimate import Estimate
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

REASONS = ("loyalty", "hard_to_copy", "word_of_mouth", "conversion", "cost", "brand", "staff")
UNITS = {
    "customers": "count",
    "margin": "money",
    "retention_gain": "share_points",
    "retention": "share",
    "contacts": "count",
    "contacts_avoided": "share",
    "cost_per_contact": "money",
    "yearly_cost": "money",
    "one_time_cost": "money",
}
LINES = {
    "loyalty": ("customers", "margin", "retention_gain"),
    "cost": ("contacts", "contacts_avoided", "cost_per_contact"),
}
_YEAR = dt.timedelta(days=365)
OPTIONAL = ("retention", "one_time_cost")
"""Assumptions that the case can do without: nobody stays on, nothing is spent before the first year."""
_DRAWS, _LEVEL = 5_000, 0.9
_YEAR_MONTHS = 12
Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Investment:
    """The assumptions of a programme.

    Attributes
    ----------
    ranges
        Assumption → range with its grade; those that nobody has given are not there.
    years, discount
        Over how many years, and the yearly discount rate.
    """

    ranges: dict[str, Range]
    years: int
    discount: float

    def _years(self) -> np.ndarray:
        """Present value of one money unit in each year, shape (years,)."""
        return (1 + self.discount) ** -np.arange(1.0, self.years + 1)

    def has(self, reason: str) -> bool:
        """Tell whether a benefit has all its assumptions."""
        return all(name in self.ranges for name in LINES[reason])

    def benefit(self, values: Values) -> np.ndarray:
        """Return the present value of margins kept and contacts avoided."""
        return sum((self.line(reason, values) for reason in LINES if self.has(reason)), np.zeros(1))

    def line(self, reason: str, values: Values) -> np.ndarray:
        """Return the present value of one benefit."""
        return self.flows(reason, values) @ self._years()

    def flows(self, reason: str, values: Values) -> np.ndarray:
        """Return one benefit year by year, shape (draws, years); who is kept may stay on with the usual retention."""
        one, two, three = (values[name] for name in LINES[reason])
        stay = values.get("retention", np.zeros(1)) if reason == "loyalty" else np.zeros(1)
        still = np.cumsum([stay**age for age in range(self.years)], axis=0)
        return (one * two * three * still).T

    def cost(self, values: Values) -> np.ndarray:
        """Return the present value of the programme's cost, with what is spent before the first year."""
        return values["yearly_cost"] * self._years().sum() + values.get("one_time_cost", 0.0)

    def months(self, values: Values) -> np.ndarray:
        """Return after how many months what was spent so far has come back, shape (draws,)."""
        benefits = sum(self.flows(reason, values) for reason in LINES if self.has(reason))
        costs = np.broadcast_to(np.reshape(values["yearly_cost"], (-1, 1)), benefits.shape)
        return payback(benefits, costs=costs, once=values.get("one_time_cost", 0.0))


def investment(client: Client) -> Investment:
    """Return the programme of a client: what was decided, what the data say, what the economics say."""
    case, economics = client.engagement.improvement.business_case, client.engagement.setup.economics
    given = {
        "retention_gain": _given(case.retention_gain),
        "contacts_avoided": _given(case.contacts_avoided),
        "yearly_cost": _given(case.yearly_cost) if min(case.yearly_cost or (0,)) > 0 else None,
        "one_time_cost": _given(case.one_time_cost),
        "cost_per_contact": _given(economics.cost_per_contact, grade="interview"),
        "customers": _customers(client),
        "contacts": _contacts(client),
        "margin": _margin(client),
        "retention": _retention(client),
    }
    known = {name: found for name, found in given.items() if found is not None}
    return Investment(known, case.years, economics.discount_rate)


def _given(ends: tuple[float, float] | None, *, grade: str = "assumption") -> Range | None:
    """A range that somebody gave, its middle the most likely."""
    return Range(min(ends), sum(ends) / 2, max(ends), grade) if ends else None


def _customers(client: Client) -> Range | None:
    """Customers at the reference date: a full count."""
    customers = client.columns("customers", "joined_on")
    if not len(customers) or "left_on" not in customers:
        return None
    end = pd.Timestamp(client.as_of)
    there = float(((customers["joined_on"] <= end) & ~(customers["left_on"] <= end)).sum())
    return Range(there, there, there, "data") if there else None


def _contacts(client: Client) -> Range | None:
    """Support contacts of the last twelve months, or as many days as there are, a year."""
    days = client.columns("tickets", "opened_at")["opened_at"]
    end = pd.Timestamp(client.as_of) + pd.Timedelta(days=1)
    since = max(end - _YEAR, days.min()) if len(days) else end
    span = (end - since) / _YEAR
    if span < 0.25:
        return None
    counted = float(((days >= since) & (days < end)).sum())
    noise = 1.645 * counted**0.5
    return Range((counted - noise) / span, counted / span, (counted + noise) / span, "data")


def _margin(client: Client) -> Range | None:
    """Margin of a customer a year: from the orders of the last twelve months, or their amount and the margin share."""
    customers, share = _customers(client), client.engagement.setup.economics.margin_share
    orders = client.columns("transactions", "customer_id", "occurred_at")
    column = "margin" if "margin" in orders else "amount"
    if customers is None or column not in orders or (column == "amount" and not share):
        return None
    end = pd.Timestamp(client.as_of) + pd.Timedelta(days=1)
    recent = orders[(orders["occurred_at"] >= end - _YEAR) & (orders["occurred_at"] < end)]
    each = recent.groupby("customer_id")[column].sum().astype(float).to_numpy()
    total, count = each.sum() / customers.likely, customers.likely
    spread = max(float((each**2).sum()) / count - total**2, 0.0) ** 0.5 / count**0.5 * 1.645
    low, high = (1.0, 1.0) if column == "margin" else share
    grade = "data" if column == "margin" else "interview"
    middle = total * (low + high) / 2
    return Range(max((total - spread) * low, 0.0), middle, (total + spread) * high, grade) if total > 0 else None


def _retention(client: Client) -> Range | None:
    """Share of customers kept over the last twelve months."""
    rate = metrics.value(client, "crr")
    if not rate.is_known or rate.low is None:
        return None
    return Range(rate.low, rate.value, rate.high, "data")


def case(client: Client, found: Investment) -> Case | None:
    """Return the business case, None without a cost or without one whole benefit."""
    if "yearly_cost" not in found.ranges or not any(found.has(reason) for reason in LINES):
        return None
    used = _ranges(found)
    return business_case(used, benefit=found.benefit, cost=found.cost, draws=_DRAWS, seed=client.seed, level=_LEVEL)


def _used(found: Investment) -> list[str]:
    """The assumptions that the case rests on."""
    names = [name for reason in LINES if found.has(reason) for name in LINES[reason]]
    also = [name for name in OPTIONAL if name in found.ranges and (name != "retention" or found.has("loyalty"))]
    return [*names, *also, "yearly_cost"]


def _ranges(found: Investment) -> dict[str, Range]:
    return {name: found.ranges[name] for name in _used(found)}


def lacking(found: Investment) -> list[str]:
    """Return the assumptions that nobody has given."""
    return [name for name in UNITS if name not in found.ranges and name not in OPTIONAL]


def assumptions(found: Investment, made: Case | None) -> pd.DataFrame:
    """Return one row an assumption, the decisive one first: its range, grade, share of the doubt, and break-even."""
    columns = ["assumption", "from", "to", "grade", "doubt_share", "zero_at"]
    if made is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for row in made.tornado.itertuples():
        item, unit = found.ranges[row.assumption], UNITS[row.assumption]
        zero = _break_even(found, row.assumption)
        rows.append(
            {
                "assumption": Term(f"assumption.{row.assumption}"),
                "from": _plain(item.low, unit),
                "to": _plain(item.high, unit),
                "grade": Term(f"evidence.{item.grade}"),
                "doubt_share": float(row.share),
                "zero_at": _plain(zero, unit) if zero is not None else None,
            }
        )
    return pd.DataFrame(rows, columns=columns)


def _break_even(found: Investment, name: str) -> float | None:
    """Where the gain is zero if only this assumption moves; None where that is out of reach or out of sense."""
    zero = break_even(_ranges(found), benefit=found.benefit, cost=found.cost, assumption=name)
    too_much = UNITS[name].startswith("share") and zero is not None and zero > 1
    return None if zero is None or zero < 0 or too_much else zero


def _plain(value: float, unit: str) -> Estimate:
    """An end of a range: assumed, so without an interval of its own."""
    return Estimate(_rounded(value) if unit == "money" else value, unit=unit, reason="assumed-end")


def _rounded(value: float) -> float:
    """Money to three figures: no assumption is better than that."""
    return float(f"{value:.3g}")


def tornado(found: Investment, made: Case | None) -> pd.DataFrame:
    """Return one row an assumption for drawing: the return on each unit of money with it at its low and high end.

    Columns: label, value (all likely), low, high, n, level, unit. At 0 the programme pays for itself and no more.
    """
    columns = ["label", "value", "low", "high", "n", "level", "unit"]
    if made is None:
        return pd.DataFrame(columns=columns)
    likely, rows = _likely(found), []
    for name in made.tornado.loc[made.tornado["swing"] > 0, "assumption"]:
        item = found.ranges[name]
        ends = sorted(_return(found, likely | {name: np.array([end])}) for end in (item.low, item.high))
        middle = _return(found, likely)
        rows.append([Term(f"assumption.{name}"), middle, *ends, made.draws, _LEVEL, "share"])
    return pd.DataFrame(rows, columns=columns)


def _return(found: Investment, values: Values) -> float:
    """Gain over cost."""
    return float(found.benefit(values)[0] / found.cost(values)[0]) - 1


def _likely(found: Investment) -> dict[str, np.ndarray]:
    return {name: np.array([item.likely]) for name, item in found.ranges.items()}


def tree(found: Investment, made: Case | None) -> pd.DataFrame:
    """Return one row for each of the seven reasons: its present value, or that it is not measured."""
    likely, rows = _likely(found), []
    for reason in REASONS:
        is_there = made is not None and reason in LINES and found.has(reason)
        value = _plain(float(found.line(reason, likely)[0]), "money") if is_there else Term("benefit.not-measured")
        rows.append({"benefit": Term(f"benefit.{reason}"), "present_value": value})
    return pd.DataFrame(rows, columns=["benefit", "present_value"])


def claims(found: Investment, made: Case | None) -> list[Claim]:
    """Return the gain and the chance that it pays, and the assumption that decides; or what is missing."""
    if made is None:
        return [Claim("case-cannot-tell", {"lacking": [Term(f"assumption.{name}") for name in lacking(found)]})]
    terms = {"years": found.years, "discount": found.discount}
    ends = {name: _rounded(getattr(made.gain, name)) for name in ("value", "low", "high")}
    said = Claim("case-pays", terms | {"gain": replace(made.gain, **ends), "pays": made.pays})
    first = str(made.tornado["assumption"].iloc[0])
    zero = _break_even(found, first)
    values = {"assumption": Term(f"assumption.{first}")}
    if zero is None:
        return [said, Claim("case-decides", values)]
    return [said, Claim("case-breaks-even", values | {"at": _plain(zero, UNITS[first])})]


def paid_back(client: Client, found: Investment) -> np.ndarray:
    """Return after how many months the money is back, in the same draws as the case."""
    return found.months(drawn_values(_ranges(found), draws=_DRAWS, seed=client.seed))


def payback_table(client: Client, found: Investment, made: Case | None) -> pd.DataFrame:
    """Return one row a half-year: the chance that by then all that was spent so far has come back once."""
    if made is None:
        return pd.DataFrame(columns=["months", "chance_back"])
    months, step = paid_back(client, found), _YEAR_MONTHS // 2
    ends = range(step, _YEAR_MONTHS * found.years + 1, step)
    return pd.DataFrame([{"months": end, "chance_back": chance(months <= end)} for end in ends])


def payback_claims(client: Client, found: Investment, made: Case | None) -> list[Claim]:
    """Return after how many months the money is back, as far as the draws tell, and the chance of one year."""
    if made is None:
        return []
    months = paid_back(client, found)
    values = {"within": chance(months <= _YEAR_MONTHS), "year": _YEAR_MONTHS, "years": found.years}
    typical = waiting(months, level=_LEVEL)
    if not typical.is_known:
        return [Claim("payback-seldom", values | {"chance": chance(np.isfinite(months))})]
    return [Claim("payback" if typical.high is not None else "payback-open", values | {"months": typical})]


def exhibits(client: Client, found: Investment, made: Case | None) -> list[Exhibit]:
    """Return the tornado, the assumptions and the benefit tree."""
    shown = [
        Exhibit("tornado", "dots", tornado(found, made), Claim("reading.tornado")),
        Exhibit("assumptions", "table", assumptions(found, made), Claim("reading.assumptions")),
    ]
    back = Exhibit("payback", "table", payback_table(client, found, made), Claim("reading.payback"))
    return [*shown, back, Exhibit("benefit-tree", "table", tree(found, made), Claim("reading.benefit-tree"))]
