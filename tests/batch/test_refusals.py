"""What the machine refuses: a full disk, a folder only for reading, an input that goes, a clock that goes back."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxlib import cli
from cxlib.batch import pool, run
from cxlib.batch.course import Manner
from cxlib.batch.job import Job
from cxlib.errors import CxError, Stopped

from .conftest import SECTION, Batch

BIG = "if 'acme' in engagement:\n    print('x' * (1 << 21))"
ROOM = 4 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Makes the output folder a small file system of its own."""
    out = tmp_path / "out"

    def mount(*options: str) -> None:
        out.mkdir(exist_ok=True)
        made = subprocess.run(["mount", *options, str(out)], capture_output=True, text=True)
        if made.returncode:
            pytest.skip(f"needs the right to mount a file system: {made.stderr.strip()}")

    if not shutil.which("mount"):
        pytest.skip("needs the command mount")
    yield mount
    subprocess.run(["umount", str(out)], capture_output=True)


@pytest.fixture
def full(disk, batch: Batch, client, notebook) -> Callable[[int], None]:
    """A disk of 4 MB that has only so many bytes free, and two clients, one of which prints 2 MB."""
    for name in ("acme", "mehr"):
        client(name)
    notebook("04_kpis", SECTION)
    disk("-t", "tmpfs", "-o", f"size={ROOM}", "none")

    def leave(free: int) -> None:
        (batch.out / "filler").write_bytes(b"0" * (shutil.disk_usage(batch.out).free - free))

    return leave


def _completes(batch: Batch, jobs: int) -> None:
    """After room is made the same command finishes, and nothing half lies about."""
    (batch.out / "filler").unlink()
    done = batch.run()
    assert done.is_clean, done.failures
    assert sum(done.counts.values()) == jobs
    assert batch.litter() == []


def test_disk_full_while_a_notebook_is_written(full, batch: Batch, notebook, alone) -> None:
    notebook("05_big", BIG)
    full(1 << 20)
    one = alone("--workers", "1")
    assert one.run() == cli.FOUND
    assert "FAILED acme/all/en/05_big" in one.said
    assert "No space left on device" in one.said and "Look at free disk space" in one.said
    assert "FAILED mehr" not in one.said
    assert not list(batch.out.rglob("05_big*")) or "acme" not in str(list(batch.out.rglob("05_big*")))
    assert batch.litter() == one.leftovers() == []
    _completes(batch, 6)


def test_disk_full_while_a_report_is_written(full, batch: Batch, alone) -> None:
    full(96 << 10)
    one = alone("--workers", "1", CX_LANG="fa")
    assert one.run() == cli.FOUND
    assert "acme/all/en/report" in one.said and "mehr/all/en/report" in one.said
    assert "فضای آزاد دیسک" in one.said
    assert list(batch.out.rglob("report*")) == []
    assert len(list(batch.out.rglob("04_kpis.ipynb"))) == 2
    assert batch.litter() == one.leftovers() == []
    _completes(batch, 4)


@pytest.mark.parametrize("free", [0, 4096, 20480], ids=["nothing", "lock-only", "first-records"])
def test_disk_full_while_the_ledger_is_written(full, batch: Batch, alone, free: int) -> None:
    full(free)
    one = alone("--workers", "1")
    assert one.run() == cli.FOUND
    assert "full" in one.complained or "No space left" in one.complained, one.complained
    assert str(batch.out) in one.complained or ".cx/ledger.sqlite" in one.complained
    assert "Traceback" not in one.complained
    assert one.leftovers() == []
    _completes(batch, 4)


def test_disk_full_at_the_page_does_not_hide_what_was_done(batch: Batch, client, notebook, monkeypatch) -> None:
    from cxlib.batch import page

    client("acme")
    notebook("04_kpis", SECTION)
    batch.run()
    ledger = run.known(batch.out)
    batch.out.joinpath("index.html").mkdir()
    with pytest.raises(Stopped, match=r"(?s)index\.html.*what is finished stays finished"):
        page.write(ledger, batch.out, lang="en")
    ledger.close()
    assert batch.litter() == []


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_output_that_is_only_for_reading(disk, batch: Batch, client, notebook, capsys, monkeypatch, lang: str) -> None:
    """Nothing runs; what stands there can still be read."""
    client("acme")
    notebook("04_kpis", SECTION)
    disk("-t", "tmpfs", "none")
    batch.run()
    disk("-o", "remount,ro", "-t", "tmpfs", "none")
    before = batch.files()
    monkeypatch.setenv("CX_LANG", lang)
    given = [str(batch.base / "clients/*"), "--notebooks", str(batch.base / "notebooks"), "--lang", "en"]
    assert cli.main(["batch", *given, "--again", "--out", str(batch.out)]) == cli.WRONG_USE
    told = capsys.readouterr().err
    assert str(batch.out) in told and "Read-only file system" in told
    assert ("Nothing was run" if lang == "en" else "چیزی اجرا نشد") in told
    assert cli.main(["batch", "--status", "--out", str(batch.out)]) == cli.FINE
    assert cli.main(["batch", *given, "--dry-run", "--out", str(batch.out)]) == cli.FINE
    assert batch.files() == before


def test_input_that_vanishes_under_a_notebook_is_not_a_failure_for_good(batch: Batch, client, notebook) -> None:
    """Put back, the same files run without being asked for: the cell was not at fault."""
    home = client("acme")
    notebook(
        "04_kpis",
        f"import os, shutil\nif not os.path.exists({str(batch.base / 'calm')!r}):\n"
        f"    shutil.move(engagement + '/inbox/own.txt', {str(batch.base / 'away')!r})\n"
        "open(engagement + '/inbox/own.txt').read()",
        SECTION,
    )
    done = batch.run()
    assert [(failure.id, failure.reason, failure.cell) for failure in done.failures] == [
        ("acme/all/en/04_kpis", "changed", "cell-0"),
        ("acme/all/en/report", "changed", ""),
    ]
    assert not list(batch.out.rglob("04_kpis.ipynb"))
    (batch.base / "calm").touch()
    shutil.move(batch.base / "away", home / "inbox" / "own.txt")
    assert batch.why()["acme/all/en/04_kpis"] == "interrupted"
    assert batch.run().is_clean


def test_result_of_an_input_that_changed_is_not_kept(batch: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", SECTION, "open(engagement + '/inbox/own.txt', 'a').write('!')")
    done = batch.run()
    assert {failure.reason for failure in done.failures} == {"changed"}
    assert batch.files() == {}


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_client_that_vanishes_during_the_run_is_refused_and_the_others_go_on(
    batch: Batch, client, notebook, lang: str
) -> None:
    for name in ("acme", "mehr", "novin", "zand"):
        client(name)
    gone = batch.base / "clients" / "zand"
    notebook("04_kpis", f"import shutil\nshutil.rmtree({str(gone)!r}, ignore_errors=True)")
    done = batch.run(where=run.Where(workers=1), manner=Manner(lang=lang))
    assert done.counts == {"done": 6, "current": 0, "failed": 0, "refused": 1}
    assert done.failures[0].id == "zand/all/-/-"
    assert str(gone) in done.failures[0].error
    assert ("engagement" if lang == "en" else "پروژه") in done.failures[0].error
    assert (batch.events[-1].done, batch.events[-1].total) == (7, 7)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_clock_that_went_back_is_told_and_changes_nothing(batch: Batch, client, notebook, monkeypatch, lang) -> None:
    from cxlib.batch import told

    client("acme")
    notebook("04_kpis", SECTION)
    assert not batch.run().is_clock_back
    whole = batch.results()
    monkeypatch.setattr("time.time", lambda: 86400.0)
    (batch.out / "acme/all/en/report.pdf").unlink()
    done = batch.run()
    assert done.counts == {"done": 1, "current": 1, "failed": 0, "refused": 0}
    assert batch.results() == whole
    assert ("clock" if lang == "en" else "ساعت") in told.totals(done, lang)
    assert time.time() == 86400.0


@pytest.mark.parametrize("key", ["batch-stopped", "batch-input", "batch-ledger", "batch-not-writable", "batch-held"])
def test_messages_stand_in_both_languages(key: str) -> None:
    error = CxError(key, file="/out/x", found="No space left on device", host="a", since="b")
    assert all("No space left on device" in error.text(lang) for lang in ("en", "fa"))
    assert error.text("en") != error.text("fa")


def test_a_warm_process_with_a_foreign_thread_is_refused_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = "import threading, time\nthreading.Thread(target=time.sleep, args=[60], daemon=True).start()\n"
    (tmp_path / "sitecustomize.py").write_text(stranger, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pool.pool("cx", workers=1) as warm:
        for number in range(2):
            job = Job(f"acme/all/en/{number}", "notebook", str(tmp_path), str(tmp_path / "work"), {"lang": "en"})
            with pytest.raises(Stopped, match="--engine kernel"):
                warm.submit(None, job).result(timeout=60)
