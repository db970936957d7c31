"""What customers write: sentences of themes, by stage and score, in two languages, with a little personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from making.times import day_number, jalali

GROWS_FROM = "1404-01-01"
"""From this day on, comments about spare parts are more frequent."""


@dataclass(frozen=True)
class Comments:
    """The sentences of texts.yaml, ready to be drawn.

    Attributes
    ----------
    themes
        Name → mood, stages, weight and sentences in both languages.
    openers
        Language → words before a sentence.
    personal
        Kind → sentences with one piece of personal data each; a survey uses every one once.
    growth
        How many times as frequent comments about spare parts become.
    """

    themes: dict[str, Any]
    openers: dict[str, list[str]]
    personal: dict[str, list[str]]
    growth: float

    def written(self, frame: pd.DataFrame, rng: np.random.Generator, *, share: float) -> list[str]:
        """Return a comment for about `share` of the rows (stage, nps, day, lang), empty for the others."""
        talks = rng.random(len(frame)) < share * np.where(frame["nps"] <= 6, 1.5, 0.8)
        comments = [text if talk else "" for text, talk in zip(self.texts(frame, rng), talks, strict=True)]
        return self._with_personal(comments, rng)

    def texts(self, frame: pd.DataFrame, rng: np.random.Generator) -> list[str]:
        """Return a text for every row (stage, nps, day, lang), without personal data."""
        columns = (frame["stage"], frame["nps"], frame["day"], frame["lang"].str.lower(), rng.random((len(frame), 4)))
        return [self._one(*row) for row in zip(*columns, strict=True)]

    def _one(self, stage: str, score: float, day: int, lang: str, luck: np.ndarray) -> str:
        """One comment, chosen by four lucky numbers."""
        mood = "low" if score <= 6 else "high" if score >= 9 else "mid"
        fitting = [name for name, theme in self.themes.items() if theme["mood"] == mood and _fits(theme, stage)]
        name = _weighted(fitting or ["fine"], [self._weight(name, day) for name in fitting or ["fine"]], luck[0])
        sentences = self.themes[name][lang]
        sentence = sentences[int(luck[1] * len(sentences))]
        openers = self.openers[lang]
        return f"{openers[int(luck[2] * len(openers))]} {sentence}" if luck[3] < 0.25 else sentence

    def _weight(self, name: str, day: int) -> float:
        grown = name == "parts" and day >= day_number(jalali(GROWS_FROM))
        return self.themes[name]["weight"] * (self.growth if grown else 1)

    def _with_personal(self, comments: list[str], rng: np.random.Generator) -> list[str]:
        """The same, each sentence with personal data put behind one comment."""
        sentences = [sentence for kind in self.personal.values() for sentence in kind]
        places = rng.choice(np.flatnonzero([len(comment) > 12 for comment in comments]), len(sentences), replace=False)
        told = list(comments)
        for place, sentence in zip(places, sentences, strict=True):
            told[place] = f"{told[place]}. {sentence}"
        return told


def _fits(theme: dict[str, Any], stage: str) -> bool:
    """Whether a theme is spoken of at a stage; without a stage, whether it comes up in the quarterly survey."""
    return stage in theme["stages"] if stage else theme["pulse"]


def _weighted(names: list[str], weights: list[float], luck: float) -> str:
    """The name that `luck` (0 to 1) falls on."""
    bounds = np.cumsum(weights)
    return names[int(np.searchsorted(bounds, luck * bounds[-1], side="right"))]
