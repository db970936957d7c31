"""Making answers stand for all customers: weights to known margins, their price, and who did not answer at all.

Weighting mends a sample in which some groups answered more than others; it costs precision (the design effect) and
cannot mend differences between those who answer and those who do not. So the raw result always stands beside the
weighted one, with the effective n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures.answers import numbers
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile

_CLOSE = 1e-6


@dataclass(frozen=True)
class DesignEffect:
    """What weights cost: `deff` times the variance of an unweighted sample, so it is worth `n_eff` answers."""

    deff: float
    n_eff: float


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights that meet the margins.

    Attributes
    ----------
    weights
        One a row, with the index of the answers.
    design
        What they cost.
    rounds
        How often all margins were gone through.
    off_target
        Largest relative distance of a weighted margin from its target; above 0 where a cap stands in the way.
    capped
        How many weights the cap holds down.
    """

    weights: pd.Series
    design: DesignEffect
    rounds: int
    off_target: float
    capped: int


def raking(
    frame: pd.DataFrame,
    *,
    targets: Mapping[str, Mapping[str, float]],
    base: ArrayLike | None = None,
    cap: float | None = None,
    tolerance: float = 1e-9,
    rounds: int = 2000,
) -> Raked:
    """Return weights that bring the margins of `frame` to the targets, one margin after the other, until all hold.

    Few large weights mean that a handful of people speak for many: look at `design`, and at `cap`.

    Parameters
    ----------
    frame
        One answer a row, with a column for each margin.
    targets
        Margin column → {label: customers with it}. All margins add up to the same total.
    base
        Weights to begin with, shape (n,); without them 1 each.
    cap
        Largest weight allowed, as a multiple of the mean weight. Margins may then stay off target.
    tolerance
        Largest relative distance from a target that counts as met.
    rounds
        When to give up.

    Raises
    ------
    CxError
        If a column is missing, a label has no target or a target nobody with it, totals differ, a weight is not
        positive, or the margins cannot be met.

    Notes
    -----
    Deming & Stephan (1940); as `rake` of the R package survey, run to convergence.

    Examples
    --------
    >>> frame = pd.DataFrame({"city": ["a", "a", "a", "b"]})
    >>> raking(frame, targets={"city": {"a": 50, "b": 50}}).weights.round(2).tolist()
    [16.67, 16.67, 16.67, 50.0]
    """
    margins = [_margin(frame, column, target) for column, target in targets.items()]
    _same_total(targets)
    weights = np.ones(len(frame)) if base is None else _positive(numbers(base), len(frame))
    limit = np.inf if cap is None else cap * sum(next(iter(targets.values())).values()) / len(frame)
    done, off = 0, np.inf
    while off >= tolerance and done < rounds:
        done += 1
        for place, wanted in margins:
            weights = weights * (wanted / np.bincount(place, weights=weights))[place]
        weights = np.minimum(weights, limit)
        off = max(float(np.abs(np.bincount(p, weights=weights) / wanted - 1).max()) for p, wanted in margins)
    if cap is None and off > _CLOSE:
        raise CxError("margins-not-met", found=off, expected=list(targets))
    capped = int((weights >= limit).sum())
    return Raked(pd.Series(weights, index=frame.index), kish(weights), done, off, capped)


def _margin(
    frame: pd.DataFrame, column: str, target: Mapping[str, float]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For each row the place of its label among the targets, and the targets."""
    if column not in frame:
        raise CxError("frame-without-column", column=column, found=list(map(str, frame.columns)), near="")
    labels = [str(label) for label in target]
    place = pd.Index(labels).get_indexer(frame[column].astype("str").fillna(""))
    if (place < 0).any():
        found = sorted({str(label) for label in frame[column][place < 0]})
        raise CxError("label-without-target", column=column, found=found, expected=labels)
    wanted = np.array([float(value) for value in target.values()])
    empty = [label for number, label in enumerate(labels) if not (place == number).any()]
    if empty or not (wanted > 0).all():
        raise CxError("target-without-answers", column=column, found=empty or wanted.tolist())
    return place, wanted


def _same_total(targets: Mapping[str, Mapping[str, float]]) -> None:
    """Refuse margins that add up to different totals."""
    totals = [sum(target.values()) for target in targets.values()]
    if not totals or max(totals) - min(totals) > _CLOSE * max(totals):
        raise CxError("totals-differ", found=totals, expected=list(targets))


def _positive(weights: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Weights, refused if one is missing or not above 0, or there are not `n`."""
    if len(weights) != n:
        raise CxError("lengths-differ", found=[len(weights), n])
    if not (weights > 0).all():
        raise CxError("weight-not-positive", row=int(np.flatnonzero(~(weights > 0))[0]) + 1)
    return weights


def kish(weights: ArrayLike) -> DesignEffect:
    """Return Kish's design effect of unequal weights and the effective n.

    Raises
    ------
    CxError
        If there is no weight or one is not above 0.

    Notes
    -----
    Kish (1965): n Σw² / (Σw)².

    Examples
    --------
    >>> design = kish([1, 1, 1, 1, 2, 2, 4])
    >>> round(design.deff, 4), round(design.n_eff, 4)
    (1.3611, 5.1429)
    """
    values = numbers(weights)
    if not len(values):
        raise CxError("no-values")
    _positive(values, len(values))
    n_eff = float(values.sum() ** 2 / (values @ values))
    return DesignEffect(len(values) / n_eff, n_eff)


def cell_weights(frame: pd.DataFrame, weights: pd.Series, *, by: Sequence[str]) -> dict[tuple[str, ...], float]:
    """Return the mean weight of each combination of labels that occurs.

    Examples
    --------
    >>> cell_weights(pd.DataFrame({"city": ["a", "a", "b"]}), pd.Series([1.0, 3.0, 2.0]), by=["city"])
    {('a',): 2.0, ('b',): 2.0}
    """
    keys = [frame[column].astype("str") for column in by]
    means = pd.Series(np.asarray(weights, dtype=float), index=frame.index).groupby(keys, sort=True).mean()
    return {key if isinstance(key, tuple) else (key,): float(value) for key, value in means.items()}


@dataclass(frozen=True)
class WeightedMean:
    """A weighted mean with its linearised standard error."""

    mean: float
    se: float
    n: int
    design: DesignEffect


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> WeightedMean:
    """Return the weighted mean of `values` with the standard error that the weights leave.

    For a share give zeros and ones, or compare first: ``weighted_mean(values > 700, weights)``.

    Parameters
    ----------
    values, weights
        Shape (n,). Rows whose value is missing are left out.

    Raises
    ------
    CxError
        If no value is left or a weight is not above 0.

    Notes
    -----
    Linearised (Taylor) variance of a ratio under sampling with replacement, with n / (n − 1), as `svymean` of the R
    package survey.

    Examples
    --------
    >>> result = weighted_mean([1, 2, 3], [1, 1, 2])
    >>> result.mean, round(result.se, 4)
    (2.25, 0.6027)
    """
    y, w = numbers(values), numbers(weights)
    if len(y) != len(w):
        raise CxError("lengths-differ", found=[len(y), len(w)])
    known = ~np.isnan(y)
    y, w = y[known], _positive(w[known], int(known.sum()))
    if not len(y):
        raise CxError("no-values")
    mean, n = float(np.average(y, weights=w)), len(y)
    spread = float(((w * (y - mean)) ** 2).sum()) / w.sum() ** 2
    return WeightedMean(mean, float(np.sqrt(spread * n / (n - 1))) if n > 1 else float("nan"), n, kish(w))


def weighted_total(values: ArrayLike, weights: ArrayLike) -> float:
    """Return the total that the weighted values stand for; missing values are left out.

    Examples
    --------
    >>> weighted_total([1, 2, None], [10, 20, 30])
    50.0
    """
    return float(np.nansum(numbers(values) * numbers(weights)))


def share_above(values: ArrayLike, weights: ArrayLike, *, threshold: float) -> WeightedMean:
    """Return the weighted share of values above `threshold`, with its linearised standard error.

    Examples
    --------
    >>> share_above([1, 2, 3], [1, 1, 2], threshold=1).mean
    0.75
    """
    y = numbers(values)
    return weighted_mean(np.where(np.isnan(y), np.nan, y > threshold), weights)


@dataclass(frozen=True)
class WeightedNet:
    """A weighted net share: shares of promoters, passives and detractors, their net, its standard error and bounds."""

    promoters: float
    passives: float
    detractors: float
    net: float
    se: float
    low: float
    high: float


def weighted_net(
    values: ArrayLike, weights: ArrayLike, *, promoter_min: float = 9, detractor_below: float = 7, level: float = 0.95
) -> WeightedNet:
    """Return the weighted net share of `values`, linearised, on the scale −1 to +1.

    For samples large enough for a normal interval; reports use `cxlib.measures.effective`, which holds at small n too.

    Parameters
    ----------
    values, weights
        Shape (n,). Rows whose value is missing are left out.
    promoter_min, detractor_below
        Values from the first upwards are promoters, those below the second detractors.

    Examples
    --------
    >>> result = weighted_net([10, 9, 8, 3], [1, 1, 1, 2])
    >>> round(result.net, 2), round(result.se, 3)
    (0.0, 0.566)
    """
    y = numbers(values)
    code = np.where(np.isnan(y), np.nan, 1.0 * (y >= promoter_min) - (y < detractor_below))
    result = weighted_mean(code, weights)
    plus, minus = (weighted_mean(np.where(np.isnan(y), np.nan, code == sign), weights).mean for sign in (1, -1))
    half = normal_quantile(level) * result.se
    return WeightedNet(plus, 1 - plus - minus, minus, result.mean, result.se, result.mean - half, result.mean + half)


@dataclass(frozen=True)
class ResponseRates:
    """AAPOR's six response rates: odd ones count complete interviews only, even ones partial ones too."""

    rr1: float
    rr2: float
    rr3: float
    rr4: float
    rr5: float
    rr6: float


def response_rates(
    *,
    complete: float,
    partial: float = 0,
    refusal: float = 0,
    non_contact: float = 0,
    other: float = 0,
    unknown_household: float = 0,
    unknown_other: float = 0,
    eligible_share: float = 1,
) -> ResponseRates:
    """Return the response rates of a survey from the fate of those invited.

    RR1 and RR2 count all of unknown eligibility as eligible (lowest), RR5 and RR6 none (highest), RR3 and RR4 the
    share `eligible_share`. A rate is NaN if nobody counts. State which one is quoted.

    Raises
    ------
    CxError
        If a number is negative or `eligible_share` is not between 0 and 1.

    Notes
    -----
    AAPOR, Standard Definitions.

    Examples
    --------
    >>> rates = response_rates(complete=400, partial=50, refusal=300, non_contact=200, other=20, unknown_household=130)
    >>> round(rates.rr1, 4), round(rates.rr6, 4)
    (0.3636, 0.4639)
    """
    parts = [complete, partial, refusal, non_contact, other, unknown_household, unknown_other]
    if not min(parts) >= 0:
        raise CxError("not-a-count", found=parts)
    if not 0 <= eligible_share <= 1:
        raise CxError("p-not-a-share", found=eligible_share)
    known, unknown = sum(parts[:5]), sum(parts[5:])
    bases = [known + share * unknown for share in (1, eligible_share, 0)]
    answered = [complete, complete + partial]
    return ResponseRates(*(count / base if base else float("nan") for base in bases for count in answered))


def worst_case(
    value: float, *, answered: int, asked: int, lowest: float = 0, highest: float = 1, level: float = 0.95
) -> Estimate:
    """Return a result with the bounds it would have if all who did not answer were at one end of the scale.

    No weighting can do better without assuming that silence is like speech. The bounds hold for certain, not with a
    level.

    Parameters
    ----------
    value
        Mean of those who answered: a share, points or a score.
    answered, asked
        How many answered, and how many were asked.
    lowest, highest
        Ends of the scale: 0 and 1 for a share, −100 and 100 for the NPS.
    level
        Carried along only.

    Raises
    ------
    CxError
        If more answered than were asked.

    Notes
    -----
    Manski (1989), Anatomy of the Selection Problem.

    Examples
    --------
    >>> print(worst_case(0.8, answered=50, asked=100))
    0.8 (0.4 to 0.9; n=50)
    """
    if not 0 <= answered <= asked:
        raise CxError("not-a-count", found=[answered, asked])
    if not answered:
        return cannot_tell("no-answers", level=level)
    told = answered / asked
    low, high = (told * value + (1 - told) * end for end in (lowest, highest))
    return Estimate(value, low, high, n=answered, level=level, method="worst-case")
