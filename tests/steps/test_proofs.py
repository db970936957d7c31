"""Effects and verdicts: what was planted works or does nothing, by hand arithmetic, and too early is too early."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest

from cxlib.measures.shares import share_difference
from cxlib.steps import control_charts, improvement, proofs
from tests.steps.conftest import STRATEGY, responses
from tests.steps.test_control_charts import null  # noqa: F401


def verdicts(client) -> dict[str, tuple[str, str]]:
    found = proofs.proofs(client, control_charts.goals(client))
    return {proof.action.id: (proof.design, proof.verdict.answer) for proof in found}


def contacts(treated: tuple[int, int], held: tuple[int, int], *, campaign: str = "note") -> pd.DataFrame:
    """(hits, n) of those who got the message and those held out."""
    rows = [(False, "called" if k < treated[0] else "none") for k in range(treated[1])]
    rows += [(True, "called" if k < held[0] else "none") for k in range(held[1])]
    frame = pd.DataFrame(rows, columns=["holdout", "outcome"]).astype({"holdout": "boolean"})
    return frame.assign(campaign=campaign)


def action(**fields) -> dict:
    """One action that is done."""
    return {"actions": [{"id": "act", "name": "Act", "kpi": "nps", "status": "done"} | fields]}


def test_planted_effects_have_their_verdicts(sample) -> None:
    found = verdicts(sample)
    assert found["delivery-sms"] == ("held-out", "works")
    assert found["review-reminder"] == ("held-out", "does-not")
    assert found["slot-picker"] == ("stages", "works")
    assert found["case-history"] == ("interrupted", "cannot-tell")
    claims = {claim.key for claim in improvement.section(sample).claims}
    assert {"effect-works", "effect-does-not", "effect-not-known", "hit-rate"} <= claims


def test_planted_effect_of_the_message_lies_in_its_interval(sample) -> None:
    effect = proofs.held_out(sample, "delivery_sms", "called")
    assert effect.low < -0.09 < effect.high
    nothing = proofs.held_out(sample, "review_reminder", "reviewed")
    assert nothing.low < 0 < nothing.high


def test_in_the_null_shop_nothing_works(null) -> None:  # noqa: F811
    assert "works" not in {answer for _, answer in verdicts(null).values()}


def test_effect_of_a_campaign_by_hand(made) -> None:
    client = made({"contacts": contacts((10, 100), (25, 100))}, improvement=action(campaign="note", worth=-0.05))
    proof = proofs.proofs(client, [])[0]
    assert proof.verdict.effect.value == pytest.approx(10 / 100 - 25 / 100)
    assert proof.verdict.effect.low == pytest.approx(share_difference(10, 100, 25, 100).low)
    assert (proof.verdict.answer, proof.verdict.effect.unit) == ("works", "share_points")


@pytest.mark.parametrize(("worth", "answer"), [(-0.05, "does-not"), (0.05, "works")])
def test_the_sign_of_worth_says_which_way_is_better(made, worth: float, answer: str) -> None:
    client = made({"contacts": contacts((400, 1000), (250, 1000))}, improvement=action(campaign="note", worth=worth))
    assert proofs.proofs(client, [])[0].verdict.answer == answer


def test_small_campaigns_are_not_judged(made) -> None:
    client = made({"contacts": contacts((2, 9), (1, 9))}, improvement=action(campaign="note"))
    proof = proofs.proofs(client, [])[0]
    assert (proof.verdict.answer, proof.verdict.effect.reason) == ("cannot-tell", "too-few")
    assert [claim.key for claim in proofs.claims([proof])] == ["effect-not-known"]


def test_difference_of_differences_by_hand(made) -> None:
    rows = responses(n=200).assign(stage=["buy", "use"] * 100)
    started = dt.date(2025, 5, 1)
    later = rows["answered_at"] >= pd.Timestamp(started)
    rows["csat"] = 2.0
    rows.loc[rows.index[(rows["stage"] == "buy") & later][:40], "csat"] = 5.0
    rows.loc[rows.index[(rows["stage"] == "use") & later][:10], "csat"] = 5.0
    goal = STRATEGY["kpis"]["goals"][0] | {"metric": "csat"}
    client = made({"responses": rows}, kpis={"goals": [goal]})
    effect = proofs.against_stages(client, client.engagement.kpis.goals[0], started=started)
    own, other = ((rows["stage"] == stage) for stage in ("buy", "use"))
    counts = [int((mask & when).sum()) for mask in (own, other) for when in (later, ~later)]
    first, second = share_difference(40, counts[0], 0, counts[1]), share_difference(10, counts[2], 0, counts[3])
    value = 40 / counts[0] - 10 / counts[2]
    assert effect.value == pytest.approx(value)
    assert effect.low == pytest.approx(value - math.hypot(first.value - first.low, second.high - second.value))


def test_too_early_to_tell_by_months(made) -> None:
    client = made({"responses": responses(n=200)}, improvement=action(started_on="2025-08-01"))
    effect = proofs.proofs(client, control_charts.goals(client))[0].verdict.effect
    assert (effect.reason, effect.n, effect.needs) == ("too-early", 1, 4)


def test_actions_not_begun_are_not_judged(made) -> None:
    for status in ("idea", "dropped"):
        assert proofs.proofs(made(improvement=action(status=status, campaign="note")), []) == []
    assert [claim.key for claim in proofs.claims([])] == ["effects-cannot-tell"]


def test_campaigns_and_actions_that_miss_each_other_are_notes(made) -> None:
    tables = {"contacts": contacts((10, 100), (25, 100), campaign="other")}
    found = proofs.findings(made(tables, improvement=action(campaign="note")))
    assert [(each.key, each.values["campaign"]) for each in found] == [
        ("campaign-not-measured", "note"),
        ("campaign-without-action", "other"),
    ]


def test_closed_actions_lack_nothing(made) -> None:
    bare = [{"id": status, "name": status, "status": status} for status in ("idea", "doing", "done", "dropped")]
    found = improvement.check(made({}, improvement={"actions": bare}))
    assert {each.where.split("[")[1].split("]")[0] for each in found if "actions[" in each.where} == {"idea", "doing"}
