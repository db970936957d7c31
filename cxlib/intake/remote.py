"""Tables that stay where they live: opened for reading only, counted there, and never pulled.

A source with `connection` becomes a lazy relation with canonical columns. Its values must be canonical already, because
nothing is parsed here: types, scales and surveys are checked before anything runs, by asking the engine for aggregates.
A DuckDB query reaches no file but the one that is named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cxlib.engagement import connections
from cxlib.engagement.complaints import both
from cxlib.engagement.connections import DUCKDB, PARQUET, URL, Connection
from cxlib.engagement.setup import Setup, Source
from cxlib.engagement.tables import TABLES, WHEN
from cxlib.errors import CxError, CxErrors
from cxlib.intake.read import inside
from cxlib.measures import scores
from cxlib.measures.answers import on_scale

_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_SCORES = ("nps", "csat", "ces")
_KINDS = {"id": "id", "day": "day", "score": "number", "number": "number", "flag": "flag", "label": "text"}
_KINDS |= {"text": "text"}
_FITS: dict[str, Callable[[Any], bool]] = {
    "id": lambda kind: kind == nw.String or kind.is_integer(),
    "day": lambda kind: kind == nw.Date or (kind == nw.Datetime and kind.time_zone is None),
    "number": lambda kind: kind.is_numeric(),
    "flag": lambda kind: kind == nw.Boolean,
    "text": lambda kind: kind in (nw.String, nw.Categorical, nw.Enum),
}
"""Kind of a canonical column → whether a type of the engine is of this kind."""


@dataclass(frozen=True, eq=False)
class Remote:
    """A table that stays where it lives.

    Attributes
    ----------
    table
        The canonical table that it fills.
    place
        Where it lives.
    rows
        The lazy relation, canonical columns first.
    files
        sha256 of each file that it reads, by path in the engagement folder; none for a database elsewhere.
    asked
        The table or query.
    """

    table: str
    place: Connection
    rows: nw.LazyFrame
    files: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    _known: dict[Any, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """How outputs call it: without user, password and options."""
        return self.place.name

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Canonical columns, then the client's further ones."""
        return tuple(self.rows.collect_schema().names())

    @property
    def n(self) -> int:
        """Number of rows, counted by the engine."""
        return int(self._extent["n"])

    @property
    def when(self) -> tuple[dt.date, dt.date] | None:
        """First and last day on which anything happened, None where that is not known."""
        return self._span(WHEN.get(self.table, ""))

    @property
    def spans(self) -> list[tuple[dt.date, dt.date]]:
        """First and last day of every column of days."""
        return [span for name in self._days if (span := self._span(name))]

    def _span(self, column: str) -> tuple[dt.date, dt.date] | None:
        """First and last day of a column."""
        first, last = (self._extent.get(f"{column} {end}") for end in ("first", "last"))
        return None if pd.isna(first) else (pd.Timestamp(first).date(), pd.Timestamp(last).date())

    @property
    def _days(self) -> list[str]:
        """The canonical columns of days that there are."""
        return [name for name, kind in TABLES[self.table].items() if kind == "day" and name in self.columns]

    @cached_property
    def _extent(self) -> dict[str, Any]:
        """Row count, and the ends of every column of days, in one query."""
        ends = [nw.col(name).min().alias(f"{name} first") for name in self._days]
        ends += [nw.col(name).max().alias(f"{name} last") for name in self._days]
        with reaching(self.place):
            return self.rows.select(nw.len().alias("n"), *ends).collect().to_pandas().iloc[0].to_dict()

    def within(self, first: dt.date | None, last: dt.date) -> Remote:
        """Return the rows that happened up to `last`, and from `first` on if given; the engine filters them.

        Rows without a day stay where there is no `first`.
        """
        when = WHEN.get(self.table, "")
        if when not in self.columns:
            return self
        happened = nw.col(when)
        is_known = happened < dt.datetime.combine(last + dt.timedelta(days=1), dt.time())
        if first is None:
            is_known = is_known | happened.is_null()
        else:
            is_known = is_known & (happened >= dt.datetime.combine(first, dt.time()))
        return replace(self, rows=self.rows.filter(is_known), _known={})

    def reduced(
        self, score: str, *, by: Sequence[str] = (), day: str | None = None, every: str = "day"
    ) -> pd.DataFrame:
        """Return how often each score was given (`cxlib.measures.scores.reduce`); rows without a label are left out."""
        asked = {"score": score, "by": tuple(by), "day": day, "every": every}
        return self._once(tuple(asked.items()), lambda: scores.reduce(self.rows, **asked))

    def counted(self, *by: str) -> pd.DataFrame:
        """Return how many rows each combination of labels has, and ``n``; rows without a label are left out."""
        return self._once(("rows", *by), lambda: scores.count(self.rows, by=by))

    def spells(self, start: dt.date, end: dt.date) -> pd.DataFrame:
        """Return how many customers joined before `start` or not, and left before it, by `end`, or not: a row each.

        Columns ``joined_on`` and ``left_on``, days that stand for all alike, and ``n``; what retention is counted from.
        """
        joined, left = (nw.col(name).cast(nw.Date) for name in ("joined_on", "left_on"))
        gone = (
            nw.when(left < start).then(nw.lit(0)).otherwise(nw.when(left <= end).then(nw.lit(1)).otherwise(nw.lit(2)))
        )
        kinds = self.rows.select(came=nw.when(joined < start).then(nw.lit(0)).otherwise(nw.lit(1)), gone=gone)
        counts = self._once(("spells", start, end), lambda: scores.count(kinds, by=["came", "gone"]))
        before, inside = pd.Timestamp(start) - pd.Timedelta(days=1), pd.Timestamp(start)
        days = {"joined_on": counts["came"].map({0: before, 1: pd.NaT}),
                "left_on": counts["gone"].map({0: before, 1: inside, 2: pd.NaT})}  # fmt: skip
        return pd.DataFrame(days).astype("datetime64[us]").assign(n=counts["n"])

    def _once(self, key: tuple, asked: Any) -> pd.DataFrame:
        """What the engine answered, asked once."""
        if key not in self._known:
            with reaching(self.place):
                self._known[key] = asked().dropna(ignore_index=True)
        return self._known[key]

    @property
    def mark(self) -> str:
        """What changes when the rows do: the files' hashes, or query, row count and last day."""
        last = self.when[1].isoformat() if self.when else ""
        plain = self.files or {"asked": self.asked, "n": self.n, "last": last}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


@contextmanager
def reaching(place: Connection) -> Iterator[None]:
    """Turn whatever an engine raises into an error that holds no user and no password."""
    try:
        yield
    except CxError:
        raise
    except Exception as error:  # noqa: BLE001 each database raises its own; a traceback could hold a password
        said = place.hidden(str(error)).strip().split("\n")[0][:300]
        raise CxError("connection-failed", file=place.name, found=said) from None


def tables(folder: Path, setup: Setup) -> dict[str, tuple[Remote, ...]]:
    """Return the tables of an engagement that stay where they live, checked.

    Raises
    ------
    CxError
        If one cannot be reached, lacks a column, or holds values that are not canonical; several at once.
    """
    found: dict[str, list[Remote]] = {}
    errors: list[CxError] = []
    for table, sources in setup.sources.items():
        for source in sources:
            if not source.connection:
                continue
            try:
                remote = reached(folder, table, source)
                _check_answers(remote, setup)
                found.setdefault(table, []).append(remote)
            except CxErrors as several:
                errors.extend(several.errors)
            except CxError as error:
                errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)
    return {table: tuple(several) for table, several in found.items()}


def reached(folder: Path, table: str, source: Source) -> Remote:
    """Return a source's table with canonical columns of the right types; its values are not checked yet."""
    place = connections.connection(source.connection)
    paths = connections.files(source, folder)
    if place.engine != URL and not paths:
        raise CxError("no-source-file", file="engagement.yaml", found=place.place)
    read = [inside(folder, path.relative_to(folder).as_posix()) for path in paths]
    hashes = {}
    for path, real in zip(paths, read, strict=True):
        with real.open("rb") as stream:
            hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    with reaching(place):
        native = {DUCKDB: _duckdb, PARQUET: _parquet, URL: _ibis}[place.engine](place, read, source)
        rows = nw.from_native(native)
        kinds = rows.collect_schema()
        taken = _taken(kinds.names(), table, source, place)
        _check_types(kinds, taken, table, place)
        rows = rows.select(*_columns(taken, table, source.survey))
    return Remote(table, place, rows, hashes, source.query or source.table)


def _duckdb(_place: Connection, paths: list[Path], source: Source) -> Any:
    """A table or query of a DuckDB file, opened for reading only."""
    import duckdb  # it starts a thread, which the warm process of a batch must not have

    closed = _CLOSED | {"enable_external_access": "false"}
    linked = duckdb.connect(str(paths[0]), read_only=True, config=closed)
    return linked.sql(source.query) if source.query else linked.table(source.table)


def _parquet(_place: Connection, paths: list[Path], source: Source) -> Any:
    """Parquet files as one table, or a query of it under the name ``data``."""
    import duckdb

    linked = duckdb.connect(":memory:", config=_CLOSED)
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    linked.execute(f"SET allowed_paths = [{listed}]")
    linked.execute("SET enable_external_access = false")
    rows = linked.read_parquet([str(path) for path in paths], union_by_name=True)
    if not source.query:
        return rows
    rows.create_view("data")
    return linked.sql(source.query)


def _ibis(place: Connection, _paths: list[Path], source: Source) -> Any:
    """A table or query of a database elsewhere."""
    try:
        import ibis
    except ImportError:
        raise CxError("no-ibis", file=place.name) from None
    backend = ibis.connect(place.url())
    return backend.sql(source.query) if source.query else backend.table(source.table)


def _taken(names: Sequence[str], table: str, source: Source, place: Connection) -> dict[str, str]:
    """Our column → theirs: the canonical ones, mapped or called so, then the client's further ones."""
    for column in source.map.values():
        if column not in names:
            raise CxError("connection-no-column", file=place.name, column=column, found=list(names))
    taken = {name: source.map.get(name, name) for name in TABLES[table] if name in source.map or name in names}
    taken |= source.map
    return taken | {name: name for name in names if name not in taken and name not in taken.values()}


def _check_types(kinds: Mapping[str, Any], taken: Mapping[str, str], table: str, place: Connection) -> None:
    """Refuse canonical columns of another type than theirs."""
    errors = [
        CxError("connection-type", file=place.name, column=taken[name], canonical=name, found=str(kinds[taken[name]]),
                expected=both(f"connection.{_KINDS[kind]}"))
        for name, kind in TABLES[table].items()
        if name in taken and not _FITS[_KINDS[kind]](kinds[taken[name]])
    ]  # fmt: skip
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)


def _columns(taken: Mapping[str, str], table: str, survey: str | None) -> list[nw.Expr]:
    """The columns under our names, ids and labels as text, the survey that the source names."""
    if survey and table == "responses":
        taken = {name: column for name, column in taken.items() if name != "survey"}
    texts = {name for name, kind in TABLES[table].items() if _KINDS[kind] in ("id", "text")}
    found = [nw.col(column).cast(nw.String) if name in texts else nw.col(column) for name, column in taken.items()]
    named = [column.alias(name) for name, column in zip(taken, found, strict=True)]
    return named + ([nw.lit(survey).alias("survey")] if survey and table == "responses" else [])


def _check_answers(remote: Remote, setup: Setup) -> None:
    """Refuse answers without a survey, scores without a scale, and scores off it; the engine counts them."""
    if remote.table != "responses":
        return
    if "survey" not in remote.columns:
        raise CxError("connection-no-survey", file=remote.name, expected=list(setup.surveys))
    for score in (name for name in _SCORES if name in remote.columns):
        for name, given in remote.reduced(score, by=("survey",)).groupby("survey"):
            scale = getattr(setup.surveys[name].instruments, score) if name in setup.surveys else None
            if scale:
                _check_scale(given["score"].to_numpy(), scale, remote, score)
            elif name in setup.surveys and score in ("csat", "ces"):
                where = f"surveys.{name}.instruments.{score}"
                raise CxError("unnamed-scale", file="engagement.yaml", column=where, found=remote.name, expected=score)


def _check_scale(given: np.ndarray, scale: str, remote: Remote, score: str) -> None:
    """Refuse scores off a scale, naming where they were found."""
    try:
        on_scale(given, instrument=scale)
    except CxError as error:
        values = {"found": error.found, "expected": error.expected, "instrument": scale}
        raise CxError("connection-off-scale", file=remote.name, column=score, **values) from None
