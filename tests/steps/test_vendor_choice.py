"""Which tool: the sum by hand, ties as ties, the weight that turns the choice, and who is left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cxlib.section import Term
from cxlib.steps import tooling, vendor_choice, vendor_costs, vendor_weights


def ratings(scores: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    """Vendor → criterion → scores in the order of the raters."""
    rows = [
        {"rater": f"r{k}", "object": vendor, "quality": quality, "score": score}
        for vendor, qualities in scores.items()
        for quality, given in qualities.items()
        for k, score in enumerate(given)
    ]
    return pd.DataFrame(rows)


def two(criteria: list[dict]) -> dict:
    """Two tools and these criteria."""
    return {"vendors": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}], "criteria": criteria}


CRITERIA = [{"id": "collect", "weight": 7}, {"id": "analyse", "weight": 3}]


def without_comparisons(client):
    """The client with the weights that were written down."""
    tools = client.engagement.tooling.model_copy(update={"comparisons": []})
    return dataclasses.replace(client, engagement=dataclasses.replace(client.engagement, tooling=tools))


def test_the_samples_choice(sample) -> None:
    made = vendor_choice.choice(without_comparisons(sample))
    assert made.vendors[made.order[0]].id == "hamsoo-cx"
    assert made.first.sum() == pytest.approx(1)
    # NikKhaneh's own weights sum to 100; Hamsoo CX: collect 13/3, analyse 4, personalise 10/3, automate 11/3,
    # dashboards 13/3, each less 1 and over 4; 10 of 14 touchpoints. Three years, rial: 1.4 + 3.2 · (1 + 1.35 + 1.35²)
    # against 4 + 12 · (1 + 1.5 + 1.5²) billion of the dearest.
    dear = 1 - (1.4 + 3.2 * (1 + 1.35 + 1.35**2)) / (4 + 12 * (1 + 1.5 + 2.25))
    by_hand = (
        0.25 * 10 / 12 + 0.15 * 3 / 4 + 0.05 * 7 / 12 + 0.15 * 8 / 12 + 0.10 * 10 / 12 + 0.15 * 10 / 14 + 0.15 * dear
    )
    assert made.total[1] == pytest.approx(by_hand)
    assert {"vendor-first", "vendor-flip"} <= {claim.key for claim in tooling.section(sample).claims}


def test_equal_tools_are_tied_and_share_the_first_place(made) -> None:
    alike = {"collect": [4, 4, 3], "analyse": [2, 3, 4]}
    client = made({"ratings": ratings({"a": alike, "b": alike})}, tooling=two(CRITERIA))
    found = vendor_choice.choice(client)
    assert found.first == pytest.approx([0.5, 0.5], abs=0.1)
    assert vendor_choice.claims(client, found)[0].key == "vendor-tied"


def test_a_tool_better_in_everything_comes_first_whatever_the_weights(made) -> None:
    scores = {"a": {"collect": [5, 5], "analyse": [4, 5]}, "b": {"collect": [2, 1], "analyse": [1, 2]}}
    client = made({"ratings": ratings(scores)}, tooling=two(CRITERIA))
    found = vendor_choice.choice(client)
    assert found.first.tolist() == [1.0, 0.0]
    said = [claim.key for claim in vendor_choice.claims(client, found)]
    assert said == ["vendor-first", "vendor-no-flip", "vendor-cost-open"]


def test_the_weight_that_turns_the_choice_by_hand(made) -> None:
    # A is best at the first criterion and worst at the second, B the other way round: they are even at one half.
    scores = {"a": {"collect": [5, 5], "analyse": [1, 1]}, "b": {"collect": [1, 1], "analyse": [5, 5]}}
    client = made({"ratings": ratings(scores)}, tooling=two(CRITERIA))
    said = vendor_choice.claims(client, vendor_choice.choice(client))[1]
    assert said.key == "vendor-flip"
    assert (said.values["weight"], said.values["at"]) == pytest.approx((0.7, 0.5))
    assert said.values["rival"] == "B"


def test_raters_who_disagree_make_the_first_place_unsure(made) -> None:
    scores = {"a": {"collect": [5, 1, 4], "analyse": [3, 3, 3]}, "b": {"collect": [1, 5, 3], "analyse": [3, 3, 3]}}
    client = made({"ratings": ratings(scores)}, tooling=two(CRITERIA))
    found = vendor_choice.choice(client)
    assert 0.4 < found.first[0] < 0.9
    assert vendor_choice.claims(client, found)[0].key == "vendor-tied"


def test_without_decided_weights_the_five_properties_weigh_the_same(made) -> None:
    scores = {name: {key: [score] for key in vendor_weights.RATED} for name, score in (("a", 4), ("b", 3))}
    client = made({"ratings": ratings(scores)}, tooling=two([]))
    assert set(vendor_weights.weights(client).values()) == {0.2}
    assert vendor_choice.choice(client).first.tolist() == [1.0, 0.0]


def test_knocked_out_and_unrated_tools_are_named(made) -> None:
    vendors = [{"id": name, "name": name.upper()} for name in "abcd"]
    criteria = [{"id": "collect", "weight": 1, "least": 3}]
    scores = {"a": {"collect": [4]}, "b": {"collect": [2]}, "c": {"analyse": [5]}, "d": {"collect": [3]}}
    client = made({"ratings": ratings(scores)}, tooling={"vendors": vendors, "criteria": criteria})
    found = {(finding.key, finding.where[-2]) for finding in vendor_choice.findings(client)}
    assert found == {("vendor-knocked-out", "b"), ("vendor-not-rated", "c")}
    assert [vendor.id for vendor in vendor_choice.choice(client).vendors] == ["a", "d"]


def test_without_ratings_the_choice_cannot_be_told(made) -> None:
    client = made({}, tooling=two(CRITERIA))
    assert vendor_choice.choice(client) is None
    assert [claim.key for claim in vendor_choice.claims(client, None)] == ["vendor-cannot-tell"]
    assert vendor_choice.findings(client) == []
    assert tooling.section(client).claim("vendor-cannot-tell").values == {"rated": 0}


def test_table_names_criteria_by_their_words(sample) -> None:
    rows = vendor_choice.weighing(vendor_choice.choice(sample))
    assert rows["criterion"].iloc[[0, -1]].tolist() == [Term("property.collect"), Term("criterion.cost")]
    assert rows["weight"].sum() == pytest.approx(1)


def compared(*pairs: tuple[str, str, float]) -> list[dict]:
    return [{"id": f"{a}-{b}", "first": a, "second": b, "times": times} for a, b, times in pairs]


THREE = [{"id": name, "weight": 1} for name in ("collect", "analyse", "cost")]


def test_weights_from_comparisons_by_hand(made) -> None:
    # Collect counts twice as much as analyse and four times as much as cost, analyse twice cost: 4 : 2 : 1.
    agreed = compared(("collect", "analyse", 2), ("collect", "cost", 4), ("analyse", "cost", 2))
    vendors = [{"id": "a", "name": "A", "yearly_cost": [1, 3]}]
    client = made({}, tooling={"vendors": vendors, "criteria": THREE, "comparisons": agreed})
    assert vendor_weights.weights(client) == pytest.approx({"collect": 4 / 7, "analyse": 2 / 7, "cost": 1 / 7})
    said = vendor_weights.claims(client)[0]
    assert (said.key, said.values["ratio"], said.values["pairs"]) == ("weights-compared", pytest.approx(0, abs=1e-9), 3)
    assert vendor_weights.findings(client) == []


def test_comparisons_that_contradict_are_not_used(made) -> None:
    # A circle: collect beats analyse, analyse beats cost, cost beats collect, each threefold.
    circle = compared(("collect", "analyse", 3), ("analyse", "cost", 3), ("cost", "collect", 3))
    vendors = [{"id": "a", "name": "A", "yearly_cost": [1, 3]}]
    client = made({}, tooling={"vendors": vendors, "criteria": THREE, "comparisons": circle})
    assert set(vendor_weights.weights(client).values()) == {1 / 3}
    assert vendor_weights.claims(client)[0].key == "weights-contradict"
    found = vendor_weights.findings(client)[0]
    assert (found.key, len(found.values["criteria"])) == ("comparisons-contradict", 3)


def test_comparisons_that_leave_a_criterion_out_say_so(made) -> None:
    client = made({}, tooling={"criteria": THREE, "comparisons": compared(("collect", "analyse", 3))})
    assert vendor_weights.claims(client)[0].key == "weights-decided"
    assert [finding.key for finding in vendor_weights.findings(client)] == ["comparisons-open"]
    lost = made({}, tooling={"criteria": THREE, "comparisons": compared(("collect", "price", 3))})
    assert ("pointer", "price") in {(each.key, each.values.get("id")) for each in tooling.check(lost)}


def priced(name: str, yearly: list[float], once: list[float], rise: list[float], **more) -> dict:
    return {"id": name, "name": name.upper(), "yearly_cost": yearly, "one_time_cost": once, "yearly_rise": rise} | more


def test_three_years_cost_by_hand(made) -> None:
    # 100 once and 10, 15, 22.5: sure ranges, so every draw is 147.5.
    sure = priced("a", [10, 10], [100, 100], [0.5, 0.5], hosting="own")
    client = made({}, tooling={"vendors": [sure]})
    vendor = client.engagement.tooling.vendors[0]
    assert vendor_costs.likely(client, vendor) == pytest.approx(147.5)
    assert np.ptp(vendor_costs.draws(client, vendor)) == 0
    assert vendor_costs.total(client, vendor).value == pytest.approx(147.5)
    assert vendor_costs.findings(client) == []


def test_cost_interval_holds_nine_of_ten_of_a_single_range(made) -> None:
    # One year, nothing but a yearly price from 100 to 200: the interval is the range itself.
    client = made({}, tooling={"years": 1, "vendors": [priced("a", [100, 200], [0, 0], [0, 0])]})
    found = vendor_costs.total(client, client.engagement.tooling.vendors[0])
    assert (found.low, found.value, found.high) == pytest.approx((100, 150, 200), abs=3)


@pytest.mark.parametrize(
    ("rival", "key"),
    [([90, 130], "vendor-cost-alike"), ([200, 240], "vendor-cost-less"), ([10, 20], "vendor-cost-more")],
)
def test_difference_of_costs_is_told_only_where_it_shows(made, rival: list[float], key: str) -> None:
    vendors = [priced("a", [90, 120], [0, 0], [0, 0.1]), priced("b", rival, [0, 0], [0, 0.1])]
    client = made({}, tooling={"vendors": vendors})
    said = vendor_costs.claims(client, list(client.engagement.tooling.vendors))[0]
    assert said.key == key
    assert key == "vendor-cost-alike" or said.values["difference"].low > 0


def test_missing_costs_and_hosting_abroad_are_named(made) -> None:
    vendors = [priced("a", [1, 2], [0, 0], [0, 0], hosting="abroad"), {"id": "b", "name": "B"}]
    client = made({}, tooling={"vendors": vendors})
    found = [(finding.key, len(finding.values.get("lacking", ()))) for finding in vendor_costs.findings(client)]
    assert found == [("vendor-abroad", 0), ("vendor-cost-open", 4)]
    said = vendor_costs.claims(client, list(client.engagement.tooling.vendors))[0]
    assert (said.key, said.values["vendors"]) == ("vendor-cost-open", ["B"])
    assert vendor_costs.table(client)["total_cost"].iloc[1].reason == "cost-open"


def test_sample_weights_are_the_comparisons(sample) -> None:
    # The geometric mean of each row is the hand's way to the same weights.
    names, pairs = list(vendor_weights.weights(sample)), vendor_weights.pairs(sample)
    square = np.ones((7, 7))
    for first, second, times in pairs:
        square[names.index(first), names.index(second)] = times
        square[names.index(second), names.index(first)] = 1 / times
    by_hand = square.prod(axis=1) ** (1 / 7)
    assert list(vendor_weights.weights(sample).values()) == pytest.approx(by_hand / by_hand.sum(), abs=0.005)
    assert "weights-compared" in {claim.key for claim in tooling.section(sample).claims}
