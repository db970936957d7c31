"""Scales that may run the other way than declared: found before anything is computed from them.

People who recommend are people who are satisfied. Where satisfaction falls as recommendation rises, in one survey, one
language or one channel, the scale was most likely turned round there, and every number made of it would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

PAIRS = 30
"""Fewer pairs of answers than this tell nothing about a direction."""

_GOOD = {"nps": 1, "csat": 1, "ces": 1}
_Z = 3.09
_GROUPS = ("", "survey", "lang", "channel")
_APART = 0.4


def reversed_scales(responses: pd.DataFrame, *, lows: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Return the pairs of scores that run against each other: pair, by, group, n, correlation.

    A pair is listed if its correlation is below zero by more than chance makes it in one of a thousand groups of
    unrelated scores, so that looking at many groups raises no false alarm. A group is listed only where the whole is
    not.

    Parameters
    ----------
    responses
        The canonical table with at least two of nps, csat, ces.
    lows
        Scores of which a low answer is the good one (``ces`` under instrument ces1).

    Notes
    -----
    Bound of a correlation by Fisher's z, standard error 1/√(n − 3), one-sided 99.9 %.

    Examples
    --------
    >>> turned = pd.DataFrame({"nps": [0, 2, 5, 8, 10] * 10, "csat": [5, 4, 3, 2, 1] * 10})
    >>> reversed_scales(turned)[["pair", "n"]].values.tolist()
    [['nps csat', 50]]
    """
    found = []
    scores = [name for name in _GOOD if name in responses and responses[name].notna().sum() >= PAIRS]
    for place, first in enumerate(scores):
        for second in scores[place + 1 :]:
            sign = (-1 if first in lows else 1) * (-1 if second in lows else 1)
            found += _against(responses, first, second, sign)
    return pd.DataFrame(found, columns=["pair", "by", "group", "n", "correlation"])


def _against(responses: pd.DataFrame, first: str, second: str, sign: int) -> list[tuple[str, str, str, int, float]]:
    """The whole, or else the groups, in which two scores run against each other."""
    found = []
    for by, group, rows in _groups(responses):
        if by and found and found[0][1] == "":
            break
        both = rows[[first, second]].dropna().astype(float)
        if len(both) < PAIRS or (both.nunique() < 2).any():
            continue
        correlation = sign * float(both[first].corr(both[second]))
        if np.arctanh(np.clip(correlation, -0.999999, 0.999999)) + _Z / np.sqrt(len(both) - 3) < 0:
            found.append((f"{first} {second}", by, group, len(both), correlation))
    return found


def _groups(responses: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The whole table, then its parts by survey, language and channel."""
    for by in _GROUPS:
        if not by:
            yield "", "", responses
        elif by in responses and responses[by].nunique() > 1:
            for group, rows in responses.groupby(by, observed=True):
                yield by, str(group), rows


def mirrored_groups(responses: pd.DataFrame, *, score: str, low: float, high: float) -> pd.DataFrame:
    """Return groups whose mean of `score` lies as if the scale were turned round: by, group, n, mean, others.

    It catches what a correlation cannot: one score alone, high in English and low in Persian. A real difference can
    look the same, so it is a doubt and not a proof.

    Examples
    --------
    >>> rows = pd.DataFrame({"lang": ["en"] * 60 + ["fa"] * 40, "csat": [5, 5, 4] * 20 + [1, 1, 2, 1] * 10})
    >>> mirrored_groups(rows, score="csat", low=1, high=5)[["by", "group"]].values.tolist()
    [['lang', 'fa']]
    """
    found = []
    for by, group, rows in _groups(responses):
        inside, rest = rows[score].dropna(), responses.loc[~responses.index.isin(rows.index), score].dropna()
        if not by or len(inside) < PAIRS or len(rest) < PAIRS or len(inside) > len(rest):
            continue
        mean, others = float(inside.mean()), float(rest.mean())
        is_mirrored = abs((low + high - mean) - others) < abs(mean - others) / 2
        if is_mirrored and abs(mean - others) > _APART * (high - low):
            found.append((by, group, len(inside), mean, others))
    return pd.DataFrame(found, columns=["by", "group", "n", "mean", "others"])
