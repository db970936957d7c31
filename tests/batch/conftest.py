"""Small clients and small notebooks, so that a test of the machinery takes seconds."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import nbformat
import psutil
import pytest

from cxlib.batch import pool, run
from cxlib.batch.course import Event, Manner
from cxlib.batch.ledger import Record
from cxlib.batch.plan import Ask, plan

from .canonical import canonical

PARAMETERS = '''engagement: str = "nikkhaneh"  # folder
period: str = ""
as_of: str = ""
lang: str = "en"
seed: int = 0
out: str = ""'''
SECTION = """from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit, Section, Term
import pandas as pd
text = open(engagement + "/inbox/own.txt").read()
now = Estimate(float(len(text)), 1.0, 90.0, n=30, unit="points")
row = {"metric": Term("metric.nps"), "survey": "", "now": now, "method": Term("method.wilson")}
Section("kpis", {"seed": seed}, exhibits=(Exhibit("kpi-values", "table", pd.DataFrame([row])),)).save(out, 4)
text"""


def written(path: Path, *sources: str, **cells: str) -> Path:
    """A notebook with a parameter cell and these cells, keyed where a name is given."""
    keyed = {"parameters": PARAMETERS} | {f"cell-{at}": source for at, source in enumerate(sources)} | cells
    made = [nbformat.v4.new_code_cell(source, id=key) for key, source in keyed.items()]
    made[0].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Makes a notebook in the folder of notebooks of this test."""
    return lambda name, *sources, **cells: written(tmp_path / "notebooks" / f"{name}.ipynb", *sources, **cells)


@pytest.fixture
def client(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a client's folder whose data is its own name."""

    def made(name: str) -> Path:
        home = tmp_path / "clients" / name
        (home / "inbox").mkdir(parents=True)
        (home / "engagement.yaml").write_text(f"schema: 1\nname: {name}\n", encoding="utf-8")
        (home / ".cx-key").write_text("0123456789abcdef" * 4 + "\n", encoding="utf-8")
        (home / "inbox" / "own.txt").write_text(f"secret of {name}", encoding="utf-8")
        return home

    return made


class Batch:
    """Runs this test's notebooks for this test's clients, and remembers what was told."""

    def __init__(self, base: Path) -> None:
        self.base, self.out = base, base / "out"
        self.events: list[Event] = []

    def plan(self, *engagements: str, **ask):
        named = engagements or (str(self.base / "clients" / "*"),)
        return plan(Ask(named, self.out, notebooks=str(self.base / "notebooks"), **{"langs": ("en",)} | ask))

    def run(self, *engagements: str, manner: Manner | None = None, where: run.Where | None = None, **ask) -> run.Totals:
        self.events.clear()
        where, manner = where or run.Where(workers=2), manner or Manner()
        return run.many(
            self.plan(*engagements, **ask), manner=manner, where=where, tell=self.events.append, totals=lambda _: None
        )

    def why(self, **ask) -> dict[str, str]:
        """Job → why it would run, of those that would."""
        return {due.job.id: due.why for due in run.look(self.plan(**ask), Manner()) if due.why}

    def records(self) -> list[Record]:
        ledger = run.known(self.out)
        try:
            return list(ledger.records())
        finally:
            ledger.close()

    def results(self) -> dict[str, object]:
        """Every file of the outputs; of a notebook what does not differ from run to run by nature."""
        return {
            name: canonical(nbformat.reads(data, as_version=4)) if name.endswith(".ipynb") else data
            for name, data in self.files().items()
            if name != "index.html"
        }

    def files(self) -> dict[str, bytes]:
        """Every file of the outputs but the books."""
        kept = (path for path in self.out.rglob("*") if path.is_file() and ".cx" not in path.parts)
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in sorted(kept)}

    def litter(self) -> list[str]:
        """What a batch must not leave behind."""
        wanted = {"lock", "ledger.sqlite", "logs"}
        books = [path.name for path in (self.out / ".cx").iterdir() if path.name not in wanted]
        return books + [path.as_posix() for path in self.out.rglob("*.part*")]


def marked(mark: str) -> list[psutil.Process]:
    """Every living process that was started with this mark in its environment, or by one that was."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if one.environ().get("CX_TEST_MARK") == mark and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


class Alone:
    """`cx batch` as a process of its own; all that it starts, and all that it leaves in shared places, can be found.

    Every process that descends from it carries a mark in its environment, also one that has left its parent.
    """

    def __init__(self, batch: Batch, home: Path, *options: str, prelude: str = "", **environment: str) -> None:
        self.temp, self.home, self.mark = batch.base / "temp", home, secrets.token_hex(8)
        self.temp.mkdir(exist_ok=True)
        places = {"TMPDIR": str(self.temp), "HOME": str(home), "CX_TEST_MARK": self.mark}
        self.environment = os.environ | places | environment
        given = [str(batch.base / "clients" / "*"), "--out", str(batch.out), "--lang", "en", "--workers", "2"]
        given += ["--notebooks", str(batch.base / "notebooks")]
        code = f"{prelude}\nimport sys\nfrom cxlib import cli\nsys.exit(cli.main(sys.argv[1:]))"
        self.command = [sys.executable, "-c", code, "batch", *given, *options]
        self._said, self._complained = batch.base / f"{self.mark}.out", batch.base / f"{self.mark}.err"

    def start(self) -> Alone:
        with self._said.open("wb") as out, self._complained.open("wb") as err:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=err, env=self.environment)
        return self

    def run(self, *, seconds: float = 300) -> int:
        return self.start().process.wait(timeout=seconds)

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        return self._complained.read_text(encoding="utf-8")

    @property
    def events(self) -> list[dict]:
        """What ``--json`` told so far, whole lines only."""
        return [json.loads(line) for line in self.said.splitlines(keepends=True) if line.endswith("\n")]

    def family(self) -> list[psutil.Process]:
        """Every living process that descends from it."""
        return marked(self.mark)

    def zygote(self) -> list[psutil.Process]:
        """The warm process; its children look like it but have another parent."""
        with suppress(psutil.Error):
            there = psutil.Process(self.process.pid).children()
            return [one for one in there if "cxlib.batch.zygote" in one.cmdline()]
        return []

    def children(self) -> list[psutil.Process]:
        """The processes of the jobs."""
        with suppress(psutil.Error):
            return [child for one in self.zygote() for child in one.children()]
        return []

    def is_gone(self, *, seconds: float = 30) -> bool:
        """Whether all of its processes end."""
        patience = time.monotonic() + seconds
        while self.family():
            if time.monotonic() > patience:
                return False
            time.sleep(0.1)
        return True

    def leftovers(self) -> list[str]:
        """What stands in the places for temporary files and for the settings of programs."""
        return [path.as_posix() for path in self.temp.rglob("*")]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that is not the developer's."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def alone(tmp_path: Path, house: Path) -> Iterator[Callable[..., Alone]]:
    """Makes a batch that is a process of its own, and ends it if the test does not."""
    made: list[Alone] = []

    def new(*options: str, **rest: str) -> Alone:
        made.append(Alone(Batch(tmp_path), house, *options, **rest))
        return made[-1]

    yield new
    for one in made:
        for process in one.family():
            with suppress(psutil.Error):
                process.kill()


@pytest.fixture(scope="session")
def warm() -> Iterator[pool.Zygote]:
    """One warm process for all tests that do not kill it; a test that starts its own takes seconds more."""
    made = pool.Zygote(2)
    yield made
    made.stop()


@pytest.fixture
def own(tmp_path: Path) -> Batch:
    """A batch that starts its own warm process."""
    return Batch(tmp_path)


@pytest.fixture
def batch(tmp_path: Path, warm: pool.Zygote, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch on the warm process of all tests."""
    monkeypatch.setattr(pool, "pool", lambda *_, **__: nullcontext(warm))
    return Batch(tmp_path)
