"""The same jobs on dask.distributed, one worker killed in the middle."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

import psutil
import pytest

from cxlib.batch import cluster, run
from cxlib.errors import CxError

from .conftest import SECTION, Batch, marked

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_killed_worker_costs_time_and_nothing_else(own: Batch, batch: Batch, client, notebook, monkeypatch) -> None:
    """The results are those of a run on this machine that nobody disturbed, and no process is left."""
    for number in range(4):
        client(f"c{number}")
    notebook("04_kpis", SECTION, "import time\ntime.sleep(1)")
    batch.out = batch.base / "undisturbed"
    assert batch.run().is_clean
    monkeypatch.setenv("CX_TEST_MARK", "cluster")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        threading.Thread(target=_kill_a_busy_worker, args=[made], daemon=True).start()
        done = own.run(where=run.Where(cluster=made.scheduler_address, workers=2))
    assert done.failures == []
    assert done.counts["done"] == 8
    assert own.results() == batch.results()
    assert own.litter() == []
    patience = time.monotonic() + 30
    while _left() and time.monotonic() < patience:
        time.sleep(0.2)
    assert _left() == []


def _left() -> list[list[str]]:
    """What still runs of the cluster, but for the helper that Python keeps for this process itself."""
    lines = []
    for one in marked("cluster"):
        with suppress(psutil.Error):
            lines.append(one.cmdline())
    return [line for line in lines if not any("resource_tracker" in word for word in line)]


def _kill_a_busy_worker(made) -> None:
    """Kill the first worker that has started on a job."""
    with distributed.Client(made) as asking:
        while not any(asking.processing().values()):
            time.sleep(0.2)
        time.sleep(1)
        busy = next(name for name, jobs in asking.processing().items() if jobs)
        os.kill(asking.run(os.getpid)[busy], signal.SIGKILL)


def test_nobody_at_the_address(own: Batch, monkeypatch) -> None:
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(CxError, match=r"Nobody answers at tcp://127\.0\.0\.1:9"),
        cluster.pool("tcp://127.0.0.1:9", workers=1),
    ):
        pass
