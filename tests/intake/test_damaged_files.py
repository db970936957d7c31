"""Damaged exports: whatever the bytes, a file is read, asked about or refused, never a crash and never slow."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxlib.errors import CxError
from cxlib.intake import summary

SECONDS = 2.0
_SPLINTERS = [
    b'"',
    b"'",
    b"\x00",
    b"\xff\xfe",
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"\\",
    b"PK\x03\x04",
    b"<table>",
    b"{",
    b"\xef\xbb\xbf",
]


def sources(shared: Path) -> list[Path]:
    """Real exports of every kind, text and workbooks."""
    files = [path for path in (shared / "real").rglob("*") if path.suffix in (".csv", ".xlsx", ".xls", ".gz", ".json")]
    return sorted(path for path in files if "sets" not in path.parts and path.stat().st_size < 3_000_000)


def mutations(files: list[Path], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield files with bytes changed, cut, doubled, spliced or turned round."""
    rng = random.Random(seed)
    for number in range(count):
        path = rng.choice(files)
        data = bytearray(path.read_bytes()[: rng.choice([500, 20_000, 3_000_000])])
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(max(1, len(data)))
            kind = rng.randrange(6)
            if kind == 0 and data:
                data[at % len(data)] = rng.randrange(256)
            elif kind == 1:
                data[at:at] = rng.choice(_SPLINTERS)
            elif kind == 2:
                del data[at : at + rng.randint(1, 200)]
            elif kind == 3:
                data[at:at] = data[: rng.randint(1, 300)]
            elif kind == 4:
                data[at:at] = rng.randbytes(rng.randint(1, 30))
            else:
                del data[at:]
        yield f"{number}{path.suffix}", bytes(data)


def test_damaged_exports_never_crash_and_never_take_long(shared: Path, tmp_path: Path, soak: bool) -> None:
    slow = []
    for name, data in mutations(sources(shared), 10_000 if soak else 300, seed=20):
        path = tmp_path / name
        path.write_bytes(data)
        start = time.process_time()
        report = summary.file_report(path)  # a CxError becomes `refused`; anything else fails the test
        taken = time.process_time() - start
        path.unlink()
        assert report["refused"] or report["columns"]["count"] >= 1
        if taken > SECONDS:
            slow.append((name, len(data), round(taken, 2)))
    assert not slow


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_are_refused_or_asked_about(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(random.Random(seed).randbytes(60_000))
    report = summary.file_report(path)
    assert report["refused"] or report["questions"]


def test_a_quote_that_nobody_closes_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,nps,comment\n" + "".join(f"{number},9,fine\n" for number in range(50)) + '50,3,"bad\n51,4,x\n52,5,y\n'
    )
    assert [item["key"] for item in summary.file_report(path)["questions"]] == ["open-quote"]


def test_a_cell_longer_than_a_book_is_refused_with_its_line(tmp_path: Path) -> None:
    from cxlib.intake import export

    path = tmp_path / "a.csv"
    path.write_text("id,comment\n1,ok\n2," + "x" * 200_000 + "\n")
    with pytest.raises(CxError, match=r"'a.csv', near line 3: a cell does not end"):
        export.read(path)
