"""Canaries: what one client has, in its data or left behind in its process, is nowhere in what another one gets."""

from __future__ import annotations

import csv
import secrets
import sqlite3
from pathlib import Path

import pytest

from cxlib.batch import pool

from .conftest import SECTION, Batch

pytestmark = pytest.mark.skipif(not pool.can_fork(), reason="needs the warm process")
LOOK = """import builtins, glob, json, os, sys, tempfile, warnings
import cxlib, matplotlib, numpy, pandas
import cxlib.measures.survey as survey
place = os.environ.get("CX_KEPT", "")
seen = {
    "environment": dict(os.environ), "folder": os.listdir("."), "modules": sorted(sys.modules), "path": sys.path,
    "left": [getattr(it, "left", None) for it in (builtins, json, cxlib, matplotlib, numpy, pandas, survey)],
    "settings": [matplotlib.rcParams["axes.labelcolor"], pandas.get_option("display.date_dayfirst"), os.umask(0o077)],
    "filters": [str(it) for it in warnings.filters], "store": "own" in globals(),
    "open": [open(it, "rb").read() for it in map("/proc/self/fd/{}".format, os.listdir("/proc/self/fd"))
             if os.path.exists(it) and "outcome" in os.readlink(it)],
    "kept": [open(it, "rb").read() for it in glob.glob(place + "/**", recursive=True) if os.path.isfile(it)],
    "temp": [open(it).read() for it in glob.glob(tempfile.gettempdir() + "/**", recursive=True) if os.path.isfile(it)],
}
assert seen["settings"][1:] == [False, 0o077], seen["settings"]
print(seen)"""
VOICE = """import pandas as pd
from cxlib.steps import client
client.open(engagement)
rows = pd.read_csv(engagement + "/inbox/responses.csv")
print(rows.to_string())
from IPython.display import HTML, display
import matplotlib.pyplot as plt
figure, axis = plt.subplots(figsize=(2, 1))
axis.set_title(rows.customer_id[0])
plt.show()
display(HTML(rows.comment[0]))"""
LEAVE = """import threading, warnings
for it in (builtins, json, cxlib, matplotlib, numpy, pandas, survey):
    it.left = own
sys.modules[own] = sys; sys.path.append(own); os.environ["LEFT"] = own; os.environ["PATH"] += own
matplotlib.rcParams["axes.labelcolor"] = "C7"; pandas.set_option("display.date_dayfirst", True); os.umask(0)
warnings.filterwarnings("ignore", message=own)
for name in (tempfile.gettempdir() + "/left", "left", tempfile.mkstemp()[1]):
    open(name, "w").write(own)
%store own
os.chdir(tempfile.mkdtemp())
print(own, file=sys.stderr)
os.write(2, own.encode())
if own.endswith("0"):
    raise ValueError(own)"""


@pytest.fixture
def canaries(client, notebook, soak: bool) -> dict[str, str]:
    """Clients by name, each with its canary in everything that it tells us; every tenth fails with it."""
    birds = {}
    for number in range(50 if soak else 12):
        name = f"c{number:02d}"
        birds[name] = f"canary{secrets.token_hex(8)}{number % 10}"
        _plant(client(name), birds[name])
    notebook("04_kpis", "%store -r\nown = open(engagement + '/inbox/own.txt').read()", LOOK, SECTION, VOICE)
    notebook("05_leaves", "own = open(engagement + '/inbox/own.txt').read()", LOOK, LEAVE)
    return birds


def _plant(home: Path, bird: str) -> None:
    (home / "engagement.yaml").write_text(f"# {bird}\nschema: 1\nname: {bird} Inc.\n", encoding="utf-8")
    (home / "inbox" / "own.txt").write_text(bird, encoding="utf-8")
    with (home / "inbox" / "responses.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["response_id", "customer_id", "date", "score", "comment"])
        rows.writerows([f"r-{bird}-{at}", f"id-{bird}-{at}", f"2025-01-{at + 1:02d}", at % 11, bird] for at in range(9))


def test_no_client_sees_another(batch: Batch, canaries, alone, house: Path) -> None:
    one = alone("--json")
    assert one.run(seconds=900) == 1
    failed = [event for event in one.events if event["state"] == "failed"]
    assert {event["job"].split("/")[0] for event in failed} == {name for name in canaries if name.endswith("0")}
    for name, bird in canaries.items():
        own = {path: data for path, data in batch.files().items() if path.startswith(f"{name}/")}
        assert len(own) == 5
        assert bird.encode() in own[f"{name}/all/en/notebooks/04_kpis.ipynb"]
        assert _others(canaries, name, own) == []
        logs = {log.name: log.read_bytes() for log in (batch.out / ".cx" / "logs").glob(f"{name}.*")}
        assert len(logs) == name.endswith("0")
        assert _others(canaries, name, logs) == []
        rows = {record.id: repr(record).encode() for record in batch.records() if record.client == name}
        assert _others(canaries, name, rows) == []
        told = {event["job"]: repr(event).encode() for event in one.events if event["job"].startswith(f"{name}/")}
        assert _others(canaries, name, told) == []
    shared = [path for place in (house, one.temp) for path in place.rglob("*") if path.is_file()]
    assert _others(canaries, "", {path.as_posix(): path.read_bytes() for path in shared}) == []
    assert one.leftovers() == []
    assert one.is_gone()
    assert one.complained == ""


def _others(canaries: dict[str, str], name: str, texts: dict[str, bytes]) -> list[str]:
    """Which of these texts hold the canary of another client."""
    birds = [bird.encode() for other, bird in canaries.items() if other != name]
    return [place for place, text in texts.items() if any(bird in text for bird in birds)]


def test_ledger_keeps_no_client_data_but_errors(batch: Batch, client, notebook) -> None:
    """The file of the ledger holds hashes, names of folders and headline figures, no rows of a client."""
    _plant(client("acme"), "canary-in-the-data")
    notebook("04_kpis", SECTION, VOICE)
    assert batch.run().is_clean
    assert b"canary-in-the-data" not in (batch.out / ".cx" / "ledger.sqlite").read_bytes()
    with sqlite3.connect(batch.out / ".cx" / "ledger.sqlite") as base:
        assert base.execute("SELECT count(*) FROM jobs").fetchone() == (2,)
    base.close()
