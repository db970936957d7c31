"""Weights: R's survey package where the data are there, hand arithmetic, invariants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.weighting import (
    cell_weights,
    kish,
    raking,
    response_rates,
    share_above,
    weighted_mean,
    weighted_net,
    weighted_total,
    worst_case,
)

TARGETS = {"city": {"Tehran": 600, "Shiraz": 400}, "age": {"young": 500, "old": 500}}


def answers() -> pd.DataFrame:
    cells = (
        [("Tehran", "young")] * 40 + [("Tehran", "old")] * 30 + [("Shiraz", "young")] * 20 + [("Shiraz", "old")] * 10
    )
    return pd.DataFrame(cells, columns=["city", "age"], index=range(5, 105))


def test_raking_as_in_r_survey(shared):
    # R survey 4.1-1, rake(dclus1, …) of its help page with epsilon = 1e-9
    schools = pd.read_csv(shared / "cases" / "data" / "apiclus1.csv")
    targets = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}
    raked = raking(schools, targets=targets, base=schools["pw"])
    cells = cell_weights(schools, raked.weights, by=["stype", "sch.wide"])
    assert cells["E", "No"] == pytest.approx(39.8392362447, rel=1e-7)
    assert cells["M", "Yes"] == pytest.approx(36.7910248679, rel=1e-7)
    assert weighted_mean(schools["api00"], raked.weights).mean == pytest.approx(641.230320927, rel=1e-7)
    assert weighted_total(schools["enroll"], raked.weights) == pytest.approx(3647280.14813, rel=1e-7)


def test_margins_are_met_and_odds_within_cells_kept():
    """Raking keeps the odds ratio of the sample: 40 · 10 / (30 · 20) = 2/3."""
    raked = raking(answers(), targets=TARGETS)
    for margin, target in TARGETS.items():
        found = raked.weights.groupby(answers()[margin]).sum()
        assert found.to_dict() == pytest.approx(target)
    sums = raked.weights.groupby([answers()["city"], answers()["age"]]).sum()
    ratio = sums["Tehran", "young"] * sums["Shiraz", "old"] / sums["Tehran", "old"] / sums["Shiraz", "young"]
    assert ratio == pytest.approx(2 / 3)
    assert raked.off_target < 1e-9
    assert raked.weights.index.equals(answers().index)


def test_order_of_rows_changes_nothing():
    shuffled = answers().sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(
        raking(shuffled, targets=TARGETS).weights.sort_index(), raking(answers(), targets=TARGETS).weights, rtol=1e-7
    )


def test_a_cap_holds_and_says_how_far_off_the_margins_are():
    free, loose, tight = (raking(answers(), targets=TARGETS, cap=cap) for cap in (None, 1.5, 1.05))
    assert free.weights.max() > 15
    assert loose.weights.max() <= 15 + 1e-9
    assert loose.off_target < 1e-9, "other cells make up for those under the cap"
    assert tight.weights.max() <= 10.5 + 1e-9
    assert tight.capped > 0
    assert tight.off_target > 0.01
    assert tight.design.deff < free.design.deff


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"town": {"a": 1}}, "no column 'town'"),
        ({"city": {"Tehran": 10}}, "labels without a target: Shiraz"),
        ({"city": {"Tehran": 6, "Shiraz": 4, "Yazd": 1}}, "nobody answered for[^:]*: Yazd"),
        ({"city": {"Tehran": 6, "Shiraz": 4}, "age": {"young": 5, "old": 6}}, "different totals: 10, 11"),
    ],
)
def test_targets_that_do_not_fit_are_refused(targets, message):
    with pytest.raises(CxError, match=message):
        raking(answers(), targets=targets)


def test_margins_that_contradict_empty_cells_are_refused():
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "p", "q"]})
    with pytest.raises(CxError, match="cannot all be met"):
        raking(frame, targets={"a": {"x": 5, "y": 5}, "b": {"p": 2, "q": 8}}, rounds=50)


def test_weights_that_are_not_positive_are_refused():
    with pytest.raises(CxError, match="row 2 is not above 0"):
        kish([1, 0, 2])
    with pytest.raises(CxError, match="row 1 is not above 0"):
        raking(answers(), targets=TARGETS, base=[-1] * 100)


def test_kish_by_hand():
    # 7 · 28 / 12² = 1.3611; 144 / 28 = 5.1429
    found = kish([1, 1, 1, 1, 2, 2, 4])
    assert (found.deff, found.n_eff) == pytest.approx((7 * 28 / 144, 144 / 28))
    assert kish([3, 3, 3]).deff == pytest.approx(1)


def test_equal_weights_give_the_plain_mean_and_standard_error():
    values = np.random.default_rng(0).normal(size=40)
    found = weighted_mean(values, np.full(40, 2.5))
    assert (found.mean, found.se) == pytest.approx((values.mean(), values.std(ddof=1) / np.sqrt(40)))


def test_weighted_mean_as_r_svymean(shared):
    """R survey: svymean(~api00, dstrat) of the package's help page is 662.29; the weights alone decide the mean."""
    schools = pd.read_csv(shared / "cases" / "data" / "apistrat.csv")
    assert weighted_mean(schools["api00"], schools["pw"]).mean == pytest.approx(662.29, abs=5e-3)


def test_standard_error_by_the_slow_definition():
    """Influence of each answer on the ratio, one by one: w (y − mean) / Σw."""
    y, w = [3.0, 5, 5, 9], [1.0, 4, 2, 1]
    mean = sum(a * b for a, b in zip(y, w, strict=True)) / 8
    influences = [b * (a - mean) / 8 for a, b in zip(y, w, strict=True)]
    assert weighted_mean(y, w).se == pytest.approx((4 / 3 * sum(i * i for i in influences)) ** 0.5)


def test_weighted_mean_leaves_missing_values_out():
    assert weighted_mean([1, None, 3], [1, 5, 1]).mean == 2
    with pytest.raises(CxError, match="no value"):
        weighted_mean([None], [1])


def test_share_above_is_the_mean_of_zeros_and_ones():
    found = share_above([600, 700, 701, 800], [1, 2, 3, 4], threshold=700)
    assert (found.mean, found.se) == weighted_mean_of([0, 0, 1, 1], [1, 2, 3, 4])


def weighted_mean_of(values: list[float], weights: list[float]) -> tuple[float, float]:
    found = weighted_mean(values, weights)
    return found.mean, found.se


def test_weighted_net_by_hand():
    # weights 1, 1, 1, 2 on +1, +1, 0, −1: net 0; residuals 1, 1, 0, −2 → √(6/25 · 4/3) = .5657
    found = weighted_net([10, 9, 8, 3], [1, 1, 1, 2])
    assert (found.promoters, found.passives, found.detractors) == pytest.approx((0.4, 0.2, 0.4))
    assert (found.net, found.se) == pytest.approx((0, 0.565685), abs=1e-6)
    assert found.high == pytest.approx(1.959964 * 0.565685, abs=1e-5)


def test_weighted_net_with_other_limits():
    found = weighted_net([800, 650, 400, None], [1, 1, 2, 9], promoter_min=700, detractor_below=500)
    assert (found.promoters, found.detractors) == (0.25, 0.5)


def test_response_rates_of_aapor_by_hand():
    counts = {"complete": 400, "partial": 50, "refusal": 300, "non_contact": 200, "other": 20}
    found = response_rates(**counts, unknown_household=100, unknown_other=30, eligible_share=0.5)
    # RR1 400/1100, RR2 450/1100, RR3 400/(970 + 65), RR4 450/1035, RR5 400/970, RR6 450/970
    expected = (400 / 1100, 450 / 1100, 400 / 1035, 450 / 1035, 400 / 970, 450 / 970)
    assert (found.rr1, found.rr2, found.rr3, found.rr4, found.rr5, found.rr6) == pytest.approx(expected)


def test_response_rates_of_nobody():
    assert np.isnan(response_rates(complete=0).rr1)
    with pytest.raises(CxError, match="not counts"):
        response_rates(complete=-1)
    with pytest.raises(CxError, match="not a probability"):
        response_rates(complete=1, eligible_share=50)


def test_worst_case_by_hand():
    # 40 of 100 answered, NPS +50: (.4 · 50 − .6 · 100) = −40 to (.4 · 50 + .6 · 100) = 80
    found = worst_case(50, answered=40, asked=100, lowest=-100, highest=100)
    assert (found.low, found.high) == pytest.approx((-40, 80))
    assert worst_case(0.5, answered=10, asked=10).low == 0.5
    assert worst_case(0.5, answered=0, asked=10).reason == "no-answers"
    with pytest.raises(CxError, match="not counts"):
        worst_case(0.5, answered=11, asked=10)
