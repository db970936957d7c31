"""A section is one step's result as plain data: everything a client sees is drawn from it.

Sentences are claims (a catalogue key and its numbers), pictures and tables are exhibits (a frame and how to show
it), problems are findings. English and Persian reports are drawn from the same section, so numbers cannot differ.
The JSON of a section is byte-identical for identical input.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib.measures.estimate import Difference, Estimate

SCHEMA = 1
SEVERITIES = ("stop", "mend", "note")


@dataclass(frozen=True)
class Term:
    """A word of ours inside a claim or a frame: shown as catalogue entry `key`."""

    key: str


@dataclass(frozen=True)
class Claim:
    """A sentence: catalogue entry ``claim.<key>`` and the values that fill it.

    A value is a number, an `Estimate`, a `datetime.date`, a `Term`, a client's text (a string or {en, fa}),
    or a list of these.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Exhibit:
    """A picture or table: the data it shows, how, and how to read it.

    Attributes
    ----------
    key
        Names it everywhere: cell, figure, report anchor.
    kind
        How it is drawn, one of the kinds that `cxlib.ink` knows: ``line``, ``dots``, ``bars``, ``emotion``, ``wheel``,
        ``histogram``, ``control``, ``table``, ``journey``, ``raci``.
    frame
        Its data, one row a mark. Columns of an estimate are value, low, high, n, level, method, unit, reason, needs;
        labels are a client's text or a `Term`.
    reading
        The sentence under it: what it says and how sure.
    title
        The words above it as a full catalogue key with values; ``exhibit.<key>`` where None.
    """

    key: str
    kind: str
    frame: pd.DataFrame
    reading: Claim | None = None
    title: Claim | None = None


@dataclass(frozen=True)
class Finding:
    """A problem or doubt that a person should look at: ``finding.<key>``, how grave, where to mend it."""

    severity: str
    key: str
    where: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """The result of one step.

    Attributes
    ----------
    step
        ``start``, ``vision``, ``personas``, ``journey``, ``kpis``, ``governance``, ``tooling``, ``improvement``
        or ``strategy``.
    parameters
        period, as_of, seed, level and min_n of the run.
    decisions
        What people decided, from the step's strategy file, as plain values.
    evidence
        How many fields rest on ``data``, ``interview`` or ``assumption``.
    stamp
        Input hashes, versions, seed: what it takes to compute the same again.
    """

    step: str
    parameters: dict[str, Any]
    claims: tuple[Claim, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, int] = field(default_factory=dict)
    stamp: dict[str, Any] = field(default_factory=dict)

    def claim(self, key: str) -> Claim:
        """Return the claim with this key."""
        return next(claim for claim in self.claims if claim.key == key)

    def exhibit(self, key: str) -> Exhibit:
        """Return the exhibit with this key."""
        return next(exhibit for exhibit in self.exhibits if exhibit.key == key)

    def json(self) -> str:
        """Return the section as JSON: keys sorted, floats rounded to 12 significant digits."""
        plain = {spec.name: _plain(getattr(self, spec.name)) for spec in fields(self)}
        return json.dumps({"schema": SCHEMA} | plain, ensure_ascii=False, sort_keys=True, indent=1) + "\n"

    def save(self, out: str | Path, number: int) -> Path | None:
        """Write ``sections/NN.json`` below `out`, all or nothing; with `out` empty nothing is written."""
        if not out:
            return None
        path = Path(out) / "sections" / f"{number:02d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.part")
        aside.write_text(self.json(), encoding="utf-8")
        return aside.replace(path)


def read(path: str | Path) -> Section:
    """Return the section stored at `path`.

    Examples
    --------
    >>> import tempfile
    >>> stored = Section("kpis", {"seed": 0}, claims=(Claim("nps-overall", {"nps": Estimate(1, 0, 2, n=9)}),))
    >>> read(stored.save(tempfile.mkdtemp(), 4)) == stored
    True
    """
    plain = json.loads(Path(path).read_text(encoding="utf-8"))
    plain.pop("schema")
    plain["claims"] = tuple(_claim(item) for item in plain["claims"])
    plain["exhibits"] = tuple(_exhibit(item) for item in plain["exhibits"])
    plain["findings"] = tuple(Finding(**item | {"values": _rich(item["values"])}) for item in plain["findings"])
    plain["parameters"], plain["decisions"] = _rich(plain["parameters"]), _rich(plain["decisions"])
    return Section(**plain)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; what JSON lacks is tagged."""
    if isinstance(value, Estimate):
        return {"estimate": _plain(asdict(value))}
    if isinstance(value, Term):
        return {"term": value.key}
    if isinstance(value, (dt.date, dt.datetime)):
        return {"date": value.strftime("%Y-%m-%d")}
    if isinstance(value, pd.DataFrame):
        return {"columns": list(value.columns), "rows": [_plain(list(row)) for row in value.itertuples(index=False)]}
    if isinstance(value, (Claim, Exhibit, Finding)):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """One number or text, without numpy's types, not-a-number or digits beyond the twelfth."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return None if value != value else float(f"{value:.12g}")
    return None if value is pd.NA or value is pd.NaT else value


def _rich(value: Any) -> Any:
    """The opposite of `_plain`, frames apart."""
    if isinstance(value, dict):
        if value.keys() == {"estimate"}:
            known = value["estimate"]
            return (Difference if "p_value" in known else Estimate)(**known)
        if value.keys() == {"term"}:
            return Term(value["term"])
        if value.keys() == {"date"}:
            return dt.date.fromisoformat(value["date"])
        return {key: _rich(item) for key, item in value.items()}
    return [_rich(item) for item in value] if isinstance(value, list) else value


def _claim(plain: dict[str, Any] | None) -> Claim | None:
    return Claim(plain["key"], _rich(plain["values"])) if plain else None


def _exhibit(plain: dict[str, Any]) -> Exhibit:
    frame = pd.DataFrame([_rich(row) for row in plain["frame"]["rows"]], columns=plain["frame"]["columns"])
    return Exhibit(plain["key"], plain["kind"], frame, _claim(plain["reading"]), _claim(plain["title"]))
