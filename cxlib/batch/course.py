"""The course of a batch: what is up to date stays, the rest is handed to the pool, and what comes back is written down.

It goes client by client. When the notebooks of a client and period have ended, well or not, its reports are made of the
sections that there are. Only a few clients are open at a time, so the memory that it takes does not grow with their
number.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from cxlib.batch import inputs
from cxlib.batch import job as jobs
from cxlib.batch.job import NOTEBOOK, REPORT, Job, Outcome
from cxlib.batch.ledger import DONE, FAILED, INTERRUPTED, RUNNING, Ledger, Record
from cxlib.batch.plan import Case, Plan
from cxlib.engagement import folder
from cxlib.errors import CxError, Stopped

CURRENT, REFUSED = "current", "refused"
_AHEAD = 2


@dataclass(frozen=True)
class Manner:
    """How a batch is run: limits of a job, what is done again, when to stop, the language of its messages."""

    seconds: float = 1800.0
    megabytes: int = 8192
    again: bool = False
    retry: bool = False
    fail_fast: bool = False
    lang: str = "en"


@dataclass(frozen=True)
class Event:
    """Something that happened to a job: ``current``, ``done``, ``failed``, ``refused``, with the counts so far."""

    state: str
    outcome: Outcome
    done: int
    total: int
    running: int
    failed: int


@dataclass
class _Open:
    """A client and period with jobs still running, and the folder where they keep what they read for each other."""

    case: Case
    inputs: str
    signature: str
    kept: Path
    left: int = 0
    sections: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Due:
    """A job and why it has to run; an empty `why` means that it is up to date, ``failed`` that it will fail again."""

    job: Job
    parts: dict[str, str]
    why: str
    known: Record | None


class Course:
    """One run of a plan.

    Parameters
    ----------
    plan
        What to do.
    ledger
        What has been done.
    house
        The folder ``.cx`` of the output folder.
    tell
        Called with every event.
    """

    def __init__(
        self, plan: Plan, ledger: Ledger | None, house: Path, manner: Manner, tell: Callable[[Event], None]
    ) -> None:
        self._plan, self._ledger, self._house, self._manner, self._tell = plan, ledger, house, manner, tell
        self.counts = dict.fromkeys((DONE, CURRENT, FAILED, REFUSED), 0)
        self._pending: dict[Future, tuple[_Open, Due]] = {}
        self._reports: deque[tuple[_Open, Due]] = deque()
        self._number, self._total, self._workers = 0, plan.total + len(plan.refused), 0

    def look(self) -> Iterator[Due]:
        """Yield every job with why it would run, and change nothing."""
        for case in self._plan.cases:
            opened = self._opened(case)
            is_whole = True
            for due in self._notebooks(opened):
                self._note(opened, due)
                is_whole &= not due.why
                yield due
            yield from (due if is_whole or due.why else replace(due, why="sections") for due in self._made_of(opened))

    def run(self, pool: Executor, *, workers: int) -> None:
        """Run everything that is not up to date.

        Raises
        ------
        KeyboardInterrupt
            As it came; what was running is written down as interrupted.
        """
        self._workers = workers
        for name, error in self._plan.refused.items():
            self._count(REFUSED, Outcome(f"{name}/-/-/-", error=error.text(self._manner.lang)))
        try:
            work = self._work()
            while self._fill(pool, work, workers + _AHEAD) or self._pending:
                self._collect()
        finally:
            for _, due in self._pending.values():
                self._write(due, INTERRUPTED, Outcome(due.job.id))

    def _fill(self, pool: Executor, work: Iterator[tuple[_Open, Due]], most: int) -> bool:
        """Hand jobs to the pool until it has enough; tell whether any was handed over."""
        handed = False
        while len(self._pending) < most:
            following = self._reports.popleft() if self._reports else next(work, None)
            following = following or (self._reports.popleft() if self._reports else None)
            if not following:
                break
            handed = True
            opened, due = following
            self._write(due, RUNNING, Outcome(due.job.id))
            self._pending[pool.submit(jobs.perform, due.job)] = opened, due
        return handed

    def _collect(self) -> None:
        """Wait for a job and write down how it ended."""
        done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
        for future in done:
            opened, due = self._pending.pop(future)
            outcome = self._outcome(future, due.job)
            jobs.clear(due.job, logs=self._house / "logs", keep=not outcome.is_done)
            record = self._write(due, DONE if outcome.is_done else FAILED, outcome)
            self._count(record.state, outcome)
            self._ended(opened, due, record)
            if self._manner.fail_fast and not outcome.is_done:
                raise Stopped("batch-fail-fast", found=due.job.id)

    def _outcome(self, future: Future, job: Job) -> Outcome:
        """How a job ended, also where the pool could not tell; that the pool itself cannot work ends the batch."""
        error = future.exception()
        if isinstance(error, CxError):
            raise error
        return Outcome(job.id, reason="lost", error=f"{type(error).__name__}: {error}") if error else future.result()

    def _work(self) -> Iterator[tuple[_Open, Due]]:
        """The notebooks that have to run, client by client; a client without any goes on to its reports at once."""
        for case in self._plan.cases:
            try:
                opened = self._opened(case)
            except (CxError, OSError) as error:
                self._total -= sum(len(self._plan.notebooks[lang]) + 1 for lang in case.langs) - 1
                self._count(REFUSED, Outcome(f"{case.name}/-/-", error=self._told(error)))
                continue
            for part in case.place.glob("sections/*.part"):
                part.unlink()
            due = [due for due in self._notebooks(opened) if not self._is_settled(opened, due)]
            opened.left = len(due)
            if not due:
                self._report(opened)
            yield from ((opened, one) for one in due)

    def _is_settled(self, opened: _Open, due: Due) -> bool:
        """Count a job that need not run."""
        if due.why and not (due.why == FAILED and not self._manner.retry):
            return False
        self._note(opened, due)
        known = due.known
        self._count(FAILED if due.why else CURRENT, Outcome(due.job.id, cell=known.cell, error=known.error))
        return True

    def _note(self, opened: _Open, due: Due) -> None:
        """Remember the section of a job that is up to date."""
        if not due.why and due.known:
            opened.sections |= _sections(due.known.outputs)

    def _ended(self, opened: _Open, due: Due, record: Record) -> None:
        """After a client's last notebook its reports are due; after its last job nothing of it is kept."""
        opened.left -= 1
        if due.job.kind == NOTEBOOK:
            if record.state == DONE:
                opened.sections |= _sections(record.outputs)
            if not opened.left:
                self._report(opened)
        if not opened.left:
            shutil.rmtree(opened.kept, ignore_errors=True)

    def _report(self, opened: _Open) -> None:
        made = [due for due in self._made_of(opened) if not self._is_settled(opened, due)]
        opened.left = len(made)
        self._reports.extend((opened, due) for due in made)

    def _told(self, error: CxError | OSError) -> str:
        """Why a client cannot be run; a file that went while it was read is an error like any other."""
        if isinstance(error, OSError):
            error = CxError("batch-input", file=str(error.filename), found=error.strerror)
        return error.text(self._manner.lang)

    def _opened(self, case: Case) -> _Open:
        folder.find(case.folder)
        mark = inputs.signature(case.folder)
        self._number += 1
        kept = self._house / "kept" / str(self._number)
        return _Open(case, inputs.of(inputs.hashes(case.folder) | inputs.elsewhere(case.folder)), mark, kept)

    def _notebooks(self, opened: _Open) -> Iterator[Due]:
        """The notebook jobs of a case."""
        case = opened.case
        for lang in case.langs:
            given = self._plan.parameters(case, lang)
            mark = inputs.of({name: value for name, value in given.items() if name != "out"})
            for notebook, content in self._plan.notebooks[lang].items():
                job = self._job(opened, lang, notebook.stem, kind=NOTEBOOK, parameters=given, notebook=str(notebook))
                parts = {"notebook": content, "parameters": mark, "inputs": opened.inputs, "program": inputs.program()}
                yield self._due(job, parts)

    def _made_of(self, opened: _Open) -> Iterator[Due]:
        """The report jobs of a case."""
        for lang in opened.case.langs:
            given = {"engagement": str(opened.case.folder), "lang": lang}
            sections = tuple(str(opened.case.place / name) for name in sorted(opened.sections))
            job = self._job(opened, lang, REPORT, kind=REPORT, parameters=given, sections=sections)
            parts = {"sections": inputs.of(opened.sections), "inputs": opened.inputs, "program": inputs.program()}
            yield self._due(job, parts)

    def _job(self, opened: _Open, lang: str, step: str, **rest) -> Job:
        self._number += 1
        limits = {"seconds": self._manner.seconds, "megabytes": self._manner.megabytes, "signature": opened.signature}
        work = self._house / "work" / str(self._number)
        places = {"place": str(opened.case.place), "work": str(work), "kept": str(opened.kept)}
        return Job(f"{opened.case.name}/{lang}/{step}", **places, **limits, **rest)

    def _due(self, job: Job, parts: dict[str, str]) -> Due:
        known = self._ledger.find(job.id) if self._ledger else None
        return Due(job, parts, "again" if self._manner.again else _why(known, parts, Path(job.place)), known)

    def _write(self, due: Due, state: str, outcome: Outcome) -> Record:
        """Put a job's state into the ledger."""
        client, period, lang, step = due.job.id.split("/")
        said = {name: getattr(outcome, name) for name in ("seconds", "cpu", "memory", "cell", "reason", "error")}
        made = {"outputs": outcome.outputs, "facts": outcome.facts, "parts": due.parts, "begun": time.time()}
        record = Record(due.job.id, client, period, lang, step, state, **said, **made)
        self._ledger.save(record)
        return record

    def _count(self, state: str, outcome: Outcome) -> None:
        self.counts[state] += 1
        done = sum(self.counts.values())
        failed = self.counts[FAILED] + self.counts[REFUSED]
        self._tell(Event(state, outcome, done, self._total, min(len(self._pending), self._workers), failed))


def _why(known: Record | None, parts: dict[str, str], place: Path) -> str:
    """Why a job has to run: it is new, it was broken off, something it depends on or made has changed, it failed."""
    if known is None:
        return "new"
    if known.state in (INTERRUPTED, RUNNING) or (known.state == FAILED and known.reason):
        return INTERRUPTED
    changed = [name for name, mark in parts.items() if known.parts.get(name) != mark]
    if changed:
        return changed[0]
    if known.state == FAILED:
        return FAILED
    whole = all(
        (place / name).is_file() and inputs.of_file(place / name) == mark for name, mark in known.outputs.items()
    )
    return "" if whole else "output"


def _sections(outputs: dict[str, str]) -> dict[str, str]:
    return {name: mark for name, mark in outputs.items() if name.startswith("sections/")}


def sweep(house: Path) -> None:
    """Remove what an ended batch left behind: working folders, what clients' jobs kept, and copies of notebooks."""
    for name in ("work", "kept", "notebooks"):
        shutil.rmtree(house / name, ignore_errors=True)


def line(event: Event) -> str:
    """Return an event as one line of JSON."""
    said = {"state": event.state, "job": event.outcome.id, "seconds": round(event.outcome.seconds, 3)}
    failed = {"cell": event.outcome.cell, "reason": event.outcome.reason, "error": event.outcome.error}
    counts = {name: getattr(event, name) for name in ("done", "total", "running", "failed")}
    return json.dumps(said | (failed if event.state in (FAILED, REFUSED) else {}) | counts, ensure_ascii=False)
