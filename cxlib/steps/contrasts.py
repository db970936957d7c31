"""Two sets of answers to one question side by side: how far apart, and whether luck explains it.

Every comparison that was made is kept, the dull ones too, because the control of false finds needs to know how many
there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from cxlib.measures import change, survey
from cxlib.measures.estimate import Difference, Estimate
from cxlib.section import Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

RATE = 0.05
"""Share of false finds among those called clear."""


def contrast(client: Client, metric: str, *, name: str, first: pd.DataFrame, second: pd.DataFrame) -> Difference:
    """Return how much higher a survey metric is in the first reduced scores than in the second.

    Parameters
    ----------
    client
        For level and minimum n.
    metric, name
        The metric and the survey that asks for it.
    first, second
        Reduced scores: columns score and n. The difference is first minus second.
    """
    unit = "points" if metric == "nps" else "share_points"
    fewest = int(min(first["n"].sum(), second["n"].sum()))
    if fewest < client.min_n:
        return Difference(None, n=fewest, level=client.level, unit=unit, reason="too-few", needs=client.min_n)
    counted = {"counts": first["n"], "other_counts": second["n"], "level": client.level}
    if metric == "nps":
        return survey.nps_difference(first["score"], second["score"], **counted)
    asked = metrics.instrument(client, name, metric)
    found = survey.good_difference(first["score"], second["score"], instrument=asked, **counted)
    return replace(found, unit=unit)


def grades(differences: Sequence[Difference]) -> list[str]:
    """Return for each of all the comparisons made: ``clear``, ``probable``, ``noise`` or ``cannot-tell``."""
    return list(change.graded(list(differences), rate=RATE)["grade"]) if differences else []


def grade(name: str) -> Term:
    """Return a grade as a word of the catalogue."""
    return Term(f"grade.{name}")


def plain(difference: Difference) -> Estimate:
    """Return a difference as an estimate, without its test: what a cell shows."""
    row = difference.row()
    row.pop("p_value")
    return Estimate(**row)


def in_points(known: Estimate) -> Estimate:
    """Return a difference of shares as plain points, 100 of a share, for pictures whose title names the unit."""
    if known.unit != "share_points":
        return known
    value, low, high = (None if part is None else 100 * part for part in (known.value, known.low, known.high))
    return replace(known, value=value, low=low, high=high, unit="points")
