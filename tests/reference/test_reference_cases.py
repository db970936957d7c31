"""Every method against published numbers: papers, textbooks, and outputs of R and Python packages.

The cases of the project hold their numbers with the source; the data sets that some of them need are not the
project's to carry, so these run only where the folder of reference cases is present.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.conftest import SHARED
from tests.reference.adapters import METHODS

OWN = Path(__file__).parent / "cases"
DATA = SHARED / "cases" / "data"


def cases(folder: Path) -> list[Any]:
    """All cases of a folder, as parameters named by their id."""
    if not folder.is_dir():
        return []
    found = [case for file in sorted(folder.glob("*.json")) for case in json.loads(file.read_text("utf-8"))["cases"]]
    return [pytest.param(case, id=case["id"]) for case in found]


def data(name: str | None) -> pd.DataFrame | None:
    """The data set that a case names; a case named "NA" stays a case."""
    if name is None:
        return None
    file = next((path for path in DATA.glob(f"{name}.*")), None)
    if file is None:
        pytest.skip(f"the data set '{name}' is not here")
    if file.suffix == ".txt":
        return pd.read_csv(file, sep=r"\s+", dtype={"customer_id": str})
    texts = pd.read_csv(file, keep_default_na=False, dtype=str)
    missing = {column: texts[column].isin(["", "NA"]) for column in texts if column not in ("case_id", "patient")}
    return texts.apply(lambda column: typed(column, missing.get(column.name)))


def typed(column: pd.Series, missing: pd.Series | None) -> pd.Series:
    """Numbers where every cell that is not missing is one."""
    kept = column if missing is None else column.mask(missing)
    try:
        return pd.to_numeric(kept)
    except ValueError:
        return kept


def differences(found: Any, expected: Any, tolerance: dict[str, Any], where: str = "") -> list[str]:
    """What differs by more than the tolerance, said by place."""
    if isinstance(expected, dict):
        return [
            line
            for key, value in expected.items()
            for line in differences(found.get(key), value, _tolerance(tolerance, key), f"{where}.{key}")
        ]
    if isinstance(expected, list):
        if found is None or len(found) < len(expected):
            return [f"{where}: {found} for {expected}"]
        pairs = zip(found, expected)
        return [
            line for place, (a, b) in enumerate(pairs) for line in differences(a, b, tolerance, f"{where}[{place}]")
        ]
    if isinstance(expected, (int, float)) and not isinstance(expected, bool) and isinstance(found, (int, float)):
        allowed = max(tolerance.get("abs", 0), tolerance.get("rel", 0) * abs(expected))
        return [] if abs(found - expected) <= allowed else [f"{where}: {found} for {expected} ± {allowed}"]
    return [] if found == expected else [f"{where}: {found!r} for {expected!r}"]


def _tolerance(tolerance: dict[str, Any], key: str) -> dict[str, Any]:
    """The tolerance of one key, where tolerances are given by key."""
    return {
        kind: value[key] if isinstance(value, dict) and key in value else value for kind, value in tolerance.items()
    }


def check(case: dict[str, Any]) -> None:
    found = METHODS[case["method"]](case["inputs"], data(case["inputs"].get("dataset")))
    assert not differences(found, case["expected"], case["tolerance"])


@pytest.mark.parametrize("case", cases(OWN))
def test_numbers_of_the_project(case: dict[str, Any]) -> None:
    if "dataset" in case["inputs"]:
        pytest.skip("it needs a data set, which the project does not carry")
    check(case)


@pytest.mark.parametrize("case", cases(SHARED / "cases"))
def test_cases_of_the_shared_folder(case: dict[str, Any]) -> None:
    check(case)


def test_own_cases_name_their_source() -> None:
    assert len({case.id for case in cases(OWN)}) == len(cases(OWN)) >= 68
    assert all(case.values[0]["source"] for case in cases(OWN))


@pytest.mark.parametrize("wrong", [{"a": 1.1}, {"a": None}, {"a": "x"}, {}])
def test_a_wrong_number_is_seen(wrong: dict[str, Any]) -> None:
    assert differences(wrong, {"a": 1.0}, {"abs": 0.01})
