"""The report as one HTML file that needs nothing else: no script, no link outwards, typeface and pictures inside.

Everything is escaped by the template; the pieces drawn by `cxlib.ink` are escaped there. The content security policy
of the page allows its own styles, and pictures and fonts inside the file, nothing else.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from cxlib.ink import lists, markup, tables
from cxlib.ink.page import exhibit_html, style
from cxlib.ink.sentences import Run
from cxlib.ink.theme import font_file
from cxlib.report.content import LIMITS, Content, Piece
from cxlib.share import share
from cxlib.words.direction import direction

STYLES = ("report", "text", "table", "journey")
_FREQUENT = '%<>":#'
_OTHERS = re.compile(r"[^A-Za-z0-9 =/;,'()!*$&@?+._~{}%-]+")
"""What a data URI must not hold: the signs that an SVG is made of, and all others."""


def document(content: Content) -> str:
    """Return the report as one HTML file."""
    return _template().render(
        content=content,
        words=content.reader.words,
        dir=direction(content.reader.lang),
        styles=Markup("".join(style(name) for name in STYLES)),
        font=_font(),
        limits=LIMITS,
        **_drawing(content),
    )


@cache
def _template() -> Template:
    """The page of ``templates/report``, escaping everything, refusing unknown names."""
    loader = FileSystemLoader(share("templates", "report"))
    how = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=loader, **how).get_template("report.html.j2")


@cache
def _font() -> str:
    """The variable typeface of both languages as a data URI."""
    content = font_file("Vazirmatn-Variable.woff2").read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(content).decode()}"


def _drawing(content: Content) -> dict[str, Any]:
    """The functions with which the template draws parts of sections."""
    who = content.reader

    def runs(pieces: list[Run]) -> Markup:
        return Markup(markup.html(pieces))

    def counted(name: str, value: float, spec: str = "") -> Markup:
        return runs([content.number(name, value, spec)])

    def exhibit(piece: Piece) -> Markup:
        return Markup(exhibit_html(piece.exhibit, reader=who))

    def table(piece: Piece) -> Markup:
        return Markup(tables.table(piece.exhibit, reader=who))

    def findings(found: tuple) -> Markup:
        return Markup(lists.findings(found, reader=who))

    def evidence(section: Any) -> Markup:
        return Markup(lists.evidence(section, reader=who))

    drawn = {
        "runs": runs,
        "counted": counted,
        "exhibit": exhibit,
        "table": table,
        "findings": findings,
        "evidence": evidence,
    }
    return drawn | {"picture": _picture}


def _picture(svg: str) -> str:
    """An SVG as a data URI, shorter and more readable than base64."""
    text = " ".join(svg.split())
    for sign in _FREQUENT:
        text = text.replace(sign, quote(sign))
    return "data:image/svg+xml," + _OTHERS.sub(lambda signs: quote(signs[0]), text)
