"""Where the notebooks, templates and sample data lie: inside an installed wheel, or in the checkout."""

from __future__ import annotations

from pathlib import Path


def share(*parts: str) -> Path:
    """Return the path of a shipped file or folder.

    A wheel carries them in ``cxlib/_share``; an editable install finds them in the checkout.

    Examples
    --------
    >>> share("templates").is_dir()
    True
    """
    package = Path(__file__).resolve().parent
    inside = package / "_share"
    return (inside if inside.is_dir() else package.parent).joinpath(*parts)
