"""The wheel: installed into a fresh environment, in an empty folder, it makes a client and runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

UNSHIPPED = {"__pycache__", "out", ".ipynb_checkpoints"}


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; the libraries that it needs are those of this one, seen through a path file.

    Path files inside a folder that a path file names are not followed, so the checkout itself is not seen.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = _program(folder, "python")
    command = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
    subprocess.run([*command, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    site = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(site) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def _program(environment: Path, name: str) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin") / name


def _run(environment: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run `cx` in a folder as a user of the fresh environment would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    command = [str(_program(environment, "cx")), *arguments]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=600)


def test_wheel_carries_notebooks_templates_and_data_and_nothing_else(wheel: Path, root: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    share = [name.removeprefix("cxlib/_share/") for name in names if name.startswith("cxlib/_share/")]
    books = [name for name in share if name.startswith("notebooks/")]
    assert len([name for name in books if name.count("/") == 1]) == 9
    assert len([name for name in books if name.startswith("notebooks/fa/")]) == 9
    shipped = [file for folder in ("templates", "data") for file in (root / folder).rglob("*") if file.is_file()]
    wanted = {file.relative_to(root).as_posix() for file in shipped if not UNSHIPPED & set(file.parts)}
    assert {"data/nikkhaneh/engagement.yaml", "templates/engagement/en/engagement.yaml"} <= wanted
    assert wanted - set(share) == set()
    assert {"cxlib/words/en.po", "cxlib/words/fa.po"} <= set(names)
    foreign = [name for name in names if not name.startswith(("cxlib/", "cx_strategy_workbook-"))]
    assert foreign + [name for name in names if "__pycache__" in name or "/out/" in name] == []


def test_library_comes_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    code = "from cxlib.share import share; print(share('notebooks'))"
    command = [str(_program(environment, "python")), "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(environment)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_new_client_in_an_empty_folder(environment: Path, tmp_path: Path, lang: str) -> None:
    """A client without any data is told what is missing, and still gets a report."""
    made = _run(environment, tmp_path, "new", "acme", "--lang", lang)
    assert made.returncode == 0, made.stdout + made.stderr
    assert len(list((tmp_path / "acme" / "notebooks").glob("*.ipynb"))) == 9
    before = {path: path.read_bytes() for path in (tmp_path / "acme").rglob("*") if path.is_file()}
    run = _run(environment, tmp_path, "run", "acme")
    assert run.returncode == 0, run.stdout + run.stderr
    reports = [path.name for path in (tmp_path / "out").rglob("report.*")]
    assert {"report.html", "report.pdf"} <= set(reports)
    after = {path: path.read_bytes() for path in (tmp_path / "acme").rglob("*") if path.is_file()}
    assert after == before
