"""What moved: windows by hand, the planted step, the luck counted, and a total that misleads."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.steps import movements
from tests.steps.conftest import responses
from tests.steps.planted import TRUTHS, null_client


def stages(early: dict[str, tuple[int, float]], late: dict[str, tuple[int, float]]) -> pd.DataFrame:
    """Answers by span and stage: how many, and the share of promoters among them (the rest are detractors)."""
    rows = []
    for day, span in (("2025-03-15", early), ("2025-07-15", late)):
        for stage, (n, promoters) in span.items():
            good = round(n * promoters)
            rows += [(stage, day, 10.0)] * good + [(stage, day, 0.0)] * (n - good)
    frame = pd.DataFrame(rows, columns=["stage", "answered_at", "nps"])
    days = pd.to_datetime(frame["answered_at"]).astype("datetime64[us]")
    ids = [str(number) for number in range(len(frame))]
    return frame.assign(answered_at=days, survey="contact", customer_id=ids, response_id=ids)


def test_the_same_months_a_year_before_where_there_are_enough(sample) -> None:
    spans = movements.windows(sample)
    assert [month.text for month in (*spans.earlier, *spans.lately)] == ["1403-01", "1403-06", "1404-01", "1404-06"]


def test_halves_where_there_are_few_months(made) -> None:
    # January to August 2025: eight months, so January to April against May to August.
    spans = movements.windows(made())
    assert [month.text for month in (*spans.earlier, *spans.lately)] == ["2025-01", "2025-04", "2025-05", "2025-08"]


def test_sample_finds_the_step_and_counts_luck(sample) -> None:
    truth = TRUTHS["ces"]["step"]
    table = movements.movements(sample)
    clear = table[table["grade"] == "clear"]
    assert [(row.metric.key, row.stage["en"]) for row in clear.itertuples()] == [("metric.ces", "Delivery")]
    moved = clear["moved"].iloc[0]
    assert moved.low <= truth["low_effort_after"] - truth["low_effort_before"] <= moved.high
    claim = movements.claims(sample, table, None)[0]
    known = sum(difference.is_known for difference in table["moved"])
    assert (claim.values["compared"], claim.values["luck"]) == (known, pytest.approx(0.05 * known))


def test_null_is_silent(sample, soak: bool) -> None:
    seeds = range(60 if soak else 5)
    tables = [movements.movements(null_client(sample, seed)) for seed in seeds]
    assert sum((table["grade"] == "clear").any() for table in tables) <= (7 if soak else 1)


def test_a_total_that_misleads_is_not_quoted(made) -> None:
    """Simpson's paradox: both stages rise by 20 points, the total falls because the weak one is asked about more."""
    early = {"buy": (800, 0.8), "use": (200, 0.3)}
    late = {"buy": (200, 0.9), "use": (800, 0.4)}
    client = made({"responses": stages(early, late)})
    split = movements.moved(client)
    # Before (0.8·0.6 − 0.2·0.4)·100 = +40, after (0.2·0.8 − 0.8·0.2)·100 = 0; each stage +20.
    assert split.total.value == pytest.approx(-40)
    assert split.rate.value == pytest.approx(20)
    assert split.mix.value == pytest.approx(-60)
    keys = [claim.key for claim in movements.claims(client, movements.movements(client), split)]
    assert keys == ["moved-flags", "moved-clear", "moved-clear", "why-reversed"]


def test_nothing_moved_is_within_noise(made) -> None:
    same = {"buy": (100, 0.5), "use": (100, 0.5)}
    client = made({"responses": stages(same, same)})
    keys = [claim.key for claim in movements.claims(client, movements.movements(client), movements.moved(client))]
    assert keys == ["moved-flags", "why-noise"]


def test_without_two_spans_it_cannot_be_told(made) -> None:
    day = responses().assign(answered_at=pd.Timestamp("2025-08-15"))
    undated = responses().drop(columns="answered_at")
    for tables in ({}, {"responses": day}, {"responses": undated}):
        client = made(tables)
        assert movements.claims(client, movements.movements(client), None)[0].key == "moved-cannot-tell"
