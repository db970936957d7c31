"""Where jobs run: forked from a warm process, each in a new process, or on a cluster; all through one `submit`.

A pool is a `concurrent.futures.Executor`, so the batch does not know which one it has. Every job has a process of its
own in each of them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cxlib.batch import job as jobs
from cxlib.batch.job import Job, Outcome
from cxlib.errors import CxError, Stopped

ENGINES = ("cx", "kernel")
_STARTS = 5


def can_fork() -> bool:
    """Tell whether a warm process can be forked here: Linux, where a child can be told to die with its parent."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and Path("/proc/self/task").is_dir()


@contextmanager
def pool(engine: str, *, workers: int, keep: tuple[int, ...] = ()) -> Iterator[Executor]:
    """Yield the pool of this machine for an engine; where fork is not to be had, that of stock kernels.

    Parameters
    ----------
    engine
        ``cx`` or ``kernel``.
    workers
        Jobs at a time.
    keep
        Open files that the processes inherit: the lock of the output folder.
    """
    made = Zygote(workers, keep) if engine == "cx" and can_fork() else Processes(workers)
    try:
        yield made
    finally:
        made.stop()


class Zygote(Executor):
    """Jobs forked from one warm process; if it dies, a new one takes its place and the jobs begin again."""

    engine = "cx"

    def __init__(self, workers: int, keep: tuple[int, ...] = ()) -> None:
        self._workers, self._keep, self._starts = workers, keep, 0
        self._waiting: deque[Job] = deque()
        self._running: dict[str, Job] = {}
        self._futures: dict[str, Future] = {}
        self._groups: dict[str, int] = {}
        self._guard, self._stopped = threading.RLock(), False
        self._settled, self._error = threading.Event(), None
        self._start()

    def submit(self, _act: Callable[[Job], Outcome], job: Job) -> Future:
        """Put a job in the queue."""
        future = Future()
        with self._guard:
            if self._error:
                future.set_exception(self._error)
                return future
            self._futures[job.id] = future
            self._waiting.append(job)
            self._feed()
        return future

    def wait(self) -> None:
        """Wait until the warm process is ready.

        Raises
        ------
        CxError
            If it cannot be used.
        """
        self._settled.wait()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the warm process and its children."""
        with self._guard:
            self._stopped = True
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._bury()
        self._reader.join(timeout=10)
        self._line.close()

    def _start(self) -> None:
        """Start a warm process; it gets one thread for its numerical libraries and ends when the line closes."""
        from cxlib.batch.zygote import ONE_THREAD, QUIET

        self._starts += 1
        self._line, theirs = socket.socketpair()
        inherited = (theirs.fileno(), *self._keep)
        own = ONE_THREAD | QUIET | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        command = [sys.executable, "-m", "cxlib.batch.zygote", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=inherited, start_new_session=True, stdin=subprocess.DEVNULL, env=os.environ | own
        )
        theirs.close()
        self._is_ready = False
        self._reader = threading.Thread(target=self._read, args=[self._line], daemon=True)
        self._reader.start()

    def _feed(self) -> None:
        """Send as many jobs as there are free places."""
        while self._is_ready and self._waiting and len(self._running) < self._workers:
            job = self._waiting.popleft()
            self._running[job.id] = job
            with suppress(OSError):
                self._line.sendall(b'{"run": ' + jobs.written(job).encode() + b"}\n")

    def _read(self, line: socket.socket) -> None:
        """Take what the warm process says until it ends."""
        rest = b""
        while True:
            try:
                heard = line.recv(1 << 16)
            except OSError:
                heard = b""
            if not heard:
                break
            *lines, rest = (rest + heard).split(b"\n")
            for said in lines:
                self._hear(json.loads(said))
        self._lost()

    def _hear(self, said: dict[str, Any]) -> None:
        with self._guard:
            if "began" in said:
                self._groups[said["began"]] = said["pid"]
            elif "ended" in said:
                self._groups.pop(said["ended"], None)
                self._settle(self._running.pop(said["ended"]), said)
            else:
                self._is_ready = said.get("ready") == []
                if not self._is_ready:
                    self._broken(said)
                self._settled.set()
            self._feed()

    def _settle(self, job: Job, said: dict[str, Any]) -> None:
        """Resolve the future of a job that ended."""
        outcome = Outcome(**said["outcome"]) if said["outcome"] else _silent(job, said["code"], said["why"])
        known = outcome.__dict__ | {"cpu": said["cpu"], "memory": said["memory"]}
        self._futures.pop(job.id).set_result(Outcome(**known))

    def _broken(self, said: dict[str, Any]) -> None:
        """A warm process that cannot be used is an error, not a reason to wait."""
        self._starts = _STARTS
        self._fail(Stopped("batch-no-zygote", found=said.get("broken") or said.get("ready")))

    def _lost(self) -> None:
        """The warm process has died: bury its children, start another and let their jobs begin again."""
        with self._guard:
            if self._stopped:
                return
            self._bury()
            if self._starts >= _STARTS:
                self._fail(Stopped("batch-no-zygote", found=self._process.wait()))
                return
            self._waiting.extendleft(self._running.values())
            for job in self._running.values():
                shutil.rmtree(job.work, ignore_errors=True)
            self._running.clear()
            self._line.close()
            self._start()

    def _bury(self) -> None:
        """Children die with their parent; what they started is ended here."""
        for group in self._groups.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        self._groups.clear()

    def _fail(self, error: CxError) -> None:
        self._error = error
        self._settled.set()
        for future in self._futures.values():
            future.set_exception(error)
        self._futures.clear()
        self._waiting.clear()
        self._running.clear()


class Processes(Executor):
    """Each job in a new Python process with a stock kernel: slower, and to be had everywhere."""

    engine = "nbclient"

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers)
        self._running: set[subprocess.Popen] = set()

    def submit(self, _act: Callable[[Job], Outcome], job: Job) -> Future:
        """Put a job in the queue."""
        return self._threads.submit(self._run, job)

    def stop(self) -> None:
        """End every process and what it started."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in list(self._running):
            _end_tree(process)
        self._threads.shutdown(wait=True)

    def _run(self, job: Job) -> Outcome:
        """Run a job in a process and wait for it."""
        Path(job.work).mkdir(parents=True, exist_ok=True)
        with (Path(job.work) / jobs.LOG).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "cxlib.batch.job"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.add(process)
        why = ""
        try:
            process.stdin.write(jobs.written(job).encode() + b"\n")
            process.stdin.flush()
            process.wait(timeout=job.seconds or None)
        except subprocess.TimeoutExpired:
            why = "time"
            _end_tree(process)
        except OSError:
            process.wait()
        finally:
            self._running.discard(process)
            process.stdin.close()
        return jobs.left(job) or _silent(job, process.returncode, why)


def _end_tree(process: subprocess.Popen) -> None:
    """Kill a process and all that it started."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        tree = psutil.Process(process.pid)
        for one in [*tree.children(recursive=True), tree]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait()


def _silent(job: Job, code: int, why: str) -> Outcome:
    """How a process ended that said nothing: it was killed, it crashed, or a cell ended it."""
    reason = why or ("signal" if code < 0 else "exit")
    name = signal.Signals(-code).name if code < 0 else str(code)
    return Outcome(
        job.id, cell=jobs.running(Path(job.work)), reason=reason, error=name if not why else f"{job.seconds:g}"
    )
