"""Ordered answers explained: the proportional-odds model for outcomes such as "low, medium, high".

A satisfaction scale has an order but no distances. The model asks how a driver shifts the odds of answering higher, the
same at each step of the scale; where that does not hold, it blurs.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.shares import normal_quantile

LINKS = ("logit", "probit", "loglog", "cloglog", "cauchit")
_SEPARATED = 30.0


@dataclass(frozen=True)
class ProportionalOdds:
    """A fitted model.

    Attributes
    ----------
    coef, se
        Driver (or driver and label) → shift towards higher answers, and its standard error.
    thresholds
        Cut points between the answers on the scale of the link, ascending.
    deviance
        −2 times the log-likelihood.
    n
        Answers.
    level
        Confidence level of `odds`.
    """

    coef: dict[str, float]
    se: dict[str, float]
    thresholds: tuple[float, ...]
    deviance: float
    n: int
    level: float = 0.95

    def odds(self) -> pd.DataFrame:
        """Return odds ratios of a higher answer with bounds (logit only), one row a driver."""
        z, names = normal_quantile(self.level), list(self.coef)
        middle = np.array([self.coef[name] for name in names])
        half = z * np.array([self.se[name] for name in names])
        bounds = {"low": np.exp(middle - half), "high": np.exp(middle + half)}
        return pd.DataFrame({"driver": names, "value": np.exp(middle), **bounds})


def proportional_odds(
    frame: pd.DataFrame,
    *,
    outcome: str,
    drivers: Sequence[str] = (),
    counts: str | None = None,
    order: Mapping[str, Sequence[object]] | None = None,
    link: str = "logit",
    level: float = 0.95,
) -> ProportionalOdds:
    """Return the model of an ordered outcome.

    Parameters
    ----------
    frame
        One answer a row, or one combination a row with `counts`. Rows with a missing value are left out.
    outcome
        Column of the ordered answers.
    drivers
        Columns that may explain it; all others if empty. Numbers count as they are; labels become one coefficient
        each, named driver and label, against the first label.
    counts
        Column that says how many answers a row stands for.
    order
        Column → its labels from low to high. Without it numbers go by size, ordered categories by their order, and
        other labels by first appearance.
    link
        ``logit``, ``probit``, ``loglog``, ``cloglog`` or ``cauchit``.
    level
        Confidence level of the odds ratios.

    Raises
    ------
    CxError
        If a column is missing, a label has no place in its order, the outcome has one value only, the link is
        another, or no maximum is found.

    Notes
    -----
    McCullagh (1980), JRSS B 42:109–142; by `statsmodels.miscmodels.ordinal_model.OrderedModel`.

    Examples
    --------
    >>> frame = pd.DataFrame({"csat": [1, 2, 3, 1, 2, 3], "web": [0, 0, 0, 1, 1, 1], "n": [30, 20, 10, 10, 20, 30]})
    >>> model = proportional_odds(frame, outcome="csat", counts="n")
    >>> round(model.coef["web"], 2), model.n
    (1.61, 120)
    """
    if link not in LINKS:
        raise CxError("no-such-method", found=link, expected=list(LINKS))
    answers, design, number = _prepared(frame, outcome, drivers, counts, order or {})
    found, spread = _fitted(answers, design, number, link)
    p = design.shape[1]
    names = list(design.columns)
    coef = dict(zip(names, found.params[:p].tolist(), strict=True))
    se = dict(zip(names, spread[:p].tolist(), strict=True))
    cuts = found.model.transform_threshold_params(found.params)[1:-1]
    thresholds = tuple(float(cut) for cut in cuts)
    return ProportionalOdds(coef, se, thresholds, float(-2 * found.llf), int(number.sum()), level)


def _fitted(answers: pd.Series, design: pd.DataFrame, counts: pd.Series, link: str) -> tuple[Any, NDArray[np.float64]]:
    """The maximum of the likelihood and its standard errors, without the warnings on the way there."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    class Counted(OrderedModel):
        """The model with each row standing for several answers."""

        def loglike(self, params: NDArray[np.float64]) -> float:
            return float(counts.to_numpy() @ self.loglikeobs(params))

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = Counted(answers.to_numpy(), design.to_numpy(dtype=float), distr=_distribution(link))
        rough = model.fit(method="bfgs", disp=False, maxiter=1000, gtol=1e-6)
        found = model.fit(start_params=rough.params, method="newton", disp=False, maxiter=100)
        best = found if np.isfinite(found.llf) and found.llf >= rough.llf - 1e-9 else rough
        spread = np.asarray(best.bse)
    steepest = float(np.abs(best.params[: design.shape[1]]).max(initial=0))
    if not (np.isfinite(best.llf) and np.isfinite(best.params).all() and steepest < _SEPARATED):
        raise CxError("no-maximum", found=steepest)
    return best, spread


def _distribution(link: str) -> Any:
    """The distribution behind a link, as statsmodels wants it."""
    from scipy import stats

    return {"loglog": stats.gumbel_r, "cloglog": stats.gumbel_l, "cauchit": stats.cauchy}.get(link, link)


def _prepared(
    frame: pd.DataFrame, outcome: str, drivers: Sequence[str], counts: str | None, order: Mapping[str, Sequence[object]]
) -> tuple[pd.Series, pd.DataFrame, pd.Series]:
    """Answers as numbers from 0, the drivers as columns of numbers, and how many answers each distinct row is."""
    names = list(drivers) or [name for name in frame.columns if name not in (outcome, counts)]
    for name in [outcome, *names, *filter(None, [counts])]:
        if name not in frame:
            raise CxError("frame-without-column", column=name, found=list(map(str, frame.columns)), near="")
    kept = frame.dropna(subset=[outcome, *names]).reset_index(drop=True)
    number = kept[counts].astype(float) if counts else pd.Series(1.0, index=kept.index)
    if not (number >= 0).all():
        raise CxError("not-a-count", found=number[~(number >= 0)].tolist()[:5])
    kept, number = kept[number > 0], number[number > 0]
    answers = _coded(kept[outcome], order.get(outcome), is_outcome=True)
    if answers.nunique() < 2:
        raise CxError("outcome-constant", column=outcome, found=answers.nunique())
    design = pd.concat([_columns(kept[name], order.get(name)) for name in names], axis=1)
    place = design.assign(answer=answers).groupby([*design.columns, "answer"]).ngroup()
    first = ~place.duplicated()
    return answers[first], design[first], number.groupby(place).sum().loc[place[first]]


def _coded(column: pd.Series, labels: Sequence[object] | None, *, is_outcome: bool) -> pd.Series:
    """Labels as their places in the order, from 0 and without gaps."""
    places = pd.Series(pd.Index(_order(column, labels)).get_indexer(column), index=column.index)
    if (places < 0).any():
        found, known = sorted({str(value) for value in column[places < 0]}), [str(label) for label in labels or []]
        raise CxError("label-without-place", column=str(column.name), found=found, expected=known)
    return places.rank(method="dense").astype(int) - 1 if is_outcome else places


def _order(column: pd.Series, labels: Sequence[object] | None) -> list[object]:
    """Labels from low to high."""
    if labels is not None:
        return list(labels)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [label for label in column.cat.categories if (column == label).any()]
    return sorted(column.unique()) if pd.api.types.is_numeric_dtype(column) else list(column.unique())


def _columns(column: pd.Series, labels: Sequence[object] | None) -> pd.DataFrame:
    """A driver as columns of numbers: itself, or one for each label but the first."""
    if labels is None and pd.api.types.is_numeric_dtype(column):
        return column.astype(float).to_frame(str(column.name))
    names = _order(column, labels)
    places = _coded(column, names, is_outcome=False)
    shown = {f"{column.name}{label}": (places == place).astype(float) for place, label in enumerate(names) if place}
    return pd.DataFrame(shown)
