"""Weighted and clustered survey metrics: agreement with the plain ones, duplication, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import effective, survey
from cxlib.measures.answers import SCALES
from cxlib.measures.scores import reduce


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def rows(instrument: str, n: int, seed: int = 0) -> pd.DataFrame:
    low, high = SCALES[instrument]
    draw = rng(seed)
    return pd.DataFrame({"score": draw.integers(low, high + 1, n), "account": draw.integers(0, max(n // 4, 2), n)})


@pytest.mark.parametrize("instrument", list(SCALES))
def test_equal_weights_give_the_plain_interval(instrument):
    frame = rows(instrument, 60)
    plain = survey.MEASURES[instrument](frame["score"])
    for weight in (1.0, 7.5):
        found = effective.metric(reduce(frame.assign(w=weight), score="score", weight="w"), instrument=instrument)
        assert (found.value, found.low, found.high, found.n) == pytest.approx(
            (plain.value, plain.low, plain.high, plain.n)
        )


@pytest.mark.parametrize("instrument", ["nps", "csat5", "ces1"])
def test_a_weight_of_two_moves_the_value_like_a_second_answer(instrument):
    frame = rows(instrument, 30)
    doubled = pd.concat([frame, frame[:10]])
    weighted = frame.assign(w=np.where(np.arange(30) < 10, 2.0, 1.0))
    found = effective.metric(reduce(weighted, score="score", weight="w"), instrument=instrument)
    plain = survey.MEASURES[instrument](doubled["score"])
    assert found.value == pytest.approx(plain.value)
    assert found.high - found.low > plain.high - plain.low, "weight is not information"


def test_accounts_that_answer_in_one_voice_count_once():
    """Each account's three respondents give the same answer: the interval is about that of one respondent each."""
    one = rows("nps", 80).assign(account=range(80))
    three = pd.concat([one] * 3)
    table = reduce(three, score="score", by=["account"])
    found = effective.by(table, groups=[], instrument="nps", account="account").loc[0]
    assert found["n_eff"] == pytest.approx(80)
    assert found["units"] == 80
    assert found["n"] == 240
    plain = survey.nps(one["score"])
    assert found["high"] - found["low"] == pytest.approx(plain.high - plain.low, rel=0.03)
    assert survey.nps(three["score"]).high - survey.nps(three["score"]).low < 0.65 * (found["high"] - found["low"])


def test_respondents_without_account_stand_alone():
    frame = rows("nps", 50).assign(account=None)
    table = reduce(frame.assign(row=range(50)), score="score", by=["account", "row"])
    found = effective.by(table, groups=[], instrument="nps", account="account").loc[0]
    assert found["units"] == 50


def test_weighted_standard_error_matches_the_linearised_one():
    """Slow twin: rows with weights through weighting.weighted_mean; n_eff is plain variance over that variance."""
    from cxlib.measures.weighting import weighted_mean

    frame = rows("csat5", 200).assign(w=rng(1).gamma(2, 1, 200))
    table = effective.by(reduce(frame, score="score", weight="w"), groups=[], instrument="csat5")
    row = weighted_mean(frame["score"] >= 4, frame["w"])
    spread = row.mean * (1 - row.mean) / (row.se**2 * 199 / 200)
    assert table.loc[0, "n_eff"] == pytest.approx(spread)


def test_groups_too_small_are_hidden_and_unlabelled_ones_kept():
    frame = pd.DataFrame({"score": [9, 9, 3, 8], "channel": ["app", "app", None, "web"]})
    table = effective.by(reduce(frame, score="score", by=["channel"]), groups=["channel"], instrument="nps", min_n=2)
    assert table["reason"].tolist() == ["", "too-few", "too-few"]
    assert table["channel"].isna().tolist() == [False, False, True]


def test_one_account_has_no_interval():
    table = reduce(rows("nps", 12).assign(account=1), score="score", by=["account"])
    found = effective.metric(table, instrument="nps", account="account")
    assert (found.reason, found.low, found.needs) == ("one-unit", None, 2)
    other = reduce(rows("nps", 12), score="score", by=["account"])
    assert effective.difference(table, other, instrument="nps", account="account").reason == "one-unit"


def test_nothing_answered_is_not_told():
    empty = reduce(rows("nps", 12), score="score", by=["account"]).iloc[:0]
    assert effective.metric(empty, instrument="nps").reason == "no-answers"
    assert effective.difference(empty, empty, instrument="nps").reason == "no-answers"


def test_all_the_same_still_have_an_interval():
    table = reduce(pd.DataFrame({"score": [10] * 10, "w": [1.0] * 9 + [3.0]}), score="score", weight="w")
    found = effective.metric(table, instrument="nps")
    assert found.value == 100
    assert 0 < found.low < 60


def test_difference_of_plain_answers_is_about_the_plain_difference():
    a, b = rows("nps", 150), rows("nps", 200, seed=1)
    found = effective.difference(reduce(a, score="score"), reduce(b, score="score"), instrument="nps")
    plain = survey.nps_difference(a["score"], b["score"])
    assert (found.value, found.low, found.high, found.p_value) == pytest.approx(
        (plain.value, plain.low, plain.high, plain.p_value)
    )


def test_accounts_in_both_waves_sharpen_the_difference():
    """The same accounts, each with its own level, asked twice: what they share cancels out."""
    level = rng(2).integers(2, 10, 60)
    first = pd.DataFrame({"account": range(60), "score": level})
    second = first.assign(score=np.minimum(level + (np.arange(60) % 4 == 0), 10))
    tables = [reduce(frame, score="score", by=["account"]) for frame in (first, second)]
    paired = effective.difference(*tables, instrument="nps", account="account")
    apart = effective.difference(*tables, instrument="nps")
    assert paired.high - paired.low < 0.7 * (apart.high - apart.low)


def test_bad_input_is_refused():
    table = reduce(rows("nps", 20), score="score")
    with pytest.raises(CxError, match="no column 'account'"):
        effective.metric(table, instrument="nps", account="account")
    with pytest.raises(CxError, match="no instrument 'mean'"):
        effective.metric(table, instrument="mean")
    with pytest.raises(CxError, match="off the scale of csat5"):
        effective.metric(table, instrument="csat5")


def weighted_coverage(instrument: str, n: int, draws: int) -> float:
    """Two strata, one of weight 3 and happier: how often the interval holds the truth."""
    good, bad = (10, 3) if instrument == "nps" else (5, 1)
    draw, held = rng(n), 0
    truth = 0.75 * 0.85 + 0.25 * 0.65
    for _ in range(draws):
        heavy = draw.random(n) < 0.5
        score = np.where(draw.random(n) < np.where(heavy, 0.85, 0.65), good, bad)
        frame = pd.DataFrame({"score": score, "n": 1, "w": np.where(heavy, 3.0, 1.0)})
        table = frame.assign(w2=frame["w"] ** 2).groupby("score", as_index=False).sum()
        found = effective.metric(table, instrument=instrument)
        held += found.low <= (100 * (2 * truth - 1) if instrument == "nps" else truth) <= found.high
    return held / draws


def clustered_coverage(instrument: str, accounts: int, draws: int) -> tuple[float, float]:
    """One to five respondents an account, half of them in its voice: the clustered and the naive interval."""
    draw, held = rng(accounts), [0, 0]
    choices, truth = ([3, 8, 10], 30) if instrument == "nps" else ([1, 1, 5], 0.5)
    for _ in range(draws):
        account = np.repeat(np.arange(accounts), draw.integers(1, 6, accounts))
        own = draw.choice(choices, len(account), p=[0.2, 0.3, 0.5])
        voice = draw.choice(choices, accounts, p=[0.2, 0.3, 0.5])[account]
        score = np.where(draw.random(len(account)) < 0.7, voice, own)
        frame = pd.DataFrame({"account": account, "score": score, "n": 1, "w": 1.0, "w2": 1.0})
        table = frame.groupby(["account", "score"], as_index=False).sum()
        for place, name in enumerate(("account", None)):
            found = effective.metric(table, instrument=instrument, account=name)
            held[place] += found.low <= truth <= found.high
    return held[0] / draws, held[1] / draws


@pytest.mark.parametrize("instrument", ["nps", "csat5"])
def test_weighted_intervals_cover(instrument, soak):
    draws = 1000 if soak else 250
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        found = weighted_coverage(instrument, n, draws)
        assert 0.93 - slack <= found <= 0.97 + slack, (n, found)


@pytest.mark.parametrize("instrument", ["nps", "csat5"])
def test_clustered_intervals_cover_where_naive_ones_do_not(instrument, soak):
    draws = 1000 if soak else 250
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for accounts in (10, 30, 100, 1000) if soak else (10, 100):
        clustered, naive = clustered_coverage(instrument, accounts, draws)
        assert 0.93 - slack <= clustered <= 0.98 + slack, (accounts, clustered)
        assert naive < 0.9, (accounts, naive)


def test_difference_covers(soak):
    draws = 1000 if soak else 250
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        draw, held = rng(n), 0
        for _ in range(draws):
            tables = []
            for share in (0.8, 0.6):
                w = draw.choice([1.0, 3.0], n)
                frame = pd.DataFrame({"score": np.where(draw.random(n) < share, 5, 1), "n": 1, "w": w, "w2": w**2})
                tables.append(frame.groupby("score", as_index=False).sum())
            found = effective.difference(*tables, instrument="csat5")
            held += found.low <= 0.2 <= found.high
        assert 0.93 - slack <= held / draws <= (0.98 if n == 10 else 0.97) + slack, (n, held / draws)
