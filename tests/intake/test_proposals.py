"""What a question probably means is proposed with evidence, in English and Persian; what it does not tell is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxlib.intake import export
from cxlib.intake.proposals import Proposal, direction, proposals


def proposed(tmp_path: Path, question: str, answers: list[str]) -> dict[str, Proposal]:
    path = tmp_path / "a.csv"
    rows = "".join(f'{number},"{answer}"\n' for number, answer in enumerate(answers))
    path.write_text(f'code,"{question}"\n{rows}', encoding="utf-8")
    return {item.canonical: item for item in proposals(export.read(path))}


NPS = ["0", "7", "9", "10", "3"]
FIVE = ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("question", "answers", "canonical", "instrument"),
    [
        ("How likely are you to recommend us to a friend or colleague?", NPS, "nps", "nps"),
        ("چقدر احتمال دارد ما را به دوستان خود توصیه کنید؟", ["۰", "۷", "۹", "۱۰"], "nps", "nps"),
        (
            "Would you recommend us to others? 0 - 10",
            ["10 - Extremely likely", "0 - Not at all likely", "5"],
            "nps",
            "nps",
        ),
        ("Overall, how satisfied are you with the delivery?", FIVE, "csat", "csat5"),
        ("How satisfied are you? (1 = very dissatisfied, 7 = very satisfied)", FIVE, "csat", "csat7"),
        ("میزان رضایت شما از پشتیبانی", ["۱", "۵", "۱۰"], "csat", "csat10"),
        ("The company made it easy for me to handle my issue", [*FIVE, "7"], "ces", "ces2"),
        (
            "How much effort did you personally have to put forth? (1 = very low effort, 5 = very high effort)",
            FIVE,
            "ces",
            "ces1",
        ),
        ("چقدر این کار برایتان آسان بود؟ (۱ = خیلی سخت، ۵ = خیلی آسان)", ["۱", "۳", "۵"], "ces", "ease5"),
    ],
)
def test_wording_and_answers_tell_the_column(
    tmp_path: Path, question: str, answers: list[str], canonical: str, instrument: str
) -> None:
    found = proposed(tmp_path, question, answers)[canonical]
    assert found.instrument == instrument and found.confidence >= 0.8
    assert found.question is None and all(remark.text("fa") for remark in found.evidence)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Why would you recommend us?", NPS),
        ("How likely are you to recommend us? - Group", ["Promoter", "Detractor", "Passive"]),
        ("How likely are you to recommend us to a friend?", ["0", "50", "100"]),
    ],
)
def test_what_only_sounds_alike_is_not_proposed(tmp_path: Path, question: str, answers: list[str]) -> None:
    assert "nps" not in proposed(tmp_path, question, answers)


def test_effort_without_ends_is_asked_because_its_direction_is_open(tmp_path: Path) -> None:
    found = proposed(tmp_path, "How easy was it to find what you need?", FIVE)["ces"]
    assert found.instrument == "ease5" and found.question is not None and found.question.key == "ces-direction"


def test_comments_and_ids_are_never_shown(tmp_path: Path) -> None:
    texts = ["my number is 0912 345 6789, call me", "the courier came far too late again"]
    found = proposed(tmp_path, "Anything else you want to tell us?", texts)["comment"]
    assert found.samples == ()
    assert proposed(tmp_path, "customer id", ["0071", "0072"])["customer_id"].samples == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1 = strongly disagree, 7 = strongly agree)", (1, 7, "up")),
        ("1 being very satisfied and 5 being very dissatisfied", (1, 5, "down")),
        ("(۰ = اصلا، ۱۰ = حتما)", (0, 10, "up")),
        ("from bad to good", None),
    ],
)
def test_the_ends_that_a_wording_names(text: str, expected: tuple[int, int, str] | None) -> None:
    assert direction(text) == expected
