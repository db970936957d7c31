"""Step 1, vision and principles: how customers should feel, and whether that promise can be measured.

A vision that works is inspiring, measurable, aligned with the company's goals and simple. Inspiring is for people to
say, so several raters score it; measurable is a fact: every promised feeling needs a KPI with a baseline or an item.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from cxlib.engagement.fields import Local, named, plain, text
from cxlib.engagement.strategy import Feeling
from cxlib.measures import survey
from cxlib.measures.estimate import Estimate
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import disagreement, metrics, parts, pointers
from cxlib.steps.client import Client

STEP = "vision"
QUALITIES = ("inspiring", "measurable", "aligned", "simple")
_SCALE = (1, 5)
_LONG_SENTENCE, _LONG_STATEMENT = 25, 40


def section(client: Client) -> Section:
    """Return the section of step 1: the promise, its links to measures and goals, and the four qualities."""
    vision = client.engagement.vision
    said = disagreement.table(client, STEP)
    linked = [feeling for feeling in vision.feelings if is_measurable(client, feeling)]
    covered = {goal for feeling in vision.feelings for goal in feeling.goals}
    aligned = [goal for goal in vision.goals if goal.id in covered]
    claims = [
        Claim("vision-measurable", {"linked": len(linked), "total": len(vision.feelings)}),
        Claim("vision-aligned", {"covered": len(aligned), "total": len(vision.goals)}),
        Claim("vision-simple", readability(vision.statement)),
        *disagreement.claims(client, said),
    ]
    exhibits = [
        Exhibit("vision-links", "table", links(client), Claim("reading.vision-links")),
        Exhibit("vision-goals", "table", goal_matrix(client), Claim("reading.vision-goals")),
        Exhibit("vision-principles", "table", principles(client), Claim("reading.vision-principles")),
        Exhibit("vision-qualities", "table", ratings(client), Claim("reading.vision-qualities")),
        *disagreement.exhibits(client, said),
    ]
    decisions = {"statement": plain(vision.statement), "principles": [plain(item.name) for item in vision.principles]}
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=check(client), decisions=decisions)


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful in the vision."""
    vision = client.engagement.vision
    file = parts.FILES[STEP]
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    for feeling in vision.feelings:
        if not is_measurable(client, feeling):
            where = f"{file}: feelings[{feeling.id}].kpis"
            found.append(Finding("mend", "promise-not-measurable", where, {"feeling": plain(feeling.name)}))
    covered = {goal for feeling in vision.feelings for goal in feeling.goals}
    for goal in vision.goals:
        if goal.id not in covered:
            where = f"{file}: goals[{goal.id}]"
            found.append(Finding("mend", "goal-not-served", where, {"goal": plain(goal.name)}))
    return found + _too_long(client)


def _too_long(client: Client) -> list[Finding]:
    """A statement that people will not remember."""
    length = readability(client.engagement.vision.statement)
    if length["words"] <= _LONG_STATEMENT and length["longest"] <= _LONG_SENTENCE:
        return []
    return [Finding("note", "vision-too-long", f"{parts.FILES[STEP]}: statement", length | {"limit": _LONG_STATEMENT})]


def is_measurable(client: Client, feeling: Feeling) -> bool:
    """Tell whether a promised feeling has a survey item, or a KPI goal with a baseline."""
    goals = {goal.id: goal for goal in client.engagement.kpis.goals}
    return bool(feeling.items) or any(goals[kpi].baseline is not None for kpi in feeling.kpis if kpi in goals)


def links(client: Client) -> pd.DataFrame:
    """Return one row a promised feeling and KPI goal: what shows it, and its value now."""
    goals = {goal.id: goal for goal in client.engagement.kpis.goals}
    rows = []
    for feeling in client.engagement.vision.feelings:
        for goal in [goals[kpi] for kpi in feeling.kpis if kpi in goals] or [None]:
            now = metrics.value(client, goal.metric, name=goal.survey, stage=goal.stage) if goal else None
            shown = plain(goal.name) if goal else ", ".join(feeling.items)
            verdict = Term("verdict.pass" if is_measurable(client, feeling) else "verdict.fail")
            rows.append({"feeling": plain(feeling.name), "kpi": shown, "now": now, "measurable": verdict})
    return pd.DataFrame(rows, columns=["feeling", "kpi", "now", "measurable"])


def goal_matrix(client: Client) -> pd.DataFrame:
    """Return one row a company goal: the feelings that serve it."""
    feelings = client.engagement.vision.feelings
    rows = []
    for goal in client.engagement.vision.goals:
        serving = [plain(feeling.name) for feeling in feelings if goal.id in feeling.goals]
        verdict = Term("verdict.pass" if serving else "verdict.fail")
        rows.append({"goal": plain(goal.name), "feelings": serving, "aligned": verdict})
    return pd.DataFrame(rows, columns=["goal", "feelings", "aligned"])


def principles(client: Client) -> pd.DataFrame:
    """Return one row a principle: its standard, its metric's value now, its owner."""
    roles = named(client.engagement.governance.roles)
    rows = [
        {
            "principle": plain(item.name),
            "standard": plain(item.standard),
            "metric": Term(f"metric.{item.metric}") if item.metric else None,
            "now": _now(client, item.metric) if item.metric else None,
            "owner": roles.get(item.owner, ""),
        }
        for item in client.engagement.vision.principles
    ]
    return pd.DataFrame(rows, columns=["principle", "standard", "metric", "now", "owner"])


def _now(client: Client, metric: str) -> Estimate:
    """A principle's metric, in the survey that asks most customers for it."""
    return metrics.value(client, metric, name=metrics.main_survey(client, metric))


def ratings(client: Client) -> pd.DataFrame:
    """Return one row a quality: the raters' mean with its interval, and how far apart they are."""
    rows = client.columns("ratings", "object", "quality", "score", "rater")
    rows = rows[rows["object"] == STEP]
    return pd.DataFrame(
        [
            {"quality": Term(f"quality.{quality}"), "score": _mean(client, given), "apart": given.max() - given.min()}
            for quality in QUALITIES
            if len(given := rows.loc[rows["quality"] == quality, "score"])
        ],
        columns=["quality", "score", "apart"],
    )


def _mean(client: Client, given: pd.Series) -> Estimate:
    """The mean with its interval, as far as it lies on the scale from 1 to 5."""
    known = survey.mean(given, level=client.level)
    if known.low is None or known.high is None:
        return known
    return replace(known, low=max(known.low, _SCALE[0]), high=min(known.high, _SCALE[1]))


def readability(statement: str | Local) -> dict[str, int]:
    """Return the number of words of a statement and of its longest sentence, the longer of the two languages.

    Examples
    --------
    >>> readability("Every visit feels easy. Nobody waits.")
    {'words': 6, 'longest': 4}
    """
    versions = [text(statement, lang) for lang in ("en", "fa")]
    sentences = [[len(part.split()) for part in re.split(r"[.!?\u061f]", version)] for version in versions]
    return {"words": max(sum(lengths) for lengths in sentences), "longest": max(max(part) for part in sentences)}
