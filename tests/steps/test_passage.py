"""The funnel counts cases in order, leaves unripe ones out, and says how sure the largest loss is."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.steps import passage

STAGES = {"stages": [{"id": name, "name": name.title()} for name in ("look", "buy", "use")]}


def events(*ways: str, day: str = "2025-03-01") -> pd.DataFrame:
    """One case a text; its letters are the stages, an hour apart."""
    names = {"l": "look", "b": "buy", "u": "use"}
    rows = [
        (f"{case}", names[letter], pd.Timestamp(day) + pd.Timedelta(hours=hour))
        for case, way in enumerate(ways)
        for hour, letter in enumerate(way)
    ]
    return pd.DataFrame(rows, columns=["case_id", "stage", "occurred_at"])


def test_counts_and_losses_by_hand(made) -> None:
    ways = ["lbu"] * 20 + ["lb"] * 20 + ["l"] * 10 + ["ub"] * 5
    table = passage.reached(made({"events": events(*ways)}, journey=STAGES))
    assert table["n"].tolist() == [50, 40, 20]
    assert [row.value for row in table["reached"]] == [1.0, 0.8, 0.4]
    assert [row.value for row in table["lost"].iloc[:2]] == [pytest.approx(0.2), pytest.approx(0.5)]
    assert table["lost"].iloc[2] is None


def test_largest_loss_is_named_only_if_it_stands_apart(made) -> None:
    apart = made({"events": events(*["lbu"] * 40, *["lb"] * 160, *["l"] * 10)}, journey=STAGES)
    near = made({"events": events(*["lbu"] * 20, *["lb"] * 10, *["l"] * 10)}, journey=STAGES)
    claim = passage.claims(passage.reached(apart))[0]
    assert (claim.key, claim.values["stage"], claim.values["next"]) == ("passage-lost", "Buy", "Use")
    assert passage.claims(passage.reached(near))[0].key == "passage-lost-unsure"


def test_a_case_that_has_just_begun_is_not_lost(made) -> None:
    old, new = events(*["lbu"] * 20), events(*["l"] * 20, day="2025-08-31")
    both = pd.concat([old, new.assign(case_id="n" + new["case_id"])], ignore_index=True)
    table = passage.reached(made({"events": both}, journey=STAGES))
    assert table["n"].tolist() == [20, 20, 20]


def test_few_cases_are_hidden_and_no_events_cannot_tell(made) -> None:
    few = passage.reached(made({"events": events("lbu", "lb")}, journey=STAGES))
    assert few["reached"].iloc[0].reason == "too-few"
    assert passage.claims(few)[0].key == "passage-cannot-tell"
    assert passage.claims(passage.reached(made({})))[0].key == "passage-cannot-tell"


def test_sample_keeps_the_order_of_the_map(sample) -> None:
    # Six of ten orders have an installation, so four of ten that were delivered do not reach set-up.
    table = passage.reached(sample)
    assert [row["en"] for row in table["stage"]] == ["Research", "Purchase", "Delivery", "Set-up and use"]
    assert table["lost"].iloc[2].low < 0.4 < table["lost"].iloc[2].high
