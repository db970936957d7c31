"""The journey as it happened: order, graph, variants, funnel."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import journeys


def log_of(*cases: str) -> pd.DataFrame:
    """A log in which each letter of a case is a step, minute by minute."""
    rows = [(f"c{i}", step, minute) for i, case in enumerate(cases) for minute, step in enumerate(case)]
    return journeys.steps(pd.DataFrame(rows, columns=["id", "what", "at"]), case="id", activity="what", time="at")


def random_events(seed: int, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"id": rng.integers(0, 30, n).astype(str), "what": rng.choice(list("abcd"), n), "at": rng.integers(0, 50, n)}
    )


def test_graph_and_variants_against_a_loop() -> None:
    events = random_events(0)
    log = journeys.steps(events, case="id", activity="what", time="at")
    ways = {}
    for place, row in enumerate(events.itertuples()):
        ways.setdefault(row.id, []).append((row.at, place, row.what))
    ways = {case: tuple(step for _, _, step in sorted(rows)) for case, rows in ways.items()}
    pairs = Counter(pair for way in ways.values() for pair in pairwise(way))
    graph = journeys.edges(log)
    assert {(row.source, row.target): row.n for row in graph.itertuples()} == dict(pairs)
    variants = journeys.variants(log)
    assert dict(zip(variants["steps"], variants["n"])) == dict(Counter(ways.values()))
    assert journeys.starts(log).to_dict() == dict(Counter(way[0] for way in ways.values()))
    assert journeys.ends(log).to_dict() == dict(Counter(way[-1] for way in ways.values()))


def test_order_of_rows_does_not_matter_where_times_differ() -> None:
    events = random_events(1).drop_duplicates(["id", "at"])
    shuffled = events.sample(frac=1, random_state=0)
    a, b = (journeys.steps(rows, case="id", activity="what", time="at") for rows in (events, shuffled))
    pd.testing.assert_frame_equal(a, b)


def test_ties_keep_the_file_unless_a_column_decides() -> None:
    events = pd.DataFrame({"id": ["x"] * 3, "what": ["b", "a", "c"], "at": [1, 1, 1], "rank": [2, 1, 3]})
    kept = journeys.steps(events, case="id", activity="what", time="at")
    ranked = journeys.steps(events, case="id", activity="what", time="at", order="rank")
    assert "".join(kept["step"]) == "bac"
    assert "".join(ranked["step"]) == "abc"


def test_a_case_named_na_is_a_case_and_a_missing_one_is_not() -> None:
    events = pd.DataFrame({"id": ["NA", "NA", None, "y"], "what": ["a", "b", "a", None], "at": [1, 2, 3, 4]})
    log = journeys.steps(events, case="id", activity="what", time="at")
    assert log["case"].unique().tolist() == ["NA"]
    assert len(log) == 2


def test_shares_of_a_row_sum_to_one() -> None:
    log = journeys.steps(random_events(2), case="id", activity="what", time="at")
    assert np.allclose(journeys.transitions(log).sum(axis=1), 1)
    assert np.allclose(journeys.edges(log).groupby("source")["share"].sum(), 1)


def test_funnel_counts_stages_in_their_order() -> None:
    """abc and abxc reach all; ac lacks b; ba has b before a; a stops. Wilson of 3 of 5: .231 to .882."""
    found = journeys.funnel(log_of("abc", "abxc", "ac", "ba", "a"), stages=list("abc"))
    assert found["n"].tolist() == [5, 2, 2]
    assert found["of_first"].tolist() == [1.0, 0.4, 0.4]
    assert found["of_previous"].tolist() == [1.0, 0.4, 1.0]
    assert found["of_first_low"].iloc[1] == pytest.approx(0.1176, abs=1e-4)
    assert journeys.funnel(log_of("aab"), stages=["a", "a", "b"])["n"].tolist() == [1, 1, 1]


def test_a_stage_never_gains_cases() -> None:
    log = journeys.steps(random_events(3), case="id", activity="what", time="at")
    assert (journeys.funnel(log, stages=list("abcd"))["n"].diff().dropna() <= 0).all()


def test_drop_off_and_what_it_costs() -> None:
    """Of 5, 3 are lost before b; all 2 that reach b complete: 3 × 1 × 10 at stake."""
    found = journeys.drop_off(log_of("abc", "abxc", "ac", "ba", "a"), stages=list("abc"), worth=10)
    assert found["lost"].tolist() == [3, 0]
    assert found["at_stake"].tolist() == [30.0, 0.0]
    assert found["value"].tolist() == [0.6, 0.0]


def test_a_stage_nobody_reaches_tells_nothing() -> None:
    found = journeys.funnel(log_of("ab", "a"), stages=["z", "b"])
    assert found["n"].tolist() == [0, 0]
    assert found["of_first"].isna().all()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(CxError, match=r"There is no 'when'\. There are: id, what, at"):
        journeys.steps(random_events(0), case="id", activity="what", time="when")


def test_an_empty_log() -> None:
    log = journeys.steps(random_events(0).iloc[:0], case="id", activity="what", time="at")
    assert journeys.edges(log).empty
    assert journeys.variants(log).empty


def test_differences_of_two_periods_by_hand() -> None:
    """a → b by 3 of 4 cases against 1 of 4, a → c by 1 against 3."""
    before, after = log_of("ab", "ac", "ac", "ac"), log_of("ab", "ab", "ab", "ac")
    table = journeys.differences(after, other=before)
    assert table[["target", "cases", "other_cases", "value"]].values.tolist() == [["b", 3, 1, 0.5], ["c", 1, 3, -0.5]]
    assert not table["is_clear"].any()


def test_differences_of_null_logs_are_not_clear(soak: bool) -> None:
    """Any clear move in at most 5 % of pairs of logs of one process; 20 seeds, 200 in the soak."""
    seeds, wrong = 200 if soak else 20, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        logs = [log_of(*("".join(rng.choice(list("abc"), 4)) for _ in range(80))) for _ in range(2)]
        wrong += journeys.differences(logs[0], other=logs[1])["is_clear"].any()
    assert wrong / seeds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / seeds)


def test_a_changed_journey_is_seen() -> None:
    table = journeys.differences(log_of(*["ab"] * 60 + ["ac"] * 20), other=log_of(*["ab"] * 30 + ["ac"] * 50))
    assert table["is_clear"].all()
