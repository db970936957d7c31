"""A small engagement to break: the commented skeleton with its examples switched on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxlib.engagement import folder


def with_examples(path: Path) -> Path:
    """Switch the commented examples of a new engagement on, as an editor's "uncomment" does."""
    for file in path.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"^(\w+): (\[\]|\{\})[ ]*$(?=\n#  )", r"\1:", text, flags=re.M)
        file.write_text(re.sub(r"^#(?=  )", "", text, flags=re.M), encoding="utf-8")
    return path


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """An English engagement with a decision of every kind and two exports."""
    path = with_examples(folder.new(tmp_path / "acme", name="Acme"))
    for name in ("survey.csv", "tickets.csv"):
        (path / "inbox" / name).write_text("id\n1\n", encoding="utf-8")
    return path
