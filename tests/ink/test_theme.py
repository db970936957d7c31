"""Colours: readable on each other, apart for colour-blind readers; the typeface is the vendored one."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import font_manager

from cxlib.engagement.setup import Brand
from cxlib.ink import theme

BRANDS = ("#0f766e", "#ffd166", "#000000", "#ffffff", "#e4572e", "#7f7f7f", "#00ff00", "#1d4ed8")
# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear RGB.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def test_contrast_of_published_pairs() -> None:
    """WCAG 2.2, understanding 1.4.3: #777777 on white is 4.48, #767676 is 4.54."""
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("primary", BRANDS)
@pytest.mark.parametrize("accent", BRANDS)
def test_text_can_be_read_in_every_brand(primary: str, accent: str) -> None:
    look = theme.theme(Brand(primary=primary, accent=accent))
    assert theme.contrast(look.primary_text, look.paper) >= theme.AA
    assert theme.contrast(look.accent_text, look.paper) >= theme.AA
    assert theme.contrast(look.on_primary, look.primary) >= theme.AA
    assert theme.contrast("#ffffff", look.accent_text) >= theme.AA


def test_fixed_text_colours_can_be_read() -> None:
    look = theme.theme(Brand())
    on_paper = [look.ink, look.muted, *look.evidence.values()]
    assert min(theme.contrast(colour, look.surface) for colour in on_paper) >= theme.AA
    for mood in ("good", "fair", "bad"):
        assert theme.contrast(look.colours[f"{mood}_text"], look.colours[f"{mood}_tint"]) >= theme.AA


def _seen(colour: str, matrix: list[list[float]]) -> np.ndarray:
    """The colour as a colour-blind reader sees it, in OKLab."""
    part = np.array(theme.rgb(colour)) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_lms) @ linear)


@pytest.mark.parametrize("kind", BLIND)
def test_moods_and_evidence_stay_apart_for_colour_blind_readers(kind: str) -> None:
    look = theme.theme(Brand())
    for group in ((look.good, look.fair, look.bad), tuple(look.evidence.values()), look.series[:3]):
        seen = [_seen(colour, BLIND[kind]) for colour in group]
        apart = [np.linalg.norm(one - other) for place, one in enumerate(seen) for other in seen[place + 1 :]]
        assert min(apart) > 0.05


def test_series_do_not_repeat_the_brand() -> None:
    assert theme.theme(Brand(primary="#0072b2")).series.count("#0072b2") == 1


def test_figures_use_the_vendored_static_typeface() -> None:
    for bold, name in ((False, "Vazirmatn-Regular.ttf"), (True, "Vazirmatn-Bold.ttf")):
        assert font_manager.findfont(theme.font(9, bold=bold), fallback_to_default=False).endswith(f"fonts/{name}")
    assert theme.font_file("OFL.txt").read_text(encoding="utf-8").startswith("Copyright")
