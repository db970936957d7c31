"""The words of the synthetic sections are in the catalogue while these tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ink.fixtures import sections


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    with sections.words():
        yield
