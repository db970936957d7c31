"""The client's look: colours that can be read on each other, and the one typeface of both languages.

The client gives two colours; every other colour is fixed, told apart by colour-blind readers, and never the only
carrier of a meaning. Text colours are darkened until they reach the contrast of WCAG 2.2 level AA, 4.5 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cxlib.engagement.setup import Brand
from cxlib.share import share

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

AA = 4.5
INK, PAPER, WHITE = "#14213d", "#fbfaf7", "#ffffff"
EVIDENCE = {"data": "#1f6f8b", "interview": "#4b2a7b", "assumption": "#985700"}
_SERIES = ("#0072b2", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9", "#009e73")
_FAMILY = ("Vazirmatn", "DejaVu Sans")


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0 to 255) of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of `other` in it.

    Examples
    --------
    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(rgb(colour), rgb(other), strict=True))


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, 0 black to 1 white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours, 1 (none) to 21 (black on white).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, *, on: str) -> str:
    """Return `colour`, moved towards black or white until text in it can be read on the colour `on`.

    Examples
    --------
    >>> readable("#ffff00", on="#ffffff") == "#ffff00", contrast(readable("#ffff00", on="#ffffff"), "#ffffff") >= AA
    (False, True)
    """
    end = "#000000" if _luminance(on) > 0.18 else WHITE
    steps = (mixed(colour, end, step / 20) for step in range(21))
    return next(shade for shade in steps if contrast(shade, on) >= AA or shade == end)


def over(colour: str) -> str:
    """Return the text colour, white or ink, that is easier to read on `colour`; black where neither is enough.

    Examples
    --------
    >>> over("#0f766e"), over("#ffd166")
    ('#ffffff', '#14213d')
    """
    best = max((WHITE, INK), key=lambda text: contrast(text, colour))
    return best if contrast(best, colour) >= AA else "#000000"


@dataclass(frozen=True)
class Theme:
    """The colours of one client.

    Attributes
    ----------
    primary, accent
        The client's own, for areas and marks.
    primary_text, accent_text
        The same, dark enough for text on paper.
    on_primary, on_accent
        Text on an area of the client's colours.
    good, fair, bad
        Judgement of a value; always beside a word or a sign.
    evidence
        What a statement rests on: data, interview, assumption.
    series
        Colours of several lines, easily told apart.
    """

    primary: str
    accent: str
    primary_text: str
    accent_text: str
    on_primary: str
    on_accent: str
    ink: str = INK
    paper: str = PAPER
    muted: str = "#5c6370"
    faint: str = "#9aa0ab"
    line: str = "#d9d5c9"
    surface: str = "#f5f2eb"
    good: str = "#1b7f79"
    fair: str = "#e0a030"
    bad: str = "#c8452b"
    evidence: dict[str, str] = field(default_factory=lambda: dict(EVIDENCE))
    series: tuple[str, ...] = _SERIES

    def tint(self, colour: str, share: float = 0.88) -> str:
        """Return a pale version of `colour` for areas behind text."""
        return mixed(colour, WHITE, share)

    @property
    def colours(self) -> dict[str, str]:
        """Every colour by name, with pale versions (``good_tint``) and versions for text on them (``good_text``)."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, str)}
        tints = {f"{name}_tint": self.tint(own[name]) for name in ("primary", "accent", "good", "fair", "bad")}
        texts = {f"{name}_text": readable(own[name], on=tints[f"{name}_tint"]) for name in ("good", "fair", "bad")}
        return own | tints | texts | self.evidence

    @property
    def variables(self) -> str:
        """The colours as CSS custom properties, ``--primary: #0f766e; --good-tint: …``."""
        return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in self.colours.items())


def theme(brand: Brand) -> Theme:
    """Return the theme of a client's brand.

    Examples
    --------
    >>> theme(Brand(primary="#ffd166")).on_primary
    '#14213d'
    """
    primary, accent = brand.primary.lower(), brand.accent.lower()
    return Theme(
        primary,
        accent,
        readable(primary, on=PAPER),
        readable(accent, on=PAPER),
        over(primary),
        over(accent),
        series=(primary, *(colour for colour in _SERIES if _apart(colour, primary))),
    )


def _apart(colour: str, other: str) -> bool:
    """Whether two colours differ enough to be told apart in one picture."""
    return sum((a - b) ** 2 for a, b in zip(rgb(colour), rgb(other), strict=True)) > 90**2


def font_file(name: str) -> Path:
    """Return the path of a vendored font file."""
    return share("templates", "report", "fonts", name)


@cache
def _registered() -> tuple[str, ...]:
    """Make the typeface known to matplotlib, once a process, when the first figure is drawn."""
    from matplotlib.font_manager import fontManager

    for weight in ("Regular", "Bold"):
        fontManager.addfont(font_file(f"Vazirmatn-{weight}.ttf"))
    return _FAMILY


def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the typeface of figures in points: Vazirmatn, with DejaVu Sans for arrows and signs."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(_registered()), size=size, weight="bold" if bold else "normal")
