"""What a batch knows of tables elsewhere: they are redone when rows are added, and when nobody can tell."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cxlib.batch import inputs
from cxlib.engagement import folder
from cxlib.intake import remote

SOURCE = """sources:
  responses:
    - {connection: "postgres://${CANARY}@db.example.com/cx", query: "%s", survey: post}
"""


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    """A database that stands for one elsewhere."""
    linked = duckdb.connect()
    linked.execute("CREATE TABLE answers AS SELECT 9 AS nps, DATE '2025-01-01' AS answered_at FROM range(5)")
    monkeypatch.setattr(remote, "_ibis", lambda _place, _paths, source: linked.sql(source.query))
    return linked


def engagement(tmp_path: Path, query: str) -> Path:
    home = folder.new(tmp_path / "client")
    settings = home / "engagement.yaml"
    text = settings.read_text(encoding="utf-8").replace("sources: {}\n", SOURCE % query)
    text = text.replace("surveys: {}\n", "surveys: {post: {instruments: {nps: nps}}}\n")
    settings.write_text(text, encoding="utf-8")
    return home


def test_a_database_is_known_by_query_rows_and_last_day(tmp_path: Path, linked: duckdb.DuckDBPyConnection) -> None:
    home = engagement(tmp_path, "SELECT * FROM answers")
    first = inputs.elsewhere(home)
    assert len(first) == 1 and first == inputs.elsewhere(home)
    linked.execute("INSERT INTO answers VALUES (3, DATE '2025-01-01')")
    more = inputs.elsewhere(home)
    linked.execute("UPDATE answers SET answered_at = DATE '2025-01-02'")
    later = inputs.elsewhere(home)
    assert len({*first.values(), *more.values(), *later.values()}) == 3
    assert "CANARY" not in repr(first)


def test_a_database_without_days_is_always_read_again(tmp_path: Path, linked: duckdb.DuckDBPyConnection) -> None:
    home = engagement(tmp_path, "SELECT nps FROM answers")
    assert inputs.elsewhere(home) != inputs.elsewhere(home)


def test_a_database_that_cannot_be_reached_stops_no_plan(tmp_path: Path, linked: duckdb.DuckDBPyConnection) -> None:
    home = engagement(tmp_path, "SELECT * FROM nowhere")
    assert inputs.elsewhere(home) != inputs.elsewhere(home)


def test_files_are_known_by_their_hashes(tmp_path: Path) -> None:
    home = folder.new(tmp_path / "client")
    assert inputs.elsewhere(home) == {}
