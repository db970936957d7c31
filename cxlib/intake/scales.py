"""Answer scales known by their labels: which family, how many points, in which order.

The same label can stand on two scales ("somewhat satisfied" is 4 of 5, or 5 of 7), so a scale is recognised from all
labels of a column together, never from one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cxlib.intake.persian import key
from cxlib.intake.vocabulary import vocabulary


@dataclass(frozen=True)
class Scale:
    """A scale with labels.

    Attributes
    ----------
    name
        For example ``satisfaction-5``.
    family
        What is asked: satisfaction, agreement, ease, effort, likelihood, quality, amount, frequency, importance.
    good
        Which end is good for the client: ``high``, ``low`` or ``none``.
    low, high
        Lowest and highest code.
    codes
        Key of a label → its code.
    """

    name: str
    family: str
    good: str
    low: int
    high: int
    codes: dict[str, int]


def scales(labels: Iterable[str]) -> list[Scale]:
    """Return the scales on which all these labels stand at different points, or, failing that, on which all stand.

    Examples
    --------
    >>> [scale.name for scale in scales(["Very satisfied", "Somewhat satisfied", "Satisfied"])]
    ['satisfaction-7']
    """
    wanted = {key(label) for label in labels}
    fitting = [scale for scale in _all() if wanted and wanted <= scale.codes.keys()]
    apart = [scale for scale in fitting if len({scale.codes[label] for label in wanted}) == len(wanted)]
    return apart or fitting


def known_labels(labels: Iterable[str]) -> list[str]:
    """Return those of the labels that stand on any scale.

    Examples
    --------
    >>> known_labels(["Agree", "Blue"])
    ['Agree']
    """
    known = set().union(*(scale.codes for scale in _all()))
    return [label for label in labels if key(label) in known]


@cache
def _all() -> tuple[Scale, ...]:
    return tuple(_scale(name, plain) for name, plain in vocabulary("scales").items())


def _scale(name: str, plain: dict) -> Scale:
    low, points = plain["low"], plain["labels"]
    codes = {key(str(label)): code for code, labels in enumerate(points, start=low) for label in labels}
    return Scale(name, plain["family"], plain["good"], low, low + len(points) - 1, codes)
