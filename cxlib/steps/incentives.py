"""How much of an incentive is luck: "this bonus is so much noise".

Somebody is always the best of the month, even where all work equally well. What a person repeats from period to
period is merit (or an easier job); what does not come back is luck. A bonus paid by one period's figure pays both.
People are compared within their role, period by period, so that neither a hard month nor another job counts as merit.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.measures import shares, survey
from cxlib.measures.estimate import ESTIMATE, Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Finding
from cxlib.steps import parts
from cxlib.steps.client import Client

_COLUMNS = ("person", "item", "period", "value")
_LEAST_PEOPLE, _LEAST_PERIODS = 4, 2
_MOSTLY = 0.5


@dataclass(frozen=True)
class Luck:
    """How much of the differences between people is luck.

    Attributes
    ----------
    one
        Share of luck in the figures of one period.
    together
        Share of luck in each person's mean over all periods.
    people, periods
        How many were compared, and over how many periods.
    """

    one: Estimate
    together: Estimate
    people: int
    periods: int


def measured(client: Client) -> list[str]:
    """Return the items of the staff table with several periods: those of the incentives first, then the others."""
    staff = client.columns("staff", *_COLUMNS)
    periods = staff.groupby("item")["period"].nunique()
    known = [str(item) for item in periods.index[periods >= _LEAST_PERIODS]]
    named = [each.item for each in client.engagement.governance.incentives if each.item in known]
    return list(dict.fromkeys([*named, *known]))


def figures(client: Client, item: str = "") -> pd.DataFrame:
    """Return an item's figures, one row a person and period: person, league (the role), period, value, n.

    Without an item it is the first of `measured`. People whose role nobody shares, or who have one period only, are
    compared with nobody and left out.
    """
    known = measured(client)
    staff = client.columns("staff", *_COLUMNS)
    rows = staff[staff["item"] == (item or (known[0] if known else ""))]
    kept = pd.DataFrame({name: rows[name] for name in ("person", "period", "value")})
    kept["league"] = rows["role"].fillna("") if "role" in rows else ""
    kept["n"] = rows["n"] if "n" in rows else float("nan")
    kept["value"] = kept["value"].astype(float)
    kept = kept[kept.groupby("person")["period"].transform("nunique") >= _LEAST_PERIODS]
    return kept[kept.groupby("league")["person"].transform("nunique") > 1].reset_index(drop=True)


def luck(rows: pd.DataFrame, *, level: float = 0.95) -> Luck:
    """Return which share of the differences between people is luck.

    Parameters
    ----------
    rows
        One row a person and period: person, league, period, value, as `figures` returns them.
    level
        Of the intervals.

    Notes
    -----
    Analysis of variance, people within leagues, the means of league and period taken out. With F the ratio of the
    mean squares and t the periods a person has, luck is t / (F + t − 1) of one period's variance and 1 / F of that of
    the means: 1 minus the intraclass correlations ICC(3,1) and ICC(3,k) with their F intervals, Shrout and Fleiss
    (1979), Psychological Bulletin 86:420–428.

    Examples
    --------
    >>> rows = pd.DataFrame({"person": list("aabbccdd"), "period": list("xy") * 4, "league": "",
    ...                      "value": [1, 2, 3, 4, 5, 6, 7, 9]})
    >>> f"{luck(rows).one:.2f}"
    '0.02 (0.00 to 0.22; n=4)'
    """
    people, periods = int(rows["person"].nunique()), int(rows["period"].nunique())
    if people < _LEAST_PEOPLE:
        none = cannot_tell("few-people", n=people, level=level, unit="share", needs=_LEAST_PEOPLE)
        return Luck(none, none, people, periods)
    between, within, freedom = _mean_squares(rows)
    if freedom[1] < 1 or within <= 1e-12:
        none = cannot_tell("no-spread", n=people, level=level, unit="share")
        return Luck(none, none, people, periods)
    ratios = _ratios(between / within, freedom, level)
    counts = rows["person"].value_counts()
    each = float((len(rows) - (counts**2).sum() / len(rows)) / (people - 1))
    return Luck(
        _share([each / (ratio + each - 1) for ratio in ratios], people, level),
        _share([1 / ratio if ratio > 0 else 1.0 for ratio in ratios], people, level),
        people,
        periods,
    )


def _mean_squares(rows: pd.DataFrame) -> tuple[float, float, tuple[int, int]]:
    """Mean squares between people and within them, and their degrees of freedom."""
    cells = rows.groupby(["league", "period"])["value"]
    centred = rows["value"] - cells.transform("mean")
    own = centred.groupby(rows["person"]).transform("mean")
    people, leagues = rows["person"].nunique(), rows["league"].nunique()
    freedom = (people - leagues, len(rows) - people - cells.ngroups + leagues)
    return float((own**2).sum()) / freedom[0], float(((centred - own) ** 2).sum()) / max(freedom[1], 1), freedom


def _ratios(seen: float, freedom: tuple[int, int], level: float) -> list[float]:
    """The ratio of the variances as seen, and its bounds, the highest first."""
    from scipy.special import fdtri

    low, high = (seen / float(fdtri(*freedom, (1 + sign * level) / 2)) for sign in (1, -1))
    return [seen, high, low]


def _share(values: list[float], people: int, level: float) -> Estimate:
    """A share of luck and its bounds: not above the whole."""
    value, low, high = (min(max(share, 0.0), 1.0) for share in values)
    return Estimate(value, low, high, n=people, level=level, method="anova", unit="share")


def table(client: Client) -> pd.DataFrame:
    """Return one row an incentive: what decides it, and how much of that is luck, by one period and by all."""
    rows = []
    for item, name in _names(client).items():
        found = luck(figures(client, item), level=client.level)
        whole = {"people": found.people, "periods": found.periods}
        rows.append({"incentive": name, **whole, "one_period": found.one, "all_periods": found.together})
    return pd.DataFrame(rows, columns=["incentive", "people", "periods", "one_period", "all_periods"])


def league(client: Client) -> pd.DataFrame:
    """Return one row a person in the first incentive's item, best first: label and the value over all periods."""
    rows = figures(client)
    found = [{"label": str(person), **_overall(own, client.level).row()} for person, own in rows.groupby("person")]
    frame = pd.DataFrame(found, columns=["label", *ESTIMATE])
    return frame.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _overall(own: pd.DataFrame, level: float) -> Estimate:
    """One person's value over all periods: a share where the figures are shares of so many answers."""
    if own["n"].notna().all() and own["value"].between(0, 1).all():
        return shares.share(float((own["value"] * own["n"]).round().sum()), float(own["n"].sum()), level=level)
    return survey.mean(own["value"], level=level)


def _names(client: Client) -> dict:
    """Item → name of the incentive that it decides, or the item itself."""
    named = {each.item: plain(each.name) for each in client.engagement.governance.incentives}
    return {item: named.get(item, item) for item in measured(client)}


def claims(client: Client) -> list[Claim]:
    """Return for the first incentive how much of it is luck, or that it cannot be told."""
    found = table(client)
    if not len(found) or not found["one_period"].iloc[0].is_known:
        return [Claim("incentive-cannot-tell", {"people": int(found["people"].iloc[0]) if len(found) else 0})]
    return [Claim("incentive-luck", found.iloc[0].to_dict())]


def exhibits(client: Client) -> list[Exhibit]:
    """Return the table of incentives and the people's values over all periods."""
    return [
        Exhibit("incentive-luck", "table", table(client), Claim("reading.incentive-luck")),
        Exhibit("incentive-league", "dots", league(client), Claim("reading.incentive-league")),
    ]


def findings(client: Client) -> list[Finding]:
    """Return incentives that pay mostly for luck, and those whose figure nobody has."""
    known, found = measured(client), []
    for each in client.engagement.governance.incentives:
        where, name = f"{parts.FILES['governance']}: incentives[{each.id}]", {"incentive": plain(each.name)}
        if each.item not in known:
            found.append(Finding("note", "incentive-not-measured", f"{where}.item", name | {"item": each.item}))
            continue
        one = luck(figures(client, each.item), level=client.level).one
        if one.is_known and one.low is not None and one.low > _MOSTLY:
            found.append(Finding("mend", "incentive-luck", where, name | {"luck": one}))
    return found
