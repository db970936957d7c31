"""What was read is kept; unchanged exports are not read again, changed ones are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlib.engagement import folder
from cxlib.intake import export, read, store

TEXT = "id,nps,day,comment\n1,9,2025-03-01,good\n2,N/A,2025-03-02,write to ann@example.com\n"
ENTRY = "file: inbox/a.csv, survey: visit, map: {response_id: id, answered_at: day}"


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is read from now on."""
    seen: list[Path] = []
    plain = export.read

    def reading(path: Path, **answers: Any) -> export.Export:
        seen.append(path)
        return plain(path, **answers)

    monkeypatch.setattr(export, "read", reading)
    return seen


def test_unchanged_exports_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(tmp_path, responses(ENTRY), a_csv=TEXT)
    engagement, kept = folder.open(tmp_path), tmp_path / "kept"
    first = read.tables(engagement, kept=kept)
    seen = counted(monkeypatch)
    again = read.tables(engagement, kept=kept)
    assert not seen
    pd.testing.assert_frame_equal(first.frames["responses"], again.frames["responses"])
    pd.testing.assert_frame_equal(first.log, again.log)
    (tmp_path / "inbox" / "a.csv").write_text(TEXT + "3,4,2025-03-03,\n")
    assert len(read.tables(engagement, kept=kept).frames["responses"]) == 3 and len(seen) == 1


def test_only_the_changed_export_is_read_and_nothing_old_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(
        tmp_path, responses(ENTRY, ENTRY.replace("a.csv", "b.csv")), a_csv=TEXT, b_csv="id,nps,day\n7,3,2025-03-04\n"
    )
    engagement, kept = folder.open(tmp_path), tmp_path / "kept"
    read.tables(engagement, kept=kept)
    seen, files = counted(monkeypatch), len(list(kept.iterdir()))
    (tmp_path / "inbox" / "b.csv").write_text("id,nps,day\n8,3,2025-03-04\n")
    assert read.tables(engagement, kept=kept).frames["responses"]["response_id"].tolist() == ["1", "2", "8"]
    assert [path.name for path in seen] == ["b.csv"]
    assert len(list(kept.iterdir())) == files == 5


def test_a_changed_answer_reads_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(tmp_path, responses(ENTRY), a_csv=TEXT)
    read.tables(folder.open(tmp_path), kept=tmp_path / "kept")
    settings = (tmp_path / "engagement.yaml").read_text()
    (tmp_path / "engagement.yaml").write_text(settings.replace("timezone: UTC", "timezone: Asia/Tehran"))
    seen = counted(monkeypatch)
    read.tables(folder.open(tmp_path), kept=tmp_path / "kept")
    assert len(seen) == 1


def test_a_damaged_part_is_read_anew(tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., str]) -> None:
    whole = tables(tmp_path, responses(ENTRY), a_csv=TEXT)
    engagement, kept = folder.open(tmp_path), tmp_path / "kept"
    read.tables(engagement, kept=kept)
    for path in kept.iterdir():
        path.write_bytes(b"PAR1")
    pd.testing.assert_frame_equal(read.tables(engagement, kept=kept).frames["responses"], whole.frames["responses"])


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_what_is_kept_and_logged_holds_no_address(
    tmp_path: Path, lang: str, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(tmp_path, responses(ENTRY), a_csv=TEXT)
    (tmp_path / "inbox" / "a.csv").write_text(
        TEXT + "3,9,2025-03-03,fine\n" * 12 + "4,9,2025-03-03,fine,call ann@example.com\n"
    )
    got = read.tables(folder.open(tmp_path), kept=tmp_path / "kept")
    assert int(got.log.loc[got.log["what"] == "surplus", "count"].iloc[0]) == 1
    log = store.write_log(got.log, tmp_path / "log.txt", lang=lang).read_text(encoding="utf-8")
    assert "inbox/a.csv" in log and "nps: " in log
    for path in (tmp_path / "kept").iterdir():
        assert b"ann@example.com" not in path.read_bytes()
    assert "ann@example.com" not in log


def test_nothing_is_written_into_the_engagement(
    tmp_path: Path, tables: Callable[..., Any], responses: Callable[..., str]
) -> None:
    tables(tmp_path, responses(ENTRY), a_csv=TEXT)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.csv", "engagement.yaml"]
