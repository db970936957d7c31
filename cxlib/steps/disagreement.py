"""How far the raters of the vision agree, and who stands apart from whom.

A mean of few opinions hides a quarrel. Agreement is measured against what chance would give (Krippendorff's alpha).
With four qualities, most of them liked, alpha says little and its interval cannot be trusted: then it is shown without
one, and what can be said is who stands how far from whom.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.measures import raters, survey
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps.client import Client
from cxlib.words.catalogue import has

ENOUGH = 10
"""Rated qualities from which the interval of alpha is worth showing: with 4 it holds the truth in 6 of 10 cases."""
_DRAWS = 300


def table(client: Client, thing: str) -> pd.DataFrame:
    """Return what each rater says of a rated thing: one row a quality, one column a rater."""
    rows = client.columns("ratings", "object", "quality", "score", "rater")
    rows = rows[rows["object"] == thing]
    return rows.pivot_table(index="quality", columns="rater", values="score", aggfunc="last").astype(float)


def agreement(client: Client, said: pd.DataFrame) -> Estimate:
    """Return Krippendorff's alpha of the raters, without an interval where they rated few qualities."""
    if said.shape[1] < 2:
        return cannot_tell("raters-few", n=said.shape[1], level=client.level, unit="ratio", needs=2)
    shared = said[said.notna().sum(axis=1) >= 2]
    if len(shared) >= ENOUGH:
        return raters.agreement(shared.T, level=client.level, draws=_DRAWS, seed=client.seed)
    known = raters.krippendorff(shared.T) if len(shared) else None
    return Estimate(known, n=len(shared), level=client.level, unit="ratio", reason="objects-few", needs=ENOUGH)


def verdict(alpha: Estimate) -> str:
    """Return ``agree`` or ``apart`` if the whole interval says so, else ``cannot-tell``."""
    if alpha.low is None or alpha.high is None:
        return "cannot-tell"
    if raters.strength(alpha.low) == "good":
        return "agree"
    return "apart" if raters.strength(alpha.high) == "poor" else "cannot-tell"


def distance(said: pd.DataFrame, *, one: str, other: str, level: float) -> Estimate:
    """Return by how many points two raters differ on average, whichever way."""
    apart = survey.mean((said[one] - said[other]).abs().dropna(), level=level)
    return apart if apart.low is None else replace(apart, low=max(0.0, apart.low))


def pairs(client: Client, said: pd.DataFrame) -> list[tuple[Estimate, str, str]]:
    """Return every two raters who scored something in common and their distance, the furthest apart first.

    The furthest of many pairs is far by luck too, so the level is shared between the pairs (Bonferroni).
    """
    both = list(combinations(said, 2))
    level = 1 - (1 - client.level) / max(len(both), 1)
    found = [(distance(said, one=one, other=other, level=level), one, other) for one, other in both]
    return sorted((pair for pair in found if pair[0].is_known), key=lambda pair: -pair[0].value)


def by_rater(client: Client, said: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rater: how much higher than the others they score, from whom they are furthest and by what."""
    known, name = pairs(client, said), names(client)
    rows = []
    for rater in said:
        higher = survey.mean((said[rater] - said.drop(columns=rater).mean(axis=1)).dropna(), level=client.level)
        mine = next((pair for pair in known if rater in pair[1:]), None)
        if mine:
            apart, one, other = mine
            furthest = name[other if rater == one else one]
            rows.append({"rater": name[rater], "higher": higher, "furthest": furthest, "distance": apart})
    return pd.DataFrame(rows, columns=["rater", "higher", "furthest", "distance"])


def names(client: Client) -> dict[str, Any]:
    """Return how readers call each rater: the seat in governance, a word of ours for the role, or the id."""
    rows, seats = client.table("ratings"), named(client.engagement.governance.roles)
    roles = dict(zip(rows["rater"], rows["role"], strict=True)) if {"rater", "role"} <= set(rows.columns) else {}
    return {rater: _seat(str(roles.get(rater, rater)), seats) for rater in rows.get("rater", pd.Series(dtype=str))}


def _seat(role: str, seats: dict[str, Any]) -> Any:
    known = seats.get(role) or seats.get(role.replace("_", "-"))
    return known or (Term(f"rater.{role}") if has(f"rater.{role}") else role)


def claims(client: Client, said: pd.DataFrame) -> list[Claim]:
    """Return whether the raters agree, and which two are furthest apart."""
    if said.empty:
        return []
    alpha = agreement(client, said)
    values = {"alpha": alpha, "raters": said.shape[1], "qualities": len(said)}
    found = [Claim(f"raters-{verdict(alpha)}", values)]
    for apart, one, other in pairs(client, said)[:1]:
        name = names(client)
        found.append(Claim("raters-furthest", {"one": name[one], "other": name[other], "distance": apart}))
    return found


def exhibits(client: Client, said: pd.DataFrame) -> list[Exhibit]:
    """Return the table of raters and how far each stands from the others."""
    return [Exhibit("raters", "table", by_rater(client, said), Claim("reading.raters"))]
