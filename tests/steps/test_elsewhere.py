"""Tables that stay where they live: the same numbers as from files, and nothing but counts is pulled."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from cxlib.cli import main
from cxlib.engagement import folder
from cxlib.errors import CxError
from cxlib.intake import read
from cxlib.steps import client as clients
from cxlib.steps import (
    elsewhere,
    governance,
    improvement,
    journey,
    kpis,
    metrics,
    moments,
    movements,
    personas,
    start,
    strategy,
    tooling,
    vision,
)
from cxlib.steps.client import Client

Made = Callable[..., Path]
STEPS = (start, vision, personas, journey, kpis, governance, tooling, improvement, strategy)
SAMPLE = "nikkhaneh"
DUCKDB = "- {connection: inbox/answers.duckdb, table: responses}"
PARQUET = "- {connection: inbox/parts/*.parquet}"
FAR = '- {connection: "postgres://${FAR_USER}:${FAR_PASSWORD}@db.example.com/cx", table: responses}'


def bare(home: Path, sources: str = "", *, whole: bool = False) -> Path:
    """A copy of the sample with other sources of answers, and without its other tables unless the `whole` is asked."""
    shutil.copytree(folder.find(SAMPLE), home, dirs_exist_ok=True)
    settings = home / "engagement.yaml"
    text = settings.read_text(encoding="utf-8")
    listed = re.search(r"^sources:\n(?:(?: .*)?\n)+", text, re.MULTILINE)[0]
    answers = re.search(r"^  responses:\n(?:    .*\n)+", listed, re.MULTILINE)[0]
    new = f"  responses:\n    {sources}\n" if sources else answers
    text = text.replace(listed, listed.replace(answers, new) if whole else f"sources:\n{new}\n")
    settings.write_text(text, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare(tmp_path_factory.mktemp("exports") / SAMPLE)


@pytest.fixture(scope="module")
def near(exports: Path) -> Client:
    return clients.open(exports)


@pytest.fixture(scope="module")
def rows(exports: Path) -> pd.DataFrame:
    return read.tables(folder.open(exports)).frames["responses"]


@pytest.fixture
def made(rows: pd.DataFrame, tmp_path: Path) -> Made:
    """The sample with its answers in files of an engine instead of exports."""

    def engagement(sources: str = DUCKDB, *, whole: bool = False, answers: pd.DataFrame = rows) -> Path:
        home = bare(tmp_path / SAMPLE, sources, whole=whole)
        (home / "inbox/parts").mkdir(exist_ok=True)
        with duckdb.connect(str(home / "inbox/answers.duckdb")) as linked:
            linked.register("given", answers)
            linked.execute("CREATE OR REPLACE TABLE responses AS SELECT * FROM given")
            for part in range(2):
                path = home / f"inbox/parts/{part}.parquet"
                linked.execute(f"COPY (SELECT * FROM given WHERE hash(response_id) % 2 = {part}) TO '{path}'")
        return home

    return engagement


def same(far: Client, near: Client) -> None:
    """Every figure that rests on answers alone is the same."""
    assert (far.as_of, far.first_day) == (near.as_of, near.first_day)
    pd.testing.assert_frame_equal(kpis.values(far), kpis.values(near))
    for metric, name, _ in metrics.all_values(near):
        if name:
            pd.testing.assert_frame_equal(
                metrics.by_month(far, metric, name=name), metrics.by_month(near, metric, name=name)
            )
    pd.testing.assert_frame_equal(moments.moments(far), moments.moments(near))
    pd.testing.assert_frame_equal(movements.movements(far), movements.movements(near))
    pd.testing.assert_frame_equal(journey.emotion(far), journey.emotion(near))
    assert journey.answers_by_touchpoint(far) == journey.answers_by_touchpoint(near)
    assert sorted(metrics.given(far, "nps")) == sorted(metrics.given(near, "nps"))


@pytest.mark.parametrize("source", [DUCKDB, PARQUET], ids=["duckdb", "parquet"])
def test_the_figures_are_those_of_the_exports(source: str, made: Made, near: Client) -> None:
    same(clients.open(made(source)), near)


def test_a_query_and_a_map_choose_columns(made: Made, near: Client) -> None:
    query = "SELECT * EXCLUDE (nps), nps AS recommends FROM responses"
    home = made(f'- {{connection: "duckdb://inbox/answers.duckdb", query: {query!r}, map: {{nps: recommends}}}}')
    same(clients.open(home), near)


def test_nothing_but_counts_is_pulled(
    made: Made, rows: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = rows.assign(answered_at=rows["answered_at"].dt.to_period("M").dt.start_time, stage="buy", channel="web")
    many = pd.concat([few.assign(response_id=f"{copy}-" + few["response_id"]) for copy in range(20)])
    home, pulled = made(answers=many), []
    collect = nw.LazyFrame.collect

    def counting(frame: nw.LazyFrame, *given: Any, **more: Any) -> Any:
        result = collect(frame, *given, **more)
        pulled.append(len(result))
        return result

    monkeypatch.setattr(nw.LazyFrame, "collect", counting)
    far = clients.open(home)
    kpis.values(far), metrics.by_month(far, "nps"), start.section(far)
    assert far.elsewhere["responses"][0].n == len(many)
    assert not len(far.table("responses"))
    assert 0 < max(pulled) < len(many) / 100


def test_the_engine_keeps_to_period_and_date(made: Made, exports: Path) -> None:
    home, period = made(), {"period": "1403-Q2"}
    same(clients.open(home, **period), clients.open(exports, **period))
    early = clients.open(home, as_of="1403-06-15")
    assert early.elsewhere["responses"][0].when[1] <= early.as_of
    pd.testing.assert_frame_equal(kpis.values(early), kpis.values(clients.open(exports, as_of="1403-06-15")))


def test_every_step_says_what_it_can(made: Made) -> None:
    far = clients.open(made(whole=True))
    for step in STEPS:
        assert step.section(far).claims
    found = {finding.key: finding for finding in start.check(far)}
    assert found["source-elsewhere"].values["rows"] == far.elsewhere["responses"][0].n
    assert found["rows-needed"].values["methods"] == elsewhere.methods("responses")
    assert {"elsewhere-unchecked", "source-elsewhere"} <= found.keys()
    assert "table-missing" not in found


def test_attributes_beside_the_answers_are_compared(made: Made, rows: pd.DataFrame, near: Client) -> None:
    groups = rows.assign(region=["north", "south"] * (len(rows) // 2) + ["north"] * (len(rows) % 2))
    far = clients.open(made(answers=groups))
    near = replace(near, tables={"responses": groups.drop(columns="customer_id")})
    pd.testing.assert_frame_equal(
        personas.by_attribute(far, "region", personas.counts(far, "region")),
        personas.by_attribute(near, "region", personas.counts(near, "region")),
    )
    pd.testing.assert_frame_equal(
        personas.differences(far, "region", personas.counts(far, "region")),
        personas.differences(near, "region", personas.counts(near, "region")),
    )


def test_exports_and_a_table_elsewhere_are_added_up(made: Made, rows: pd.DataFrame, near: Client) -> None:
    source = DUCKDB + "\n    - {file: inbox/more.csv, survey: after_contact, map: {nps: Q1, answered_at: day}}"
    home = made(source)
    (home / "inbox/more.csv").write_text("Q1,day\n" + "9,1403-05-01\n" * 7)
    far = clients.open(home)
    assert metrics.value(far, "nps", name="after_contact").n == metrics.value(near, "nps", name="after_contact").n + 7


def test_answers_to_a_survey_that_nobody_named_are_told(made: Made, rows: pd.DataFrame) -> None:
    strange = rows.assign(survey=rows["survey"].where(rows["survey"] != "pulse", "puls"))
    found = elsewhere.findings(clients.open(made(answers=strange)))
    values = next(finding.values for finding in found if finding.key == "survey-unlisted")
    assert values["survey"] == "puls" and values["n"] == (rows["survey"] == "pulse").sum()


WRONG = {
    "text for days": ({"answered_at": "VARCHAR"}, "connection-type"),
    "text for scores": ({"nps": "VARCHAR"}, "connection-type"),
    "moments with a zone": ({"answered_at": "TIMESTAMPTZ"}, "connection-type"),
}


@pytest.mark.parametrize(("types", "key"), WRONG.values(), ids=list(WRONG))
def test_values_must_be_canonical(types: dict[str, str], key: str, made: Made) -> None:
    chosen = ", ".join(f"{name}::{kind} AS {name}" for name, kind in types.items())
    query = f"SELECT * EXCLUDE ({', '.join(types)}), {chosen} FROM responses"
    with pytest.raises(CxError) as raised:
        clients.open(made(f'- {{connection: inbox/answers.duckdb, query: "{query}"}}'))
    assert (raised.value.key, raised.value.column) == (key, next(iter(types)))


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("SELECT * EXCLUDE (survey) FROM responses", "connection-no-survey"),
        ("SELECT * REPLACE (nps * 10 AS nps) FROM responses", "connection-off-scale"),
        ("SELECT * REPLACE (nps - 0.5 AS nps) FROM responses", "connection-off-scale"),
        ("SELECT * FROM nowhere", "connection-failed"),
        ("SELECT * FROM 'inbox/customers.csv'", "connection-failed"),
        ("SELECT * FROM read_csv('/etc/passwd')", "connection-failed"),
        ("SELECT 1; SELECT 2", "query-not-reading"),
        ("DROP TABLE responses", "query-not-reading"),
    ],
    ids=["no survey", "off the scale", "between the points", "no table", "a file", "outside", "two", "writing"],
)
def test_a_query_that_cannot_be_used_is_refused(query: str, key: str, made: Made) -> None:
    with pytest.raises(CxError) as raised:
        clients.open(made(f'- {{connection: inbox/answers.duckdb, query: "{query}"}}'))
    assert raised.value.key == key
    assert raised.value.text("fa") != raised.value.text("en")


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("- {connection: inbox/answers.duckdb, table: responses, file: inbox/voice.csv}", "source-two-places"),
        ("- {file: inbox/voice.csv, table: responses}", "source-only-connection"),
        ("- {connection: inbox/answers.duckdb, table: responses, encoding: utf-8}", "source-only-file"),
        ("- {connection: inbox/answers.duckdb}", "connection-what"),
        ("- {connection: inbox/answers.xlsx}", "connection-unknown"),
        ("- {connection: sqlite:///etc/answers.sqlite, table: responses}", "connection-unknown"),
        ("- {connection: ../other/answers.duckdb, table: responses}", "path-outside"),
        ("- {connection: duckdb:///etc/answers.duckdb, table: responses}", "path-outside"),
        ("- {connection: inbox/none.duckdb, table: responses}", "no-source-file"),
        ("- {connection: inbox/none/*.parquet}", "no-source-file"),
        ("- {connection: postgres://ann:hunter2@db.example.com/cx, table: responses}", "connection-secret"),
        ("- {connection: 'mysql://db.example.com/cx?password=hunter2', table: responses}", "connection-secret"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused(source: str, key: str, made: Made) -> None:
    with pytest.raises(CxError) as raised:
        clients.open(made(source))
    assert raised.value.key == key
    assert "hunter2" not in raised.value.text("en") + raised.value.text("fa")


def test_a_link_out_of_the_folder_is_refused(made: Made, tmp_path: Path) -> None:
    home = made(PARQUET)
    (home / "inbox/parts/0.parquet").rename(tmp_path / "0.parquet")
    (home / "inbox/parts/0.parquet").symlink_to(tmp_path / "0.parquet")
    with pytest.raises(CxError, match="leads out"):
        clients.open(home)


class Far:
    """A database elsewhere, in this process: Ibis on DuckDB."""

    def __init__(self, answers: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
        ibis = pytest.importorskip("ibis", reason="ibis is in the extra `engines`")
        self.backend, self.urls = ibis.duckdb.connect(), []
        self.fill(answers)
        monkeypatch.setattr(ibis, "connect", self.connect)
        monkeypatch.setenv("FAR_USER", "canary-user")
        monkeypatch.setenv("FAR_PASSWORD", "canary@secret")

    def fill(self, answers: pd.DataFrame) -> None:
        """Put these answers there."""
        self.backend.con.register("given", answers)
        self.backend.raw_sql("CREATE OR REPLACE TABLE responses AS SELECT * FROM given")

    def connect(self, url: str) -> Any:
        self.urls.append(url)
        return self.backend


def test_a_database_elsewhere_gives_the_same_and_hears_the_secret_alone(
    made: Made, near: Client, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Far(rows, monkeypatch)
    far = clients.open(made(FAR))
    assert there.urls[0] == "postgres://canary-user:canary%40secret@db.example.com/cx"
    same(far, near)
    told = start.section(far).json() + repr(far.hashes) + far.log.to_string()
    assert "postgres://db.example.com/cx" in told and "canary" not in told


def test_an_error_of_a_database_tells_no_secret(
    made: Made, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Far(rows, monkeypatch)

    def broken(url: str) -> Any:
        raise RuntimeError(f"cannot reach {url}; user canary-user, password canary@secret")

    monkeypatch.setattr(there, "connect", broken)
    monkeypatch.setattr("ibis.connect", broken)
    with pytest.raises(CxError) as raised:
        clients.open(made(FAR))
    assert raised.value.key == "connection-failed" and "canary" not in str(raised.value)
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_a_variable_that_is_not_set_is_named(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ibis", reason="ibis is in the extra `engines`")
    monkeypatch.delenv("FAR_USER", raising=False)
    with pytest.raises(CxError, match="FAR_USER"):
        clients.open(made(FAR))


def test_customers_are_counted_where_they_live(made: Made, tmp_path: Path, rows: pd.DataFrame, near: Client) -> None:
    rng, days = np.random.default_rng(3), pd.date_range(near.as_of - pd.Timedelta(days=900), near.as_of)
    joined, left = (pd.Series(rng.choice(days, 500)) for _ in range(2))
    people = pd.DataFrame({"joined_on": joined, "left_on": left.where(rng.random(500) < 0.5)})
    people.loc[:20, "joined_on"] = pd.NaT
    people = people.assign(customer_id=range(500)).astype(dict.fromkeys(("joined_on", "left_on"), "datetime64[us]"))
    home = made(DUCKDB + "\n  customers:\n    - {connection: inbox/people.parquet}")
    duckdb.from_df(people).write_parquet(str(home / "inbox/people.parquet"))
    far, here = clients.open(home), replace(near, tables=near.tables | {"customers": people})
    for metric in ("crr", "churn"):
        assert metrics.value(here, metric).n > 100
        assert metrics.value(far, metric) == metrics.value(here, metric)


def test_check_and_intake_say_what_it_is(made: Made, rows: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    home = made()
    assert main(["intake", str(home), "--dry-run"]) == 0
    assert main(["check", str(home)]) in (0, 1)
    told = capsys.readouterr().out
    assert told.count("inbox/answers.duckdb") >= 2 and told.count(f"{len(rows):,}") >= 2
    assert "unused" not in told and "answered_at" in told
    made("- {connection: inbox/answers.duckdb, table: nowhere}")
    assert main(["intake", str(home), "--dry-run"]) == 1
    assert "cannot be read" in capsys.readouterr().out
