"""What a run tells the terminal: a bar while it works, plain lines where there is no terminal, a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cxlib.batch.job import Job, Outcome
from cxlib.batch.run import Progress, Summary
from cxlib.words import phrase


@contextmanager
def progress(lang: str) -> Iterator[Progress]:
    """Yield a function that shows how far a run is: a bar on a terminal, else one line a notebook."""
    if not sys.stderr.isatty():
        yield lambda outcome, done, total: _line(outcome, done, total, lang)
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(phrase("cli.run.working", lang))

        def show(outcome: Outcome, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=outcome.name)

        yield show


def _line(outcome: Outcome, done: int, total: int, lang: str) -> None:
    state = phrase("cli.state.done" if outcome.is_done else "cli.state.failed", lang)
    values = {"done": done, "total": total, "name": outcome.name, "state": state, "seconds": outcome.seconds}
    sys.stderr.write(phrase("cli.run.line", lang, **values) + "\n")


def summary(run: Summary, lang: str) -> str:
    """Return what a run did: how many notebooks, what failed and where, where the reports are."""
    done = len(run.outcomes) - len(run.failed)
    lines = [phrase("cli.run.summary", lang, done=done, total=len(run.outcomes), findings=run.findings)]
    for outcome in run.failed:
        lines.append(phrase("cli.run.failed", lang, name=outcome.name, cell=outcome.cell, error=outcome.error))
    lines += [f"  {path}" for files in run.reports.values() for path in files.values()]
    return "\n".join(lines)


def dry(jobs: list[Job], lang: str) -> str:
    """Return what a run would do, one line a notebook, and that nothing was run."""
    lines = [f"  {job.name} → {job.target}" for job in jobs]
    return "\n".join([phrase("cli.run.dry", lang, count=len(jobs)), *lines])
