"""Wrong input stops before anything runs, with a message that says where and what to do, in both languages."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cxlib import cli
from cxlib.errors import CxError
from cxlib.share import share
from cxlib.steps import client as clients

CONTACT = "qualtrics_after_contact.csv"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the sample that a test may spoil."""
    return Path(shutil.copytree(share("data", "nikkhaneh"), tmp_path / "shop"))


def missing_column(shop: Path) -> None:
    edit(shop / "engagement.yaml", "nps: Q1", "nps: Q1_score")


def unknown_key(shop: Path) -> None:
    edit(shop / "strategy" / "4_kpis.yaml", "owner: delivery-lead", "ovner: delivery-lead")


def broken_yaml(shop: Path) -> None:
    edit(shop / "strategy" / "4_kpis.yaml", "goals:", "goals: [")


def wrong_scale(shop: Path) -> None:
    edit(shop / "engagement.yaml", "nps: Q1", "nps: Duration (in seconds)")


def empty_table(shop: Path) -> None:
    path = shop / "inbox" / "customers.csv"
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    path.write_text(header + "\n", encoding="utf-8")


def no_instrument(shop: Path) -> None:
    edit(shop / "engagement.yaml", "ces: ces2", "")


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize(
    ("spoil", "place", "told"),
    [
        (missing_column, CONTACT, "Q1_score"),
        (unknown_key, "4_kpis.yaml", "ovner"),
        (broken_yaml, "4_kpis.yaml", ""),
        (wrong_scale, CONTACT, ""),
        (empty_table, "customers.csv", ""),
        (no_instrument, "engagement.yaml", "ces"),
    ],
)
def test_wrong_input_stops_with_a_message(
    shop: Path, tmp_path: Path, monkeypatch, capsys, lang: str, spoil: Callable, place: str, told: str
) -> None:
    spoil(shop)
    before = hashes(shop)
    monkeypatch.setenv("CX_LANG", lang)
    assert cli.main(["run", str(shop), "--out", str(tmp_path / "out")]) == cli.WRONG_USE
    message = capsys.readouterr().err
    assert place in message
    assert told in message
    assert len(message.splitlines()) >= 2, "it says what to do"
    assert any("\u0600" <= letter <= "\u06ff" for letter in message) == (lang == "fa")
    assert not (tmp_path / "out").exists()
    assert hashes(shop) == before


@pytest.mark.parametrize(
    ("arguments", "told"), [(["--period", "2025-13"], "2025-13"), (["--as-of", "1404-07-31"], "31")]
)
def test_wrong_parameter_stops_before_anything_runs(tmp_path, capsys, arguments: list[str], told: str) -> None:
    out = tmp_path / "out"
    assert cli.main(["run", "nikkhaneh", "--out", str(out), *arguments]) == cli.WRONG_USE
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_mistyped_engagement_has_a_suggestion(tmp_path, capsys) -> None:
    assert cli.main(["run", "nikhaneh", "--out", str(tmp_path / "out")]) == cli.WRONG_USE
    assert "nikkhaneh" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_error_in_a_notebook_is_shown_in_both_languages(shop: Path) -> None:
    missing_column(shop)
    with pytest.raises(CxError, match="has no column 'Q1_score'") as caught:
        clients.open(shop)
    shown = "".join(caught.value._render_traceback_())
    assert caught.value.text("en") in shown
    assert caught.value.text("fa") in shown


@pytest.mark.parametrize("keep", ["responses", "tickets", "customers"])
def test_one_table_is_enough_for_every_step(shop: Path, keep: str) -> None:
    from cxlib.steps.overview import CHECKS, overview

    path = shop / "engagement.yaml"
    text = path.read_text(encoding="utf-8")
    head, _, sources = text.partition("\nsources:\n")
    blocks = [block for block in _blocks(sources) if block.startswith(f"  {keep}:")]
    path.write_text(head + "\nsources:\n" + "".join(blocks), encoding="utf-8")
    found = overview(str(shop))
    assert found.client is not None
    assert set(found.findings) == set(CHECKS)
    absent = {"responses", "tickets", "customers"} - {keep}
    named = {finding.values["table"].key for finding in found.findings["start"] if finding.key == "table-missing"}
    assert named == {f"table.{name}" for name in absent}


def _blocks(sources: str) -> list[str]:
    """The sources of each table, as text."""
    blocks: list[str] = []
    for line in sources.splitlines(keepends=True):
        if line.startswith("  ") and not line.startswith("   ") and not line.lstrip().startswith("#"):
            blocks.append("")
        if blocks:
            blocks[-1] += line
    return blocks


def test_help_has_examples(capsys) -> None:
    for command in ("new", "check", "intake", "run"):
        with pytest.raises(SystemExit, match="0"):
            cli.main([command, "--help"])
        assert f"cx {command}" in capsys.readouterr().out


def test_dry_run_says_and_does_nothing(tmp_path, capsys) -> None:
    assert cli.main(["run", "nikkhaneh", "--out", str(tmp_path / "out"), "--dry-run"]) == cli.FINE
    assert "04_kpis" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
