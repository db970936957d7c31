"""Running the nine notebooks for one client: every output is made aside and renamed into place when it is whole.

A failing notebook does not stop the others, and the report is still made, with the missing step marked as missing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cxlib import section
from cxlib.batch.job import Job, Outcome, execute
from cxlib.batch.notebooks import found, shipped
from cxlib.batch.parameters import checked
from cxlib.engagement import folder
from cxlib.engagement.folder import Engagement
from cxlib.errors import CxError
from cxlib.report import write
from cxlib.steps import client as clients
from cxlib.words import LANGS, dates

Progress = Callable[[Outcome, int, int], None]


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes
    ----------
    outcomes
        How each notebook ended.
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
        """The notebooks that did not run to their end."""
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
    opened = folder.open(folder.find(engagement))
    asked = list(langs or opened.setup.languages)
    place = _place(opened, out=out, period=period, as_of=as_of)
    aside = place.with_name(f".{place.name}.{os.getpid()}.part")
    common = {"engagement": str(opened.folder), "period": period, "as_of": as_of, "seed": seed, "out": str(aside)}
    jobs = plan(common, langs=asked, notebooks=notebooks)
    clients.open(opened.folder, period=period, as_of=as_of, seed=seed)
    try:
        for job in jobs:
            job.target.parent.mkdir(parents=True, exist_ok=True)
        outcomes = list(_executed(jobs, workers or os.cpu_count() or 1, progress))
        sections = [section.read(path) for path in sorted((aside / "sections").glob("*.json"))]
        for lang in asked:
            write.report(sections, opened, lang=lang, folder=aside / lang)
        _put(aside, place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    reports = {lang: {path.suffix[1:]: path for path in sorted((place / lang).glob("report.*"))} for lang in asked}
    grave = sum(finding.severity != "note" for part in sections for finding in part.findings)
    return Summary(outcomes, place, reports, grave)


def dry(engagement: str | Path, *, out: str | Path, langs: Sequence[str] = (), **chosen: Any) -> list[Job]:
    """Return what `run` would do with the same arguments, everything checked and nothing written."""
    opened = folder.open(folder.find(engagement))
    notebooks = chosen.pop("notebooks", "")
    place = _place(opened, out=out, period=chosen.get("period", ""), as_of=chosen.get("as_of", ""))
    common = {"engagement": str(opened.folder), "out": str(place)} | chosen
    return plan(common, langs=langs or opened.setup.languages, notebooks=notebooks)


def plan(common: dict, *, langs: Iterable[str], notebooks: str | Path = "") -> list[Job]:
    """Return one job a language and notebook, with every parameter checked before anything runs.

    Raises
    ------
    CxError
        If a language, the folder of notebooks or a parameter is wrong.
    """
    jobs = []
    for lang in langs:
        if lang not in LANGS:
            raise CxError("unknown-language", found=lang, expected=list(LANGS))
        for notebook in found(Path(notebooks)) if notebooks else shipped(lang):
            parameters = checked(common | {"lang": lang}, notebook=notebook)
            jobs.append(Job(notebook, Path(common["out"]) / lang / "notebooks" / notebook.name, parameters))
    return jobs


def _place(opened: Engagement, *, out: str | Path, period: str, as_of: str) -> Path:
    """The folder of the outputs, once the period and the reference date are known to be readable."""
    calendar = opened.setup.calendar
    if as_of:
        dates.day(as_of, calendar)
    return Path(out).resolve() / opened.name / (dates.period(period, calendar).text if period else "all")


def _executed(jobs: list[Job], workers: int, progress: Progress | None) -> Iterable[Outcome]:
    """The outcomes in the order of the jobs; several notebooks run at a time."""
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(execute, job) for job in jobs]
        for done, future in enumerate(as_completed(waiting), start=1):
            if progress:
                progress(future.result(), done, len(jobs))
        yield from (future.result() for future in waiting)


def _put(aside: Path, place: Path) -> None:
    """Move whole files into place; what an earlier run left and this one did not make stays."""
    for path in sorted(aside.rglob("*")):
        if path.is_file():
            target = place / path.relative_to(aside)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
