"""kill -9 at any moment, of any process: the rerun completes, the results are the same, and nothing is left behind."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cxlib.batch import pool
from cxlib.share import share

from .conftest import SECTION, Alone, Batch

pytestmark = pytest.mark.skipif(not pool.can_fork(), reason="needs the warm process")
VICTIMS = ("supervisor", "zygote", "child")
CLIENTS = ("acme", "mehr", "novin")
JOBS = 3 * len(CLIENTS)
SLOW = "import subprocess, time\nsleeper = subprocess.Popen(['sleep', '60'])\ntime.sleep(0.3)\nsleeper.kill()"
# Ends the supervisor within the write of a record: a clock starts with the write and strikes before, in or after it.
AT_WRITE = """
import os, signal, threading
from cxlib.batch.ledger import Ledger
real, left = Ledger.save, [{turn}]
def save(self, record):
    left[0] -= 1
    if not left[0]:
        threading.Timer({delay}, os.kill, [os.getpid(), signal.SIGKILL]).start()
    real(self, record)
Ledger.save = save
"""


@pytest.fixture
def undisturbed(batch: Batch, client, notebook) -> dict[str, object]:
    """Three small clients, and the results of a run that nobody disturbs."""
    for name in CLIENTS:
        client(name)
    notebook("04_kpis", SECTION)
    notebook("05_slow", SLOW)
    assert batch.run().is_clean
    return batch.results()


def test_killed_at_random_moments(batch: Batch, undisturbed, alone, soak: bool) -> None:
    """The moments lie in the whole run: planning and warming up, notebooks, reports, the last steps."""
    dice = random.Random(20)
    for turn in range(30 if soak else 3):
        victim = VICTIMS[turn % 3]
        after = dice.randrange(-1, JOBS) if soak else (JOBS - 4, 2, 0)[turn]
        _killed_and_run_again(batch, undisturbed, alone, victim, after, dice)


def test_supervisor_killed_while_it_writes_the_ledger(batch: Batch, undisturbed, alone, soak: bool) -> None:
    dice = random.Random(21)
    for turn in (2, 3, 7, 12, 18) if soak else (7,):
        _begin_anew(batch)
        one = alone("--json", prelude=AT_WRITE.format(turn=turn, delay=dice.uniform(0, 0.004))).start()
        assert one.process.wait(timeout=120) == -signal.SIGKILL
        _is_whole_again(batch, one, undisturbed)


def test_real_notebook_killed(batch: Batch, client, alone, tmp_path: Path, soak: bool) -> None:
    """The shipped sample with its KPIs and the whole report."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(share("notebooks", "04_kpis.ipynb"), tmp_path / "notebooks")
    home = shutil.copytree(share("data", "nikkhaneh"), tmp_path / "clients" / "nikkhaneh")
    (home / ".cx-key").write_text("0123456789abcdef" * 4 + "\n", encoding="utf-8")
    assert batch.run().is_clean
    undisturbed = batch.results()
    assert len(undisturbed) >= 4
    dice = random.Random(22)
    for victim in VICTIMS * 2 if soak else ("child",):
        _killed_and_run_again(batch, undisturbed, alone, victim, 0, dice, longest=3.0)


def _killed_and_run_again(
    batch: Batch, undisturbed, alone, victim: str, after: int, dice, longest: float = 0.6
) -> None:
    """Kill a process some time after so many jobs have ended; -1 is any moment from the start on."""
    _begin_anew(batch)
    one = alone("--json").start()
    _wait(one, lambda: len(one.events) >= after)
    there = {"supervisor": lambda: [one.process], "zygote": one.zygote, "child": one.children}[victim]
    if victim != "supervisor":
        _wait(one, there)
    time.sleep(dice.uniform(0, 6.0 if after < 0 else longest))
    while victim == "child" and one.process.poll() is None and not there():
        time.sleep(0.02)
    with suppress(ProcessLookupError, IndexError):
        os.kill(dice.choice(there()).pid, signal.SIGKILL)
    assert one.process.wait(timeout=180) in ((-signal.SIGKILL, 0) if victim == "supervisor" else (0, 1)), one.complained
    _is_whole_again(batch, one, undisturbed)


def _wait(one: Alone, holds) -> None:
    while one.process.poll() is None and not holds():
        time.sleep(0.02)


def _begin_anew(batch: Batch) -> None:
    for path in batch.out.iterdir():
        if path.name != ".cx":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_whole_again(batch: Batch, one: Alone, undisturbed) -> None:
    """No process is left; a rerun completes; the results are as undisturbed; nothing lies about."""
    assert one.is_gone(), [(left.pid, left.cmdline()) for left in one.family()]
    assert batch.run().is_clean
    assert batch.results() == undisturbed
    assert {record.state for record in batch.records()} == {"done"}
    assert one.leftovers() == []
    assert batch.litter() == []


WRITER = """
import sys
from pathlib import Path
from cxlib.batch.ledger import Ledger, Record
ledger = Ledger(Path(sys.argv[1]))
print(flush=True)
turn = 0
while True:
    turn += 1
    for job in range(20):
        facts = {"kpis": [turn] * 200}
        ledger.save(Record(f"{job:02d}", "acme", "all", "en", "04_kpis", "done", memory=turn, facts=facts))
"""


def test_ledger_is_whole_whenever_its_writer_dies(tmp_path: Path, soak: bool) -> None:
    """Every record is one that was saved: all of it or nothing of it."""
    from cxlib.batch.ledger import Ledger

    dice, path = random.Random(23), tmp_path / "ledger.sqlite"
    for _ in range(30 if soak else 5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(dice.uniform(0, 0.2))
            writer.kill()
        ledger = Ledger(path)
        records = list(ledger.records())
        ledger.close()
        assert all(record.facts == {"kpis": [record.memory] * 200} for record in records)
        with sqlite3.connect(path) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        base.close()
