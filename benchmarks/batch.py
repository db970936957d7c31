"""Batch against the stock tools, in one run on the same notebooks and client: `python benchmarks/batch.py --help`.

Every contestant runs the client's notebooks: the papermill command one at a time and two at once, papermill in a pool
of two processes, this batch one at a time and two at once, and the limit: the same cells as a plain warm script. Then
what a client gets: papermill, nbconvert to HTML and Chromium's PDF of each notebook, against the notebooks and one
report here. Then the cost of a client at several numbers of small clients. Start-up of the warm process is apart. Our
first job of a client in each round reads its exports and keeps them for the others, as in a batch; so does the limit.
Rounds are interleaved and the medians count; on a busy machine read the processor seconds.
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
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import nbformat

from cxlib.batch import notebooks, pool
from cxlib.batch.job import NOTEBOOK, REPORT, Job
from cxlib.engagement import folder

BIN = Path(sys.executable).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NUMBER = count()
Cost = tuple[float, float]


def cpu() -> float:
    """Processor seconds of this process and of all its children that have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def timed(act: Callable, *given) -> Cost:
    """Wall and processor seconds of a call."""
    begun, before = time.perf_counter(), cpu()
    act(*given)
    return time.perf_counter() - begun, cpu() - before


def ran(*command: object, **rest) -> None:
    """Run a command whose output nobody needs."""
    subprocess.run([str(part) for part in command], check=True, capture_output=True, **rest)


def parameters(out: Path, engagement: str) -> dict[str, str]:
    return {"engagement": engagement, "lang": "en", "out": str(out / "place")}


def papermill_cli(notebook: Path, out: Path, engagement: str) -> None:
    given = [word for name, value in parameters(out, engagement).items() for word in ("-p", name, value)]
    ran(BIN / "papermill", notebook, out / notebook.name, *given, "--no-progress-bar")


def one_by_one(act: Callable, chosen: list[Path], out: Path, engagement: str) -> None:
    for notebook in chosen:
        act(notebook, out, engagement)


def two_at_once(act: Callable, chosen: list[Path], out: Path, engagement: str) -> None:
    with ThreadPoolExecutor(2) as side:
        list(side.map(lambda notebook: act(notebook, out, engagement), chosen))


POOL = """
import json, sys, papermill
from concurrent.futures import ProcessPoolExecutor
out, given, chosen = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]
if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        made = [pool.submit(papermill.execute_notebook, one, f"{out}/{at}.ipynb", given, progress_bar=False)
                for at, one in enumerate(chosen)]
        [one.result() for one in made]
"""


def process_pool(chosen: list[Path], out: Path, engagement: str) -> None:
    """Papermill's own function in two processes."""
    script = out / "pool.py"
    script.write_text(POOL)
    ran(sys.executable, script, out, json.dumps(parameters(out, engagement)), *chosen)


def html_and_pdf(notebook: Path, out: Path, _: str) -> None:
    """What follows papermill in the stock chain: nbconvert's HTML, and the PDF of that page by Chromium."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if not browser:
        raise SystemExit(f"the stock chain needs one of {', '.join(BROWSERS)}")
    page = out / f"{notebook.stem}.html"
    ran(BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", out / notebook.name)
    quiet = ("--headless", "--no-sandbox", "--disable-gpu")
    ran(browser, *quiet, f"--print-to-pdf={page.with_suffix('.pdf')}", page.as_uri())


LIMIT = """
import json, os, sys, time
from pathlib import Path
from cxlib.batch.zygote import warm
from IPython.core.interactiveshell import InteractiveShell
warm()
given, spent = json.loads(sys.argv[1]), Path(sys.argv[2])
for notebook in sys.argv[3:]:
    pid = os.fork()
    if not pid:
        shell = InteractiveShell.instance()
        begun, before = time.perf_counter(), time.process_time()
        for cell in json.load(open(notebook))["cells"]:
            if cell["cell_type"] == "code":
                source = "".join(cell["source"])
                if "parameters" in cell["metadata"].get("tags", []):
                    source += "".join(f"\\n{name} = {value!r}" for name, value in given.items())
                made = shell.run_cell(source, silent=False)
                if made.result is not None:
                    shell.display_formatter.format(made.result)
        with spent.open("a") as file:
            print(json.dumps([time.perf_counter() - begun, time.process_time() - before]), file=file)
        os._exit(0)
    os.waitpid(pid, 0)
"""


def limit(chosen: list[Path], out: Path, engagement: str) -> Cost:
    """The same cells one after the other, each notebook in a fork of a plain warm process: what no engine can beat."""
    from cxlib.batch.zygote import ONE_THREAD, QUIET

    env = os.environ | ONE_THREAD | QUIET | {folder.KEPT: str(out / "kept")}
    env["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    (out / "limit").unlink(missing_ok=True)
    ran(sys.executable, "-c", LIMIT, json.dumps(parameters(out, engagement)), out / "limit", *chosen, env=env)
    return _sum(json.loads(line) for line in (out / "limit").read_text().splitlines())


def job(out: Path, engagement: str, step: str, **rest) -> Job:
    """A job of this batch in folders of its own."""
    number, kept = next(NUMBER), str(out / "kept")
    places = {"place": str(out / "place"), "work": str(out / "work" / str(number)), "kept": kept, "engine": "cx"}
    return Job(f"a/all/{number}/{step}", parameters=parameters(out, engagement), **places, **rest)


def warm_jobs(made: pool.Zygote, jobs: list[Job], *, at_once: int) -> Cost:
    """Jobs of the warm process, whose start is apart."""

    def done(one: Job) -> float:
        outcome = made.submit(None, one).result()
        if not outcome.is_done:
            raise SystemExit(outcome.error or outcome.reason)
        return outcome.cpu

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as side:
        spent = sum(side.map(done, jobs))
    return time.perf_counter() - begun, spent


def one_round(made: pool.Zygote, chosen: list[Path], base: Path, engagement: str) -> dict[str, Cost]:
    """What each contestant takes for the notebooks of a client."""
    whole = (chosen, base, engagement)
    ours = {}
    for at_once in (1, 2):
        shutil.rmtree(base / "kept", ignore_errors=True)
        notebooks = [job(base, engagement, path.stem, kind=NOTEBOOK, notebook=str(path)) for path in chosen]
        ours[at_once] = warm_jobs(made, notebooks, at_once=at_once)
    sections = tuple(str(path) for path in sorted((base / "place" / "sections").glob("*.json")))
    report = warm_jobs(made, [job(base, engagement, "report", kind=REPORT, sections=sections)], at_once=1)
    shutil.rmtree(base / "kept")
    return {
        "papermill CLI": timed(one_by_one, papermill_cli, *whole),
        "papermill CLI, two at once": timed(two_at_once, papermill_cli, *whole),
        "ProcessPool(2)": timed(process_pool, *whole),
        "nbconvert and Chromium": timed(one_by_one, html_and_pdf, *whole),
        "limit": limit(*whole),
        "cx": ours[1],
        "cx, two at once": ours[2],
        "cx, report": report,
    }


def compare(chosen: list[Path], engagement: str, rounds: int) -> None:
    """Print what a client's notebooks and report take, and the ratios."""
    found: list[dict[str, Cost]] = []
    with tempfile.TemporaryDirectory() as name, pool.pool("cx", workers=2) as made:
        made.wait()
        for _ in range(rounds):
            found.append(one_round(made, chosen, Path(name), engagement))
    took = {name: tuple(statistics.median(one[name][at] for one in found) for at in (0, 1)) for name in found[0]}
    print(f"{len(chosen)} notebooks of {engagement}, median of {rounds}: wall s, processor s a notebook")
    for name, cost in took.items():
        wall, used = cost if name == "cx, report" else (one / len(chosen) for one in cost)
        print(f"  {name:28} {wall:8.2f} {used:8.2f}")
    chain, ours = _sum([took["papermill CLI"], took["nbconvert and Chromium"]]), took["cx, two at once"]
    report, share = took["cx, report"], 1 / len(chosen)
    _ratio("engine / limit (≤ 1.12)", took["cx"], took["limit"])
    _ratio("papermill CLI / cx on two cores (≥ 6)", took["papermill CLI"], ours)
    _ratio("papermill CLI / cx, both one at a time", took["papermill CLI"], took["cx"])
    _ratio("papermill CLI / cx, both two at once", took["papermill CLI, two at once"], ours)
    _ratio("ProcessPool(2) / cx, two at once", took["ProcessPool(2)"], ours)
    print("  stock chain: papermill CLI, HTML and PDF of each notebook")
    _ratio("of all notebooks / our notebooks and report (≥ 12)", chain, _sum([ours, report]))
    _ratio("the same, both one at a time", chain, _sum([took["cx"], report]))
    one = [tuple(share * part for part in cost) for cost in (chain, took["cx"])]
    _ratio("of one notebook / one notebook and a whole report", one[0], _sum([one[1], report]))
    _ratio("of one notebook / the report, its notebooks being there", one[0], report)


def _sum(costs: Iterable[Cost]) -> Cost:
    wall, used = zip(*costs, strict=True)
    return sum(wall), sum(used)


def _ratio(words: str, one: Cost, other: Cost) -> None:
    wall, used = (a / b for a, b in zip(one, other, strict=True))
    print(f"  {words}: wall {wall:.2f}, processor {used:.2f}")


SMALL = """from cxlib.section import Section
Section("kpis", {"seed": seed}).save(out, 4)"""
SCALE = """
import json, resource, sys, time
from contextlib import nullcontext
from pathlib import Path
import psutil
from cxlib.batch import page, pool, run
from cxlib.batch.course import Manner
from cxlib.batch.plan import Ask, plan
base = Path(sys.argv[1])
ask = Ask((str(base / "clients/*"),), base / "out", langs=("en",), notebooks=str(base / "notebooks"))
with pool.pool("cx", workers=2) as warm:
    warm.wait()
    (zygote,) = psutil.Process().children()
    pool.pool = lambda *_, **__: nullcontext(warm)
    begun, before, jobs = time.perf_counter(), time.process_time(), sum(zygote.cpu_times()[:4])
    write = lambda ledger: page.write(ledger, base / "out", lang="en")
    done = run.many(plan(ask), manner=Manner(), where=run.Where(workers=2), tell=lambda _: None, totals=write)
    assert done.is_clean, done.failures[:3]
    took = time.perf_counter() - begun, sum(zygote.cpu_times()[:4]) - jobs, time.process_time() - before
print(json.dumps([*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def small_clients(base: Path, number: int) -> None:
    """Clients without data, and one notebook that only saves a section."""
    for at in range(number):
        home = base / "clients" / f"c{at:05d}"
        (home / "inbox").mkdir(parents=True)
        (home / "engagement.yaml").write_text(f"schema: 1\nname: {home.name}\n")
        (home / ".cx-key").write_text("0" * 64)
    whole = nbformat.read(next(path for path in notebooks.shipped("en") if path.stem == "04_kpis"), as_version=4)
    cells = [cell for cell in whole.cells if "parameters" in cell.metadata.get("tags", [])]
    cells.append(nbformat.v4.new_code_cell(SMALL, id="section"))
    made = nbformat.v4.new_notebook(cells=cells, metadata=whole.metadata)
    (base / "notebooks").mkdir()
    nbformat.write(made, base / "notebooks" / "04_kpis.ipynb")


def scale(numbers: list[int]) -> None:
    """Print the cost of a small client, one notebook and the report, from the plan to the summary page."""
    print("small clients, a notebook and a report each: wall s a client, processor s a client of jobs and of the")
    print("supervisor, and the supervisor's largest memory")
    cost: dict[int, float] = {}
    for number in numbers:
        with tempfile.TemporaryDirectory() as name:
            small_clients(Path(name), number)
            for state in ("new", "unchanged"):
                said = subprocess.run([sys.executable, "-c", SCALE, name], check=True, stdout=subprocess.PIPE).stdout
                wall, jobs, own, memory = json.loads(said)
                each = [part / number for part in (wall, jobs, own)]
                print(f"  {number:6} {state:10} {each[0]:8.4f} {each[1]:8.4f} {each[2]:8.4f}   {memory:.0f} MB")
                cost.setdefault(number, each[1] + each[2])
    least, most = min(cost), max(cost)
    if least < most:
        print(f"  {most} / {least} clients, processor (≤ 1.05): {cost[most] / cost[least]:.3f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--engagement", default="nikkhaneh")
    options.add_argument("--notebook", nargs="*", default=[], help="stems such as 04_kpis; all nine without")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clients", type=int, nargs="*", default=[100, 1000])
    given = options.parse_args()
    chosen = [path for path in notebooks.shipped("en") if not given.notebook or path.stem in given.notebook]
    if given.rounds:
        compare(chosen, str(folder.find(given.engagement)), given.rounds)
    if given.clients:
        scale(given.clients)


if __name__ == "__main__":
    main()
