"""A notebook's cells in ipykernel's own shell, in this process.

A stock run starts a second process and talks to it over five sockets. Here the same shell, display machinery and
comms write their messages into a list, and nbclient's own `process_message` turns them into outputs, so the outputs
are those of a stock run. What a cell writes past Python to the file descriptor goes to the log.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.history import HistoryManager
from jupyter_client.session import Session
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from traitlets import Any as AnyTrait

from cxlib.errors import CxError

INLINE = "module://matplotlib_inline.backend_inline"
CELL_FILE = "CX_CELL_FILE"
_LONGEST_ID = 64


class ShellEngine(Engine):
    """papermill's engine on this shell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run all cells; called by papermill.

        Raises
        ------
        CxError
            If the notebook is not in Python.
        """
        language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
        if language != "python":
            raise CxError("engine-language", found=language)
        return _Client(nb_man, kernel_name=kernel_name, timeout=options.get("execution_timeout")).execute()


class _Session(Session):
    """Hands every message to `sink` as the other end of a socket would have got it."""

    sink = AnyTrait()

    def send(self, _stream: Any, msg: Any, content: Any = None, parent: Any = None, **rest: Any) -> dict[str, Any]:
        if not isinstance(msg, dict):
            msg = self.msg(msg, content, parent, header=rest.get("header"), metadata=rest.get("metadata"))
        buffers = rest.get("buffers") or msg.get("buffers") or []
        self.sink(msg | {"content": json.loads(self.pack(msg["content"])), "buffers": buffers})
        return msg


class _Publisher(IOPubThread):
    """In place of the publishing thread: what is scheduled happens at once, timers wait for the cell's end."""

    def __init__(self) -> None:
        self.thread = None
        self.io_loop = SimpleNamespace(call_later=lambda *_: None)

    def schedule(self, act: Callable[[], None]) -> None:
        act()


class _Stream(OutStream):
    """Text that a cell prints; what a forked process of a cell prints goes to the log."""

    def write(self, text: str) -> int | None:
        if self._is_master_process():
            return super().write(text)
        return os.write(1, text.encode())


class _Kernel(IPythonKernel):
    """ipykernel's kernel without sockets and threads."""

    def _abort_queues(self, _subshell_id: str | None = None) -> None:
        """There is no queue: the next cell comes only when this one has ended."""


class _Client(PapermillNotebookClient):
    """nbclient with the kernel inside."""

    def execute(self, **_: Any) -> Any:
        self.reset_execution_trackers()
        with _kernel(self._received) as (self.own, self.loop), _marks() as self.mark:
            self.kc = SimpleNamespace(session=self.own.session, shell_channel=SimpleNamespace(send=self._asked))
            self.messages: list[dict[str, Any]] = []
            self.requests: list[dict[str, Any]] = []
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = self.own.language_info
            self.set_widgets_metadata()
        return self.nb

    def _received(self, message: dict[str, Any]) -> None:
        self.messages.append(message)

    def _asked(self, message: dict[str, Any]) -> None:
        self.requests.append(message)

    def execute_cell(self, cell: Any, cell_index: int) -> Any:
        """Run one cell and take its messages when it has ended."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        self.mark(cell.get("id", ""))
        cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        request = _request(self.own, cell.source)
        with _within(self.timeout, cell):
            self.loop.run_until_complete(_executed(self.own, request))
        reply = self._take(request, cell, cell_index)
        if self.own.shell.exit_now:
            raise DeadKernelError("Kernel died")
        run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def _take(self, request: dict[str, Any], cell: Any, cell_index: int) -> dict[str, Any] | None:
        """Turn the messages of one request into outputs; those of earlier cells' threads come too late, as in stock."""
        reply, taken = None, 0
        while taken < len(self.messages):
            message = self.messages[taken]
            taken += 1
            if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            if message["msg_type"] == "execute_reply":
                cell.metadata["execution"]["shell.execute_reply"] = timestamp(message)
                reply = message
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                break
        self.messages.clear()
        self._answer()
        return reply

    def _answer(self) -> None:
        """Let widgets hear what a browser would have answered, after the cell, as a busy kernel does."""
        while self.requests:
            message = self.requests.pop(0) | {"buffers": []}
            self.loop.run_until_complete(_heard(self.own, message))
        self.messages.clear()


def rehearse() -> None:
    """Run a cell in a kernel that is thrown away: what is loaded at the first use is then there in every fork."""
    before = dict(os.environ)
    try:
        with tempfile.TemporaryDirectory() as place:
            os.environ["IPYTHONDIR"] = place
            with _kernel(lambda _: None) as (kernel, loop):
                loop.run_until_complete(_executed(kernel, _request(kernel, "pass")))
    finally:
        os.environ.clear()
        os.environ.update(before)


def _request(kernel: _Kernel, code: str) -> dict[str, Any]:
    """The message that asks for a cell."""
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    return kernel.session.msg("execute_request", content | {"user_expressions": {}, "stop_on_error": True})


@contextmanager
def _within(seconds: float | None, cell: Any) -> Iterator[None]:
    """End a cell that takes longer than `seconds`, where the system has alarms and this thread gets them."""
    is_main = threading.current_thread() is threading.main_thread()
    if not (seconds and is_main and hasattr(signal, "setitimer")):
        yield
        return

    def over(*_: Any) -> None:
        raise CellTimeoutError.error_from_timeout_and_cell("", round(seconds), cell)

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


async def _executed(kernel: _Kernel, request: dict[str, Any]) -> None:
    """What the kernel does with an execute request."""
    kernel.set_parent([], request, channel="shell")
    kernel._publish_status("busy", "shell")
    await kernel.execute_request(None, [], request)
    sys.stdout.flush()
    sys.stderr.flush()
    kernel._publish_status("idle", "shell")


async def _heard(kernel: _Kernel, message: dict[str, Any]) -> None:
    """What the kernel does with a comm message."""
    kernel.set_parent([], message, channel="shell")
    kernel.shell_handlers[message["header"]["msg_type"]](None, [], message)


@contextmanager
def _kernel(sink: Callable[[dict[str, Any]], None]) -> Iterator[tuple[_Kernel, asyncio.AbstractEventLoop]]:
    """Yield a fresh kernel and its event loop; afterwards this process prints and displays as before."""
    os.environ.setdefault("MPLBACKEND", INLINE)
    kept = sys.stdout, sys.stderr, sys.displayhook, sys.excepthook, sys.modules.get("__main__"), HistoryManager.enabled
    HistoryManager.enabled = False
    session, loop = _Session(sink=sink), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    sys.stdout = _Stream(session, _Publisher(), "stdout", watchfd=False)
    sys.stderr = _Stream(session, _Publisher(), "stderr", watchfd=False)
    try:
        yield _ready(session, loop), loop
    finally:
        _undrawn()
        ZMQInteractiveShell.instance().user_ns.clear()
        _Kernel.clear_instance()
        ZMQInteractiveShell.clear_instance()
        sys.stdout, sys.stderr, sys.displayhook, sys.excepthook, sys.modules["__main__"], HistoryManager.enabled = kept
        asyncio.set_event_loop(None)
        loop.close()


def _ready(session: _Session, loop: asyncio.AbstractEventLoop) -> _Kernel:
    """A kernel that finds around it what it expects of its threads; it has no debugger, which takes long to import.

    It does not sleep after each cell, as the stock one does for its sockets' sake.
    """
    sys.modules.setdefault("ipykernel.debugger", SimpleNamespace(_is_debugpy_available=False, Debugger=object))
    own = {"session": session, "iopub_socket": object(), "log": logging.getLogger(__name__), "_execute_sleep": 0.0}
    kernel = _Kernel.instance(**own)
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.current_thread())
    kernel.io_loop = SimpleNamespace(add_callback=loop.call_soon_threadsafe, call_later=lambda *_: None, stop=None)
    kernel.shell.exit_now = False
    kernel.shell.extension_manager.load_extension("storemagic")
    drawn = sys.modules.get("matplotlib_inline.backend_inline")
    if drawn:
        drawn._enable_matplotlib_integration()
    return kernel


def _undrawn() -> None:
    """Let the drawing backend forget this kernel, so that the next one in this process is set up like the first."""
    drawn = sys.modules.get("matplotlib_inline.backend_inline")
    if drawn:
        drawn.configure_inline_support(ZMQInteractiveShell.instance(), "")
        drawn.InlineBackend.clear_instance()


@contextmanager
def _marks() -> Iterator[Callable[[str], None]]:
    """Yield what notes which cell runs, so that a process that dies without a word can still be asked where."""
    place = os.environ.get(CELL_FILE)
    if not place:
        yield lambda _: None
        return
    with open(place, "wb", buffering=0) as file:

        def mark(cell: str) -> None:
            file.seek(0)
            file.write(cell.ljust(_LONGEST_ID).encode())

        yield mark
