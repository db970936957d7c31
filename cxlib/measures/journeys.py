"""The journey as it happened: cases, their steps in time, and the ways taken.

An event log has one row an event: whose case, which step, when. Its directly-follows graph counts how often one step
came right after another; a variant is the whole row of steps of a case. Time stamps tie (one system writes two
events in a second): ties keep the order of the file unless a column says better, and that choice changes the graph.
A case named "NA" is a case; an event without a case or a step is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.shares import false_discoveries, share_difference
from cxlib.measures.shares import share as wilson


def steps(events: pd.DataFrame, *, case: str, activity: str, time: str = "", order: str = "") -> pd.DataFrame:
    """Return the events in the order they happened, one row an event: columns case, step, time, place (from 1).

    Parameters
    ----------
    events
        One row an event, in any order.
    case, activity
        Columns with the case and the step.
    time
        Column with the time; empty: the rows already stand in order.
    order
        Column that decides between events of one case at the same time; empty: the order of the rows.

    Raises
    ------
    CxError
        If a column is missing.

    Examples
    --------
    >>> log = pd.DataFrame({"id": ["a", "a"], "what": ["pay", "look"], "at": ["2025-01-02", "2025-01-01"]})
    >>> steps(log, case="id", activity="what", time="at")["step"].tolist()
    ['look', 'pay']
    """
    for name in filter(None, (case, activity, time, order)):
        if name not in events:
            raise CxError("values-column", column=name, found=[str(column) for column in events.columns])
    log = pd.DataFrame({"case": events[case], "step": events[activity]})
    log["time"] = events[time] if time else np.arange(len(events))
    log["tie"] = events[order] if order else np.arange(len(events))
    log = log.dropna(subset=["case", "step"])
    log["case"], log["step"] = log["case"].astype(str), log["step"].astype(str)
    log = log.sort_values(["case", "time", "tie"], kind="stable").drop(columns="tie").reset_index(drop=True)
    return log.assign(place=log.groupby("case").cumcount() + 1)


def edges(log: pd.DataFrame) -> pd.DataFrame:
    """Return the directly-follows graph: source, target, n (how often), cases, share of what leaves the source.

    Parameters
    ----------
    log
        From `steps`.

    Examples
    --------
    >>> log = steps(pd.DataFrame({"id": list("aab"), "what": ["x", "y", "x"]}), case="id", activity="what")
    >>> edges(log)[["source", "target", "n"]].values.tolist()
    [['x', 'y', 1]]
    """
    follows = log["case"].eq(log["case"].shift(-1))
    moves = pd.DataFrame({"case": log["case"], "source": log["step"], "target": log["step"].shift(-1)})[follows]
    graph = moves.groupby(["source", "target"], as_index=False).agg(n=("case", "size"), cases=("case", "nunique"))
    return graph.assign(share=graph["n"] / graph.groupby("source")["n"].transform("sum"))


def starts(log: pd.DataFrame) -> pd.Series:
    """Return how many cases begin with each step, most frequent first."""
    return _counted(log.groupby("case")["step"].first())


def ends(log: pd.DataFrame) -> pd.Series:
    """Return how many cases end (so far) with each step, most frequent first."""
    return _counted(log.groupby("case")["step"].last())


def activities(log: pd.DataFrame) -> pd.Series:
    """Return how often each step happened, most frequent first."""
    return _counted(log["step"])


def variants(log: pd.DataFrame) -> pd.DataFrame:
    """Return the whole ways taken, most frequent first: columns steps (a tuple), n (cases), share.

    Examples
    --------
    >>> log = steps(pd.DataFrame({"id": list("aab"), "what": ["x", "y", "x"]}), case="id", activity="what")
    >>> variants(log)["steps"].tolist()
    [('x',), ('x', 'y')]
    """
    ways = log.groupby("case")["step"].agg(tuple)
    counts = _counted(ways)
    return pd.DataFrame({"steps": list(counts.index), "n": counts.to_numpy(), "share": counts.to_numpy() / len(ways)})


def _counted(values: pd.Series) -> pd.Series:
    """Counts by value, most frequent first, ties by name."""
    counts = values.groupby(values.to_numpy()).size() if len(values) else values.value_counts()
    return counts.sort_index().sort_values(ascending=False, kind="stable")


def transitions(log: pd.DataFrame) -> pd.DataFrame:
    """Return the transition matrix: the share of moves from the row's step to the column's, rows sum to 1.

    The step "" stands for the start (row) and the end (column) of a case.

    Examples
    --------
    >>> log = steps(pd.DataFrame({"id": list("aab"), "what": ["x", "y", "x"]}), case="id", activity="what")
    >>> transitions(log).loc["x", ["", "y"]].tolist()
    [0.5, 0.5]
    """
    graph = edges(log)[["source", "target", "n"]]
    begin = starts(log).rename_axis("target").reset_index(name="n").assign(source="")
    stop = ends(log).rename_axis("source").reset_index(name="n").assign(target="")
    table = pd.concat([graph, begin, stop]).pivot_table(index="source", columns="target", values="n", fill_value=0.0)
    names = sorted(set(table.index) | set(table.columns))
    table = table.reindex(index=names, columns=names, fill_value=0.0).astype(float)
    return table.div(table.sum(axis=1), axis=0)


def funnel(log: pd.DataFrame, *, stages: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Return how many cases reach each stage in order, one row a stage.

    A case reaches a stage if the stage happens after (or together with) its first visit to the stage before. Columns:
    stage, n (cases that reach it), and two estimates each as value, low, high: `of_first` and `of_previous`, the share
    of the cases of the first and of the previous stage. What is lost at a stage is 1 − `of_previous`.

    Parameters
    ----------
    log
        From `steps`.
    stages
        Steps in the order in which a customer should pass them.
    level
        Confidence level of the Wilson intervals.

    Examples
    --------
    >>> log = steps(pd.DataFrame({"id": list("aabc"), "what": ["x", "y", "x", "y"]}), case="id", activity="what")
    >>> funnel(log, stages=["x", "y"])["n"].tolist()
    [2, 1]
    """
    reached = pd.Series(0, index=pd.Index(log["case"].unique()))
    counts = []
    for stage in stages:
        later = log[(log["step"] == stage) & (log["place"] > log["case"].map(reached).fillna(np.inf))]
        reached = later.groupby("case")["place"].first()
        counts.append(len(reached))
    rows = []
    for stage, n, before in zip(stages, counts, [counts[0], *counts[:-1]], strict=True):
        rows.append(
            {"stage": stage, "n": n} | _share(n, counts[0], level, "first") | _share(n, before, level, "previous")
        )
    return pd.DataFrame(rows)


def _share(count: int, of: int, level: float, name: str) -> dict[str, float | None]:
    """Value, low and high of a share as columns."""
    share = wilson(count, of, level=level)
    return {f"of_{name}": share.value, f"of_{name}_low": share.low, f"of_{name}_high": share.high}


def drop_off(log: pd.DataFrame, *, stages: Sequence[str], worth: float = 0.0, level: float = 0.95) -> pd.DataFrame:
    """Return what is lost between stages: stage, lost (cases), share (an estimate as value, low, high), at_stake.

    Parameters
    ----------
    log, stages, level
        As in `funnel`.
    worth
        Contribution of one completed case, in money; `at_stake` is the lost cases times what is worth at the rate
        at which cases of the next stage complete.

    Examples
    --------
    >>> log = steps(pd.DataFrame({"id": list("aab"), "what": ["x", "y", "x"]}), case="id", activity="what")
    >>> drop_off(log, stages=["x", "y"], worth=10)[["stage", "lost", "at_stake"]].values.tolist()
    [['x', 1, 10.0]]
    """
    n = funnel(log, stages=stages, level=level)["n"].to_numpy()
    rows = []
    for place, stage in enumerate(stages[:-1]):
        lost, following = int(n[place] - n[place + 1]), n[place + 1]
        completes = n[-1] / following if following else 0.0
        share = wilson(lost, int(n[place]), level=level)
        rows.append(
            {
                "stage": stage,
                "next": stages[place + 1],
                "lost": lost,
                **share.row(),
                "at_stake": float(lost * completes * worth),
            }
        )
    return pd.DataFrame(rows)


def differences(log: pd.DataFrame, *, other: pd.DataFrame, rate: float = 0.05, level: float = 0.95) -> pd.DataFrame:
    """Return which moves are made by more or fewer cases than in another log, largest difference first.

    For two periods or two personas. Columns: source, target, cases and other_cases, the difference of the shares of
    cases that make the move as value, low, high, p_value, p_adjusted, is_clear.

    Parameters
    ----------
    log, other
        From `steps`; the difference is `log` minus `other`.
    rate
        Share of false finds among the clear ones.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": list("aabbcc"), "what": list("xyxyxz")})
    >>> log = steps(frame, case="id", activity="what")
    >>> bool(differences(log, other=log)["is_clear"].any())
    False
    """
    sizes = log["case"].nunique(), other["case"].nunique()
    moves = edges(log).merge(edges(other), on=["source", "target"], how="outer", suffixes=("", "_other")).fillna(0)
    gaps = [
        share_difference(int(a), sizes[0], int(b), sizes[1], level=level)
        for a, b in zip(moves["cases"], moves["cases_other"], strict=True)
    ]
    found = false_discoveries([gap.p_value for gap in gaps], rate=rate)
    table = moves[["source", "target"]].assign(
        cases=moves["cases"].astype(int),
        other_cases=moves["cases_other"].astype(int),
        value=[gap.value for gap in gaps],
        low=[gap.low for gap in gaps],
        high=[gap.high for gap in gaps],
        p_value=[gap.p_value for gap in gaps],
        p_adjusted=list(found.adjusted),
        is_clear=list(found.rejected),
    )
    order = table["value"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)
