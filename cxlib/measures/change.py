"""Change honestly told: noise, probable or clear, and how many flags luck alone would give.

Every quarter some numbers rise and some fall. Of forty comparisons without any true change two look "significant". So
a change is called clear only if it stands after the false-discovery control over all comparisons made; probable if it
stands alone; everything else is noise, for which no story should be told.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.estimate import Difference
from cxlib.measures.shares import false_discoveries

GRADES = ("clear", "probable", "noise", "cannot-tell")


def graded(
    differences: Sequence[Difference], *, names: Sequence[str] | None = None, rate: float = 0.05
) -> pd.DataFrame:
    """Return each difference with its grade, in the order given.

    Columns: name, those of an estimate, p_value, p_adjusted, grade (one of `GRADES`).

    Parameters
    ----------
    differences
        All comparisons that were made, not only the interesting ones: leaving out the dull ones is how luck gets in.
    names
        What each is about.
    rate
        Of the false-discovery control, and of the single test that "probable" rests on.

    Raises
    ------
    CxError
        If there are not as many names as differences.

    Examples
    --------
    >>> found = graded([Difference(9, 5, 13, n=900, p_value=0.0001), Difference(1, -3, 5, n=900, p_value=0.6)])
    >>> found["grade"].tolist()
    ['clear', 'noise']
    """
    labels = [str(place) for place in range(len(differences))] if names is None else list(names)
    if len(labels) != len(differences):
        raise CxError("values-length", column="names", found=len(labels), expected=len(differences))
    p_values = [difference.p_value if difference.is_known else None for difference in differences]
    found = false_discoveries(p_values, rate=rate)
    rows = [
        {"name": name, **difference.row(), "p_adjusted": adjusted, "grade": _grade(p, is_clear, rate)}
        for name, difference, p, adjusted, is_clear in zip(
            labels, differences, p_values, found.adjusted, found.rejected, strict=True
        )
    ]
    return pd.DataFrame(rows, columns=None if rows else ["name", "value", "p_value", "p_adjusted", "grade"])


def _grade(p_value: float | None, is_clear: bool, rate: float) -> str:
    """The grade of one difference."""
    if p_value is None:
        return "cannot-tell"
    return "clear" if is_clear else "probable" if p_value <= rate else "noise"


def expected_flags(differences: Sequence[Difference], *, rate: float = 0.05) -> float:
    """Return how many of the comparisons luck alone would flag as at least probable, if nothing had changed.

    Examples
    --------
    >>> expected_flags([Difference(0, -1, 1, n=9, p_value=0.9)] * 40)
    2.0
    """
    return rate * sum(1 for difference in differences if difference.is_known)


def flags(table: pd.DataFrame) -> int:
    """Return how many comparisons of `graded` are flagged as clear or probable.

    Examples
    --------
    >>> flags(graded([Difference(9, 5, 13, n=900, p_value=0.0001)]))
    1
    """
    return int(table["grade"].isin(["clear", "probable"]).sum())
