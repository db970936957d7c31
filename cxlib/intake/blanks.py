"""Answers that are no answer: "not applicable", "don't know", "prefer not to say", a dash.

They are neither an empty cell nor a value. Counted as 0 they would pull every mean down; dropped in silence they would
hide that a question does not fit its audience.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from cxlib.intake.persian import key
from cxlib.intake.vocabulary import vocabulary


def no_answers(cells: np.ndarray) -> np.ndarray:
    """Return why each distinct cell is no answer: ``not-applicable``, ``do-not-know``, ``refused`` or empty.

    Examples
    --------
    >>> no_answers(np.array(["N/A", "Don't know", "7"], dtype=object)).tolist()
    ['not-applicable', 'do-not-know', '']
    """
    known = _known()
    longest = max(map(len, known)) + 8
    found = [known.get(key(cell), "") if len(cell) <= longest else "" for cell in cells]
    return np.array(found, dtype=object)


@cache
def _known() -> dict[str, str]:
    """Key of a word → what it stands for."""
    return {key(word): kind for kind, words in vocabulary("blanks").items() for word in words}
