"""The same jobs on a cluster of `dask.distributed`; the output folder must be one that every machine sees.

Each worker keeps a warm process of its own and forks a child for each job, so a job's process is as fresh there as
here. A worker that dies takes its jobs with it, and dask gives them to another.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from cxlib.batch import pool as pools
from cxlib.batch.job import Job, Outcome, clear
from cxlib.errors import CxError

_RETRIES = 3


@contextmanager
def pool(address: str, *, workers: int) -> Iterator[Executor]:
    """Yield a pool on the cluster at `address`, or on one made for the purpose if it is ``local``.

    Raises
    ------
    CxError
        If dask.distributed is not installed or nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise CxError("batch-no-distributed") from error
    where: Any = address
    if address == "local":
        where = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    try:
        client = Client(where)
    except OSError as error:
        raise CxError("batch-no-cluster", found=address) from error
    try:
        yield _Cluster(client)
    finally:
        client.close()
        if address == "local":
            where.close()


class _Cluster(Executor):
    """dask's own executor, given the job function that keeps a warm process on each worker."""

    engine = "cx" if pools.can_fork() else "nbclient"

    def __init__(self, client: Any) -> None:
        self._executor = client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, _act: Callable[[Job], Outcome], job: Job) -> Future:
        """Send a job to the cluster."""
        return self._executor.submit(on_worker, job)


def on_worker(job: Job) -> Outcome:
    """Return how a job ended on this worker; each attempt has a folder of its own."""
    own = replace(job, work=f"{job.work}.{os.getpid()}.{time.time_ns()}")
    made = _here()
    outcome = made.submit(None, replace(own, engine=made.engine)).result()
    clear(own, logs=Path(own.work).parent.parent / "logs", keep=not outcome.is_done)
    return outcome


@cache
def _here() -> Any:
    """The pool of this worker; it ends with the worker's process."""
    many = max(1, os.cpu_count() or 1)
    return pools.Zygote(many) if pools.can_fork() else pools.Processes(many)
