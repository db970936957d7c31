"""One notebook for one client in one language: the smallest piece of work."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LAST_LINES = 12


@dataclass(frozen=True)
class Job:
    """What to run, with what, and where the executed notebook goes.

    Attributes
    ----------
    notebook
        The notebook to execute.
    target
        Where the executed notebook is written.
    parameters
        Checked parameters (`cxlib.batch.parameters.checked`).
    """

    notebook: Path
    target: Path
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        """``fa/04_kpis``."""
        return f"{self.parameters['lang']}/{self.notebook.stem}"


@dataclass(frozen=True)
class Outcome:
    """How a job ended: seconds, and if it failed the cell's key and the last lines of the error."""

    name: str
    seconds: float
    cell: str = ""
    error: str = ""

    @property
    def is_done(self) -> bool:
        """Whether every cell ran."""
        return not self.error


def execute(job: Job) -> Outcome:
    """Run one notebook with papermill and return how it ended; a failing cell is an outcome, not an exception."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    begun = time.monotonic()
    cell = error = ""
    try:
        papermill.execute_notebook(
            str(job.notebook),
            str(job.target),
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=str(job.target.parent),
        )
    except PapermillExecutionError as failure:
        cell = _cell_key(job.notebook, failure.source)
        error = "\n".join(f"{failure.evalue}".strip().splitlines()[-_LAST_LINES:]) or failure.ename
    return Outcome(job.name, time.monotonic() - begun, cell, error)


def _cell_key(notebook: Path, source: str) -> str:
    """The key of the cell with this source; the injected parameters have none of their own."""
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    return next((cell.id for cell in cells if cell.source == source), "parameters")
