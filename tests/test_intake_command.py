"""``cx intake``: what a person and a program read about raw exports, what is written, and the exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib import cli
from cxlib.cli import main
from cxlib.share import share
from cxlib.words import LANGS, phrase

FIELDS = ["file", "tool", "encoding", "delimiter", "header_rows", "columns", "responses", "questions", "warnings"]
REAL = {  # file: tool, header rows, columns, responses, as EXPECTED.tsv has them
    "qualtrics/qualtRics_sample_legacy.csv": ("qualtrics", 2, 16, 1),
    "google_play/fivetran_stats_ratings_country.csv": ("google_play", 1, 9, 12),
    "google_forms/dask_2019.csv.gz": ("google_forms", 1, 24, 259),
}
SETTINGS = """schema: 1
name: Acme
surveys:
  visit: {kind: transactional, instruments: {nps: nps}}
sources:
  responses:
    - {file: inbox/a.csv, survey: visit, map: {nps: How likely are you to recommend us to a friend?}}
"""


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A plain export whose wording tells what two columns are."""
    path = tmp_path / "a.csv"
    rows = "".join(f"{number};{number};{number % 5 + 1}\n" for number in range(1, 11))
    path.write_text(f"response_id;How likely are you to recommend us to a friend?;How easy was it?\n{rows}")
    return path


@pytest.fixture
def acme(tmp_path: Path, survey: Path) -> Path:
    """An engagement with that export."""
    folder = tmp_path / "acme"
    (folder / "inbox").mkdir(parents=True)
    shutil.copy(survey, folder / "inbox" / "a.csv")
    (folder / "engagement.yaml").write_text(SETTINGS)
    (folder / ".cx-key").write_text("ab" * 32 + "\n")
    return folder


def reports(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return json.loads(capsys.readouterr().out)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_text_tells_form_proposals_and_questions(survey: Path, capsys) -> None:
    assert main(["intake", str(survey)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.csv",
        "  csv, utf-8, delimiter ';', header rows 1: 3 columns, 10 responses",
        "  named as our own columns: response_id",
        "  proposal: nps ← How likely are you to recommend us to a friend? (90% sure), scale nps",
        "  proposal: ces ← How easy was it? (90% sure), scale ease5",
        "  question: Which end of column “How easy was it?” is the easy one?"
        " It reads like ease5, but its wording names no ends.",
    ]


def test_persian_text_has_persian_words_and_digits(survey: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("CX_LANG", "fa")
    main(["intake", str(survey)])
    told = capsys.readouterr().out
    assert phrase("intake.told.named", "fa", names=["response_id"]) in told and "۹۰٪" in told
    assert "question" not in told and "proposal" not in told


def test_json_has_the_fields_of_each_file(survey: Path, tmp_path: Path, capsys) -> None:
    clean = tmp_path / "b.csv"
    clean.write_text("response_id,nps\n1,9\n2,3\n")
    assert main(["intake", "--json", str(clean), str(survey)]) == 1
    first, second = reports(capsys)
    assert set(FIELDS) <= set(first) and set(FIELDS) <= set(second)
    assert (first["file"], first["tool"], first["encoding"], first["delimiter"]) == ("b.csv", "csv", "utf-8", ",")
    assert first["header_rows"] == 1 and first["responses"] == 2
    assert first["columns"] == {"count": 2, "names": ["response_id", "nps"]}
    assert first["questions"] == [] and first["warnings"] == []
    assert [item["key"] for item in second["questions"]] == ["ces-direction"]


def test_a_file_without_questions_ends_well(tmp_path: Path, capsys) -> None:
    path = tmp_path / "b.csv"
    path.write_text("response_id,nps\n1,9\n2,3\n")
    assert main(["intake", str(path)]) == 0


@pytest.mark.parametrize("lang", LANGS)
def test_a_refused_file_is_named_with_its_reason(tmp_path: Path, capsys, monkeypatch, lang: str) -> None:
    monkeypatch.setenv("CX_LANG", lang)
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    assert main(["intake", str(path)]) == 1
    told = capsys.readouterr().out
    assert told.startswith("picture.csv\n") and phrase("intake.told.refused", lang, why="") in told
    assert main(["intake", "--json", str(path)]) == 1
    (report,) = reports(capsys)
    assert set(FIELDS) <= set(report) and "PNG" in report["refused"].upper()


def test_what_is_no_file_and_no_engagement_is_wrong_use(tmp_path: Path, capsys) -> None:
    assert main(["intake", str(tmp_path / "absent.csv")]) == 2
    assert "absent.csv" in capsys.readouterr().err


def test_a_single_file_and_a_dry_run_write_nothing(
    acme: Path, survey: Path, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    main(["intake", str(survey)])
    main(["intake", str(acme), "--dry-run"])
    assert "10 rows" in capsys.readouterr().out
    assert files(tmp_path) == before


def test_an_engagement_keeps_parquet_and_a_log_outside_its_folder(acme: Path, tmp_path: Path, capsys) -> None:
    before, out = files(acme), tmp_path / "kept"
    main(["intake", str(acme), "--out", str(out), "--json"])
    (report,) = reports(capsys)
    place = out / "acme" / "intake"
    assert report["kept"] == str(place) and report["tables"] == {"responses": 10}
    (kept,) = place.glob("*.parquet")
    assert pd.read_parquet(kept)["nps"].tolist() == [float(number) for number in range(1, 11)]
    assert (place / "log.txt").is_file()
    assert files(acme) == before
    stamp = kept.stat().st_mtime_ns
    main(["intake", str(acme), "--out", str(out)])
    assert [path.stat().st_mtime_ns for path in place.glob("*.parquet")] == [stamp]


def test_what_engagement_yaml_answers_is_not_asked_again(acme: Path, capsys) -> None:
    settings = acme / "engagement.yaml"
    assert main(["intake", str(acme), "--dry-run"]) == 1
    assert "How easy was it?" in capsys.readouterr().out
    text = settings.read_text().replace("nps: nps}", "nps: nps, ces: ease5}")
    settings.write_text(text.replace("map: {", 'map: {ces: "How easy was it?", '))
    assert main(["intake", str(acme), "--dry-run"]) == 0
    assert "question" not in capsys.readouterr().out


def test_large_files_are_announced_and_output_stays_clean(survey: Path, acme: Path, capsys, monkeypatch) -> None:
    main(["intake", str(survey)])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(cli, "LARGE", 10)
    main(["intake", "--json", str(survey)])
    got = capsys.readouterr()
    assert got.err == "Reading a.csv (0 MB) …\n" and json.loads(got.out)
    main(["intake", "--dry-run", str(acme)])
    assert "Reading a.csv" in capsys.readouterr().err


def test_the_sample_engagement_has_no_open_question(capsys) -> None:
    assert main(["intake", "nikkhaneh", "--dry-run", "--json"]) == 0
    (report,) = reports(capsys)
    assert [item["file"] for item in report["files"] if item["questions"] or item["refused"]] == []
    assert len(report["files"]) == len(list(share("data", "nikkhaneh", "inbox").iterdir()))


def test_real_exports_are_told_as_they_are_known(shared: Path, capsys) -> None:
    paths = [str(shared / "real" / "exports" / name) for name in REAL]
    main(["intake", "--json", *paths])
    for report, (name, known) in zip(reports(capsys), REAL.items(), strict=True):
        got = (report["tool"], report["header_rows"], report["columns"]["count"], report["responses"])
        assert got == known, name
        assert report["file"] == Path(name).name and report["columns"]["count"] == len(report["columns"]["names"])
