"""A short rule that assigns a new customer to a segment: two questions at most, and how often it is right.

A rule is judged on customers it was not made from, against the simplest rule of all: call everybody a member of the
largest segment. Where it is not clearly better than that, the answers do not tell the segments apart, and no
questionnaire of these questions will.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile, share

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

_FOLDS = 5
Condition = tuple[str, str, bool]


@dataclass(frozen=True)
class Leaf:
    """An end of the rule.

    Attributes
    ----------
    conditions
        (question, answer, whether it is the answer given), all of which hold.
    segment
        Where a customer with these answers is put.
    n, right
        Customers who end here, and the share of them who belong to the segment.
    """

    conditions: tuple[Condition, ...]
    segment: int
    n: int
    right: float


@dataclass(frozen=True)
class Rule:
    """A typing rule.

    Attributes
    ----------
    leaves
        The ends of the rule made from all customers.
    accuracy, majority
        Share of customers put right by rules that were made without them, and by calling all the largest segment.
    gain
        Accuracy less majority, of the same customers.
    """

    leaves: tuple[Leaf, ...]
    accuracy: Estimate
    majority: Estimate
    gain: Estimate

    @property
    def is_better(self) -> bool:
        """Whether the rule is clearly better than calling all the largest segment."""
        return self.gain.low is not None and self.gain.low > 0


def typing_rule(
    answers: pd.DataFrame,
    segments: ArrayLike,
    *,
    depth: int = 2,
    smallest: int = 10,
    seed: int = 0,
    level: float = 0.95,
) -> Rule:
    """Return the rule that tells segments apart by the answers, with its accuracy on customers not used to make it.

    Parameters
    ----------
    answers
        One customer a row, one question a column, answers as text; an answer that is missing is one of its own.
    segments
        Segment of each customer, whole numbers, shape (n,).
    depth
        Questions at most on the way to a segment.
    smallest
        Customers at least at an end of the rule.
    seed
        Of the five folds.
    level
        Confidence level of the intervals.

    Raises
    ------
    CxError
        If the lengths differ or there is no question.

    Notes
    -----
    Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees; accuracy by five-fold
    cross-validation. Interval of the gain: mean of the paired differences, normal quantile.

    Examples
    --------
    >>> answers = pd.DataFrame({"age": ["old", "young"] * 50, "city": ["x"] * 30 + ["y"] * 70})
    >>> rule = typing_rule(answers, [1, 0] * 50)
    >>> [(leaf.conditions, leaf.segment) for leaf in rule.leaves]
    [((('age', 'old', False),), 0), ((('age', 'old', True),), 1)]
    >>> rule.is_better
    True
    """
    of = np.asarray(segments)
    if len(of) != len(answers):
        raise CxError("lengths-differ", found=[len(answers), len(of)])
    if not len(answers.columns):
        raise CxError("values-few", column="answers", found=0, expected=1)
    marks, names = _marks(answers)
    n, sizes = len(of), np.unique(of, return_counts=True)
    usual = share(int(sizes[1].max(initial=0)), n, level=level)
    if len(sizes[0]) < 2 or n < 2 * _FOLDS or sizes[1].min() < _FOLDS or not names:
        nothing = cannot_tell("too-few", n=n, level=level, unit="share", needs=2 * _FOLDS)
        return Rule((), nothing, usual, nothing)
    kind = {"depth": depth, "smallest": smallest}
    right = _held_out(marks, of, seed, **kind)
    better = _gain(right.astype(float) - (of == sizes[0][sizes[1].argmax()]), level)
    return Rule(_leaves(marks, names, of, **kind), share(int(right.sum()), n, level=level), usual, better)


def _gain(each: NDArray[np.float64], level: float) -> Estimate:
    """The mean of paired differences; without an interval where the rule never differs from the simplest one."""
    known = {"n": len(each), "level": level, "unit": "share_points"}
    if not each.any():
        return Estimate(0.0, **known, reason="always-largest")
    mean, half = float(each.mean()), normal_quantile(level) * float(each.std(ddof=1)) / len(each) ** 0.5
    return Estimate(mean, mean - half, mean + half, **known, method="paired")


def _marks(answers: pd.DataFrame) -> tuple[NDArray[np.float64], list[tuple[str, str]]]:
    """A column of 0 and 1 for each answer to a question; of two answers the second is what the first is not."""
    columns, names = [], []
    for question in answers.columns:
        given = answers[question].astype("string").fillna("").to_numpy(dtype=str)
        kinds = sorted(set(given.tolist()))
        for answer in kinds if len(kinds) > 2 else kinds[:-1]:
            columns.append((given == answer).astype(float))
            names.append((str(question), answer))
    return np.column_stack(columns) if columns else np.zeros((len(answers), 0)), names


def _tree(marks: NDArray[np.float64], of: NDArray, depth: int, smallest: int) -> DecisionTreeClassifier:
    """The tree of these customers."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=smallest, random_state=0).fit(marks, of)


def _held_out(marks: NDArray[np.float64], of: NDArray, seed: int, *, depth: int, smallest: int) -> NDArray[np.bool_]:
    """Whether each customer is put right by a rule made without them."""
    fold = np.random.default_rng(seed).permutation(len(of)) % _FOLDS
    right = np.zeros(len(of), bool)
    for each in range(_FOLDS):
        rest = fold != each
        right[~rest] = _tree(marks[rest], of[rest], depth, smallest).predict(marks[~rest]) == of[~rest]
    return right


def _leaves(
    marks: NDArray[np.float64], names: list[tuple[str, str]], of: NDArray, *, depth: int, smallest: int
) -> tuple[Leaf, ...]:
    """The ends of the rule made from all customers, those without the answers first."""
    grown = _tree(marks, of, depth, smallest)
    tree, ends = grown.tree_, grown.apply(marks)

    def below(node: int, conditions: tuple[Condition, ...]) -> list[Leaf]:
        if tree.children_left[node] == -1:
            mine = of[ends == node]
            put = int(grown.classes_[tree.value[node][0].argmax()])
            return [Leaf(conditions, put, len(mine), float((mine == put).mean()))]
        name = names[tree.feature[node]]
        sides = ((tree.children_left[node], False), (tree.children_right[node], True))
        return [leaf for child, holds in sides for leaf in below(child, (*conditions, (*name, holds)))]

    return tuple(below(0, ()))
