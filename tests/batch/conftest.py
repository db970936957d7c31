"""Small clients and small notebooks, so that a test of the machinery takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest

from cxlib.batch import pool, run
from cxlib.batch.course import Event, Manner
from cxlib.batch.ledger import Record
from cxlib.batch.plan import Ask, plan

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

    def files(self) -> dict[str, bytes]:
        """Every file of the outputs but the books."""
        kept = (path for path in self.out.rglob("*") if path.is_file() and ".cx" not in path.parts)
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in sorted(kept)}

    def litter(self) -> list[str]:
        """What a batch must not leave behind."""
        wanted = {"lock", "ledger.sqlite", "logs"}
        books = [path.name for path in (self.out / ".cx").iterdir() if path.name not in wanted]
        return books + [path.as_posix() for path in self.out.rglob("*.part*")]


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
