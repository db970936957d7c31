"""Build the notebooks: text sources and Persian prose become executed .ipynb files in two languages.

A source is ``src/NN_name.py`` in py:percent form; each cell has a key, which becomes the id of the built cell:

    # %% [markdown] key="why-nps"
    # Would a customer recommend us?

    # %% key="nps-overall"
    page.claim(section, "nps-overall")

Prose in Persian stands in ``po/fa.po``, or during the work in ``po/fa.d/NN_name.po``: msgctxt is ``NN_name/key``,
msgid the English prose that was translated. If the English has changed since, the entry is fuzzy and nothing is built.
A notebook is executed in its own folder. It is written only if its source, its text outputs or what its pictures
show has changed, so that a build after no change leaves no diff.

    python notebooks/build.py                 build all
    python notebooks/build.py 04_kpis         build one, in both languages
    python notebooks/build.py --update        bring the Persian catalogues into step with the sources
    python notebooks/build.py --check         compare what is built with the sources, without executing
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import polib
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
LANGS = ("en", "fa")
TAGS = {"parameters", "form", "exercise", "solution", "hide-input", "nbval-ignore-output"}
LARGEST = 300_000
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANG = re.compile(r'^(lang: str = )"en"', re.MULTILINE)
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
_PO_HEADER = {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit", "Language": "fa"}


class BuildError(Exception):
    """Something in the sources, the translations or the outputs that must be mended by hand."""

    def __str__(self) -> str:
        return "\n".join(self.args[0])


@dataclass(frozen=True)
class Workshop:
    """The folder that holds ``src/``, ``po/`` and the built notebooks."""

    folder: Path = HERE

    def names(self) -> list[str]:
        """Return the names of all sources, for example ``04_kpis``."""
        return [path.stem for path in sorted((self.folder / "src").glob("[0-9][0-9]_*.py"))]

    def source(self, name: str) -> NotebookNode:
        """Return the checked source of one notebook as a notebook without outputs."""
        notebook = jupytext.read(self.folder / "src" / f"{name}.py", fmt="py:percent")
        problems = list(_problems(name, notebook.cells))
        if problems:
            raise BuildError(problems)
        return notebook

    def built(self, name: str, lang: str) -> Path:
        """Return where the notebook of one language lies."""
        return self.folder / ("" if lang == "en" else lang) / f"{name}.ipynb"

    def catalogues(self) -> list[Path]:
        """Return the files that hold Persian prose."""
        files = [self.folder / "po" / "fa.po", *sorted((self.folder / "po" / "fa.d").glob("*.po"))]
        return [file for file in files if file.exists()]

    def catalogue_of(self, name: str) -> Path:
        """Return the file that new prose of `name` is written to."""
        apart = self.folder / "po" / "fa.d"
        return apart / f"{name}.po" if apart.is_dir() else self.folder / "po" / "fa.po"

    def persian(self, name: str) -> dict[str, polib.POEntry]:
        """Return the Persian entries of one notebook: key → entry."""
        entries = (entry for file in self.catalogues() for entry in polib.pofile(str(file)))
        found = (entry for entry in entries if not entry.obsolete and entry.msgctxt)
        return {entry.msgctxt.split("/")[1]: entry for entry in found if entry.msgctxt.split("/")[0] == name}


def _problems(name: str, cells: list[NotebookNode]) -> Iterator[str]:
    """What is wrong with keys and tags."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        key = cell.metadata.get("key", "")
        where = f"{name}: cell {number} ({cell.source[:40]!r})"
        if not _KEY.fullmatch(key) or len(key) > 64:
            yield f"{where} needs a key of small letters, digits and hyphens; it has {key!r}"
        elif key in seen:
            yield f"{where} has the key {key!r} of an earlier cell"
        seen.add(key)
        if unknown := set(cell.metadata.get("tags", [])) - TAGS:
            yield f"{where} has unknown tags {sorted(unknown)}; known are {sorted(TAGS)}"


def prose(cells: list[NotebookNode]) -> dict[str, str]:
    """Return the English prose of a source: key → Markdown."""
    return {cell.metadata["key"]: cell.source for cell in cells if cell.cell_type == "markdown"}


def notebook(shop: Workshop, name: str, lang: str) -> NotebookNode:
    """Return the notebook of one language, not yet executed.

    Raises
    ------
    BuildError
        If a key is missing or used twice, a tag is unknown, or Persian prose is missing or older than the English.
    """
    source = shop.source(name)
    texts = _translated(shop, name, prose(source.cells)) if lang == "fa" else {}
    cells = [_cell(cell, lang, texts) for cell in source.cells]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _translated(shop: Workshop, name: str, english: dict[str, str]) -> dict[str, str]:
    """The Persian prose, refused where an entry is missing, empty or fuzzy."""
    entries = shop.persian(name)
    stale = [key for key, text in english.items() if not _is_fresh(entries.get(key), text)]
    if stale:
        what = "is missing or older than the English; run build.py --update, translate, remove the fuzzy flag"
        raise BuildError([f"{name}: the Persian prose of {key!r} {what}" for key in stale])
    return {key: entries[key].msgstr for key in english}


def _is_fresh(entry: polib.POEntry | None, english: str) -> bool:
    return bool(entry and entry.msgstr and not entry.fuzzy and entry.msgid == english)


def _cell(cell: NotebookNode, lang: str, texts: dict[str, str]) -> NotebookNode:
    """One built cell: its id is the key, its metadata key and tags."""
    key = cell.metadata["key"]
    metadata = {name: cell.metadata[name] for name in ("key", "tags") if name in cell.metadata}
    if cell.cell_type == "markdown":
        text = cell.source if lang == "en" else f'<div dir="rtl" lang="fa">\n\n{texts[key]}\n\n</div>'
        return nbformat.v4.new_markdown_cell(text, id=key, metadata=metadata)
    code = cell.source
    if "parameters" in metadata.get("tags", []):
        code = _LANG.sub(rf'\1"{lang}"', code)
    return nbformat.v4.new_code_cell(code, id=key, metadata=metadata)


def execute(book: NotebookNode, folder: Path) -> NotebookNode:
    """Execute a notebook in `folder` and return it without what changes from run to run."""
    from nbclient import NotebookClient

    lasting = {"record_timing": False, "store_widget_state": False, "coalesce_streams": True}
    quiet = {"timeout": 600, "extra_arguments": ["--IPKernelApp.log_level=40"]}
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, kernel_name="python3", resources=resources, **lasting, **quiet).execute()
    book.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if "form" in cell.metadata.get("tags", []):
            cell.outputs = []
    return book


def unfit(book: NotebookNode) -> Iterator[str]:
    """Yield what must not be stored: warnings, widgets, addresses, paths of this machine, too many bytes."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown = [str(data[kind]) for kind in data if not kind.startswith("image/")]
            text = "\n".join([output.get("text", ""), *shown])
            if output.get("name") == "stderr":
                yield f"cell {cell.id!r} warns: {text.strip()[-300:]}"
            if any(kind.startswith("application/vnd.jupyter.widget") for kind in data):
                yield f"cell {cell.id!r} shows a widget without the tag 'form'"
            if _ADDRESS.search(text):
                yield f"cell {cell.id!r} shows a memory address: {_ADDRESS.search(text)[0]}"
            if str(HERE.parent) in text or str(Path.home()) in text:
                yield f"cell {cell.id!r} shows a path of this machine"
    size = len(nbformat.writes(book).encode())
    if size > LARGEST:
        yield f"{size:,} bytes; a stored notebook has at most {LARGEST:,}"


def same(new: NotebookNode, old: NotebookNode) -> bool:
    """Tell whether two notebooks have the same cells and text outputs and their pictures show the same."""
    return _texts(new) == _texts(old) and all(
        _looks_same(*pair) for pair in zip(_pictures(new), _pictures(old), strict=True)
    )


def _texts(book: NotebookNode) -> str:
    """A notebook as text, its pictures left out."""
    book = nbformat.from_dict(book)
    for output in _outputs(book):
        for kind in [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
            output["data"][kind] = ""
    return nbformat.writes(book)


def _outputs(book: NotebookNode) -> Iterator[NotebookNode]:
    for cell in book.cells:
        yield from cell.get("outputs", [])


def _pictures(book: NotebookNode) -> list[str]:
    return [output["data"]["image/png"] for output in _outputs(book) if "image/png" in output.get("data", {})]


def _looks_same(one: str, other: str) -> bool:
    """Whether two PNG pictures are of one size and differ in no more than a thousandth of their brightness."""
    from PIL import Image, ImageChops, ImageStat

    if one == other:
        return True
    first, second = (Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB") for text in (one, other))
    return first.size == second.size and max(ImageStat.Stat(ImageChops.difference(first, second)).mean) < 0.25


def build(shop: Workshop, name: str, lang: str) -> str:
    """Build one notebook in one language and return "written" or "unchanged"."""
    path = shop.built(name, lang)
    path.parent.mkdir(exist_ok=True)
    book = execute(notebook(shop, name, lang), path.parent)
    if problems := [f"{name} ({lang}): {problem}" for problem in unfit(book)]:
        raise BuildError(problems)
    if path.exists() and same(book, nbformat.read(path, as_version=4)):
        return "unchanged"
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_text(nbformat.writes(book) + "\n", encoding="utf-8")
    aside.replace(path)
    return "written"


def check(shop: Workshop, name: str, lang: str) -> list[str]:
    """Return in which cells a built notebook differs from its source, without executing anything."""
    path = shop.built(name, lang)
    if not path.exists():
        return [f"{path.name} ({lang}) is not built"]
    expected, built = notebook(shop, name, lang), nbformat.read(path, as_version=4)
    if [cell.id for cell in expected.cells] != [cell.id for cell in built.cells]:
        return [f"{name} ({lang}): its cells are not those of the source"]
    pairs = zip(expected.cells, built.cells, strict=True)
    changed = [new.id for new, old in pairs if (new.source, new.metadata) != (old.source, old.metadata)]
    problems = [f"{name} ({lang}): cell {key!r} is not as in the source" for key in changed]
    if expected.metadata != built.metadata:
        problems.append(f"{name} ({lang}): its metadata are not as the builder writes them")
    return problems


def update(shop: Workshop, name: str) -> str:
    """Bring the Persian entries of one notebook into step with its source and return what was done."""
    english, entries = prose(shop.source(name).cells), shop.persian(name)
    for file in shop.catalogues():
        catalogue = polib.pofile(str(file), wrapwidth=118)
        counted = [_stepped(catalogue, entry, name, english) for entry in list(catalogue)]
        if any(counted):
            catalogue.save(str(file))
    missing = [key for key in english if key not in entries]
    if missing:
        _append(shop.catalogue_of(name), name, {key: english[key] for key in missing})
    return f"{len(english)} texts, {len(missing)} new"


def _stepped(catalogue: polib.POFile, entry: polib.POEntry, name: str, english: dict[str, str]) -> bool:
    """Make one entry fuzzy if its English has changed, drop it if its cell is gone; tell whether it was touched."""
    notebook_name, _, key = (entry.msgctxt or "").partition("/")
    if notebook_name != name or entry.msgid == english.get(key):
        return False
    if key not in english:
        catalogue.remove(entry)
        return True
    entry.previous_msgid, entry.msgid = entry.msgid, english[key]
    if not entry.fuzzy:
        entry.flags.append("fuzzy")
    return True


def _append(file: Path, name: str, texts: dict[str, str]) -> None:
    """Write entries that wait for their Persian."""
    catalogue = polib.pofile(str(file), wrapwidth=118) if file.exists() else polib.POFile(wrapwidth=118)
    catalogue.metadata = catalogue.metadata or dict(_PO_HEADER)
    for key, text in texts.items():
        catalogue.append(polib.POEntry(msgctxt=f"{name}/{key}", msgid=text))
    file.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(file))


def _build_all(shop: Workshop, names: list[str], langs: list[str], processes: int) -> list[str]:
    """Build side by side, a line for each notebook, and return what went wrong."""
    problems, start = [], time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        waiting = {pool.submit(build, shop, name, lang): (name, lang) for name in names for lang in langs}
        for number, job in enumerate(as_completed(waiting), 1):
            name, lang = waiting[job]
            failure = job.exception()
            outcome = "failed" if failure else job.result()
            if failure:
                problems.append(f"{name} ({lang}): {failure}")
            seconds = time.monotonic() - start
            print(f"{number:3}/{len(waiting)}  {name:16} {lang}  {outcome:10} {seconds:6.1f} s", flush=True)
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 something to mend, 2 wrong use."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="notebooks such as 04_kpis; none: all")
    parser.add_argument("--lang", choices=LANGS, help="one language only")
    parser.add_argument("--processes", type=int, default=2, help="notebooks executed side by side")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder with src/ and po/")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--update", action="store_true", help="bring the Persian catalogues into step")
    what.add_argument("--check", action="store_true", help="compare with the sources, execute nothing")
    asked = parser.parse_args(arguments)
    shop = Workshop(asked.folder.resolve())
    names, langs = asked.names or shop.names(), [asked.lang] if asked.lang else list(LANGS)
    if unknown := sorted(set(names) - set(shop.names())):
        parser.error(f"no source for {unknown}; there are {shop.names()}")
    try:
        problems = _run(shop, names, langs, asked)
    except BuildError as error:
        problems = [str(error)]
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


def _run(shop: Workshop, names: list[str], langs: list[str], asked: argparse.Namespace) -> list[str]:
    """Do what was asked and return what is to be mended."""
    if asked.update:
        for name in names:
            print(f"{name:16} {update(shop, name)}")
        return []
    if asked.check:
        return [problem for name in names for lang in langs for problem in check(shop, name, lang)]
    for name in names:
        for lang in langs:
            notebook(shop, name, lang)
    return _build_all(shop, names, langs, asked.processes)


if __name__ == "__main__":
    sys.exit(main())
