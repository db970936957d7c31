"""A small engagement with the exports that a test needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cxlib.engagement import folder
from cxlib.intake import read
from cxlib.intake.read import Intake

SETTINGS = """schema: 1
name: Test
timezone: UTC
surveys:
  visit: {kind: transactional, instruments: {nps: nps, csat: csat5, ces: ces2}}
  bare: {kind: relationship, instruments: {nps: nps}}
sources:
"""


@pytest.fixture(scope="session")
def tables() -> Callable[..., Intake]:
    """Writes an engagement with these sources and inbox files, and returns its tables."""

    def made(place: Path, source: str, **files: str | bytes) -> Intake:
        (place / "inbox").mkdir(exist_ok=True)
        (place / "engagement.yaml").write_text(SETTINGS + source, encoding="utf-8")
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (place / "inbox" / name.replace("_csv", ".csv")).write_bytes(data)
        return read.tables(folder.open(place))

    return made


@pytest.fixture(scope="session")
def responses() -> Callable[..., str]:
    """Gives the sources of the table `responses`, one entry a file."""
    return lambda *entries: "  responses:\n" + "".join(f"    - {{{entry}}}\n" for entry in entries)


@pytest.fixture(scope="session")
def logged() -> Callable[[Intake, str], int]:
    """Gives the number of cells or rows that the log counts for a reason."""
    return lambda intake, what: int(intake.log.loc[intake.log["what"] == what, "count"].sum())
