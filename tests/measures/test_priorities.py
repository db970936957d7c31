"""The chance to be in the top: certain where ranges do not overlap, even where they do."""

from __future__ import annotations

import pytest

from cxlib.errors import CxError
from cxlib.measures.business_case import Range
from cxlib.measures.priorities import priorities


def item(gap: float, effort: float = 1, spread: float = 0.0) -> dict[str, Range]:
    return {"gap": Range(gap - spread, gap, gap + spread), "effort": Range(effort, effort, effort)}


def test_certain_numbers_are_ranked_by_their_product() -> None:
    """4/1, 6/2, 2/1 and 9/9: the first three are certain."""
    table = priorities({"a": item(4), "b": item(6, 2), "c": item(2), "d": item(9, 9)})
    assert table["item"].tolist() == ["a", "b", "c", "d"]
    assert table["value"].tolist() == [4, 3, 2, 1]
    assert table["in_top"].tolist() == [1, 1, 1, 0]
    assert table["first"].tolist() == [1, 0, 0, 0]


def test_equal_guesses_share_the_places() -> None:
    table = priorities({name: item(5, spread=2) for name in "abcde"}, top=2)
    assert table["in_top"].tolist() == pytest.approx([0.4] * 5, abs=0.03)
    assert table["first"].sum() == pytest.approx(1)


def test_the_chance_that_one_guess_beats_another() -> None:
    """N(5, s) against N(4, s) with s = 2/1.645: P = Φ(1 / (1.216 √2)) = .72."""
    table = priorities({"a": item(5, spread=2), "b": item(4, spread=2)}, top=1).set_index("item")
    assert table.loc["a", "in_top"] == pytest.approx(0.72, abs=0.02)


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ({}, "'items' holds 0"),
        ({"a": item(1), "b": {"gap": Range(1, 1, 1)}}, "'b' has the size gap where gap, effort"),
        ({"a": item(1, 0)}, "'a / effort' is 0"),
    ],
)
def test_wrong_input_is_refused(items: dict, says: str) -> None:
    with pytest.raises(CxError, match=says):
        priorities(items)
