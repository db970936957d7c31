"""The summary page of an output folder: one row a client and period, and the clients side by side.

One HTML file without scripts and links outwards. It is written from the ledger, client by client, so it shows all that
is known of the folder, not only the last run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cxlib.batch import portfolio, told
from cxlib.batch.course import CURRENT
from cxlib.batch.job import REPORT
from cxlib.batch.ledger import DONE, FAILED, INTERRUPTED, RUNNING, Ledger, Record
from cxlib.errors import Stopped
from cxlib.ink.sentences import Reader, local, plain, written
from cxlib.measures.estimate import Estimate
from cxlib.words.direction import direction

PAGE = "index.html"
_GRAVEST = (FAILED, INTERRUPTED, RUNNING, DONE, CURRENT)
_STYLE = """
body { font-family: Vazirmatn, "Segoe UI", Tahoma, sans-serif; color: #1f2933; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; line-height: 1.6; }
div.wide { overflow-x: auto; margin: 0 0 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid #d9e2ec; }
th { color: #52606d; font-weight: 600; }
td ul { margin: 0; padding: 0; list-style: none; }
.num { unicode-bidi: isolate; white-space: nowrap; }
bdi { overflow-wrap: anywhere; }
tr:has(+ tr.why) td { border-bottom: 0; }
tr.why td { padding-top: 0; }
.failed, .interrupted { color: #b42318; font-weight: 700; }
pre { white-space: pre-wrap; font-size: .8rem; color: #52606d; margin: .3rem 0 0;
  unicode-bidi: plaintext; text-align: left; }
[dir=rtl] pre { text-align: right; }
p.note { color: #52606d; max-width: 50rem; }
@media (max-width: 45rem) { body { margin: 1rem auto; padding: 0 .5rem; font-size: .9rem; }
  th, td { padding: .3rem .4rem; } td { min-width: 4rem; } }
"""
_HEAD = (
    '<!doctype html>\n<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>{style}</style></head><body><h1>{title}</h1>\n"
)


def write(ledger: Ledger, out: Path, *, lang: str, anonymous: bool = False) -> Path:
    """Write the summary page of an output folder and return its path.

    Parameters
    ----------
    ledger
        What has been done.
    out
        The output folder.
    lang
        ``en`` or ``fa``.
    anonymous
        Clients by number, in an order that does not follow their names, without links and errors.
    """
    aside = out / f".{PAGE}.{os.getpid()}.part"
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.writelines(_pieces(ledger, lang, anonymous))
        return aside.replace(out / PAGE)
    except OSError as error:
        raise Stopped("batch-stopped", file=str(out / PAGE), found=error.strerror) from error
    finally:
        aside.unlink(missing_ok=True)


def _pieces(ledger: Ledger, lang: str, anonymous: bool) -> Iterator[str]:
    """The page, piece by piece."""
    reader = Reader(lang=lang)
    yield _HEAD.format(lang=lang, dir=direction(lang), title=escape(reader.words("batch.page.title")), style=_STYLE)
    columns = ("client", "period", "state", "seconds", "findings", "kpis", *(() if anonymous else ("files",)))
    names = _Names(reader) if anonymous else None
    seen: dict[tuple[str, str, str], list[tuple[str, Estimate]]] = {}
    yield _open_table(reader, columns)
    for (client, period), group in groupby(_listed(ledger, anonymous), key=lambda one: (one.client, one.period)):
        records = list(group)
        shown = names.of(client) if names else client
        rows = _kpis(records)
        for row in rows:
            label = (period, row["metric"]["term"], local(row["survey"], lang))
            seen.setdefault(label, []).append((shown, Estimate(**row["now"])))
        yield _client_row(shown, period, records, rows, reader, anonymous)
        yield "" if anonymous else _failures(records, reader, len(columns))
    yield "</table></div>\n"
    yield from _portfolio(seen, reader)
    yield "</body></html>\n"


class _Names:
    """Numbers in place of clients' names."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._numbers = reader, {}

    def of(self, client: str) -> str:
        number = self._numbers.setdefault(client, len(self._numbers) + 1)
        return self._reader.words("batch.page.number", n=number)


def _listed(ledger: Ledger, anonymous: bool) -> Iterable[Record]:
    """All records, client by client; without names their order must not tell who is who."""
    if not anonymous:
        return ledger.records()
    from cxlib.batch import inputs

    return sorted(ledger.records(), key=lambda one: (inputs.of([one.client, os.getpid()]), one.period, one.id))


def _open_table(reader: Reader, columns: Iterable[str]) -> str:
    heads = "".join(f"<th>{escape(reader.words(f'batch.page.{name}'))}</th>" for name in columns)
    return f'<div class="wide"><table><tr>{heads}</tr>\n'


def _kpis(records: list[Record]) -> list[dict[str, Any]]:
    """The headline KPIs of a client and period, the same in every language."""
    return next((record.facts["kpis"] for record in records if record.facts.get("kpis")), [])


def _client_row(
    shown: str, period: str, records: list[Record], rows: list[dict[str, Any]], reader: Reader, anonymous: bool
) -> str:
    state = min((record.state for record in records), key=_GRAVEST.index)
    findings = max((record.facts.get("findings", 0) for record in records), default=0)
    word = f'<span class="{state}">{escape(reader.words(f"batch.state.{state}"))}</span>'
    seconds = reader.words("batch.page.time", seconds=sum(record.seconds for record in records))
    values = [_name(shown), _code(period), word, _number(seconds), _number(reader.number(findings))]
    kpis = "".join(f"<li>{_kpi(row, reader)}</li>" for row in rows)
    cells = [*values, f"<ul>{kpis}</ul>", *([] if anonymous else [_links(records)])]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _failures(records: list[Record], reader: Reader, columns: int) -> str:
    """What failed and why, in a row below that of the client."""
    failed = [told.failure(record, reader.lang) for record in records if record.state == FAILED]
    texts = "".join(f"<pre>{escape(text)}</pre>" for text in failed)
    return f'<tr class="why"><td colspan="{columns}">{texts}</td></tr>\n' if failed else ""


def _name(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"


def _code(text: str) -> str:
    """A period as it is written in commands, from left to right in both languages."""
    return f'<bdi class="num" dir="ltr">{escape(text)}</bdi>'


def _number(text: str) -> str:
    return f'<span class="num">{text}</span>'


def _kpi(row: dict[str, Any], reader: Reader) -> str:
    """``NPS, After a contact: +5 (+2 to +8; n=3,417)``."""
    survey = local(row["survey"], reader.lang)
    name = reader.words(row["metric"]["term"]) + (f" · {survey}" if survey else "")
    return f"{escape(name)}: {_estimate(Estimate(**row['now']), reader)}"


def _estimate(one: Estimate, reader: Reader) -> str:
    return _number(escape(plain(written(one, key="", reader=reader))))


def _links(records: list[Record]) -> str:
    """Links to the reports, relative to the page."""
    made = [
        (f"{record.client}/{record.period}/{name}", f"{record.lang} {Path(name).suffix[1:]}")
        for record in records
        if record.step == REPORT
        for name in sorted(record.outputs)
    ]
    items = "".join(f'<li><a class="num" href="{quote(path)}">{escape(text)}</a></li>' for path, text in made)
    return f"<ul>{items}</ul>" if made else ""


def _portfolio(seen: dict[tuple[str, str, str], list[tuple[str, Estimate]]], reader: Reader) -> Iterator[str]:
    """Clients side by side, a table for each metric that enough of them have."""
    kept = {label: [pair for pair in pairs if portfolio.is_comparable(pair[1])] for label, pairs in seen.items()}
    kept = {label: pairs for label, pairs in kept.items() if len(pairs) >= portfolio.FEWEST}
    if not kept:
        return
    yield f"<h2>{escape(reader.words('batch.page.portfolio'))}</h2>\n"
    yield f'<p class="note">{escape(reader.words("batch.page.portfolio.why"))}</p>\n'
    for (period, metric, survey), pairs in sorted(kept.items()):
        made = portfolio.shrunk([one for _, one in pairs])
        title = " · ".join([escape(text) for text in (reader.words(metric), survey) if text] + [_code(period)])
        yield f"<h3>{title}</h3>\n<p>{_spread(made, pairs[0][1], reader)}</p>\n"
        yield _open_table(reader, ("client", "value", "shrunk"))
        rows = sorted(zip(pairs, made.estimates, strict=True), key=lambda row: -row[1].value)
        for (name, own), drawn in rows:
            values = (_name(name), _estimate(own, reader), _estimate(drawn, reader))
            yield "<tr>" + "".join(f"<td>{value}</td>" for value in values) + "</tr>\n"
        yield "</table></div>\n"


def _spread(made: portfolio.Shrunk, like: Estimate, reader: Reader) -> str:
    """How much of the differences is luck."""
    by = 100 if like.unit == "share" else 1
    return escape(reader.words("batch.page.spread", spread=reader.number(by * made.spread, ".1f"), share=made.luck))
