"""Scales that may run the other way than declared: found before anything is computed from them.

People who recommend are people who are satisfied. Where satisfaction falls as recommendation rises, in one survey, one
language or one channel, the scale was most likely turned round there, and every number made of it would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl

PAIRS = 30
"""Fewer pairs of answers than this tell nothing about a direction."""

_GOOD = {"nps": 1, "csat": 1, "ces": 1}
_Z = 3.09
GROUPS = ("survey", "lang", "channel")
"""What answers are divided by: a part of them may run the other way."""

_APART = 0.4
_TINY = 1e-12
_ROWS = "_rows"


def patterns(responses: pd.DataFrame) -> pd.DataFrame:
    """Return the different answers: scores and what they are grouped by, and in ``_rows`` how many responses gave each.

    There are few of them however many responses there are, so all that follows takes no time.

    Examples
    --------
    >>> patterns(pd.DataFrame({"nps": [9, 0, 9], "lang": ["en", "fa", "en"], "city": ["a", "b", "c"]})).values.tolist()
    [[0.0, 'fa', 1], [9.0, 'en', 2]]
    """
    names = [name for name in (*_GOOD, *GROUPS) if name in responses]
    if not names:
        return pd.DataFrame({_ROWS: [len(responses)]})
    cells = pl.from_pandas(responses[names]).with_columns(
        pl.col(name).cast(pl.Float64) for name in names if name in _GOOD
    )
    return cells.group_by(names).len(_ROWS).sort(names).to_pandas()


def reversed_scales(responses: pd.DataFrame, *, lows: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Return the pairs of scores that run against each other: pair, by, group, n, correlation.

    A pair is listed if its correlation is below zero by more than chance makes it in one of a thousand groups of
    unrelated scores, so that looking at many groups raises no false alarm. A group is listed only where the whole is
    not.

    Parameters
    ----------
    responses
        The canonical table with at least two of nps, csat, ces, or its `patterns`.
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
    scores = {name: _numbers(responses[name]) for name in _GOOD if name in responses}
    parts, rows = list(_groups(responses)), _rows(responses)
    for first, second in combinations(scores, 2):
        sign = (-1 if first in lows else 1) * (-1 if second in lows else 1)
        against = _against(scores[first], scores[second], rows, parts, sign)
        found += [(f"{first} {second}", *row) for row in against]
    return pd.DataFrame(found, columns=["pair", "by", "group", "n", "correlation"])


def _numbers(cells: pd.Series) -> np.ndarray:
    """A column of scores as floats."""
    return cells.to_numpy(dtype=float, na_value=np.nan)


def _rows(responses: pd.DataFrame) -> np.ndarray:
    """How many responses each row stands for."""
    return responses[_ROWS].to_numpy(dtype=float) if _ROWS in responses else np.ones(len(responses))


def _against(
    first: np.ndarray, second: np.ndarray, rows: np.ndarray, parts: Iterable[tuple[str, list[str], np.ndarray]],
    sign: int,
) -> list[tuple[str, str, int, float]]:  # fmt: skip
    """The whole, or else the groups, in which two scores run against each other."""
    found: list[tuple[str, str, int, float]] = []
    both = np.isfinite(first) & np.isfinite(second)
    pairs = first[both], second[both], rows[both]
    for by, names, code in parts:
        if by and found and found[0][0] == "":
            break
        count, correlations = _correlations(*pairs, code[both], len(names))
        for place, group in enumerate(names):
            n, correlation = int(count[place]), sign * float(correlations[place])
            if n < PAIRS or np.isnan(correlation):
                continue
            if np.arctanh(np.clip(correlation, -0.999999, 0.999999)) + _Z / np.sqrt(n - 3) < 0:
                found.append((by, group, n, correlation))
    return found


def _correlations(
    x: np.ndarray, y: np.ndarray, rows: np.ndarray, code: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number of pairs and correlation in each group; not-a-number where a score does not vary."""
    if not len(x):
        return np.zeros(groups), np.full(groups, np.nan)
    x, y = (one - np.average(one, weights=rows) for one in (x, y))
    count, *sums = (_sums(code, groups, rows * of) for of in (1, x, y, x * x, y * y, x * y))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y, square_x, square_y, product = (one / count for one in sums)
        spread_x, spread_y = square_x - mean_x**2, square_y - mean_y**2
        varies = (spread_x > _TINY * square_x) & (spread_y > _TINY * square_y)
        correlation = (product - mean_x * mean_y) / np.sqrt(spread_x * spread_y)
    return count, np.where(varies, correlation, np.nan)


def _sums(code: np.ndarray, groups: int, of: np.ndarray) -> np.ndarray:
    """The sum of a column by group; rows without a group (-1) belong to none."""
    return np.bincount(code + 1, weights=of, minlength=groups + 1)[1:]


def _groups(responses: pd.DataFrame) -> Iterator[tuple[str, list[str], np.ndarray]]:
    """The whole table as one group, then its parts by survey, language and channel: names, and each row's group."""
    yield "", [""], np.zeros(len(responses), dtype=np.int64)
    for by in GROUPS:
        if by in responses:
            code, names = pd.factorize(responses[by], sort=True)
            if len(names) > 1:
                yield by, [str(name) for name in names], code


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
    cells = _numbers(responses[score])
    known = np.isfinite(cells)
    rows, weighed = _rows(responses)[known], (_rows(responses) * cells)[known]
    total, whole = int(rows.sum()), float(weighed.sum())
    for by, names, code in _groups(responses):
        counts, sums = (_sums(code[known], len(names), of) for of in (rows, weighed))
        for group, n, inside in zip(names, counts.astype(int).tolist(), sums.tolist(), strict=True):
            if not by or n < PAIRS or total - n < PAIRS or 2 * n > total:
                continue
            mean, others = inside / n, (whole - inside) / (total - n)
            is_mirrored = abs((low + high - mean) - others) < abs(mean - others) / 2
            if is_mirrored and abs(mean - others) > _APART * (high - low):
                found.append((by, group, n, mean, others))
    return pd.DataFrame(found, columns=["by", "group", "n", "mean", "others"])
