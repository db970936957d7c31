"""Looks at a running test: printed tables, and the promised error by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import sequential


@pytest.mark.parametrize(("looks", "bound"), [(1, 1.960), (2, 2.178), (3, 2.289), (4, 2.361), (5, 2.413), (10, 2.555)])
def test_pocock_of_jennison_and_turnbull_table_2_1(looks: int, bound: float) -> None:
    assert sequential.bounds("pocock", looks=looks) == pytest.approx([bound] * looks, abs=6e-4)


@pytest.mark.parametrize(("looks", "last"), [(2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (10, 2.087)])
def test_obrien_fleming_of_jennison_and_turnbull_table_2_3(looks: int, last: float) -> None:
    """The bound of look k is the last one times √(K/k)."""
    found = sequential.bounds("obrien-fleming", looks=looks)
    assert found[-1] == pytest.approx(last, abs=6e-4)
    assert found == pytest.approx([found[-1] * np.sqrt(looks / k) for k in range(1, looks + 1)])


def test_spending_bounds_of_the_r_package_ldbounds() -> None:
    """Five even looks: O'Brien–Fleming type 4.8769, 3.3569, 2.6803, 2.2898, 2.0310; Pocock type 2.4380 … 2.3859."""
    flemish = sequential.bounds("spending-obrien-fleming", looks=5)
    assert flemish == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=6e-4)
    pocock = sequential.bounds("spending-pocock", looks=5)
    assert pocock == pytest.approx([2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=6e-4)


@pytest.mark.parametrize(("looks", "error"), [(1, 0.05), (2, 0.083), (3, 0.107), (5, 0.142), (10, 0.193), (20, 0.248)])
def test_armitage_mcpherson_rowe_1969_table_2(looks: int, error: float) -> None:
    assert sequential.repeated_looks_error(looks) == pytest.approx(error, abs=6e-4)


@pytest.mark.parametrize("design", sequential.DESIGNS)
@pytest.mark.parametrize("information", [[0.2, 0.5, 1.0], [0.1, 0.15, 0.6, 0.9]])
def test_all_looks_together_keep_the_error(design: str, information: list[float], soak: bool) -> None:
    """By simulation of the running sum; a plan that ends before its final n spends less if it is a spending one."""
    n, rng = 400_000 if soak else 60_000, np.random.default_rng(0)
    limits = np.array(sequential.bounds(design, information=information))
    steps = rng.normal(size=(n, len(information))) * np.sqrt(np.diff(information, prepend=0))
    z = steps.cumsum(axis=1) / np.sqrt(information)
    error = (np.abs(z) > limits).any(axis=1).mean()
    allowed = 3.5 * np.sqrt(0.05 * 0.95 / n)
    if design.startswith("spending") and information[-1] < 1:
        assert error < 0.05 + allowed
    else:
        assert error == pytest.approx(0.05, abs=allowed)


def test_information_beyond_one_is_rescaled() -> None:
    one, many = (sequential.bounds("pocock", information=info) for info in ([0.25, 0.5, 1], [100, 200, 400]))
    assert one == pytest.approx(many)


def test_a_higher_level_asks_for_more() -> None:
    wide, narrow = (sequential.bounds("pocock", looks=3, level=level)[0] for level in (0.99, 0.9))
    assert wide > narrow


def test_the_mixture_bound_is_never_crossed_more_often_than_promised(soak: bool) -> None:
    """1,000 looks at a sum without effect: crossed at any of them in at most 5 % of runs."""
    runs, rng = 4000 if soak else 600, np.random.default_rng(1)
    bound = np.array([sequential.mixture_bound(v, best_at=100) for v in range(1, 1001)])
    crossed = [(np.abs(rng.normal(size=1000).cumsum()) > bound).any() for _ in range(runs)]
    assert np.mean(crossed) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_the_mixture_bound_is_tightest_where_it_is_tuned() -> None:
    at_100 = {best: sequential.mixture_bound(100, best_at=best) for best in (20, 50, 100, 200, 500)}
    assert min(at_100, key=at_100.get) == 100


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sequential.bounds("pocok", looks=3), "Did you mean 'pocock'"),
        (lambda: sequential.bounds("pocock", looks=0), "'looks' is 0"),
        (lambda: sequential.bounds("pocock", information=[0.5, 0.4]), "have to rise"),
        (lambda: sequential.bounds("pocock", looks=3, level=1), "'level' is 1"),
        (lambda: sequential.mixture_bound(0, best_at=1), "'variance' is 0"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
