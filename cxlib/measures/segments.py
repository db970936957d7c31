"""Whether customers fall into segments, and how far to trust them: k-means with quality and stability.

k-means always returns as many clusters as it is asked for. So each number of clusters is asked three things: are they
apart (silhouette), do they come back when other customers are drawn (bootstrap Jaccard), and are they further apart
than k-means would cut a single cloud of the same shape. "One segment" is an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures.answers import numbers

STABLE, DOUBTFUL, DISSOLVED = 0.85, 0.75, 0.6
"""Mean Jaccard from which a segment is stable, fair and doubtful; below the last it is dissolved (Hennig 2007)."""
_LARGE = 5000


@dataclass(frozen=True, eq=False)
class Partition:
    """Customers cut into k clusters.

    Attributes
    ----------
    labels
        Cluster of each row, 0 to k − 1, the smallest cluster first, shape (n,).
    sizes
        Customers in each, ascending.
    centres
        Mean of each, in the units given, shape (k, columns).
    within_ss
        Sum of squared distances to the own centre.
    silhouette, calinski_harabasz
        How far apart they are; NaN for one cluster. The silhouette of more than 5,000 rows is that of a sample.
    """

    labels: NDArray[np.int64]
    sizes: tuple[int, ...]
    centres: NDArray[np.float64]
    within_ss: float
    silhouette: float
    calinski_harabasz: float


def log_scaled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns as log(1 + x), centred and divided by their standard deviation; constant ones become 0.

    Counts and amounts are skewed: without this the few largest customers make the clusters.

    Raises
    ------
    CxError
        If a value is missing or below 0.

    Examples
    --------
    >>> log_scaled(pd.DataFrame({"orders": [0, 9, 99]})).round(2)["orders"].tolist()
    [-1.22, 0.0, 1.22]
    """
    if not (frame >= 0).to_numpy().all():
        raise CxError("negative-or-missing", found=[str(name) for name in frame if not (frame[name] >= 0).all()])
    logs = np.log1p(frame.astype(float))
    spread = logs.std(ddof=0)
    return (logs - logs.mean()) / spread.where(spread > 0, 1.0)


def _matrix(frame: pd.DataFrame | ArrayLike, k: int) -> NDArray[np.float64]:
    """Data as a matrix, checked."""
    data = np.asarray(frame, dtype=float)
    data = data[:, None] if data.ndim == 1 else data
    if np.isnan(data).any():
        raise CxError("negative-or-missing", found=int(np.isnan(data).any(axis=1).sum()))
    distinct = len(np.unique(data, axis=0))
    if not 1 <= k <= distinct:
        raise CxError("too-many-clusters", found=k, expected=distinct)
    return data


def partition(frame: pd.DataFrame | ArrayLike, *, k: int, seed: int = 0, starts: int = 20) -> Partition:
    """Return the best k-means partition of several starts, with its quality.

    Parameters
    ----------
    frame
        One customer a row, numbers without missing values, in comparable units (`log_scaled`), shape (n, columns).
    k
        How many clusters, from 1.
    seed
        Of the starts.
    starts
        How many.

    Raises
    ------
    CxError
        If a value is missing or there are fewer distinct rows than clusters.

    Examples
    --------
    >>> found = partition([[0, 0], [0, 1], [9, 9], [9, 8], [9, 10]], k=2)
    >>> found.sizes, round(found.within_ss, 2)
    ((2, 3), 2.5)
    """
    data = _matrix(frame, k)
    labels, within_ss = _kmeans(data, k, seed, starts)
    sizes = np.bincount(labels, minlength=k)
    order = np.lexsort((np.array([data[labels == cluster, 0].mean() for cluster in range(k)]), sizes))
    labels = np.argsort(order)[labels]
    centres = np.array([data[labels == cluster].mean(axis=0) for cluster in range(k)])
    return Partition(labels, tuple(sizes[order].tolist()), centres, within_ss, *_apart(data, labels, k, seed))


def _kmeans(data: NDArray[np.float64], k: int, seed: int, starts: int) -> tuple[NDArray[np.int64], float]:
    """Labels and within sum of squares of the best of several starts."""
    labels = _clusters(data, k, seed, starts).astype(np.int64)
    centres = np.array([data[labels == cluster].mean(axis=0) for cluster in range(k)])
    return labels, float(((data - centres[labels]) ** 2).sum())


def _clusters(data: NDArray[np.float64], k: int, seed: int, starts: int) -> NDArray[np.int32]:
    """Labels by k-means, on one thread: sums added up by several differ in the last digit from run to run."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return np.asarray(KMeans(k, n_init=starts, tol=0, random_state=seed).fit_predict(data))


def _apart(data: NDArray[np.float64], labels: NDArray[np.int64], k: int, seed: int) -> tuple[float, float]:
    """Silhouette and Calinski–Harabasz index."""
    from sklearn.metrics import calinski_harabasz_score, silhouette_score

    if not 2 <= k < len(data):
        return float("nan"), float("nan")
    size = _LARGE if len(data) > _LARGE else None
    silhouette = silhouette_score(data, labels, sample_size=size, random_state=seed)
    return float(silhouette), float(calinski_harabasz_score(data, labels))


def jaccard(a: ArrayLike, b: ArrayLike) -> float:
    """Return how alike two sets are: shared members divided by members of either; 0 if both are empty.

    Parameters
    ----------
    a, b
        Membership of each row (0 or 1), shape (n,).

    Raises
    ------
    CxError
        If the lengths differ or a value is neither 0 nor 1.

    Examples
    --------
    >>> round(jaccard([1, 1, 0, 1], [1, 0, 0, 1]), 4)
    0.6667
    """
    first, second = numbers(a), numbers(b)
    if len(first) != len(second):
        raise CxError("lengths-differ", found=[len(first), len(second)])
    for name, values in (("a", first), ("b", second)):
        if not np.isin(values, (0, 1)).all():
            raise CxError("not-yes-or-no", column=name, found=[float(value) for value in np.unique(values)[:5]])
    either = np.maximum(first, second).sum()
    return float(np.minimum(first, second).sum() / either) if either else 0.0


@dataclass(frozen=True)
class Stability:
    """How well clusters come back when customers are drawn again.

    Attributes
    ----------
    jaccard
        Mean Jaccard of each cluster, in the order of `Partition.sizes`.
    draws
        How many samples were drawn.
    """

    jaccard: tuple[float, ...]
    draws: int

    @property
    def min_jaccard(self) -> float:
        """The Jaccard of the weakest cluster."""
        return min(self.jaccard)

    @property
    def grade(self) -> str:
        """``stable``, ``fair``, ``doubtful`` or ``dissolved``, by the weakest cluster."""
        if self.min_jaccard >= STABLE:
            return "stable"
        return "fair" if self.min_jaccard >= DOUBTFUL else "doubtful" if self.min_jaccard >= DISSOLVED else "dissolved"


def stability(frame: pd.DataFrame | ArrayLike, *, k: int, seed: int = 0, draws: int = 100) -> Stability:
    """Return how well the k clusters come back in bootstrap samples of the customers.

    Below 0.6 a cluster is dissolved, below 0.75 doubtful; from 0.85 it is stable. Stable does not mean real: k-means
    cuts a long cloud at the same place each time (`segmentation` asks for more).

    Parameters
    ----------
    frame, k, seed
        As in `partition`.
    draws
        Bootstrap samples.

    Raises
    ------
    CxError
        As in `partition`.

    Notes
    -----
    Hennig (2007), Cluster-wise Assessment of Cluster Stability, Computational Statistics & Data Analysis 52:258–271;
    customers drawn more than once count once, as in the R package fpc.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(0, 1, (30, 2)), rng.normal(9, 1, (30, 2))])
    >>> stability(two, k=2, draws=20).jaccard
    (1.0, 1.0)
    """
    data = _matrix(frame, k)
    original = partition(data, k=k, seed=seed).labels
    rng = np.random.default_rng(seed)
    total = np.zeros(k)
    for draw in range(draws):
        drawn = np.unique(rng.integers(0, len(data), len(data)))
        total += _overlaps(data, original, drawn, k, seed + draw)
    return Stability(tuple(float(value) for value in total / draws), draws)


def _overlaps(
    data: NDArray[np.float64], original: NDArray[np.int64], rows: NDArray[np.int64], k: int, seed: int
) -> NDArray[np.float64]:
    """For each original cluster the Jaccard of the most alike cluster of one sample, over the customers drawn."""
    if len(np.unique(data[rows], axis=0)) < k:
        return np.zeros(k)
    again = _clusters(data[rows], k, seed, 5)
    shared = np.zeros((k, k))
    np.add.at(shared, (original[rows], again), 1)
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0)[None, :] - shared
    return np.asarray((shared / np.where(either, either, 1)).max(axis=1))


@dataclass(frozen=True, eq=False)
class Segmentation:
    """How many segments there are, and why.

    Attributes
    ----------
    k
        How many; 1 if the customers are one cloud.
    labels
        Segment of each row, smallest segment first, shape (n,).
    table
        One row for each number tried: ``k``, ``silhouette``, ``by_chance`` (95th percentile of the silhouette in one
        cloud of the same shape), ``min_jaccard``, ``grade``, ``stands`` (is apart beyond chance and not doubtful).
    """

    k: int
    labels: NDArray[np.int64]
    table: pd.DataFrame


def segmentation(
    frame: pd.DataFrame | ArrayLike, *, ks: Sequence[int] = (2, 3, 4, 5, 6), seed: int = 0, draws: int = 50
) -> Segmentation:
    """Return how many segments the customers fall into: the best k that stands, or one.

    A number of clusters stands if its silhouette is beyond what k-means finds in a single normal cloud with the same
    covariance (95 %, shared between the numbers tried), and its weakest cluster comes back with a Jaccard of at least
    0.75. Of those that stand the one with the highest silhouette is taken.

    Parameters
    ----------
    frame
        As in `partition`; up to 5,000 rows are used to choose k, drawn by the seed.
    ks
        Numbers of segments to try, from 2.
    seed
        Of starts, samples and clouds.
    draws
        Bootstrap samples, and clouds drawn.

    Raises
    ------
    CxError
        As in `partition`, and if a k is below 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> segmentation(rng.normal(size=(200, 2)), ks=[2, 3], draws=20).k
    1
    """
    if min(ks) < 2:
        raise CxError("too-many-clusters", found=min(ks), expected=2)
    data = _matrix(frame, 1)
    rng = np.random.default_rng(seed)
    some = data[np.sort(rng.choice(len(data), _LARGE, replace=False))] if len(data) > _LARGE else data
    tried = [k for k in ks if k < len(np.unique(some, axis=0))]
    table = pd.DataFrame(
        [_tried(some, k, seed, draws, share=1 - 0.05 / len(tried)) for k in tried],
        columns=["k", "silhouette", "by_chance", "min_jaccard", "grade", "stands"],
    )
    good = table[table["stands"].astype(bool)]
    k = int(good.loc[good["silhouette"].idxmax(), "k"]) if len(good) else 1
    return Segmentation(k, partition(data, k=k, seed=seed).labels, table)


def _tried(data: NDArray[np.float64], k: int, seed: int, draws: int, *, share: float) -> dict[str, object]:
    """One row of the table of numbers tried."""
    silhouette = partition(data, k=k, seed=seed).silhouette
    chance = _by_chance(data, k, seed, draws, share)
    found = stability(data, k=k, seed=seed, draws=draws)
    stands = silhouette > chance and found.min_jaccard >= DOUBTFUL
    values = (k, silhouette, chance, found.min_jaccard, found.grade, bool(stands))
    return dict(zip(("k", "silhouette", "by_chance", "min_jaccard", "grade", "stands"), values, strict=True))


def _by_chance(data: NDArray[np.float64], k: int, seed: int, draws: int, share: float) -> float:
    """Silhouette that k-means stays below in `share` of normal clouds with the covariance of the data.

    The bound foretells one more cloud from a few, so it is Student's: with 20 clouds the normal one is too low.
    """
    from scipy.special import stdtrit

    rng = np.random.default_rng(seed)
    covariance, n = np.atleast_2d(np.cov(data, rowvar=False)), min(len(data), 1000)
    found = []
    for draw in range(draws):
        cloud = rng.multivariate_normal(np.zeros(data.shape[1]), covariance, n, method="eigh", check_valid="ignore")
        found.append(_apart(cloud, _clusters(cloud, k, draw, 3), k, draw)[0])
    return float(np.mean(found) + stdtrit(draws - 1, share) * np.std(found, ddof=1) * np.sqrt(1 + 1 / draws))
