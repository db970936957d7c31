"""Step 3, the journey map: what customers go through, stage by stage, and how it feels.

The emotion curve is measured where customers were asked and drawn in the colour of an assumption where they were
not. The feeling at a stage is the mean satisfaction answer put on a scale from −2 (very bad) to +2 (very good).
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import JourneyStage, Touchpoint
from cxlib.measures import survey
from cxlib.measures.estimate import ESTIMATE, Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import exposure, metrics, moments, parts, passage, pointers, remembered
from cxlib.steps.client import Client

STEP = "journey"
_TOP = {"csat5": 5, "csat7": 7, "csat10": 10}


def section(client: Client) -> Section:
    """Return the section of step 3: the map, the emotion curve, the touchpoints and what they do to the outcome."""
    curve = emotion(client)
    truths, lost, passed = moments.moments(client), exposure.losses(client), passage.reached(client)
    judged = remembered.judged(client)
    exhibits = [
        Exhibit("journey-map", "journey", journey_map(client, curve=curve), Claim("reading.journey-map")),
        Exhibit("emotion-curve", "emotion", curve, Claim("reading.emotion-curve")),
        Exhibit("touchpoints", "table", touchpoints(client), Claim("reading.touchpoints")),
        *moments.exhibits(truths),
        *remembered.exhibits(client, remembered.flags(client), judged),
        *exposure.exhibits(lost),
        *passage.exhibits(passed),
    ]
    decisions = {
        "goal": plain(client.engagement.journey.goal),
        "stages": list(named(client.engagement.journey.stages).values()),
    }
    claims = [*_lowest(curve), _measured(client), *moments.claims(client, truths)]
    claims += [*remembered.claims(client, judged), *exposure.claims(client, lost), *passage.claims(passed)]
    found = check(client) + moments.findings(truths, client.engagement.journey.touchpoints)
    return client.section(
        STEP, claims=claims, exhibits=exhibits, findings=found, decisions=decisions, evidence=evidence(client)
    )


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful in the journey: owners, measures, goal, persona."""
    journey = client.engagement.journey
    file = parts.FILES[STEP]
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    for stage in journey.stages:
        if not stage.owner:
            found.append(Finding("mend", "stage-not-owned", f"{file}: stages[{stage.id}].owner", _stage_name(stage)))
    counted = answers_by_touchpoint(client)
    for point in journey.touchpoints:
        if counted.get(point.id, 0) < client.min_n:
            where = f"{file}: touchpoints[{point.id}].metric"
            values = {"touchpoint": plain(point.name), "n": counted.get(point.id, 0), "min_n": client.min_n}
            found.append(Finding("mend" if point.moment_of_truth else "note", "touchpoint-not-measured", where, values))
    return found + exposure.findings(client)


def emotion(client: Client) -> pd.DataFrame:
    """Return one row a stage: label, value from −2 to +2 with interval and n, source, moment of truth."""
    journey = client.engagement.journey
    truths = {point.stage for point in journey.touchpoints if point.moment_of_truth}
    measured = _measured_emotion(client)
    rows = []
    for stage in journey.stages:
        felt = measured.get(stage.id, cannot_tell("no-answers", unit="score", level=client.level))
        source = "data" if felt.is_known else "assumption"
        if not felt.is_known and stage.assumed_emotion is not None:
            felt = Estimate(stage.assumed_emotion, n=felt.n, level=client.level, unit="score", reason="assumption")
        rows.append({"label": plain(stage.name), "source": source, "moment_of_truth": stage.id in truths} | felt.row())
    return pd.DataFrame(rows, columns=["label", "source", "moment_of_truth", *ESTIMATE])


def _measured_emotion(client: Client) -> dict[str, Estimate]:
    """Stage → mean satisfaction on −2…+2, from the survey with most answers."""
    asked = metrics.surveys(client, "csat")
    if not asked or not client.has("responses", "stage"):
        return {}
    tables = {name: metrics.answers(client, "csat", name=name, by=("stage",)) for name in asked}
    name = max(asked, key=lambda survey_name: tables[survey_name]["n"].sum())
    top = _TOP[metrics.instrument(client, name, "csat")]
    reduced = tables[name].assign(score=lambda frame: (frame["score"] - 1) / (top - 1) * 4 - 2)
    return {stage: _stage_emotion(client, counts) for stage, counts in reduced.groupby("stage")}


def _stage_emotion(client: Client, counts: pd.DataFrame) -> Estimate:
    """The mean of one stage, hidden where too few answered."""
    n = int(counts["n"].sum())
    if n < client.min_n:
        return cannot_tell("too-few", n=n, unit="score", level=client.level, needs=client.min_n)
    return survey.mean(counts["score"], counts=counts["n"], level=client.level)


def journey_map(client: Client, *, curve: pd.DataFrame) -> pd.DataFrame:
    """Return one row a stage with everything that the map shows of it."""
    journey = client.engagement.journey
    roles = named(client.engagement.governance.roles)
    lists = {"touchpoints": journey.touchpoints, "pains": journey.pains, "opportunities": journey.opportunities}
    rows = []
    for stage, (_, felt) in zip(journey.stages, curve.iterrows(), strict=True):
        row = {"label": plain(stage.name), "goal": plain(stage.goal), "owner": roles.get(stage.owner, "")}
        for name, items in lists.items():
            row[name] = [plain(getattr(item, "name", None) or item.text) for item in items if item.stage == stage.id]
        rows.append(row | felt.drop("label").to_dict())
    return pd.DataFrame(rows)


def touchpoints(client: Client) -> pd.DataFrame:
    """Return the inventory: one row a touchpoint with channel, kind, clue, owner, metric and answers."""
    journey = client.engagement.journey
    stages = named(journey.stages)
    roles = named(client.engagement.governance.roles)
    counted = answers_by_touchpoint(client)
    rows = [
        {
            "touchpoint": plain(point.name),
            "stage": stages.get(point.stage, point.stage),
            "channel": metrics.channel(point.channel),
            "kind": Term(f"kind.{point.kind}"),
            "clue": Term(f"clue.{point.clue}"),
            "owner": roles.get(point.owner, ""),
            "metric": Term(f"metric.{point.metric}") if point.metric else None,
            "answers": counted.get(point.id, 0),
        }
        for point in journey.touchpoints
    ]
    return pd.DataFrame(rows)


def answers_by_touchpoint(client: Client) -> dict[str, int]:
    """Return how many survey answers each touchpoint has in the period."""
    counts = client.counted("responses", "touchpoint")
    return {str(name): int(n) for name, n in zip(counts["touchpoint"], counts["n"], strict=True)}


def evidence(client: Client) -> dict[str, int]:
    """Return how many fields of the map rest on data, interviews or assumptions."""
    sources = [pain.source for pain in client.engagement.journey.pains] + list(emotion(client)["source"])
    return {kind: sources.count(kind) for kind in ("data", "interview", "assumption")}


def _measured(client: Client) -> Claim:
    """How many touchpoints have enough answers."""
    counted = answers_by_touchpoint(client)
    points: list[Touchpoint] = client.engagement.journey.touchpoints
    enough = sum(counted.get(point.id, 0) >= client.min_n for point in points)
    return Claim("touchpoints-measured", {"measured": enough, "total": len(points), "min_n": client.min_n})


def _lowest(curve: pd.DataFrame) -> list[Claim]:
    """The stage that feels worst, if its interval stands apart from the next one's."""
    known = curve[curve["source"] == "data"].sort_values("value")
    if len(known) < 2:
        return [Claim("emotion-cannot-tell", {"measured": len(known)})]
    first, second = known.iloc[0], known.iloc[1]
    felt = Estimate(**first[list(ESTIMATE)].to_dict())
    stands_apart = first["high"] < second["low"]
    return [Claim("lowest-stage" if stands_apart else "lowest-stage-unsure", {"stage": first["label"], "felt": felt})]


def _stage_name(stage: JourneyStage) -> dict:
    return {"stage": plain(stage.name)}
