"""The HTML report: complete, safe, readable in both languages, and nothing in it comes from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cxlib.engagement.setup import Setup
from cxlib.report import html
from cxlib.report.content import STEPS, content
from cxlib.section import Section
from cxlib.words import phrase
from cxlib.words.numbers import latin
from tests.ink.fixtures import sections as made

HOSTILE = '<script>alert("1")</script><img src="http://evil.example/x.png" onerror=alert(1)>{{ 7 * 7 }}'
VOID = {"meta", "img", "link", "br", "hr", "input"}


def report(sections: list[Section], lang: str, setup: Setup = made.SETUP) -> str:
    return html.document(content(sections, setup=setup, root=Path("/nowhere"), lang=lang))


class Page(HTMLParser):
    """The elements of a page with their attributes, and text by the elements it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.elements.append((tag, named))
        if tag not in VOID:
            self._open.append(f"{tag}.{named.get('class', '')}")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().split(".")[0] == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self._open), data))


@pytest.fixture(scope="module", params=["en", "fa"])
def page(request: pytest.FixtureRequest) -> tuple[str, str, Page]:
    with made.words():
        text = report(made.sections(), request.param)
    return request.param, text, Page(text)


def test_language_and_direction(page: tuple[str, str, Page]) -> None:
    lang, _, parsed = page
    assert parsed.elements[0] == ("html", {"lang": lang, "dir": "rtl" if lang == "fa" else "ltr"})


def test_nothing_comes_from_outside(page: tuple[str, str, Page]) -> None:
    _, text, parsed = page
    linked = [
        value
        for _, named in parsed.elements
        for name, value in named.items()
        if name in ("href", "src", "action", "srcset")
    ]
    assert linked
    assert [link for link in linked if not link.startswith(("#", "data:"))] == []
    assert re.findall(r"url\((?!data:|%23)", text) == []
    assert re.findall(r"https?://", text) == []
    assert [tag for tag, _ in parsed.elements if tag in ("script", "iframe", "object", "link", "form")] == []
    policy = next(
        named["content"] for tag, named in parsed.elements if named.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")


def test_every_number_has_n_or_reason(page: tuple[str, str, Page]) -> None:
    numbers = [named for _, named in page[2].elements if "num" in named.get("class", "").split()]
    assert len(numbers) > 50
    assert [
        one for one in numbers if not one.get("data-key") or not (one.get("data-n") or one.get("data-reason"))
    ] == []


def test_sentences_print_no_bare_number(page: tuple[str, str, Page]) -> None:
    """Outside of number elements and clients' words a paragraph has no digit, the scale of emotions apart."""
    bare = [
        text
        for where, text in page[2].texts
        if any(tag.startswith(("p.", "li.", "td.")) for tag in where)
        and not any(
            tag.startswith(("span.num", "bdi.", "code.", "p.subtitle", "p.legend", "details.")) for tag in where
        )
        and re.search(r"\d", latin(text))
        and "SHA-256" not in text
    ]
    assert [text for text in bare if not re.fullmatch(r"\W*", text)] == []


def test_pictures_have_descriptions_and_their_numbers_beside_them(page: tuple[str, str, Page]) -> None:
    _, text, parsed = page
    pictures = [named for tag, named in parsed.elements if tag == "img"]
    assert len(pictures) == 9
    assert all(len(named["alt"]) > 40 for named in pictures)
    assert text.count("<details>") == len(pictures)


def test_every_step_is_a_chapter_in_the_contents(page: tuple[str, str, Page]) -> None:
    lang, _, parsed = page
    ids = [named["id"] for _, named in parsed.elements if "id" in named]
    assert len(ids) == len(set(ids))
    links = [named["href"] for tag, named in parsed.elements if tag == "a"]
    assert [f"#{step}" for step in STEPS] == links[1 : len(STEPS) + 1]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert phrase("report.absent", lang) not in page[1]


def test_digits_of_the_language(page: tuple[str, str, Page]) -> None:
    lang, _, parsed = page
    if lang == "fa":
        wrong = [
            text
            for where, text in parsed.texts
            if re.search("[0-9]", text)
            and not any(tag.startswith(("style.", "table.grid stamp", "code.")) for tag in where)
        ]
        assert [text for text in wrong if "SHA-256" not in text] == []


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_missing_steps_are_named(lang: str) -> None:
    text = report(made.bare(), lang)
    assert text.count(phrase("report.absent", lang)) == len(STEPS) - 2


def test_no_section_at_all_is_still_a_report() -> None:
    assert report([], "en").count(phrase("report.absent", "en")) == len(STEPS)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_hostile_texts_stay_text(lang: str) -> None:
    vision = Section("vision", made.PARAMETERS, decisions={"statement": HOSTILE})
    text = report([vision, *made.sections(long=True)[2:]], lang, made.SETUP.model_copy(update={"name": HOSTILE}))
    parsed = Page(text)
    assert "script" not in {tag for tag, _ in parsed.elements}
    assert not [named for _, named in parsed.elements if any(name.startswith("on") for name in named)]
    assert HOSTILE in {shown.strip() for _, shown in parsed.texts}
    assert "49" not in text[text.index("<h1>") : text.index('id="main"')]


def test_vision_and_client_are_shown() -> None:
    text = report(made.sections(), "en")
    assert "Every customer leaves feeling that their time was respected." in text
    assert "Mehr Home Retail" in text
    assert "1 Farvardin 1404 to 29 Esfand 1404" in text


def test_same_sections_give_the_same_page() -> None:
    assert report(made.sections(), "fa") == report(made.sections(), "fa")


def test_a_report_is_small_enough_to_mail() -> None:
    assert len(report(made.sections(), "fa").encode()) < 1_200_000
