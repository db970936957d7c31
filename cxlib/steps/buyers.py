"""Who buys how lately, how often and for how much: the behavioural frame (RFM).

Fifths are cut so that equal customers stay together: where half of them bought once, the lowest fifth is half of them.
The groups are a convenient order for a list, not a discovery; whether there are kinds of buyers at all is asked in
`cxlib.steps.buyer_segments`.
"""

from __future__ import annotations

import pandas as pd

from cxlib.measures import rfm, survey
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

BOUNDS = {
    "champions": {"recency": (4, 5), "frequency": (4, 5), "monetary": (4, 5)},
    "slipping": {"recency": (1, 2), "frequency": (4, 5), "monetary": (1, 5)},
    "newcomers": {"recency": (4, 5), "frequency": (1, 1), "monetary": (1, 5)},
    "asleep": {"recency": (1, 2), "frequency": (1, 1), "monetary": (1, 5)},
}
"""Group → lowest and highest score by recency, frequency and amount; everybody else is ``others``."""


def purchases(client: Client) -> pd.DataFrame:
    """Return one row a purchase: customer_id, occurred_at and amount; refunds and free ones are left out."""
    rows = client.columns("transactions", "customer_id", "occurred_at", "amount")
    rows = rows.assign(amount=rows["amount"].astype(float))
    return rows[rows["amount"] > 0].reset_index(drop=True)


def scored(client: Client, bought: pd.DataFrame) -> pd.DataFrame:
    """Return recency (days), frequency, monetary and their scores, one row a customer; empty without purchases."""
    if not len(bought):
        return pd.DataFrame(columns=["recency", "frequency", "monetary"], dtype=float)
    return rfm.rfm(bought, customer="customer_id", day="occurred_at", amount="amount", as_of=client.as_of)


def groups(scores: pd.DataFrame) -> pd.Series:
    """Return the group of each customer, by `BOUNDS`."""
    found = pd.Series("others", index=scores.index)
    for name, bounds in BOUNDS.items():
        found[rfm.within(scores, **bounds)] = name
    return found


def table(client: Client, scores: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group that somebody is in: its share of buyers and of sales, and its NPS."""
    columns = ["group", "buyers", "sales", "nps"]
    if not len(scores):
        return pd.DataFrame(columns=columns)
    of, paid = groups(scores), scores["monetary"]
    rows = [
        {
            "group": Term(f"rfm.{name}"),
            "buyers": counted(client, float((of == name).mean()), len(scores)),
            "sales": counted(client, float(paid[of == name].sum() / paid.sum()), len(scores)),
            "nps": nps(client, scores.index[of == name]),
        }
        for name in (*BOUNDS, "others")
        if (of == name).sum() >= client.min_n
    ]
    return pd.DataFrame(rows, columns=columns)


def counted(client: Client, value: float, n: int, *, unit: str = "share") -> Estimate:
    """Return a number of all buyers, none of whom was sampled."""
    return Estimate(value, n=n, level=client.level, unit=unit, reason="full-count")


def nps(client: Client, customers: pd.Series | pd.Index) -> Estimate:
    """Return the NPS of some customers in the main survey, hidden where too few of them answered."""
    if "responses" in client.elsewhere:
        return cannot_tell("rows-elsewhere", unit="points", level=client.level)
    rows = client.columns("responses", "nps", "survey", "customer_id")
    rows = rows[(rows["survey"] == metrics.main_survey(client)) & rows["customer_id"].isin(customers)]
    if len(rows) < client.min_n:
        return cannot_tell("too-few", n=len(rows), unit="points", level=client.level, needs=client.min_n)
    return survey.nps(rows["nps"], level=client.level)


def claims(client: Client, scores: pd.DataFrame) -> list[Claim]:
    """Return how much of all sales the champions bring."""
    if not len(scores):
        return []
    of = groups(scores) == "champions"
    sales = float(scores.loc[of, "monetary"].sum() / scores["monetary"].sum())
    share = counted(client, float(of.mean()), len(scores))
    return [Claim("rfm-champions", {"buyers": share, "sales": counted(client, sales, len(scores))})]


def exhibits(client: Client, scores: pd.DataFrame) -> list[Exhibit]:
    """Return the table of groups."""
    return [Exhibit("rfm-groups", "table", table(client, scores), Claim("reading.rfm-groups"))]
