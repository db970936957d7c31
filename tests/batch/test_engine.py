"""The engine gives what a stock kernel gives, output for output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import pytest

from cxlib.batch import job as jobs
from cxlib.batch.job import Job
from cxlib.batch.notebooks import shipped
from tests.batch.canonical import canonical

from .conftest import written

EDGES = {
    "text": 'print("one")\nimport sys\nprint("two", file=sys.stderr)\nprint("three")\n"last"',
    "progress": 'for i in range(3):\n    print(i, end="\\r")',
    "await": "import asyncio\nawait asyncio.sleep(0.01)\ntask = asyncio.create_task(asyncio.sleep(0.01, 'slept'))",
    "await-later": "await task",
    "magics": "%who_ls int",
    "cell-magic": '%%capture held\nprint("hidden")',
    "captured": "held.stdout",
    "shell": "!echo from the shell",
    "html": "from IPython.display import HTML, display, clear_output\ndisplay(HTML('<b>x</b>'), HTML('<i>y</i>'))",
    "cleared": "print('gone')\nclear_output()\nprint('kept')",
    "update": "handle = display('first', display_id='same')\nhandle.update('second')",
    "thread": "import threading\nworker = threading.Thread(target=print, args=['in'])\nworker.start()\nworker.join()",
    "subprocess": "import subprocess\nsubprocess.run(['echo', 'captured'], capture_output=True, text=True).stdout",
    "figure": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 2, 3])\nplt.show()",
    "figure-value": "fig, ax = plt.subplots(figsize=(2, 1))\nplt.close(fig)\nfig",
    "frame": "import pandas as pd\npd.DataFrame({f'c{i}': [i] * 3 for i in range(25)})",
    "widget": "import ipywidgets\nslider = ipywidgets.IntSlider(value=3)\nslider",
    "widget-output": "box = ipywidgets.Output()\nwith box:\n    print('inside')\nbox",
    "widget-read": "len(box.outputs)",
    "warning": "import warnings\nwarnings.warn('careful', UserWarning, stacklevel=1)",
    "main": "import pickle\nclass Thing:\n    pass\ntype(pickle.loads(pickle.dumps(Thing()))).__module__",
    "input": "try:\n    input('?')\nexcept Exception as e:\n    print(type(e).__name__, e)",
    "count": "In[1][:10], _ih is In, get_ipython().execution_count",
    "huge": "for i in range(20000):\n    print('x' * 100)",
    "deep": "class Bad:\n    def __repr__(self):\n        return 'a repr'\nBad()",
    "error": "def inner():\n    raise ValueError('wrong')\ninner()",
    "never": "'not reached'",
}


def _stock(path: Path, target: Path, **parameters):
    return _ran(path, target, None, parameters)


def _ran(path: Path, target: Path, engine: str | None, parameters: dict):
    with suppress(papermill.PapermillExecutionError):
        papermill.execute_notebook(
            str(path), str(target), parameters, engine_name=engine, kernel_name="python3", progress_bar=False
        )
    return nbformat.read(target, as_version=4)


def _warm(path: Path, tmp_path: Path, warm, **parameters):
    given = {"engagement": "nikkhaneh", "lang": "en"} | parameters
    job = Job("a/all/en/04_kpis", "notebook", str(tmp_path / "p"), str(tmp_path / "w"), given, str(path), engine="cx")
    outcome = warm.submit(None, job).result(timeout=300)
    good = job.target if outcome.is_done else job.target.with_suffix(".failed.ipynb")
    return nbformat.read(good, as_version=4), outcome


def test_edge_cells_give_what_a_stock_kernel_gives(tmp_path: Path, warm) -> None:
    path = written(tmp_path / "edges.ipynb", **EDGES)
    stock = _stock(path, tmp_path / "stock.ipynb", engagement="nikkhaneh", lang="en")
    ours, outcome = _warm(path, tmp_path, warm)
    assert outcome.cell == "error"
    assert outcome.error == "wrong"
    pairs = zip(["injected", *EDGES], canonical(stock)[1:], canonical(ours)[1:])
    assert [name for name, one, other in pairs if one != other] == []
    assert [cell.get("execution_count") for cell in stock.cells] == [cell.get("execution_count") for cell in ours.cells]
    assert stock.metadata.language_info == ours.metadata.language_info
    state = "application/vnd.jupyter.widget-state+json"
    assert len(stock.metadata.widgets[state].state) == len(ours.metadata.widgets[state].state)


def _models(notebook) -> tuple[set[str], set[str]]:
    """The widgets whose state a notebook keeps, and those that it speaks of."""
    state = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    return set(state), set(re.findall(r"IPY_MODEL_([0-9a-f]+)", str(state)))


@pytest.fixture
def editions(soak: bool) -> list[tuple[str, Path]]:
    everything = [(lang, path) for lang in ("en", "fa") for path in shipped(lang)]
    some = {("fa", "04_kpis"), ("en", "01_vision")}
    return [(lang, path) for lang, path in everything if soak or (lang, path.stem) in some]


def test_notebooks_give_what_a_stock_kernel_gives(tmp_path: Path, editions, warm) -> None:
    for lang, path in editions:
        stock = _stock(path, tmp_path / "stock.ipynb", lang=lang, engagement="nikkhaneh")
        ours, outcome = _warm(path, tmp_path, warm, lang=lang)
        assert outcome.is_done, outcome.error
        assert canonical(stock) == canonical(ours), path
        assert _models(ours)[1] <= _models(ours)[0]
        assert len(_models(stock)[0]) == len(_models(ours)[0])


@pytest.mark.parametrize("command", [["papermill"], [sys.executable, "-m", "papermill"]], ids=["script", "module"])
def test_papermill_command_finds_the_engine(tmp_path: Path, command: list[str]) -> None:
    """Through the entry point that the installed package declares."""
    path = written(tmp_path / "a.ipynb", "print(engagement, seed)\n1 + 1")
    program = [str(Path(sys.executable).parent / command[0]) if command == ["papermill"] else command[0], *command[1:]]
    given = ["--engine", "cx", str(path), str(tmp_path / "made.ipynb"), "-p", "engagement", "acme", "-p", "seed", "7"]
    ran = subprocess.run([*program, *given], capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    made = nbformat.read(tmp_path / "made.ipynb", as_version=4)
    assert canonical(made)[2][0]["text"] == "acme 7\n"
    assert made.cells[2].outputs[1].data == {"text/plain": "2"}


def test_second_notebook_of_a_process_shows_its_figures_as_the_first(tmp_path: Path) -> None:
    figures = {name: EDGES[name] for name in ("figure", "figure-value")}
    path = written(tmp_path / "figures.ipynb", **figures)
    code = (
        "import sys, papermill\n"
        "for name in ('first', 'second'):\n"
        "    papermill.execute_notebook(sys.argv[1], sys.argv[2] + name, engine_name='cx', progress_bar=False)\n"
    )
    subprocess.run([sys.executable, "-c", code, path, f"{tmp_path}/"], check=True, timeout=300)
    first, second = (canonical(nbformat.read(tmp_path / name, as_version=4)) for name in ("first", "second"))
    assert "image/png" in str(first)
    assert first == second


def test_engine_is_to_be_had_in_plain_papermill_and_imports_nothing(tmp_path: Path) -> None:
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import cxlib.batch.engine, sys; print('papermill' in sys.modules, 'IPython' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout == "False False\n"
    path = written(tmp_path / "a.ipynb", "print('x')\n1 + 1")
    code = (
        "import papermill, sys\n"
        "for turn in range(2):\n"
        "    made = papermill.execute_notebook(sys.argv[1], None, engine_name='cx', progress_bar=False)\n"
        "    print(len(made.cells[1].outputs), made.cells[1].execution_count)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert ran.stdout == "2 2\n2 2\n", ran.stderr


def test_each_child_has_random_numbers_and_names_of_its_own(tmp_path: Path, warm) -> None:
    path = written(
        tmp_path / "r.ipynb",
        "import numpy, random\nnumpy.random.rand(), random.random(), 'left' in globals()\n",
        "left = 1",
    )
    drawn = [str(_warm(path, tmp_path / str(turn), warm)[0].cells[2].outputs[0].data) for turn in range(2)]
    assert drawn[0] != drawn[1]


def test_job_leaves_nothing_in_the_places_for_temporary_files(tmp_path: Path, warm) -> None:
    path = written(tmp_path / "t.ipynb", "import tempfile, os\nopen('here.txt', 'w').write('x')\ntempfile.mkdtemp()")
    ours, _ = _warm(path, tmp_path, warm)
    place = ours.cells[2].outputs[0].data["text/plain"].strip("'")
    assert place.startswith(str(tmp_path / "w"))
    assert not (Path.cwd() / "here.txt").exists()
    assert os.stat(tmp_path / "p" / "en" / "notebooks" / "04_kpis.ipynb").st_mode & 0o077 == 0


def test_job_survives_writing_and_reading() -> None:
    job = Job("a/all/en/report", "report", "p", "w", {"lang": "en"}, sections=("a", "b"), seconds=1.5)
    assert jobs.read(jobs.written(job)) == job


def test_cell_that_takes_longer_than_papermill_allows_is_ended(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ipynb", "import time\ntime.sleep(0.1)", "while True:\n    time.sleep(0.01)", "print('later')"
    )
    code = "import papermill, sys; papermill.execute_notebook(*sys.argv[1:3], engine_name='cx', execution_timeout=2)"
    ran = subprocess.run([sys.executable, "-c", code, path, tmp_path / "made.ipynb"], capture_output=True, text=True)
    assert ran.returncode and "CellTimeoutError" in ran.stderr and "while True" in ran.stderr
    assert not nbformat.read(tmp_path / "made.ipynb", as_version=4).cells[-1].outputs
