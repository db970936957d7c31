"""What all tests share: the optional folder of real files and reference cases, and the size switch.

No example of a property test has a deadline: a busy machine is no defect.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("CX_SHARED", ROOT / ".." / "shared")).resolve()

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="full sizes instead of the reduced ones")


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full sizes were asked for."""
    return request.config.getoption("--soak")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real exports and reference cases, where it exists."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real files and reference cases (CX_SHARED) is not here")
    return SHARED
