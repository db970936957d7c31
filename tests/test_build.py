"""The notebook builder: keyed sources and Persian prose in, executed notebooks out, nothing by halves."""

from __future__ import annotations

from pathlib import Path

import nbformat
import polib
import pytest

from notebooks import build as builder

SOURCE = """\
# %% [markdown] key="title"
# # Recommendation
#
# Who would recommend us?

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder or sample
lang: str = "en"  # language of the texts

# %% key="said"
f"{engagement} {lang}"

# %% key="decide" tags=["form", "nbval-ignore-output"]
print("a form")
"""


@pytest.fixture
def shop(tmp_path: Path) -> builder.Workshop:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "01_vision.py").write_text(SOURCE, encoding="utf-8")
    return builder.Workshop(tmp_path)


@pytest.fixture
def translated(shop: builder.Workshop) -> builder.Workshop:
    builder.update(shop, "01_vision")
    catalogue = polib.pofile(str(shop.folder / "po" / "fa.po"))
    catalogue[0].msgstr = "# توصیه\n\nچه کسی ما را توصیه می‌کند؟"
    catalogue.save()
    return shop


def _edit(shop: builder.Workshop, old: str, new: str) -> None:
    path = shop.folder / "src" / "01_vision.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (' key="said"', "", "needs a key"),
        ('key="said"', 'key="Said it"', "needs a key"),
        ('key="said"', 'key="title"', "'title' of an earlier cell"),
        ('"form", ', '"forms", ', r"unknown tags \['forms'\]; known are"),
    ],
)
def test_bad_keys_and_tags_are_refused(shop: builder.Workshop, old: str, new: str, message: str) -> None:
    _edit(shop, old, new)
    with pytest.raises(builder.BuildError, match=message):
        builder.notebook(shop, "01_vision", "en")


def test_cell_id_is_the_key(shop: builder.Workshop) -> None:
    cells = builder.notebook(shop, "01_vision", "en").cells
    assert [cell.id for cell in cells] == ["title", "parameters", "said", "decide"]
    assert [cell.metadata["key"] for cell in cells] == [cell.id for cell in cells]


def test_persian_edition_differs_in_prose_and_default_language_only(translated: builder.Workshop) -> None:
    english, persian = (builder.notebook(translated, "01_vision", lang) for lang in ("en", "fa"))
    title = '<div dir="rtl" lang="fa">\n\n# توصیه\n\nچه کسی ما را توصیه می‌کند؟\n\n</div>'
    assert persian.cells[0].source == title
    assert 'lang: str = "fa"  # language' in persian.cells[1].source
    assert [cell.source for cell in persian.cells[2:]] == [cell.source for cell in english.cells[2:]]


def test_untranslated_prose_is_refused(shop: builder.Workshop) -> None:
    with pytest.raises(builder.BuildError, match="the Persian prose of 'title' is missing or older"):
        builder.notebook(shop, "01_vision", "fa")


def test_changed_prose_is_refused_then_made_fuzzy(translated: builder.Workshop) -> None:
    _edit(translated, "Who would", "Which customers would")
    with pytest.raises(builder.BuildError, match="older than the English"):
        builder.notebook(translated, "01_vision", "fa")
    builder.update(translated, "01_vision")
    entry = polib.pofile(str(translated.folder / "po" / "fa.po"))[0]
    assert entry.fuzzy
    assert "Which customers" in entry.msgid
    assert "Who would" in entry.previous_msgid
    with pytest.raises(builder.BuildError, match="remove the fuzzy flag"):
        builder.notebook(translated, "01_vision", "fa")


def test_prose_of_a_dropped_cell_leaves_the_catalogue(translated: builder.Workshop) -> None:
    _edit(translated, 'key="title"', 'key="promise"')
    builder.update(translated, "01_vision")
    entries = polib.pofile(str(translated.folder / "po" / "fa.po"))
    assert [(entry.msgctxt, entry.msgstr) for entry in entries] == [("01_vision/promise", "")]


def test_catalogue_of_one_notebook_is_used_where_the_folder_exists(translated: builder.Workshop) -> None:
    apart = translated.folder / "po" / "fa.d"
    apart.mkdir()
    (translated.folder / "po" / "fa.po").rename(apart / "01_vision.po")
    _edit(translated, '# %% key="said"', '# %% [markdown] key="why"\n# Because.\n\n# %% key="said"')
    assert builder.update(translated, "01_vision") == "2 texts, 1 new"
    assert [entry.msgctxt for entry in polib.pofile(str(apart / "01_vision.po"))][1:] == ["01_vision/why"]


def test_built_notebook_is_executed_clean_and_left_alone_when_nothing_changed(shop: builder.Workshop) -> None:
    assert builder.build(shop, "01_vision", "en") == "written"
    path = shop.built("01_vision", "en")
    book = nbformat.read(path, as_version=4)
    assert book.cells[2].outputs[0]["data"]["text/plain"] == "'nikkhaneh en'"
    assert book.cells[3].outputs == []
    assert [set(cell.metadata) - {"key", "tags"} for cell in book.cells] == [set()] * 4
    assert builder.check(shop, "01_vision", "en") == []
    before = path.stat().st_mtime_ns
    assert builder.build(shop, "01_vision", "en") == "unchanged"
    assert path.stat().st_mtime_ns == before


def test_check_names_the_cell_that_was_edited_by_hand(shop: builder.Workshop) -> None:
    book = builder.notebook(shop, "01_vision", "en")
    book.cells[2].source = "1 + 1"
    nbformat.write(book, shop.built("01_vision", "en"))
    assert builder.check(shop, "01_vision", "en") == ["01_vision (en): cell 'said' is not as in the source"]
    assert builder.main(["--check", "--lang", "en", "--folder", str(shop.folder)]) == 1


def _with_output(shop: builder.Workshop, output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    book = builder.notebook(shop, "01_vision", "en")
    book.cells[2].outputs = [output]
    return book


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<Axes at 0x7f12ab34cd56>", "memory address"),
        (str(builder.HERE / "src"), "path of this machine"),
        ("n" * 300_000, "at most 300,000"),
    ],
)
def test_unfit_outputs_are_refused(shop: builder.Workshop, text: str, problem: str) -> None:
    output = nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)
    assert problem in " ".join(builder.unfit(_with_output(shop, output)))


def test_warnings_are_refused(shop: builder.Workshop) -> None:
    output = nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: soon")
    assert list(builder.unfit(_with_output(shop, output))) == ["cell 'said' warns: FutureWarning: soon"]


def _picture(shop: builder.Workshop, shade: int) -> nbformat.NotebookNode:
    import base64
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, shade, shade)).save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}
    return _with_output(shop, nbformat.v4.new_output("display_data", data=data))


def test_a_picture_that_shows_something_else_is_a_change(shop: builder.Workshop) -> None:
    assert builder.same(_picture(shop, 100), _picture(shop, 100))
    assert not builder.same(_picture(shop, 100), _picture(shop, 140))


def test_unknown_notebook_is_wrong_use(shop: builder.Workshop, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit, match="2"):
        builder.main(["09_none", "--folder", str(shop.folder)])
    assert "no source for ['09_none']; there are ['01_vision']" in capsys.readouterr().err
