"""Changing files: one value is one line, comments stay, and the result always reads back as meant."""

from __future__ import annotations

import copy
import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.engagement.changes import Add, Move, Remove, Set, edited
from cxlib.engagement.document import parse
from cxlib.engagement.writing import block, short
from cxlib.errors import CxError

FILE = """\
# yaml-language-server: $schema=../.schemas/4_kpis.json

schema: 1   # stays

goals:
  # The first comment.
  - id: delivery-ces      # ours
    name: {en: Delivery, fa: "تحویل"}
    target: 5.6           # of 7
    due: 2027-03-20
    milestones:
      - {due: 2026-12-31, target: 5.3}
    # inside delivery

  - id: nps
    name: 'Recommend: us'
    note: |
      two
      lines
    due:   # open

# A comment at the margin.
  - id: "007"
    name:
      en: Answer
      fa: پاسخ
    owner: support

# Before the next list.
tags: [a, b]   # flow
empty: []  # nothing yet
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("goals[delivery-ces].target", 5.8, "    target: 5.8           # of 7"),
        ("goals[nps].due", "1405-12-29", "    due: 1405-12-29   # open"),
        ("goals[nps].name", "It's: ours", "    name: 'It''s: ours'"),
        ("goals[007].owner", "head-of-cx", "    owner: head-of-cx"),
        ("goals[007].name.fa", "پاسخ زود", "      fa: پاسخ زود"),
        ("goals[delivery-ces].name.fa", "ارسال", '    name: {en: Delivery, fa: "ارسال"}'),
        ("goals[delivery-ces].milestones[0].target", 5.4, "      - {due: 2026-12-31, target: 5.4}"),
        ("schema", 2, "schema: 2   # stays"),
        ("tags", ["a", "b, c"], 'tags: [a, "b, c"]   # flow'),
        ("goals[delivery-ces].due", None, "    due:"),
    ],
)
def test_a_scalar_edit_is_a_one_line_diff(path: str, value: Any, line: str) -> None:
    removed, added = changed_lines(FILE, edited(FILE, {path: value}))
    assert (removed[0], added) == ("-", f"+ {line}")


def test_no_change_leaves_every_byte() -> None:
    for text in (FILE, FILE.replace("\n", "\r\n"), FILE.rstrip("\n"), "", "a:    1\n\n\n"):
        assert edited(text, []) == text


def test_windows_line_ends_stay() -> None:
    after = edited(FILE.replace("\n", "\r\n"), {"goals[nps].due": "2027-01-01", "goals[nps].owner": "shop"})
    assert after.count("\r\n") == after.count("\n") == FILE.count("\n") + 1


def test_a_new_key_stands_at_the_end_of_its_block() -> None:
    after = edited(FILE, {"goals[007].population": "all: of them"})
    assert '    owner: support\n    population: "all: of them"\n\n# Before the next list.\n' in after


def test_blocks_that_are_missing_are_made() -> None:
    after = edited("schema: 1\n", {"owner.role": "head-of-cx", "owner.has_budget": True})
    assert after == "schema: 1\nowner:\n  role: head-of-cx\n  has_budget: true\n"


def test_an_item_moves_with_the_comments_inside_it() -> None:
    after = edited(FILE, [Move("goals[delivery-ces]", 1)])
    assert [goal["id"] for goal in parse(after).plain["goals"]] == ["nps", "delivery-ces", "007"]
    assert "    # inside delivery\n# A comment at the margin." in after.replace("\n\n", "\n")
    assert sorted(after.split()) == sorted(FILE.split())


def test_a_removed_item_takes_only_its_own_comments_away() -> None:
    after = edited(FILE, [Remove("goals[007]")])
    assert "# A comment at the margin." in after
    assert "# Before the next list." in after
    assert "support" not in after
    assert "# inside delivery" not in edited(FILE, [Remove("goals[delivery-ces]")])


def test_adding_to_an_empty_list_keeps_its_comment() -> None:
    after = edited(FILE, [Add("empty", {"id": "x", "name": "X"})])
    assert after.endswith("empty:  # nothing yet\n  - id: x\n    name: X\n")
    assert edited(after, [Remove("empty[x]")]) == FILE


def test_an_item_is_added_where_it_is_wanted() -> None:
    after = edited(FILE, [Add("goals", {"id": "new", "milestones": [{"due": "2027-01-01", "target": 1.0}]}, at=1)])
    assert [goal["id"] for goal in parse(after).plain["goals"]] == ["delivery-ces", "new", "nps", "007"]
    assert "  - id: new\n    milestones:\n      - due: 2027-01-01\n        target: 1\n" in after


def test_the_last_item_leaves_an_empty_list() -> None:
    text = "goals:  # few\n  # inside\n  - id: a\n    n: 1\n\nnext: 2\n"
    assert edited(text, [Remove("goals[a]")]) == "goals: []  # few\n  # inside\n\nnext: 2\n"


def test_flow_lists_change_inside_their_brackets() -> None:
    after = edited(FILE, [Add("tags", "c"), Move("tags[0]", 2), Remove("tags[b]") if False else Remove("tags[0]")])
    assert "tags: [c, a]   # flow" in after


def test_ids_that_are_numbers_and_places_are_told_apart() -> None:
    text = 'goals:\n  - id: "1"\n    n: a\n  - id: "0"\n    n: b\n'
    assert parse(edited(text, {"goals[0].n": "c"})).plain["goals"][1]["n"] == "c"
    assert parse(edited(text, {"goals[#0].n": "c"})).plain["goals"][0]["n"] == "c"


@pytest.mark.parametrize("change", [Set("goals[none].due", 1), Remove("goals[none]"), Move("tags[9]", 0), Set("a", 1)])
def test_a_path_that_leads_nowhere_is_told(change: Any) -> None:
    text = FILE if change.path != "a" else "a:\n  - - 1\n"
    if change.path == "a":
        change = Set("a[0]", {"b": 1})
    with pytest.raises(CxError, match="leads to no value"):
        edited(text, [change])


WORDS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="abc :#-{}[],&*!|>'\"%@`\n\t\\~0129._yYnN", max_size=12),
    st.text(alphabet="آابپتث‌می ۰۱۲،؛؟«»", max_size=12),
    st.sampled_from(
        ["", "null", "yes", "~", "0912", "1e5", "2027-03-20", "=", "<<", "---", ". .", "a: b", "a #b", "- x"]
    ),
)
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False), st.booleans())
SCALARS = st.one_of(WORDS.filter(lambda text: text.encode("utf-8", "ignore").decode() == text), NUMBERS)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
ITEMS = st.lists(
    st.dictionaries(NAMES.filter(lambda name: name != "id"), SCALARS, max_size=3), min_size=1, max_size=4
).map(lambda items: [{"id": f"i-{number}"} | item for number, item in enumerate(items)])


@given(value=SCALARS)
@settings(max_examples=150, derandomize=True)
def test_every_scalar_reads_back_as_it_was_written(value: Any) -> None:
    """In a block, inside brackets, and in the place of values that stood in quotes before."""
    assert parse(f"k: {short(value)}\n").plain.get("k") == value
    assert parse(f"k: [{short(value, inside=True)}]\n").plain["k"] == [value]
    for quoted in ("k: 'x'  # note\nz: 1\n", 'k: "x"\nz: 1\n', "k: {a: 1}\nz: 1\n", "k: |\n  x\nz: 1\n", "k:\nz: 1\n"):
        assert parse(edited(quoted, {"k": value})).plain == {"k": value, "z": 1}


@given(items=ITEMS, data=st.data())
@settings(max_examples=100, derandomize=True)
def test_any_series_of_changes_has_the_meaning_of_the_same_changes_to_plain_values(items: list, data: Any) -> None:
    """The text is changed by the library; the same changes to plain lists are the slow, obvious version."""
    plain = {"schema": 1, "goals": copy.deepcopy(items), "after": "x"}
    text = f"# top\n{block({'schema': 1, 'goals': items}, 0)}# before after\nafter: x  # end\n"
    for step in range(data.draw(st.integers(1, 5))):
        goals = plain["goals"]
        kind = data.draw(st.sampled_from(["set", "add", "remove", "move"] if goals else ["add"]))
        at = data.draw(st.integers(0, max(0, len(goals) - 1)))
        if kind == "set":
            name, value = data.draw(NAMES.filter(lambda name: name != "id")), data.draw(SCALARS)
            text = edited(text, {f"goals[#{at}].{name}": value})
            goals[at][name] = value
        elif kind == "add":
            item = {"id": f"n-{step}", "v": data.draw(SCALARS)}
            text = edited(text, [Add("goals", item, at=at)])
            goals.insert(at, item)
        elif kind == "remove":
            text = edited(text, [Remove(f"goals[#{at}]")])
            goals.pop(at)
        else:
            to = data.draw(st.integers(0, len(goals) - 1))
            text = edited(text, [Move(f"goals[#{at}]", to)])
            goals.insert(to, goals.pop(at))
        assert parse(text).plain == plain
    assert [comment for comment in ("# top\n", "# before after\n", "  # end\n") if comment not in text] == []
