"""Running notebooks for clients: one client with `run`, many with `many`, by the same machinery.

A failing notebook does not stop the others, and the report is still made, with the missing step marked as missing.
Whole files are moved into place, so a reader never sees half of one.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxlib.batch import lock, pool
from cxlib.batch.course import CURRENT, REFUSED, Course, Due, Event, Manner, sweep
from cxlib.batch.job import Outcome
from cxlib.batch.ledger import DONE, FAILED, Ledger
from cxlib.batch.plan import Ask, Plan, edited, keep, plan
from cxlib.errors import CxError, Stopped
from cxlib.steps import client as clients

Progress = Callable[[Outcome, int, int], None]
LEDGER = "ledger.sqlite"


@dataclass(frozen=True)
class Where:
    """Where jobs run.

    Attributes
    ----------
    engine
        ``cx`` for the warm process, ``kernel`` for stock kernels.
    workers
        Jobs at a time; as many as there are cores if 0.
    cluster
        ``tcp://…`` or ``local``: a cluster of `dask.distributed` instead of this machine's processes.
    """

    engine: str = "cx"
    workers: int = 0
    cluster: str = ""


@dataclass(frozen=True)
class Totals:
    """What a batch did.

    Attributes
    ----------
    counts
        State → number of jobs: ``done``, ``current``, ``failed``, ``refused``.
    failures
        How each failed job and refused client ended.
    edited
        Notebooks that were changed during the run; the next run takes the new text.
    is_clock_back
        Whether this machine's clock stands before the last record: nothing depends on it but the times shown.
    """

    counts: dict[str, int]
    failures: list[Outcome]
    edited: list[Path]
    is_clock_back: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether everything ran."""
        return not self.failures


@dataclass(frozen=True)
class Summary:
    """What a run for one client did.

    Attributes
    ----------
    outcomes
        How each notebook and report ended; what was up to date took no time.
    place
        The folder of the outputs: ``out/<engagement>/<period>``.
    reports
        The report files, by language and kind.
    findings
        How many findings the sections hold that should be mended.
    """

    outcomes: list[Outcome]
    place: Path
    reports: dict[str, dict[str, Path]]
    findings: int

    @property
    def failed(self) -> list[Outcome]:
        """The notebooks and reports that did not run to their end."""
        return [outcome for outcome in self.outcomes if not outcome.is_done]


def run(
    engagement: str | Path,
    *,
    out: str | Path,
    period: str = "",
    as_of: str = "",
    langs: Sequence[str] = (),
    seed: int = 0,
    notebooks: str | Path = "",
    workers: int = 0,
    progress: Progress | None = None,
) -> Summary:
    """Run every notebook for one client and make the report in each language.

    What is up to date is not run again.

    Parameters
    ----------
    engagement
        A folder, or the name of a shipped sample. It is only read.
    out
        Where outputs go: ``out/<engagement>/<period>/{sections, en, fa}``.
    period, as_of, seed
        As in the notebooks.
    langs
        ``en``, ``fa``; the engagement's languages if empty.
    notebooks
        A folder of notebooks instead of the shipped ones.
    workers
        Notebooks at a time; as many as there are cores if 0.
    progress
        Called after each notebook with its outcome, how many are done, and of how many.

    Raises
    ------
    CxError
        If the engagement, a parameter or the notebook folder is wrong; nothing has been written then.
    """
    asked = _ask(engagement, out, langs, period=period, as_of=as_of, seed=seed, notebooks=notebooks)
    made, outcomes = plan(asked), []
    clients.open(engagement, period=period, as_of=as_of, seed=seed)

    def tell(event: Event) -> None:
        outcomes.append(event.outcome)
        if progress:
            progress(event.outcome, event.done, event.total)

    with _course(made, Manner(retry=True), Where(workers=workers), tell) as (_, ledger):
        (case,) = made.cases
        records = [record for record in ledger.records(case.folder.name) if record.period == case.place.name]
    reports = {
        lang: {path.suffix[1:]: path for path in sorted((case.place / lang).glob("report.*"))} for lang in case.langs
    }
    findings = max((record.facts.get("findings", 0) for record in records), default=0)
    order = {record.id: number for number, record in enumerate(records)}
    return Summary(sorted(outcomes, key=lambda one: order.get(one.id, 0)), case.place, reports, findings)


def dry(engagement: str | Path, *, out: str | Path, langs: Sequence[str] = (), **chosen: Any) -> list[Due]:
    """Return what `run` would do with the same arguments, everything checked and nothing written."""
    return look(plan(_ask(engagement, out, langs, **chosen)), Manner(retry=True))


def _ask(engagement: str | Path, out: str | Path, langs: Sequence[str], *, period: str = "", **rest: Any) -> Ask:
    notebooks = str(rest.pop("notebooks", ""))
    return Ask((str(engagement),), Path(out), (period,), langs=tuple(langs), notebooks=notebooks, **rest)


def many(
    made: Plan, *, manner: Manner, where: Where, tell: Callable[[Event], None], totals: Callable[[Ledger], None]
) -> Totals:
    """Run a plan for many clients and return what it did.

    Parameters
    ----------
    made
        The plan, from `cxlib.batch.plan.plan`.
    manner, where
        How and where it is run.
    tell
        Called with every event.
    totals
        Called with the ledger at the end, also after an interruption, to write the summary.

    Raises
    ------
    CxError
        If another batch holds the output folder, it cannot be written to, or the first failure was to stop it.
    """
    failures: list[Outcome] = []

    def heard(event: Event) -> None:
        if event.state in (FAILED, REFUSED):
            failures.append(event.outcome)
        tell(event)

    begun = time.time()
    with _course(made, manner, where, heard, totals) as (course, ledger):
        counts, is_clock_back = dict(course.counts), ledger.latest() > max(begun, time.time())
    return Totals(counts, failures, edited(made), is_clock_back)


def look(made: Plan, manner: Manner) -> list[Due]:
    """Return every job with why it would run, and write nothing."""
    house = made.ask.out.resolve() / lock.HOUSE
    ledger = Ledger(house / LEDGER) if (house / LEDGER).exists() else None
    try:
        return list(Course(made, ledger, house, manner, lambda _: None).look())
    finally:
        if ledger:
            ledger.close()


@contextmanager
def _course(
    made: Plan,
    manner: Manner,
    where: Where,
    tell: Callable[[Event], None],
    totals: Callable[[Ledger], None] = lambda _: None,
) -> Iterator[tuple[Course, Ledger]]:
    """Hold the output folder, run the plan, and leave the folder clean and resumable whatever happens."""
    out = made.ask.out.resolve()
    house = out / lock.HOUSE
    with _refusals(out), lock.held(out) as held, ExitStack() as last:
        last.enter_context(_second_interrupt())
        ledger = Ledger(house / LEDGER)
        last.callback(ledger.close)
        ledger.resume()
        sweep(house)
        last.callback(sweep, house)
        last.callback(totals, ledger)
        course = Course(keep(made, house / "notebooks"), ledger, house, manner, tell)
        workers = where.workers or os.cpu_count() or 1
        course.run(_Late(where, workers, held.fileno(), last), workers=workers)
        yield course, ledger


@contextmanager
def _refusals(out: Path) -> Iterator[None]:
    """What the system refuses, such as room on a full disk, as an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise Stopped("batch-stopped", file=error.filename or str(out), found=error.strerror or str(error)) from error


class _Late(Executor):
    """A pool that is started with its first job: a batch in which nothing is to be done starts none."""

    def __init__(self, where: Where, workers: int, held: int, last: ExitStack) -> None:
        self._where, self._workers, self._held, self._last = where, workers, held, last
        self._pool: Executor | None = None

    def submit(self, act: Callable, job: Any) -> Any:
        """Put a job in the queue."""
        if self._pool is None:
            self._pool = self._last.enter_context(self._made())
        return self._pool.submit(act, replace(job, engine=getattr(self._pool, "engine", "cx")))

    def _made(self) -> Any:
        if self._where.cluster:
            from cxlib.batch import cluster

            return cluster.pool(self._where.cluster, workers=self._workers)
        return pool.pool(self._where.engine, workers=self._workers, keep=(self._held,))


@contextmanager
def _second_interrupt() -> Iterator[None]:
    """The first Ctrl-C, or a scheduler's SIGTERM, ends the children and keeps the books; a second ends this at once."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def first(*_: Any) -> None:
        for number in kept:
            signal.signal(number, lambda *_: os._exit(130))
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # whoever is decides
        yield
        return
    for number in kept:
        signal.signal(number, first)
    try:
        yield
    finally:
        for number, act in kept.items():
            signal.signal(number, act)


def known(out: Path) -> Ledger:
    """Return the ledger of an output folder.

    Raises
    ------
    CxError
        If no batch has written there.
    """
    path = out.resolve() / lock.HOUSE / LEDGER
    if not path.exists():
        raise CxError("batch-no-ledger", file=str(out))
    return Ledger(path)


__all__ = ["CURRENT", "DONE", "FAILED", "Manner", "Summary", "Totals", "Where", "dry", "known", "look", "many", "run"]
