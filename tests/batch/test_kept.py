"""What one job of a client read is kept for the next: the results stay the same, and nobody else ever gets at it."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from cxlib.batch import run
from cxlib.engagement import document, files, folder
from cxlib.errors import CxErrors
from cxlib.intake import export
from cxlib.steps import client as clients
from cxlib.steps import governance, journey
from tests.batch.conftest import Batch

LOOKS = """import os, stat
from cxlib.steps import client
client.open(engagement)
place = os.environ["CX_KEPT"]
print(place, oct(stat.S_IMODE(os.stat(place).st_mode)), len(os.listdir(place)))
print(sorted(os.environ.values()))"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the environment names."""
    monkeypatch.setenv(folder.KEPT, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture(scope="module")
def fresh() -> clients.Client:
    """The sample, read from its files."""
    return clients.open("nikkhaneh")


def alike(one: clients.Client, other: clients.Client) -> None:
    assert one.engagement == other.engagement and one.hashes == other.hashes and list(one.tables) == list(other.tables)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], check_exact=True)
    pd.testing.assert_frame_equal(one.log, other.log)


def test_client_and_sections_are_the_same_from_what_was_kept(fresh, kept: Path, monkeypatch) -> None:
    clients.open("nikkhaneh")
    monkeypatch.setattr(export, "read", None)
    monkeypatch.setattr(files, "parse", None)
    again = clients.open("nikkhaneh")
    alike(fresh, again)
    for step in (journey, governance):
        assert step.section(fresh).json() == step.section(again).json()
    again.table("customers")["segment"] = "changed"
    again.table("staff").iloc[0, 0] = "changed"
    alike(fresh, clients.open("nikkhaneh"))


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data[::-1]],
    ids=["half", "empty", "reversed"],
)
def test_what_is_damaged_is_read_anew(fresh, kept: Path, damage) -> None:
    clients.open("nikkhaneh")
    for path in kept.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    alike(fresh, clients.open("nikkhaneh"))
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}


def test_flipped_bytes_are_noticed(fresh, kept: Path) -> None:
    clients.open("nikkhaneh")
    (tables,) = kept.glob("*.zip")
    whole = tables.read_bytes()
    for at in range(100, len(whole), len(whole) // 4):
        tables.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        alike(fresh, clients.open("nikkhaneh"))


def test_kept_file_tells_the_same_errors_at_the_same_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder.new(tmp_path / "acme")
    (home / "strategy" / "7_improvement.yaml").write_text("schema: 1\n\nactions:\n  - id: A B\n    nam: x\n")
    told = []
    for _ in range(2):
        with pytest.raises(CxErrors) as caught:
            folder.open(home, kept=tmp_path / "kept")
        told.append(str(caught.value))
        monkeypatch.setattr(files, "parse", lambda *_, **__: document.Document(""))
    assert told[0] == told[1] and "4" in told[0]


def test_place_that_cannot_be_written_to_changes_nothing(fresh, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "kept").write_text("no folder")
    monkeypatch.setenv(folder.KEPT, str(tmp_path / "kept"))
    alike(fresh, clients.open("nikkhaneh"))


def test_jobs_of_a_client_share_a_private_place_and_no_other_client_sees_it(batch: Batch, client, notebook) -> None:
    names = ("acme", "zenith", "orion")
    for name in names:
        client(name)
    notebook("00_start", LOOKS)
    notebook("01_vision", LOOKS)
    assert batch.run().is_clean
    places: dict[str, set[str]] = {}
    for name in names:
        for stem in ("00_start", "01_vision"):
            made = nbformat.read(batch.out / name / "all" / "en" / "notebooks" / f"{stem}.ipynb", as_version=4)
            line, surroundings = made.cells[-1].outputs[0]["text"].splitlines()
            place, mode, count = line.rsplit(" ", 2)
            assert mode == "0o700" and int(count)
            assert {word for word in surroundings.split("'") if "/kept/" in word} == {place}
            places.setdefault(name, set()).add(place)
    assert [len(found) for found in places.values()] == [1, 1, 1] and len(set.union(*places.values())) == 3
    assert not batch.litter()


def test_what_a_killed_batch_kept_is_gone_before_the_next_one_begins(batch: Batch, client, notebook) -> None:
    client("acme")
    old = batch.out / ".cx" / "kept" / "1"
    old.mkdir(parents=True)
    (old / "canary").write_text("another client's")
    notebook("00_start", "import os\nprint(os.listdir(os.environ['CX_KEPT']))")
    assert batch.run(where=run.Where(workers=1)).is_clean
    made = nbformat.read(batch.out / "acme" / "all" / "en" / "notebooks" / "00_start.ipynb", as_version=4)
    assert made.cells[-1].outputs[0]["text"] == "[]\n" and not batch.litter()


def test_supervisor_s_own_place_is_not_handed_on(batch: Batch, client, notebook, monkeypatch) -> None:
    client("acme")
    monkeypatch.setenv(folder.KEPT, os.fspath(batch.base / "mine"))
    notebook("00_start", "import os\nassert 'mine' not in os.environ['CX_KEPT']")
    assert batch.run().is_clean
