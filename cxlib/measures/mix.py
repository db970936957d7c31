"""Why a score moved: other customers (mix), or the same customers otherwise (rate)?

If more answers come from the unhappy channel, the total falls although no channel got worse. The change of a total is
split exactly into two parts: what the groups' sizes did and what their scores did. Where the two pull against each
other strongly enough to turn the sign, the total misleads: Simpson's paradox.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.estimate import Difference
from cxlib.measures.shares import normal_quantile, two_sided_p

_COLUMNS = ("n_before", "value_before", "variance_before", "n_after", "value_after", "variance_after")


@dataclass(frozen=True)
class Split:
    """A change of a total, split.

    Attributes
    ----------
    total, mix, rate
        The change, and its two parts; mix + rate = total.
    groups
        One row a group: group, share_before, share_after, value_before, value_after, mix, rate (its contributions).
    """

    total: Difference
    mix: Difference
    rate: Difference
    groups: pd.DataFrame


def split(groups: pd.DataFrame, *, group: str = "group", unit: str = "", level: float = 0.95) -> Split:
    """Return how much of the change of a mean comes from the groups' sizes and how much from their values.

    Parameters
    ----------
    groups
        One row a group: its name, and n, value and variance (of one answer) before and after, as columns
        n_before, value_before, variance_before, n_after, value_after, variance_after. A group that is empty on one
        side counts with its value of the other side, so that its coming or going is mix.
    group
        Column with the name.
    unit
        Of the value.
    level
        Of the intervals.

    Raises
    ------
    CxError
        If a column is missing or one side has no answers.

    Notes
    -----
    Symmetric (Marshall–Edgeworth) weights: mix = Σ Δshare × (mean value − mean total), rate = Σ mean share × Δvalue.
    Intervals by the delta method: multinomial shares, independent groups.

    Examples
    --------
    >>> moved = split(pd.DataFrame({"group": ["web", "shop"], "n_before": [500, 500], "value_before": [20.0, 60.0],
    ...     "variance_before": [5000.0, 4000.0], "n_after": [800, 200], "value_after": [22.0, 62.0],
    ...     "variance_after": [5000.0, 4000.0]}))
    >>> round(moved.total.value), round(moved.mix.value), round(moved.rate.value)
    (-10, -12, 2)
    """
    for name in (group, *_COLUMNS):
        if name not in groups:
            raise CxError("values-column", column=name, found=[str(column) for column in groups.columns])
    n0, v0, s0, n1, v1, s1 = (groups[name].fillna(0).to_numpy(float) for name in _COLUMNS)
    if n0.sum() == 0 or n1.sum() == 0:
        raise CxError("values-few", column="n", found=0, expected=1)
    v0, v1 = np.where(n0 > 0, v0, v1), np.where(n1 > 0, v1, v0)
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    middle, weight = (v0 + v1) / 2, (w0 + w1) / 2
    centre = float(weight @ middle)
    mix, rate = (w1 - w0) * (middle - centre), weight * (v1 - v0)
    noise = np.divide(s0, n0, out=np.zeros_like(s0), where=n0 > 0) + np.divide(
        s1, n1, out=np.zeros_like(s1), where=n1 > 0
    )
    sides = [_share_variance(w, middle) / n.sum() for w, n in ((w0, n0), (w1, n1))]
    n = int(n0.sum() + n1.sum())
    errors = {
        "mix": math.sqrt(sum(sides) + float((w1 - w0) ** 2 @ noise) / 4),
        "rate": math.sqrt(float(weight**2 @ noise)),
        "total": math.sqrt(
            sum(float(w @ s + _share_variance(w, v)) / n.sum() for w, s, v, n in ((w0, s0, v0, n0), (w1, s1, v1, n1)))
        ),
    }
    parts = {"mix": float(mix.sum()), "rate": float(rate.sum()), "total": float(w1 @ v1 - w0 @ v0)}
    found = {name: _difference(parts[name], errors[name], n, unit, level) for name in parts}
    table = pd.DataFrame(
        {
            "group": groups[group].to_numpy(),
            "share_before": w0,
            "share_after": w1,
            "value_before": v0,
            "value_after": v1,
            "mix": mix,
            "rate": rate,
        }
    )
    return Split(found["total"], found["mix"], found["rate"], table)


def _share_variance(share: np.ndarray, value: np.ndarray) -> float:
    """Variance between groups of the value of one answer."""
    return float(share @ value**2 - (share @ value) ** 2)


def _difference(value: float, se: float, n: int, unit: str, level: float) -> Difference:
    """A difference with its normal interval."""
    if se == 0:
        return Difference(value, n=n, level=level, unit=unit, method="delta", reason="no-spread")
    half = normal_quantile(level) * se
    return Difference(
        value, value - half, value + half, n=n, level=level, unit=unit, method="delta", p_value=two_sided_p(value / se)
    )


def is_reversed(moved: Split) -> bool:
    """Tell whether the total misleads: it moves one way and the groups, at equal sizes, clearly the other.

    Examples
    --------
    >>> down, up = Difference(-10, -16, -4, n=2000), Difference(5, 1, 9, n=2000)
    >>> is_reversed(Split(down, Difference(-15, -20, -10, n=2000), up, pd.DataFrame()))
    True
    """
    if moved.total.low is None or moved.rate.low is None:
        return False
    return (moved.total.high < 0 < moved.rate.low) or (moved.rate.high < 0 < moved.total.low)


def why(
    moved: Split, *, themes: pd.DataFrame | None = None, events: Sequence[Mapping[str, object]] = ()
) -> pd.DataFrame:
    """Return one table of why a total moved, the largest clear reason first.

    Columns: cause (``noise``, ``mix``, ``rate``, ``theme``, ``event``), what (theme or event, else empty), value, low,
    high, is_clear. If the total is within noise that is the first row and the answer; the parts stand below it.
    Themes and events are what happened at the same time: hints, not shares of the change.

    Parameters
    ----------
    moved
        From `split`.
    themes
        From `cxlib.measures.themes.growing`: only clear ones are listed.
    events
        Mappings with ``what``: the engagement's known events between the two periods.

    Examples
    --------
    >>> part = Difference(1, -3, 5, n=90, p_value=0.6)
    >>> why(Split(part, part, part, pd.DataFrame()))["cause"].tolist()
    ['noise', 'mix', 'rate']
    """
    parts = [_row("mix", moved.mix), _row("rate", moved.rate)]
    parts.sort(key=lambda row: (not row["is_clear"], -abs(row["value"])))
    rows = parts if _is_clear(moved.total) else [_row("noise", moved.total), *parts]
    if themes is not None:
        rows += [
            {
                "cause": "theme",
                "what": row.theme,
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "is_clear": True,
            }
            for row in themes[themes["is_clear"]].itertuples()
        ]
    rows += [
        {"cause": "event", "what": event["what"], "value": None, "low": None, "high": None, "is_clear": False}
        for event in events
    ]
    return pd.DataFrame(rows, columns=["cause", "what", "value", "low", "high", "is_clear"])


def _row(cause: str, part: Difference) -> dict[str, object]:
    return {
        "cause": cause,
        "what": "",
        "value": part.value,
        "low": part.low,
        "high": part.high,
        "is_clear": _is_clear(part),
    }


def _is_clear(part: Difference) -> bool:
    return part.low is not None and (part.low > 0 or part.high < 0)
