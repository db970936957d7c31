"""The value of a metric now: one place, so that every step and every report shows the same number.

A survey metric is pooled only within one survey, because wording, scale and mode must be the same. Retention and
churn are counted from customer ids over the last twelve months before the reference date; service times keep open
tickets in the count.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from cxlib.engagement.strategy import KpiGoal
from cxlib.measures import retention, scores, service, survey
from cxlib.measures.estimate import ESTIMATE, Estimate, cannot_tell
from cxlib.measures.worktime import WorkingTime
from cxlib.section import Term
from cxlib.steps.client import Client, once
from cxlib.words import dates
from cxlib.words.catalogue import has

SURVEY_METRICS = ("nps", "csat", "ces")
UNITS = {
    "nps": "points",
    "csat": "share",
    "ces": "share",
    "crr": "share",
    "churn": "share",
    "first_response": "minutes",
    "resolution": "minutes",
}
LOWER_IS_BETTER = ("churn", "first_response", "resolution")
_DONE = {"first_response": "first_reply_at", "resolution": "resolved_at"}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEAR = dt.timedelta(days=365)


def instrument(client: Client, name: str, metric: str) -> str | None:
    """Return the scale with which a survey asks for a metric, for example ``ces2``; None if it does not ask."""
    asked = client.engagement.setup.surveys.get(name)
    return getattr(asked.instruments, metric) if asked else None


def surveys(client: Client, metric: str) -> list[str]:
    """Return the surveys that ask for a metric and have answers to it."""
    answered = _answered(client, metric)
    return [name for name in client.engagement.setup.surveys if name in answered and instrument(client, name, metric)]


@once
def _answered(client: Client, metric: str) -> dict[str, int]:
    """Survey → how many answers it has to a metric."""
    rows = client.table("responses")
    here = {metric, "survey"} <= set(rows.columns)
    found = [rows.loc[rows[metric].notna(), "survey"].value_counts()] if here else [pd.Series(dtype="int64")]
    for part in client.parts("responses", metric, "survey"):
        found.append(part.reduced(metric, by=("survey",)).groupby("survey")["n"].sum())
    counts = pd.concat(found)
    return counts.groupby(level=0).sum().astype(int).to_dict()


def given(client: Client, metric: str, *, name: str | None = None) -> pd.Series:
    """Return the single answers to a metric in one survey, the one with most answers if none is named.

    Answers that live elsewhere are written out from their counts, in order of the scores.
    """
    rows, name = client.columns("responses", metric, "survey"), name or main_survey(client, metric)
    here = rows.loc[rows["survey"] == name, metric].reset_index(drop=True)
    parts = client.parts("responses", metric, "survey")
    if not parts:
        return here
    counted = pd.concat([part.reduced(metric, by=("survey",)) for part in parts])
    counted = counted[counted["survey"] == name]
    there = np.repeat(counted["score"].to_numpy(), counted["n"])
    return pd.Series(np.concatenate([here.to_numpy(float), there]), name=metric)


@once
def answers(
    client: Client, metric: str, *, name: str, by: tuple[str, ...] = (), day: bool = False, every: str = "day"
) -> pd.DataFrame:
    """Return the reduced scores of one survey: by…, day, score, n, w, w2 (see `cxlib.measures.scores`).

    Answers that live elsewhere are counted there.
    """
    columns, when = (metric, "survey", *by, *["answered_at"] * day), "answered_at" if day else None
    rows, parts = client.columns("responses", *columns), client.parts("responses", *columns)
    here = rows[rows["survey"] == name]
    found = [scores.reduce(here, score=metric, by=by, day=when, every=every)] if len(here) or not parts else []
    for part in parts:
        counted = part.reduced(metric, by=("survey", *by), day=when, every=every)
        found.append(counted[counted["survey"] == name].drop(columns="survey").reset_index(drop=True))
    return scores.pooled(found, by=[*by, *["day"] * day, "score"])


def value(client: Client, metric: str, *, name: str | None = None, stage: str | None = None) -> Estimate:
    """Return the metric's value at the reference date.

    Parameters
    ----------
    client
        The client and the period.
    metric
        One of `UNITS`.
    name
        The survey; needed only where several surveys ask for the metric.
    stage
        Only answers about this stage of the journey.
    """
    if metric in SURVEY_METRICS:
        return _survey_value(client, metric, name, stage)
    if metric in _DONE:
        return _service_value(client, metric)
    return _retention_value(client, metric)


def _retention_value(client: Client, metric: str) -> Estimate:
    """Who stayed or left in the last twelve months; customers who live elsewhere are counted there."""
    columns, start = ["joined_on", "left_on"], client.as_of - _YEAR
    here, parts = client.table("customers"), client.parts("customers", *columns)
    if not parts and not set(columns) <= set(here.columns):
        return cannot_tell("no-customers", unit="share", level=client.level)
    counts = [part.spells(start, client.as_of) for part in parts]
    there = [table.loc[table.index.repeat(table["n"]), columns] for table in counts]
    spells = pd.concat([here.reindex(columns=columns).astype("datetime64[us]"), *there], ignore_index=True)
    rate = retention.retention_rate if metric == "crr" else retention.churn_rate
    return rate(spells["joined_on"], spells["left_on"], start=start, end=client.as_of, level=client.level)


def _survey_value(client: Client, metric: str, name: str | None, stage: str | None) -> Estimate:
    """One survey's score; refused where it would pool several."""
    asked = [name] if name else surveys(client, metric)
    if len(asked) > 1:
        return cannot_tell("several-surveys", unit=UNITS[metric], level=client.level)
    if not asked or not instrument(client, asked[0], metric):
        return cannot_tell("no-answers", unit=UNITS[metric], level=client.level)
    reduced = answers(client, metric, name=asked[0], by=("stage",) if stage else ())
    return _score(client, metric, asked[0], reduced[reduced["stage"] == stage] if stage else reduced)


def _score(client: Client, metric: str, name: str, reduced: pd.DataFrame) -> Estimate:
    """The estimate of reduced scores, hidden where too few answered."""
    n = int(reduced["n"].sum())
    if n < client.min_n:
        return cannot_tell("too-few", n=n, unit=UNITS[metric], level=client.level, needs=client.min_n)
    measure = survey.MEASURES[instrument(client, name, metric)]
    return measure(reduced["score"], counts=reduced["n"], level=client.level)


def _service_value(client: Client, metric: str) -> Estimate:
    """The median in working time, open tickets in the count."""
    if "tickets" in client.elsewhere:
        return cannot_tell("rows-elsewhere", unit="minutes", level=client.level)
    return _median(client, _clocked(client, metric))


def _median(client: Client, tickets: pd.DataFrame) -> Estimate:
    """The median of tickets on the working clock."""
    end = working_time(client).moments(pd.Series([_end(client)])).iloc[0]
    return service.time_to(tickets["opened"], tickets["done"], as_of=end.to_pydatetime(), level=client.level)


def closed_minutes(client: Client, metric: str) -> pd.Series:
    """Return the working minutes that closed tickets took: what a naive mean is made of."""
    tickets = _clocked(client, metric).dropna()
    return (tickets["done"] - tickets["opened"]) / pd.Timedelta(minutes=1)


@once
def _clocked(client: Client, metric: str) -> pd.DataFrame:
    """Opening day, and opening and end on the working clock: columns day, opened, done; empty without such tickets."""
    tickets = people_tickets(client)
    if not {"opened_at", _DONE[metric]} <= set(tickets.columns):
        return pd.DataFrame({"day": [], "opened": [], "done": []}, dtype="datetime64[us]")
    clock, known = working_time(client), tickets[_DONE[metric]].where(lambda done: done < _end(client))
    opened, done = clock.moments(tickets["opened_at"]), clock.moments(known)
    return pd.DataFrame({"day": tickets["opened_at"], "opened": opened, "done": done})


def _end(client: Client) -> pd.Timestamp:
    """The end of the reference date."""
    return pd.Timestamp(client.as_of) + pd.Timedelta(days=1)


def working_time(client: Client) -> WorkingTime:
    """Return when the client works, from engagement.yaml."""
    setup = client.engagement.setup
    start, end = (60 * int(text[:2]) + int(text[3:]) for text in (setup.working_hours.start, setup.working_hours.end))
    off = [(client.day(item.start), client.day(item.end or item.start)) for item in setup.holidays]
    holidays = {day.date() for first, last in off for day in pd.date_range(first, last)}
    return WorkingTime(start, end, tuple(_WEEKDAYS.index(day) for day in setup.weekend), holidays)


def people_tickets(client: Client) -> pd.DataFrame:
    """Return the tickets that people answered: those that a bot closed are left out."""
    tickets = client.table("tickets")
    return tickets[~tickets["by_bot"].fillna(False).astype(bool)] if "by_bot" in tickets else tickets


def all_values(client: Client) -> list[tuple[str, str | None, Estimate]]:
    """Return (metric, survey or None, value) for every metric that this client has data for."""
    found = [
        (metric, name, value(client, metric, name=name))
        for metric in SURVEY_METRICS
        for name in surveys(client, metric)
    ]
    others = [(metric, None, value(client, metric)) for metric in UNITS if metric not in SURVEY_METRICS]
    return found + [row for row in others if row[2].is_known]


def good_change(metric: str, before: float, after: float) -> bool:
    """Tell whether going from `before` to `after` is an improvement of this metric."""
    return (after < before) == (metric in LOWER_IS_BETTER) and after != before


def channel(name: str) -> Term | str:
    """Return a channel as a word of ours where the catalogue knows it, else as the client calls it."""
    return Term(f"channel.{name}") if has(f"channel.{name}") else name


def has_stage(client: Client, goal: KpiGoal) -> bool:
    """Tell whether a goal belongs to one stage; retention and relationship surveys are about the whole journey."""
    asked = client.engagement.setup.surveys.get(goal.survey or "")
    return goal.metric not in ("crr", "churn") and not (asked and asked.kind == "relationship")


def target(client: Client, goal: KpiGoal) -> Estimate | None:
    """Return a goal's target in the metric's unit; a decision, so without n or interval."""
    if goal.target is None:
        return None
    return Estimate(goal.target, level=client.level, unit=UNITS[goal.metric], reason="decision")


def main_survey(client: Client, metric: str = "nps") -> str | None:
    """Return the survey with most answers to a metric, None if none asks."""
    asked = surveys(client, metric) if metric in SURVEY_METRICS else []
    return max(asked, key=_answered(client, metric).get, default=None)


@once
def by_month(client: Client, metric: str, *, name: str | None = None, stage: str | None = None) -> pd.DataFrame:
    """Return one row a month of the engagement's calendar: month and the estimate, empty for retention and churn."""
    months = dates.months(client.first_day, client.as_of, client.calendar)
    rows: list[dict] = []
    if metric in SURVEY_METRICS:
        rows = _survey_months(client, metric, name, stage, months)
    elif metric in _DONE:
        rows = _service_months(client, metric, months)
    table = pd.DataFrame(rows, columns=list(ESTIMATE))
    return table.assign(month=[month.text for month in months][: len(table)])


def _service_months(client: Client, metric: str, months: list[dates.Period]) -> list[dict]:
    """One estimate a month of opening; the tickets are put on the working clock once."""
    tickets = _clocked(client, metric)
    days = tickets["day"].dt.date
    monthly = [tickets[(days >= month.start) & (days <= month.end)] for month in months]
    return [_median(client, part).row() for part in monthly]


def _survey_months(
    client: Client, metric: str, name: str | None, stage: str | None, months: list[dates.Period]
) -> list[dict]:
    """One estimate a month from the reduced scores: the answers are read once."""
    asked = name or main_survey(client, metric)
    if not asked or not instrument(client, asked, metric):
        return []
    every = "month" if client.calendar == "gregorian" else "day"
    reduced = answers(client, metric, name=asked, by=("stage",) if stage else (), day=True, every=every)
    reduced = reduced[reduced["stage"] == stage] if stage else reduced
    days = reduced["day"].dt.date
    monthly = [reduced[(days >= month.start) & (days <= month.end)] for month in months]
    return [_score(client, metric, asked, part).row() for part in monthly]
