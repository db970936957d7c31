"""One export as rows of a canonical table: what is no answer set aside, columns mapped and typed, comments redacted."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from cxlib.engagement.setup import Setup, Source, Survey
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, CxErrors
from cxlib.intake import kinds, mapping, own, several
from cxlib.intake.export import Export
from cxlib.intake.header import Column
from cxlib.intake.labels import RANGES
from cxlib.intake.meaning import Meaning
from cxlib.intake.notes import Line, Remark, asks, line
from cxlib.intake.presets import Preset, key, preset
from cxlib.intake.typed import Question

_SCORES = ("nps", "csat", "ces")
_WRONG_SCALE = 0.02
_LONG = 100_000


@dataclass(frozen=True)
class Part:
    """What one file gives to a table.

    Attributes
    ----------
    file
        The file.
    frame
        Typed rows, canonical columns and the client's own; missing values null.
    numbers
        Row number of each in the file.
    log
        What was set aside, mended or could not be read.
    evidence
        Why the tool was recognised.
    """

    file: str
    frame: pl.DataFrame
    numbers: np.ndarray
    log: tuple[Line, ...] = ()
    evidence: tuple[Remark, ...] = ()


@dataclass
class _Work:
    """The columns of a part while they are made."""

    columns: dict[str, pl.Series] = field(default_factory=dict)
    log: list[Line] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    errors: list[CxError] = field(default_factory=list)

    def take(self, name: str, got: kinds.Read) -> None:
        """Keep a column that was read, its log and its questions."""
        self.columns[name] = got.values
        self.log.extend(got.log)
        self.questions.extend(got.questions)


def part(export: Export, table: str, source: Source, setup: Setup) -> Part:
    """Return the rows that an export gives to a canonical table.

    Parameters
    ----------
    export, table
        The file as text, and the canonical table, for example ``responses``.
    source, setup
        Its entry in engagement.yaml, and the engagement's settings: surveys, time zone, currency.

    Raises
    ------
    CxError
        If the table is empty, a mapped column is missing, an instrument is not named, scores are of another scale,
        or a column can be read in more than one way.
    """
    rules = preset(export.tool)
    work = _Work()
    found = mapping.mapped(export, table, source)
    survey = _survey(table, source, setup, found)
    aside, lines = set_aside(export)
    work.log.extend(lines)
    frame, numbers = export.frame, export.numbers
    if aside.any():
        frame, numbers = frame.filter(pl.Series(~aside)), numbers[~aside]
    if not len(numbers):
        raise CxError("empty-table", file=export.file)
    frame = _without_codes(frame, export, rules.missing, work.log)
    columns = {name: export.columns[place] for name, place in found.items()}
    meanings = [_meaning(name, table, source, setup, rules, survey, column) for name, column in columns.items()]
    texts = [(frame[str(place)], numbers, columns[name].name) for name, place in found.items()]
    tasks = [(*text, meaning) for text, meaning in zip(texts, meanings, strict=True)]
    for name, got in zip(found, _in_parallel(_canonical, tasks), strict=True):
        work.take(name, got)
    _derive(work, export, table, rules, found, frame, numbers)
    _scales(work, export, found, survey)
    _turn(work, source, meanings, columns)
    _attributes(work, export, found, source, frame, numbers, tuple(setup.staff_names))
    _stop(work, export)
    whole = _described(pl.DataFrame(work.columns), table, source, survey, found)
    whole = _identified(whole, table, frame, work.log)
    return Part(export.file, whole, numbers, (*export.log, *work.log), export.evidence)


def _survey(table: str, source: Source, setup: Setup, found: Mapping[str, int]) -> Survey | None:
    """The survey of a source; a CES or CSAT column without its instrument is an error."""
    survey = setup.surveys.get(source.survey or "")
    if table == "responses":
        for name in ("csat", "ces"):
            if name in found and not (survey and getattr(survey.instruments, name)):
                where = f"surveys.{source.survey or '…'}.instruments.{name}"
                raise CxError("unnamed-scale", file="engagement.yaml", column=where, found=source.file, expected=name)
    return survey


def set_aside(export: Export) -> tuple[np.ndarray, list[Line]]:
    """Return which rows are no finished answers of real people (previews, tests, unfinished ones), and their log."""
    log: list[Line] = []
    aside = np.zeros(export.responses, dtype=bool)
    for rule in preset(export.tool).drop:
        place = mapping.place(export.columns, rule.column)
        if place is None:
            continue
        values = [value.casefold() for value in rule.values]
        hit = export.frame[str(place)].str.strip_chars().str.to_lowercase().is_in(values).to_numpy() & ~aside
        if hit.any():
            cells = zip(export.numbers[hit].tolist(), export.frame[str(place)].filter(pl.Series(hit)), strict=True)
            log.append(line(f"set-aside-{rule.why}", cells, column=export.columns[place].name))
        aside |= hit
    return aside, log


def _without_codes(frame: pl.DataFrame, export: Export, codes: list[str], log: list[Line]) -> pl.DataFrame:
    """The cells with the tool's own codes for "no answer" emptied, each column logged."""
    if not codes:
        return frame
    is_code = frame.select(pl.all().str.strip_chars().is_in(codes))
    counts = is_code.sum().row(0)
    for place, count in enumerate(counts):
        if count:
            log.append(Line("missing-code", int(count), export.columns[place].name, None, tuple(codes)))
    hit = [str(place) for place, count in enumerate(counts) if count]
    return frame.with_columns(
        pl.when(is_code[name]).then(pl.lit("")).otherwise(frame[name]).alias(name) for name in hit
    )


def _meaning(
    name: str, table: str, source: Source, setup: Setup, rules: Preset, survey: Survey | None, column: Column
) -> Meaning:
    """What a canonical column is read as."""
    kind = TABLES[table].get(name, "label")
    instrument = getattr(survey.instruments, name, None) if survey and name in _SCORES else None
    return Meaning(
        kind,
        instrument=instrument or ("nps" if name == "nps" else ""),
        calendar=source.calendar or rules.calendar,
        day_first=source.day_first if source.day_first is not None else rules.day_first,
        timezone=source.timezone or mapping.zone(column) or rules.timezone or setup.timezone,
        to=setup.timezone,
        values=rules.values.get(name, {}) | source.values.get(name, {}),
        currency=setup.currency.code,
        decimal=source.decimal,
        serials=source.serials,
        names=tuple(setup.staff_names),
    )


def _derive(
    work: _Work, export: Export, table: str, rules: Preset, found: Mapping[str, int], frame: pl.DataFrame,
    numbers: np.ndarray,
) -> None:  # fmt: skip
    """Add the columns that the tool gives only in other words: minutes after another moment, a count above zero."""
    for name, (after, place) in mapping.derivable(rules, table, export, found).items():
        header = export.columns[place].name
        got = kinds.read(frame[str(place)], numbers, Meaning("number"), column=header)
        if after:
            seconds = pl.DataFrame({"seconds": (got.values * 60).round().cast(pl.Int64)})
            values = work.columns[after] + seconds.select(pl.duration(seconds="seconds", time_unit="us")).to_series()
        else:
            values = got.values > 0
        work.take(name, kinds.Read(values, got.log, got.questions))
        work.log.append(Line("derived", len(values) - values.null_count(), header, None, (name,)))


def _scales(work: _Work, export: Export, found: Mapping[str, int], survey: Survey | None) -> None:
    """Stop at a score column of another scale; single cells outside are left empty and stand in the log."""
    for name in _SCORES:
        if name not in found or name not in work.columns:
            continue
        header = export.columns[found[name]].name
        outside = [item for item in work.log if item.what == "outside-scale" and item.column == header]
        count, answered = sum(item.count for item in outside), work.columns[name].count()
        if count > _WRONG_SCALE * (count + answered):
            cells = [text.partition(": ")[2] for item in outside for text in item.examples]
            scale = getattr(survey.instruments, name) if survey and getattr(survey.instruments, name) else name
            work.errors.append(
                CxError("wrong-scale", file=export.file, row=outside[0].row, column=header, found=cells[:5],
                        expected=scale, count=count)
            )  # fmt: skip


def _turn(work: _Work, source: Source, meanings: Sequence[Meaning], columns: Mapping[str, Column]) -> None:
    """Turn the scores round of which the client says that they were written the other way than declared."""
    for (name, column), meaning in zip(columns.items(), meanings, strict=True):
        if source.directions.get(name) == "reversed":
            low, high = RANGES[meaning.instrument]
            values = work.columns[name] = low + high - work.columns[name]
            work.log.append(Line("turned-round", values.count(), column.name, None, (f"{low:g}–{high:g}",)))


def _attributes(
    work: _Work, export: Export, found: Mapping[str, int], source: Source, frame: pl.DataFrame, numbers: np.ndarray,
    staff: tuple[str, ...],
) -> None:  # fmt: skip
    """Keep the client's further columns: numbers as numbers, texts redacted; the tool's own metadata are left out."""
    ignored = {key(name) for name in preset(export.tool).ignore}
    left_out: list[tuple[int, str]] = []
    further: dict[int, Column] = {}
    for place, column in enumerate(export.columns):
        if place in found.values():
            continue
        if key(column.name) in ignored or key(column.code) in ignored or column.name in work.columns:
            left_out.append((place + 1, column.name))
            continue
        text = frame[str(place)]
        if text.head(1).eq("").all() and (text == "").all():
            left_out.append((place + 1, column.name))
            continue
        further[place] = column
    told = mapping.told_multi(export, source)
    for question in several.several(frame, further, numbers=numbers, told=told, names=staff):
        work.columns |= question.columns
        work.log.extend(question.log)
        further = {place: column for place, column in further.items() if place not in question.places}
    tasks = [(frame[str(place)], numbers, column.name, staff) for place, column in further.items()]
    for (_, _, name, _), got in zip(tasks, _in_parallel(own.own, tasks), strict=True):
        work.take(name, got)
    if left_out:
        work.log.append(line("not-kept", left_out))


def _in_parallel(reader: Callable[..., kinds.Read], tasks: list[tuple[Any, ...]]) -> list[kinds.Read]:
    """The columns read side by side where they are long; the order stays."""
    if not tasks or len(tasks[0][1]) < _LONG:
        return [reader(*task) for task in tasks]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda task: reader(*task), tasks))


def _canonical(text: pl.Series, numbers: np.ndarray, column: str, meaning: Meaning) -> kinds.Read:
    """A canonical column by its meaning."""
    return kinds.read(text, numbers, meaning, column=column)


def _stop(work: _Work, export: Export) -> None:
    """Stop with everything that is wrong or must be asked."""
    errors = [*work.errors, *(asks(item, file=export.file) for item in work.questions)]
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)


def _described(
    whole: pl.DataFrame, table: str, source: Source, survey: Survey | None, found: Mapping[str, int]
) -> pl.DataFrame:
    """The responses with survey, kind and instruments of the engagement where the export does not give them."""
    if table != "responses" or not source.survey or survey is None:
        return whole
    versions = {name: getattr(survey.instruments, name) for name in _SCORES if name in found}
    named = [f"{name}:{version}" for name, version in versions.items() if version]
    given = {"survey": source.survey, "kind": survey.kind, "instrument": " ".join(named)}
    whole = whole.with_columns(pl.lit(value).alias(name) for name, value in given.items() if name not in whole.columns)
    langs = whole["lang"].unique() if "lang" in whole.columns else pl.Series([""])
    return whole if langs.eq(langs.str.to_lowercase()).all() else whole.with_columns(pl.col("lang").str.to_lowercase())


def _identified(whole: pl.DataFrame, table: str, frame: pl.DataFrame, log: list[Line]) -> pl.DataFrame:
    """The rows with an id: where the export has none, one made of the row's content, equal in every copy of it."""
    name = next(iter(TABLES[table]))
    if name in whole.columns or TABLES[table][name] != "id" or not re.search(r"(response|text|ticket)_id", name):
        return whole
    count: dict[str, int] = {}
    made = []
    for text in frame.select(pl.concat_str(pl.all(), separator="\x1f")).to_series().to_list():
        count[text] = count.get(text, 0) + 1
        made.append(hashlib.sha256(f"{count[text]}\x1f{text}".encode()).hexdigest()[:16])
    log.append(Line("made-id", len(made), name))
    return whole.with_columns(pl.Series(name, made))
