"""What several raters say: of the vision's four qualities, the clues at touchpoints, emotions, maturity and vendors."""

from __future__ import annotations

from typing import Any

import pandas as pd

COLUMNS = ["rater", "role", "object", "quality", "score", "evidence"]


def ratings(spec: dict[str, Any]) -> pd.DataFrame:
    """Return one row a rater and quality; scores stand in texts.yaml in the order of the raters."""
    raters, evidence = spec["raters"], spec["evidence"]
    rows = [
        (rater["id"], rater["role"], thing, quality, score, evidence.get(f"{thing}/{quality}", ""))
        for thing, qualities in spec["objects"].items()
        for quality, scores in qualities.items()
        for rater, score in zip(raters, scores, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
