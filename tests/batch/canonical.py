"""One form for the outputs of a notebook, whatever ran it: what differs from run to run by nature is left out."""

from __future__ import annotations

import re
from typing import Any

_ID = re.compile(r"\b[0-9a-f]{32}\b")
_PLACE = re.compile(r"/[^\s\"']*ipykernel_\d+/\d+\.py|0x[0-9a-f]{8,}")


def canonical(notebook: Any) -> list[Any]:
    """The outputs of each code cell: neighbouring texts of one stream joined, widget ids and addresses made alike."""
    ids: dict[str, str] = {}
    return [_plain(_joined(cell.outputs), ids) for cell in notebook.cells if cell.cell_type == "code"]


def _joined(outputs: list[Any]) -> list[dict[str, Any]]:
    """Between two other outputs what was printed and warned, each in one piece: a kernel flushes by the clock."""
    made: list[dict[str, Any]] = []
    streams: dict[str, str] = {}
    for output in [*outputs, {"output_type": "end"}]:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
            continue
        made += [{"name": name, "text": streams[name]} for name in sorted(streams)]
        streams = {}
        made.append(dict(output))
    return made


def _plain(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, ids) for item in value]
    if isinstance(value, str):
        return _PLACE.sub("<place>", _ID.sub(lambda hit: ids.setdefault(hit[0], f"id-{len(ids)}"), value))
    return value
