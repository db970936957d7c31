"""Nobody is recognised: no id, address or small group of the sample stands in a section or a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from cxlib.batch import run
from cxlib.measures import scores, survey
from cxlib.report import content, html
from cxlib.section import Section
from cxlib.steps import client as clients
from cxlib.steps import (
    governance,
    hiding,
    improvement,
    journey,
    kpis,
    personas,
    start,
    strategy,
    tooling,
    vision,
)
from cxlib.steps.client import Client

STEPS = (start, vision, personas, journey, kpis, governance, tooling, improvement, strategy)
IDS = ("customer_id", "response_id", "ticket_id", "case_id", "contact_id", "transaction_id", "invitation_id", "text_id")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


@pytest.fixture(scope="module")
def case() -> Client:
    return clients.open("nikkhaneh")


@pytest.fixture(scope="module")
def sections(case: Client) -> list[Section]:
    return [step.section(case) for step in STEPS]


@pytest.fixture(scope="module")
def ids(case: Client) -> set[str]:
    columns = [frame[name] for frame in case.tables.values() for name in IDS if name in frame]
    found = set(pd.concat(columns).dropna().astype(str))
    assert {"001062", "31000"} <= found
    assert any(name.startswith("R_") for name in found)
    return found


def texts(plain: Any) -> Iterator[str]:
    """Every text of a section's JSON, names of keys too."""
    if isinstance(plain, dict):
        yield from plain
    if isinstance(plain, (dict, list)):
        for item in plain.values() if isinstance(plain, dict) else plain:
            yield from texts(item)
    elif isinstance(plain, (str, int)):
        yield str(plain)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.translate(LATIN)))


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_no_id_of_a_person_stands_in_a_section(sections: list[Section], ids: set[str], place: int) -> None:
    said = list(texts(json.loads(sections[place].json())))
    assert sorted(set().union(*map(words, said)) & ids) == []
    assert [text for text in said if ADDRESS.search(text)] == []


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_no_id_of_a_person_stands_in_a_report(case: Client, sections: list[Section], ids: set[str], lang: str) -> None:
    setup, root = case.engagement.setup, case.engagement.folder
    page = html.document(content.content(sections, setup=setup, root=root, lang=lang))
    read = re.sub(r"<style.*?</style>|\"data:[^\"]*\"", "", page, flags=re.S)
    assert len(read) > 100_000
    assert sorted(words(read) & ids) == []
    assert ADDRESS.findall(read) == []


def test_no_id_of_a_person_stands_in_anything_that_a_run_leaves(ids: set[str], tmp_path: Path, soak: bool) -> None:
    if not soak:
        pytest.skip("a whole run with its PDF; make soak")
    run.run("nikkhaneh", out=tmp_path, langs=["en", "fa"])
    left = [path for path in tmp_path.rglob("*") if path.suffix in (".json", ".html", ".ipynb", ".pdf", ".txt", ".log")]
    assert {path.suffix for path in left} >= {".json", ".html", ".ipynb", ".pdf"}
    for path in left:
        if path.suffix == ".pdf":
            read = "\n".join(page.extract_text() for page in PdfReader(path).pages)
        else:
            read = re.sub(r"data:[\w/+;=-]*base64,[^\"')]*", "", path.read_text(encoding="utf-8"))
        whole = set(re.findall(r"(?<![\w.])\w+(?!\w|\.\d)", read.translate(LATIN)))
        assert sorted(name for name in whole & ids if len(name) > 4) == [], path.name


def test_an_id_would_be_found(sections: list[Section], ids: set[str]) -> None:
    leaking = sections[0].json().replace('"step": "start"', '"step": "customer 001062"')
    assert set().union(*map(words, texts(json.loads(leaking)))) & ids == {"001062"}


def test_a_hidden_group_cannot_be_subtracted_from_the_whole() -> None:
    # 4 answers in the shop, all detractors: with web and app shown, (total − web − app) is their score.
    answers = pd.DataFrame(
        {"channel": ["web"] * 200 + ["app"] * 20 + ["shop"] * 4, "nps": [9.0] * 200 + [8.0] * 20 + [0.0] * 4}
    )
    reduced = scores.reduce(answers, score="nps", by=["channel"])
    table = survey.by(reduced, groups=["channel"], instrument="nps", min_n=10)
    whole = survey.nps(answers["nps"]).value
    open_groups = table[table["value"].notna()]
    assert (whole * 224 - open_groups["value"] @ open_groups["n"]) / 4 == pytest.approx(-100)
    shown = hiding.shown(table, min_n=10).set_index("channel")
    assert shown["value"].dropna().index.tolist() == ["web"]
    assert shown.loc["app", ["reason", "n"]].tolist() == ["partner-hidden", 20]
    assert shown.loc["shop", "reason"] == "too-few"


def test_groups_of_sufficient_size_stay_as_they_are() -> None:
    table = pd.DataFrame({"value": [1.0, 2], "low": [0.0, 1], "high": [2.0, 3], "n": [40, 10], "reason": ["", ""]})
    pd.testing.assert_frame_equal(hiding.shown(table, min_n=10), table)


@pytest.mark.parametrize("seed", range(20))
def test_hidden_groups_together_are_no_small_group(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = pd.Series(rng.choice([0, 1, 3, 6, 9, 10, 11, 40, 300], size=rng.integers(2, 9)))
    hidden = hiding.hidden(counts, min_n=10)
    assert hidden[counts < 10].all()
    together = counts[hidden].sum()
    assert together == 0 or together >= 10 or hidden.all()
    largest = counts[hidden & (counts >= 10)]
    assert not len(largest) or together - largest.max() < 10


@pytest.mark.parametrize("step", ["personas", "kpis"])
def test_small_groups_of_the_sample_have_a_partner(case: Client, sections: list[Section], step: str) -> None:
    section = next(section for section in sections if section.step == step)
    cuts = [exhibit.frame for exhibit in section.exhibits if re.fullmatch(r"nps-by-(?!month).*", exhibit.key)]
    assert cuts
    for frame in cuts:
        together = frame.loc[frame["value"].isna(), "n"].sum()
        assert together == 0 or together >= case.min_n
