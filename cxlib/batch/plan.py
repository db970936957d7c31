"""What a batch is asked to do, checked as a whole before anything runs: clients × periods × languages × notebooks.

A client whose settings cannot be read is refused and the others go on; a wrong parameter, an unknown language or two
clients that would write into one folder stop everything, because they would be wrong for every client.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cxlib.batch import inputs, manifest
from cxlib.batch.notebooks import found, shipped
from cxlib.batch.parameters import checked
from cxlib.engagement import files, folder
from cxlib.engagement.setup import Setup
from cxlib.errors import CxError
from cxlib.words import LANGS, dates


@dataclass(frozen=True)
class Ask:
    """What is wanted.

    Attributes
    ----------
    engagements
        Folders, names of samples, or patterns such as ``clients/*``.
    out
        Folder of the outputs.
    periods
        Periods in each client's calendar; an empty text is all data.
    langs
        ``en``, ``fa``; each client's own languages if empty.
    notebooks
        A folder of notebooks instead of the shipped ones.
    only
        Stems such as ``04_kpis``; all notebooks if empty.
    manifest
        A file that says which client gets which period in which language, instead of `engagements`.
    due
        A day, in each client's calendar: take the periods from each client's reporting plan.
    """

    engagements: tuple[str, ...] = ()
    out: Path = Path("out")
    periods: tuple[str, ...] = ("",)
    as_of: str = ""
    langs: tuple[str, ...] = ()
    seed: int = 0
    notebooks: str = ""
    only: tuple[str, ...] = ()
    manifest: str = ""
    due: str = ""


@dataclass(frozen=True)
class Case:
    """One client and period."""

    folder: Path
    place: Path
    period: str
    as_of: str
    langs: tuple[str, ...]

    @property
    def name(self) -> str:
        """``nikkhaneh/1404-Q1``."""
        return f"{self.folder.name}/{self.place.name}"


@dataclass(frozen=True)
class Plan:
    """A checked plan.

    Attributes
    ----------
    cases
        What will be run.
    refused
        Name of a client that cannot be run → the error of its settings.
    notebooks
        Language → notebook → its hash.
    """

    ask: Ask
    cases: list[Case]
    refused: dict[str, CxError]
    notebooks: dict[str, dict[Path, str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many jobs there are: notebooks and reports."""
        return sum(len(self.notebooks[lang]) + 1 for case in self.cases for lang in case.langs)

    def parameters(self, case: Case, lang: str) -> dict[str, Any]:
        """Return the parameters of a notebook for a case."""
        given = {"engagement": str(case.folder), "period": case.period, "as_of": case.as_of, "lang": lang}
        return given | {"seed": self.ask.seed, "out": str(case.place)}


def plan(ask: Ask) -> Plan:
    """Return the plan of what is asked.

    Raises
    ------
    CxError
        If a parameter, a language, a period that every client shares or the notebook folder is wrong, or if two
        clients have the same name. Nothing has been written then.
    """
    cases, refused = [], {}
    for row in _rows(ask):
        try:
            cases += _cases(row, ask)
        except CxError as error:
            refused[Path(row.engagement).name] = error
    if refused and not cases:
        raise next(iter(refused.values()))
    _apart(cases)
    langs = sorted({lang for case in cases for lang in case.langs})
    made = Plan(ask, list(dict.fromkeys(cases)), refused, {lang: _notebooks(ask, lang) for lang in langs})
    for lang in langs:
        for notebook in made.notebooks[lang]:
            checked(made.parameters(cases[0], lang), notebook=notebook)
    return made


def _rows(ask: Ask) -> Iterator[manifest.Run]:
    """One row a client and period, from the manifest, the reporting plans or the command."""
    if ask.manifest:
        yield from manifest.read(Path(ask.manifest)).runs
        return
    for path in _named(ask.engagements):
        if ask.due:
            yield from manifest.due(folder.find(path), on=ask.due).runs
        else:
            yield from (manifest.Run(engagement=path, period=period, as_of=ask.as_of) for period in ask.periods)


def _named(engagements: Iterable[str]) -> Iterator[str]:
    """The engagements that names and patterns stand for; of a pattern's folders those that are engagements."""
    for name in engagements:
        if not glob.has_magic(name):
            yield name
            continue
        met = sorted(path for path in glob.glob(name) if (Path(path) / folder.SETTINGS).is_file())
        if not met:
            raise CxError("batch-no-match", found=name)
        yield from met


def _cases(row: manifest.Run, ask: Ask) -> list[Case]:
    """The case of a row, its settings read and its period understood."""
    home = folder.find(row.engagement)
    setup = files.read(home / folder.SETTINGS, Setup, home)
    langs = tuple(ask.langs or row.languages or setup.languages)
    for lang in langs:
        if lang not in LANGS:
            raise CxError("unknown-language", found=lang, expected=list(LANGS))
    if row.as_of:
        dates.day(row.as_of, setup.calendar)
    name = dates.period(row.period, setup.calendar).text if row.period else "all"
    return [Case(home, ask.out.resolve() / home.name / name, row.period, row.as_of, langs)]


def _apart(cases: list[Case]) -> None:
    """Two folders of one name would write into one place."""
    homes: dict[str, Path] = {}
    days: dict[Path, str] = {}
    for case in cases:
        other = homes.setdefault(case.folder.name, case.folder)
        if other != case.folder:
            raise CxError("batch-same-name", found=[str(other), str(case.folder)], column=case.folder.name)
        if days.setdefault(case.place, case.as_of) != case.as_of:
            raise CxError("batch-same-period", column=case.name, found=[days[case.place], case.as_of])


def _notebooks(ask: Ask, lang: str) -> dict[Path, str]:
    """The notebooks of a language and their hashes."""
    there = found(Path(ask.notebooks)) if ask.notebooks else shipped(lang)
    unknown = sorted(set(ask.only) - {path.stem for path in there})
    if unknown:
        raise CxError("batch-no-such-notebook", found=unknown, expected=[path.stem for path in there])
    return {path: inputs.of_file(path) for path in there if not ask.only or path.stem in ask.only}


def keep(made: Plan, place: Path) -> Plan:
    """Return the plan on copies of its notebooks below `place`: an edit during the run does not reach it."""
    kept: dict[str, dict[Path, str]] = {}
    for lang, notebooks in made.notebooks.items():
        kept[lang] = {}
        for path, mark in notebooks.items():
            copy = place / mark / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            kept[lang][copy] = inputs.of_file(copy)
    return replace(made, notebooks=kept)


def edited(made: Plan) -> list[Path]:
    """Return the notebooks that have been changed since the plan was made."""
    pairs = [(path, mark) for notebooks in made.notebooks.values() for path, mark in notebooks.items()]
    return sorted({path for path, mark in pairs if not path.exists() or inputs.of_file(path) != mark})
