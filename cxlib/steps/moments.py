"""Moments of truth from the answers: which touchpoints pull the score of the whole up or down.

A touchpoint matters by how far it stands from the rest and by how many meet it. Its pull is both: reach × gap, the
points by which the total would move if this touchpoint were as good as the rest. The cost of failure asks within the
touchpoint: how much less do the dissatisfied recommend than the others who met it?
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.engagement.strategy import Touchpoint
from cxlib.measures.answers import SCALES
from cxlib.measures.estimate import ESTIMATE, Difference, Estimate
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import contrasts, hiding, metrics, parts
from cxlib.steps.client import Client

_METRICS = ("nps", "csat", "ces")
_COLUMNS = ["touchpoint", "id", "reach_share", "gap", "pull", "failure", "moment_of_truth", "grade"]


def asked(client: Client) -> tuple[str, str] | None:
    """Return metric and survey with most answers about touchpoints, recommendation before satisfaction and effort."""
    for metric in _METRICS:
        asked = metrics.surveys(client, metric)
        counts = {name: metrics.answers(client, metric, name=name, by=("touchpoint",))["n"].sum() for name in asked}
        if any(counts.values()):
            return metric, max(counts, key=counts.get)
    return None


def moments(client: Client) -> pd.DataFrame:
    """Return one row a touchpoint with answers, the strongest pull downwards first.

    Columns: touchpoint, id, reach_share (of the answers), gap (to all others), pull (reach × gap), failure (the
    dissatisfied against the others at this touchpoint), moment_of_truth (as the map has it) and grade of the gap.
    """
    found = asked(client)
    if not found:
        return pd.DataFrame(columns=_COLUMNS)
    metric, name = found
    reduced = metrics.answers(client, metric, name=name, by=("touchpoint",))
    total = int(reduced["n"].sum())
    rows = []
    secret = hiding.hidden(reduced.groupby("touchpoint")["n"].sum(), min_n=client.min_n)
    for point, one in reduced.groupby("touchpoint"):
        gap = contrasts.contrast(client, metric, name=name, first=one, second=reduced[reduced["touchpoint"] != point])
        gap = hiding.partner(gap) if secret[point] and gap.is_known else gap
        reach = int(one["n"].sum()) / total
        rows.append({"id": str(point), "reach_share": reach, "gap": gap, "pull": _scaled(gap, reach)})
    return _finished(client, pd.DataFrame(rows), name)


def _finished(client: Client, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Names, marks, grades and the cost of failure beside the pulls."""
    points: dict[str, Touchpoint] = {point.id: point for point in client.engagement.journey.touchpoints}
    names = named(points.values())
    table = table.assign(
        touchpoint=[names.get(point, point) for point in table["id"]],
        failure=_failures(client, table["id"], name),
        moment_of_truth=[point in points and points[point].moment_of_truth for point in table["id"]],
        grade=contrasts.grades(list(table["gap"])),
    )
    order = sorted(range(len(table)), key=lambda row: _order(table["pull"].iloc[row]))
    return table.iloc[order].reset_index(drop=True)[_COLUMNS]


def _order(pull: Estimate) -> tuple[bool, float]:
    """The unknown last, the strongest pull downwards first."""
    return not pull.is_known, pull.value or 0.0


def _scaled(gap: Difference, reach: float) -> Estimate:
    """What a gap does to the total: gap × reach."""
    if not gap.is_known or gap.low is None or gap.high is None:
        return contrasts.plain(gap)
    return replace(contrasts.plain(gap), value=gap.value * reach, low=gap.low * reach, high=gap.high * reach)


def _failures(client: Client, points: pd.Series, name: str) -> list[Estimate]:
    """For each touchpoint: how much less the dissatisfied recommend than the others there."""
    scale = metrics.instrument(client, name, "csat")
    counts = metrics.answers(client, "nps", name=name, by=("touchpoint", "csat"))
    low, high = SCALES.get(scale or "", (0, 0))
    counts = counts if scale and metrics.instrument(client, name, "nps") else counts.iloc[:0]
    failed = counts["csat"].astype(float) < (low + high) / 2
    counts = counts.assign(failed=failed).groupby(["touchpoint", "failed", "score"], as_index=False)["n"].sum()
    sides = [counts[counts["failed"] == failed] for failed in (True, False)]
    return [
        contrasts.plain(
            contrasts.contrast(
                client,
                "nps",
                name=name,
                first=sides[0][sides[0]["touchpoint"] == point],
                second=sides[1][sides[1]["touchpoint"] == point],
            )
        )
        for point in points
    ]


def claims(client: Client, table: pd.DataFrame) -> list[Claim]:
    """Return which touchpoint pulls the total down most, or that they are alike, or that it cannot be told."""
    known = table[[gap.is_known for gap in table["gap"]]]
    found = asked(client)
    if not found or len(known) < 2:
        return [Claim("touchpoints-cannot-tell", {"measured": len(known)})]
    metric = Term(f"metric.{found[0]}")
    clear = known[known["grade"] == "clear"]
    down = [row for row in clear.itertuples() if row.pull.value < 0]
    if not len(clear):
        return [Claim("touchpoints-alike", {"metric": metric, "compared": len(known)})]
    if not down:
        return []
    first = down[0]
    values = {"touchpoint": first.touchpoint, "pull": first.pull, "gap": contrasts.plain(first.gap), "metric": metric}
    return [Claim("touchpoint-pulls", values | {"reach": first.reach_share})]


def exhibits(table: pd.DataFrame) -> list[Exhibit]:
    """Return the pulls as a picture, and everything behind them as a table."""
    dots = pd.DataFrame(
        [{"label": row.touchpoint} | contrasts.in_points(row.pull).row() for row in table.itertuples()],
        columns=["label", *ESTIMATE],
    )
    shown = table.drop(columns=["id", "grade"]).assign(
        gap=[contrasts.plain(gap) for gap in table["gap"]],
        how_sure=[contrasts.grade(name) for name in table["grade"]],
    )
    return [
        Exhibit("touchpoint-pulls", "dots", dots, Claim("reading.touchpoint-pulls")),
        Exhibit("moments-of-truth", "table", shown, Claim("reading.moments-of-truth")),
    ]


def findings(table: pd.DataFrame, points: list[Touchpoint]) -> list[Finding]:
    """Return a note for every touchpoint of the map that clearly pulls down and is not marked as a moment of truth."""
    known = {point.id for point in points}
    return [
        Finding(
            "note",
            "moment-not-marked",
            f"{parts.FILES['journey']}: touchpoints[{row.id}].moment_of_truth",
            {"touchpoint": row.touchpoint, "pull": row.pull},
        )
        for row in table.itertuples()
        if row.grade == "clear" and row.pull.value < 0 and not row.moment_of_truth and row.id in known
    ]
