"""Exhibits as tables: an estimate in a cell keeps its interval and n, and a row with too few answers is marked.

A frame of estimates (value, low, high, n, …) becomes label, value, interval and n. Any other frame keeps its columns;
a plain target or baseline is written in the unit of the estimate in its row, and a `Term` may name other columns of
its row as placeholders.
"""

from __future__ import annotations

from html import escape
from typing import Any

from cxlib.ink.markup import html
from cxlib.ink.rows import ESTIMATE, estimate, is_few, records
from cxlib.ink.sentences import COUNTED, Reader, Run, bounds, filled, is_empty, note, written
from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit, Term
from cxlib.words.catalogue import has
from cxlib.words.dates import month_text

DECIDED = ("target", "baseline", "before", "after", "effect")
SHARES = ("share", "filled", "weight", "yearly_rise")
_VERDICT = "verdict."
_HIDDEN = ("reason", "level", "method", "unit", "needs", "highlight")


def headers(exhibit: Exhibit, *, reader: Reader) -> list[str]:
    """Return the column headers of an exhibit's table."""
    return [header(name, reader=reader) for name in columns(exhibit)]


def header(name: str, *, reader: Reader) -> str:
    """Return the header of a column: ``column.<name>``, or the client's own name for it."""
    words = reader.words(f"column.{name}") if has(f"column.{name}") else name
    return words[:1].upper() + words[1:] if len(words) > 1 else words


def columns(exhibit: Exhibit) -> list[str]:
    """Return the columns that an exhibit's table shows; an estimate's bounds become ``interval``."""
    names = list(exhibit.frame.columns)
    if "value" not in names:
        return names
    kept = [name for name in names if name not in (*ESTIMATE, *_HIDDEN)]
    place = names.index("value")
    before = [name for name in kept if names.index(name) < place]
    shown = ["value", "interval", "n"] if "low" in names else ["value"] + ["n"] * ("n" in names)
    return before + shown + [name for name in kept if name not in before]


def cells(exhibit: Exhibit, *, reader: Reader) -> list[list[list[Run]]]:
    """Return the table as rows of cells of runs, in the order of `columns`."""
    names = columns(exhibit)
    return [[_cell(exhibit, row, name, reader) for name in names] for row in records(exhibit.frame)]


def few(exhibit: Exhibit) -> list[bool]:
    """Tell for each row of a frame of estimates whether it rests on too few answers."""
    rows = records(exhibit.frame)
    return [is_few(estimate(row)) if "low" in row else False for row in rows]


def verdict(value: Any) -> str:
    """Return ``pass``, ``doubt`` or ``fail`` if a cell is a verdict, else an empty string."""
    return value.key.removeprefix(_VERDICT) if isinstance(value, Term) and value.key.startswith(_VERDICT) else ""


def _cell(exhibit: Exhibit, row: dict[str, Any], name: str, reader: Reader) -> list[Run]:
    """One cell as runs."""
    key = f"{exhibit.key}.{name}"
    if "low" in row and name in ("value", "interval", "n"):
        return written(estimate(row), key=key, reader=reader, spec=name)
    value = row[name]
    if name == "month" and value:
        return [Run(month_text(value, reader.lang, reader.calendar))]
    if isinstance(value, Term):
        return filled(value.key, row, key=key, reader=reader)
    if isinstance(value, dict) and "text" in value:
        return fact(value, key=key, reader=reader)
    if isinstance(value, list) and any(isinstance(item, dict) and "text" in item for item in value):
        return _facts(value, key, reader)
    if exhibit.kind == "wheel" and name == "value":
        return written(value, key=key, reader=reader, spec="share")
    return small(value, key=key, reader=reader) if isinstance(value, Estimate) else _plain(row, name, key, reader)


def small(known: Estimate, *, key: str, reader: Reader) -> list[Run]:
    """Return an estimate for a cell: the value, and interval and n as a second, smaller part if it has them."""
    if not known.is_known:
        return written(known, key=key, reader=reader)
    shown = bounds(known, reader=reader)
    if not known.n and known.low is None:
        return [Run(shown["value"], key, None, known.reason, True, "value", shown["reason"])]
    sure = known.low is not None and known.high is not None
    span = reader.words("estimate.range", **shown) if sure else shown["reason"]
    rest = {"key": key, "n": known.n, "reason": known.reason, "is_number": True, "note": note(known, reader)}
    tail = reader.words("estimate.small", range=span, n=known.n)
    return [Run(shown["value"], part="value", **rest), Run(tail, part="small", **rest)]


def fact(value: dict[str, Any], *, key: str, reader: Reader) -> list[Run]:
    """Return a client's statement with the mark of what it rests on."""
    said = written(value["text"], key=key, reader=reader)
    source = value.get("source") or "assumption"
    n = value.get("n")
    mark = reader.words(f"evidence.{source}") + (f" {reader.words('estimate.n', n=n)}" if n else "")
    tail = {"n": n, "is_number": True} if n else {"reason": COUNTED}
    return [*said, Run(" "), Run(mark, key=key, part=f"mark {source}", **tail)]


def _facts(values: list[Any], key: str, reader: Reader) -> list[Run]:
    """Several statements, each with its mark."""
    said = [
        fact(value if isinstance(value, dict) and "text" in value else {"text": value}, key=key, reader=reader)
        for value in values
    ]
    return [run for runs in said for run in [*runs, Run(" ")]][:-1]


def _plain(row: dict[str, Any], name: str, key: str, reader: Reader) -> list[Run]:
    """A number, text, date or list; decided numbers take the unit of the row's estimate, shares are percent."""
    value = row[name]
    unit = ""
    if name in DECIDED:
        unit = next(
            (cell.unit for cell in row.values() if isinstance(cell, Estimate) and cell.unit), row.get("unit") or ""
        )
    elif name in SHARES or name.endswith("_share"):
        unit = "share"
    elif name in ("minutes", "days"):
        unit = name
    elif name.endswith("_cost"):
        unit = "money"
    return written(value, key=key, reader=reader, spec=unit)


def table(exhibit: Exhibit, *, reader: Reader, caption: str = "") -> str:
    """Return the exhibit as an HTML table with a header row, escaped, ids fixed."""
    if not len(exhibit.frame):
        return f'<p class="empty">{escape(reader.words("figure.empty"))}</p>'
    names = columns(exhibit)
    head = "".join(f'<th scope="col"{_class(name)}>{escape(header(name, reader=reader))}</th>' for name in names)
    shaded = few(exhibit)
    raw = records(exhibit.frame)
    body = "".join(
        f"<tr{' class=few' if shaded[place] else ''}>{_row(names, row, raw[place])}</tr>"
        for place, row in enumerate(cells(exhibit, reader=reader))
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="grid">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _class(name: str) -> str:
    return ' class="count"' if name == "n" else ""


def _row(names: list[str], row: list[list[Run]], raw: dict[str, Any]) -> str:
    """The cells of one row; the first is its header."""
    shown = []
    for place, (name, runs) in enumerate(zip(names, row, strict=True)):
        judged = verdict(raw.get(name))
        inside = f'<span class="verdict {judged}">{html(runs)}</span>' if judged else html(runs)
        tag = "th" if place == 0 else "td"
        scope = ' scope="row"' if place == 0 else _class(name)
        shown.append(f"<{tag}{scope}>{inside}</{tag}>")
    return "".join(shown)


def is_blank(exhibit: Exhibit) -> bool:
    """Tell whether an exhibit has nothing to show."""
    return not len(exhibit.frame) or all(is_empty(cell) for row in records(exhibit.frame) for cell in row.values())
