"""Where a table lives that is not read whole: what `connection` of a source may say, and what is refused unopened.

A DuckDB or Parquet file lies in the engagement folder, as every other input does; a database is named by a URL whose
secrets stand only in environment variables, ``${NAME}``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, quote, urlsplit

from cxlib.engagement.setup import Source
from cxlib.errors import CxError

DUCKDB, PARQUET, URL = "duckdb", "parquet", "url"
_SUFFIXES = {".duckdb": DUCKDB, ".ddb": DUCKDB, ".db": DUCKDB, ".parquet": PARQUET}
SERVERS = (
    "athena", "bigquery", "clickhouse", "databricks", "exasol", "impala", "mssql", "mysql", "oracle", "postgres",
    "postgresql", "redshift", "risingwave", "snowflake", "trino",
)  # fmt: skip
"""Schemes of databases that are reached by a URL; DuckDB and Parquet are files of the folder."""
FORMS = ("inbox/answers.duckdb", "inbox/answers/*.parquet", "postgres://${CX_USER}:${CX_PASSWORD}@db.example.com/cx")
_ALWAYS = {"file", "connection", "table", "query", "survey", "map"}
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|create|drop|alter|truncate|copy|attach|detach|install|load|pragma|call|grant"
    r"|revoke|vacuum|export|import|into|exec|execute)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Connection:
    """What a connection says.

    Attributes
    ----------
    engine
        `DUCKDB`, `PARQUET` or `URL`.
    place
        A path or pattern in the engagement folder, or the URL as it was written.
    name
        How outputs call it: without user, password and options.
    """

    engine: str
    place: str
    name: str

    def url(self) -> str:
        """Return the URL with its variables filled in; one that is a single variable may hold a whole URL.

        Raises
        ------
        CxError
            If a variable is not set, or the URL is of no server.
        """
        if _VARIABLE.fullmatch(self.place):
            filled = _value(self.place, self.name)
        else:
            user, at, rest = self.place.rpartition("@")
            scheme, sep, login = user.partition("://")
            whole = [scheme + sep, _filled(login, self.name, quoted=True), at, _filled(rest, self.name)]
            filled = "".join(whole)
        if urlsplit(filled).scheme not in SERVERS:
            raise CxError("connection-unknown", file=self.name, found=self.name, expected=list(FORMS))
        return filled

    def hidden(self, text: str) -> str:
        """Return `text` without the values of this connection's variables, plain or as a URL writes them."""
        for name in _VARIABLE.findall(self.place):
            value = os.environ.get(name, "")
            parts = {value, quote(value, safe=""), *_login(value)} - {""}
            for part in sorted(parts, key=len, reverse=True):
                text = text.replace(part, f"${{{name}}}")
        return text


def _login(value: str) -> tuple[str, ...]:
    """User and password of a variable that holds a whole URL."""
    parts = urlsplit(value) if "://" in value else None
    return (parts.username or "", parts.password or "") if parts else ()


def _filled(text: str, name: str, *, quoted: bool = False) -> str:
    """A text with its variables filled in."""
    return _VARIABLE.sub(lambda hit: quote(_value(hit[0], name), safe="") if quoted else _value(hit[0], name), text)


def _value(variable: str, name: str) -> str:
    """The value of ``${NAME}``."""
    value = os.environ.get(variable[2:-1])
    if value is None:
        raise CxError("connection-no-variable", file=name, found=variable[2:-1])
    return value


def connection(text: str) -> Connection | None:
    """Return what a connection says; None if it is none of the forms that are known.

    Examples
    --------
    >>> connection("inbox/answers.duckdb").engine, connection("duckdb://inbox/answers.duckdb").place
    ('duckdb', 'inbox/answers.duckdb')
    >>> connection("postgres://ann:${PW}@db.example.com:5432/cx?sslmode=require").name
    'postgres://db.example.com:5432/cx'
    >>> connection("answers.xlsx")
    """
    text = text.removeprefix("duckdb://")
    if _VARIABLE.fullmatch(text):
        return Connection(URL, text, text)
    if "://" in text:
        parts = urlsplit(text)
        name = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return Connection(URL, text, name) if parts.scheme in SERVERS else None
    engine = _SUFFIXES.get(PurePosixPath(text).suffix.lower())
    return Connection(engine, text, text) if engine else None


def faults(entry: Source) -> Iterator[tuple[str, str, dict]]:
    """Yield what is wrong with where a source says that its table is: error key, field, values.

    Whether a file lies inside the folder is not asked here.
    """
    if not entry.connection:
        if extra := [name for name in ("table", "query") if getattr(entry, name)]:
            yield "source-only-connection", extra[0], {"found": extra}
        return
    found = connection(entry.connection)
    if entry.file:
        yield "source-two-places", "connection", {"found": [entry.file, found.name if found else ""]}
    if extra := sorted(entry.model_fields_set - _ALWAYS):
        yield "source-only-file", extra[0], {"found": extra}
    if found is None:
        yield "connection-unknown", "connection", {"found": _bare(entry.connection), "expected": list(FORMS)}
        return
    if found.engine == URL and _is_secret(found.place):
        yield "connection-secret", "connection", {"found": found.name, "expected": FORMS[2]}
    yield from _asked(entry, found)


def files(entry: Source, folder: Path) -> list[Path]:
    """Return the files of the folder that a connection names, in order; none for a database elsewhere."""
    found = connection(entry.connection)
    if found is None or found.engine == URL:
        return []
    named = sorted(folder.glob(found.place)) if found.engine == PARQUET else [folder / found.place]
    return [path for path in named if path.is_file()]


def _bare(text: str) -> str:
    """A connection without what stands before an @ or after a question mark."""
    return text.rpartition("@")[2].partition("?")[0]


def _is_secret(url: str) -> bool:
    """Whether a password, or an option that is called like one, stands in the URL itself."""
    parts = urlsplit(url)
    given = [parts.password or "", *(value for name, value in parse_qsl(parts.query) if _SECRET.search(name))]
    return any(_VARIABLE.sub("", value) for value in given)


def _asked(entry: Source, found: Connection) -> Iterator[tuple[str, str, dict]]:
    """What is wrong with the table or query that is asked for."""
    if found.engine == PARQUET and entry.table:
        yield "connection-parquet-table", "table", {"found": entry.table}
    elif found.engine != PARQUET and bool(entry.table) == bool(entry.query):
        yield "connection-what", "connection", {"found": [entry.table, entry.query] if entry.table else found.name}
    if entry.query and not is_reading(entry.query):
        yield "query-not-reading", "query", {"found": entry.query.strip()[:80]}


def is_reading(query: str) -> bool:
    """Tell whether a query is one SELECT (WITH … SELECT) and nothing else, whatever the dialect.

    Names that read like commands must be quoted.

    Examples
    --------
    >>> is_reading("SELECT nps AS \\"update\\" FROM answers WHERE word = 'delete; drop' -- all of them")
    True
    >>> is_reading("SELECT 1; SELECT 2"), is_reading("WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone")
    (False, False)
    """
    bare = _QUOTED.sub(" ", query).strip().removesuffix(";")
    starts = bare.split(None, 1)[:1]
    return bool(starts) and starts[0].lower() in ("select", "with") and ";" not in bare and not _WRITES.search(bare)
