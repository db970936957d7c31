"""Control charts: the band under its stretch only, points outside marked, days in both calendars."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.ink import figures, theme
from cxlib.ink.sentences import reader
from cxlib.section import Exhibit
from tests.ink.fixtures import sections as made


def chart() -> Exhibit:
    """Twenty weeks: the limits hold from the sixth on, the twelfth lies outside."""
    values = [0.2] * 5 + [0.1] * 15
    values[11] = 0.3
    days = [dt.date(2025, 1, 1) + dt.timedelta(7 * week) for week in range(20)]
    limits = {"low": [None] * 5 + [0.05] * 15, "high": [None] * 5 + [0.15] * 15, "center": [None] * 5 + [0.1] * 15}
    rest = {"n": 100, "unit": "share", "is_out": [week == 11 for week in range(20)]}
    return Exhibit("control-chart", "control", pd.DataFrame({"label": days, "value": values} | limits | rest))


def _marks(gid: str, lang: str = "en"):
    exhibit, look = chart(), theme.theme(made.SETUP.brand)
    figure = figures.draw(exhibit, reader=reader(made.SETUP, lang=lang), theme=look, titled=False)
    return next(artist for artist in figure.axes[0].get_children() if artist.get_gid() == gid)


def test_points_outside_are_marked_and_the_others_are_not() -> None:
    assert np.asarray(_marks("out").get_offsets()).tolist() == [[11, 0.3]]
    assert len(_marks("points").get_offsets()) == 19


def test_the_middle_begins_where_the_limits_hold() -> None:
    assert np.isnan(_marks("center").get_ydata()).tolist() == [True] * 5 + [False] * 15


@pytest.mark.parametrize(("lang", "words"), [("en", "30%"), ("fa", "۳۰٪")])
def test_description_names_every_number_and_what_is_outside(lang: str, words: str) -> None:
    said = figures.alt(chart(), reader=reader(made.SETUP, lang=lang))
    assert words in said
    assert said.count("(") == 1
