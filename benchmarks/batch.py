"""Batch against the tools that people use today, on the same engagement and notebooks, in one run.

    python benchmarks/batch.py [--engagement nikkhaneh] [--notebook 04_kpis] [--rounds 5] [--clients 100 1000]

Per notebook: the papermill command, papermill in a pool of two processes, this batch, and the limit: the same cells
as a plain warm script. Per client: papermill, nbconvert to HTML and the PDF of it, against ours.
Then the cost of a client at several numbers of small clients, start-up apart. Rounds are interleaved and the medians
count; on a busy machine read the processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from cxlib.batch import pool
from cxlib.batch.job import Job
from cxlib.share import share

BIN = Path(sys.executable).parent
SMALL = """from cxlib.measures.estimate import Estimate
from cxlib.section import Section
Section("kpis", {"seed": seed}).save(out, 4)"""


def cpu() -> float:
    """Processor seconds of this process and of all its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def papermill_cli(notebook: Path, out: Path, engagement: str) -> None:
    command = [
        str(BIN / "papermill"),
        str(notebook),
        str(out / "p.ipynb"),
        "-p",
        "engagement",
        engagement,
        "--no-progress-bar",
    ]
    subprocess.run(command, check=True, capture_output=True)


def process_pool(notebook: Path, out: Path, engagement: str) -> None:
    """Two at a time in one pool; half of the time of two is the cost of one."""
    code = (
        "import sys, papermill; from concurrent.futures import ProcessPoolExecutor as P\n"
        "if __name__ == '__main__':\n"
        "    with P(2) as pool:\n"
        "        made = [pool.submit(papermill.execute_notebook, sys.argv[1], f'{sys.argv[2]}/{i}.ipynb',"
        " {'engagement': sys.argv[3]}, progress_bar=False) for i in range(2)]\n"
        "        [one.result() for one in made]\n"
    )
    subprocess.run([sys.executable, "-c", code, str(notebook), str(out), engagement], check=True, capture_output=True)


def stock_chain(notebook: Path, out: Path, engagement: str) -> None:
    """papermill, nbconvert, and a PDF of the page by Chromium where it is, else by nbconvert's web PDF."""
    papermill_cli(notebook, out, engagement)
    page = out / "p.html"
    subprocess.run(
        [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", str(out / "p.ipynb")],
        check=True,
        capture_output=True,
    )
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--print-to-pdf={out / 'p.pdf'}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)


LIMIT = """
import json, sys, time, resource
from cxlib.batch.zygote import warm
from IPython.core.interactiveshell import InteractiveShell
warm()
import os
shell = InteractiveShell.instance()
cells = json.load(open(sys.argv[1]))["cells"]
pid = os.fork()
if not pid:
    begun, before = time.perf_counter(), time.process_time()
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            if "parameters" in cell["metadata"].get("tags", []):
                source += f"\\nengagement = {sys.argv[2]!r}"
            made = shell.run_cell(source, silent=False)
            if made.result is not None:
                shell.display_formatter.format(made.result)
    json.dump([time.perf_counter() - begun, time.process_time() - before], open(sys.argv[3], "w"))
    os._exit(0)
os.waitpid(pid, 0)
"""


def limit(notebook: Path, out: Path, engagement: str) -> tuple[float, float]:
    """The same cells in a plain warm shell: what no engine can beat."""
    env = os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "OMP_NUM_THREADS": "1"}
    env |= {
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "_RJEM_MALLOC_CONF": "background_thread:false",
        "POLARS_MAX_THREADS": "1",
    }
    command = [sys.executable, "-c", LIMIT, str(notebook), engagement, str(out / "limit.json")]
    subprocess.run(command, check=True, capture_output=True, env=env)
    return tuple(json.loads((out / "limit.json").read_text()))


def timed(act: Callable, *given, by: int = 1) -> tuple[float, float]:
    begun, before = time.perf_counter(), cpu()
    act(*given)
    return (time.perf_counter() - begun) / by, (cpu() - before) / by


def warm_job(
    made: pool.Zygote, notebook: Path, out: Path, engagement: str, kind: str = "notebook"
) -> tuple[float, float]:
    """One job of the warm process, whose start is apart."""
    sections = (
        tuple(str(path) for path in sorted((out / "place" / "sections").glob("*.json"))) if kind == "report" else ()
    )
    step = "report" if kind == "report" else notebook.stem
    given = {"engagement": engagement, "lang": "en"} | ({"out": str(out / "place")} if kind == "notebook" else {})
    job = Job(
        f"a/all/en/{step}", kind, str(out / "place"), str(out / "work"), given, str(notebook), sections, engine="cx"
    )
    begun = time.perf_counter()
    outcome = made.submit(None, job).result()
    seconds = time.perf_counter() - begun
    if not outcome.is_done:
        raise SystemExit(outcome.error)
    shutil.rmtree(out / "work")
    return seconds, outcome.cpu


def two_jobs(made: pool.Zygote, notebook: Path, out: Path, engagement: str) -> tuple[float, float]:
    """Two notebooks side by side; half of their time is the cost of one on two cores."""
    with ThreadPoolExecutor(2) as side:
        begun = time.perf_counter()
        places = [out / name for name in ("left", "right")]
        used = list(side.map(lambda place: warm_job(made, notebook, place, engagement)[1], places))
    return (time.perf_counter() - begun) / 2, sum(used) / 2


def compare(notebook: Path, engagement: str, rounds: int) -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as name, pool.pool("cx", workers=2) as made:
        out = Path(name)
        made.wait()
        for _ in range(rounds):
            found.setdefault("papermill CLI", []).append(timed(papermill_cli, notebook, out, engagement))
            found.setdefault("ProcessPool(2)", []).append(timed(process_pool, notebook, out, engagement, by=2))
            found.setdefault("cx, notebook", []).append(warm_job(made, notebook, out, engagement))
            found.setdefault("cx, two at once", []).append(two_jobs(made, notebook, out, engagement))
            found.setdefault("limit", []).append(limit(notebook, out, engagement))
            found.setdefault("stock chain", []).append(timed(stock_chain, notebook, out, engagement))
            found.setdefault("cx, report", []).append(warm_job(made, notebook, out, engagement, "report"))
    middle = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    print(f"{notebook.stem}, median of {rounds}: wall s, processor s")
    for name, (wall, used) in middle.items():
        print(f"  {name:16} {wall:8.2f} {used:8.2f}")
    _ratio("engine / limit (≤ 1.12)", middle, "cx, notebook", "limit")
    _ratio("papermill CLI / engine (≥ 6 on two cores)", middle, "papermill CLI", "cx, two at once")
    middle["client"] = [sum(pair) for pair in zip(middle["cx, notebook"], middle["cx, report"], strict=True)]
    _ratio("stock chain / ours, notebook and report", middle, "stock chain", "client")
    pairs = zip(middle["stock chain"], middle["papermill CLI"], strict=True)
    middle["stock report"] = [one - other for one, other in pairs]
    _ratio("stock HTML and PDF / ours, report only", middle, "stock report", "cx, report")


def _ratio(words: str, middle: dict[str, list[float]], one: str, other: str) -> None:
    wall, used = (a / b for a, b in zip(middle[one], middle[other], strict=True))
    print(f"  {words}: wall {wall:.2f}, processor {used:.2f}")


def small_client(home: Path) -> None:
    (home / "inbox").mkdir(parents=True)
    (home / "engagement.yaml").write_text(f"schema: 1\nname: {home.name}\n")
    (home / ".cx-key").write_text("0" * 64)


def scale(counts: list[int]) -> None:
    """Seconds a small client: one notebook and the report, the start apart; then all of them unchanged."""
    print(
        "small clients, a notebook and the report each: wall s, processor s a client, largest memory of the supervisor"
    )
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            base = Path(name)
            for number in range(count):
                small_client(base / "clients" / f"c{number:05d}")
            whole = nbformat.read(share("notebooks", "04_kpis.ipynb"), as_version=4)
            cells = [cell for cell in whole.cells if "parameters" in cell.metadata.get("tags", [])]
            cells.append(nbformat.v4.new_code_cell(SMALL, id="section"))
            (base / "notebooks").mkdir()
            nbformat.write(
                nbformat.v4.new_notebook(cells=cells, metadata=whole.metadata), base / "notebooks" / "04_kpis.ipynb"
            )
            code = SCALE.format(base=str(base))
            for state in ("new", "unchanged"):
                ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
                wall, used, memory = json.loads(ran.stdout)
                print(f"  {count:6} {state:10} {wall / count:8.4f} {used / count:8.4f}   {memory} MB")


SCALE = """
import json, resource, sys, time
from pathlib import Path
from cxlib.batch import run
from cxlib.batch.course import Manner
from cxlib.batch.plan import Ask, plan
base, first, events = Path({base!r}), [], []
ask = Ask((str(base / "clients/*"),), base / "out", langs=("en",), notebooks=str(base / "notebooks"))
def cpu():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
def tell(event):
    if not first:
        first.append(time.perf_counter())
begun = time.perf_counter()
made = plan(ask)
planned = time.perf_counter() - begun
done = run.many(made, manner=Manner(), where=run.Where(workers=2), tell=tell, totals=lambda _: None)
assert done.is_clean, done.failures[:3]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([planned + time.perf_counter() - first[0], cpu(), memory]))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--engagement", default="nikkhaneh")
    options.add_argument("--notebook", default="04_kpis")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clients", type=int, nargs="*", default=[100, 1000])
    given = options.parse_args()
    if given.rounds:
        engagement = (
            given.engagement if Path(given.engagement).is_dir() is False else str(Path(given.engagement).resolve())
        )
        compare(share("notebooks", f"{given.notebook}.ipynb"), engagement, given.rounds)
    scale(given.clients)


if __name__ == "__main__":
    main()
