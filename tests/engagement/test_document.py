"""Reading YAML: values keep what was written, mistakes are told with their line, and nothing harmful gets through."""

from __future__ import annotations

import pytest

from cxlib.engagement.document import parse
from cxlib.errors import CxError


def test_dates_stay_the_text_that_was_written() -> None:
    plain = parse("a: 1404-12-29\nb: 2027-03-20\nc: 1404-02-31\nd: 2027-03-20 10:00:00\n").plain
    assert plain == {"a": "1404-12-29", "b": "2027-03-20", "c": "1404-02-31", "d": "2027-03-20 10:00:00"}


def test_yes_and_times_are_text_and_numbers_are_numbers() -> None:
    plain = parse("a: yes\nb: 09:00\nc: 1_000\nd: 5.50\ne: true\nf: 0x10\ng: -3\n").plain
    assert plain == {"a": "yes", "b": "09:00", "c": 1000, "d": 5.5, "e": True, "f": 16, "g": -3}


def test_keys_without_a_value_are_left_out() -> None:
    assert parse("a:\nb: ~\nc: null\nd: 1\n").plain == {"d": 1}


def test_lines_are_counted_from_one_and_lists_by_place() -> None:
    lines = parse("# note\ngoals:\n\n  - id: a\n    due: x\n  - id: b\n").lines
    assert (lines["goals",], lines["goals", 0], lines["goals", 0, "due"], lines["goals", 1]) == (2, 4, 5, 6)


def test_empty_and_comment_only_files_hold_nothing() -> None:
    assert parse("").plain == parse("# nothing yet\n").plain == parse("---\n").plain == {}


@pytest.mark.parametrize("written", ["0912", "+098912", "-01", "007"])
def test_a_number_with_leading_zeros_is_refused_unless_quoted(written: str) -> None:
    (error,) = parse(f"# phone\nphone: {written}\n", file="engagement.yaml").errors
    assert (error.key, error.row, error.found) == ("leading-zero", 2, written)
    assert f'"{written}"' in str(error)
    assert parse(f'phone: "{written}"').errors == []


def test_zero_and_decimals_below_one_are_numbers() -> None:
    assert parse("a: 0\nb: 0.5\nc: -0.25\n").plain == {"a": 0, "b": 0.5, "c": -0.25}


def test_a_key_that_stands_twice_is_told_with_both_lines() -> None:
    (error,) = parse("a: 1\nb: 2\na: 3\n", file="engagement.yaml").errors
    assert (error.key, error.row, error.column, error.found) == ("key-twice", 3, "a", 1)


SYNTAX = [
    ("a: 'never closed\nb: 1\n", "yaml-quote", 1),
    ("a: 1\nb: [1, 2\nc: 3\n", "yaml-bracket", 2),
    ("a: {b: 1\n", "yaml-bracket", 1),
    ("note: delivery: on time\n", "yaml-colon", 1),
    ("a:\n\t- x\n", "yaml-tab", 2),
    ("a: 1\n\tb: 2\n", "yaml-tab", 2),
    ("a:\n  - x\n - y\n", "yaml-indent", 3),
    ("a: 1\nb\nc: 2\n", "yaml-no-colon", 2),
    ("a: @name\n", "yaml-syntax", 1),
    ("a: 1\n---\nb: 2\n", "yaml-two", 2),
    ("- a\n- b\n", "yaml-no-keys", 1),
    ("just words\n", "yaml-no-keys", 1),
    ("a: 1\nb: \x07\n", "yaml-sign", 2),
]


@pytest.mark.parametrize(("text", "key", "row"), SYNTAX, ids=[f"{key}-{row}" for _, key, row in SYNTAX])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_syntax_errors_name_file_and_line(text: str, key: str, row: int, lang: str) -> None:
    with pytest.raises(CxError, match=r"strategy/4_kpis\.yaml") as caught:
        parse(text, file="strategy/4_kpis.yaml")
    assert (caught.value.key, caught.value.row) == (key, row)
    message = caught.value.text(lang)
    assert len(message.splitlines()) >= 2
    assert (str(row) if lang == "en" else chr(0x06F0 + row)) in message


LAUGHS = "a: &a [x, x]\n" + "\n".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "billion laughs": (LAUGHS, "yaml-refused"),
    "alias": ("a: *b\n", "yaml-refused"),
    "merge": ("a: &b {c: 1}\nd:\n  <<: *b\n", "yaml-refused"),
    "python object": ("a: !!python/object/apply:os.system [ls]\n", "yaml-refused"),
    "any tag": ("a: !secret x\n", "yaml-refused"),
    "standard tag": ("a: !!binary aGk=\n", "yaml-refused"),
    "nesting": ("a: " + "[" * 5000 + "]" * 5000 + "\n", "yaml-deep"),
    "block nesting": ("".join(f"{' ' * level}a:\n" for level in range(900)), "yaml-deep"),
    "size": ("# " + "x" * 2_000_001, "yaml-large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_once(name: str) -> None:
    text, key = HOSTILE[name]
    with pytest.raises(CxError, match=r"engagement\.yaml") as caught:
        parse(text, file="engagement.yaml")
    assert caught.value.key == key


def test_a_number_of_many_digits_is_kept_as_text_instead_of_being_computed() -> None:
    assert parse("a: " + "9" * 5000).plain == {"a": "9" * 5000}
