"""Doubts about the data, each with its numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.engagement.setup import Instruments, Survey
from cxlib.intake.quality import Doubt, counted, quality
from cxlib.section import Finding
from cxlib.words import phrase


def found(frames, **known) -> dict[tuple[str, str], Doubt]:
    return {(doubt.key, doubt.where): doubt for doubt in quality(frames, **known)}


def test_a_doubt_has_the_fields_of_a_finding():
    assert list(Doubt.__dataclass_fields__) == list(Finding.__dataclass_fields__)


def test_clean_tables_raise_no_doubt():
    frame = pd.DataFrame(
        {"response_id": ["1", "2"], "nps": [9.0, 3.0], "answered_at": pd.to_datetime(["2025-01-01", "2025-01-02"])}
    )
    assert quality({"responses": frame}) == [] and quality({}) == []


def test_a_reversed_scale_stands_first_and_stops():
    frame = pd.DataFrame({"response_id": [str(row) for row in range(50)] + ["0"], "nps": [0, 2, 5, 8, 10] * 10 + [5]})
    frame["csat"] = [5, 4, 3, 2, 1] * 10 + [3]
    first, second = quality({"responses": frame})
    assert (first.severity, first.key, first.values["n"]) == ("stop", "scale-reversed", 51)
    assert (second.severity, second.key, second.values["count"]) == ("mend", "rows-repeated-id", 1)


def test_a_low_effort_scale_runs_against_recommendation_by_nature():
    """ces1 asks for effort: low is good, so it falls as recommendation rises."""
    frame = pd.DataFrame({"survey": ["s"] * 50, "nps": [0, 2, 5, 8, 10] * 10, "ces": [5, 4, 3, 2, 1] * 10})
    assert not found({"responses": frame}, surveys={"s": Survey(instruments=Instruments(ces="ces1"))})
    assert ("scale-reversed", "responses.ces") in found(
        {"responses": frame}, surveys={"s": Survey(instruments=Instruments(ces="ease5"))}
    )


def test_scores_outside_their_instrument():
    frame = pd.DataFrame({"csat": [5.0, 7.0, 0.0], "nps": [10.0, 11.0, None]})
    doubts = found({"responses": frame}, surveys={"s": Survey(instruments=Instruments(csat="csat5"))})
    assert doubts["outside-scale", "responses.csat"].values == {"count": 2, "low": 1, "high": 5}
    assert doubts["outside-scale", "responses.nps"].values["count"] == 1


def test_missing_values_by_share():
    frame = pd.DataFrame(
        {
            "ticket_id": list("abcd"),
            "channel": ["x", None, None, None],
            "topic": ["x", "y", "z", None],
            "resolved_at": [pd.NaT] * 4,
        }
    )
    doubts = found({"tickets": frame})
    assert {key: (doubt.severity, doubt.values["share"]) for key, doubt in doubts.items()} == {
        ("mostly-missing", "tickets.channel"): ("mend", 0.75),
        ("mostly-missing", "tickets.topic"): ("note", 0.25),
    }


def test_what_a_survey_does_not_ask_is_not_missing():
    frame = pd.DataFrame({"survey": ["a"] * 4 + ["b"] * 4, "ces": [1.0, 2.0, None, 3.0] + [None] * 4})
    assert found({"responses": frame})["mostly-missing", "responses.ces"].values == {"share": 0.25, "n": 4}


def test_coverage_of_the_journey():
    frame = pd.DataFrame({"stage": ["buy", "use"], "touchpoint": ["app", None]})
    doubts = found({"responses": frame}, stages=["buy", "support"], touchpoints=["app"])
    assert doubts["stage-unmeasured", "responses.stage"].values["names"] == ["support"]
    assert doubts["stage-unknown", "responses.stage"].values["names"] == ["use"]
    assert not [key for key in doubts if key[0].startswith("touchpoint")]


def test_the_response_rate():
    frame = pd.DataFrame({"answered": pd.array([True, False, False, True, None], dtype="boolean")})
    doubt = found({"invitations": frame})["response-rate", "invitations.answered"]
    assert doubt.values == {"share": 0.5, "answered": 2, "n": 4}


def test_who_answered_against_all_customers():
    """40 of 200 answered, 36 women among them (90 %); women are half of all: gap 40 points, chance ±16."""
    customers = pd.DataFrame(
        {"customer_id": [str(row) for row in range(200)], "gender": ["f", "m"] * 100, "city": ["x", "y", "x", "y"] * 50}
    )
    women = [str(row) for row in range(0, 72, 2)]
    responses = pd.DataFrame({"customer_id": [*women, "1", "3", "5", "7"]})
    doubt = found({"customers": customers, "responses": responses})["respondents-differ", "customers.gender"]
    assert doubt.values == {"level": "f", "answered": 0.9, "all": 0.5, "n": 40}
    same = pd.DataFrame({"customer_id": [str(row) for row in range(40)]})
    assert not found({"customers": customers, "responses": same})


def test_stale_tables():
    frames = {
        "responses": pd.DataFrame({"answered_at": pd.to_datetime(["2025-01-01"])}),
        "tickets": pd.DataFrame({"opened_at": pd.to_datetime(["2025-06-01"])}),
    }
    assert list(found(frames)) == [("data-stale", "responses.answered_at")]
    assert len(found(frames, as_of=pd.Timestamp("2026-06-01"))) == 2


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_every_doubt_can_be_said(lang):
    frames = {
        "responses": pd.DataFrame(
            {
                "response_id": ["1"] * 50,
                "customer_id": ["7"] * 49 + [None],
                "nps": [0, 2, 5, 8, 11] * 10,
                "csat": [5, 4, 3, 2, 1] * 10,
                "stage": ["x"] * 50,
                "started_at": pd.Timestamp("2025-01-02"),
                "answered_at": pd.Timestamp("2025-01-01"),
            }
        ),
        "invitations": pd.DataFrame({"answered": [True], "invited_at": [pd.Timestamp("1970-01-01")]}),
    }
    doubts = quality(frames, stages=["y"], as_of=pd.Timestamp("2025-12-31"))
    assert len({doubt.key for doubt in doubts}) >= 8
    assert all(phrase(f"finding.{doubt.key}", lang, **doubt.values) for doubt in doubts)


def test_counts_by_gravity():
    assert counted([Doubt("stop", "a"), Doubt("note", "b"), Doubt("note", "c")]) == {"stop": 1, "mend": 0, "note": 2}
