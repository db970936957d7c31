"""The client's logo is checked; both files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from cxlib.engagement.setup import Brand
from cxlib.errors import CxError
from cxlib.report import write
from cxlib.report.content import content
from cxlib.report.html import document
from cxlib.report.logo import logo
from tests.ink.fixtures import sections as made

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4" fill="#123456"/></svg>'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def _engagement(folder: Path, name: str = "") -> SimpleNamespace:
    return SimpleNamespace(setup=made.SETUP.model_copy(update={"brand": Brand(logo=name)}), folder=folder)


def test_no_logo_is_no_logo(tmp_path: Path) -> None:
    assert logo("", root=tmp_path) is None


@pytest.mark.parametrize(("name", "data"), [("logo.svg", SVG.encode()), ("logo.png", PNG)])
def test_logo_is_carried_inside_both_files(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    paths = write.report(made.bare(), _engagement(tmp_path, name), lang="en", folder=tmp_path / "out")
    assert f'<img class="logo" src="{logo(name, root=tmp_path).uri}"' in paths["html"].read_text(encoding="utf-8")
    assert paths["pdf"].read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "report.pdf"]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="x()"/>',
        "<foreignObject/>",
        '<image href="http://evil.example/a.png"/>',
        '<use xlink:href="file:///etc/passwd#a"/>',
        "<style>@import 'x.css';</style>",
        '<rect fill="url(http://evil.example/#a)"/>',
    ],
)
def test_svg_that_could_act_or_load_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "logo.svg").write_text(SVG.replace("<rect", inside + "<rect", 1), encoding="utf-8")
    with pytest.raises(CxError, match=r"could run code or load something"):
        logo("logo.svg", root=tmp_path)


def test_logo_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    with pytest.raises(CxError, match="not a file inside the engagement folder"):
        logo("../logo.svg", root=tmp_path / "inside")


def test_other_kinds_and_large_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(CxError, match="neither PNG nor SVG"):
        logo("logo.jpg", root=tmp_path)
    (tmp_path / "big.png").write_bytes(PNG + b"0" * 600_000)
    with pytest.raises(CxError, match="at most 500,000"):
        logo("big.png", root=tmp_path)


def test_nothing_is_written_when_the_logo_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CxError, match=r"gone\.svg"):
        write.report(made.bare(), _engagement(tmp_path, "gone.svg"), lang="fa", folder=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_brand_colours_reach_the_page(tmp_path: Path) -> None:
    setup = made.SETUP.model_copy(update={"brand": Brand(primary="#1D4ED8")})
    assert "--primary: #1d4ed8;" in document(content(made.bare(), setup=setup, root=tmp_path, lang="en"))
