"""What the comments are about: themes found in the words, with counts, confidence and lasting names.

TF-IDF weighs the words, non-negative matrix factorisation finds groups of words that occur together. A theme is a
statistical thing: look at its comments before naming it, and measure the agreement with a sample labelled by hand.
Themes keep their ids between runs by the likeness of their words, so that "grows" means the same theme.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.shares import false_discoveries, share, share_difference
from cxlib.measures.wording import words

_LIKE = 0.5
_STARTS = 4


@dataclass(frozen=True)
class Themes:
    """Themes of a set of comments.

    Attributes
    ----------
    table
        One row a theme, largest first: theme (its id), words (the five heaviest), n (comments mainly about it), and
        the share of all comments with words as value, low, high.
    of
        One row a comment, in the order given: theme (id, or empty if none fits), confidence (0 to 1: how much of what
        the comment is about is this theme).
    weights
        Theme id → (word → weight), the heaviest 30: hand it to the next run as `previous`.
    k
        Number of themes.
    """

    table: pd.DataFrame
    of: pd.DataFrame
    weights: dict[str, dict[str, float]]
    k: int


def themes(
    texts: Sequence[str],
    *,
    k: int = 0,
    previous: Mapping[str, Mapping[str, float]] | None = None,
    least_docs: int = 3,
    seed: int = 0,
    level: float = 0.95,
) -> Themes:
    """Return the themes of comments in English or Persian.

    Parameters
    ----------
    texts
        One comment a row; empty ones get no theme. Redact them before.
    k
        Number of themes; 0: the number between 2 and 12 whose words occur together most (NPMI coherence).
    previous
        `weights` of an earlier run: themes that resemble one keep its id.
    least_docs
        A word counts if at least so many comments have it.
    seed
        Of the factorisation's random starts.

    Raises
    ------
    CxError
        If fewer than 20 comments have words in common.

    Notes
    -----
    TF-IDF with sublinear counts and NMF (the best of five starts) by scikit-learn, on the words of
    `cxlib.measures.wording`.

    Examples
    --------
    >>> found = themes(["late delivery", "delivery late again"] * 15 + ["rude staff", "staff rude phone"] * 15, k=2)
    >>> found.table["theme"].tolist()
    ['delivery-late', 'rude-staff']
    """
    matrix, names = _weighed(texts, least_docs)
    has_words = np.asarray(matrix.sum(axis=1)).ravel() > 0
    if has_words.sum() < 20:
        raise CxError("comments-few", found=int(has_words.sum()), expected=20)
    k = min(k or _best_k(matrix, seed), matrix.shape[1], int(has_words.sum()))
    load, parts = _factors(matrix, k, seed)
    ids = _ids(_heaviest(parts, names, 30), previous or {})
    strength = load * np.linalg.norm(parts, axis=1)
    total = strength.sum(axis=1)
    best = strength.argmax(axis=1)
    of = pd.DataFrame(
        {
            "theme": [ids[place] if known else "" for place, known in zip(best, total > 0, strict=True)],
            "confidence": np.divide(strength.max(axis=1), total, out=np.zeros(len(total)), where=total > 0),
        }
    )
    weights = dict(zip(ids, _heaviest(parts, names, 30), strict=True))
    return Themes(_table(of, weights, int(has_words.sum()), level), of, weights, k)


def _weighed(texts: Sequence[str], least_docs: int):
    """TF-IDF matrix and its words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigher = TfidfVectorizer(
        tokenizer=words, token_pattern=None, lowercase=False, min_df=least_docs, sublinear_tf=True
    )
    try:
        matrix = weigher.fit_transform(["" if text is None or text != text else str(text) for text in texts])
    except ValueError as error:
        raise CxError("comments-few", found=len(texts), expected=20) from error
    return matrix, weigher.get_feature_names_out()


def _factors(matrix, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Load of each comment on each theme and of each theme on each word: the best of several starts."""
    from sklearn.decomposition import NMF

    planned = ["nndsvda"] if k <= min(matrix.shape) else []
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for start, init in enumerate([*planned, *["random"] * _STARTS]):
            model = NMF(n_components=k, init=init, random_state=seed + start, max_iter=300)
            found.append((model.fit_transform(matrix), model.components_, float(model.reconstruction_err_)))
    load, parts, _ = min(found, key=lambda one: round(one[2], 6))
    return load, parts


def _best_k(matrix, seed: int) -> int:
    """The number of themes whose heaviest words occur together most."""
    present = (matrix > 0).astype(float)
    largest = max(2, min(12, matrix.shape[1] // 3, matrix.shape[0] // 10))
    scores = {k: _coherence(present, _factors(matrix, k, seed)[1]) for k in range(2, largest + 1)}
    return max(scores, key=lambda k: (round(scores[k], 6), -k))


def _coherence(present, parts: np.ndarray, top: int = 8) -> float:
    """Mean normalised pointwise mutual information of pairs of a theme's heaviest words."""
    n, found = present.shape[0], []
    for part in parts:
        picked = np.argsort(-part, kind="stable")[:top]
        block = present[:, picked]
        together = np.asarray((block.T @ block).todense()) / n
        alone = np.diag(together)
        i, j = np.triu_indices(len(picked), 1)
        joint = np.clip(together[i, j], 1 / (10 * n), 1 - 1e-9)
        found.append(float(np.mean(np.log(joint / (alone[i] * alone[j])) / -np.log(joint))))
    return float(np.mean(found))


def _heaviest(parts: np.ndarray, names: np.ndarray, top: int) -> list[dict[str, float]]:
    """The heaviest words of each theme, weights summing squares to 1."""
    found = []
    for part in parts:
        order = np.argsort(-part.round(9), kind="stable")[:top]
        size = float(np.linalg.norm(part[order])) or 1.0
        found.append({str(names[place]): round(float(part[place]) / size, 6) for place in order if part[place] > 1e-9})
    return found


def _ids(found: Sequence[Mapping[str, float]], previous: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The id of each theme: that of the earlier theme most like it, else its two heaviest words."""
    like = sorted(
        ((_likeness(new, old), place, name) for place, new in enumerate(found) for name, old in previous.items()),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    ids: dict[int, str] = {}
    for likeness, place, name in like:
        if likeness >= _LIKE and place not in ids and name not in ids.values():
            ids[place] = name
    for place, new in enumerate(found):
        if place not in ids:
            ids[place] = _new_id(list(new), {*ids.values(), *previous})
    return [ids[place] for place in range(len(found))]


def _likeness(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Cosine of two themes' words."""
    size = np.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))
    return float(sum(weight * b.get(word, 0.0) for word, weight in a.items()) / size) if size else 0.0


def _new_id(heaviest: Sequence[str], taken: set[str]) -> str:
    """The two heaviest words in alphabetical order, numbered if that is taken."""
    name = "-".join(sorted(heaviest[:2])) or "theme"
    number = 2
    while name in taken:
        name = f"{name.rsplit('--', 1)[0]}--{number}"
        number += 1
    return name


def _table(of: pd.DataFrame, weights: Mapping[str, Mapping[str, float]], n: int, level: float) -> pd.DataFrame:
    """One row a theme, largest first."""
    rows = []
    for theme, heavy in weights.items():
        count = int((of["theme"] == theme).sum())
        part = share(count, n, level=level)
        mean = float(of.loc[of["theme"] == theme, "confidence"].mean()) if count else 0.0
        rows.append(
            {
                "theme": theme,
                "words": list(heavy)[:5],
                "n": count,
                "value": part.value,
                "low": part.low,
                "high": part.high,
                "confidence": mean,
            }
        )
    return pd.DataFrame(rows).sort_values(["n", "theme"], ascending=[False, True]).reset_index(drop=True)


def growing(theme: pd.Series, *, is_new: pd.Series, rate: float = 0.05, level: float = 0.95) -> pd.DataFrame:
    """Return which themes grow or shrink between two periods.

    Columns: theme, before and after (comments), the difference of shares as value, low, high, p_value, p_adjusted,
    is_clear, largest growth first.

    Parameters
    ----------
    theme
        Theme id of each comment, shape (n,); empty: none.
    is_new
        Whether the comment is of the later period, shape (n,).
    rate
        Share of false finds among the clear ones.

    Examples
    --------
    >>> grown = growing(pd.Series(["late"] * 30 + ["late"] * 60), is_new=pd.Series([False] * 30 + [True] * 60))
    >>> grown["is_clear"].tolist()
    [False]
    """
    later = np.asarray(is_new, dtype=bool)
    sizes = int(later.sum()), int((~later).sum())
    rows = []
    for name in sorted(set(theme.dropna()) - {""}):
        counts = int((theme[later] == name).sum()), int((theme[~later] == name).sum())
        gap = share_difference(counts[0], sizes[0], counts[1], sizes[1], level=level)
        rows.append(
            {
                "theme": name,
                "before": counts[1],
                "after": counts[0],
                "value": gap.value,
                "low": gap.low,
                "high": gap.high,
                "p_value": gap.p_value,
            }
        )
    columns = ["theme", "before", "after", "value", "low", "high", "p_value"]
    frame = pd.DataFrame(rows, columns=columns)
    found = false_discoveries(frame["p_value"].tolist(), rate=rate)
    frame = frame.assign(p_adjusted=list(found.adjusted), is_clear=list(found.rejected))
    return frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
