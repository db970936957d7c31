"""Small groups stay hidden, also from those who subtract: what a table of groups may show.

Where the value of all answers is known, one hidden group among shown ones is the whole minus the rest. So while the
hidden groups together hold fewer answers than may be shown, the next smallest group is hidden with them. How many
answered is no secret; what they answered is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.measures.estimate import Difference, Estimate
from cxlib.measures.privacy import hidden_small

_VALUES = ["value", "low", "high"]


def hidden(counts: pd.Series, *, min_n: int) -> pd.Series:
    """Return which groups to hide: those under `min_n`, and the partners that keep them from being computed.

    A group that nobody belongs to gives nobody away and needs no partner.

    Examples
    --------
    >>> hidden(pd.Series([200, 20, 4]), min_n=10).tolist()
    [False, True, True]
    >>> hidden(pd.Series([200, 6, 4]), min_n=10).tolist()
    [False, True, True]
    """
    sizes = counts.fillna(0).to_numpy(float)
    mask = hidden_small(sizes, min_n=min_n)
    for place in np.argsort(sizes, kind="stable"):
        together = sizes[mask].sum()
        if not 0 < together < min_n:
            break
        mask[place] = True
    return pd.Series(mask, index=counts.index)


def partner(known: Estimate) -> Estimate:
    """Return the estimate of a hidden partner: how many answered stays, what they answered does not.

    Examples
    --------
    >>> print(partner(Estimate(30, 14, 44, n=20)))
    – (partner-hidden; n=20)
    """
    rest = {"p_value": None} if isinstance(known, Difference) else {}
    return replace(known, value=None, low=None, high=None, reason="partner-hidden", **rest)


def shown(table: pd.DataFrame, *, min_n: int) -> pd.DataFrame:
    """Return a table of estimates by group without the values that give a small group away.

    Parameters
    ----------
    table
        One row a group with the columns of `Estimate.row`; together the groups are all answers, and what all
        answered is published elsewhere.
    min_n
        The smallest group that may be shown.

    Returns
    -------
    pd.DataFrame
        The same rows; hidden partners have no value and the reason ``partner-hidden``.
    """
    partners = hidden(table["n"], min_n=min_n) & table["value"].notna()
    if not partners.any():
        return table
    masked = table.copy()
    masked[_VALUES] = masked[_VALUES].astype(float).mask(partners)
    masked.loc[partners, "reason"] = "partner-hidden"
    return masked
