"""Step 4, SMART KPIs: what the numbers are now, with their noise, and whether the goals can be believed.

A goal such as "75 to 85" says nothing until it has a scale, a population and a date, and until enough customers are
asked that ten points can be told from luck. What moves the outcome, and whether anything moved, stand beside it.
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.measures import survey
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import drivers, hiding, metrics, movements, parts, pointers, prospects, smart
from cxlib.steps.client import Client

STEP = "kpis"


def section(client: Client) -> Section:
    """Return the section of step 4: measures, drivers, what moved, and the goals with five verdicts each."""
    judged = smart.judged(client)
    seen = [found.prospect for found in judged]
    goals = smart.table(client, judged)
    name = metrics.main_survey(client)
    sheets = drivers.battery(client)
    driving, moving, split = drivers.drivers(client, sheets), movements.movements(client), movements.moved(client)
    exhibits = [
        Exhibit("kpi-values", "table", values(client), Claim("reading.kpi-values")),
        *_pictures(client, name),
        *drivers.exhibits(driving),
        *movements.exhibits(moving, split),
        Exhibit("smart-goals", "table", goals, Claim("reading.smart-goals")),
        prospects.exhibit(client, seen),
    ]
    claims = [*_headline(client, name), *prospects.smallest(client), *_service(client)]
    claims += [*drivers.claims(sheets, driving), *drivers.together(client, sheets)]
    claims += movements.claims(client, moving, split)
    claims += [_smart(goals), *prospects.claims(seen)]
    decisions = {"goals": [plain(goal.name) for goal in client.engagement.kpis.goals]}
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=_found(client, judged), decisions=decisions)


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful in the goals: every letter of SMART that is not passed."""
    return _found(client, smart.judged(client))


def _found(client: Client, judged: list[smart.Judged]) -> list[Finding]:
    """The findings of goals that are judged already."""
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    return found + smart.findings(judged)


def _pictures(client: Client, name: str | None) -> list[Exhibit]:
    """The NPS of the main survey: its answers, months and channels."""
    if not name:
        return []
    return [
        Exhibit("nps-histogram", "histogram", histogram(client, name), Claim("reading.nps-histogram")),
        Exhibit("nps-by-month", "line", prospects.course(client, "nps", name=name), Claim("reading.nps-by-month")),
        Exhibit("nps-by-channel", "dots", by_channel(client, name), Claim("reading.nps-by-channel")),
    ]


def values(client: Client) -> pd.DataFrame:
    """Return one row a metric and survey: value now, smallest change that would show, how the interval was made."""
    asked = client.engagement.setup.surveys
    rows = [
        {
            "metric": Term(f"metric.{metric}"),
            "survey": plain(asked[name].name) if name else "",
            "now": now,
            "detectable": prospects.detectable(client, now),
            "method": Term(f"method.{now.method}") if now.method else "",
        }
        for metric, name, now in metrics.all_values(client)
    ]
    return pd.DataFrame(rows, columns=["metric", "survey", "now", "detectable", "method"])


def histogram(client: Client, name: str) -> pd.DataFrame:
    """Return how many gave each score from 0 to 10 in one survey: columns score and n."""
    reduced = metrics.answers(client, "nps", name=name)
    counts = reduced.groupby("score")["n"].sum().reindex(range(11), fill_value=0)
    return pd.DataFrame({"score": range(11), "n": counts.astype(int).to_list()})


def by_channel(client: Client, name: str) -> pd.DataFrame:
    """Return one row a channel: label and NPS, small channels without a value."""
    reduced = metrics.answers(client, "nps", name=name, by=("channel",))
    table = survey.by(reduced, groups=["channel"], instrument="nps", level=client.level, min_n=client.min_n)
    table = hiding.shown(table, min_n=client.min_n)
    table = table.rename(columns={"channel": "label"}).sort_values("label", ignore_index=True)
    return table.assign(label=[metrics.channel(name) for name in table["label"]])


def _headline(client: Client, name: str | None) -> list[Claim]:
    """NPS of the main survey, or that there is none."""
    if not name:
        return [Claim("nps-cannot-tell")]
    asked = plain(client.engagement.setup.surveys[name].name) or name
    return [Claim("nps-overall", {"nps": metrics.value(client, "nps", name=name), "survey": asked})]


def _service(client: Client) -> list[Claim]:
    """First response and resolution, with the tickets that are still open."""
    tickets = metrics.people_tickets(client)
    if not {"opened_at", "resolved_at"} <= set(tickets.columns):
        return []
    first, resolution = (metrics.value(client, metric) for metric in ("first_response", "resolution"))
    open_now = int(tickets["resolved_at"].isna().sum())
    return [
        Claim("service-times", {"first": first, "resolution": resolution, "open": open_now, "tickets": len(tickets)})
    ]


def _smart(goals: pd.DataFrame) -> Claim:
    """How many goals pass all five letters."""
    passed = (goals[list(smart.LETTERS)] == Term("verdict.pass")).all(axis=1)
    return Claim("smart-passed", {"passed": int(passed.sum()), "total": len(goals)})
