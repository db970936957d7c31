"""Every step computes from decisions and data, finds what was broken on purpose, and runs with almost nothing."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cxlib import section as sections
from cxlib.section import Section, Term
from cxlib.steps import (
    chain,
    governance,
    improvement,
    journey,
    kpis,
    parts,
    personas,
    pointers,
    start,
    strategy,
    tooling,
    vision,
)
from tests.steps.conftest import STRATEGY, responses

STEPS = [start, vision, personas, journey, kpis, governance, tooling, improvement, strategy]


def keys(found) -> list[str]:
    return [finding.key for finding in found]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.STEP)
def test_section_is_plain_data_and_comes_back(step, sample, tmp_path) -> None:
    made: Section = step.section(sample)
    assert made.step == step.STEP
    back = sections.read(made.save(tmp_path, 1))
    assert back.json() == made.json()
    json.loads(made.json())
    assert "NaN" not in made.json()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.STEP)
def test_same_input_same_bytes(step, sample) -> None:
    assert step.section(sample).json() == step.section(sample).json()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.STEP)
@pytest.mark.parametrize("table", [None, "responses", "customers", "tickets"])
def test_one_table_or_none_is_enough(step, table, made, sample) -> None:
    step.section(made({table: sample.table(table)} if table else {}))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.STEP)
def test_empty_strategy_is_named_not_crashed_on(step, made) -> None:
    bare = {name: {"feelings": [], "goals": []} if name == "vision" else {} for name in STRATEGY}
    client = made(vision=bare["vision"] | {"statement": ""}, kpis={"goals": []}, journey={"stages": []})
    step.section(client)


def test_out_empty_writes_nothing(sample, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert vision.section(sample).save("", 1) is None
    assert list(tmp_path.iterdir()) == []


def test_promise_without_measure_is_found(made) -> None:
    client = made(vision={"feelings": [{"id": "joy", "name": "Joy"}]})
    assert "promise-not-measurable" in keys(vision.check(client))
    assert vision.section(client).claim("vision-measurable").values == {"linked": 0, "total": 1}


def test_goal_that_no_promise_serves_is_found(made) -> None:
    client = made(vision={"goals": [{"id": "growth", "name": "Growth"}, {"id": "margin", "name": "Margin"}]})
    assert [f.where for f in vision.check(client) if f.key == "goal-not-served"] == [
        "strategy/1_vision.yaml: goals[margin]"
    ]


def test_longer_language_counts() -> None:
    from cxlib.engagement.fields import Local

    assert vision.readability(Local(en="One two.", fa="a b c d")) == {"words": 4, "longest": 4}


def test_clear_difference_is_clear_and_noise_is_noise(made) -> None:
    rows = pd.concat([responses(n=200), responses(n=200)], ignore_index=True)
    rows["region"], rows["coin"] = ["north"] * 200 + ["south"] * 200, ["heads", "tails"] * 200
    rows.loc[rows["region"] == "south", "nps"] -= 2
    rows["response_id"] = [str(number) for number in range(400)]
    cut = {"attributes": [{"id": "region", "name": "Region"}, {"id": "coin", "name": "Coin"}]}
    found = {
        claim.values["attribute"]: claim.key
        for claim in personas.section(made({"responses": rows}, personas=cut)).claims
        if claim.key.startswith("split")
    }
    assert found == {"Region": "split-clear", "Coin": "split-noise"}


def test_assumed_persona_is_a_note(made) -> None:
    facts = [{"id": "a", "text": "x", "source": "assumption"}, {"id": "b", "text": "y", "source": "data", "n": 9}]
    client = made(personas={"personas": [{"id": "p", "name": "P", "needs": [facts[0]], "pains": facts[:1]}]})
    assert "persona-assumed" in keys(personas.check(client))
    half = made(personas={"personas": [{"id": "p", "name": "P", "needs": facts}]})
    assert "persona-assumed" not in keys(personas.check(half))


def test_emotion_is_the_answer_minus_three(made) -> None:
    # Ten answers 5 4 3 4 5 4 3 2 1 1 have mean 3.2, so the feeling is +0.2 of −2…+2.
    curve = journey.emotion(made())
    assert curve["value"].iloc[0] == pytest.approx(0.2)
    assert curve["source"].tolist() == ["data", "assumption"]


def test_assumed_emotion_has_the_colour_of_an_assumption(made) -> None:
    stages = [{"id": "buy", "name": "Buy"}, {"id": "use", "name": "Use", "assumed_emotion": -1.5}]
    curve = journey.emotion(made(journey={"stages": stages}))
    assert (curve["value"].iloc[1], curve["reason"].iloc[1], curve["source"].iloc[1]) == (
        -1.5,
        "assumption",
        "assumption",
    )


def test_unowned_stage_and_unmeasured_moment_of_truth_are_found(made) -> None:
    points = [{"id": "door", "name": "Door", "stage": "use", "moment_of_truth": True}]
    found = journey.check(made(journey=STRATEGY["journey"] | {"touchpoints": points}))
    assert {(f.key, f.severity) for f in found} >= {("stage-not-owned", "mend"), ("touchpoint-not-measured", "mend")}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"accountable": ["boss"], "responsible": ["clerk"]}, set()),
        ({"accountable": [], "responsible": ["clerk"]}, {"raci-nobody-accountable"}),
        ({"accountable": ["boss", "clerk"], "responsible": ["clerk"]}, {"raci-several-accountable"}),
        ({"accountable": ["boss"], "responsible": []}, {"raci-nobody-responsible"}),
    ],
)
def test_raci_wants_exactly_one_accountable(made, row: dict, expected: set) -> None:
    rows = [{"id": "a", "kpi": "nps"} | row]
    owned = {"id": "b", "stage": "buy", "accountable": ["boss"], "responsible": ["boss"]}
    other = owned | {"id": "c", "stage": "use"}
    found = governance.check(made(governance=STRATEGY["governance"] | {"raci": [*rows, owned, other]}))
    assert {key for key in keys(found) if key.startswith("raci")} == expected


def test_things_without_a_raci_row_are_listed(made) -> None:
    assert governance.raci(made())["label"].tolist() == ["More promoters", "Buy", "Use"]


def test_coverage_is_counted_over_own_touchpoints_and_contacts(made) -> None:
    points = [{"id": name, "name": name, "stage": "buy", "moment_of_truth": name == "c"} for name in "abc"]
    vendors = [{"id": "v", "name": "V", "status": "in_use", "covers": ["a", "b"]}]
    events = pd.DataFrame({"touchpoint": ["a", "c", "c", "c"]})
    client = made(
        {"events": events}, journey=STRATEGY["journey"] | {"touchpoints": points}, tooling={"vendors": vendors}
    )
    row = tooling.coverage(client).iloc[0]
    assert (row["touchpoints"].value, row["contacts"].value) == (pytest.approx(2 / 3), pytest.approx(1 / 4))
    assert "truth-not-covered" in keys(tooling.check(client))


def test_overlapping_ranges_are_not_ranked(made) -> None:
    wide = [
        {"id": "a", "name": "A", "value": [1, 6], "effort": [1, 1]},
        {"id": "b", "name": "B", "value": [2, 4], "effort": [1, 1]},
    ]
    apart = [
        {"id": "a", "name": "A", "value": [5, 6], "effort": [1, 1]},
        {"id": "b", "name": "B", "value": [2, 4], "effort": [1, 1]},
    ]
    assert improvement.section(made(improvement={"actions": wide})).claims[1].key == "backlog-tied"
    first = improvement.section(made(improvement={"actions": apart})).claims[1]
    assert (first.key, first.values["first"]) == ("backlog-first", "A")


def test_too_much_at_once_and_overdue_are_found(made) -> None:
    doing = [{"id": f"a{n}", "name": "A", "status": "doing", "due": "2025-01-01"} for n in range(3)]
    found = keys(improvement.check(made(improvement={"wip_limit": 2, "actions": doing})))
    assert found.count("too-much-at-once") == 1
    assert found.count("action-overdue") == 3


@pytest.mark.parametrize(
    ("goal", "action", "link"),
    [
        ({}, {}, None),
        ({"survey": None, "metric": "ces"}, {}, "measure"),
        ({"stage": None}, {}, "stage"),
        ({"owner": None}, {}, "owner"),
        ({}, {"kpi": None}, "action"),
        ({}, {"expected_effect": None}, "effect"),
    ],
)
def test_chain_breaks_at_the_first_missing_link(made, goal: dict, action: dict, link: str | None) -> None:
    whole = {"goals": [STRATEGY["kpis"]["goals"][0] | goal]}
    actions = {"actions": [STRATEGY["improvement"]["actions"][0] | action]}
    client = made(kpis=whole, improvement=actions)
    assert keys(chain.findings(client)) == ([f"chain-{link}"] if link else [])
    assert chain.table(client)["chain"].tolist() == [Term(f"link.{link}" if link else "verdict.pass")]


def test_pointer_that_leads_nowhere_has_a_suggestion(made) -> None:
    client = made(improvement={"actions": [{"id": "a", "name": "A", "kpi": "npss"}]})
    found = pointers.dangling(client.engagement, step="improvement")
    assert found[0].where == "strategy/7_improvement.yaml: actions[a].kpi"
    assert found[0].values == {"id": "npss", "kind": "goal", "near": "nps"}


def test_missing_parts_name_the_item(made) -> None:
    client = made(kpis={"goals": [STRATEGY["kpis"]["goals"][0] | {"owner": None}]})
    assert [f.where for f in parts.missing(client.engagement, step="kpis")] == [
        "strategy/4_kpis.yaml: goals[nps].owner"
    ]


def test_weakest_pillar_is_named(made) -> None:
    frame = start.balance(made())
    assert frame.loc[frame["highlight"], "value"].max() == frame["value"].min()


def test_planted_faults_of_the_sample_are_found(sample) -> None:
    """What data/README.md says was planted in the decisions."""
    assert "promise-not-measurable" in keys(vision.check(sample))
    assert {"raci-several-accountable", "raci-nobody-accountable"} <= set(keys(governance.check(sample)))
    assert {"smart-no-date", "smart-not-testable"} <= set(keys(kpis.check(sample)))
    assert "stage-not-owned" in keys(journey.check(sample))
