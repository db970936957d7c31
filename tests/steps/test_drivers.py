"""Drivers of the outcome: the planted order and passengers are found, luck is not, copies and few answers refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.steps import drivers
from tests.steps.conftest import responses
from tests.steps.planted import TRUTHS, null_client, planted_client


def items(values: dict[str, list[float]]) -> pd.DataFrame:
    wide = pd.DataFrame(values).assign(response_id=lambda frame: [str(number) for number in range(len(frame))])
    return wide.melt(id_vars="response_id", var_name="item", value_name="value")


def told(client) -> tuple[pd.DataFrame, list]:
    sheets = drivers.battery(client)
    table = drivers.drivers(client, sheets)
    return table, drivers.claims(sheets, table)


def test_sample_finds_order_and_passengers(sample) -> None:
    truth = TRUTHS["drivers"]
    table, claims = told(sample)
    names = [item["en"] for item in table["item"]]
    assert names[:2] == ["Delivery", "Support"]
    parts = dict(zip(names, table["part"], strict=True))
    assert parts["Installation"] == "passenger" and truth["passengers"] == ["installation"]
    assert {parts[name] for name in ("Delivery", "Support", "Product quality", "Price")} == {"driver"}
    assert [claim.key for claim in claims] == ["drivers-first", "drivers-passengers"]


def test_planted_truth_over_seeds(sample, soak: bool) -> None:
    for seed in range(20 if soak else 2):
        table, _ = told(planted_client(sample, seed))
        names = [item["en"] for item in table["item"]]
        assert names[0] == "Delivery", seed
        assert dict(zip(names, table["part"], strict=True))["Delivery"] == "driver"


def test_possible_ranks_hold_the_rank_and_are_all_named(sample) -> None:
    table, _ = told(sample)
    for place, ranks in enumerate(table["ranks"], start=1):
        assert ranks == list(range(ranks[0], ranks[-1] + 1))
        assert place in ranks


def test_null_is_silent(sample, soak: bool) -> None:
    keys = [told(null_client(sample, seed))[1][0].key for seed in range(60 if soak else 5)]
    assert len(keys) - keys.count("drivers-none") <= (7 if soak else 1)


def test_shares_add_up_to_what_is_explained(made) -> None:
    rng = np.random.default_rng(2)
    rows = responses(n=200)
    a = rows["nps"].to_numpy() + rng.normal(size=200)
    client = made({"responses": rows, "items": items({"a": list(a), "b": list(rng.normal(size=200))})})
    table, claims = told(client)
    frame = drivers.battery(client).frame
    r2 = np.linalg.lstsq(np.c_[np.ones(200), frame[["a", "b"]]], frame["nps"], rcond=None)[1][0]
    explained = 1 - r2 / ((frame["nps"] - frame["nps"].mean()) ** 2).sum()
    assert sum(estimate.value for estimate in table["explains"]) == pytest.approx(explained)
    assert (claims[0].key, claims[0].values["item"]) == ("drivers-first", "a")


@pytest.mark.parametrize("columns", [{"a": [1.0, 2.0] * 30}, {"a": [1.0, 2.0] * 30, "b": [2.0, 4.0] * 30}, {}])
def test_one_item_copies_or_none_cannot_be_told(made, columns: dict) -> None:
    client = made({"responses": responses()} | ({"items": items(columns)} if columns else {}))
    table, claims = told(client)
    assert len(table) == 0
    assert claims[0].key == "drivers-cannot-tell"


def test_few_answer_sheets_say_how_many_are_needed(made) -> None:
    rng = np.random.default_rng(0)
    few = items({name: list(rng.integers(1, 8, 20).astype(float)) for name in "ab"})
    claim = told(made({"responses": responses(), "items": few}))[1][0]
    assert (claim.values["n"], claim.values["needs"]) == (20, 30)


def batteries(carried: list[float], n: int = 300) -> drivers.Battery:
    """Answers of n people, each item carrying the one common thing by so much."""
    rng = np.random.default_rng(0)
    common = rng.normal(size=n)
    items = {f"i{k}": share * common + (1 - share**2) ** 0.5 * rng.normal(size=n) for k, share in enumerate(carried)}
    return drivers.Battery("nps", "pulse", pd.DataFrame(items | {"nps": common}))


@pytest.mark.parametrize(
    ("carried", "key"),
    [
        ([0.8] * 5, "battery-one"),
        ([0.2] * 4, "battery-several"),
        ([0.99] * 6, "battery-repeats"),
        ([0.6] * 4, "battery-unsure"),
    ],
)
def test_items_may_be_added_up_only_where_they_measure_one_thing(made, carried: list[float], key: str) -> None:
    assert [claim.key for claim in drivers.together(made({}), batteries(carried))] == [key]


def test_two_items_say_nothing_of_one_thing(made) -> None:
    assert drivers.together(made({}), batteries([0.8, 0.8])) == []
