"""Removal effects: against paths walked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import attribution


def walked(paths, won, lost, without, rng, n: int) -> float:
    """Share of random walks through the same chain that convert, with one step taken away."""
    moves: dict[str, list[tuple[str, float]]] = {}
    for path, good, bad in zip(paths, won, lost):
        for here, there in zip(["(start)", *path], path):
            moves.setdefault(here, []).append((there, good + bad))
        moves.setdefault(path[-1], []).extend([("(won)", good), ("(lost)", bad)])
    choices = {here: ([t for t, _ in out], np.array([w for _, w in out], float)) for here, out in moves.items()}
    hits = 0
    for _ in range(n):
        here = "(start)"
        while here not in ("(won)", "(lost)", without):
            names, weight = choices[here]
            here = names[rng.choice(len(names), p=weight / weight.sum())]
        hits += here == "(won)"
    return hits / n


def test_against_random_walks(soak: bool) -> None:
    paths, won, lost = [["a", "b", "a"], ["b", "c"], ["c"]], [3, 2, 0], [1, 4, 5]
    found = attribution.removal_effects(paths, conversions=won, losses=lost)
    rng, n = np.random.default_rng(0), 20_000 if soak else 3_000
    rate = walked(paths, won, lost, None, rng, n)
    assert found.conversion_rate == pytest.approx(rate, abs=3 / np.sqrt(n))
    for step in "abc":
        left = walked(paths, won, lost, step, rng, n)
        assert 1 - found.effect[step] == pytest.approx(left / rate, abs=8 / np.sqrt(n))


def test_the_chain_keeps_the_conversion_rate_of_the_paths() -> None:
    """With steps that lead on in one way only, the chain's rate is conversions over paths: 4 of 10."""
    found = attribution.removal_effects([["a", "b"], ["c"]], conversions=[4, 0], losses=[2, 4])
    assert found.conversion_rate == pytest.approx(0.4)
    assert found.effect == pytest.approx({"a": 1, "b": 1, "c": 0})


def test_weights_are_repeated_paths() -> None:
    once = attribution.removal_effects([["a", "b"], ["b"]], conversions=[2, 1], losses=[1, 3])
    repeated = attribution.removal_effects(
        [["a", "b"]] * 3 + [["b"]] * 4, conversions=[1, 1, 0, 1, 0, 0, 0], losses=[0, 0, 1, 0, 1, 1, 1]
    )
    assert repeated.effect == pytest.approx(once.effect)
    assert sum(once.share.values()) == pytest.approx(1)


def test_nothing_converts_and_a_step_that_repeats() -> None:
    assert attribution.removal_effects([["a"]], conversions=[0], losses=[3]).share == {"a": 0.0}
    loop = attribution.removal_effects([["a", "a", "a"]], conversions=[1], losses=[1])
    assert loop.conversion_rate == pytest.approx(0.5)


def test_no_path_is_refused() -> None:
    with pytest.raises(CxError, match="'paths' holds 0"):
        attribution.removal_effects([], conversions=[])
    with pytest.raises(CxError, match="'conversions' has the size 2 where 1"):
        attribution.removal_effects([["a"]], conversions=[1, 2])
