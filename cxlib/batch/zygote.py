"""The warm process: it imports every heavy library once, never sees a client, and forks a fresh child for each job.

It has one thread that works as long as it lives, because a fork copies only the thread that forks: a lock that another
one holds would stay locked for ever in the child. So numerical libraries get one thread here, and event loops, sockets
and typst's compiler begin only in the children.

It speaks lines of JSON over a socket pair: ``run`` and ``kill`` come in, ``ready``, ``began`` and ``ended`` go out.
When the other end closes, it ends its children and itself.
"""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import pkgutil
import resource
import selectors
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib.batch import job as jobs
from cxlib.batch.job import Job
from cxlib.share import share
from cxlib.words import LANGS

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)
QUIET = dict.fromkeys(("JE_ARROW_MALLOC_CONF", "_RJEM_MALLOC_CONF"), "background_thread:false")
# Threads that libraries start when they are imported and that cannot be prevented: asleep until something is spilled to
# disk, so they hold no lock that a child could miss.
ASLEEP = ("polars-ooc-clea",)
LIBRARIES = (
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "clevercsv",
    "ipywidgets",
    "joblib",
    "matplotlib.pyplot",
    "matplotlib_inline.config",
    "narwhals._arrow.utils",
    "narwhals._interchange.dataframe",
    "narwhals._pandas_like.namespace",
    "narwhals.group_by",
    "narwhals.stable.v2",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
    "rapidfuzz.process",
    "scipy.cluster.hierarchy",
    "scipy.stats",
    "seaborn",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.feature_extraction.text",
    "sklearn.metrics",
    "statsmodels.api",
    "statsmodels.miscmodels.ordinal_model",
    "statsmodels.stats.power",
    "tornado.queues",
    "typst",
)
_COLD = ("cxlib.batch.cluster", "cxlib.batch.zygote", "cxlib.cli")
_DIE_WITH_PARENT = 1


@dataclass
class _Child:
    """A running job."""

    job: Job
    pid: int
    deadline: float
    words: int
    reason: str = ""


def main(socket_number: int) -> None:
    """Warm up, then serve until the other end closes."""
    line = socket.socket(fileno=socket_number)
    sys.path[0] = ""
    try:
        warm(line)
        _send(line, {"ready": threads()})
    except Exception as error:  # noqa: BLE001 whatever it is, the other end must hear of it and fall back
        with suppress(OSError):
            _send(line, {"broken": f"{type(error).__name__}: {error}"})
        return
    _Nursery(line).serve()


def warm(line: socket.socket | None = None) -> None:
    """Import the heavy libraries, read the words and fonts, draw one figure that nobody sees, rehearse a cell.

    If the other end of `line` closes meanwhile, nobody waits for it any more and this process ends.
    """
    import importlib
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*_own(), *LIBRARIES):
            importlib.import_module(name)
            if line and _is_closed(line):
                os._exit(1)
    import pandas as pd
    from papermill.engines import papermill_engines

    from cxlib.batch import shell
    from cxlib.batch.engine import Engine

    papermill_engines.register("cx", Engine)
    pd.set_option("display.max_columns", 20)
    _read_data_files()
    _draw()
    shell.rehearse()


def _is_closed(line: socket.socket) -> bool:
    with suppress(BlockingIOError):
        return not line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    return False


def _own() -> list[str]:
    """The modules of this package."""
    import cxlib

    found = pkgutil.walk_packages(cxlib.__path__, "cxlib.")
    return [module.name for module in found if module.name not in _COLD]


def _read_data_files() -> None:
    """Fill the caches that hold nothing of a client: words, presets, patterns, whatever is made of nothing."""
    import nbformat

    from cxlib.ink.page import style
    from cxlib.intake.proposals import wordings
    from cxlib.intake.vocabulary import vocabulary
    from cxlib.words.catalogue import catalogue

    intake = Path(sys.modules["cxlib.intake"].__file__).parent
    named = {catalogue: LANGS, style: [path.stem for path in share("templates", "report").glob("*.css")]}
    for read, folder in ((vocabulary, "words"), (wordings, "wordings")):
        named[read] = [path.stem for path in (intake / folder).glob("*.yaml")]
    for read, names in named.items():
        for name in names:
            read(name)
    nbformat.reads(nbformat.writes(nbformat.v4.new_notebook()), as_version=4)
    for name in _own():
        for made in list(vars(sys.modules[name]).values()):
            if hasattr(made, "cache_info") and made.__module__ == name and not inspect.signature(made).parameters:
                made()


def _draw() -> None:
    """One figure, so that fonts are found and the drawing machinery is loaded."""
    import pandas as pd

    from cxlib.engagement.setup import Brand
    from cxlib.ink import figures, theme
    from cxlib.ink.sentences import Reader
    from cxlib.section import Exhibit

    exhibit = Exhibit("nps-histogram", "histogram", pd.DataFrame({"score": range(11), "n": [1] * 11}))
    for lang in LANGS:
        figure = figures.draw(exhibit, reader=Reader(lang), theme=theme.theme(Brand()))
        figures.png(figure)
        figures.svg(figure, salt="0")


def threads() -> list[str]:
    """Return the names of the threads of this process that a fork would leave behind, known sleepers apart."""
    others = [Path("/proc/self/task") / name for name in os.listdir("/proc/self/task") if name != str(os.getpid())]
    return [name for task in others if not _sleeps(name := (task / "comm").read_text().strip(), task)]


def _sleeps(name: str, task: Path) -> bool:
    state = (task / "stat").read_text().rpartition(")")[2].split()[0]
    return name in ASLEEP and state == "S"


class _Nursery:
    """The children and the line to the supervisor."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._children, self._rest = line, {}, b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(line, selectors.EVENT_READ)

    def serve(self) -> None:
        """Fork, watch and reap until the line closes."""
        while True:
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is self._line:
                    if not self._hear():
                        self._end_all()
                        return
                else:
                    self._reap(key.fileobj)
            self._watch()

    def _patience(self) -> float | None:
        """Seconds until the next limit."""
        deadlines = [child.deadline for child in self._children.values()]
        return max(0.0, min(deadlines) - time.monotonic()) if any(deadlines) else None

    def _hear(self) -> bool:
        """Take what the supervisor says; False when it has gone."""
        heard = self._line.recv(1 << 16)
        *lines, self._rest = (self._rest + heard).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "run" in said:
                self._bear(jobs.read(json.dumps(said["run"])))
            else:
                self._kill(said["kill"], said.get("why", ""))
        return bool(heard)

    def _bear(self, job: Job) -> None:
        """Fork a child for a job."""
        parent, words = os.getpid(), os.memfd_create("outcome")
        pid = os.fork()
        if not pid:
            self._line.close()
            for child in self._children.values():
                os.close(child.words)
            _live(job, parent, words)
        deadline = time.monotonic() + job.seconds if job.seconds else 0.0
        handle = os.pidfd_open(pid)
        self._children[handle] = _Child(job, pid, deadline, words)
        self._selector.register(handle, selectors.EVENT_READ)
        _send(self._line, {"began": job.id, "pid": pid})

    def _watch(self) -> None:
        """End children whose time is over."""
        for child in self._children.values():
            if child.deadline and time.monotonic() >= child.deadline:
                self._kill(child.job.id, "time")

    def _kill(self, name: str, why: str) -> None:
        """End a child and everything that it started."""
        for child in self._children.values():
            if child.job.id == name:
                child.reason, child.deadline = child.reason or why, 0.0
                _end(child.pid)

    def _reap(self, handle: int) -> None:
        """Take leave of a child that has ended, and of what it left running, and say how it ended."""
        self._selector.unregister(handle)
        child = self._children.pop(handle)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        _end(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        os.close(handle)
        cost = {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss // 1024}
        how = {"code": os.waitstatus_to_exitcode(status), "why": child.reason, "outcome": _last_words(child.words)}
        with suppress(OSError):
            _send(self._line, {"ended": child.job.id} | how | cost)

    def _end_all(self) -> None:
        for handle, child in list(self._children.items()):
            _end(child.pid)
            self._reap(handle)


def _last_words(words: int) -> dict[str, Any] | None:
    """The outcome that a child left in memory, where no full disk can keep it from being told; None if it could not."""
    with open(words, "rb") as stream, suppress(ValueError):
        stream.seek(0)
        return json.load(stream)
    return None


def _end(pid: int) -> None:
    """Kill a child's whole group."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _live(job: Job, parent: int, words: int) -> None:
    """The life of a child: its own group, its own places, its limits, its job; it never returns."""
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:
            _settle(job)
            os.write(words, jobs.said(jobs.perform(job)).encode())
            code = 0
    except BaseException:  # noqa: BLE001 a child must not go on as a second zygote, whatever happened
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _settle(job: Job) -> None:
    """Private files, an own log, own places (whatever is remembered of others), limits, random numbers of its own."""
    import numpy as np

    os.umask(0o077)
    os.environ.update(jobs.surroundings(job))
    tempfile.tempdir = None
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(Path(job.work) / jobs.LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, source in enumerate((nothing, log, log)):
        os.dup2(source, number)
    if job.megabytes:
        limit = _data_bytes() + (job.megabytes << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    np.random.seed()  # noqa: NPY002 the global generator would be the same in every child


def _data_bytes() -> int:
    """What the zygote itself already takes of the memory that the limit counts."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return pages * resource.getpagesize()


def _send(line: socket.socket, said: dict[str, Any]) -> None:
    line.sendall(json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
