"""What can be seen of a number, and where it is heading if nothing new is done.

The smallest change that would show belongs to the survey, not to the client: no target should be closer than that.
The chance to meet a target carries the past on; it is not a forecast of what an improvement will do, but a goal that
history alone would meet is no ambition, and one that history makes next to impossible needs more than hope.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import KpiGoal
from cxlib.measures.detect import detectable_change
from cxlib.measures.estimate import ESTIMATE, Estimate, cannot_tell
from cxlib.measures.forecasts import target_met
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client
from cxlib.words import dates

BEST = {"points": 100.0, "share": 1.0, "minutes": 0.0}
"""The best value possible, by unit."""
EVEN = 0.5
_LEAST = 8


@dataclass(frozen=True)
class Prospect:
    """A goal with its value now, its course by month (months without enough answers left out), and its chance."""

    goal: KpiGoal
    now: Estimate
    months: pd.Series
    chance: Estimate


def prospect(client: Client, goal: KpiGoal) -> Prospect:
    """Return where a goal's number stands and where it is heading."""
    now = metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage)
    months = (
        course(client, goal.metric, name=goal.survey, stage=goal.stage)["value"]
        if now.is_known
        else pd.Series(dtype=float)
    )
    return Prospect(goal, now, months.dropna(), chance(client, goal, months))


def course(client: Client, metric: str, *, name: str | None = None, stage: str | None = None) -> pd.DataFrame:
    """Return a metric month by month, empty where the answers have no day."""
    if metric in metrics.SURVEY_METRICS and not client.has("responses", "answered_at"):
        return pd.DataFrame(columns=["month", *ESTIMATE])
    return metrics.by_month(client, metric, name=name, stage=stage)


def chance(client: Client, goal: KpiGoal, months: pd.Series) -> Estimate:
    """Return the probability that a goal is met by its date if its months go on as before.

    Parameters
    ----------
    client, goal
        The client, and a goal with target and date.
    months
        One value a month up to the reference date, missing where too few answered.
    """
    due, known = client.day(goal.due), months.dropna()
    if goal.target is None or due is None or due <= client.as_of:
        return cannot_tell("no-date-ahead", n=len(known), unit="share", level=client.level)
    left = len(dates.months(client.as_of, due, client.calendar)) - 1
    ahead = max(1, round(left * len(known) / max(len(months), 1)))
    down = goal.metric in metrics.LOWER_IS_BETTER
    ceiling = None if down else BEST[metrics.UNITS[goal.metric]]
    direction = "decrease" if down else "increase"
    series = known.to_numpy(float)
    return target_met(series, ahead=ahead, target=goal.target, direction=direction, ceiling=ceiling, least=_LEAST)


def detectable(client: Client, now: Estimate) -> Estimate:
    """Return the smallest change that a second survey of the same size would show, four times in five."""
    unit = "share_points" if now.unit == "share" else now.unit
    smallest = detectable_change(now)
    if smallest is None:
        return cannot_tell("no-interval", n=now.n, unit=unit, level=client.level)
    return Estimate(smallest, level=client.level, unit=unit, reason="from-interval")


def table(client: Client, prospects: list[Prospect]) -> pd.DataFrame:
    """Return one row a goal: value now, target, date, the smallest change that would show, and the chance."""
    rows = [
        {
            "name": plain(found.goal.name),
            "now": found.now,
            "target": metrics.target(client, found.goal),
            "due": client.day(found.goal.due),
            "detectable": detectable(client, found.now),
            "chance": found.chance,
        }
        for found in prospects
    ]
    return pd.DataFrame(rows, columns=["name", "now", "target", "due", "detectable", "chance"])


def exhibit(client: Client, prospects: list[Prospect]) -> Exhibit:
    """Return the table of the goals' prospects."""
    return Exhibit("goal-prospects", "table", table(client, prospects), Claim("reading.goal-prospects"))


def claims(prospects: list[Prospect]) -> list[Claim]:
    """Return how many goals would be met at even odds or better if nothing new is done."""
    known = [found for found in prospects if found.chance.is_known]
    if not known:
        return []
    likely = sum(found.chance.value >= EVEN for found in known)
    return [Claim("goals-likely", {"likely": likely, "total": len(known)})]


def smallest(client: Client) -> list[Claim]:
    """Return the smallest change of the headline NPS that would show."""
    name = metrics.main_survey(client)
    now = metrics.value(client, "nps", name=name) if name else cannot_tell("no-answers")
    found = detectable(client, now)
    return [Claim("detectable-nps", {"detectable": found, "metric": Term("metric.nps"), "n": now.n})] * found.is_known
