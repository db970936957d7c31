"""The checkout itself: what is declared twice agrees, and nothing points at a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from ruamel.yaml import YAML

import cxlib

CARD = {"jupyterlab", "papermill", "pandas", "seaborn", "ipywidgets", "nbval", "python", "pip"}
MACHINE = re.compile(r"(?<![\w./}*-])/(work|root|farm|home)/[a-z.]|/tmp/(bash_jobs|cx-)|/opt/(pypi|wheels)")
REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|debian)\.(org|com)\b")
REAL_FILES = re.compile(r"\.\./" + r"shared|\"\.\.\"\s*/\s*\"shared\"")


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """Every text file that is or would be committed: path → text."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listed, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return {name: text for name in names if (text := _text(root / name))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except UnicodeDecodeError:
        return ""


def _requirements(project: dict, *extras: str) -> list[Requirement]:
    listed = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in listed]


def test_conda_environment_equals_pyproject(root: Path, project: dict) -> None:
    environment = YAML(typ="safe").load(root / "environment.yml")
    listed = environment["dependencies"]
    assert listed[-1] == {"pip": ["-e ."]}
    conda = {Requirement(line).name: Requirement(line).specifier for line in listed[:-1]}
    declared = {wanted.name: wanted.specifier for wanted in _requirements(project, "dev")}
    declared |= {"python": SpecifierSet(project["requires-python"]), "pip": SpecifierSet()}
    assert conda == {name: declared[name] for name in CARD}


def test_lock_holds_a_fitting_version_of_every_requirement(root: Path, project: dict) -> None:
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if line and not line.startswith((" ", "#"))]
    versions: dict[str, list[str]] = {}
    for pin in pins:
        versions.setdefault(_normal(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    unfit = [
        str(wanted)
        for wanted in _requirements(project, "dev", "cluster")
        if not any(wanted.specifier.contains(version) for version in versions.get(_normal(wanted.name), []))
    ]
    assert not unfit, f"requirements.lock is behind pyproject.toml for {unfit}: run 'make lock'"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_lock_has_a_hash_for_every_package(root: Path) -> None:
    blocks = re.split(r"\n(?=\S)", (root / "requirements.lock").read_text(encoding="utf-8").strip())
    assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


def test_version_is_the_same_everywhere(root: Path) -> None:
    citation = YAML(typ="safe").load(root / "CITATION.cff")
    first = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert citation["version"] == first[1] == cxlib.__version__


def test_no_machine_path_and_no_registry_host(texts: dict[str, str]) -> None:
    found = [f"{name}: {hit[0]}" for name, text in texts.items() for hit in MACHINE.finditer(text)]
    found += [f"{name}: {hit[0]}" for name, text in texts.items() for hit in REGISTRY.finditer(text)]
    assert not [line for line in found if not line.startswith("tests/test_ground.py")]


def test_real_files_are_reached_through_one_fixture(texts: dict[str, str]) -> None:
    assert {name for name, text in texts.items() if REAL_FILES.search(text)} == {"tests/conftest.py"}


def test_guides_are_short_and_their_links_lead_somewhere(root: Path) -> None:
    for name, longest in {"README.md": 150, "CONTRIBUTING.md": 100}.items():
        text = (root / name).read_text(encoding="utf-8")
        assert len(text.splitlines()) <= longest, name
        targets = re.findall(r"\]\(([^)#:]+)\)", text)
        assert [target for target in targets if not (root / target).exists()] == [], name


def test_make_offers_what_the_readme_says(root: Path) -> None:
    offered = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"report", "test", "soak", "lab", "notebooks", "help"} <= offered
    guides = "".join((root / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    named = re.findall(r"^\W*make ([a-z]+)\b|`make ([a-z]+)`", guides, re.MULTILINE)
    assert {first or second for first, second in named} <= offered
