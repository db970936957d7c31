"""Step 0, start: what having no strategy looks like here, how complete the seven steps are, what data there is.

Three symptoms tell that a strategy is missing: decisions made ad hoc, money scattered, experience inconsistent. Each
has signs that can be counted in the engagement folder, and steps that cure it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pandas as pd

from cxlib.intake import identity, quality
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import (
    elsewhere,
    governance,
    improvement,
    journey,
    kpis,
    parts,
    personas,
    tooling,
    turnout,
    vision,
    weights,
)
from cxlib.steps.client import Client

STEP = "start"
CURES = {
    "ad_hoc": ("vision", "kpis", "governance"),
    "scattered": ("personas", "tooling", "improvement"),
    "inconsistent": ("journey", "governance"),
}
PILLARS = {
    "culture": ("vision", "personas"),
    "governance": ("governance",),
    "technology": ("tooling",),
    "improvement": ("journey", "kpis", "improvement"),
}
_BLOCKS = {
    "journey": ("personas",),
    "kpis": ("vision", "journey"),
    "governance": ("kpis",),
    "improvement": ("kpis", "governance"),
}
CHECKS: dict[str, Callable[[Client], list[Finding]]] = {
    module.STEP: module.check for module in (vision, personas, journey, kpis, governance, tooling, improvement)
}
"""Step → its check, the seven steps in their order."""


def section(client: Client) -> Section:
    """Return the opening section: symptoms, completeness, balance of the four pillars, tables and intake log."""
    pillars = balance(client)
    weakest = pillars.loc[pillars["value"] == pillars["value"].min(), "label"].tolist()
    claims = [
        Claim("data-span", {"start": client.first_day, "end": client.as_of}),
        Claim("weakest-pillar", {"pillars": weakest, "share": pillars["value"].min()}),
    ]
    weighting, weighted = weights.drawn(client)
    answering, asked = turnout.drawn(client)
    exhibits = [
        Exhibit("symptoms", "table", symptoms(client), Claim("reading.symptoms")),
        Exhibit("completeness", "wheel", completeness(client), Claim("reading.completeness")),
        Exhibit("balance", "bars", pillars, Claim("reading.balance")),
        data(client),
        Exhibit("intake-log", "table", intake_log(client), Claim("reading.intake-log")),
        *asked,
        *weighted,
    ]
    claims += [*answering, *weighting]
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=check(client))


def check(client: Client) -> list[Finding]:
    """Return doubts about the data, which steps wait for an incomplete one, and tables that are missing altogether."""
    waiting = [
        Finding(
            "note", "step-blocked", parts.FILES[earlier], {"step": Term(f"step.{step}"), "by": Term(f"step.{earlier}")}
        )
        for step, needed in _BLOCKS.items()
        for earlier in needed
        if parts.completeness(client.engagement, step=earlier) < 0.5
    ]
    absent = [name for name in ("responses", "customers", "tickets") if not client.has(name)]
    where = "engagement.yaml: sources"
    missing = [Finding("mend", "table-missing", where, {"table": Term(f"table.{name}")}) for name in absent]
    return _doubts(client) + elsewhere.findings(client) + weights.findings(client) + waiting + missing


def _doubts(client: Client) -> list[Finding]:
    """What the quality report and the matching of customers across tables found."""
    journey_file = client.engagement.journey
    known = {
        "surveys": client.engagement.setup.surveys,
        "confirmed": quality.told_directions(client.engagement.setup),
        "as_of": pd.Timestamp(client.as_of),
        "stages": [stage.id for stage in journey_file.stages],
        "touchpoints": [point.id for point in journey_file.touchpoints],
    }
    doubts = quality.quality(client.tables, **known) + identity.identity(client.tables)
    return [Finding(**asdict(doubt)) for doubt in doubts]


def symptoms(client: Client) -> pd.DataFrame:
    """Return one row a symptom: how many signs of it the folder shows, and the steps that cure it."""
    found = {step: len(check_step(client)) for step, check_step in CHECKS.items()}
    rows = [
        {
            "symptom": Term(f"symptom.{symptom}"),
            "signs": sum(found[step] for step in cures),
            "cured_by": [Term(f"step.{step}") for step in cures],
        }
        for symptom, cures in CURES.items()
    ]
    return pd.DataFrame(rows)


def completeness(client: Client) -> pd.DataFrame:
    """Return one row a step: label, share of its parts that are there, how many of how many."""
    rows = []
    for step in parts.STEPS:
        there = list(parts.parts(client.engagement, step=step).values())
        rows.append(
            {"label": Term(f"step.{step}"), "value": sum(there) / len(there), "done": sum(there), "all": len(there)}
        )
    return pd.DataFrame(rows)


def balance(client: Client) -> pd.DataFrame:
    """Return one row a pillar: the share of the parts of its steps that are there, n parts counted."""
    rows = []
    for pillar, steps in PILLARS.items():
        there = [part for step in steps for part in parts.parts(client.engagement, step=step).values()]
        rows.append({"label": Term(f"pillar.{pillar}"), "value": sum(there) / len(there), "n": len(there)})
    frame = pd.DataFrame(rows)
    return frame.assign(unit="share", reason="full-count", highlight=frame["value"] == frame["value"].min())


def data(client: Client) -> Exhibit:
    """Return what data there is, as every notebook shows it first."""
    return Exhibit("tables", "table", tables(client), Claim("reading.tables"))


def tables(client: Client) -> pd.DataFrame:
    """Return one row a canonical table: how many rows in the period and which columns are filled."""
    rows = [
        {"table": Term(f"table.{name}"), "rows": len(frame), "columns": len(frame.columns), "filled": _filled(frame)}
        for name, frame in client.tables.items()
    ]
    return pd.DataFrame(rows + elsewhere.rows(client))


def _filled(frame: pd.DataFrame) -> float | None:
    """Share of cells that are not missing."""
    return float(frame.notna().to_numpy().mean()) if frame.size else None


def intake_log(client: Client) -> pd.DataFrame:
    """Return what intake did to each file: what, in which column, how often."""
    log = client.log
    if not len(log):
        return pd.DataFrame()
    counted = log.groupby(["file", "table", "column", "what"], sort=False, as_index=False)["count"].sum()
    counted["what"] = [Term(f"log.{what}") for what in counted["what"]]
    counted["table"] = [Term(f"table.{table}") if table else "" for table in counted["table"]]
    return counted
