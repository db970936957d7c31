"""What each tool costs over some years: introduction, yearly price and its rise, as ranges.

A yearly price is not the cost of a tool: moving over and training come first, and prices in another currency rise with
it. Each is a range that somebody gave; what comes out is an interval, not discounted, in the engagement's currency.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import Vendor
from cxlib.measures.business_case import Range, spread
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import parts
from cxlib.steps.client import Client

DRAWS, LEVEL = 4_000, 0.9
_PARTS = ("one_time_cost", "yearly_cost", "yearly_rise")


def _range(ends: tuple[float, float] | None) -> Range:
    """A range with its middle the most likely; what nobody has given is nothing, and named as a finding."""
    low, high = sorted(ends or (0.0, 0.0))
    return Range(low, (low + high) / 2, high)


def draws(client: Client, vendor: Vendor) -> np.ndarray:
    """Return possible costs of a tool over the years, shape (DRAWS,): once, and the yearly price with its rise."""
    places = [each.id for each in client.engagement.tooling.vendors]
    rng = np.random.default_rng([client.seed, places.index(vendor.id)])
    once, yearly, rise = (_range(getattr(vendor, name)).draw(rng, DRAWS) for name in _PARTS)
    return _added(once, yearly, rise, client.engagement.tooling.years)


def likely(client: Client, vendor: Vendor) -> float:
    """Return the cost of a tool over the years with everything in the middle of its range."""
    once, yearly, rise = (np.array([_range(getattr(vendor, name)).likely]) for name in _PARTS)
    return float(_added(once, yearly, rise, client.engagement.tooling.years)[0])


def _added(once: np.ndarray, yearly: np.ndarray, rise: np.ndarray, years: int) -> np.ndarray:
    """Introduction and the prices of all years; nothing costs less than nothing."""
    prices = (yearly * np.maximum(1 + rise, 0.0) ** year for year in range(years))
    return np.maximum(once + sum(prices), 0.0)


def total(client: Client, vendor: Vendor) -> Estimate:
    """Return the cost of a tool over the years with the interval of its draws."""
    if vendor.yearly_cost is None:
        return cannot_tell("cost-open", unit="money", level=LEVEL)
    return _spread(draws(client, vendor))


def _spread(drawn: np.ndarray) -> Estimate:
    return spread(drawn, level=LEVEL, unit="money")


def table(client: Client) -> pd.DataFrame:
    """Return one row a tool: the ranges that were given, where it runs, and the cost over the years."""
    rows = [
        {"vendor": plain(vendor.name)}
        | {name: list(getattr(vendor, name) or []) for name in _PARTS}
        | {"hosting": Term(f"choice.{vendor.hosting}"), "total_cost": total(client, vendor)}
        for vendor in client.engagement.tooling.vendors
    ]
    return pd.DataFrame(rows, columns=["vendor", *_PARTS, "hosting", "total_cost"])


def claims(client: Client, leaders: list[Vendor]) -> list[Claim]:
    """Return what the first of at least two tools costs over the years, against the second."""
    years = client.engagement.tooling.years
    first, second = leaders[:2]
    unknown = [plain(vendor.name) for vendor in (first, second) if vendor.yearly_cost is None]
    if unknown:
        return [Claim("vendor-cost-open", {"years": years, "vendors": unknown})]
    drawn = draws(client, first) - draws(client, second)
    more = _spread(drawn)
    values = {"years": years, "vendor": plain(first.name), "second": plain(second.name), "cost": total(client, first)}
    if more.low <= 0 <= more.high:
        return [Claim("vendor-cost-alike", values | {"difference": more})]
    if more.value > 0:
        return [Claim("vendor-cost-more", values | {"difference": more})]
    return [Claim("vendor-cost-less", values | {"difference": _spread(-drawn)})]


def exhibits(client: Client) -> list[Exhibit]:
    """Return the costs, once somebody has given one."""
    given = any(vendor.yearly_cost for vendor in client.engagement.tooling.vendors)
    rows = table(client) if given else table(client).iloc[:0]
    return [Exhibit("vendor-costs", "table", rows, Claim("reading.vendor-costs"))]


def findings(client: Client) -> list[Finding]:
    """Return what is not given of a tool's cost, and candidates that run abroad."""
    found = []
    for vendor in client.engagement.tooling.vendors:
        where, name = f"{parts.FILES['tooling']}: vendors[{vendor.id}]", {"vendor": plain(vendor.name)}
        lacking = [Term(f"column.{part}") for part in _PARTS if getattr(vendor, part) is None]
        lacking += [Term("column.hosting")] * (vendor.hosting == "unknown")
        if lacking:
            found.append(Finding("note", "vendor-cost-open", where, name | {"lacking": lacking}))
        if vendor.hosting == "abroad" and vendor.status == "candidate":
            found.append(Finding("note", "vendor-abroad", f"{where}.hosting", name))
    return found
