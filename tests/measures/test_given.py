"""What a measure refuses, and what it says then."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures import given


def test_missing_is_missing_however_it_is_written() -> None:
    for empty in (None, np.nan, pd.NA):
        assert given.numbers([1, empty, 3], name="x").tolist() == [1, 3]
        table = given.table(pd.DataFrame({"a": [1, empty], "b": [2.5, 4]}), name="x")
        assert np.isnan(table[1, 0])
        assert table[:, 1].tolist() == [2.5, 4]
    assert given.numbers(pd.Series([1, 2], dtype="Int64"), name="x").tolist() == [1, 2]


def test_what_was_given_is_not_changed() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    given.table(values, name="x")[0, 0] = 9
    assert values[0, 0] == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: given.numbers([1, None], name="csat", least=2), "'csat' holds 1 usable values; at least 2"),
        (lambda: given.numbers(["good"], name="csat"), "'csat' holds something that is not a number"),
        (lambda: given.aligned([1, 2], name="size", length=3), "'size' has the size 2 where 3"),
        (lambda: given.table([[1, "x"]], name="ratings"), "not a number"),
        (lambda: given.table([], name="ratings"), "at least 1"),
        (lambda: given.option("ordinall", ("nominal", "ordinal"), name="scale"), "Did you mean 'ordinal'"),
        (lambda: given.between(1.0, 0, 1, name="level"), "between 0 and 1"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages(call, says: str) -> None:
    with pytest.raises(CxError, match=says) as caught:
        call()
    assert caught.value.text("fa") != caught.value.text("en")
