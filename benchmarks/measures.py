"""How fast the measures are, beside named peers: one line a figure, each with its bar.

  nps     NPS of 10 million answers by 24 touchpoints and 36 months from Parquet, with intervals, beside DuckDB queries
          written by hand. `by day`: the reduced table of `scores.reduce`, from which months of either calendar are
          made, beside the query that gives the same table and the NPS. `by month`: months cut off in the engine,
          beside the query that gives the NPS and nothing else. The peers give no intervals.
  kpis    the KPI table of an engagement with a million responses, 200,000 customers and 200,000 tickets.
  bgnbd   the BG/NBD fit: as many customers as CDNOW has, in a fresh process, and 200,000 distinct histories.
  import  `import cxlib.measures.survey` beyond pandas, in fresh processes.

The exit code is 1 if a bar is missed. Where others use the machine, trust CPU seconds and ratios, not wall seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

EXAMPLES = """examples:
  python benchmarks/measures.py                                     everything at full size
  python benchmarks/measures.py nps --folder /var/tmp               put the Parquet file (90 MB) there
  python benchmarks/measures.py nps --order time --calendar jalali  answers in order of time, Jalali months
  python benchmarks/measures.py nps kpis --rows 200000 --responses 20000 --customers 4000
  python benchmarks/measures.py bgnbd --cdnow cdnow_customers_summary.csv
"""
TOUCHPOINTS, DAYS, FIRST, LAST = 24, 1096, dt.date(2022, 1, 1), dt.date(2024, 12, 31)
RATIO, TABLE_SECONDS, COLD_SECONDS, MANY_SECONDS, IMPORT_SECONDS = 1.1, 10.0, 0.5, 3.0, 0.3
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
NPS = "100.0 * (sum(n) FILTER (nps >= 9) - coalesce(sum(n) FILTER (nps <= 6), 0)) / sum(n)"
DIRECT = "100.0 * (count(*) FILTER (nps >= 9) - count(*) FILTER (nps <= 6)) / count(*)"

Seconds = tuple[float, float]


def timed(work: Callable[[], Any]) -> tuple[Any, Seconds]:
    """Return the result of `work`, and its wall and CPU seconds, those of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, (time.perf_counter() - wall, time.process_time() - cpu)


def told(name: str, figure: str, bar: str, *, held: bool) -> bool:
    """Print one line; return whether the bar held."""
    print(f"{name:<44} {figure}  bar {bar}  {'held' if held else 'MISSED'}", flush=True)
    return held


def worker(task: str, given: argparse.Namespace, **extra: object) -> dict[str, Any]:
    """Return what a fresh process of this file prints for one task."""
    arguments = json.dumps({name: getattr(given, name) for name in ("responses", "customers", "cdnow")} | extra)
    command = [sys.executable, __file__, "--task", task, "--arguments", arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak() -> float:
    """Return the most memory that this process has held, in megabytes."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


# NPS of many rows


def answers_file(folder: Path, rows: int, order: str) -> Path:
    """Return a Parquet file of so many answers, one in twenty missing, the same ones every time; made if not there."""
    import duckdb

    file = folder / f"answers-{rows}-{order}.parquet"
    second = f"(hash(i * 3 + 1) % ({DAYS} * 86400))::BIGINT" if order == "shuffled" else f"i * {DAYS} * 86400 // {rows}"
    query = f"""
        SELECT 'touchpoint_' || lpad((hash(i * 7) % {TOUCHPOINTS})::VARCHAR, 2, '0') AS touchpoint,
               TIMESTAMP '{FIRST}' + to_seconds({second}) AS answered_at,
               CASE WHEN hash(i * 11 + 4) % 20 > 0 THEN (hash(i * 5 + 2) % 11)::TINYINT END AS nps
        FROM range({rows}) rows(i)"""
    if not file.exists():
        duckdb.connect().execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    return file


def ours_by_day(relation: Any, calendar: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the reduced scores, and the NPS by touchpoint and month of either calendar with its intervals."""
    from cxlib.measures import scores, survey
    from cxlib.words import dates

    reduced = scores.reduce(relation, score="nps", by=["touchpoint"], day="answered_at")
    months = dates.months(FIRST, LAST, calendar)
    starts = np.array([month.start for month in months], dtype="datetime64[us]")
    place = np.searchsorted(starts, reduced["day"].to_numpy(), side="right") - 1
    monthly = reduced.assign(month=pd.Categorical.from_codes(place, [month.text for month in months]))
    return reduced, survey.by(monthly, groups=["touchpoint", "month"], instrument="nps")


def ours_by_month(relation: Any) -> pd.DataFrame:
    """Return the NPS by touchpoint and Gregorian month with its intervals; the engine cuts off the month."""
    from cxlib.measures import scores, survey

    reduced = scores.reduce(relation, score="nps", by=["touchpoint"], day="answered_at", every="month")
    return survey.by(reduced, groups=["touchpoint", "day"], instrument="nps")


def by_hand_by_day(connection: Any, file: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the same reduced table, and the NPS by touchpoint and Gregorian month, as a DuckDB user writes it."""
    reduced = connection.sql(
        f"SELECT touchpoint, answered_at::DATE AS day, nps, count(*) AS n, count(*)::DOUBLE AS w, "
        f"count(*)::DOUBLE AS w2 FROM '{file}' WHERE nps IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).df()
    month = "date_trunc('month', day)"
    return reduced, connection.sql(
        f"SELECT touchpoint, {month} AS month, {NPS} AS value FROM reduced GROUP BY ALL ORDER BY ALL"
    ).df()


def by_hand_by_month(connection: Any, file: Path) -> pd.DataFrame:
    """Return the NPS by touchpoint and Gregorian month and nothing else, as a DuckDB user writes it."""
    return connection.sql(
        f"SELECT touchpoint, date_trunc('month', answered_at) AS month, {DIRECT} AS value FROM '{file}' "
        "WHERE nps IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).df()


def nps(given: argparse.Namespace, folder: Path) -> bool:
    """Compare in interleaved rounds, check that all give the same NPS, and print the ratios of the medians."""
    import duckdb
    import polars as pl

    file, connection = answers_file(folder, given.rows, given.order), duckdb.connect()
    runs: dict[str, Callable[[], Any]] = {
        "by day, by hand": lambda: by_hand_by_day(connection, file),
        "by day, DuckDB": lambda: ours_by_day(connection.read_parquet(str(file)), given.calendar),
        "by day, polars": lambda: ours_by_day(pl.scan_parquet(file), given.calendar),
        "by month, by hand": lambda: by_hand_by_month(connection, file),
        "by month, DuckDB": lambda: ours_by_month(connection.read_parquet(str(file))),
    }
    _agree(*(runs[name]() for name in runs), is_gregorian=given.calendar == "gregorian")
    rounds = [{name: timed(run)[1] for name, run in runs.items()} for _ in range(given.rounds)]
    middle = {name: [statistics.median(one[name][k] for one in rounds) for k in (0, 1)] for name in runs}
    held = True
    for ours, peer in (("by day", "by day, by hand"), ("by month", "by month, by hand")):
        (wall, cpu), (peer_wall, peer_cpu) = middle[f"{ours}, DuckDB"], middle[peer]
        figure = f"{cpu / peer_cpu:.2f}x CPU ({cpu:.2f} / {peer_cpu:.2f} s), "
        figure += f"{wall / peer_wall:.2f}x wall ({wall:.2f} / {peer_wall:.2f} s)"
        held &= told(f"nps {given.rows:,} {ours}", figure, f"{RATIO}x CPU", held=cpu <= RATIO * peer_cpu)
    wall, cpu = middle["by day, polars"]
    megabytes = worker("nps", given, file=str(file), calendar=given.calendar)["megabytes"]
    figure = f"{cpu:.2f} s CPU, {wall:.2f} s wall"
    print(f"{'':<44} by day from a polars scan {figure}; peak memory by day from DuckDB {megabytes:.0f} MB")
    return held


def _agree(hand: Any, ours: Any, polars: Any, hand_months: Any, our_months: Any, *, is_gregorian: bool) -> None:
    """Stop if the contestants do not give the same numbers."""
    reduced = hand[0].rename(columns={"nps": "score"}).astype({"touchpoint": "str", "score": float})
    pd.testing.assert_frame_equal(reduced, ours[0], check_dtype=False)
    pd.testing.assert_frame_equal(polars[0], ours[0])
    values = [hand_months["value"], our_months["value"], *([hand[1]["value"], ours[1]["value"]] * is_gregorian)]
    for value in values[1:]:
        np.testing.assert_allclose(value, values[0], rtol=0, atol=1e-9)


def nps_task(arguments: dict[str, Any]) -> dict[str, float]:
    """Our way once, for its memory."""
    import duckdb

    ours_by_day(duckdb.connect().read_parquet(arguments["file"]), arguments["calendar"])
    return {"megabytes": peak()}


# the KPI table

SETUP = {
    "name": "Benchmark",
    "surveys": {"contact": {"instruments": {"nps": "nps", "csat": "csat5", "ces": "ces2"}}},
    "weekend": ["sat", "sun"],
    "working_hours": {"start": "09:00", "end": "17:00"},
}
STAGES = ("find", "buy", "use", "help")
GOALS = {"nps": (40, "buy"), "csat": (0.6, "use"), "ces": (0.7, "help"), "crr": (0.9, None)}
GOALS |= {"resolution": (200, "help")}


def tables(responses: int, customers: int) -> dict[str, pd.DataFrame]:
    """Return canonical tables of three years: answers to three questions, customers, and as many tickets."""
    rng = np.random.default_rng(1)

    def picked(options: list[Any], n: int) -> np.ndarray:
        return np.array(options, dtype=object)[rng.integers(0, len(options), n)]

    def moments(n: int) -> pd.Series:
        return pd.Series(pd.Timestamp(FIRST) + pd.to_timedelta(rng.integers(0, DAYS * 86_400, n), "s"))

    def asked(low: int, high: int) -> np.ndarray:
        return np.where(rng.random(responses) < 0.1, np.nan, rng.integers(low, high + 1, responses))

    texts = {"response_id": np.arange(responses).astype(str), "survey": "contact", "stage": picked(STAGES, responses)}
    texts |= {"customer_id": rng.integers(0, customers, responses).astype(str)}
    texts |= {"touchpoint": picked([f"touchpoint_{k:02d}" for k in range(TOUCHPOINTS)], responses)}
    texts |= {"channel": picked(["web", "phone", "app", "shop"], responses)}
    sheets = pd.DataFrame(texts).astype("str")
    sheets = sheets.assign(answered_at=moments(responses), nps=asked(0, 10), csat=asked(1, 5), ces=asked(1, 7))
    ids, joined = pd.Series(np.arange(customers).astype(str), dtype="str"), moments(customers)
    left = (joined + pd.to_timedelta(rng.integers(30, 2_000, customers), "D")).dt.normalize()
    people = {"customer_id": ids, "joined_on": joined.dt.normalize(), "left_on": left.where(left <= pd.Timestamp(LAST))}
    opened = moments(customers)
    replied = opened + pd.to_timedelta(rng.exponential(300, customers), "min")
    solved = (replied + pd.to_timedelta(rng.exponential(3_000, customers), "min")).where(rng.random(customers) < 0.95)
    tickets = {"ticket_id": ids, "opened_at": opened, "first_reply_at": replied, "resolved_at": solved}
    return {"responses": _in_microseconds(sheets)} | {
        name: _in_microseconds(pd.DataFrame(columns)) for name, columns in (("customers", people), ("tickets", tickets))
    }


def _in_microseconds(frame: pd.DataFrame) -> pd.DataFrame:
    """Days and moments in the kind that intake gives."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("datetime").columns, "datetime64[us]"))


def made_client(frames: dict[str, pd.DataFrame]) -> Any:
    """Return a client in memory whose strategy has a goal for every measure."""
    from cxlib.engagement.folder import Engagement
    from cxlib.engagement.setup import Setup
    from cxlib.engagement.strategy import FILES
    from cxlib.steps.client import Client

    rest = {"population": "all", "baseline": 0, "scale": "as asked", "due": "2026-01-01", "owner": "boss"}
    goals = [
        {"id": metric, "name": metric, "metric": metric, "target": target, "stage": stage} | rest
        for metric, (target, stage) in GOALS.items()
    ]
    strategy = {"kpis": {"goals": goals}, "journey": {"stages": [{"id": stage, "name": stage} for stage in STAGES]}}
    strategy |= {"governance": {"roles": [{"id": "boss", "name": "Boss"}]}}
    files = {name[2:]: model.model_validate(strategy.get(name[2:], {})) for name, model in FILES.items()}
    engagement = Engagement(Path("benchmark"), Setup.model_validate(SETUP), **files)
    return Client(engagement, frames, pd.DataFrame(), {}, None, LAST, 0)


def kpis_task(arguments: dict[str, Any]) -> dict[str, Any]:
    """The table and the whole section of step 4 from tables in memory, imports included, with the memory they take."""
    client = made_client(tables(arguments["responses"], arguments["customers"]))
    before = peak()
    from cxlib.steps import kpis

    table, of_table = timed(lambda: kpis.values(client))
    after = peak()
    _, of_section = timed(lambda: kpis.section(client))
    known = sum(estimate.is_known for estimate in table["now"])
    memory = {"before": before, "after": after, "section": peak()}
    return {"rows": len(table), "known": known, "table": of_table, "all": of_section, "memory": memory}


def kpis(given: argparse.Namespace, _folder: Path) -> bool:
    """Print seconds and peak memory of the KPI table, and of all of step 4."""
    runs = [worker("kpis", given) for _ in range(given.rounds)]
    wall, cpu = (statistics.median(run["table"][k] for run in runs) for k in (0, 1))
    all_wall, all_cpu = (statistics.median(run["all"][k] for run in runs) for k in (0, 1))
    memory = {name: max(run["memory"][name] for run in runs) for name in runs[0]["memory"]}
    size = f"{given.responses:,} responses, {given.customers:,} customers"
    figure = f"{cpu:.2f} s CPU, {wall:.2f} s wall, {runs[0]['known']} measures, "
    figure += f"peak {memory['after']:.0f} MB (data and libraries {memory['before']:.0f})"
    held = told(f"kpi table {size}", figure, f"{TABLE_SECONDS:.0f} s CPU", held=cpu <= TABLE_SECONDS)
    figure = f"{all_cpu:.2f} s CPU, {all_wall:.2f} s wall, peak {memory['section']:.0f} MB"
    return told("section of step 4, goals and forecasts too", figure, "20 s CPU", held=all_cpu <= 20) and held


# BG/NBD


def bgnbd_task(arguments: dict[str, Any]) -> dict[str, Any]:
    """The first fit of a fresh process."""
    _, of_import = timed(_value)
    value = _value()
    if arguments["cdnow"]:
        customers = pd.read_csv(arguments["cdnow"])
        x, recency, age = (customers[name] for name in ("frequency", "recency", "T"))
    else:
        rng = np.random.default_rng(1)
        age = rng.integers(27 * 7, 39 * 7, 2_357) / 7
        x, recency = value.simulated(value.BgNbd(**CDNOW), age, rng=rng)
    model, of_fit = timed(lambda: value.fit(x, recency, age))
    found = {name: getattr(model, name) for name in ("r", "alpha", "a", "b", "loglik", "n")}
    return {"fit": of_fit, "import": of_import, "found": found}


def _value() -> Any:
    """The module with the model, imported when asked for."""
    from cxlib.measures import value

    return value


def bgnbd(given: argparse.Namespace, _folder: Path) -> bool:
    """Print the seconds of both fits."""
    runs = [worker("bgnbd", given) for _ in range(given.rounds)]
    (wall, cpu), found = (statistics.median(run["fit"][k] for run in runs) for k in (0, 1)), runs[0]["found"]
    imports = statistics.median(run["import"][1] for run in runs)
    source = "CDNOW" if given.cdnow else "made like CDNOW"
    figure = f"{cpu:.3f} s CPU, {wall:.3f} s wall after {imports:.2f} s of imports; r {found['r']:.3f} alpha "
    figure += f"{found['alpha']:.3f} a {found['a']:.3f} b {found['b']:.3f} LL {found['loglik']:.2f}"
    held = told(f"bgnbd cold {found['n']:,} ({source})", figure, f"{COLD_SECONDS} s CPU", held=cpu <= COLD_SECONDS)
    value, rng = _value(), np.random.default_rng(0)
    age = rng.uniform(10, 60, given.histories)
    x, recency = value.simulated(value.BgNbd(0.5, 5, 1, 3), age, rng=rng)
    wall, cpu = np.median([timed(lambda: value.fit(x, recency, age))[1] for _ in range(given.rounds)], axis=0)
    figure = f"{cpu:.2f} s CPU, {wall:.2f} s wall"
    name = f"bgnbd {given.histories:,} distinct ages"
    return told(name, figure, f"{MANY_SECONDS:.0f} s CPU", held=cpu <= MANY_SECONDS) and held


# import

IMPORT = """
import json, pandas, sys, time
before, wall, cpu = set(sys.modules), time.perf_counter(), time.process_time()
import cxlib.measures.survey
took = [time.perf_counter() - wall, time.process_time() - cpu]
heavy = sorted({"scipy.stats", "statsmodels", "sklearn"} & set(sys.modules))
print(json.dumps({"took": took, "heavy": heavy, "modules": len(set(sys.modules) - before)}))
"""


def imports(given: argparse.Namespace, _folder: Path) -> bool:
    """Print the seconds of the import beyond pandas, the first run left out because it may compile."""
    command = [sys.executable, "-c", IMPORT]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(given.rounds + 1)
    ][1:]
    wall, cpu = (statistics.median(run["took"][k] for run in runs) for k in (0, 1))
    heavy = ", ".join(runs[0]["heavy"]) or "no scipy.stats, statsmodels or scikit-learn"
    figure = f"{cpu:.3f} s CPU, {wall:.3f} s wall, {runs[0]['modules']} modules, {heavy}"
    held = cpu <= IMPORT_SECONDS and not runs[0]["heavy"]
    return told("import cxlib.measures.survey beyond pandas", figure, f"{IMPORT_SECONDS} s CPU", held=held)


PARTS = {"nps": nps, "kpis": kpis, "bgnbd": bgnbd, "import": imports}
TASKS = {"nps": nps_task, "kpis": kpis_task, "bgnbd": bgnbd_task}


def main() -> int:
    """Run the parts asked for; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; none named: all")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved repetitions; medians count (5)")
    parser.add_argument("--rows", type=int, default=10_000_000, help="answers in the Parquet file (10,000,000)")
    parser.add_argument("--order", choices=("shuffled", "time"), default="shuffled", help="order of these answers")
    parser.add_argument("--calendar", choices=("gregorian", "jalali"), default="gregorian", help="of our months by day")
    parser.add_argument("--responses", type=int, default=1_000_000, help="of the engagement (1,000,000)")
    parser.add_argument("--customers", type=int, default=200_000, help="of the engagement (200,000)")
    parser.add_argument("--histories", type=int, default=200_000, help="distinct ones to fit (200,000)")
    parser.add_argument("--cdnow", help="CSV with columns frequency, recency and T; without it customers are made")
    parser.add_argument("--folder", type=Path, help="keep the Parquet file here, and use it if it is there already")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--arguments", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        print(json.dumps(TASKS[given.task](given.arguments)))
        return 0
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        held = [PARTS[part](given, folder) for part in given.parts or PARTS]
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
