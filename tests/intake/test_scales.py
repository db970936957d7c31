"""Answer scales in both languages."""

from __future__ import annotations

import pytest

from cxlib.intake.persian import is_persian
from cxlib.intake.scales import _all, known_labels, scales

EVERY = {one.name: one for one in _all()}


@pytest.mark.parametrize(
    "name", [name for name in EVERY if name not in ("likelihood-5-even", "recommend-ends", "quality-5-excellent")]
)
def test_each_point_has_a_label_in_both_languages(name):
    one = EVERY[name]
    for code in range(one.low, one.high + 1):
        labels = [label for label, at in one.codes.items() if at == code]
        assert {is_persian(label) for label in labels} == {True, False}, (name, code)


def test_no_label_stands_at_two_points_of_one_scale():
    """A label written at two points would silently take the last."""
    from cxlib.intake.persian import key
    from cxlib.intake.vocabulary import vocabulary

    for name, plain in vocabulary("scales").items():
        keys = [
            key(str(label))
            for code, labels in enumerate(plain["labels"])
            for label in {key(str(one)) for one in labels}
        ]
        assert len(keys) == len(set(keys)), name


def test_a_scale_is_known_by_all_labels_together():
    assert [one.name for one in scales(["Very satisfied", "Somewhat satisfied", "Satisfied"])] == ["satisfaction-7"]
    assert scales(["Very satisfied", "Agree"]) == [] and scales([]) == []


def test_known_labels_keep_their_spelling():
    assert known_labels(["AGREE", "Blue", "موافقم"]) == ["AGREE", "موافقم"]
