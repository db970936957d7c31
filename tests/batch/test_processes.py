"""Processes that crash, hang or take too much; stock kernels where there is no warm process."""

from __future__ import annotations

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
