"""Claims as sentences: words, and numbers that know what they rest on.

A sentence is a list of runs. A run that shows a number carries the number's key and either its n or the reason why
there is none, so that no deliverable can print a bare number. The catalogue entry decides how much is said:
``{nps}`` the value with interval and n, ``{nps:value}`` the value alone, ``{nps:interval}``, ``{nps:n}``, a unit such
as ``{due:days}``, or a number format such as ``{share:.1%}``. Whatever is said, the run knows the rest.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cxlib.engagement.fields import text as client_text
from cxlib.engagement.setup import Setup
from cxlib.measures.estimate import UNITS, Estimate
from cxlib.section import Claim, Finding, Term
from cxlib.words import phrase
from cxlib.words.catalogue import pieces
from cxlib.words.dates import date_text
from cxlib.words.numbers import as_number, money, number

COUNTED = "counted"
_PARTS = ("", "value", "interval", "n")
_SCALES = ((90, 1, "minutes"), (48 * 60, 60, "hours"), (float("inf"), 24 * 60, "days"))


@dataclass(frozen=True)
class Reader:
    """Who reads: the language, the calendar, and what money is in (`code`) and shown as (`show`)."""

    lang: str = "en"
    calendar: str = "gregorian"
    code: str = "EUR"
    show: str = ""

    def words(self, key: str, **values: Any) -> str:
        """Return a catalogue entry in the reader's language."""
        return phrase(key, self.lang, **values)

    def number(self, value: float, spec: str = "") -> str:
        """Return a number in the reader's digits."""
        return number(value, self.lang, spec)


def reader(setup: Setup, *, lang: str) -> Reader:
    """Return the reader of a client's report in `lang`."""
    return Reader(lang, setup.calendar, setup.currency.code, setup.currency.show)


@dataclass(frozen=True)
class Run:
    """A piece of a sentence.

    Attributes
    ----------
    text
        What is read, already in the reader's language and digits.
    key
        Which number: claim or exhibit, dot, name.
    n
        Observations that the number rests on; None where it is not an estimate.
    reason
        Catalogue key ``reason.<reason>`` of why there is no n or no interval.
    is_number
        Whether the text shows a number.
    part
        ``value``, ``interval`` or ``unknown`` of an estimate, ``client`` for a client's own words, else empty.
    note
        For the curious: n, level and method, or the reason, in words.
    """

    text: str
    key: str = ""
    n: int | None = None
    reason: str = ""
    is_number: bool = False
    part: str = ""
    note: str = ""


def sentence(claim: Claim, *, reader: Reader) -> list[Run]:
    """Return a claim as runs of text and numbers.

    Examples
    --------
    >>> plain([Run("NPS "), Run("+30", "nps", 100, is_number=True)])
    'NPS +30'
    """
    return filled(f"claim.{claim.key}", claim.values, key=claim.key, reader=reader)


def problem(finding: Finding, *, reader: Reader) -> list[Run]:
    """Return what a finding says as runs."""
    return filled(f"finding.{finding.key}", finding.values, key=finding.key, reader=reader)


def filled(entry: str, values: dict[str, Any], *, key: str, reader: Reader) -> list[Run]:
    """Return a catalogue entry with its placeholders filled, as runs; numbers are named `key`.placeholder."""
    runs: list[Run] = []
    for text, name, spec in pieces(entry, reader.lang):
        runs += [Run(text)] if text else []
        runs += written(values[name], key=f"{key}.{name}", reader=reader, spec=spec) if name else []
    return runs


def plain(runs: list[Run]) -> str:
    """Return the runs as one text."""
    return "".join(run.text for run in runs)


def written(value: Any, *, key: str, reader: Reader, spec: str = "") -> list[Run]:
    """Return one value as the reader sees it: an estimate, number, date, word of ours, client's text, or a list."""
    if isinstance(value, Estimate):
        return _estimate(value, key, reader, spec)
    if isinstance(value, (list, tuple)):
        return list(_listed(value, key, reader, spec))
    if isinstance(value, Term):
        return [Run(reader.words(value.key))]
    if isinstance(value, dt.date):
        return [_counted(date_text(value, reader.lang, reader.calendar), key, reader)]
    if isinstance(value, bool):
        return [Run(reader.words("word.yes" if value else "word.no"))]
    value = value.item() if hasattr(value, "item") else value
    if as_number(value) and value == value:
        text = amount(value, spec, reader=reader) if spec in UNITS and spec else reader.number(value, spec)
        return [_counted(text, key, reader)]
    return [Run(reader.words("word.none"))] if is_empty(value) else [Run(local(value, reader.lang), part="client")]


def is_empty(value: Any) -> bool:
    """Tell whether there is nothing to show: None, not-a-number, an empty text or list."""
    return value is None or value != value or value in ("", [], (), {})


def local(value: Any, lang: str) -> str:
    """Return a client's text, a string or {en, fa}, in `lang` or in the other language if that is all there is."""
    if isinstance(value, dict):
        return value.get(lang) or next((text for text in value.values() if text), "")
    return client_text(value, lang) if isinstance(value, str) else str(value)


def _listed(values: list | tuple, key: str, reader: Reader, spec: str) -> Iterator[Run]:
    """The items of a list with the language's comma between."""
    if not values:
        yield Run(reader.words("word.none"))
    for place, value in enumerate(values):
        if place:
            yield Run(reader.words("word.comma"))
        yield from written(value, key=key, reader=reader, spec=spec)


def _counted(text: str, key: str, reader: Reader) -> Run:
    """A number that was counted or decided, not estimated."""
    return Run(text, key, reason=COUNTED, is_number=True, note=reader.words(f"reason.{COUNTED}"))


def _estimate(estimate: Estimate, key: str, reader: Reader, spec: str) -> list[Run]:
    """An estimate: as much of it as `spec` asks for."""
    known = {"key": key, "n": estimate.n, "reason": estimate.reason, "is_number": True, "note": note(estimate, reader)}
    if not estimate.is_known:
        return [Run(unknown(estimate, reader=reader), part="unknown", **known)]
    shown = bounds(estimate, reader=reader)
    if spec not in _PARTS:
        return [Run(_as(estimate.value, spec, reader), part="value", **known)]
    if spec == "n":
        return [Run(reader.number(estimate.n), **known)]
    if spec == "value":
        return [Run(shown["value"], part="value", **known)]
    entry = "estimate.full" if _has_interval(estimate) else "estimate.bare"
    if spec == "interval":
        return [Run(reader.words("estimate.range", **shown) if _has_interval(estimate) else shown["reason"], **known)]
    tail = "".join(
        text + (shown[name] if name not in ("", "value") else "") for text, name, _ in pieces(entry, reader.lang)
    )
    return [Run(shown["value"], part="value", **known), Run(tail, part="interval", **known)]


def _as(value: float, spec: str, reader: Reader) -> str:
    return amount(value, spec, reader=reader) if spec in UNITS else reader.number(value, spec)


def _has_interval(estimate: Estimate) -> bool:
    return estimate.low is not None and estimate.high is not None


def unknown(estimate: Estimate, *, reader: Reader) -> str:
    """Return "cannot tell", why, and the n that would tell."""
    entry = "estimate.needs" if estimate.needs else "estimate.unknown"
    reason = reader.words(f"reason.{estimate.reason}")
    return reader.words(entry, reason=reason, n=estimate.n, needs=estimate.needs or 0)


def note(estimate: Estimate, reader: Reader) -> str:
    """Return what an estimate rests on: n, then level and method, or why there is no interval."""
    why = f"reason.{estimate.reason}" if estimate.reason else f"method.{estimate.method}"
    words = reader.words(why) if estimate.reason or estimate.method else ""
    level = reader.number(estimate.level, ".0%")
    return reader.words("estimate.note" if words else "estimate.note.short", n=estimate.n, level=level, how=words)


def bounds(estimate: Estimate, *, reader: Reader) -> dict[str, str]:
    """Return value, low, high, level, n and reason of a known estimate as texts in one unit.

    Examples
    --------
    >>> bounds(Estimate(0.423, 0.38, 0.47, n=400, unit="share"), reader=Reader())["value"]
    '42%'
    """
    spec, divisor, word = _format(estimate)

    def text(value: float | None) -> str:
        if value is None:
            return ""
        if estimate.unit == "money":
            return money(_rounded(value, estimate), reader.lang, code=reader.code, show=reader.show)
        return reader.number(value / divisor, spec)

    value = reader.words(f"unit.{word}", amount=text(estimate.value)) if word else text(estimate.value)
    reason = reader.words(f"reason.{estimate.reason}") if estimate.reason else ""
    level, n = reader.number(estimate.level, ".0%"), reader.number(estimate.n)
    return {
        "value": value,
        "low": text(estimate.low),
        "high": text(estimate.high),
        "level": level,
        "n": n,
        "reason": reason,
    }


def amount(value: float, unit: str, *, reader: Reader) -> str:
    """Return a plain number in a unit: a target or a baseline beside an estimate.

    Examples
    --------
    >>> amount(0.85, "share", reader=Reader()), amount(35, "points", reader=Reader())
    ('85%', '+35')
    """
    return bounds(Estimate(value, reason=COUNTED, unit=unit), reader=reader)["value"]


def signed(value: float, *, reader: Reader) -> str:
    """Return an emotion score, −2 to +2, with its sign."""
    return reader.number(value, "+.1f" if round(value, 1) else ".1f")


def time_scale(minutes: float) -> tuple[int, str]:
    """Return in which unit a time is said best: minutes in it, and its word ``unit.<word>``.

    Examples
    --------
    >>> time_scale(45), time_scale(600)
    ((1, 'minutes'), (60, 'hours'))
    """
    return next((by, word) for limit, by, word in _SCALES if abs(minutes) < limit)


def _format(estimate: Estimate) -> tuple[str, float, str]:
    """Number format, divisor and unit word of an estimate; as many decimals as its interval is worth."""
    width = estimate.high - estimate.low if _has_interval(estimate) else float("inf")
    if estimate.unit in ("minutes", "days"):
        divisor, word = time_scale(estimate.value) if estimate.unit == "minutes" else (1, "days")
        return _spec(estimate.value / divisor, width / divisor), divisor, word
    if estimate.unit == "share_points":
        return ".0f" if width >= 0.02 and abs(estimate.value) >= 0.02 else ".1f", 0.01, "share_points"
    fixed = {
        "points": "+.0f" if width >= 2 else "+.1f",
        "share": ".0%" if width >= 0.02 else ".1%",
        "score": ".1f" if width >= 0.2 and estimate.low is not None else ".2f",
        "count": ",.0f",
        "ratio": ".2f",
    }
    return fixed.get(estimate.unit, ""), 1, ""


def _rounded(value: float, estimate: Estimate) -> float:
    """An amount of money to the digits that its interval is worth, else to three."""
    width = estimate.high - estimate.low if _has_interval(estimate) else abs(value) / 10
    return round(value, 1 - math.floor(math.log10(width))) if width else value


def _spec(value: float, width: float) -> str:
    """Whole numbers without an interval and large ones without decimals; others with one."""
    is_whole = width == float("inf") and float(value).is_integer()
    return ".0f" if is_whole or (width >= 2 and abs(value) >= 10) else ".1f"
