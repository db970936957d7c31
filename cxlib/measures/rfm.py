"""How lately, how often and for how much customers buy (RFM), scored in fifths.

A quick order of customers for a list; not a segmentation. Whether there are segments at all is another question
(`cxlib.measures.segments`).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.shares import quantiles

CUTS = (0.2, 0.4, 0.6, 0.8)


def rfm(log: pd.DataFrame, *, customer: str, day: str, amount: str, as_of: dt.date) -> pd.DataFrame:
    """Return recency, frequency and amount of each customer, and their scores from 1 to 5.

    Parameters
    ----------
    log
        One transaction a row. Rows after `as_of`, or without customer or date, are left out.
    customer, day, amount
        Columns of the customer, the date and the amount.
    as_of
        The day that recency is counted from.

    Returns
    -------
    pd.DataFrame
        Index: customer. Columns ``recency`` (days since the last transaction), ``frequency`` (transactions),
        ``monetary`` (sum of amounts), ``recency_score``, ``frequency_score``, ``monetary_score`` (5 is best) and
        ``score``, the three as one number: 543.

    Raises
    ------
    CxError
        If a column is missing or nothing is left.

    Notes
    -----
    Cuts at the fifths of Hyndman and Fan's type 7, plus 1; below the cut is the lower fifth. The rule of the R package
    rfm, which keeps ties together; fifths are then not of equal size.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-20", "2025-01-25"])
    >>> log = pd.DataFrame({"who": ["a", "b", "b"], "on": days, "paid": [10.0, 20, 30]})
    >>> rfm(log, customer="who", day="on", amount="paid", as_of=dt.date(2025, 1, 31))[["recency", "frequency"]]
         recency  frequency
    who
    a         30          1
    b          6          2
    """
    for name in (customer, day, amount):
        if name not in log:
            raise CxError("frame-without-column", column=name, found=list(map(str, log.columns)), near="")
    on = pd.to_datetime(log[day]).dt.tz_localize(None).dt.normalize()
    kept = log.loc[(on <= pd.Timestamp(as_of)) & log[customer].notna()]
    if not len(kept):
        raise CxError("no-purchases", found=str(as_of))
    whose = kept[customer]
    found = pd.DataFrame({"recency": (pd.Timestamp(as_of) - on[kept.index].groupby(whose).max()).dt.days})
    found["frequency"] = whose.groupby(whose).size()
    found["monetary"] = kept[amount].astype(float).groupby(whose).sum()
    found["recency_score"] = 6 - _fifth(found["recency"])
    found["frequency_score"] = _fifth(found["frequency"])
    found["monetary_score"] = _fifth(found["monetary"])
    found["score"] = 100 * found["recency_score"] + 10 * found["frequency_score"] + found["monetary_score"]
    return found


def _fifth(values: pd.Series) -> NDArray[np.int64]:
    """Fifth of each value, 1 to 5."""
    cuts = np.array(quantiles(values, CUTS)) + 1
    return 1 + np.searchsorted(cuts, values.to_numpy(dtype=float), side="right")


def within(
    scores: pd.DataFrame,
    *,
    recency: tuple[int, int] = (4, 5),
    frequency: tuple[int, int] = (4, 5),
    monetary: tuple[int, int] = (4, 5),
) -> pd.Series:
    """Return which customers score within the bounds, both included; the default are the champions.

    Examples
    --------
    >>> scores = pd.DataFrame({"recency_score": [5, 5], "frequency_score": [4, 3], "monetary_score": [5, 5]})
    >>> within(scores).tolist()
    [True, False]
    """
    bounds = {"recency_score": recency, "frequency_score": frequency, "monetary_score": monetary}
    return pd.concat([scores[name].between(*ends) for name, ends in bounds.items()], axis=1).all(axis=1)
