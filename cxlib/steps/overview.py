"""Everything that is wrong, missing or stale in an engagement folder, by step.

First the files themselves: a file that cannot be read stops there. Then, for every step, what its check finds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cxlib.engagement import checks
from cxlib.engagement.folder import find
from cxlib.errors import CxError
from cxlib.section import Finding
from cxlib.steps import client as clients
from cxlib.steps import parts, start, strategy
from cxlib.steps.client import Client

CHECKS = {start.STEP: start.check, **start.CHECKS, strategy.STEP: strategy.check}
"""Step → its check, in the order of the steps."""
_STALE_DAYS = 365


@dataclass(frozen=True)
class Overview:
    """What an engagement lacks.

    Attributes
    ----------
    errors
        What is wrong with the files themselves.
    findings
        Step → what its check found.
    client
        None if the folder cannot be read; then nothing else could be checked.
    """

    errors: list[CxError] = field(default_factory=list)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    client: Client | None = None

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to mend."""
        found = [finding for step in self.findings.values() for finding in step]
        return not self.errors and all(finding.severity == "note" for finding in found)


def overview(engagement: str) -> Overview:
    """Return everything wrong, missing or stale in an engagement, reading it only."""
    errors = checks.wrong(find(engagement))
    try:
        client = clients.open(engagement)
    except CxError as error:
        return Overview(errors or [error])
    findings = {step: check(client) for step, check in CHECKS.items()}
    findings["vision"] += _stale_places(client)
    findings["journey"] += _stale_map(client)
    return Overview(errors, findings, client)


def _stale_map(client: Client) -> list[Finding]:
    """A journey map that nobody has looked at for a year."""
    reviewed = client.day(client.engagement.journey.reviewed_on)
    if reviewed is None or (client.as_of - reviewed).days <= _STALE_DAYS:
        return []
    return [Finding("note", "stale", f"{parts.FILES['journey']}: reviewed_on", {"reviewed": reviewed})]


def _stale_places(client: Client) -> list[Finding]:
    """Places of the vision whose last review is more than a year ago."""
    found = []
    for place in client.engagement.vision.activation:
        reviewed = client.day(place.reviewed_on)
        if reviewed and (client.as_of - reviewed).days > _STALE_DAYS:
            where = f"{parts.FILES['vision']}: activation[{place.id}].reviewed_on"
            found.append(Finding("note", "stale", where, {"reviewed": reviewed}))
    return found
