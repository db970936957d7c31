"""The PDF report: tagged, archivable, in both languages, the same bytes for the same sections."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from cxlib.engagement.setup import Setup
from cxlib.report import pdf
from cxlib.report.content import content
from cxlib.section import Section
from cxlib.words import phrase
from tests.ink.fixtures import sections as made

HOSTILE = '#panic("x") *bold* $x^2$ @nowhere <label> \\ // [#sys.inputs] `code` <script>'


def _pdf(sections: list[Section], lang: str, setup: Setup = made.SETUP) -> bytes:
    return pdf.document(content(sections, setup=setup, root=Path("/nowhere"), lang=lang))


def _text(data: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    return " ".join(unicodedata.normalize("NFKC", " ".join(pages)).split())


@pytest.fixture(scope="module", params=["en", "fa"])
def made_pdf(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    with made.words():
        return request.param, _pdf(made.sections(), request.param)


def test_is_tagged_and_archivable(made_pdf: tuple[str, bytes]) -> None:
    lang, data = made_pdf
    root = PdfReader(io.BytesIO(data)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == lang
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_words_can_be_found(made_pdf: tuple[str, bytes]) -> None:
    lang, data = made_pdf
    text = _text(data)
    wanted = {
        "en": ("Customer Experience Strategy", "Mehr Home Retail", "+18", "n = 1,254", "Delivery on time", "moment"),
        "fa": ("۱٬۲۵۴", "فهرست", "CX", "SMART"),
    }
    assert [words for words in wanted[lang] if words.lower() not in text.lower()] == []


def test_pages_are_numbered_in_the_digits_of_the_language(made_pdf: tuple[str, bytes]) -> None:
    lang, data = made_pdf
    second = PdfReader(io.BytesIO(data)).pages[1].extract_text()
    assert ("۲" if lang == "fa" else "2 / ") in second


def test_journey_map_lies_on_a_landscape_page(made_pdf: tuple[str, bytes]) -> None:
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(made_pdf[1])).pages]
    assert [float(box.width) > float(box.height) for box in boxes].count(True) == 1


def test_same_sections_give_the_same_bytes(made_pdf: tuple[str, bytes]) -> None:
    lang, data = made_pdf
    assert _pdf(made.sections(), lang) == data


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_very_long_texts_and_nearly_none(lang: str) -> None:
    assert len(PdfReader(io.BytesIO(_pdf(made.sections(long=True), lang))).pages) >= 8
    bare = _text(_pdf(made.bare(), lang))
    assert lang == "fa" or bare.count(phrase("report.absent", "en")[:30]) == 7
    assert _pdf([], lang).startswith(b"%PDF")


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_hostile_texts_are_not_evaluated(lang: str) -> None:
    vision = Section("vision", made.PARAMETERS, decisions={"statement": HOSTILE})
    data = _pdf([vision, *made.sections()[2:]], lang, made.SETUP.model_copy(update={"name": HOSTILE}))
    assert '#panic("x") *bold* $x^2$ @nowhere' in _text(data)
