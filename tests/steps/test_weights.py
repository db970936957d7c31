"""Weights to the customers' margins, response rates and the worst case: hand arithmetic, faults, the sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib.engagement import folder
from cxlib.errors import CxError
from cxlib.section import Term
from cxlib.steps import start, turnout, weights
from cxlib.steps.client import Client

SURVEYS = {"contact": {"instruments": {"nps": "nps", "csat": "csat5"}}}
HALVES = {"region": {"north": 0.5, "south": 0.5}}


def tables(*, north: int = 30, south: int = 10) -> dict[str, pd.DataFrame]:
    """In the north everybody gives 10, in the south everybody 0; nobody else is asked."""
    n = north + south
    answers = pd.DataFrame(
        {
            "response_id": [f"r{number}" for number in range(n)],
            "customer_id": [f"c{number}" for number in range(n)],
            "survey": "contact",
            "answered_at": pd.Timestamp("2025-03-01"),
            "nps": [10.0] * north + [0.0] * south,
            "csat": [5.0] * north + [1.0] * south,
        }
    )
    customers = pd.DataFrame(
        {"customer_id": answers["customer_id"], "region": ["north"] * north + ["south"] * south, "left_on": pd.NaT}
    )
    return {"responses": answers, "customers": customers}


@pytest.fixture
def weighting(made) -> Callable[..., Client]:
    """Make a client with margins."""

    def client(given: dict[str, pd.DataFrame], *, margins: dict[str, Any] = HALVES, **rest: Any) -> Client:
        return made(given, setup={"surveys": SURVEYS, "weighting": {"margins": margins} | rest})

    return client


def test_raw_stands_beside_weighted_by_hand(weighting) -> None:
    # 30 promoters and 10 detractors: raw 50. Halves: each south answer counts 2, each north one 2/3, so 0.
    client = weighting(tables())
    found = weights.weighed(client)
    assert sorted(set(found.rows["weight"].round(9))) == [pytest.approx(2 / 3), pytest.approx(2)]
    row = weights.table(client, found).iloc[0]
    assert row["metric"] == Term("metric.nps")
    assert row["raw"].value == pytest.approx(50)
    assert row["weighted"].value == pytest.approx(0)
    assert row["weighted"].low < 0 < row["weighted"].high
    # Kish: 40 (30·4/9 + 10·4) / 40² = 4/3, so 40 answers are worth 30.
    assert row["design_effect"].value == pytest.approx(4 / 3)
    assert row["effective_n"].value == pytest.approx(30)


def test_weighted_csat_is_the_share_of_the_margins(weighting) -> None:
    client = weighting(tables(), margins={"region": {"north": 0.2, "south": 0.8}})
    table = weights.table(client, weights.weighed(client)).set_index("metric")
    assert table.loc[Term("metric.csat"), "raw"].value == pytest.approx(0.75)
    assert table.loc[Term("metric.csat"), "weighted"].value == pytest.approx(0.2)


def test_two_margins_hold_at_once(weighting) -> None:
    given = tables(north=40, south=40)
    given["customers"]["age"] = (["young"] * 30 + ["old"] * 10) * 2
    margins = {"region": {"north": 0.7, "south": 0.3}, "age": {"young": 0.5, "old": 0.5}}
    rows = weights.weighed(weighting(given, margins=margins)).rows
    for column, shares in margins.items():
        got = rows.groupby(column)["weight"].sum() / rows["weight"].sum()
        assert got.to_dict() == pytest.approx(shares, abs=1e-6)


def test_the_cap_holds_and_says_so(weighting) -> None:
    client = weighting(tables(north=190, south=10), cap=2)
    found = weights.weighed(client)
    assert found.rows["weight"].max() <= 2 * 200 / found.raked.weights.sum() * 1.0001
    assert found.raked.capped == 10
    assert [finding.key for finding in weights.findings(client)] == ["weight-capped"]


def test_answers_of_unknown_groups_are_left_out_and_counted(weighting) -> None:
    given = tables()
    given["customers"].loc[[0, 1], "region"] = None
    client = weighting(given)
    assert weights.weighed(client).left_out == 2
    reading = weights.drawn(client)[1][0].reading
    assert (reading.values["left_out"], reading.values["capped"]) == (2, 0)


def test_weights_that_the_export_brings_are_begun_with(weighting) -> None:
    # 30 tens of weight 1 and 10 noughts of weight 3: halves by themselves. Kish: 60² / (30 + 90) = 30 of 40.
    given = tables()
    given["responses"]["weight"] = [1.0] * 30 + [3.0] * 10
    client = weighting(given, margins={})
    row = weights.table(client, weights.weighed(client)).iloc[0]
    assert row["weighted"].value == pytest.approx(0)
    assert (row["design_effect"].value, row["effective_n"].value) == (pytest.approx(4 / 3), pytest.approx(30))
    (claim,), exhibits = weights.drawn(client)
    assert claim.values["columns"] == [Term("weights.of-the-export")] and len(exhibits[1].frame) == 0


def test_margins_hold_and_weights_inside_a_group_keep_their_ratio(weighting) -> None:
    given = tables()
    given["responses"]["weight"] = [1.0, 2.0] * 20
    rows = weights.weighed(weighting(given)).rows
    assert rows.groupby("region")["weight"].sum().to_dict() == pytest.approx({"north": 20, "south": 20})
    assert rows["weight"].iloc[1] / rows["weight"].iloc[0] == pytest.approx(2)


def test_answers_without_a_weight_above_nought_are_left_out_and_counted(weighting) -> None:
    given = tables()
    given["responses"]["weight"] = [None, 0.0, -1.0] + [1.0] * 37
    found = weights.weighed(weighting(given))
    assert (found.left_out, len(found.rows)) == (3, 37)


def test_spellings_of_a_group_are_one(weighting) -> None:
    given = tables()
    given["customers"]["region"] = given["customers"]["region"].replace("north", " North ")
    assert weights.weighed(weighting(given)).left_out == 0


def unknown_value(given: dict[str, pd.DataFrame]) -> None:
    given["customers"].loc[:4, "region"] = "west"


def nobody(given: dict[str, pd.DataFrame]) -> None:
    given["customers"]["region"] = "north"


def no_column(given: dict[str, pd.DataFrame]) -> None:
    del given["customers"]["region"]


@pytest.mark.parametrize(
    ("spoil", "key", "words"),
    [
        (unknown_value, "weight-value", r"`weighting\.margins\.region`: customers who answered have the values west"),
        (nobody, "weight-nobody", r"nobody with the value south answered the survey 'contact'"),
        (no_column, "weight-column", r"neither the customers nor the answers have a column 'region'"),
    ],
)
def test_margins_that_do_not_fit_are_named_and_the_report_comes_out(weighting, spoil, key: str, words: str) -> None:
    given = tables()
    spoil(given)
    client = weighting(given)
    with pytest.raises(CxError, match=words) as caught:
        weights.weighed(client)
    assert caught.value.file == "engagement.yaml"
    assert "weighting.margins.region" in caught.value.text("fa")
    section = start.section(client)
    where = {finding.key: finding.where for finding in section.findings}
    assert where[key] == "engagement.yaml: weighting.margins.region"
    assert "weighted" not in [exhibit.key for exhibit in section.exhibits]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("50+: 0.20", "50+: 0.30", r"the shares of `weighting\.margins\.age_band` add up to 1\.1 instead of 1"),
        ("50+: 0.20", "50+: 20", r"is 20, but a share of the customers lies above 0"),
        ("survey: pulse\n  margins", "survey: puls\n  margins", r"Did you mean 'pulse'"),
        ("cap: 5 ", "cap: 1 ", r"> 1"),
    ],
)
def test_settings_that_cannot_be_meant_stop_at_opening(root: Path, tmp_path: Path, old, new, words: str) -> None:
    text = (root / "data" / "nikkhaneh" / "engagement.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "engagement.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "brand").mkdir()
    with pytest.raises(CxError, match=words) as caught:
        folder.open(tmp_path)
    assert "engagement.yaml" in caught.value.text("fa")


def test_without_margins_nothing_is_said(made) -> None:
    client = made()
    assert (weights.drawn(client), weights.findings(client)) == (([], []), [])
    assert turnout.drawn(client) == ([], [])


@pytest.mark.parametrize("kept", [[], ["responses"], ["customers"]])
def test_one_table_or_none_is_no_reason_to_stop(weighting, kept: list[str]) -> None:
    client = weighting({name: frame for name, frame in tables().items() if name in kept})
    assert "weighted" not in [exhibit.key for exhibit in start.section(client).exhibits]


def asked(client: Client, **changes: Any) -> turnout.Turnout:
    """100 invitations, 40 answered by the customers of `tables`, three of them without CSAT."""
    ids = [f"c{number}" for number in range(100)]
    sent = pd.DataFrame({"customer_id": ids, "survey": "contact", "invited_at": pd.Timestamp("2025-02-20")})
    client.tables["invitations"] = sent.assign(**changes)
    customers = pd.DataFrame({"customer_id": ids, "left_on": pd.NaT})
    customers.loc[90:, "left_on"] = pd.Timestamp("2025-02-01")
    client.tables["customers"] = customers.iloc[:95].astype({"left_on": "datetime64[us]"})
    client.tables["responses"].loc[:2, "csat"] = float("nan")
    return turnout.turnout(client, "contact")


def test_the_fate_of_every_invitation(weighting) -> None:
    # 100 asked: 37 complete, 3 partial; of the 60 silent 5 are no known customers and 5 had left.
    found = asked(weighting(tables(), margins={}))
    assert found == turnout.Turnout(complete=37, partial=3, silent=50, unknown=5, gone=5)
    assert found.asked == 95
    # AAPOR: RR1 = 37/95, RR2 = 40/95, RR3 = 37 / (90 + 5·90/95), RR6 = 40/90.
    rates = found.rates
    assert (rates.rr1, rates.rr2, rates.rr6) == pytest.approx((37 / 95, 40 / 95, 40 / 90))
    assert rates.rr3 == pytest.approx(37 / (90 + 5 * 90 / 95))


def test_what_the_export_says_of_answers_counts(weighting) -> None:
    answered = pd.array([True] * 20 + [False] * 80, dtype="boolean")
    found = asked(weighting(tables(), margins={}), answered=answered)
    assert (found.complete, found.partial) == (17, 3)


def test_an_answer_belongs_to_the_invitation_before_it(weighting) -> None:
    client = weighting(tables(), margins={})
    twice = pd.DataFrame({"customer_id": "c5", "survey": "contact", "invited_at": ["2025-01-01", "2025-02-20"]})
    client.tables["invitations"] = twice.astype({"invited_at": "datetime64[us]"})
    found = turnout.turnout(client, "contact")
    assert (found.complete, found.silent) == (1, 1)


def test_the_worst_case_by_hand(weighting) -> None:
    client = weighting(tables(), margins={})
    found = asked(client)
    row = turnout.worst(client, {"contact": found}).iloc[0]
    # 40 of 95 answered with an NPS of 50; the silent 55 give −100 or +100.
    assert row["now"].value == pytest.approx(50)
    assert (row["worst"].low, row["worst"].high) == pytest.approx(((40 * 50 - 5500) / 95, (40 * 50 + 5500) / 95))


def test_the_sample_shows_both_and_little_difference(sample) -> None:
    section = start.section(sample)
    row = section.exhibit("weighted").frame.iloc[0]
    # Age has no part in who answers the pulse: weighting moves the NPS by less than its noise.
    assert abs(row["weighted"].value - row["raw"].value) < 2
    assert row["design_effect"].value < 1.05
    rates = section.exhibit("response-rates").frame.iloc[0]
    assert rates["rr2"].value == pytest.approx(0.30, abs=0.02)
    assert section.claim("response-rate").values["answered"] == 1680
    bounds = section.exhibit("worst-case").frame.iloc[0]["worst"]
    assert bounds.high - bounds.low == pytest.approx(200 * (1 - rates["rr2"].value))
