"""Latent classes: poLCA's carcinoma and cheating examples, planted classes, invariants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.classes import latent_classes


def answers(n: int = 600, seed: int = 0, *, apart: bool = True) -> pd.DataFrame:
    """Two classes, 30 and 70 %, that say yes with .9 and .2 to each of five questions; or one class."""
    rng = np.random.default_rng(seed)
    keen = rng.random(n) < 0.3
    chance = np.where(keen, 0.9, 0.2) if apart else np.full(n, 0.4)
    return pd.DataFrame({f"q{k}": np.where(rng.random(n) < chance, "yes", "no") for k in range(5)})


@pytest.mark.parametrize(
    ("k", "loglik", "bic", "shares"),
    [(2, -317.2568, 706.0739, (0.4988, 0.5012)), (3, -293.705, 697.1357, (0.1817, 0.3736, 0.4447))],
)
def test_carcinoma_as_in_polca(shared, k, loglik, bic, shares):
    found = latent_classes(pd.read_csv(shared / "cases" / "data" / "carcinoma.csv"), k=k)
    assert (found.loglik, found.bic) == pytest.approx((loglik, bic), abs=2e-4)
    assert found.shares == pytest.approx(shares, abs=2e-4)


def test_cheating_as_in_polca(shared):
    # Linzer & Lewis (2011): log-likelihood −440.0271, shares .1606 and .8394
    table = pd.read_csv(shared / "cases" / "data" / "cheating.csv")
    found = latent_classes(table, k=2, columns=["LIEEXAM", "LIEPAPER", "FRAUD", "COPYEXAM"])
    assert found.loglik == pytest.approx(-440.0271, abs=1e-3)
    assert found.shares == pytest.approx((0.1606, 0.8394), abs=1e-3)
    assert (found.npar, found.n) == (9, 319)


def test_planted_classes_are_found():
    found = latent_classes(answers(2000), k=2, starts=10)
    assert found.shares == pytest.approx((0.3, 0.7), abs=0.04)
    assert found.probabilities["q0"]["yes"].tolist() == pytest.approx([0.9, 0.2], abs=0.06)
    assert found.found_again == 1
    assert (found.membership.sum(axis=1) == pytest.approx(1)) and found.membership.shape == (2000, 2)


def test_the_bic_tells_one_class_from_two():
    for apart, best in ((True, 2), (False, 1)):
        bic = {k: latent_classes(answers(apart=apart), k=k, starts=10).bic for k in (1, 2, 3)}
        assert min(bic, key=bic.get) == best


def test_one_class_by_hand():
    table = pd.DataFrame({"a": [1, 1, 1, 2], "b": ["x", "y", "y", "y"]})
    found = latent_classes(table, k=1)
    # 2 · (3 ln .75 + ln .25)
    assert found.loglik == pytest.approx(2 * (3 * np.log(0.75) + np.log(0.25)))
    assert (found.npar, found.aic) == (2, pytest.approx(4 - 2 * found.loglik))


def test_order_of_rows_changes_nothing():
    table = answers(200)
    one, two = latent_classes(table, k=2, starts=5), latent_classes(table[::-1], k=2, starts=5)
    assert one.loglik == pytest.approx(two.loglik, abs=1e-6)
    assert one.membership[0] == pytest.approx(two.membership[-1], abs=1e-3)


def test_missing_answers_are_left_out_of_the_likelihood():
    table = answers(300)
    more = pd.concat([table, pd.DataFrame({"q0": ["yes"]}), pd.DataFrame({"q0": [None]})], ignore_index=True)
    found = latent_classes(more, k=2, starts=5)
    assert found.n == 301
    assert found.shares == pytest.approx(latent_classes(table, k=2, starts=5).shares, abs=0.01)


@pytest.mark.parametrize(
    ("table", "k", "message"),
    [
        (pd.DataFrame({"a": [1]}), 0, "`k` is 0"),
        (pd.DataFrame({"a": [None]}), 1, "no value"),
        (pd.DataFrame(), 1, "no value"),
    ],
)
def test_bad_input_is_refused(table, k, message):
    with pytest.raises(CxError, match=message):
        latent_classes(table, k=k)


def test_a_missing_column_is_named():
    with pytest.raises(CxError, match="no column 'q9'"):
        latent_classes(answers(10), k=1, columns=["q9"])
