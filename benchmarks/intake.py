"""How long intake takes for a million rows of twenty columns, beside polars reading the same file as text.

Run: python benchmarks/intake.py [--rows N] [--repeat K]. Each part runs in its own process, rounds are interleaved, the
best of K counts. On a busy machine read the processor seconds, which other programs disturb less.
Bars: reading and typing to Parquet within 2 times polars, mapping and quality included within 6 times, under 2 GB.
What polars alone takes from the file to Parquet, when it is told every type and checks nothing, shows how near the bar
lies to the floor.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

SETTINGS = """schema: 1
name: Benchmark
timezone: UTC
surveys:
  visit: {kind: transactional, instruments: {nps: nps, csat: csat5, ces: ces2}}
sources:
  responses:
    - {file: inbox/million.csv, survey: visit}
"""
PARTS = ("polars as text", "polars, blind casts to Parquet", "read and type to Parquet", "map, type and judge quality")
BARS = {PARTS[2]: 2.0, PARTS[3]: 6.0}
NUMBERS = ("nps", "csat", "ces", "weight", "amount", "age", "seconds")


def made(rows: int) -> pl.DataFrame:
    """Return a survey export of so many rows and twenty columns, about 186 bytes a row."""
    rng = np.random.default_rng(1)

    def pick(options: list[str], chances: list[float] | None = None) -> np.ndarray:
        return np.array(options, dtype=object)[rng.choice(len(options), rows, p=chances)]

    def scores(low: int, high: int) -> np.ndarray:
        drawn = rng.integers(low, high + 1, rows).astype(str).astype(object)
        drawn[rng.random(rows) < 0.05] = ""
        return drawn

    start = np.datetime64("2024-01-01T00:00:00") + rng.integers(0, 63_000_000, rows).astype("timedelta64[s]")
    moments = {"started_at": start, "answered_at": start + rng.integers(30, 600, rows).astype("timedelta64[s]")}
    said = [
        "",
        "ok",
        "very good service, thank you",
        "the parcel came two days late, once more",
        "nobody answered the phone",
    ]
    columns: dict[str, object] = {
        "response_id": np.char.add("2w6q9pgBpebvjCg-", np.arange(10**6, 10**6 + rows).astype(str))
    }
    columns |= {"customer_id": np.char.zfill(rng.integers(0, 400_000, rows).astype(str), 8)}
    columns |= {name: np.char.replace(np.datetime_as_string(value), "T", " ") for name, value in moments.items()}
    columns |= {"nps": scores(0, 10), "csat": scores(1, 5), "ces": scores(1, 7)}
    columns |= {"stage": pick(["awareness", "purchase", "delivery", "support"]), "lang": pick(["en", "fa"])}
    columns |= {
        "touchpoint": pick(["web_shop", "courier", "call_centre", "app"]),
        "channel": pick(["web", "phone", "sms"]),
    }
    columns |= {
        "comment": pick(said, [0.4, 0.1, 0.1, 0.2, 0.2]),
        "ticket_id": rng.integers(10**6, 10**7, rows).astype(str),
    }
    columns |= {
        "wave": pick(["2024-Q1", "2024-Q2", "2024-Q3"]),
        "weight": np.round(rng.gamma(9, 0.11, rows), 4).astype(str),
    }
    columns |= {
        "amount": np.round(rng.gamma(2, 90, rows), 2).astype(str),
        "age": rng.integers(18, 80, rows).astype(str),
    }
    columns |= {"city": pick(["Tehran", "Shiraz", "Tabriz", "Isfahan"]), "gender": pick(["female", "male"])}
    columns |= {"seconds": rng.integers(30, 600, rows).astype(str)}
    return pl.DataFrame(
        {name: pl.Series(np.asarray(value).tolist(), dtype=pl.String) for name, value in columns.items()}
    )


def run(part: str, folder: Path) -> None:
    """Do one part and print its seconds and its peak memory as JSON; libraries are loaded before the clock starts."""
    file = folder / "inbox" / "million.csv"
    _warmed(folder)
    start, used = time.perf_counter(), time.process_time()
    if part == PARTS[0]:
        pl.read_csv(file, infer_schema=False)
    elif part == PARTS[1]:
        _blind(file, folder / "blind.parquet")
    else:
        _ours(part, folder, file)
    took, used = time.perf_counter() - start, time.process_time() - used
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps({"seconds": took, "processor": used, "megabytes": peak}))


def _blind(file: Path, target: Path) -> None:
    """Everything as text, the known types cast, written as we write: nothing is asked, checked or logged."""
    text = pl.read_csv(file, infer_schema=False)
    moments = [pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S") for name in ("started_at", "answered_at")]
    typed = text.with_columns(pl.col(NUMBERS).cast(pl.Float64, strict=False), *moments)
    typed.write_parquet(target, compression="uncompressed", statistics=False, data_page_size=2**23)


def _warmed(folder: Path) -> None:
    """Read a small file, so that imports and presets are loaded."""
    from cxlib.engagement.folder import open as opened
    from cxlib.intake import quality, store

    small = folder / "small.csv"
    small.write_bytes(b"".join((folder / "inbox" / "million.csv").open("rb").readlines(40_000)))
    store.typed_to_parquet(small, folder / "small.parquet", table="responses", setup=opened(folder).setup)
    quality.quality({}, surveys={})


def _ours(part: str, folder: Path, file: Path) -> None:
    """The library's parts."""
    from cxlib.engagement.folder import open as opened
    from cxlib.intake import quality, read, store

    engagement = opened(folder)
    if part == PARTS[2]:
        store.typed_to_parquet(file, folder / "million.parquet", table="responses", setup=engagement.setup)
        return
    taken = read.tables(engagement)
    quality.quality(taken.frames, surveys=engagement.setup.surveys)


def main() -> int:
    """Print each part's seconds, its ratio to polars and its memory; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.part:
        run(given.part, given.folder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        return compared(Path(name), given.rows, given.repeat)


def compared(folder: Path, rows: int, repeat: int) -> int:
    """Measure all parts on one generated file."""
    (folder / "inbox").mkdir()
    (folder / "engagement.yaml").write_text(SETTINGS, encoding="utf-8")
    made(rows).write_csv(folder / "inbox" / "million.csv")
    size = (folder / "inbox" / "million.csv").stat().st_size / 1e6
    print(f"{rows:,} rows, 20 columns, {size:.0f} MB")
    rounds = [{part: measured(part, folder) for part in PARTS} for _ in range(repeat)]
    best = {part: {name: min(one[part][name] for one in rounds) for name in rounds[0][part]} for part in PARTS}
    base, missed = best[PARTS[0]], False
    for part, got in best.items():
        wall, used = got["seconds"] / base["seconds"], got["processor"] / base["processor"]
        bar = BARS.get(part, float("inf"))
        missed |= wall > bar or got["megabytes"] > 2048
        times = f"{got['seconds']:6.2f} s {wall:5.2f}x  processor {got['processor']:6.2f} s {used:5.2f}x"
        print(f"{part:30} {times}  {got['megabytes']:6.0f} MB  bar {bar}")
    return int(missed)


def measured(part: str, folder: Path) -> dict[str, float]:
    """One part in its own process."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
