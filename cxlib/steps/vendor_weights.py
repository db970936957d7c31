"""How much each criterion counts when a tool is chosen, and what that rests on.

Weights written down straight away are guesses. Comparing the criteria in pairs asks an easier question, and the answers
can be held against each other: where they contradict, the weights that come out are not used.
"""

from __future__ import annotations

from cxlib.errors import CxError
from cxlib.measures import choice
from cxlib.section import Claim, Finding, Term
from cxlib.steps import parts
from cxlib.steps.client import Client

RATED = ("collect", "analyse", "personalise", "automate", "dashboards")
COMPUTED = ("coverage", "cost")


def pairs(client: Client) -> list[tuple[str, str, float]]:
    """Return the comparisons between known criteria: first, second, how many times the first matters as much."""
    known = _names(client)
    given = client.engagement.tooling.comparisons
    return [(each.first, each.second, each.times) for each in given if {each.first, each.second} <= set(known)]


def _names(client: Client) -> list[str]:
    return [each.id for each in client.engagement.tooling.criteria if each.id in (*RATED, *COMPUTED)]


def compared(client: Client) -> choice.Weights | None:
    """Return the weights from comparisons in pairs, None where they do not link all criteria."""
    names, given = _names(client), pairs(client)
    try:
        return choice.ahp(names, matrix=choice.comparisons(names, pairs=given)) if given else None
    except CxError:
        return None


def weights(client: Client) -> dict[str, float]:
    """Return criterion → weight, summing to 1.

    From comparisons in pairs that do not contradict each other, else as decided; where nothing is decided the five
    properties weigh the same. Cost counts only where the cost of every tool is known.
    """
    found = compared(client)
    decided = {each.id: each.weight for each in client.engagement.tooling.criteria if each.id in _names(client)}
    if found is not None and found.is_consistent:
        decided = dict(found.weights)
    if sum(decided.values()) <= 0:
        decided = dict.fromkeys(RATED, 1.0)
    if any(vendor.yearly_cost is None for vendor in client.engagement.tooling.vendors):
        decided = {name: weight for name, weight in decided.items() if name != "cost"}
    whole = sum(decided.values()) or 1.0
    return {name: weight / whole for name, weight in decided.items()}


def criterion(name: str) -> Term:
    """Return what a criterion is called."""
    return Term(f"property.{name}" if name in RATED else f"criterion.{name}")


def claims(client: Client) -> list[Claim]:
    """Return what the weights rest on, once there are criteria."""
    found = compared(client)
    if found is None:
        return [Claim("weights-decided", {"criteria": len(_names(client))})] if _names(client) else []
    values = {"pairs": len(pairs(client)), "ratio": found.ratio, "most": choice.LARGEST_RATIO}
    if found.is_consistent:
        return [Claim("weights-compared", values)]
    return [Claim("weights-contradict", values | {"criteria": _worst(client)})]


def _worst(client: Client) -> list[Term]:
    """The three criteria whose comparisons contradict each other most."""
    names = _names(client)
    triad = choice.worst_triad(names, matrix=choice.comparisons(names, pairs=pairs(client)))
    return [criterion(name) for name in triad]


def findings(client: Client) -> list[Finding]:
    """Return comparisons that contradict each other, or that do not link all criteria."""
    where, found = f"{parts.FILES['tooling']}: comparisons", compared(client)
    if found is None:
        return [Finding("mend", "comparisons-open", where)] if pairs(client) else []
    if found.is_consistent:
        return []
    return [Finding("mend", "comparisons-contradict", where, {"ratio": found.ratio, "criteria": _worst(client)})]
