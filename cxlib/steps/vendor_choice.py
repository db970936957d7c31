"""Which tool to choose, and how sure the first place is.

A weighted sum always names a winner. Whether it is one depends on weights that were guessed and on raters who might
as well have been others. So both are drawn again and again: the share of draws in which a tool comes first is what can
honestly be said. Where no tool comes first nearly always the answer is a tie, and money or time may decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import Vendor
from cxlib.measures import ranking, shares
from cxlib.measures.estimate import Estimate
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import parts, vendor_costs
from cxlib.steps.client import Client
from cxlib.steps.vendor_weights import RATED, criterion, weights

_WORST, _BEST = 1.0, 5.0
_PANELS, _DRAWS, _SPREAD = 400, 10, 0.1
SURE = 0.9


@dataclass(frozen=True)
class Choice:
    """Tools against criteria.

    Attributes
    ----------
    vendors
        The tools that are compared, m of them.
    criteria, weights
        Ids of the criteria, k of them, and their weights (sum 1).
    utilities
        Value of each tool by each criterion, 0 (worst) to 1 (best), shape (m, k).
    first
        Share of draws in which each tool comes first, shape (m,).
    raters
        How many raters the smallest rating rests on.
    """

    vendors: tuple[Vendor, ...]
    criteria: tuple[str, ...]
    weights: np.ndarray
    utilities: np.ndarray
    first: np.ndarray
    raters: int

    @property
    def total(self) -> np.ndarray:
        """Weighted sum of each tool, 0 to 1."""
        return ranking.weighted_sum(self.utilities, weights=self.weights)

    @property
    def order(self) -> list[int]:
        """Places of the tools, the one that comes first most often at the head."""
        return sorted(range(len(self.vendors)), key=lambda place: (-self.first[place], -self.total[place]))


def scores(client: Client) -> pd.DataFrame:
    """Return the raters' scores of tools, one row a score: vendor, criterion, rater, score from 1 to 5."""
    given = client.columns("ratings", "rater", "object", "quality", "score")
    vendors = [vendor.id for vendor in client.engagement.tooling.vendors]
    kept = given[given["object"].isin(vendors) & given["quality"].isin(RATED)]
    kept = kept[kept["score"].between(_WORST, _BEST)]
    return pd.DataFrame(
        {
            "vendor": kept["object"].astype(str),
            "criterion": kept["quality"].astype(str),
            "rater": kept["rater"].astype(str),
            "score": kept["score"].astype(float),
        }
    ).reset_index(drop=True)


def choice(client: Client) -> Choice | None:
    """Return the tools compared, None where fewer than two have scores for every rated criterion."""
    weighed, given = weights(client), scores(client)
    vendors = [vendor for vendor in client.engagement.tooling.vendors if _is_rated(vendor, given, weighed)]
    vendors = [vendor for vendor in vendors if not knocked_out(client, vendor, given)]
    if len(vendors) < 2 or not weighed:
        return None
    each = given.groupby(["vendor", "criterion"])["rater"].nunique()
    raters = int(each.min()) if len(each) else 0
    shares_of_weight = np.array(list(weighed.values()))
    utilities = np.column_stack([_utility(client, name, vendors, given) for name in weighed])
    first = _first(client, vendors, given, list(weighed), shares_of_weight)
    return Choice(tuple(vendors), tuple(weighed), shares_of_weight, utilities, first, raters)


def _is_rated(vendor: Vendor, given: pd.DataFrame, weighed: dict[str, float]) -> bool:
    """Whether a tool has a score for every criterion that is rated."""
    known = set(given.loc[given["vendor"] == vendor.id, "criterion"])
    return {name for name in weighed if name in RATED} <= known


def knocked_out(client: Client, vendor: Vendor, given: pd.DataFrame) -> list[str]:
    """Return the criteria by which a tool is out: its mean score is lower than the least that was decided."""
    means = given[given["vendor"] == vendor.id].groupby("criterion")["score"].mean()
    least = {each.id: each.least for each in client.engagement.tooling.criteria if each.least is not None}
    return [name for name, limit in least.items() if name in means.index and means[name] < limit]


def _utility(client: Client, name: str, vendors: list[Vendor], given: pd.DataFrame) -> np.ndarray:
    """Value of each tool by one criterion, 0 to 1: ratings from 1 to 5, coverage as it is, cost over the years."""
    if name == "coverage":
        points = {point.id for point in client.engagement.journey.touchpoints}
        return np.array([len(points & set(vendor.covers)) / max(len(points), 1) for vendor in vendors])
    if name == "cost":
        return _cheap(np.array([vendor_costs.likely(client, vendor) for vendor in vendors]))
    means = given[given["criterion"] == name].groupby("vendor")["score"].mean()
    return (means.reindex([vendor.id for vendor in vendors]).to_numpy() - _WORST) / (_BEST - _WORST)


def _cheap(costs: np.ndarray) -> np.ndarray:
    """Value of costs, shape (m,) or (m, draws): 1 for nothing, 0 for the dearest."""
    return 1 - costs / np.maximum(costs.max(axis=0), 1e-9)


def _first(
    client: Client, vendors: list[Vendor], given: pd.DataFrame, names: list[str], weighed: np.ndarray
) -> np.ndarray:
    """Share of first places over panels of raters, drawn with replacement, costs, and weights around those decided."""
    rng = np.random.default_rng(client.seed)
    base = np.column_stack([_utility(client, name, vendors, given) for name in names])
    rated = [place for place, name in enumerate(names) if name in RATED]
    cube = _by_rater(vendors, given, [names[place] for place in rated])
    costs = _cheap(np.array([vendor_costs.draws(client, vendor)[:_PANELS] for vendor in vendors]))
    undecided = not client.engagement.tooling.criteria
    wins = np.zeros(len(vendors))
    for panel in range(_PANELS):
        drawn = base.copy()
        drawn[:, rated] = _panel(cube, rng, base[:, rated])
        drawn[:, [place for place, name in enumerate(names) if name == "cost"]] = costs[:, [panel]]
        drawn += rng.uniform(0, 1e-9, drawn.shape[0])[:, None]
        spread = {} if undecided else {"weights": weighed, "spread": _SPREAD}
        wins += ranking.smaa(drawn, draws=_DRAWS, seed=client.seed + panel, **spread).first
    return wins / _PANELS


def _by_rater(vendors: list[Vendor], given: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Scores as utilities, shape (raters, vendors, criteria), missing where a rater gave none."""
    raters = sorted(given["rater"].unique())
    columns = pd.MultiIndex.from_product([[vendor.id for vendor in vendors], names])
    wide = given.pivot_table(index="rater", columns=["vendor", "criterion"], values="score", aggfunc="mean")
    cube = wide.reindex(index=raters, columns=columns).to_numpy().reshape(len(raters), len(vendors), len(names))
    return (cube - _WORST) / (_BEST - _WORST)


def _panel(cube: np.ndarray, rng: np.random.Generator, usual: np.ndarray) -> np.ndarray:
    """Mean utilities of a panel of raters drawn with replacement; the usual ones where it rated nothing."""
    if not len(cube):
        return usual
    chosen = cube[rng.integers(0, len(cube), len(cube))]
    counted = (~np.isnan(chosen)).sum(axis=0)
    return np.where(counted > 0, np.nansum(chosen, axis=0) / np.maximum(counted, 1), usual)


def table(client: Client, made: Choice | None) -> pd.DataFrame:
    """Return one row a tool, the one that comes first most often at the head: total, TOPSIS, P(first) and cost."""
    columns = ["vendor", "status", "total", "closeness", "first", "total_cost"]
    if made is None:
        return pd.DataFrame(columns=columns)
    close = ranking.topsis(made.utilities, weights=made.weights, types=[1] * len(made.criteria)).score
    rows = [
        {
            "vendor": plain(made.vendors[place].name),
            "status": Term(f"choice.{made.vendors[place].status}"),
            "total": _scored(float(made.total[place])),
            "closeness": _scored(close[place]),
            "first": first_place(client, made, place),
            "total_cost": vendor_costs.total(client, made.vendors[place]),
        }
        for place in made.order
    ]
    return pd.DataFrame(rows, columns=columns)


def _scored(value: float) -> Estimate:
    return Estimate(value, unit="ratio", reason="doubt-in-first")


def first_place(client: Client, made: Choice, place: int) -> Estimate:
    """Return P(first) of one tool with its simulation error, counted in panels to be on the safe side."""
    value = float(made.first[place])
    low, high = shares.wilson(value * _PANELS, _PANELS, level=client.level)
    return Estimate(value, low, high, n=_PANELS, level=client.level, method="monte-carlo", unit="share")


def weighing(made: Choice | None) -> pd.DataFrame:
    """Return one row a criterion: its weight, the tools' values, and the weight at which another tool takes over."""
    columns = ["criterion", "weight", "turning_share", "rival"]
    if made is None:
        return pd.DataFrame(columns=columns)
    turns = {flip.criterion: flip for flip in ranking.flips(made.utilities, weights=made.weights)}
    rows = []
    for place, name in enumerate(made.criteria):
        flip = turns.get(place)
        rival = plain(made.vendors[flip.rival].name) if flip else ""
        weight = float(made.weights[place])
        at = flip.at if flip else None
        rows.append({"criterion": criterion(name), "weight": weight, "turning_share": at, "rival": rival})
    return pd.DataFrame(rows, columns=columns)


def claims(client: Client, made: Choice | None) -> list[Claim]:
    """Return which tool comes first, or that the first ones are tied, and which weight decides."""
    if made is None:
        return [Claim("vendor-cannot-tell", {"rated": scores(client)["vendor"].nunique()})]
    leader, second = made.order[:2]
    values = {
        "vendor": plain(made.vendors[leader].name),
        "first": first_place(client, made, leader),
        "second": plain(made.vendors[second].name),
        "second_first": first_place(client, made, second),
        "panels": _PANELS,
    }
    said = Claim("vendor-first" if made.first[leader] >= SURE else "vendor-tied", values)
    return [said, _turning(made), *vendor_costs.claims(client, [made.vendors[place] for place in made.order])]


def _turning(made: Choice) -> Claim:
    """The weight that flips the choice with the smallest move, or that none does."""
    turns = ranking.flips(made.utilities, weights=made.weights)
    if not turns:
        return Claim("vendor-no-flip", {"criteria": len(made.criteria)})
    flip = turns[0]
    values = {"criterion": criterion(made.criteria[flip.criterion]), "rival": plain(made.vendors[flip.rival].name)}
    return Claim("vendor-flip", values | {"weight": flip.weight, "at": flip.at})


def exhibits(client: Client, made: Choice | None) -> list[Exhibit]:
    """Return the ranking and the weights that it hangs on."""
    return [
        Exhibit("vendor-choice", "table", table(client, made), Claim("reading.vendor-choice")),
        Exhibit("vendor-weights", "table", weighing(made), Claim("reading.vendor-weights")),
    ]


def findings(client: Client) -> list[Finding]:
    """Return tools that raters have not scored or that are knocked out, once anybody has scored one."""
    given, weighed, found = scores(client), weights(client), []
    for vendor in client.engagement.tooling.vendors if len(given) else []:
        where, name = f"{parts.FILES['tooling']}: vendors[{vendor.id}]", {"vendor": plain(vendor.name)}
        if not _is_rated(vendor, given, weighed):
            found.append(Finding("note", "vendor-not-rated", where, name))
        for low in knocked_out(client, vendor, given):
            found.append(Finding("note", "vendor-knocked-out", where, name | {"criterion": criterion(low)}))
    return found
