"""The client's logo, checked before it enters a report: a PNG or a plain SVG inside the engagement folder."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from cxlib.errors import CxError

_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE = re.compile(
    rb"<\s*(script|foreignObject|iframe|!ENTITY)|\son\w+\s*=|(href|src)\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#)|@import",
    re.I,
)
_MOST_BYTES = 500_000


@dataclass(frozen=True)
class Logo:
    """A checked picture and its kind, ``png`` or ``svg``."""

    content: bytes
    kind: str

    @property
    def uri(self) -> str:
        """The picture as a data URI; an SVG inside an ``<img>`` runs and loads nothing."""
        mime = "image/svg+xml" if self.kind == "svg" else "image/png"
        return f"data:{mime};base64,{base64.b64encode(self.content).decode()}"


def logo(name: str, *, root: Path) -> Logo | None:
    """Return the logo at `name` inside the engagement folder `root`; None where the client has none.

    Raises
    ------
    CxError
        If the file is missing, outside the folder, too large, neither PNG nor SVG, or an SVG that could act or load.
    """
    if not name:
        return None
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise CxError("logo-missing", file="engagement.yaml", column="brand.logo", found=name)
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise CxError("logo-large", file=name, found=len(content), expected=_MOST_BYTES)
    if content.startswith(_PNG):
        return Logo(content, "png")
    if b"<svg" not in content[:2000]:
        raise CxError("logo-kind", file=name)
    active = _ACTIVE.search(content)
    if active:
        raise CxError("logo-active", file=name, found=active[0].decode("ascii", "replace").strip())
    return Logo(content, "svg")
