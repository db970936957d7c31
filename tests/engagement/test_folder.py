"""Finding, opening and making engagement folders, and what each mistake is told as, in both languages."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cxlib.engagement import checks, files, folder
from cxlib.engagement.changes import Add, Remove
from cxlib.errors import CxError, CxErrors
from cxlib.words import LANGS
from tests.engagement.conftest import with_examples


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def hashes(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.mark.parametrize("lang", LANGS)
def test_a_new_folder_opens_and_only_lacks_data(tmp_path: Path, lang: str) -> None:
    made = folder.new(tmp_path / "shop", lang=lang, name="Shop: one")
    engagement = folder.open(made)
    assert (engagement.name, engagement.setup.name, engagement.missing) == ("shop", "Shop: one", ())
    assert engagement.setup.languages == [lang]
    assert checks.wrong(made) == []
    assert sorted(path.name for path in made.iterdir() if path.is_dir()) == [
        ".schemas",
        "inbox",
        "notebooks",
        "strategy",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_commented_examples_of_a_new_folder_are_valid(tmp_path: Path, lang: str) -> None:
    engagement = folder.open(with_examples(folder.new(tmp_path / "shop", lang=lang)))
    assert [goal.id for goal in engagement.kpis.goals] == ["delivery-ces"]
    assert engagement.setup.surveys["post_delivery"].instruments.ces == "ces2"
    assert engagement.governance.raci and engagement.improvement.actions and engagement.journey.pains


def test_the_key_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    made = folder.new(tmp_path / "a")
    other = folder.new(tmp_path / "b")
    assert stat.S_IMODE((made / ".cx-key").stat().st_mode) == 0o600
    assert (made / ".cx-key").read_text() != (other / ".cx-key").read_text()
    assert ".cx-key" in (made / ".gitignore").read_text().splitlines()


def test_new_never_writes_into_something_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine.txt").write_text("mine")
    with pytest.raises(CxError, match="already exists and is not empty"):
        folder.new(tmp_path / "a")
    with pytest.raises(CxError, match="language 'de' is not known"):
        folder.new(tmp_path / "b", lang="de")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_find_takes_paths_and_samples(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme.parent)
    assert folder.find("acme") == folder.find(acme) == folder.find(acme / "engagement.yaml") == acme.resolve()
    assert folder.find("nikkhaneh").is_absolute()
    with pytest.raises(CxError, match="Did you mean 'nikkhaneh'") as caught:
        folder.find("nikkhane")
    assert "nikkhaneh" in caught.value.text("fa")


def test_missing_strategy_files_are_named_and_empty(acme: Path) -> None:
    (acme / "strategy" / "5_governance.yaml").unlink()
    engagement = folder.open(acme)
    assert engagement.missing == ("strategy/5_governance.yaml",)
    assert engagement.governance.roles == []
    assert [error.key for error in checks.wrong(acme)] == ["not-yet"]


def test_opening_changes_nothing(acme: Path) -> None:
    before = hashes(acme)
    folder.open(acme)
    checks.wrong(acme)
    assert hashes(acme) == before


def test_everything_wrong_in_all_files_is_told_at_once(acme: Path) -> None:
    edit(acme / "engagement.yaml", "level: 0.95", "level: 95")
    edit(acme / "strategy" / "1_vision.yaml", "    kpis: [", "    kpi: [")
    edit(acme / "strategy" / "4_kpis.yaml", "due: 2027-03-20", "due: 2027-02-30")
    edit(acme / "strategy" / "7_improvement.yaml", "wip_limit: 3", "wip_limit: [")
    with pytest.raises(CxErrors, match="`level` is 95") as caught:
        folder.open(acme)
    assert [error.key for error in caught.value.errors] == [
        "outside",
        "unknown-key",
        "date-not-in-calendar",
        "yaml-bracket",
    ]


def spoil(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda acme: edit(acme / file, old, new)


KPIS, SETUP = "strategy/4_kpis.yaml", "engagement.yaml"
MISTAKES = {
    "mistyped key": (spoil(KPIS, "    target:", "    tarqet:"), "unknown-key", KPIS, 17, ["tarqet", "'target'"]),
    "missing field": (spoil(KPIS, "    name: Delivery made easy\n", ""), "missing", KPIS, 9, ["name", "delivery-ces"]),
    "syntax": (spoil(KPIS, "7-point ease", "'7-point ease"), "yaml-quote", KPIS, 18, ["'7-point ease"]),
    "wrong type": (spoil(KPIS, "target: 5.6", "target: soon"), "wrong-type", KPIS, 17, ["soon", "5.5"]),
    "wrong choice": (spoil(KPIS, "metric: ces ", "metric: cse "), "not-a-choice", KPIS, 11, ["cse", "'ces'", "nps"]),
    "duplicate id": (
        spoil(
            "strategy/3_journey.yaml", "opportunities:\n", "opportunities:\n  - {id: text-ahead, stage: a, text: b}\n"
        ),
        "id-twice",
        "strategy/3_journey.yaml",
        37,
        ["text-ahead"],
    ),
    "wrong id": (spoil(KPIS, "id: delivery-ces", "id: Delivery CES"), "wrong-id", KPIS, 9, ["Delivery CES"]),
    "other calendar": (
        spoil(KPIS, "due: 2027-03-20", "due: 1405-12-29"),
        "date-not-in-calendar",
        KPIS,
        19,
        ["1405-12-29"],
    ),
    "no such day": (
        spoil(KPIS, "{due: 2026-12-31", "{due: 2026-11-31"),
        "date-not-in-calendar",
        KPIS,
        24,
        ["2026-11-31"],
    ),
    "no date": (spoil(KPIS, "due: 2027-03-20", "due: spring"), "wrong-date", KPIS, 19, ["spring"]),
    "unknown table": (spoil(SETUP, "  tickets:", "  tickts:"), "unknown-table", SETUP, 61, ["tickts", "'tickets'"]),
    "unknown survey": (
        spoil(SETUP, "survey: post_delivery", "survey: delivery"),
        "unknown-survey",
        SETUP,
        53,
        ["delivery"],
    ),
    "no scale": (
        spoil(SETUP, "map: {nps: Q3}", "map: {ces: Q3}\n"),
        "source-no-instrument",
        SETUP,
        54,
        ["ces", "ces2"],
    ),
    "parent path": (spoil(SETUP, "inbox/survey.csv", "../other/survey.csv"), "path-outside", SETUP, 51, ["../other"]),
    "absolute path": (spoil(SETUP, "inbox/survey.csv", "/etc/passwd"), "path-outside", SETUP, 51, ["/etc/passwd"]),
    "logo outside": (spoil(SETUP, 'logo: ""', 'logo: "../logo.svg"'), "path-outside", SETUP, 18, ["../logo.svg"]),
    "leading zeros": (spoil(SETUP, "map: {nps: Q3}", "map: {nps: 0912}"), "leading-zero", SETUP, 54, ['"0912"']),
    "missing export": (lambda acme: (acme / "inbox/survey.csv").unlink(), "no-file", SETUP, 51, ["inbox/survey.csv"]),
    "timezone": (
        spoil(SETUP, "timezone: UTC", "timezone: Europe/Berln"),
        "unknown-timezone",
        SETUP,
        12,
        ["Europe/Berlin"],
    ),
    "schema": (spoil(KPIS, "schema: 1", "schema: 2"), "unknown-schema", KPIS, 5, ["2", "1"]),
    "alias": (spoil(KPIS, "metric: ces ", "metric: *ces "), "yaml-refused", KPIS, 11, ["*ces"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_file_line_and_remedy_in_both_languages(acme: Path, name: str) -> None:
    make, key, file, row, words = MISTAKES[name]
    if name == "no scale":
        edit(acme / SETUP, ", ces: ces2}", "}")
    make(acme)
    before = hashes(acme)
    (error,) = checks.wrong(acme)
    assert (error.key, error.file, error.row) == (key, file, row)
    for lang in LANGS:
        message = error.text(lang)
        assert file in message and len(message.splitlines()) >= 2
        latin = (
            message.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")).replace("«\u2066", "'").replace("\u2069»", "'")
        )
        assert [word for word in [str(row), *words] if word not in latin] == []
    assert hashes(acme) == before


def test_a_link_out_of_the_folder_is_refused(acme: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x")
    (acme / "inbox" / "survey.csv").unlink()
    (acme / "inbox" / "survey.csv").symlink_to(tmp_path / "secret.csv")
    assert [error.key for error in checks.wrong(acme)] == ["path-outside"]


def test_a_file_with_a_mistyped_name_is_not_passed_over(acme: Path) -> None:
    (acme / "strategy" / "4_kpis.yaml").rename(acme / "strategy" / "4_kpi.yaml")
    (error,) = checks.wrong(acme)
    assert error.key == "unknown-file" and "Did you mean '4_kpis.yaml'?" in str(error)


def test_exports_that_nobody_reads_and_a_missing_key_are_told(acme: Path) -> None:
    (acme / "inbox" / "old.csv").write_text("x")
    (acme / ".cx-key").unlink()
    assert [(error.key, error.file) for error in checks.wrong(acme)] == [
        ("unused-file", "inbox/old.csv"),
        ("no-key", ""),
    ]


def test_other_encodings_are_told_with_the_line(acme: Path) -> None:
    path = acme / "strategy" / "1_vision.yaml"
    path.write_bytes("schema: 1\nstatement: گرم\n".encode("cp1256"))
    (error,) = checks.wrong(acme)
    assert (error.key, error.row) == ("not-utf8", 2)


def test_save_keeps_every_other_byte_and_an_empty_save_all(acme: Path) -> None:
    path = acme / KPIS
    before = path.read_bytes()
    files.save(path, {})
    files.save(path, {"goals[delivery-ces].target": 5.6})
    assert path.read_bytes() == before
    files.save(path, {"goals[delivery-ces].target": 5.75})
    assert path.read_bytes() == before.replace(b"target: 5.6\n", b"target: 5.75\n")
    assert folder.open(acme).kpis.goals[0].target == 5.75


def test_save_keeps_the_byte_order_mark_and_the_rights(acme: Path) -> None:
    path = acme / KPIS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    path.chmod(0o640)
    files.save(path, {"goals[delivery-ces].target": 6})
    assert path.read_bytes().startswith(b"\xef\xbb\xbf# yaml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"goals[delivery-ces].metric": "cse"}, "Did you mean 'ces'"),
        ({"goals[delivery-ces].due": "2026-02-30"}, "a day that the Gregorian calendar"),
        ([Add("goals", {"id": "delivery-ces", "name": "x", "metric": "nps"})], "already taken"),
        ([Remove("goals[nps]")], "leads to no value"),
        ({"goal": 1}, "Did you mean 'goals'"),
    ],
)
def test_a_save_that_would_be_wrong_writes_nothing(acme: Path, changes: object, message: str) -> None:
    before = hashes(acme)
    with pytest.raises(CxError, match=message):
        files.save(acme / KPIS, changes)
    assert hashes(acme) == before


def test_a_failing_disk_leaves_the_old_file_and_no_rest(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashes(acme)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("cxlib.engagement.files.os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        files.save(acme / KPIS, {"goals[delivery-ces].target": 6})
    assert hashes(acme) == before


def test_a_missing_file_is_made_by_saving(acme: Path) -> None:
    path = acme / "strategy" / "7_improvement.yaml"
    path.unlink()
    files.save(path, [Add("actions", {"id": "a", "name": {"en": "Call", "fa": "تماس"}, "effort": [1, 2]})])
    assert path.read_text(encoding="utf-8") == (
        "schema: 1\nactions:\n  - id: a\n    name: {en: Call, fa: تماس}\n    effort: [1, 2]\n"
    )
    assert files.read(path, files.model_of(path), acme).actions[0].effort == (1.0, 2.0)


def test_the_samples_are_right() -> None:
    assert folder.samples() != []
    assert {name: checks.wrong(name) for name in folder.samples()} == {name: [] for name in folder.samples()}
