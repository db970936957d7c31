"""Tables, journey map, RACI and lists: right words, right numbers, nothing of a client's text becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from cxlib.ink import lists, raci, tables
from cxlib.ink.journey_map import height, journey_map, path
from cxlib.ink.markup import html
from cxlib.ink.page import Page, Picture, words
from cxlib.ink.sentences import plain, reader
from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit, Finding, Term
from cxlib.words.numbers import latin
from tests.ink.fixtures import sections as made

EN, FA = (reader(made.SETUP, lang=lang) for lang in ("en", "fa"))
HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)> & "\''


class Numbers(HTMLParser):
    """Collects the attributes of every number element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "num" in (named.get("class") or "").split():
            self.found.append(named)


def _numbers(text: str) -> list[dict[str, str | None]]:
    parser = Numbers()
    parser.feed(text)
    return parser.found


def _cells(exhibit: Exhibit, who=EN) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in tables.cells(exhibit, reader=who)]


def test_frame_of_estimates_becomes_value_interval_and_n() -> None:
    exhibit = made.dots()
    assert tables.headers(exhibit, reader=EN) == ["Group", "Value", "Interval", "n"]
    assert _cells(exhibit)[0] == ["Web site", "+31", "+25 to +37", "420"]
    assert tables.few(exhibit) == [False, False, True, False]
    assert tables.table(exhibit, reader=EN).count("<tr class=few>") == 1


def test_months_are_named_in_the_reader_s_language() -> None:
    assert _cells(made.line(), FA)[0][0] == "فروردین ۱۴۰۴"


def test_kpi_table_targets_take_the_unit_of_the_estimate() -> None:
    rows = _cells(made.kpis())
    assert [row[2] for row in rows] == ["+35", "24 h", "–"]
    assert rows[0][3] == "29 Esfand 1405"
    shown = tables.table(made.kpis(), reader=EN)
    assert [shown.count(f'class="verdict {name}"') for name in ("pass", "doubt", "fail")] == [10, 2, 3]


def test_a_decided_estimate_shows_no_n() -> None:
    decided = Estimate(0.8, unit="share", reason="counted")
    (run,) = tables.small(decided, key="x", reader=EN)
    assert (run.text, run.n, run.reason) == ("80%", None, "counted")


def test_shares_are_percent_and_flags_are_words() -> None:
    assert _cells(made.coverage()) == [["Web site", "yes", "25%"], ["Instagram", "no", "50%"]]


def test_done_shares_of_a_wheel_are_percent() -> None:
    assert _cells(made.wheel())[1] == ["Personas", "80%"]


def test_a_term_may_name_columns_of_its_row() -> None:
    frame = pd.DataFrame({"done": [3], "all": [7], "state": [Term("term.fx-done")]})
    assert _cells(Exhibit("x", "table", frame))[0][2] == "3 of 7"


def test_facts_carry_what_they_rest_on() -> None:
    cell = {"text": "slow", "source": "interview", "n": 4}
    runs = tables.fact(cell, key="x", reader=EN)
    assert plain(runs) == "slow interview n = 4"
    assert [run.n for run in runs if run.is_number] == [4]


@pytest.mark.parametrize("who", [EN, FA], ids=["en", "fa"])
def test_every_number_element_has_n_or_reason(who) -> None:
    for section in made.sections(long=True):
        for exhibit in section.exhibits:
            draw = {"journey": journey_map, "raci": raci.raci}.get(exhibit.kind, tables.table)
            found = _numbers(draw(exhibit, reader=who))
            assert [
                one for one in found if not one.get("data-key") or not (one.get("data-n") or one.get("data-reason"))
            ] == []


def test_hostile_texts_stay_text() -> None:
    frame = pd.DataFrame(
        {"label": [HOSTILE], "goal": [HOSTILE], "touchpoints": [[HOSTILE]], "value": [1.0], "source": [None]}
    )
    frame = frame.assign(
        pains=[[{"text": HOSTILE, "source": "data", "n": 2}]], opportunities=[[HOSTILE]], owner=[HOSTILE]
    )
    raci_frame = pd.DataFrame({"label": [HOSTILE], "responsible": [[HOSTILE]], "accountable": [[HOSTILE]]})
    shown = [
        journey_map(Exhibit("x", "journey", frame), reader=EN),
        raci.raci(Exhibit("x", "raci", raci_frame), reader=EN),
        tables.table(Exhibit("x", "table", pd.DataFrame({HOSTILE: [HOSTILE]})), reader=EN),
        lists.findings((Finding("stop", "fx-no-owner", HOSTILE, {"goal": HOSTILE}),), reader=FA),
        lists.decisions({"statement": HOSTILE, HOSTILE: [{"id": "a", "name": HOSTILE}]}, reader=FA),
    ]
    for text in shown:
        assert "<script" not in text and "<img" not in text
        assert "&lt;script&gt;" in text


def test_journey_map_has_every_stage_and_lane() -> None:
    shown = journey_map(made.journey(), reader=EN)
    assert shown.count('role="columnheader" class="stage') == 7
    assert shown.count("stage truth") == 2 and shown.count('class="badge"') == 2
    assert shown.count("no owner") == 1
    assert shown.count('class="cell goal"') == 7
    assert [one["data-n"] for one in _numbers(shown) if "mark" in (one["class"] or "")][:1] == ["120"]


def test_journey_points_lie_where_the_curve_is() -> None:
    """The lane shows +2.7 at the top and −2.7 at the bottom: +2.7 → 0 %, 0 → 50 %, −2.7 → 100 %."""
    assert [round(height(value), 6) for value in (2.7, 0, -2.7)] == [0, 50, 100]
    drawn = path([{"value": 0.0}, {"value": None}, {"value": 1.0}, {"value": 2.0}])
    assert drawn.count("M") == 1 and drawn.startswith("M2.500 ")


def test_raci_marks_broken_rules() -> None:
    shown = raci.matrix(made.raci(), reader=EN)
    assert shown.people == ["Logistics", "CX lead", "Digital", "Service"]
    assert [len(faults) for faults in shown.faults] == [0, 1, 2]
    assert shown.cells[0] == [["responsible"], ["accountable"], ["informed"], []]


def test_findings_come_gravest_first_with_where() -> None:
    shown = lists.findings(
        (Finding("note", "fx-stale", "", {"days": 2}), Finding("stop", "fx-no-owner", "a.yaml", {"goal": "x"})),
        reader=EN,
    )
    assert shown.index('class="stop"') < shown.index('class="note"')
    assert "a.yaml" in shown


def test_page_shows_each_part_with_language_and_direction() -> None:
    page = Page(made.SETUP, lang="fa")
    section = made.sections()[4]
    shown = page.claim(section, "fx-nps")
    assert 'lang="fa" dir="rtl"' in shown._repr_html_()
    assert latin(repr(shown)).count("1,254") == 1
    for part in (page.sentences(section), page.findings(section), page.decisions(section), page.evidence(section)):
        assert part._repr_html_().endswith("</div>")
        assert "<" not in repr(part) and repr(part).strip()
    assert "http" not in page.exhibit(section, "fx-kpis")._repr_html_()


def test_page_pictures_describe_themselves() -> None:
    picture = Page(made.SETUP, lang="en").exhibit(made.sections()[4], "fx-nps-by-month")
    assert isinstance(picture, Picture)
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert "Esfand 1404: +24" in repr(picture)
    assert not re.search("0x[0-9a-f]{6,}", repr(picture))


def test_words_of_html() -> None:
    assert words("<p>a &amp; b</p><p>c</p>") == "a & b\nc"
    assert html([]) == ""
