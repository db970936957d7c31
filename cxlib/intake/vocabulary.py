"""The words by which data are understood: month names, yes and no, answer labels. They live in data files.

Each file of ``cxlib/intake/words`` holds words of several languages, so a language is added without touching code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "words"


@cache
def vocabulary(name: str) -> Any:
    """Return the content of the words file with this name.

    Examples
    --------
    >>> "farvardin" in vocabulary("days")["months"]["jalali"][0]
    True
    """
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
