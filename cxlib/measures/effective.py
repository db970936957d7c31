"""What weighted or clustered answers are worth: survey metrics with the n that they carry, not the n they have.

Weights, and several respondents of one account, make answers less than independent. From their spread we compute how
many independent answers would be as sure (the effective n), and use the same intervals as for plain answers at that n:
adjusted Wald for the NPS, Wilson for shares. Both work on reduced scores (`cxlib.measures.scores.reduce`); for
accounts, reduce by the account too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.answers import known_instrument, numbers, on_scale
from cxlib.measures.estimate import Difference, Estimate, cannot_tell
from cxlib.measures.promoters import Promoters, adjusted_wald
from cxlib.measures.shares import normal_quantile, two_sided_p, wilson
from cxlib.measures.survey import GOOD


@dataclass(frozen=True, eq=False)
class _Sample:
    """Coded answers of one group: mean, influence of each independent unit on it, and what they are worth."""

    shares: NDArray[np.float64]
    mean: float
    influence: pd.Series
    n: int
    n_eff: float
    units: int


def by(
    reduced: pd.DataFrame,
    *,
    groups: Sequence[str],
    instrument: str,
    account: str | None = None,
    level: float = 0.95,
    min_n: int = 10,
) -> pd.DataFrame:
    """Return the weighted metric of an instrument for each group of reduced scores, one row a group.

    Parameters
    ----------
    reduced
        What `scores.reduce` returns: group columns, ``score``, ``n``, ``w``, ``w2``; with `account`, that column too.
    groups
        Columns to group by; empty: one row for all.
    instrument
        A key of `cxlib.measures.answers.SCALES`.
    account
        Column of the account whose respondents may answer alike; without it every respondent stands alone. A missing
        account is an account of its own, one a row.
    min_n
        Groups with fewer respondents get no value: reason ``too-few``.

    Returns
    -------
    pd.DataFrame
        The group columns, those of `Estimate.row`, then ``n_eff`` (answers that it is worth) and ``units``
        (accounts, or respondents).

    Raises
    ------
    CxError
        If the instrument is unknown, an answer is off its scale, or a column is missing.

    Examples
    --------
    >>> reduced = pd.DataFrame({"score": [10, 8, 2], "n": [50, 30, 20], "w": [50.0, 30, 40], "w2": [50.0, 30, 80]})
    >>> by(reduced, groups=[], instrument="nps")[["value", "low", "high", "n", "n_eff"]].round(1)
       value   low  high    n  n_eff
    0    8.3 -10.6  26.6  100   78.6
    """
    _columns(reduced, [*groups, "score", "n", "w", "w2", *filter(None, [account])])
    parts = reduced.groupby(list(groups), dropna=False, sort=True, observed=True) if groups else [((), reduced)]
    rows = []
    for key, part in parts:
        sample = _sample(part, instrument, account)
        worth = {"n_eff": sample.n_eff, "units": sample.units}
        rows.append(dict(zip(groups, key, strict=True)) | _estimate(sample, instrument, level, min_n).row() | worth)
    names = [*groups, *(field.name for field in fields(Estimate)), "n_eff", "units"]
    return pd.DataFrame(rows, columns=names)


def metric(reduced: pd.DataFrame, *, instrument: str, account: str | None = None, level: float = 0.95) -> Estimate:
    """Return the weighted metric of all reduced scores: NPS in points, CSAT and CES as a share.

    Parameters and errors are those of `by`.

    Examples
    --------
    >>> reduced = pd.DataFrame({"score": [5, 1], "n": [7, 3], "w": [7.0, 3.0], "w2": [7.0, 3.0]})
    >>> print(metric(reduced, instrument="csat5"))
    0.7 (0.397 to 0.892; n=10)
    """
    _columns(reduced, ["score", "n", "w", "w2", *filter(None, [account])])
    return _estimate(_sample(reduced, instrument, account), instrument, level, 1)


def difference(
    first: pd.DataFrame, second: pd.DataFrame, *, instrument: str, account: str | None = None, level: float = 0.95
) -> Difference:
    """Return how much higher the weighted metric of the first reduced scores is, with a test.

    Accounts that answered in both are recognised: what they share cancels out.

    Parameters
    ----------
    first, second
        Reduced scores of two groups or times, as in `by`.
    instrument, account, level
        As in `by`.

    Notes
    -----
    Variance of the difference from the influence of each account on it; at most as sure as the intervals of the two
    metrics. Student's t with accounts − 1 degrees of freedom for accounts, else normal.

    Examples
    --------
    >>> a = pd.DataFrame({"score": [10, 0], "n": [60, 40], "w": [60.0, 40.0], "w2": [60.0, 40.0]})
    >>> b = pd.DataFrame({"score": [10, 0], "n": [40, 60], "w": [40.0, 60.0], "w2": [40.0, 60.0]})
    >>> f"{difference(a, b, instrument='nps'):+.0f}"
    '+40 (+12 to +65; n=200)'
    """
    a, b = (_sample(part, instrument, account) for part in (first, second))
    scale, unit = (100.0, "points") if instrument == "nps" else (1.0, "share")
    n, method = a.n + b.n, "cluster-robust" if account else "linearised"
    if not (a.n and b.n) or min(a.units, b.units) < 2:
        return Difference(None, n=n, level=level, unit=unit, reason="no-answers" if not (a.n and b.n) else "one-unit")
    (centre_a, var_a), (centre_b, var_b) = (_softened(sample, instrument) for sample in (a, b))
    shared = float((a.influence * b.influence).dropna().sum()) if account else 0.0
    se = float(np.sqrt(max(var_a + var_b - 2 * shared, 0.0)))
    centre = centre_a - centre_b
    reach = _reach(level, min(a.units, b.units) - 1 if account else None)
    p_value = two_sided_p(centre / se * normal_quantile(level) / reach) if se else float(centre == 0)
    bounds = [scale * min(max(centre + sign * reach * se, -2.0), 2.0) for sign in (-1, 1)]
    return Difference(scale * (a.mean - b.mean), *bounds, n=n, level=level, method=method, unit=unit, p_value=p_value)


def _columns(reduced: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse reduced scores that lack a column."""
    for name in names:
        if name not in reduced:
            raise CxError("frame-without-column", column=name, found=list(map(str, reduced.columns)), near="")


def _codes(score: NDArray[np.float64], instrument: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each score whether it counts for (promoter, satisfied) and against (detractor)."""
    if known_instrument(instrument) == "nps":
        return (score >= 9).astype(float), (score <= 6).astype(float)
    low, high = GOOD[instrument]
    return ((score >= low) & (score <= high)).astype(float), np.zeros(len(score))


def _sample(part: pd.DataFrame, instrument: str, account: str | None) -> _Sample:
    """Mean, influences and effective n of one group of reduced scores."""
    score, n, w, w2 = (numbers(part[name]) for name in ("score", "n", "w", "w2"))
    on_scale(score, instrument=instrument)
    plus, minus = _codes(score, instrument)
    total, count = w.sum(), int(n.sum())
    if not total > 0:
        return _Sample(np.zeros(2), np.nan, pd.Series(dtype=float), count, 0.0, 0)
    shares = np.array([w @ plus, w @ minus]) / total
    mean, code = float(shares[0] - shares[1]), plus - minus
    plain = float(shares.sum() - mean**2)
    if account:
        influence = _influence(part[account], w * (code - mean) / total)
        units, spread = len(influence), float((influence**2).sum())
        widest = _influence(part[account], w / total)
        worth = float(1 / (widest**2).sum())
    else:
        influence, units, spread = pd.Series(dtype=float), count, float((w2 * (code - mean) ** 2).sum()) / total**2
        worth = float(total**2 / w2.sum())
    n_eff = min(plain / spread, count) if plain > 1e-12 and spread > 0 else worth
    return _Sample(shares, mean, influence, count, float(n_eff), units)


def _influence(account: pd.Series, contribution: NDArray[np.float64]) -> pd.Series:
    """Contributions added up by account; rows without one stand alone."""
    alone = pd.Series([f"\0{number}" for number in range(len(account))], index=account.index)
    names = account.astype("object").where(account.notna(), alone)
    return pd.Series(contribution, index=account.index).groupby(names).sum()


def _reach(level: float, df: int | None) -> float:
    """How many standard errors an interval reaches: normal, or Student's t with `df` degrees of freedom."""
    if df is None:
        return normal_quantile(level)
    from scipy.special import stdtrit

    return float(stdtrit(max(df, 1), (1 + level) / 2))


def _estimate(sample: _Sample, instrument: str, level: float, min_n: int) -> Estimate:
    """The interval of plain answers, at the effective n."""
    unit = "points" if instrument == "nps" else "share"
    if sample.n == 0 or sample.n < min_n:
        reason, needs = ("too-few", min_n) if sample.n else ("no-answers", None)
        return cannot_tell(reason, n=sample.n, level=level, unit=unit, needs=needs)
    is_clustered = len(sample.influence) > 0
    method = "cluster-robust" if is_clustered else "linearised"
    if sample.units < 2:
        value = sample.mean * (100 if instrument == "nps" else 1)
        return Estimate(value, n=sample.n, level=level, method=method, unit=unit, reason="one-unit", needs=2)
    reach = _reach(level, sample.units - 1 if is_clustered else None)
    inner = 2 * NormalDist().cdf(reach) - 1 if is_clustered else level
    value, low, high = _bounds(sample, instrument, inner)
    return Estimate(value, low, high, n=sample.n, level=level, method=method, unit=unit)


def _bounds(sample: _Sample, instrument: str, level: float) -> tuple[float, float, float]:
    """Value and bounds in the unit of the instrument."""
    if instrument == "nps":
        interval = adjusted_wald(_counts(sample), level=level)
        return 100 * sample.mean, 100 * interval.low, 100 * interval.high
    low, high = wilson(min(sample.shares[0], 1.0) * sample.n_eff, sample.n_eff, level=level)
    return sample.mean, low, high


def _counts(sample: _Sample) -> Promoters:
    """Promoters, passives and detractors at the effective n."""
    plus, minus = (float(share) for share in sample.shares)
    return Promoters(plus * sample.n_eff, max(0.0, 1 - plus - minus) * sample.n_eff, minus * sample.n_eff)


def _softened(sample: _Sample, instrument: str) -> tuple[float, float]:
    """Mean and variance with imagined answers added: ¾, 1½, ¾ for the NPS, one good and one bad for a share."""
    if instrument == "nps":
        group = _counts(sample).adjusted
        return group.net, group.se**2
    n = sample.n_eff + 2
    share = (sample.shares[0] * sample.n_eff + 1) / n
    return share, share * (1 - share) / n
