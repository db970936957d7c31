"""What a run tells the terminal: a bar while it works, plain lines where there is no terminal, a summary at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager

from cxlib.batch import course
from cxlib.batch.course import CURRENT, Due, Event
from cxlib.batch.job import Outcome
from cxlib.batch.ledger import DONE, FAILED, Ledger, Record
from cxlib.batch.run import Progress, Summary, Totals
from cxlib.words import phrase


@contextmanager
def progress(lang: str) -> Iterator[Progress]:
    """Yield a function that shows how far the run of one client is: a bar on a terminal, else one line a notebook."""
    with events(lang, quiet=()) as tell:
        yield lambda outcome, done, total: tell(Event(_state(outcome), outcome, done, total, 0, 0))


def _state(outcome: Outcome) -> str:
    """What was up to date took no time."""
    return FAILED if not outcome.is_done else DONE if outcome.seconds else CURRENT


@contextmanager
def events(
    lang: str, *, json: bool = False, quiet: Container[str] = (CURRENT,), total: int | None = None
) -> Iterator[Callable[[Event], None]]:
    """Yield a function that shows events: JSON lines, a bar on a terminal, or plain lines but for states in `quiet`."""
    if json:
        yield lambda event: _say(sys.stdout, course.line(event))
        return
    if not sys.stderr.isatty():
        yield lambda event: None if event.state in quiet else _line(event, lang)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(phrase("cli.run.working", lang), total=total)

        def show(event: Event) -> None:
            values = {"name": event.outcome.name, "running": event.running, "failed": event.failed}
            text = phrase("batch.bar", lang, **values)
            bar.update(task, completed=event.done, total=event.total, description=text)

        yield show


def _line(event: Event, lang: str) -> None:
    """One line a job."""
    values = {"done": event.done, "total": event.total, "name": event.outcome.id, "seconds": event.outcome.seconds}
    _say(sys.stderr, phrase("cli.run.line", lang, state=phrase(f"batch.state.{event.state}", lang), **values))


def _say(stream, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def summary(run: Summary, lang: str) -> str:
    """Return what a run did: how many notebooks, what failed and where, where the reports are."""
    done = len(run.outcomes) - len(run.failed)
    lines = [phrase("cli.run.summary", lang, done=done, total=len(run.outcomes), findings=run.findings)]
    lines += [failure(outcome, lang) for outcome in run.failed]
    lines += [f"  {path}" for files in run.reports.values() for path in files.values()]
    return "\n".join(lines)


def failure(outcome: Outcome | Record, lang: str) -> str:
    """Return which client, notebook and cell failed, and the last lines of the error or what ended the process."""
    why = phrase(f"batch.reason.{outcome.reason}", lang, found=outcome.error) if outcome.reason else outcome.error
    name = outcome.id.removesuffix("/-").removesuffix("/-").removesuffix("/-")
    key = "cli.run.failed" if outcome.cell else "batch.failed"
    return phrase(key, lang, name=name, cell=outcome.cell, error=why)


def totals(made: Totals, lang: str) -> str:
    """Return what a batch did."""
    lines = [phrase("batch.totals", lang, **made.counts)]
    lines += [failure(outcome, lang) for outcome in made.failures]
    if made.edited:
        lines.append(phrase("batch.edited", lang, names=[path.name for path in made.edited]))
    if made.is_clock_back:
        lines.append(phrase("batch.clock", lang))
    return "\n".join(lines)


def dry(jobs: Sequence[Due], lang: str) -> str:
    """Return what a run would do, one line a job that has to run and why, and that nothing was run."""
    due = [one for one in jobs if one.why]
    lines = [f"  {one.job.id}: {phrase(f'batch.why.{one.why}', lang)}" for one in due]
    return "\n".join([phrase("batch.dry", lang, due=len(due), current=len(jobs) - len(due)), *lines])


def status(ledger: Ledger, lang: str) -> str:
    """Return what is known of all jobs: how many in each state, and what failed."""
    counts: Counter[str] = Counter()
    lines = []
    for record in ledger.records():
        counts[record.state] += 1
        if record.state == FAILED:
            lines.append(failure(record, lang))
    told = [
        f"{phrase(f'batch.state.{state}', lang)}: {phrase('batch.count', lang, n=n)}" for state, n in counts.items()
    ]
    return "\n".join([*told, *lines])
