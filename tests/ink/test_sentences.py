"""Sentences in both languages: every number knows its n or why it has none."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from cxlib.ink.sentences import (
    Reader,
    Run,
    amount,
    bounds,
    filled,
    plain,
    problem,
    reader,
    sentence,
    time_scale,
    written,
)
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.section import Claim, Finding, Term
from cxlib.words.numbers import latin
from tests.ink.fixtures import sections as made

EN = Reader("en", "jalali", "IRR", "IRT")
FA = Reader("fa", "jalali", "IRR", "IRT")
NPS = made.nps(18, 5, 1254)


def _bare(text: str) -> str:
    """Without the marks that only direct."""
    return re.sub("[\u200e\u200f]", "", text)


def test_full_estimate_in_both_languages() -> None:
    claim = Claim("fx-nps", {"nps": NPS})
    assert plain(sentence(claim, reader=EN)) == "NPS over the period is +18 (95% interval +13 to +23, n = 1,254)."
    assert (
        _bare(plain(sentence(claim, reader=FA)))
        == "شاخص NPS این دوره +۱۸ (بازهٔ اطمینان ۹۵٪: +۱۳ تا +۲۳، تعداد ۱٬۲۵۴) است."
    )


@pytest.mark.parametrize(
    ("spec", "text"), [("value", "+18"), ("interval", "+13 to +23"), ("n", "1,254"), (".1f", "18.0")]
)
def test_part_of_an_estimate_still_carries_its_n(spec: str, text: str) -> None:
    (run,) = written(NPS, key="x", reader=EN, spec=spec)
    assert (run.text, run.n, run.key, run.is_number) == (text, 1254, "x", True)


def test_sign_keeps_its_place_in_a_persian_line() -> None:
    assert written(NPS, key="x", reader=FA, spec="value")[0].text == "\u200e+۱۸"


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.423, 0.38, 0.47, n=400, unit="share"), "42% (95% interval 38% to 47%, n = 400)"),
        (Estimate(0.0423, 0.040, 0.045, n=40000, unit="share"), "4.2% (95% interval 4.0% to 4.5%, n = 40,000)"),
        (Estimate(-3, -9, 2, n=40, unit="points"), "−3 (95% interval −9 to +2, n = 40)"),
        (Estimate(45, 30, 61, n=40, unit="minutes"), "45 min (95% interval 30 to 61, n = 40)"),
        (Estimate(184, 160, 210, n=40, unit="minutes"), "3.1 h (95% interval 2.7 to 3.5, n = 40)"),
        (Estimate(4320, 3000, 6000, n=40, unit="minutes"), "3.0 days (95% interval 2.1 to 4.2, n = 40)"),
        (Estimate(12.4, 10, 15, n=40, unit="days"), "12 days (95% interval 10 to 15, n = 40)"),
        (Estimate(4.21, 4.1, 4.35, n=40, unit="score"), "4.2 (95% interval 4.1 to 4.3, n = 40)"),
        (
            Estimate(41e6, 38e6, 43e6, n=4, unit="money"),
            "4,100,000 toman (95% interval 3,800,000 toman to 4,300,000 toman, n = 4)",
        ),
        (Estimate(1.234, 1.1, 1.4, n=9, unit="ratio"), "1.23 (95% interval 1.10 to 1.40, n = 9)"),
        (Estimate(1234, 1200, 1300, n=9, unit="count"), "1,234 (95% interval 1,200 to 1,300, n = 9)"),
        (Estimate(12, n=9, unit="count", reason="too-few"), "12 (too few answers, n = 9)"),
    ],
)
def test_units(estimate: Estimate, text: str) -> None:
    runs = written(estimate, key="x", reader=EN)
    short = plain(runs).replace("too few answers to tell", "too few answers")
    assert re.sub(r"\(too few[^,]*", "(too few answers", short) == text


def test_what_cannot_be_told_says_why_and_what_would_tell() -> None:
    (run,) = written(cannot_tell("too-few", n=4, needs=30), key="x", reader=EN)
    assert re.fullmatch(r"cannot tell: .+, n = 4, needs n = 30", run.text)
    assert (run.n, run.reason, run.part) == (4, "too-few", "unknown")


def test_dates_lists_terms_and_client_texts() -> None:
    claim = made.claims()[1]
    assert plain(sentence(claim, reader=EN)) == (
        "By 29 Esfand 1404, 1,254 customers were asked; the best group is Web site, the goals are NPS, delivery."
    )
    assert "تا ۲۹ اسفند ۱۴۰۴ از ۱٬۲۵۴ مشتری" in plain(sentence(claim, reader=FA))
    assert "«" not in plain(sentence(claim, reader=FA)) and "NPS، تحویل" in plain(sentence(claim, reader=FA))


def test_client_text_in_the_only_language_there_is() -> None:
    assert plain(written({"en": "", "fa": "تحویل"}, key="x", reader=EN)) == "تحویل"
    assert written("Instagram", key="x", reader=FA)[0].part == "client"


def test_a_counted_number_says_that_it_is_counted() -> None:
    (run,) = written(7, key="x", reader=FA)
    assert (run.text, run.n, run.reason, run.is_number) == ("۷", None, "counted", True)


@pytest.mark.parametrize("value", [None, float("nan"), "", [], {}])
def test_nothing_is_a_dash(value: object) -> None:
    assert plain(written(value, key="x", reader=EN)) == "–"


def test_yes_and_no() -> None:
    assert [plain(written(value, key="x", reader=EN)) for value in (True, False)] == ["yes", "no"]


def test_plain_number_with_a_unit() -> None:
    runs = problem(Finding("note", "fx-stale", values={"days": 220}), reader=EN)
    assert plain(runs) == "The journey was last reviewed 220 days ago."


def test_amounts_of_targets() -> None:
    assert [amount(1440, "minutes", reader=EN), amount(0.85, "share", reader=FA)] == ["24 h", "۸۵٪"]
    assert time_scale(3 * 24 * 60) == (24 * 60, "days")


def test_bounds_share_the_unit_of_the_value() -> None:
    shown = bounds(Estimate(100, 30, 200, n=5, unit="minutes"), reader=EN)
    assert (shown["value"], shown["low"], shown["high"]) == ("1.7 h", "0.5", "3.3")


def _all_runs(who: Reader) -> list[Run]:
    lines = [sentence(claim, reader=who) for section in made.sections() for claim in section.claims]
    lines += [problem(finding, reader=who) for section in made.sections() for finding in section.findings]
    return [run for line in lines for run in line]


@pytest.mark.parametrize("who", [EN, FA], ids=["en", "fa"])
def test_every_number_has_an_n_or_a_reason(who: Reader) -> None:
    numbers = [run for run in _all_runs(who) if run.is_number]
    assert numbers
    assert [run for run in numbers if (run.n is None and not run.reason) or not run.key] == []


@pytest.mark.parametrize("who", [EN, FA], ids=["en", "fa"])
def test_no_digit_outside_a_number_or_a_client_text(who: Reader) -> None:
    assert [
        run
        for run in _all_runs(who)
        if re.search(r"\d", latin(run.text)) and not run.is_number and run.part != "client"
    ] == []


def test_a_missing_value_of_a_claim_is_an_error() -> None:
    with pytest.raises(KeyError, match="nps"):
        sentence(Claim("fx-nps", {}), reader=EN)


def test_reader_of_a_client() -> None:
    assert reader(made.SETUP, lang="fa") == FA
    assert plain(filled("claim.fx-nps", {"nps": Term("term.stage.delivery")}, key="x", reader=EN)).endswith(
        "is delivery."
    )
    assert plain(written(dt.date(2025, 3, 21), key="x", reader=FA)) == "۱ فروردین ۱۴۰۴"
