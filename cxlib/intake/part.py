"""One export as rows of one canonical table: what is no answer set aside, columns mapped and typed, comments redacted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import polars as pl

from cxlib.engagement.setup import Setup, Source, Survey
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, CxErrors
from cxlib.intake import kinds, mapping
from cxlib.intake.export import Export
from cxlib.intake.kinds import Meaning
from cxlib.intake.notes import Line, Remark, asks, line
from cxlib.intake.presets import Preset, key, preset
from cxlib.intake.typed import Question, Typed

_SCORES = ("nps", "csat", "ces")
_WRONG_SCALE = 0.02
_NUMBER = r"^-?(0|[1-9]\d{0,14})(\.\d+)?$"


@dataclass(frozen=True)
class Part:
    """What one file gives to a table.

    Attributes
    ----------
    file
        The file.
    frame
        Typed rows, canonical columns and the client's own.
    numbers
        Row number of each in the file.
    log
        What was set aside, mended or could not be read.
    evidence
        Why the tool was recognised.
    """

    file: str
    frame: pd.DataFrame
    numbers: np.ndarray
    log: tuple[Line, ...] = ()
    evidence: tuple[Remark, ...] = ()


@dataclass
class _Work:
    """The columns of a part while they are made."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    log: list[Line] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    errors: list[CxError] = field(default_factory=list)

    def take(self, name: str, got: Typed, header: str) -> None:
        """Keep a typed column, its log and its questions."""
        self.columns[name] = got.values
        self.log.extend(kinds.lines(got, header))
        self.questions.extend(kinds.asked(got, header))


def part(export: Export, table: str, source: Source, setup: Setup) -> Part:
    """Return the rows that an export gives to a canonical table.

    Parameters
    ----------
    export
        The file as text.
    table
        Canonical table, for example ``responses``.
    source
        Its entry in engagement.yaml.
    setup
        The engagement's settings: surveys, time zone, currency.

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
    frame, numbers = export.frame.filter(pl.Series(~aside)), export.numbers[~aside]
    if not len(numbers):
        raise CxError("empty-table", file=export.file)
    frame = _without_codes(frame, export, rules.missing, work.log)
    for name, place in found.items():
        meaning = _meaning(name, table, source, setup, rules, survey, export.columns[place])
        work.take(name, kinds.typed(frame[str(place)], numbers, meaning), export.columns[place].name)
    _derive(work, export, table, rules, found, frame, numbers)
    _scales(work, export, found, survey)
    _attributes(work, export, found, rules, frame, numbers)
    _stop(work, export)
    whole = pd.DataFrame(work.columns, index=numbers)
    whole = _described(whole, table, source, survey, found) if table in ("responses", "items") else whole
    whole = _identified(whole, table, frame, work.log)
    return Part(export.file, whole.reset_index(drop=True), numbers, (*export.log, *work.log), export.evidence)


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
    """Return which rows are no finished answers of real people (previews, tests, unfinished ones), and a log of them."""
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
    return frame.with_columns(pl.when(is_code[name]).then(pl.lit("")).otherwise(frame[name]).alias(name) for name in hit)


def _meaning(
    name: str, table: str, source: Source, setup: Setup, rules: Preset, survey: Survey | None, column: object
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
    )


def _derive(
    work: _Work, export: Export, table: str, rules: Preset, found: Mapping[str, int], frame: pl.DataFrame,
    numbers: np.ndarray,
) -> None:  # fmt: skip
    """Add the columns that the tool gives only in other words: minutes after another moment, a count above zero."""
    for name, (after, place) in mapping.derivable(rules, table, export, found).items():
        header = export.columns[place].name
        got = kinds.typed(frame[str(place)], numbers, Meaning("number"))
        if after:
            minutes = pd.to_timedelta((got.values * 60).round(), unit="s")
            values = (work.columns[after] + minutes).astype("datetime64[us]")
        else:
            values = (got.values > 0).astype("boolean").mask(got.values.isna())
        work.take(name, replace(got, values=values), header)
        work.log.append(Line("derived", int(values.notna().sum()), header, None, (name,)))


def _scales(work: _Work, export: Export, found: Mapping[str, int], survey: Survey | None) -> None:
    """Stop at a score column of another scale; single cells outside are left empty and stand in the log."""
    for name in _SCORES:
        if name not in found or name not in work.columns:
            continue
        header = export.columns[found[name]].name
        outside = [item for item in work.log if item.what == "outside-scale" and item.column == header]
        count, answered = sum(item.count for item in outside), int(work.columns[name].notna().sum())
        if count > _WRONG_SCALE * (count + answered):
            cells = [text.partition(": ")[2] for item in outside for text in item.examples]
            scale = getattr(survey.instruments, name) if survey and getattr(survey.instruments, name) else name
            work.errors.append(
                CxError("wrong-scale", file=export.file, row=outside[0].row, column=header, found=cells[:5],
                        expected=scale, count=count)
            )  # fmt: skip


def _attributes(
    work: _Work, export: Export, found: Mapping[str, int], rules: Preset, frame: pl.DataFrame, numbers: np.ndarray
) -> None:
    """Keep the client's further columns: numbers as numbers, texts redacted; the tool's own metadata are left out."""
    ignored = {key(name) for name in rules.ignore}
    left_out = []
    for place, column in enumerate(export.columns):
        if place in found.values():
            continue
        if key(column.name) in ignored or key(column.code) in ignored or column.name in work.columns:
            left_out.append((place + 1, column.name))
            continue
        text = frame[str(place)].str.strip_chars()
        if (text == "").all():
            left_out.append((place + 1, column.name))
            continue
        is_number = bool(((text == "") | text.str.contains(_NUMBER)).all())
        got = kinds.typed(text, numbers, Meaning("number" if is_number else "text"))
        work.take(column.name, got, column.name)
    if left_out:
        work.log.append(line("not-kept", left_out))


def _stop(work: _Work, export: Export) -> None:
    """Stop with everything that is wrong or must be asked."""
    errors = [*work.errors, *(asks(item, file=export.file) for item in work.questions)]
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)


def _described(
    whole: pd.DataFrame, table: str, source: Source, survey: Survey | None, found: Mapping[str, int]
) -> pd.DataFrame:
    """The rows with survey, kind and instruments of the engagement where the export does not give them."""
    if table != "responses" or not source.survey or survey is None:
        return whole
    named = [f"{name}:{version}" for name in _SCORES if name in found and (version := getattr(survey.instruments, name))]
    given = {"survey": source.survey, "kind": survey.kind, "instrument": " ".join(named)}
    constant = {name: pd.Series(value, index=whole.index, dtype="str") for name, value in given.items()}
    whole = whole.assign(**{name: values for name, values in constant.items() if name not in whole.columns})
    return whole.assign(lang=whole["lang"].str.lower()) if "lang" in whole.columns else whole


def _identified(whole: pd.DataFrame, table: str, frame: pl.DataFrame, log: list[Line]) -> pd.DataFrame:
    """The rows with an id: where the export has none, one made of the row's content, equal in every copy of it."""
    name = next(iter(TABLES[table]))
    if name in whole.columns or TABLES[table][name] != "id" or not re.search(r"(response|text|ticket)_id", name):
        return whole
    texts = frame.select(pl.concat_str(pl.all(), separator="\x1f")).to_series().to_list()
    count: dict[str, int] = {}
    made = []
    for text in texts:
        count[text] = count.get(text, 0) + 1
        made.append(hashlib.sha256(f"{count[text]}\x1f{text}".encode()).hexdigest()[:16])
    log.append(Line("made-id", len(made), name))
    return whole.assign(**{name: pd.Series(made, index=whole.index, dtype="str")})
