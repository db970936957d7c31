"""What people and machines read of a batch: the page, the portfolio, events, the command, the manifest, the doctor."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cxlib import cli
from cxlib.batch import doctor, manifest, page, pool, portfolio, run
from cxlib.batch.ledger import Ledger, Record
from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate

from .conftest import SECTION, Batch


def test_shrinkage_of_the_eight_schools() -> None:
    """Rubin (1981): between-school variance by moments is 0, so every school is drawn to the mean 7.69."""
    effects = [28, 8, -3, 7, -1, 1, 18, 12]
    errors = [15, 10, 16, 11, 9, 11, 10, 18]
    z = 1.959963984540054
    schools = [Estimate(y, y - z * s, y + z * s, n=30) for y, s in zip(effects, errors)]
    made = portfolio.shrunk(schools)
    assert made.spread == 0
    assert made.luck == 1
    assert {round(one.value, 2) for one in made.estimates} == {7.69}


def test_shrinkage_by_hand() -> None:
    """Values 0, 10, 20 with variance 25 each: Q = 8, so between = (8 - 2) / (3/25 - 1/25) = 75 and 3/4 is kept."""
    three = [Estimate(float(y), y - 1.959963984540054 * 5, y + 1.959963984540054 * 5, n=9) for y in (0, 10, 20)]
    made = portfolio.shrunk(three)
    assert [round(one.value, 9) for one in made.estimates] == [2.5, 10.0, 17.5]
    assert made.spread == pytest.approx(75**0.5)
    assert made.luck == pytest.approx(0.25)


def _row(value: float) -> dict:
    now = {
        "value": value,
        "low": value - 4,
        "high": value + 4,
        "n": 50,
        "level": 0.95,
        "method": "wilson",
        "unit": "points",
    }
    return {"metric": {"term": "metric.nps"}, "survey": {"en": "Pulse", "fa": "نبض"}, "now": now}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger.sqlite")
    for name, value in (("acme", 10.0), ("mehr <b>", 30.0), ("novin", -5.0)):
        files = {"en/report.html": "0", "en/report.pdf": "1"}
        facts = {"findings": 3, "kpis": [_row(value)], "steps": ["kpis"]}
        made.save(
            Record(
                f"{name}/all/en/report", name, "all", "en", "report", "done", seconds=1.5, outputs=files, facts=facts
            )
        )
    made.save(Record("acme/all/en/04_kpis", "acme", "all", "en", "04_kpis", "failed", cell="nps", error="<no column>"))
    return made


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_page_shows_every_client_with_state_kpis_and_links(ledger: Ledger, tmp_path: Path, lang: str) -> None:
    text = page.write(ledger, tmp_path, lang=lang).read_text(encoding="utf-8")
    assert f'dir="{"rtl" if lang == "fa" else "ltr"}"' in text
    assert "mehr &lt;b&gt;" in text and "<b>" not in text
    assert "&lt;no column&gt;" in text
    assert 'href="acme/all/en/report.html"' in text
    assert text.count("<tr>") == 1 + 3 + 1 + 3
    assert ("+10" in text) if lang == "en" else ("۱۰" in text)
    assert not re.search(r"(src|href)=[\"']https?:", text)
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob(".*.part"))


def test_anonymous_page_names_nobody(ledger: Ledger, tmp_path: Path) -> None:
    text = page.write(ledger, tmp_path, lang="en", anonymous=True).read_text(encoding="utf-8")
    assert not [name for name in ("acme", "mehr", "novin", "no column", "href") if name in text]
    assert "Client 3" in text
    assert "Files" not in text


def test_links_of_the_page_lead_somewhere(tmp_path: Path) -> None:
    """Names of folders may hold what means something in an address."""
    from html.parser import HTMLParser
    from urllib.parse import unquote

    name, found = "a #1? 100% <نیک‌خانه>&amp;", []
    made = Ledger(tmp_path / "ledger.sqlite")
    outputs = {"en/report.html": "0", "en/report.pdf": "1"}
    made.save(Record(f"{name}/all/en/report", name, "all", "en", "report", "done", outputs=outputs))

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, given: list) -> None:
            found.extend(value for key, value in given if key == "href")

    Links().feed(page.write(made, tmp_path, lang="fa").read_text(encoding="utf-8"))
    assert [unquote(link) for link in found] == [f"{name}/all/{file}" for file in outputs]
    assert not [link for link in found if "#" in link or "?" in link]


def test_command_speaks_json_plain_lines_and_status(batch: Batch, client, notebook, capsys) -> None:
    client("acme"), client("mehr")
    notebook("04_kpis", SECTION)
    notebook("05_bad", broken="1/0")
    given = [
        str(batch.base / "clients/*"),
        "--out",
        str(batch.out),
        "--lang",
        "en",
        "--notebooks",
        str(batch.base / "notebooks"),
    ]
    assert cli.main(["batch", *given, "--dry-run"]) == 0
    assert "acme/all/en/04_kpis: never run" in capsys.readouterr().out
    assert cli.main(["batch", *given, "--json"]) == 1
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["done"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert {event["job"]: event["cell"] for event in events if event["state"] == "failed"} == {
        "acme/all/en/05_bad": "broken",
        "mehr/all/en/05_bad": "broken",
    }
    assert cli.main(["batch", *given]) == 1
    told = capsys.readouterr()
    assert "0 jobs done, 4 up to date, 2 failed" in told.out
    assert "[1/6]" not in told.err
    assert cli.main(["batch", "--status", "--out", str(batch.out)]) == 0
    assert "FAILED acme/all/en/05_bad, cell broken:\ndivision by zero" in capsys.readouterr().out
    assert "secret" not in (batch.out / "index.html").read_text()


def test_command_needs_a_client(capsys) -> None:
    assert cli.main(["batch"]) == 2
    assert "No client was named" in capsys.readouterr().err


def test_reporting_plan_is_a_manifest(batch: Batch, client, notebook, tmp_path: Path) -> None:
    home = client("acme")
    (home / "strategy").mkdir()
    (home / "strategy" / "5_governance.yaml").write_text(
        "schema: 1\nreporting:\n  - {id: board, cadence: quarterly}\n  - {id: team, cadence: weekly}\n"
        "  - {id: units, cadence: quarterly}\n"
    )
    made = manifest.due(home, on="2025-07-02")
    assert [(row.period, row.as_of, row.audience) for row in made.runs] == [
        ("2025-Q2", "", ["board", "units"]),
        ("2025-07", "2025-07-01", ["team"]),
    ]
    manifest.save(made, tmp_path / "july.yaml")
    assert manifest.read(tmp_path / "july.yaml") == made
    notebook("04_kpis", "period, as_of")
    done = batch.run(manifest=str(tmp_path / "july.yaml"))
    assert done.counts["done"] == 4
    assert sorted(path.name for path in (batch.out / "acme").iterdir()) == ["2025-07", "2025-Q2"]


def test_manifest_with_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("schema: 1\nruns:\n  - engagement: acme\n    perod: 2025\n")
    with pytest.raises(CxError, match=r"(?s)m.yaml.*line 4.*perod.*period"):
        manifest.read(tmp_path / "m.yaml")


@pytest.mark.parametrize(
    ("cadence", "on", "expected"),
    [
        ("monthly", date(2025, 1, 1), ("2024-12", "")),
        ("quarterly", date(2025, 3, 31), ("2024-Q4", "")),
        ("yearly", date(2025, 7, 1), ("2024", "")),
        ("weekly", date(2025, 3, 1), ("2025-02", "2025-02-28")),
    ],
)
def test_what_is_due_on_a_day(cadence: str, on: date, expected: tuple[str, str]) -> None:
    assert manifest._span(cadence, on, "gregorian") == expected


def test_pattern_without_a_match_and_unknown_notebook_say_so(batch: Batch, client, notebook) -> None:
    client("acme")
    notebook("04_kpis", "1")
    with pytest.raises(CxError, match=r"matches no engagement"):
        batch.plan(str(batch.base / "nowhere" / "*"))
    with pytest.raises(CxError, match=r"There is no notebook 99_x"):
        batch.plan(only=("99_x",))
    with pytest.raises(CxError, match=r"No batch has written"):
        run.known(batch.base / "empty")


def test_doctor_names_what_is_wrong_and_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "can_fork", lambda: False)
    monkeypatch.setattr(doctor, "_has", lambda one: one.name != "pandas")
    monkeypatch.setenv("OMP_NUM_THREADS", "4096")
    monkeypatch.setattr(doctor, "_ROOM", 1e9)
    monkeypatch.setattr("importlib.util.cache_from_source", lambda *_, **__: None)
    found = doctor.examine(tmp_path / "out")
    assert [one.name for one in found] == ["python", "packages", "fonts", "bytecode", "fork", "threads", "disk", "temp"]
    bad = {one.name for one in found if not one.is_good} - {"bytecode"}
    assert bad == {"packages", "fork", "threads", "disk", "temp"}
    for lang in ("en", "fa"):
        text = doctor.text(found, lang=lang)
        assert "pandas>=" in text and "OMP_NUM_THREADS" in text
    assert "pip install --upgrade 'pandas>=" in doctor.text(found, lang="en")
