"""Figures: what is drawn is what the frame holds; both directions; nothing global; no label pre-shaped."""

from __future__ import annotations

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from cxlib.ink import figures
from cxlib.ink.feelings import curve
from cxlib.ink.sentences import reader
from cxlib.ink.theme import theme
from cxlib.section import Claim, Exhibit
from cxlib.words.numbers import latin
from tests.ink.fixtures import sections as made

LOOK = theme(made.SETUP.brand)
PRESHAPED = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
ALL = [
    made.line,
    made.two_lines,
    made.dots,
    made.minutes,
    made.bars,
    made.histogram,
    made.csat,
    made.emotion,
    made.wheel,
]


def _draw(exhibit: Exhibit, lang: str = "en") -> Figure:
    return figures.draw(exhibit, reader=reader(made.SETUP, lang=lang), theme=LOOK)


def _named(figure: Figure, gid: str) -> list:
    return figure.axes[0].findobj(lambda artist: artist.get_gid() == gid)


def _texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def test_line_shows_value_band_gap_and_n() -> None:
    exhibit = made.line()
    figure = _draw(exhibit)
    (line,) = _named(figure, "line")
    np.testing.assert_array_equal(line.get_ydata(), exhibit.frame["value"].to_numpy(float))
    assert np.isnan(line.get_ydata()[7])
    corners = np.vstack([path.vertices for path in _named(figure, "band")[0].get_paths()])
    known = exhibit.frame.dropna(subset=["value"])
    for place, row in known.iterrows():
        heights = corners[corners[:, 0] == place][:, 1]
        assert (heights.min(), heights.max()) == (row["low"], row["high"])
    assert [int(latin(text.get_text().strip("\u200f"))) for text in _named(figure, "n")] == exhibit.frame["n"].tolist()
    assert [line.get_ydata()[0] for line in _named(figure, "target")] == [30.0]


def test_time_runs_left_to_right_in_both_languages_unless_mirrored() -> None:
    assert not _draw(made.line(), "fa").axes[0].xaxis_inverted()
    persian = reader(made.SETUP, lang="fa")
    mirrored = figures.draw(made.line(), reader=persian, theme=LOOK, time_mirrored=True)
    assert mirrored.axes[0].xaxis_inverted()
    figures.png(mirrored)


def test_two_series_are_two_lines_in_two_colours() -> None:
    lines = _named(_draw(made.two_lines()), "line")
    assert len({line.get_color() for line in lines}) == 2


def test_dots_keep_order_and_mark_small_groups() -> None:
    exhibit = made.dots()
    figure = _draw(exhibit)
    drawn = np.vstack([dot.get_offsets() for dot in _named(figure, "dot")])
    known = exhibit.frame.dropna(subset=["value"])
    np.testing.assert_array_equal(drawn, np.column_stack([known["value"], known.index]))
    for line, (_, row) in zip(_named(figure, "interval"), known.iterrows(), strict=True):
        assert list(line.get_xdata()) == [row["low"], row["high"]]
    assert len(_named(figure, "few")) == 1
    assert "too few: n = 4" in _texts(figure)
    low, high = figure.axes[0].get_ylim()
    assert low > high


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_bars_start_at_zero_and_grow_the_way_the_language_runs(lang: str) -> None:
    exhibit = made.bars()
    figure = _draw(exhibit, lang)
    bars = _named(figure, "bar")
    assert [bar.get_width() for bar in bars] == exhibit.frame["value"].tolist()
    assert {bar.get_x() for bar in bars} == {0.0}
    assert figure.axes[0].xaxis_inverted() == (lang == "fa")
    assert bars[0].get_facecolor() != bars[1].get_facecolor()


def test_histogram_counts_and_nps_shares() -> None:
    """745 answers: 0–6 are 30 + 4 + 6 + 9 + 11 + 40 + 35 = 135 = 18%; 7–8 are 220 = 30%; 9–10 are 390 = 52%."""
    exhibit = made.histogram()
    figure = _draw(exhibit)
    assert [bar.get_height() for bar in _named(figure, "bar")] == exhibit.frame["n"].tolist()
    assert {"detractors 18%", "passives 30%", "promoters 52%", "n = 745"} <= set(_texts(figure))
    assert not any("promoters" in text for text in _texts(_draw(made.csat())))


def test_emotion_curve_passes_through_its_stages_and_leaves_gaps() -> None:
    exhibit = made.emotion(long=True)
    figure = _draw(exhibit)
    x, y = _named(figure, "curve")[0].get_data()
    for place, value in enumerate(exhibit.frame["value"][:8]):
        np.testing.assert_allclose(y[np.isclose(x, place)][0], value)
    assert np.isnan(y[x > 7.01]).all()
    assert len(_named(figure, "stage")) == 8
    assert len(_named(figure, "interval")) == 7
    assert _texts(figure).count("Moment of truth") == 2
    assert "assumption" in _texts(figure)


def test_curve_never_exceeds_its_neighbours() -> None:
    _, y = curve([0.0, 2.0, -2.0])
    assert (y.min(), y.max()) == (-2.0, 2.0)


def test_wheel_slices_are_as_long_as_steps_are_done() -> None:
    exhibit = made.wheel()
    done = [round((wedge.r - 0.28) / 0.72, 6) for wedge in _named(_draw(exhibit), "done")]
    assert done == pytest.approx(exhibit.frame["value"].tolist())


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_labels_are_logical_and_numbers_in_the_digits_of_the_language(make, lang: str) -> None:
    texts = _texts(_draw(make(), lang))
    assert not [text for text in texts if PRESHAPED.search(text)]
    wrong = "[0-9]" if lang == "fa" else "[۰-۹]"
    assert not [text for text in texts if re.search(wrong, text)]
    if lang == "fa":
        persian = [text for text in texts if re.search("[آ-ی]", text)]
        assert persian
        assert all(text.startswith("\u200f") for text in persian)


@pytest.mark.parametrize("make", ALL)
def test_nothing_global_is_left_behind(make) -> None:
    before = dict(mpl.rcParams)
    figures.png(_draw(make(), "fa"))
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("make", [made.line, made.emotion])
def test_pictures_are_the_same_every_time_and_small(make) -> None:
    first, second = figures.png(_draw(make(), "fa")), figures.png(_draw(make(), "fa"))
    assert first == second
    assert len(first) < 80_000
    assert figures.svg(_draw(make()), salt="a") == figures.svg(_draw(make()), salt="a")


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_alt_text_tells_every_value(lang: str) -> None:
    exhibit = made.dots()
    words = figures.alt(exhibit, reader=reader(made.SETUP, lang=lang))
    plain = latin(words)
    for value in ("+31", "+25", "+37", "−12", "420", "160"):
        assert value in plain
    assert figures.title(exhibit, reader=reader(made.SETUP, lang=lang)) in words


def test_own_title_with_values() -> None:
    own = Exhibit("x", "dots", made.dots().frame, title=Claim("claim.fx-stale-title", {"name": "Age"}))
    with pytest.raises(KeyError, match="fx-stale-title"):
        figures.title(own, reader=reader(made.SETUP, lang="en"))
    own = Exhibit("x", "dots", made.dots().frame, title=Claim("figure.target", {"value": "Age"}))
    assert figures.title(own, reader=reader(made.SETUP, lang="en")) == "target Age"


@pytest.mark.parametrize("kind", figures.FAMILIES)
def test_an_exhibit_without_rows_says_so(kind: str) -> None:
    exhibit = Exhibit("fx-empty", kind, pd.DataFrame())
    assert "Nothing to show yet." in _texts(_draw(exhibit))
    assert figures.alt(exhibit, reader=reader(made.SETUP, lang="en")).endswith("Nothing to show yet.")


def test_one_row_is_enough_for_every_kind() -> None:
    for make in ALL:
        exhibit = make()
        figures.png(_draw(Exhibit(exhibit.key, exhibit.kind, exhibit.frame.head(1))))


def test_all_groups_too_small_is_still_a_figure() -> None:
    exhibit = Exhibit("fx-nps-by-channel", "dots", made.rows(["a", "b"], [made.few(1), made.few(2)]))
    assert {"too few: n = 1", "too few: n = 2"} <= set(_texts(_draw(exhibit)))
    months = Exhibit("fx-nps-by-month", "line", made.rows(["1404-01"], [made.few(3)], "month"))
    figures.png(_draw(months))
