"""Processes that crash, hang, are killed, or try to see each other."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from cxlib.batch import pool, run
from cxlib.batch.course import Manner

from .conftest import SECTION, Batch

CRASHES = {
    "10_segfault": ("import ctypes\nctypes.string_at(0)", "signal", "SIGSEGV"),
    "11_exit": ("import os\nos._exit(3)", "exit", "3"),
    "12_loop": ("while True:\n    pass", "time", "6"),
    "13_greedy": ("b = bytearray(3 << 30)", "", "MemoryError"),
    "14_sysexit": ("import sys\nsys.exit(4)", "", "4"),
}


def test_crash_loop_and_greed_end_one_job_each_and_are_named(batch: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", SECTION)
    for name, (source, _, _) in CRASHES.items():
        notebook(name, before="1", guilty=source)
    done = batch.run(manner=Manner(seconds=6, megabytes=1024))
    told = {failure.id.split("/")[-1]: (failure.reason, failure.error) for failure in done.failures}
    assert told == {name: expected for name, (_, *rest) in CRASHES.items() if (expected := tuple(rest))}
    assert {failure.cell for failure in done.failures} == {"guilty"}
    assert done.counts["done"] == 2
    assert batch.litter() == []


def test_no_client_sees_another(batch: Batch, client, notebook, soak: bool) -> None:
    """Canaries in data, environment, files, modules, IPython's store and temporary files."""
    names = [f"client{number:02d}" for number in range(50 if soak else 8)]
    for name in names:
        client(name)
    look = (
        "import os, sys, glob, tempfile, builtins, json\n"
        "own = open(engagement + '/inbox/own.txt').read()\n"
        "seen = [dict(os.environ), sorted(sys.modules), vars(json).get('left'), getattr(builtins, 'left', None),\n"
        "        [open(p).read() for p in glob.glob(tempfile.gettempdir() + '/*') if os.path.isfile(p)],\n"
        "        os.listdir('.')]\n"
        "print(seen)"
    )
    leave = (
        "os.environ['LEFT'] = own; json.left = own; builtins.left = own; sys.modules[own] = sys\n"
        "open(tempfile.gettempdir() + '/left', 'w').write(own); open('left', 'w').write(own)\n"
        "%store own\nprint(own)"
    )
    notebook("04_kpis", "%store -r\n'own' in globals()", SECTION, look, leave)
    assert batch.run().is_clean
    files = batch.files()
    for name in names:
        mine = {path: data for path, data in files.items() if path.startswith(f"{name}/")}
        assert len(mine) == 4
        assert f"secret of {name}".encode() in mine[f"{name}/all/en/notebooks/04_kpis.ipynb"]
        others = [f"secret of {other}".encode() for other in names if other != name]
        assert [path for path, data in mine.items() if any(canary in data for canary in others)] == []


RUNNER = """
import sys
from pathlib import Path
from cxlib.batch import run
from cxlib.batch.course import Manner
from cxlib.batch.plan import Ask, plan
base = Path(sys.argv[1])
made = plan(Ask((str(base / "clients/*"),), base / "out", langs=("en",), notebooks=str(base / "notebooks")))
run.many(made, manner=Manner(), where=run.Where(workers=2), tell=lambda _: None, totals=lambda _: None)
"""


def _tree(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _gone(people: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(people, timeout=10)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(not pool.can_fork(), reason="needs the warm process")
def test_killed_at_any_moment_the_rerun_completes_and_nothing_is_left(
    batch: Batch, client, notebook, soak: bool
) -> None:
    for name in ("acme", "mehr", "novin"):
        client(name)
    notebook("04_kpis", SECTION)
    notebook(
        "05_slow",
        "import subprocess, time\nsleeper = subprocess.Popen(['sleep', '30'])\ntime.sleep(0.5)\nsleeper.kill()",
    )
    assert batch.run().is_clean
    whole = {path: data for path, data in batch.files().items() if not path.endswith(".ipynb")}
    dice = random.Random(20)
    for turn in range(30 if soak else 3):
        for path in (batch.out / "acme", batch.out / "mehr", batch.out / "novin"):
            subprocess.run(["rm", "-rf", str(path)], check=True)
        process = subprocess.Popen([sys.executable, "-c", RUNNER, str(batch.base)], stderr=subprocess.DEVNULL)
        victim = ("supervisor", "zygote", "child")[turn % 3]
        people = _kill(process, victim, dice)
        process.wait(timeout=120)
        assert _gone(people), f"{victim} killed in turn {turn}"
        assert batch.run().is_clean
        assert {path: data for path, data in batch.files().items() if not path.endswith(".ipynb")} == whole
        assert batch.litter() == []


def _kill(process: subprocess.Popen, victim: str, dice: random.Random) -> list[psutil.Process]:
    """Kill one of the processes at a random moment once it is there; return all that must end."""
    people: dict[int, psutil.Process] = {}
    moment = None
    while process.poll() is None:
        tree = _tree(process)
        people |= {one.pid: one for one in tree}
        there = {"supervisor": [process], "zygote": tree[:1], "child": tree[1:]}[victim]
        if there and moment is None:
            moment = time.monotonic() + dice.uniform(0, 1.0 if victim == "child" else 8.0)
        if there and time.monotonic() >= moment:
            os.kill(there[0].pid, signal.SIGKILL)
            break
        time.sleep(0.05)
    if victim == "supervisor":
        process.wait()
    return list(people.values())


def test_interrupted_batch_ends_its_children_and_goes_on_later(batch: Batch, client, notebook) -> None:
    for name in ("acme", "mehr"):
        client(name)
    notebook("04_kpis", "import time, os\nif not os.path.exists(engagement + '/../../calm'):\n    time.sleep(60)")
    process = subprocess.Popen([sys.executable, "-c", RUNNER, str(batch.base)], stderr=subprocess.DEVNULL)
    while len(_tree(process)) < 2:
        time.sleep(0.1)
    people = _tree(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) != 0
    assert _gone(people)
    assert {record.state for record in batch.records()} == {"interrupted"}
    assert batch.litter() == []
    (batch.base / "calm").touch()
    assert batch.run().is_clean


def test_stock_kernels_do_the_same_where_fork_is_not_to_be_had(own: Batch, client, notebook, monkeypatch) -> None:
    monkeypatch.setattr(pool, "can_fork", lambda: False)
    client("acme")
    notebook("04_kpis", SECTION)
    notebook("05_loop", "import time\ntime.sleep(600)")
    done = own.run(manner=Manner(seconds=25))
    assert [(failure.id, failure.reason) for failure in done.failures] == [("acme/all/en/05_loop", "time")]
    assert done.counts["done"] == 2
    assert own.litter() == []
    assert run.Where().engine == "cx"
