"""Works, does not, or cannot tell: the verdict on an action, from the interval of its effect alone.

An interval that holds both zero and an effect worth having tells nothing; then the verdict names the n that would.
"No significant effect" is never "has no effect".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from cxlib.measures.estimate import Difference, Estimate
from cxlib.measures.given import option
from cxlib.measures.shares import share

ANSWERS = ("works", "does-not", "cannot-tell")


@dataclass(frozen=True)
class Verdict:
    """The verdict on an effect.

    Attributes
    ----------
    answer
        One of `ANSWERS`.
    effect
        What it rests on.
    needs
        The n that would tell, where the answer is that this one cannot; None if no n would or none is needed.
    """

    answer: str
    effect: Difference
    needs: int | None = None


def verdict(effect: Difference, *, worth: float = 0.0, direction: str = "increase", power: float = 0.8) -> Verdict:
    """Return whether an action works, does not, or whether its data cannot tell.

    It works if the whole interval lies on the good side of zero; it does not if the whole interval lies below the
    smallest effect worth having (`worth`).

    Parameters
    ----------
    effect
        Any estimate of a difference.
    worth
        Smallest effect worth having, not negative; 0: "does not" means that it harms or does exactly nothing.
    direction
        ``increase`` if more is better, ``decrease`` if less is.
    power
        Chance that the n in `Verdict.needs` would tell.

    Raises
    ------
    CxError
        If the direction is unknown.

    Examples
    --------
    >>> verdict(Difference(3, 1, 5, n=90)).answer, verdict(Difference(0.2, -1, 1.4, n=90), worth=2).answer
    ('works', 'does-not')
    >>> verdict(Difference(1, -1, 3, n=100), worth=2.5).needs
    131
    """
    option(direction, ("increase", "decrease"), name="direction")
    if effect.low is None or effect.high is None:
        return Verdict("cannot-tell", effect, effect.needs)
    low, high = (effect.low, effect.high) if direction == "increase" else (-effect.high, -effect.low)
    if low > 0:
        return Verdict("works", effect)
    if high < worth or (worth == 0 and high <= 0):
        return Verdict("does-not", effect)
    return Verdict("cannot-tell", effect, needed(effect, worth=worth, power=power))


def needed(effect: Difference, *, worth: float = 0.0, power: float = 0.8) -> int | None:
    """Return the n that would tell whether there is an effect of `worth`, or of the size that was seen.

    The standard error shrinks with the root of n; None if there is no interval or no effect to look for.

    Parameters
    ----------
    effect
        An estimate of a difference.
    worth
        Effect to be told from zero; 0: the estimated one.
    power
        Chance to tell it.

    Examples
    --------
    >>> needed(Difference(1, -1, 3, n=100), worth=2)
    205
    """
    if effect.value is None or effect.low is None or effect.high is None:
        return None
    sought = abs(worth or effect.value)
    if sought == 0:
        return None
    quantile = NormalDist().inv_cdf((1 + effect.level) / 2)
    se = (effect.high - effect.low) / 2 / quantile
    return max(2, math.ceil(effect.n * ((quantile + NormalDist().inv_cdf(power)) * se / sought) ** 2))


def hit_rate(answers: Sequence[str], *, level: float = 0.95) -> Estimate:
    """Return the share of actions that work, of those on which there is an answer.

    Actions that cannot be told are left out, so a portfolio that never measures has no hit rate rather than a bad one.

    Examples
    --------
    >>> print(hit_rate(["works", "does-not", "cannot-tell", "works"]))
    0.667 (0.208 to 0.939; n=3)
    """
    told = [option(answer, ANSWERS, name="answer") for answer in answers if answer != "cannot-tell"]
    return share(told.count("works"), len(told), level=level)
