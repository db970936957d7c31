"""Segments: Ruspini's points, planted clusters, and clouds in which there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.segments import jaccard, log_scaled, partition, segmentation, stability


def blobs(centres: list[tuple[float, float]], n: int = 60, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(centre, 1, (n, 2)) for centre in centres])


def test_ruspini_as_in_r(shared):
    points = pd.read_csv(shared / "cases" / "data" / "ruspini.csv")
    three, four = partition(points, k=3), partition(points, k=4)
    assert (three.within_ss, three.silhouette) == pytest.approx((51063.475, 0.632704714), rel=1e-7)
    assert (four.within_ss, four.calinski_harabasz) == pytest.approx((12881.0512, 425.327343), rel=1e-7)
    assert (three.sizes, four.sizes) == ((17, 23, 35), (15, 17, 20, 23))
    assert stability(points, k=4, draws=20).min_jaccard == pytest.approx(1, abs=0.01)


def test_partition_by_the_slow_definition():
    points = blobs([(0, 0), (8, 0)], n=8)
    found = partition(points, k=2)
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    widths = []
    for i, label in enumerate(found.labels):
        own = distance[i, (found.labels == label) & (np.arange(16) != i)].mean()
        other = distance[i, found.labels != label].mean()
        widths.append((other - own) / max(own, other))
    assert found.silhouette == pytest.approx(np.mean(widths))
    centres = [points[found.labels == label].mean(axis=0) for label in (0, 1)]
    assert found.within_ss == pytest.approx(sum(((points[found.labels == c] - centres[c]) ** 2).sum() for c in (0, 1)))


def test_one_cluster_is_the_whole():
    points = blobs([(0, 0)])
    found = partition(points, k=1)
    assert found.within_ss == pytest.approx(((points - points.mean(axis=0)) ** 2).sum())
    assert np.isnan(found.silhouette)


def test_the_same_seed_gives_the_same_labels_and_the_smallest_cluster_comes_first():
    points = np.concatenate([blobs([(0, 0)], n=50), blobs([(9, 9)], n=20)])
    one, two = partition(points, k=2, seed=3), partition(points, k=2, seed=3)
    assert (one.labels == two.labels).all()
    assert one.sizes == (20, 50)
    assert (one.labels[50:] == 0).all()


def test_jaccard_by_hand():
    assert jaccard([1, 1, 0, 1], [1, 0, 0, 1]) == pytest.approx(2 / 3)
    assert jaccard([0, 0], [0, 0]) == 0
    assert jaccard([True, False], [True, False]) == 1
    with pytest.raises(CxError, match="different lengths"):
        jaccard([1], [1, 0])
    with pytest.raises(CxError, match="`a` holds"):
        jaccard([2, 0], [1, 0])


def test_planted_segments_are_found():
    found = segmentation(blobs([(0, 0), (7, 0), (0, 7)]), ks=[2, 3, 4, 5], draws=20)
    assert found.k == 3
    assert np.bincount(found.labels) == pytest.approx([60, 60, 60], abs=2)
    chosen = found.table.set_index("k").loc[3]
    assert chosen["grade"] == "stable"
    assert chosen["silhouette"] > chosen["by_chance"]


@pytest.mark.parametrize("shape", ["round", "long", "skewed"])
def test_one_cloud_is_one_segment(shape, soak):
    """A null client: customers who differ only by degree. Nothing may be found in any of the clouds."""
    found = []
    for seed in range(20 if soak else 3):
        rng = np.random.default_rng([seed, len(shape)])
        cloud = rng.normal(size=(300, 3))
        if shape == "long":
            cloud = cloud * [6, 1, 1]
        if shape == "skewed":
            cloud = log_scaled(pd.DataFrame(rng.lognormal(3, 1, (300, 3)))).to_numpy()
        found.append(segmentation(cloud, ks=[2, 3, 4], draws=20, seed=seed).k)
    assert found.count(1) >= len(found) * 0.9, found


def test_a_cut_through_a_round_cloud_does_not_come_back():
    cloud = np.random.default_rng(0).normal(size=(300, 2))
    assert stability(cloud, k=4, draws=20).grade in ("doubtful", "dissolved")


def test_log_scaled_columns_are_comparable():
    found = log_scaled(pd.DataFrame({"orders": [0, 3, 9], "spend": [0.0, 1e6, 5e6], "same": [4, 4, 4]}))
    assert found[["orders", "spend"]].std(ddof=0).tolist() == pytest.approx([1, 1])
    assert found["same"].tolist() == [0, 0, 0]
    with pytest.raises(CxError, match="below 0: spend"):
        log_scaled(pd.DataFrame({"spend": [-1.0, 2]}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: partition([[1.0], [1.0]], k=2), "2 segments were asked for, but 1"),
        (lambda: partition([[1.0], [2.0]], k=0), "0 segments"),
        (lambda: partition([[np.nan], [2.0]], k=1), "missing or below 0"),
        (lambda: segmentation([[1.0], [2.0]], ks=[1]), "1 segments"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(CxError, match=message):
        call()
