"""The shipped notebooks, and a client's own copies of them."""

from __future__ import annotations

import re
from pathlib import Path

from cxlib.errors import CxError
from cxlib.share import share

_ENGAGEMENT = re.compile(r'^engagement: str = "[^"]*"', re.MULTILINE)


def shipped(lang: str) -> list[Path]:
    """Return the nine shipped notebooks of a language, in order."""
    return found(share("notebooks") if lang == "en" else share("notebooks", lang))


def found(home: Path) -> list[Path]:
    """Return the numbered notebooks of a folder, in order.

    Raises
    ------
    CxError
        If it has none.
    """
    notebooks = sorted(home.resolve().glob("[0-9][0-9]_*.ipynb"))
    if not notebooks:
        raise CxError("no-notebooks", file=str(home))
    return notebooks


def copy(engagement: Path, *, lang: str) -> list[Path]:
    """Copy the notebooks of a language into ``notebooks/`` of an engagement, set to it and without outputs."""
    import nbformat

    made = []
    (engagement / "notebooks").mkdir(exist_ok=True)
    for path in shipped(lang):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = _ENGAGEMENT.sub('engagement: str = ".."', cell.source)
        target = engagement / "notebooks" / path.name
        nbformat.write(notebook, target)
        made.append(target)
    return made
