"""Step 6, tooling: whether the tools can listen where this client's customers are.

A vendor's long list of features says little. What counts is the share of the client's own touchpoints, and of the
contacts that happen there, at which the tool can collect feedback.
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named, plain
from cxlib.engagement.strategy import Vendor
from cxlib.measures.estimate import Estimate
from cxlib.section import Claim, Exhibit, Finding, Section, Term
from cxlib.steps import parts, pointers, vendor_choice, vendor_costs, vendor_weights
from cxlib.steps.client import Client

STEP = "tooling"
PROPERTIES = vendor_weights.RATED


def section(client: Client) -> Section:
    """Return the section of step 6: coverage per vendor, what nobody covers, and which tool to choose."""
    made = vendor_choice.choice(client)
    exhibits = [
        Exhibit("coverage", "table", coverage(client), Claim("reading.coverage")),
        Exhibit("covered-where", "table", matrix(client), Claim("reading.covered-where")),
        Exhibit("stack", "table", stack(client), Claim("reading.stack")),
        *vendor_choice.exhibits(client, made),
        *vendor_costs.exhibits(client),
    ]
    points = client.engagement.journey.touchpoints
    claims = [Claim("touchpoints-uncovered", {"uncovered": len(uncovered(client)), "total": len(points)})]
    claims += vendor_choice.claims(client, made) + vendor_weights.claims(client)
    in_use = [plain(item.name) for item in client.engagement.tooling.vendors if item.status == "in_use"]
    return client.section(STEP, claims=claims, exhibits=exhibits, findings=check(client), decisions={"in_use": in_use})


def check(client: Client) -> list[Finding]:
    """Return what is missing: moments of truth that no tool in use listens at, systems without an owner."""
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    listening = {
        point for vendor in client.engagement.tooling.vendors if vendor.status == "in_use" for point in vendor.covers
    }
    for point in client.engagement.journey.touchpoints:
        if point.moment_of_truth and point.id not in listening:
            values = {"touchpoint": plain(point.name)}
            found.append(Finding("mend", "truth-not-covered", f"{parts.FILES[STEP]}: vendors", values))
    for system in client.engagement.tooling.systems:
        if not system.owner:
            where = f"{parts.FILES[STEP]}: systems[{system.id}].owner"
            found.append(Finding("mend", "system-not-owned", where, {"system": plain(system.name)}))
    return found + vendor_choice.findings(client) + vendor_weights.findings(client) + vendor_costs.findings(client)


def coverage(client: Client) -> pd.DataFrame:
    """Return one row a vendor: share of touchpoints and share of contacts covered, missing properties, cost."""
    rows = [
        {
            "vendor": plain(vendor.name),
            "status": Term(f"choice.{vendor.status}"),
            "touchpoints": touchpoint_share(client, vendor),
            "contacts": contact_share(client, vendor),
            "lacking": [Term(f"property.{name}") for name in PROPERTIES if name not in vendor.properties],
        }
        for vendor in client.engagement.tooling.vendors
    ]
    return pd.DataFrame(rows, columns=["vendor", "status", "touchpoints", "contacts", "lacking"])


def touchpoint_share(client: Client, vendor: Vendor) -> Estimate:
    """Return the share of the client's touchpoints that a vendor covers: a full count, so without an interval."""
    points = [point.id for point in client.engagement.journey.touchpoints]
    return _share(client, sum(point in vendor.covers for point in points), len(points))


def contact_share(client: Client, vendor: Vendor) -> Estimate:
    """Return the share of recorded contacts (events) at covered touchpoints: a full count of the period."""
    happened = client.columns("events", "touchpoint")["touchpoint"]
    return _share(client, int(happened.isin(vendor.covers).sum()), len(happened))


def _share(client: Client, covered: int, total: int) -> Estimate:
    value, reason = (covered / total, "full-count") if total else (None, "no-events")
    return Estimate(value, n=total, level=client.level, unit="share", reason=reason)


def matrix(client: Client) -> pd.DataFrame:
    """Return one row a touchpoint: which vendors cover it, and whether a tool in use does."""
    vendors = client.engagement.tooling.vendors
    rows = []
    for point in client.engagement.journey.touchpoints:
        covering = [vendor for vendor in vendors if point.id in vendor.covers]
        listening = any(vendor.status == "in_use" for vendor in covering)
        verdict = Term("verdict.pass" if listening else "verdict.fail")
        names = [plain(vendor.name) for vendor in covering]
        rows.append({"touchpoint": plain(point.name), "vendors": names, "covered_now": verdict})
    return pd.DataFrame(rows, columns=["touchpoint", "vendors", "covered_now"])


def uncovered(client: Client) -> list[str]:
    """Return the ids of touchpoints that no vendor at all covers."""
    covered = {point for vendor in client.engagement.tooling.vendors for point in vendor.covers}
    return [point.id for point in client.engagement.journey.touchpoints if point.id not in covered]


def stack(client: Client) -> pd.DataFrame:
    """Return one row a system: capability, owner, the systems that it feeds."""
    roles = named(client.engagement.governance.roles)
    names = named(client.engagement.tooling.systems)
    rows = [
        {
            "system": plain(system.name),
            "capability": Term(f"choice.{system.capability}"),
            "owner": roles.get(system.owner, ""),
            "feeds": [names.get(target, target) for target in system.feeds],
        }
        for system in client.engagement.tooling.systems
    ]
    return pd.DataFrame(rows, columns=["system", "capability", "owner", "feeds"])
