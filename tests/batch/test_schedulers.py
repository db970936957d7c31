"""The texts of docs/batch.md about schedulers, taken from the page and run as they stand as far as a test can."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxlib.batch import pool
from cxlib.batch.notebooks import shipped
from cxlib.batch.parameters import checked

from .conftest import SECTION, Batch, marked

pytestmark = pytest.mark.skipif(not pool.can_fork(), reason="needs the warm process")
BIN = Path(sys.executable).parent
# A machine without SLURM: srun does here what it would do on a node, its own options left out.
SRUN = '#!/bin/sh\nwhile case $1 in --*) true;; *) false;; esac; do shift; done\nexec "$@"\n'


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "batch.md").read_text(encoding="utf-8")


def _block(page: str, heading: str, kind: str) -> str:
    """The code below a bold heading of the page."""
    return re.search(rf"\*\*{heading}\*\*.*?```{kind}\n(.*?)```", page, re.DOTALL)[1]


def test_cron_line_in_the_surroundings_of_cron(page: str, batch: Batch, client, notebook, tmp_path: Path) -> None:
    """cron gives /bin/sh, a short PATH and no locale."""
    client("acme")
    notebook("04_kpis", SECTION)
    line = _block(page, "cron", "cron").strip().split(maxsplit=5)[5]
    line = line.replace("/srv/cx/.venv/bin/cx", str(BIN / "cx")).replace("/srv/cx", str(tmp_path))
    line = line.replace("--out", f"--lang en --notebooks {tmp_path}/notebooks --out")
    (tmp_path / "logs").mkdir()
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    bare |= {name: value for name, value in os.environ.items() if name == "PYTHONPATH"}
    for states in (["done", "done"], ["current", "current"]):
        log = tmp_path / "logs" / "batch.jsonl"
        log.unlink(missing_ok=True)
        ran = subprocess.run(["/bin/sh", "-c", line], env=bare, capture_output=True, text=True, timeout=300)
        assert ran.returncode == 0, ran.stdout + ran.stderr + log.read_text()
        assert re.findall(r'"state": "(\w+)"', log.read_text()) == states
    assert (tmp_path / "reports" / "acme" / "all" / "en" / "report.pdf").exists()


def test_parameters_of_the_airflow_task_are_those_of_the_notebook(page: str) -> None:
    call = ast.parse(_block(page, "Airflow", "python")).body[0].value
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    assert given.keys() == {"task_id", "input_nb", "output_nb", "parameters"}
    notebook = next(path for path in shipped("en") if path.name == Path(given["input_nb"]).name)
    assert checked(given["parameters"], notebook=notebook) == given["parameters"]


def test_slurm_script(page: str, own: Batch, client, notebook, tmp_path: Path, soak: bool) -> None:
    """A scheduler, workers and the batch itself, really started by the script of the page."""
    pytest.importorskip("distributed")
    if not soak:
        pytest.skip("starts a scheduler and workers; --soak runs it")
    for name in ("acme", "mehr", "novin"):
        client(name)
    notebook("04_kpis", SECTION)
    script = _block(page, "SLURM", "bash").replace("$(hostname)", "127.0.0.1").replace("8786", "28786")
    script = script.replace("cx batch", f"cx batch --lang en --notebooks {tmp_path}/notebooks")
    stub = tmp_path / "bin" / "srun"
    stub.parent.mkdir()
    stub.write_text(SRUN)
    stub.chmod(0o755)
    path = f"{stub.parent}:{BIN}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "SHARED": str(tmp_path), "CX_TEST_MARK": "slurm"}
    with subprocess.Popen(["bash", "-c", script], env=environment, start_new_session=True) as ran:
        assert ran.wait(timeout=300) == 0
    patience = time.monotonic() + 30
    while marked("slurm") and time.monotonic() < patience:
        time.sleep(0.2)
    assert marked("slurm") == []
    assert len(list((tmp_path / "reports").rglob("report.pdf"))) == 3


def test_exit_status_for_a_pod(page: str, batch: Batch, client, notebook, alone) -> None:
    """1 asks for a new pod, which goes on; 0 ends the job."""
    client("acme")
    notebook("04_kpis", "import os\nos.path.exists(engagement + '/../../calm') or os.kill(os.getpid(), 9)")
    one = alone()
    assert one.run() == 1
    (batch.base / "calm").touch()
    assert batch.run().is_clean
