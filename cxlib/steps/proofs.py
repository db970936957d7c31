"""Did the actions work: one effect and one verdict each, by the strongest proof that the data allow.

Customers held out by lot show what would have happened without the action; that settles it. Without them the stages
that the action did not touch stand in for what would have happened anyway, and where there are none the line on which
the number was going is continued: weaker, because whatever else happened there at that moment is in it. The
verdict is works, does not, or cannot tell; "no significant effect" alone is never "does not work". What counts as an
effect worth having is fixed before the start, in the strategy file.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import Action, KpiGoal
from cxlib.measures import shares, survey
from cxlib.measures.estimate import Difference
from cxlib.measures.interruption import interruption
from cxlib.measures.verdicts import Verdict, hit_rate, verdict
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import metrics, parts
from cxlib.steps.client import Client
from cxlib.steps.control_charts import Series
from cxlib.words import dates

NONE = "none"
_BEFORE, _AFTER = 8, 4


@dataclass(frozen=True)
class Proof:
    """What is known of one action's effect.

    Attributes
    ----------
    action
        The action.
    design
        ``held-out`` (customers left out by lot), ``stages`` (the stage's answers before and after, against those of the
        other stages) or ``interrupted`` (the course of the KPI before and after).
    verdict
        The effect and what it says.
    """

    action: Action
    design: str
    verdict: Verdict


def counted(client: Client, campaign: str, outcome: str = "") -> pd.DataFrame:
    """Return how many of a campaign's contacts had the outcome: rows treated and held_out, columns n and hits.

    Without an outcome every outcome but ``none`` counts.
    """
    rows = client.columns("contacts", "campaign", "holdout")
    rows = rows[rows["campaign"] == campaign]
    seen = rows["outcome"].fillna(NONE).astype(str) if "outcome" in rows else pd.Series(NONE, index=rows.index)
    hit = seen == outcome if outcome else seen != NONE
    held = rows["holdout"].astype(bool)
    frame = {"n": [int((~held).sum()), int(held.sum())], "hits": [int((hit & ~held).sum()), int((hit & held).sum())]}
    return pd.DataFrame(frame, index=["treated", "held_out"])


def held_out(client: Client, campaign: str, outcome: str = "") -> Difference:
    """Return by how much the outcome's share differs between those who got the message and those held out."""
    table = counted(client, campaign, outcome)
    (n1, x1), (n2, x2) = table.loc["treated"], table.loc["held_out"]
    if min(n1, n2) < client.min_n:
        least = 2 * client.min_n
        few = {"n": int(n1 + n2), "level": client.level, "reason": "too-few", "needs": least}
        return Difference(None, unit="share_points", **few)
    effect = shares.share_difference(x1, n1, x2, n2, level=client.level)
    return replace(effect, unit="share_points")


def against_stages(client: Client, goal: KpiGoal, *, started: dt.date) -> Difference | None:
    """Return by how much a stage's share gained more than the other stages' since a day.

    None where the goal is not a share of one stage, or one of the four groups of answers is too small.

    Notes
    -----
    Difference-in-differences of four shares; its interval from those of the two differences (Newcombe, method 10) by
    squaring and adding, Zou and Donner (2008), Statistics in Medicine 27. It is right if the stages would have moved
    alike without the action. Answers are taken as independent.
    """
    scale = metrics.instrument(client, goal.survey or "", goal.metric) if goal.metric in ("csat", "ces") else None
    if not scale or not goal.stage or not client.has("responses", goal.metric, "survey", "stage", "answered_at"):
        return None
    rows = metrics.answers(client, goal.metric, name=goal.survey, by=("stage",), day=True)
    own, later = rows["stage"] == goal.stage, rows["day"] >= pd.Timestamp(started)
    groups = [rows[(own == touched) & (later == after)] for touched in (True, False) for after in (1, 0)]
    sizes = [int(group["n"].sum()) for group in groups]
    if min(sizes) < client.min_n:
        return None
    hits = [survey.good_count(group["score"], counts=group["n"], instrument=scale) for group in groups]
    gain, usual = (
        shares.share_difference(hits[k], sizes[k], hits[k + 1], sizes[k + 1], level=client.level) for k in (0, 2)
    )
    value = gain.value - usual.value
    low = value - math.hypot(gain.value - gain.low, usual.high - usual.value)
    high = value + math.hypot(gain.high - gain.value, usual.value - usual.low)
    rest = {"n": sum(sizes), "level": client.level, "method": "did-shares", "unit": "share_points"}
    se = (high - low) / 2 / shares.normal_quantile(client.level)
    return Difference(value, low, high, p_value=shares.two_sided_p(value / se), **rest)


def course(client: Client, goal: KpiGoal, series: Series | None, *, started: dt.date) -> Difference:
    """Return the effect of a change on a KPI's months: their mean distance from the line they were on before."""
    unit = _unit(metrics.UNITS[goal.metric])
    if series is None:
        return Difference(None, level=client.level, unit=unit, reason="no-history", needs=_BEFORE + _AFTER)
    months = [month.start for month in dates.months(series.days[0], client.as_of, client.calendar)]
    known = dict(zip(series.days, series.values, strict=True))
    values = np.array([known.get(day, np.nan) for day in months], dtype=float)
    start = sum(day < started for day in months)
    after = int((~np.isnan(values[start:])).sum())
    if after < _AFTER:
        return Difference(None, n=after, level=client.level, unit=unit, reason="too-early", needs=_AFTER)
    return replace(interruption(values, start=start, level=client.level).average, unit=unit)


def _unit(unit: str) -> str:
    return "share_points" if unit == "share" else unit


def proofs(client: Client, series: Sequence[Series]) -> list[Proof]:
    """Return the proof of every action that is begun: by its campaign if it has one, else by the course of its KPI.

    Parameters
    ----------
    client
        The client.
    series
        The monthly series of the KPI goals, `cxlib.steps.control_charts.goals`.
    """
    known = {each.key: each for each in series}
    found = [_proof(client, action, known) for action in client.engagement.improvement.actions]
    return [proof for proof in found if proof]


def _proof(client: Client, action: Action, known: dict[str, Series]) -> Proof | None:
    """One action's proof, None where it is not begun or has neither a campaign nor a KPI."""
    started = client.day(action.started_on)
    if action.status not in ("doing", "done"):
        return None
    if action.campaign:
        effect = held_out(client, action.campaign, action.outcome or "")
        worth = action.worth or 0.0
        return Proof(action, "held-out", verdict(effect, worth=abs(worth), direction=_direction(worth < 0)))
    goal = next((goal for goal in client.engagement.kpis.goals if goal.id == action.kpi), None)
    if goal is None or started is None:
        return None
    beside = against_stages(client, goal, started=started)
    effect = beside or course(client, goal, known.get(goal.id), started=started)
    lower = goal.metric in metrics.LOWER_IS_BETTER
    said = verdict(effect, worth=abs(action.expected_effect or 0.0), direction=_direction(lower))
    return Proof(action, "stages" if beside else "interrupted", said)


def _direction(lower: bool) -> str:
    return "decrease" if lower else "increase"


def table(found: list[Proof]) -> pd.DataFrame:
    """Return one row an action that is begun: how it was tested, the effect, the verdict."""
    rows = [
        {
            "action": plain(proof.action.name),
            "design": Term(f"design.{proof.design}"),
            "measured_effect": proof.verdict.effect,
            "answer": Term(f"answer.{proof.verdict.answer}"),
        }
        for proof in found
    ]
    return pd.DataFrame(rows, columns=["action", "design", "measured_effect", "answer"])


def claims(found: list[Proof]) -> list[Claim]:
    """Return the verdict on every action, and the share of actions that work."""
    if not found:
        return [Claim("effects-cannot-tell")]
    rate = hit_rate([proof.verdict.answer for proof in found])
    told = sum(proof.verdict.answer != "cannot-tell" for proof in found)
    whole = Claim("hit-rate", {"rate": rate, "told": told, "begun": len(found)})
    return [*(_claim(proof) for proof in found), *([whole] if told else [])]


def _claim(proof: Proof) -> Claim:
    """One action's verdict in words."""
    values = {"action": plain(proof.action.name), "effect": proof.verdict.effect, "needs": proof.verdict.needs}
    values["design"] = Term(f"design.{proof.design}")
    if not proof.verdict.effect.is_known:
        return Claim("effect-not-known", values)
    says_n = (proof.verdict.needs or 0) > proof.verdict.effect.n and proof.design != "interrupted"
    return Claim(f"effect-{proof.verdict.answer}{'-needs' if says_n else ''}", values)


def exhibits(found: list[Proof]) -> list[Exhibit]:
    """Return the table of effects and verdicts."""
    return [Exhibit("effects", "table", table(found), Claim("reading.effects"))]


def findings(client: Client) -> list[Finding]:
    """Return campaigns with a hold-out that no action names, and actions whose campaign has no contacts."""
    actions = client.engagement.improvement.actions
    tested = client.columns("contacts", "campaign", "holdout")
    known = set(tested["campaign"].astype(str))
    linked = {action.campaign for action in actions if action.campaign}
    file = parts.FILES["improvement"]
    found = [
        Finding(
            "note", "campaign-not-measured", f"{file}: actions[{action.id}].campaign", {"campaign": action.campaign}
        )
        for action in actions
        if action.campaign and action.campaign not in known
    ]
    lots = tested.groupby("campaign")["holdout"].nunique()
    loose = sorted(str(name) for name in lots.index[lots == 2] if str(name) not in linked)
    return found + [
        Finding("note", "campaign-without-action", f"{file}: actions", {"campaign": name}) for name in loose
    ]
