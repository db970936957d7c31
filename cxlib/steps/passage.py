"""How far cases come: the funnel of the recorded journeys, and where they are lost.

A case that began shortly before the reference date may still be on its way; calling it lost would make every funnel
look leaky at the end. So only cases count that began early enough for nearly all complete ones to be through.
"""

from __future__ import annotations

import pandas as pd

from cxlib.engagement.fields import named
from cxlib.measures import journeys
from cxlib.measures.estimate import ESTIMATE, Estimate
from cxlib.measures.shares import share
from cxlib.section import Claim, Exhibit
from cxlib.steps.client import Client

_THROUGH = 0.95


def log(client: Client, *, activity: str = "stage") -> pd.DataFrame:
    """Return the steps of the cases that had time to end: columns case, step (the `activity`), time, place."""
    events = client.columns("events", "case_id", activity, "occurred_at")
    if not len(events):
        return pd.DataFrame({"case": [], "step": [], "time": [], "place": []})
    ways = journeys.steps(events, case="case_id", activity=activity, time="occurred_at")
    spans = ways.groupby("case")["time"].agg(["min", "max"])
    length = (spans["max"] - spans["min"]).quantile(_THROUGH)
    ripe = spans.index[spans["min"] <= pd.Timestamp(client.as_of) - length]
    return ways[ways["case"].isin(ripe)]


def reached(client: Client) -> pd.DataFrame:
    """Return one row a stage that the log knows, in the order of the map: stage, n, and the next stage's loss.

    Columns: stage, n (cases that reach it), reached (share of the first stage's cases) and lost (share of this stage's
    cases that do not reach the next one), each an estimate or None.
    """
    ways = log(client)
    known = set(ways["step"])
    stages = [stage.id for stage in client.engagement.journey.stages if stage.id in known]
    if len(stages) < 2:
        return pd.DataFrame(columns=["stage", "n", "reached", "lost"])
    counts = journeys.funnel(ways, stages=stages, level=client.level)["n"].tolist()
    names = named(client.engagement.journey.stages)
    rows = [
        {
            "stage": names[stage],
            "n": n,
            "reached": _share(client, n, counts[0]),
            "lost": None if following is None else _share(client, n - following, n),
        }
        for stage, n, following in zip(stages, counts, [*counts[1:], None], strict=True)
    ]
    return pd.DataFrame(rows)


def _share(client: Client, count: int, of: int) -> Estimate:
    """A share of cases, hidden where there are too few."""
    if of < client.min_n:
        return Estimate(None, n=of, level=client.level, unit="share", reason="too-few", needs=client.min_n)
    return share(count, of, level=client.level)


def claims(table: pd.DataFrame) -> list[Claim]:
    """Return where most cases are lost, and whether that stands apart from the next largest loss."""
    known = table[[isinstance(lost, Estimate) and lost.is_known for lost in table["lost"]]]
    if not len(known):
        return [Claim("passage-cannot-tell")]
    order = sorted(known.itertuples(), key=lambda row: -row.lost.value)
    stages = list(table["stage"])
    first = order[0]
    stands_apart = len(order) == 1 or first.lost.low > order[1].lost.high
    values = {"stage": first.stage, "next": stages[first.Index + 1], "lost": first.lost}
    return [Claim("passage-lost" if stands_apart else "passage-lost-unsure", values)]


def exhibits(table: pd.DataFrame) -> list[Exhibit]:
    """Return the funnel as bars, and the losses between stages as a table."""
    bars = pd.DataFrame(
        [{"label": row.stage} | row.reached.row() for row in table.itertuples()], columns=["label", *ESTIMATE]
    )
    return [
        Exhibit("journey-funnel", "bars", bars, Claim("reading.journey-funnel")),
        Exhibit("journey-drop-off", "table", table.drop(columns="n"), Claim("reading.journey-drop-off")),
    ]
