"""The smallest pieces of work, one process each: a notebook, or a report, for one client, period and language.

A job is plain data, so it can go to a forked child, to a new process or to another machine of a cluster. It works in a
folder of its own and moves whole files into place at its end; it never touches the ledger.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cxlib.batch import inputs
from cxlib.engagement.folder import KEPT
from cxlib.errors import CxError

NOTEBOOK, REPORT = "notebook", "report"
CHANGED = "changed"
_LAST_LINES, _LAST_SIGNS = 12, 4000
_CELL = "cell"
OUTCOME = "outcome.json"
LOG = "log"


@dataclass(frozen=True)
class Job:
    """What to run, with what, and where its results go.

    Attributes
    ----------
    id
        ``engagement/period/lang/step``, such as ``nikkhaneh/all/fa/04_kpis`` or ``nikkhaneh/all/fa/report``.
    kind
        ``notebook`` or ``report``.
    place
        The folder of the client's outputs: ``out/<engagement>/<period>``.
    work
        A folder that only this job uses; it is removed afterwards.
    parameters
        Checked parameters of the notebook, of a report its engagement and lang.
    notebook
        The notebook to execute.
    sections
        The files of the sections that a report is made of.
    kept
        A private folder where the jobs of one client keep what they read of it for each other.
    signature
        What the engagement's files looked like when the job was planned.
    engine
        ``cx``, or ``nbclient`` for a stock kernel.
    seconds, megabytes
        Limits of time and memory, 0 for none.
    """

    id: str
    kind: str
    place: str
    work: str
    parameters: dict[str, Any]
    notebook: str = ""
    sections: tuple[str, ...] = ()
    kept: str = ""
    signature: str = ""
    engine: str = "nbclient"
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def name(self) -> str:
        """``fa/04_kpis``."""
        return "/".join(self.id.split("/")[-2:])

    @property
    def target(self) -> Path:
        """Where the executed notebook or the report goes."""
        lang = self.parameters["lang"]
        inside = f"{lang}/notebooks/{self.id.split('/')[-1]}.ipynb" if self.kind == NOTEBOOK else f"{lang}/report.html"
        return Path(self.place) / inside


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    id
        The job.
    seconds, cpu, memory
        Wall time, processor time, and the largest memory in megabytes.
    cell
        The key of the cell that failed.
    reason
        Why it failed where no cell raised an error: a catalogue entry ``batch.reason.<reason>``.
    error
        The last lines of the error.
    outputs
        File, relative to the client's folder of outputs → sha256.
    facts
        What the summary shows: findings and headline KPIs.
    """

    id: str
    seconds: float = 0.0
    cell: str = ""
    reason: str = ""
    error: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    cpu: float = 0.0
    memory: int = 0

    @property
    def name(self) -> str:
        """``fa/04_kpis``."""
        return "/".join(self.id.split("/")[-2:])

    @property
    def is_done(self) -> bool:
        """Whether it ran to its end."""
        return not (self.reason or self.error)


def perform(job: Job) -> Outcome:
    """Do a job in this process and return how it ended; a failing cell is an outcome, not an exception."""
    begun, before = time.monotonic(), time.process_time()
    work = Path(job.work)
    (work / "scratch").mkdir(parents=True, exist_ok=True)
    made = _notebook(job, work) if job.kind == NOTEBOOK else _report(job, work)
    return Outcome(**asdict(made) | {"seconds": time.monotonic() - begun, "cpu": time.process_time() - before})


def _is_changed(job: Job) -> bool:
    """Whether the engagement's files are no longer what they were when the job was planned."""
    try:
        return bool(job.signature) and inputs.signature(Path(job.parameters["engagement"])) != job.signature
    except (OSError, CxError):
        return True


def _notebook(job: Job, work: Path) -> Outcome:
    """Execute a notebook; a failed one stands beside the place of a good one, under another name."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    aside, failed = work / job.target.name, job.target.with_suffix(".failed.ipynb")
    try:
        papermill.execute_notebook(
            job.notebook,
            str(aside),
            parameters=job.parameters,
            engine_name=job.engine,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=str(work / "scratch"),
        )
    except PapermillExecutionError as failure:
        _put(aside, failed)
        return _failure(job, _cell_key(job.notebook, failure.source), failure.evalue or failure.ename)
    except OSError as error:
        return _failure(job, running(work), str(error), reason="system")
    except Exception as error:  # noqa: BLE001 a dead kernel, a notebook that is none: an outcome of this job only
        return _failure(job, running(work), str(error) or type(error).__name__)
    section = Path(job.place) / "sections" / f"{job.target.name[:2]}.json"
    if _is_changed(job):
        section.unlink(missing_ok=True)
        return Outcome(job.id, reason=CHANGED)
    failed.unlink(missing_ok=True)
    _put(aside, job.target)
    return Outcome(job.id, outputs=_outputs(job, [job.target, section]))


def _report(job: Job, work: Path) -> Outcome:
    """Make a report of the sections that there are."""
    from cxlib import section
    from cxlib.engagement import folder
    from cxlib.report import write

    try:
        opened = folder.open(job.parameters["engagement"], kept=Path(job.kept) if job.kept else None)
        sections = [section.read(path) for path in job.sections]
        made = write.report(sections, opened, lang=job.parameters["lang"], folder=work)
        if _is_changed(job):
            return Outcome(job.id, reason=CHANGED)
        targets = [job.target.with_name(path.name) for path in made.values()]
        for path, target in zip(made.values(), targets, strict=True):
            _put(path, target)
    except CxError as error:
        return _failure(job, "", error.text(job.parameters["lang"]))
    except OSError as error:
        return _failure(job, "", str(error), reason="system")
    except Exception as error:  # noqa: BLE001 whatever it is, it concerns this report only
        return _failure(job, "", f"{type(error).__name__}: {error}")
    return Outcome(job.id, outputs=_outputs(job, targets), facts=_facts(job))


def _put(aside: Path, target: Path) -> None:
    """Move a whole file into place in one step."""
    if aside.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(target)


def _outputs(job: Job, paths: list[Path]) -> dict[str, str]:
    """The hashes of what was made."""
    place = Path(job.place)
    return {path.relative_to(place).as_posix(): inputs.of_file(path) for path in paths if path.exists()}


def _facts(job: Job) -> dict[str, Any]:
    """How many findings are to be mended, the headline KPIs, and the steps that are there."""
    parts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in job.sections]
    grave = sum(finding["severity"] != "note" for part in parts for finding in part["findings"])
    return {
        "findings": grave,
        "kpis": [row for part in parts for row in _headline(part)],
        "steps": [part["step"] for part in parts],
    }


def _headline(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the table of KPIs that have a value: metric, survey, estimate."""
    exhibits = [exhibit["frame"] for exhibit in part["exhibits"] if exhibit["key"] == "kpi-values"]
    rows = [dict(zip(frame["columns"], row, strict=True)) for frame in exhibits for row in frame["rows"]]
    return [
        {"metric": row["metric"], "survey": row["survey"], "now": row["now"]["estimate"]}
        for row in rows
        if isinstance(row["now"], dict) and row["now"].get("estimate", {}).get("value") is not None
    ]


def _failure(job: Job, cell: str, text: str, *, reason: str = "") -> Outcome:
    if _is_changed(job):
        return Outcome(job.id, cell=cell, reason=CHANGED)
    lines = text.strip()[-_LAST_SIGNS:].splitlines()[-_LAST_LINES:]
    return Outcome(job.id, cell=cell, error="\n".join(lines) or job.kind, reason=reason)


def _cell_key(notebook: str, source: str) -> str:
    """The key of the cell with this source; the injected parameters have none of their own."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    return next((cell.get("id", "") for cell in cells if "".join(cell["source"]) == source), "parameters")


def running(work: Path) -> str:
    """Return the key of the cell that ran last, as the engine noted it."""
    path = work / _CELL
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def surroundings(job: Job) -> dict[str, str]:
    """Return the environment of a job: places for files that are its own or its client's and go away with them."""
    own = Path(job.work) / "temp"
    own.mkdir(parents=True, exist_ok=True)
    places = {name: str(own) for name in ("TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}
    if job.kept:
        Path(job.kept).mkdir(mode=0o700, parents=True, exist_ok=True)
    return places | {"CX_CELL_FILE": str(Path(job.work) / _CELL), KEPT: job.kept}


def said(outcome: Outcome) -> str:
    """Return an outcome as JSON."""
    return json.dumps(asdict(outcome), ensure_ascii=False)


def leave(outcome: Outcome, work: Path) -> None:
    """Write an outcome where the process that waits for it finds it, all or nothing; a full disk is emptied for it."""
    aside = work / f"{OUTCOME}.part"
    try:
        aside.write_text(said(outcome), encoding="utf-8")
    except OSError:
        for path in work.glob("*.*"):
            path.unlink()
        aside.write_text(said(outcome), encoding="utf-8")
    aside.replace(work / OUTCOME)


def left(job: Job) -> Outcome | None:
    """Return the outcome that a job left, None if it could not."""
    path = Path(job.work) / OUTCOME
    return Outcome(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def clear(job: Job, *, logs: Path, keep: bool) -> None:
    """Remove a job's folder; its log is kept where it failed."""
    log = Path(job.work) / LOG
    name = logs / f"{job.id.replace('/', '.')}.log"
    if keep and log.exists() and log.stat().st_size:
        logs.mkdir(parents=True, exist_ok=True)
        log.replace(name)
    elif not keep:
        name.unlink(missing_ok=True)
    shutil.rmtree(job.work, ignore_errors=True)


def read(text: str) -> Job:
    """Return the job that `written` made."""
    plain = json.loads(text)
    return Job(**plain | {"sections": tuple(plain["sections"])})


def written(job: Job) -> str:
    """Return a job as one line of JSON."""
    return json.dumps(asdict(job), ensure_ascii=False)


def main() -> None:
    """Do the job that stands on the first line of the input; end if whoever wrote it ends."""
    import sys
    import threading

    job = read(sys.stdin.readline())
    threading.Thread(target=_follow, args=[sys.stdin], daemon=True).start()
    os.environ.update(surroundings(job))
    os.umask(0o077)
    leave(perform(job), Path(job.work))


def _follow(stream: Any) -> None:
    """Wait for the other end to close, then end every process that this one started, and this one."""
    import psutil

    stream.read()
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(1)


if __name__ == "__main__":
    main()
