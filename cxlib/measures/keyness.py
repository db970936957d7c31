"""What the unhappy say more often: words that set two groups of comments apart.

Sentiment dictionaries fail in Persian (they call "not satisfied at all" positive), so no Persian sentiment score is
made here. The respondents have rated their experience themselves: we show which words those who rated low use more
often than those who rated high. For English comments VADER's score exists as an addition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.measures.shares import false_discoveries
from cxlib.measures.wording import is_english, words


def keyness(target: Sequence[str], *, reference: Sequence[str]) -> pd.DataFrame:
    """Return how much more often each word stands in the target than in the reference.

    Columns: word, target, reference (counts), g2 (signed: negative where the reference has more of it), most typical
    of the target first. Words come in bursts, so read the order and not the size; `said_more` counts comments.

    Parameters
    ----------
    target, reference
        The words of the two sides, one after the other.

    Notes
    -----
    Dunning's log-likelihood ratio (1993), Computational Linguistics 19, of word against all other words.

    Examples
    --------
    >>> keyness(["late", "late", "box"], reference=["box", "fine", "box"])["word"].tolist()
    ['late', 'box', 'fine']
    """
    a, b = Counter(target), Counter(reference)
    names = sorted(set(a) | set(b))
    counts = np.array([[a[name], b[name]] for name in names], dtype=float).reshape(-1, 2)
    sizes = np.array([len(target), len(reference)], dtype=float)
    return _ordered(names, counts, sizes)


def _ordered(names: Sequence[str], counts: np.ndarray, sizes: np.ndarray) -> pd.DataFrame:
    """The table of words, most typical of the target first, ties by name."""
    frame = pd.DataFrame(
        {
            "word": list(names),
            "target": counts[:, 0].astype(int),
            "reference": counts[:, 1].astype(int),
            "g2": signed_g2(counts, sizes=sizes),
        }
    )
    order = np.lexsort((frame["word"].to_numpy(object), -frame["g2"].to_numpy().round(12)))
    return frame.iloc[order].reset_index(drop=True)


def signed_g2(counts: np.ndarray, *, sizes: np.ndarray) -> np.ndarray:
    """Return the signed G² of each row of counts, shape (k,).

    Parameters
    ----------
    counts
        How often in target and reference, shape (k, 2).
    sizes
        All there is in target and reference, shape (2,).

    Examples
    --------
    >>> signed_g2(np.array([[6, 2]]), sizes=np.array([17, 12])).round(3).tolist()
    [1.274]
    """
    total = sizes.sum()
    if total == 0 or len(counts) == 0:
        return np.zeros(len(counts))
    observed = np.stack([counts, sizes - counts])
    expected = observed.sum(axis=2, keepdims=True) * sizes / total
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    size = 2 * parts.sum(axis=(0, 2))
    return np.where(counts[:, 0] >= expected[0, :, 0], size, -size)


def said_more(low: Sequence[str], *, high: Sequence[str], rate: float = 0.05, least: int = 5) -> pd.DataFrame:
    """Return which words low raters use in more of their comments than high raters.

    Columns: word, target and reference (comments with the word), target_share, reference_share, g2, p_value,
    p_adjusted, is_clear (stands after the false-discovery control), most typical of low raters first.

    Parameters
    ----------
    low, high
        Comments of low and of high raters. Who rated in the middle belongs to neither.
    rate
        Share of false finds among the clear ones.
    least
        Comments that a word must stand in, both sides together.

    Notes
    -----
    Counted once a comment, so that one angry customer does not make a word typical. p from G² with one degree of
    freedom, Benjamini–Hochberg over all words.

    Examples
    --------
    >>> said_more(["late again", "late parcel", "so late"] * 3, high=["nice parcel", "nice"] * 5)["word"].tolist()
    ['late', 'parcel', 'nice']
    """
    from scipy.special import chdtrc

    sides = [[set(words(text)) for text in side] for side in (low, high)]
    a, b = (Counter(word for comment in side for word in comment) for side in sides)
    names = sorted(word for word in set(a) | set(b) if a[word] + b[word] >= least)
    counts = np.array([[a[name], b[name]] for name in names], dtype=float).reshape(-1, 2)
    frame = _ordered(names, counts, np.array([len(low), len(high)], dtype=float))
    frame["target_share"] = frame["target"] / max(1, len(low))
    frame["reference_share"] = frame["reference"] / max(1, len(high))
    frame["p_value"] = chdtrc(1, frame["g2"].abs())
    found = false_discoveries(frame["p_value"].tolist(), rate=rate)
    return frame.assign(p_adjusted=list(found.adjusted), is_clear=list(found.rejected))


def english_sentiment(texts: Sequence[str]) -> list[float | None]:
    """Return VADER's compound sentiment of English comments, −1 to 1; None where a comment is not English.

    Made for short English social texts; irony and trade words escape it. There is no such score for Persian.

    Notes
    -----
    Hutto and Gilbert (2014), VADER, ICWSM.

    Examples
    --------
    >>> english_sentiment(["The book was good.", "\u0639\u0627\u0644\u06cc \u0628\u0648\u062f"])
    [0.4404, None]
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scorer = SentimentIntensityAnalyzer()
    return [float(scorer.polarity_scores(text)["compound"]) if is_english(text) else None for text in texts]
