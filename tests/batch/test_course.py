"""What runs, what is skipped, what is told when something fails."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cxlib.batch import lock, run
from cxlib.batch.course import Manner
from cxlib.errors import CxError

from .conftest import SECTION, Batch


def test_unchanged_client_is_skipped_and_a_change_says_why(batch: Batch, client, notebook) -> None:
    for name in ("acme", "mehr"):
        client(name)
    notebook("04_kpis", SECTION)
    first = batch.run()
    assert first.counts == {"done": 4, "current": 0, "failed": 0, "refused": 0}
    before = batch.files()
    assert sorted(before) == sorted(
        f"{name}/all/{file}"
        for name in ("acme", "mehr")
        for file in ("en/notebooks/04_kpis.ipynb", "en/report.html", "en/report.pdf", "sections/04.json")
    )
    assert batch.run().counts["current"] == 4
    assert batch.files() == before
    assert batch.why() == {}
    (batch.base / "clients/acme/inbox/own.txt").write_text("new data", encoding="utf-8")
    assert batch.why() == {"acme/all/en/04_kpis": "inputs", "acme/all/en/report": "sections"}
    assert batch.why(seed=1).keys() == {
        f"{name}/all/en/{step}" for name in ("acme", "mehr") for step in ("04_kpis", "report")
    }
    (batch.out / "mehr/all/en/report.pdf").unlink()
    assert batch.why()["mehr/all/en/report"] == "output"
    assert batch.run().counts == {"done": 3, "current": 1, "failed": 0, "refused": 0}
    assert json.loads((batch.out / "acme/all/sections/04.json").read_text())["step"] == "kpis"
    assert batch.litter() == []


def test_private_key_and_notebook_count_as_inputs(batch: Batch, client, notebook) -> None:
    home = client("acme")
    notebook("04_kpis", "1")
    batch.run()
    key = (home / ".cx-key").read_text()
    (home / ".cx-key").write_text(key[::-1])
    assert set(batch.why().values()) == {"inputs"}
    (home / ".cx-key").write_text(key)
    notebook("04_kpis", "2")
    assert batch.why() == {"acme/all/en/04_kpis": "notebook", "acme/all/en/report": "sections"}


def test_failure_names_client_notebook_cell_and_the_rest_goes_on(batch: Batch, client, notebook) -> None:
    client("acme"), client("mehr")
    notebook("04_kpis", SECTION)
    notebook("05_bad", first="1", broken='if "acme" in engagement:\n    raise ValueError("no such table")')
    done = batch.run()
    assert done.counts == {"done": 5, "current": 0, "failed": 1, "refused": 0}
    (failure,) = done.failures
    assert (failure.id, failure.cell, failure.error) == ("acme/all/en/05_bad", "broken", "no such table")
    assert (batch.out / "acme/all/en/notebooks/05_bad.failed.ipynb").exists()

    assert batch.why() == {"acme/all/en/05_bad": "failed", "acme/all/en/report": "sections"}
    assert batch.run().counts == {"done": 0, "current": 5, "failed": 1, "refused": 0}
    notebook("05_bad", "1")
    assert batch.run().counts == {"done": 2, "current": 4, "failed": 0, "refused": 0}
    assert not (batch.out / "acme/all/en/notebooks/05_bad.failed.ipynb").exists()


def test_retry_failed_runs_the_same_inputs_again(batch: Batch, client, notebook, tmp_path: Path) -> None:
    client("acme")
    notebook("04_kpis", f"open({str(tmp_path / 'there')!r}).read()")
    assert batch.run().counts["failed"] == 1
    (tmp_path / "there").write_text("x")
    assert batch.run().counts["failed"] == 1
    assert batch.run(manner=Manner(retry=True)).counts["failed"] == 0


def test_fail_fast_stops_and_the_next_run_goes_on(own: Batch, client, notebook) -> None:
    for number in range(6):
        client(f"c{number}")
    notebook("04_kpis", 'assert "c0" not in engagement')
    with pytest.raises(CxError, match="Stopped at the first failure, as asked: c0/all/en/04_kpis"):
        own.run(manner=Manner(fail_fast=True), where=run.Where(workers=1))
    assert own.litter() == []
    counts = own.run().counts
    assert counts["failed"] == 1
    assert counts["done"] >= 8


def test_nothing_runs_if_a_parameter_is_unknown_or_mistyped(own: Batch, client, notebook) -> None:
    client("acme")
    path = notebook("04_kpis", "1")
    path.write_text(path.read_text().replace("seed: int = 0", "seed: str = ''"))
    with pytest.raises(CxError, match=r"(?s)Parameter 'seed' of 04_kpis.ipynb is 0.*type str.*Nothing was run"):
        own.run()
    path.write_text(path.read_text().replace("seed: str = ''", "sede: int = 0"))
    with pytest.raises(CxError, match="did you mean 'sede'"):
        own.run()
    assert not own.out.exists()


def test_a_client_whose_settings_are_wrong_is_refused_and_the_others_run(batch: Batch, client, notebook) -> None:
    client("acme"), client("mehr")
    (batch.base / "clients/mehr/engagement.yaml").write_text("schema: 1\nnaem: x\n")
    notebook("04_kpis", "1")
    done = batch.run()
    assert done.counts == {"done": 2, "current": 0, "failed": 0, "refused": 1}
    assert "naem" in done.failures[0].error


def test_two_clients_of_one_name_are_not_run(own: Batch, client, notebook, tmp_path: Path) -> None:
    home = client("acme")
    notebook("04_kpis", "1")
    shutil.copytree(home, tmp_path / "other" / "acme")
    with pytest.raises(CxError, match="Two engagements are called acme"):
        own.run(str(home), str(tmp_path / "other" / "acme"))


def test_a_link_out_of_the_engagement_is_refused(batch: Batch, client, notebook) -> None:
    client("acme"), client("mehr")
    notebook("04_kpis", "1")
    (batch.base / "clients/acme/inbox/stolen.txt").symlink_to(batch.base / "clients/mehr/inbox/own.txt")
    done = batch.run()
    assert done.counts["refused"] == 1
    assert "inbox/stolen.txt leads out of the engagement folder" in done.failures[0].error
    assert done.counts["done"] == 2


def test_dry_run_writes_nothing(own: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", "1")
    assert own.why() == {"acme/all/en/04_kpis": "new", "acme/all/en/report": "new"}
    assert not own.out.exists()


def test_notebook_edited_during_the_run_is_run_as_it_was(batch: Batch, client, notebook) -> None:
    client("acme")
    path = notebook("04_kpis", "'as it was'")
    notebook(
        "05_editor", f"p = {str(path)!r}\ns = open(p).read().replace('as it was', 'edited')\nopen(p, 'w').write(s)"
    )
    done = batch.run()
    assert [edited.name for edited in done.edited] == ["04_kpis.ipynb"]
    assert b"as it was" in batch.files()["acme/all/en/notebooks/04_kpis.ipynb"]
    assert batch.why()["acme/all/en/04_kpis"] == "notebook"


def test_second_batch_on_one_folder_says_who_holds_it(batch: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", "1")
    with lock.held(batch.out), pytest.raises(CxError, match=f"process {os.getpid():,} on|process {os.getpid()} on"):
        batch.run()
    assert batch.run().is_clean


@pytest.mark.skipif(
    os.geteuid() == 0 and not Path("/proc/self").exists(), reason="needs a file system with permissions"
)
def test_output_that_cannot_be_written_to_is_told_before_anything_runs(own: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", "1")
    own.out.write_text("a file where the folder should be")
    with pytest.raises(CxError, match=r"(?s)cannot be written to.*Nothing was run"):
        own.run()


def test_full_disk_stops_with_a_message_and_the_rerun_completes(own: Batch, client, notebook, monkeypatch) -> None:
    import sqlite3

    client("acme"), client("mehr")
    notebook("04_kpis", "1")
    real = run.Ledger.save
    calls = []

    def full(self, record) -> None:
        calls.append(record)
        if len(calls) == 5:
            from cxlib.batch.ledger import _readable

            with _readable():
                raise sqlite3.OperationalError("database or disk is full")
        real(self, record)

    monkeypatch.setattr(run.Ledger, "save", full)
    with pytest.raises(CxError, match=r"(?s)disk is full.*Make room"):
        own.run()
    monkeypatch.setattr(run.Ledger, "save", real)
    assert own.run().is_clean
    assert len(own.files()) == 6
    assert own.litter() == []


def test_failed_jobs_that_a_system_stopped_run_again(batch: Batch, client, notebook) -> None:
    client("acme")
    notebook(
        "04_kpis",
        "import os\nos.kill(os.getpid(), 9)",
    )
    done = batch.run()
    assert [failure.reason for failure in done.failures] == ["signal"]
    assert done.failures[0].cell == "cell-0"
    assert batch.why()["acme/all/en/04_kpis"] == "interrupted"


def test_one_client_run_has_the_layout_of_outputs(batch: Batch, client, notebook, tmp_path: Path) -> None:
    home = client("acme")
    notebook("04_kpis", SECTION)
    notebook("05_bad", "1/0")
    told: list[tuple[str, int, int]] = []
    done = run.run(
        home,
        out=batch.out,
        langs=["en", "fa"],
        notebooks=tmp_path / "notebooks",
        progress=lambda outcome, number, total: told.append((outcome.name, number, total)),
    )
    assert [outcome.name for outcome in done.failed] == ["en/05_bad", "fa/05_bad"]
    assert done.place == batch.out.resolve() / "acme" / "all"
    assert {kind for files in done.reports.values() for kind in files} == {"html", "pdf"}
    assert told[-1][1:] == (6, 6)
    assert run.run(home, out=batch.out, langs=["en"], notebooks=tmp_path / "notebooks").place == done.place
