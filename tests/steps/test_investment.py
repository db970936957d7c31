"""The business case: present values by hand, the assumption that decides, and what is missing by name."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.measures.business_case import Range
from cxlib.section import Term
from cxlib.steps import improvement, investment


def sure(value: float) -> Range:
    return Range(value, value, value)


FIXED = {
    "customers": sure(1000),
    "margin": sure(50),
    "retention_gain": sure(0.02),
    "retention": sure(0.5),
    "contacts": sure(400),
    "contacts_avoided": sure(0.1),
    "cost_per_contact": sure(5),
    "yearly_cost": sure(600),
}


def test_present_values_by_hand(made) -> None:
    # Two years at 25 %: 1/1.25 + 1/1.5625 = 1.44. Kept: 1000 · 0.02 = 20 a year, of whom half stay on: margins of 20
    # customers in year one, 30 in year two: 50 · (20 · 0.8 + 30 · 0.64) = 1760. Contacts: 400 · 0.1 · 5 · 1.44 = 288.
    programme = investment.Investment(FIXED, 2, 0.25)
    likely = {name: np.array([item.likely]) for name, item in FIXED.items()}
    assert programme.line("loyalty", likely)[0] == pytest.approx(1760)
    assert programme.line("cost", likely)[0] == pytest.approx(288)
    assert programme.cost(likely)[0] == pytest.approx(864)
    made_case = investment.case(made({}), programme)
    assert made_case.gain.value == pytest.approx(1760 + 288 - 864)
    assert made_case.pays.value == 1


def test_break_even_by_hand(made) -> None:
    # The gain is zero where 88,000 · gain in retention + 288 = 864: at 576 / 88,000.
    ranges = FIXED | {"retention_gain": Range(0.0, 0.02, 0.04)}
    programme = investment.Investment(ranges, 2, 0.25)
    said = investment.claims(programme, investment.case(made({}), programme))[1]
    assert said.key == "case-breaks-even"
    assert said.values["assumption"] == Term("assumption.retention_gain")
    assert said.values["at"].value == pytest.approx(576 / 88_000)


def test_a_benefit_without_its_assumptions_is_left_out(made) -> None:
    ranges = {name: item for name, item in FIXED.items() if name != "margin"}
    programme = investment.Investment(ranges, 2, 0.25)
    found = investment.case(made({}), programme)
    assert found.gain.value == pytest.approx(288 - 864)
    tree = investment.tree(programme, found)
    assert (tree["present_value"] == Term("benefit.not-measured")).sum() == 6


def test_the_samples_case(sample) -> None:
    programme = investment.investment(sample)
    assert programme.ranges["customers"].likely == 2012  # planted: 1494 + 518 customers at the end
    assert programme.ranges["retention"].low < 0.83 < programme.ranges["retention"].high
    found = investment.case(sample, programme)
    assert 0.5 < found.pays.value < 0.95
    assert found.tornado["assumption"].iloc[0] == "retention_gain"
    assert {"case-pays", "case-breaks-even"} <= {claim.key for claim in improvement.section(sample).claims}


def test_what_is_missing_is_named(made) -> None:
    client = made({})
    programme = investment.investment(client)
    said = investment.claims(programme, investment.case(client, programme))[0]
    assert said.key == "case-cannot-tell"
    assert Term("assumption.yearly_cost") in said.values["lacking"]
    assert Term("assumption.retention") not in said.values["lacking"]


def test_amounts_take_the_margin_share_where_no_margin_is_told(made) -> None:
    customers = pd.DataFrame({"joined_on": pd.to_datetime(["2024-01-01"] * 4), "left_on": pd.NaT})
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "occurred_at": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]),
            "amount": [100.0, 100.0, 200.0],
        }
    )
    setup = {"economics": {"margin_share": [0.1, 0.3]}}
    ranges = investment.investment(made({"customers": customers, "transactions": orders}, setup=setup)).ranges
    # 400 of amount by four customers, two of whom bought nothing: 100 each, a fifth of it margin.
    assert (ranges["margin"].likely, ranges["margin"].grade) == (pytest.approx(20), "interview")


def test_contacts_of_part_of_a_year_are_scaled_up(made) -> None:
    days = pd.date_range("2025-03-02", "2025-08-31", periods=100)
    ranges = investment.investment(made({"tickets": pd.DataFrame({"opened_at": days})})).ranges
    assert ranges["contacts"].likely == pytest.approx(100 * 365 / 183, rel=0.01)
    late = dataclasses.replace(made({"tickets": pd.DataFrame({"opened_at": days})}), as_of=dt.date(2025, 4, 1))
    assert "contacts" not in investment.investment(late).ranges


def test_a_programme_that_costs_nothing_is_not_reckoned(made) -> None:
    case = {"business_case": {"yearly_cost": [0, 10], "retention_gain": [0.01, 0.02]}}
    assert "yearly_cost" not in investment.investment(made({}, improvement=case)).ranges


def test_ranges_may_stand_the_wrong_way_round(made) -> None:
    found = investment.investment(made({}, improvement={"business_case": {"yearly_cost": [30, 10]}}))
    assert (found.ranges["yearly_cost"].low, found.ranges["yearly_cost"].likely) == (10, 20)


def test_payback_by_hand(made) -> None:
    # Kept: 1000 · 0.02 · 50 = 1000 in year one, half again in year two: 1500; contacts 200 a year. Spent on the first
    # day: 600 a year, and 300 before: 900 of 1200 a year are back after 9 months.
    programme = investment.Investment(FIXED | {"one_time_cost": sure(300)}, 2, 0.25)
    found, client = investment.case(made({}), programme), made({})
    assert found.gain.value == pytest.approx(1760 + 288 - 864 - 300)
    said = investment.payback_claims(client, programme, found)[0]
    assert (said.key, said.values["months"].value, said.values["within"].value) == ("payback", pytest.approx(9), 1)
    assert investment.payback_table(client, programme, found)["chance_back"].iloc[0].value == 0


def test_a_programme_that_never_pays_says_so(made) -> None:
    programme = investment.Investment(FIXED | {"yearly_cost": sure(5000)}, 2, 0.25)
    client = made({})
    said = investment.payback_claims(client, programme, investment.case(client, programme))[0]
    assert (said.key, said.values["chance"].value) == ("payback-seldom", 0)
    assert investment.payback_claims(client, programme, None) == []


def test_the_samples_payback_is_a_range(sample) -> None:
    said = [claim for claim in improvement.section(sample).claims if claim.key.startswith("payback")]
    assert len(said) == 1
    assert 0 < said[0].values["within"].value < 1
