"""Ctrl-C in a terminal, a scheduler's SIGTERM, two batches on one folder, and what the command tells meanwhile."""

from __future__ import annotations

import json
import os
import signal
import socket
import time

import pytest

from cxlib import cli
from cxlib.batch import lock, pool, run
from cxlib.errors import CxError

from .conftest import SECTION, Alone, Batch

pytestmark = pytest.mark.skipif(not pool.can_fork(), reason="needs the warm process")
WAITS = """import os, subprocess, time
sleeper = None if os.path.exists(engagement + '/../../calm') else subprocess.Popen(['sleep', '120'])
sleeper and sleeper.wait()"""


@pytest.fixture
def busy(client, notebook) -> None:
    """Two clients whose notebooks hang until there is a file `calm`."""
    for name in ("acme", "mehr"):
        client(name)
    notebook("04_kpis", WAITS)


def _is_clean(one: Alone, batch: Batch) -> None:
    """Nothing is left, and the same command goes on to the end."""
    assert one.is_gone(), [left.cmdline() for left in one.family()]
    (batch.base / "calm").touch()
    assert batch.run().is_clean
    assert one.leftovers() == []
    assert batch.litter() == []


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_interrupt_key_in_a_terminal(batch: Batch, busy, alone, times: int) -> None:
    pexpect = pytest.importorskip("pexpect")
    one = alone()
    terminal = pexpect.spawn(one.command[0], one.command[1:], env=one.environment, timeout=120, encoding="utf-8")
    terminal.expect("0/4")
    _until(lambda: sum("sleep" in "".join(left.cmdline()) for left in one.family()) == 2)
    begun = time.monotonic()
    for _ in range(times):
        terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == cli.INTERRUPTED
    assert time.monotonic() - begun < 20
    assert one.is_gone()
    if times == 1:
        assert "Interrupted" in terminal.before
        assert {record.state for record in batch.records()} == {"interrupted"}
        assert batch.litter() == one.leftovers() == []
    _is_clean(one, batch)


def test_scheduler_that_ends_a_batch_leaves_it_resumable(batch: Batch, busy, alone) -> None:
    one = alone("--json").start()
    _until(lambda: len(one.children()) == 2)
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(timeout=60) == cli.INTERRUPTED
    assert {record.state for record in batch.records()} == {"interrupted"}
    assert batch.litter() == []
    _is_clean(one, batch)


def test_two_batches_on_one_folder_and_a_holder_that_is_killed(batch: Batch, busy, alone, capsys, monkeypatch) -> None:
    first = alone("--json").start()
    _until(lambda: len(first.children()) == 2)
    for lang, words in (("en", f"process {first.process.pid:,} on"), ("fa", "دستهٔ دیگری")):
        monkeypatch.setenv("CX_LANG", lang)
        assert cli.main(first.command[3:]) == cli.WRONG_USE
        told = capsys.readouterr().err
        assert words in told or words.replace(",", "") in told
        assert str(batch.out) in told
    monkeypatch.delenv("CX_LANG")
    assert cli.main(["batch", "--status", "--out", str(batch.out)]) == cli.FINE
    assert "running: 2" in capsys.readouterr().out
    assert sum(record.state == "running" for record in batch.records()) == 2
    first.process.kill()
    first.process.wait()
    _is_clean(first, batch)


def test_lock_of_another_machine(own: Batch, client, notebook, monkeypatch) -> None:
    """A note that a dead batch left says nothing; a lock that is held says on which machine."""
    client("acme")
    notebook("04_kpis", "1")
    (own.out / ".cx").mkdir(parents=True)
    note = json.dumps({"pid": 1, "host": "node17", "since": "2020-01-01 00:00:00"})
    (own.out / ".cx" / "lock").write_text(note)
    with lock.held(own.out):
        assert socket.gethostname() in (own.out / ".cx" / "lock").read_text()
        (own.out / ".cx" / "lock").write_text(note)
        with pytest.raises(CxError, match="process 1 on node17, since 2020"), lock.held(own.out):
            pass


def test_status_knows_every_state(batch: Batch, client, notebook, capsys) -> None:
    client("acme"), client("mehr")
    notebook("04_kpis", SECTION)
    notebook("05_bad", broken='assert "acme" not in engagement, "as planned"')
    batch.run()
    ledger = run.known(batch.out)
    for step, state in (("04_kpis", "running"), ("05_bad", "interrupted")):
        record = ledger.find(f"mehr/all/en/{step}")
        ledger.save(type(record)(**vars(record) | {"state": state}))
    ledger.close()
    expected = {
        "en": ("done: 3", "failed: 1", "running: 1", "interrupted: 1", "FAILED acme/all/en/05_bad, cell broken:"),
        "fa": ("انجام شد", "acme/all/en/05_bad", "as planned"),
    }
    for lang, texts in expected.items():
        os.environ["CX_LANG"] = lang
        try:
            assert cli.main(["batch", "--status", "--out", str(batch.out)]) == cli.FINE
        finally:
            del os.environ["CX_LANG"]
        told = capsys.readouterr().out
        assert [text for text in texts if text not in told] == []


def test_events_and_plain_lines_of_a_pipe(batch: Batch, client, notebook, alone, capsys) -> None:
    """The documented form of `--json`; without it whole lines on the error stream and no control characters."""
    client("acme"), client("mehr")
    (batch.base / "clients" / "mehr" / "engagement.yaml").write_text("schema: 1\nnaem: x\n")
    notebook("04_kpis", SECTION)
    notebook("05_bad", broken="1/0")
    one = alone("--json")
    assert one.run() == cli.FOUND
    always = {"state", "job", "seconds", "done", "total", "running", "failed"}
    for event in one.events:
        extra = {"cell", "reason", "error"} if event["state"] in ("failed", "refused") else set()
        assert event.keys() == always | extra
    assert [event["state"] for event in one.events] == ["refused", "done", "failed", "done"]
    assert [event["done"] for event in one.events] == [1, 2, 3, 4]
    assert one.events[-1]["total"] == 4
    assert one.complained == ""
    assert cli.main([*one.command[3:-1], "--retry-failed"]) == cli.FOUND
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert [line.split()[0] for line in lines] == ["[1/4]", "[3/4]"]
    assert "acme/all/en/05_bad: failed" in lines[1]
    assert "\x1b" not in told.err + told.out and "\r" not in told.err


def _until(holds) -> None:
    patience = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.1)
