"""Did the action work? The effect of a change, with its uncertainty.

Before against after shows what happened, not why: everything else changed too. A group that did not get the change
shows what would have happened (difference-in-differences, an A/B test), a long history shows where the line was going
(`cxlib.measures.interruption`). Whether that means "works" is said by `cxlib.measures.verdicts`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.estimate import Difference
from cxlib.measures.given import aligned, numbers, option

ERRORS = ("plain", "robust")


@dataclass(frozen=True)
class Did:
    """A 2×2 difference-in-differences.

    Attributes
    ----------
    effect
        The difference of the differences.
    coefficients, errors
        Of intercept, group, post and did, with their standard errors.
    r2
        Share of the variance that the four means explain.
    """

    effect: Difference
    coefficients: dict[str, float]
    errors: dict[str, float]
    r2: float


def did_means(treated_before: float, *, treated_after: float, control_before: float, control_after: float) -> float:
    """Return the difference of the differences of four means: what the treated gained beyond the others.

    Examples
    --------
    >>> did_means(60, treated_after=70, control_before=61, control_after=64)
    7
    """
    return (treated_after - treated_before) - (control_after - control_before)


def did(
    y: ArrayLike,
    *,
    group: ArrayLike,
    post: ArrayLike,
    cluster: ArrayLike | None = None,
    errors: str = "robust",
    level: float = 0.95,
) -> Did:
    """Return the effect of a change on those who got it, others and times compared.

    It is right if both groups would have moved in parallel without the change; two more periods before it show
    whether they did. People who answer twice, or share an account, need `cluster`.

    Parameters
    ----------
    y
        The outcome, one row an answer, shape (n,).
    group, post
        1 for the treated and 1 for after the change, else 0, shape (n,).
    cluster
        What answers belong together (customer, account, shop), shape (n,).
    errors
        ``robust`` (HC1; the default) or ``plain`` (equal variances); with `cluster` always clustered.

    Raises
    ------
    CxError
        If one of the four cells is empty or the columns differ in length.

    Notes
    -----
    Ordinary least squares by `statsmodels`: y on group, post and their product. Clustered errors take Student's
    quantile with clusters − 1 degrees of freedom; with fewer than about 20 clusters they are still too small.

    Examples
    --------
    >>> fit = did([1, 2, 1, 2, 2, 3, 5, 6], group=[0, 0, 1, 1, 0, 0, 1, 1], post=[0, 0, 0, 0, 1, 1, 1, 1])
    >>> print(fit.effect)
    3 (0.224 to 5.78; n=8)
    """
    import statsmodels.api as sm

    frame = _design(y, group=group, post=post, cluster=cluster)
    model = sm.OLS(frame["y"].to_numpy(), frame[["intercept", "group", "post", "did"]].to_numpy())
    fit = model.fit(**_covariance(frame, option(errors, ERRORS, name="errors")))
    names = ("intercept", "group", "post", "did")
    low, high = fit.conf_int(alpha=1 - level)[3]
    method = "did-clustered" if cluster is not None else f"did-{errors}"
    effect = Difference(
        float(fit.params[3]),
        float(low),
        float(high),
        n=len(frame),
        level=level,
        method=method,
        p_value=float(fit.pvalues[3]),
    )
    return Did(
        effect,
        dict(zip(names, map(float, fit.params), strict=True)),
        dict(zip(names, map(float, fit.bse), strict=False)),
        float(fit.rsquared),
    )


def _design(y: ArrayLike, *, group: ArrayLike, post: ArrayLike, cluster: ArrayLike | None) -> pd.DataFrame:
    """The regression's columns, rows with a missing value left out."""
    outcome = aligned(y, name="y")
    frame = pd.DataFrame(
        {
            "y": outcome,
            "intercept": 1.0,
            "group": aligned(group, name="group", length=len(outcome)),
            "post": aligned(post, name="post", length=len(outcome)),
        }
    )
    frame["did"] = frame["group"] * frame["post"]
    frame["cluster"] = 0 if cluster is None else pd.factorize(np.asarray(cluster))[0]
    frame = frame.dropna()
    cells = frame.groupby(["group", "post"]).size()
    if sorted(cells.index) != [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] or len(frame) < 5:
        raise CxError("did-cells", found=[f"{group:g}/{post:g}: {n}" for (group, post), n in cells.items()])
    return frame


def _covariance(frame: pd.DataFrame, errors: str) -> dict:
    """Arguments that make statsmodels compute the wanted standard errors."""
    if frame["cluster"].nunique() > 1:
        return {"cov_type": "cluster", "cov_kwds": {"groups": frame["cluster"].to_numpy()}, "use_t": True}
    return {"cov_type": "HC1", "use_t": True} if errors == "robust" else {"use_t": True}


def ab_test(treated: ArrayLike, *, control: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two means of people who were assigned at random, treated minus control.

    Parameters
    ----------
    treated, control
        The outcome, one row a person, shapes (n1,) and (n2,); shares as 0 and 1.

    Raises
    ------
    CxError
        If a group has fewer than two values.

    Notes
    -----
    Welch's t interval and test.

    Examples
    --------
    >>> print(ab_test([3, 4, 5, 6], control=[1, 2, 3, 4]))
    2 (-0.234 to 4.23; n=8)
    """
    a, b = numbers(treated, name="treated", least=2), numbers(control, name="control", least=2)
    return _welch(a, b, level, "welch")


def before_after(before: ArrayLike, *, after: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two means in time, after minus before.

    A caveat, not a proof: season, mix of customers and everything else that changed is in it. Use it to see whether
    anything moved; use a comparison group or a long history to say why.

    Parameters
    ----------
    before, after
        The outcome, one row an answer, shapes (n1,) and (n2,).

    Examples
    --------
    >>> before_after([1, 2, 3, 4], after=[3, 4, 5, 6]).value
    2.0
    """
    a, b = numbers(after, name="after", least=2), numbers(before, name="before", least=2)
    return _welch(a, b, level, "before-after")


def _welch(a: np.ndarray, b: np.ndarray, level: float, method: str) -> Difference:
    """Welch's interval and test of the difference of two means."""
    from scipy.special import stdtr, stdtrit

    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    value, se, n = float(a.mean() - b.mean()), math.sqrt(sum(parts)), len(a) + len(b)
    if se == 0:
        return Difference(value, n=n, level=level, method=method, reason="no-spread")
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    half = float(stdtrit(df, (1 + level) / 2)) * se
    return Difference(
        value,
        value - half,
        value + half,
        n=n,
        level=level,
        method=method,
        p_value=float(2 * stdtr(df, -abs(value) / se)),
    )


@dataclass(frozen=True)
class Cuped:
    """An A/B effect before and after adjusting for what was known of each person.

    Attributes
    ----------
    raw, adjusted
        The plain effect and the adjusted one.
    theta
        How much the outcome moves with the earlier number.
    variance_ratio
        Variance of the adjusted outcome over that of the plain one: 1 − correlation². 0.5 halves the n it takes.
    """

    raw: Difference
    adjusted: Difference
    theta: float
    variance_ratio: float


def cuped(y: ArrayLike, *, x: ArrayLike, treated: ArrayLike, level: float = 0.95) -> Cuped:
    """Return an A/B effect with less noise, by what was known of each person before the test.

    Parameters
    ----------
    y
        The outcome, one row a person, shape (n,).
    x
        The same or a related number from before the assignment, shape (n,); never one that the treatment could move.
    treated
        1 or 0, assigned at random, shape (n,).

    Raises
    ------
    CxError
        If the columns differ in length, `x` does not vary, or a group has fewer than two people.

    Notes
    -----
    Deng, Xu, Kohavi and Walker (2013), WSDM: y − θ(x − mean of x) with θ = cov(y, x) / var(x) over both groups.

    Examples
    --------
    >>> test = cuped([2, 4, 5, 4, 6, 9, 8, 11], x=[1, 2, 3, 4, 5, 6, 7, 8], treated=[0, 1, 0, 1, 0, 1, 0, 1])
    >>> round(test.raw.value, 3), round(test.adjusted.value, 3)
    (1.75, 0.595)
    """
    outcome = aligned(y, name="y")
    earlier, arm = aligned(x, name="x", length=len(outcome)), aligned(treated, name="treated", length=len(outcome))
    known = ~(np.isnan(outcome) | np.isnan(earlier) | np.isnan(arm))
    outcome, earlier, arm = outcome[known], earlier[known], arm[known] == 1
    if len(earlier) < 2 or np.ptp(earlier) == 0:
        raise CxError("no-spread", column="x")
    theta = float(np.cov(outcome, earlier)[0, 1] / earlier.var(ddof=1))
    left = outcome - theta * (earlier - earlier.mean())
    spread = outcome.var(ddof=1)
    return Cuped(
        raw=ab_test(outcome[arm], control=outcome[~arm], level=level),
        adjusted=ab_test(left[arm], control=left[~arm], level=level),
        theta=theta,
        variance_ratio=float(left.var(ddof=1) / spread) if spread > 0 else 1.0,
    )
