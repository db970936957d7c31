"""Survey metrics: hand arithmetic, invariants, bad input, lightness of the import."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import survey
from cxlib.measures.answers import SCALES
from cxlib.measures.estimate import Estimate


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def answers(instrument: str, n: int, seed: int = 0) -> pd.Series:
    low, high = SCALES[instrument]
    return pd.Series(rng(seed).integers(low, high + 1, n))


def test_nps_by_hand():
    # 50 promoters, 30 passives, 20 detractors: +30; (50.75 − 20.75)/103 = 29.13 ± 1.96 · 7.63…
    found = survey.nps([10] * 50 + [8] * 30 + [3] * 20)
    assert (found.value, found.n, found.unit) == (30, 100, "points")
    centre, variance = 30 / 103, (71.5 / 103 - (30 / 103) ** 2) / 103
    assert found.low == pytest.approx(100 * (centre - 1.959964 * np.sqrt(variance)), abs=1e-4)
    assert found.high == pytest.approx(100 * (centre + 1.959964 * np.sqrt(variance)), abs=1e-4)


def test_csat_by_hand():
    # 7 of 10 answered 4 or 5; Wilson 39.677815 to 89.220872 %
    found = survey.csat([5, 5, 4, 4, 4, 3, 3, 2, 5, 4], scale="csat5")
    assert (100 * found.value, 100 * found.low, 100 * found.high) == pytest.approx((70, 39.677815, 89.220872), abs=1e-4)


@pytest.mark.parametrize(
    ("version", "scores", "easy"),
    [
        ("ces2", [7, 6, 5, 5, 4, 3, 7, 2], 5 / 8),
        ("ces1", [1, 2, 2, 3, 5], 3 / 5),
        ("ease5", [5, 4, 3, 1], 1 / 2),
    ],
)
def test_each_effort_version_has_its_own_direction(version, scores, easy):
    assert survey.ces(scores, version=version).value == easy
    assert survey.DIRECTION[version] == ("low" if version == "ces1" else "high")


@pytest.mark.parametrize(("scale", "top"), [("csat5", (4, 5)), ("csat7", (6, 7)), ("csat10", (9, 10))])
def test_top_2_box_of_each_scale(scale, top):
    low, high = SCALES[scale]
    assert survey.good_count(range(low, high + 1), instrument=scale) == 2
    assert survey.good_count(top, instrument=scale) == 2


def test_mean_by_hand():
    # mean 3.9, sd 0.9944, t(9) = 2.2622 → ± 0.7113
    found = survey.mean([5, 5, 4, 4, 4, 3, 3, 2, 5, 4])
    assert (found.value, found.low, found.high) == pytest.approx((3.9, 3.1887, 4.6113), abs=1e-4)


@pytest.mark.parametrize(("scores", "reason"), [([4], "one-answer"), ([4, 4, 4], "all-the-same")])
def test_mean_without_spread_has_no_interval(scores, reason):
    found = survey.mean(scores)
    assert (found.value, found.low, found.reason) == (4, None, reason)


@pytest.mark.parametrize("instrument", list(survey.MEASURES))
def test_a_histogram_gives_what_the_rows_give(instrument):
    scores = answers("nps" if instrument == "mean" else instrument, 200)
    counts = scores.value_counts()
    measure = survey.MEASURES[instrument]
    assert measure(counts.index, counts=counts.to_numpy(), level=0.9) == measure(scores, level=0.9)


@pytest.mark.parametrize("instrument", list(survey.MEASURES))
def test_order_and_missing_answers_change_nothing(instrument):
    scores = answers("nps" if instrument == "mean" else instrument, 50).astype("Float64")
    shuffled = pd.concat([scores.sample(frac=1, random_state=1), pd.Series([None, None], dtype="Float64")])
    assert survey.MEASURES[instrument](shuffled) == survey.MEASURES[instrument](scores)


@pytest.mark.parametrize("instrument", list(survey.MEASURES))
def test_nothing_answered_is_not_told(instrument):
    for nothing in ([], [None, None], pd.Series([], dtype="Float64"), pd.Series([pd.NA], dtype="Int64")):
        found = survey.MEASURES[instrument](nothing)
        assert (found.value, found.reason, found.n) == (None, "no-answers", 0)


@pytest.mark.parametrize("instrument", list(SCALES))
def test_intervals_hold_the_value_and_shrink_with_n(instrument):
    few, many = (survey.MEASURES[instrument](answers(instrument, n)) for n in (20, 2000))
    for found in (few, many):
        assert found.low <= found.value <= found.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("instrument", list(SCALES))
def test_a_higher_level_gives_a_wider_interval(instrument):
    narrow, wide = (survey.MEASURES[instrument](answers(instrument, 40), level=level) for level in (0.8, 0.99))
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survey.nps([10, 11]), "off the scale of nps: 11"),
        (lambda: survey.csat([0, 5], scale="csat5"), "off the scale of csat5: 0"),
        (lambda: survey.csat([5], scale="csat6"), "no instrument 'csat6'"),
        (lambda: survey.ces([5], version="nps"), "no instrument 'nps'"),
        (lambda: survey.nps(["ten"]), "no numbers: ten"),
        (lambda: survey.nps([9, 9], counts=[1]), "different lengths: 2, 1"),
        (lambda: survey.nps([9], counts=[-1]), "not counts that fit"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(CxError, match=message):
        call()


def test_the_version_of_ces_is_never_guessed():
    with pytest.raises(TypeError, match="version"):
        survey.ces([5, 6])


def test_difference_of_nps_is_in_points():
    found = survey.nps_difference([9, 7, 0], [9, 7, 0], counts=[500, 300, 200], other_counts=[460, 310, 230])
    assert found.value == pytest.approx(7)
    assert found.low < 7 < found.high
    assert found.p_value == pytest.approx(0.0478, abs=1e-3)
    assert survey.nps_difference([], [9]).reason == "no-answers"


def test_difference_of_good_shares_is_newcombes():
    found = survey.good_difference([7, 1], [7, 1], instrument="ces2", counts=[56, 14], other_counts=[48, 32])
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=6e-5)


def reduced() -> pd.DataFrame:
    columns = {"channel": ["app", "app", "web", None], "score": [10.0, 6, 9, 9], "n": [40, 10, 3, 12]}
    return pd.DataFrame(columns)


def test_by_gives_each_group_its_estimate():
    table = survey.by(reduced(), groups=["channel"], instrument="nps", level=0.9, min_n=10)
    assert list(table.columns) == ["channel", *Estimate.__dataclass_fields__]
    app = survey.nps([10, 6], counts=[40, 10], level=0.9)
    assert table.loc[0, ["value", "low", "high", "n"]].tolist() == [app.value, app.low, app.high, 50]


def test_by_hides_small_groups_and_says_what_they_need():
    web = survey.by(reduced(), groups=["channel"], instrument="nps", min_n=10).set_index("channel").loc["web"]
    assert pd.isna(web["value"])
    assert pd.isna(web["low"])
    assert (web["reason"], web["needs"], web["n"], web["unit"]) == ("too-few", 10, 3, "points")


def test_by_pools_the_days_of_a_group():
    """Days of a channel, in any order and as categories, give what their answers give together."""
    days = pd.concat([reduced().assign(day=day) for day in (2, 1)], ignore_index=True)
    pooled = reduced().assign(n=2 * reduced()["n"])
    expected = survey.by(pooled, groups=["channel"], instrument="nps")
    pd.testing.assert_frame_equal(survey.by(days, groups=["channel"], instrument="nps"), expected)
    labelled = days.astype({"channel": "category"})
    found = survey.by(labelled, groups=["channel"], instrument="nps").astype({"channel": "str"})
    pd.testing.assert_frame_equal(found, expected)
    assert survey.by(days, groups=[], instrument="nps").loc[0, "n"] == days["n"].sum()


def test_by_of_nothing_has_no_rows_but_the_whole_cannot_tell():
    nothing = reduced().iloc[:0]
    assert len(survey.by(nothing, groups=["channel"], instrument="nps")) == 0
    assert survey.by(nothing, groups=[], instrument="nps")["reason"].tolist() == ["too-few"]


def test_by_keeps_a_group_without_a_label():
    table = survey.by(reduced(), groups=["channel"], instrument="nps", min_n=2)
    assert table["channel"].isna().sum() == 1
    assert table["n"].sum() == 65


def test_by_without_groups_gives_one_row():
    table = survey.by(reduced(), groups=[], instrument="nps")
    assert table["n"].tolist() == [65]
    empty = survey.by(reduced().iloc[:0], groups=["channel"], instrument="nps")
    assert list(empty.columns[:2]) == ["channel", "value"]
    assert len(empty) == 0


def test_by_refuses_an_unknown_instrument():
    with pytest.raises(CxError, match="no instrument 'ces'"):
        survey.by(reduced(), groups=[], instrument="ces")


def test_mean_covers(soak):
    draws = 4000 if soak else 600
    chance = np.array([0.05, 0.05, 0.1, 0.3, 0.5])
    truth, slack = float(chance @ np.arange(1, 6)), 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        tables = rng(n).multinomial(n, chance, draws)
        found = [survey.mean(range(1, 6), counts=table) for table in tables]
        held = np.mean([e.low is None or e.low <= truth <= e.high for e in found])
        # skewed answers: Student's t covers 91 % at n = 10, as `mean` says
        assert (0.905 if n == 10 else 0.93) - slack <= held <= 0.97 + slack, (n, held)


def test_importing_survey_stays_light():
    code = "import sys, cxlib.measures.survey; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"scipy", "statsmodels", "sklearn", "narwhals"} & set(done.stdout.split())
