"""Who is who: ids as text, and how well customers of one table are found in another.

An id is a name, not a number: it keeps its leading zeros and is never rounded. Tables meet only through equal ids;
spellings that are merely alike are proposed to a person, never joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cxlib.intake.persian import each, key, latin_digits
from cxlib.intake.quality import Doubt
from cxlib.intake.typed import Note, Typed, problems

_MOST = 20_000_000
_WORD = 4
_ENOUGH = 0.9


def ids(text: pd.Series) -> Typed:
    """Return ids as text: trimmed, digits Latin, nothing else changed.

    Numbers that a spreadsheet rounded ("3.29E+09") are no ids any more and are left out; a column of which every id
    ends in ".0" went through a program that took ids for numbers, and loses that tail again.

    Examples
    --------
    >>> ids(pd.Series(["007", " a1 ", "3.29E+09"])).values.tolist()
    ['007', 'a1', nan]
    >>> ids(pd.Series(["3292879998.0", "3292879999.0"])).values.tolist()
    ['3292879998', '3292879999']
    """
    values = text.astype("str").str.strip()
    values = values.where(values != "")
    foreign = values.str.contains(r"[^\x21-\x7e]", regex=True, na=False)
    if foreign.any():
        values = values.where(~foreign, each(values[foreign], latin_digits).reindex(values.index))
    rounded = values.str.fullmatch(r"[-+]?\d+(?:[.,]\d+)?[eE]\+\d+", na=False)
    found = problems(text.index[rounded], text[rounded], ["id-rounded"] * int(rounded.sum()))
    values = values.where(~rounded)
    notes = ()
    tail = values.str.fullmatch(r"\d+\.0", na=False)
    if tail.any() and (tail | values.isna()).all():
        notes = (Note("id-tails", {"count": int(tail.sum())}),)
        values = values.str.slice(stop=-2)
    return Typed(values, found, notes=notes)


@dataclass(frozen=True)
class Match:
    """How many ids of one table are known in another.

    Attributes
    ----------
    n
        Different ids of the table.
    matched
        Those of them that the other table has.
    unmatched
        The others.
    proposed
        Pairs that may be the same: left, right, likeness (0 to 1), why. Never joined without a person.
    """

    n: int
    matched: int
    unmatched: tuple[str, ...]
    proposed: pd.DataFrame

    @property
    def rate(self) -> float:
        """Share of the ids that were found, 0 to 1; not-a-number without ids."""
        return self.matched / self.n if self.n else float("nan")


def match(left: pd.Series, right: pd.Series, *, like: float = 0.9) -> Match:
    """Return how many ids of `left` are in `right`, and which of the others may be.

    Parameters
    ----------
    left, right
        Ids as text; missing ones do not count.
    like
        Likeness from which a pair is proposed, 0 to 1.

    Notes
    -----
    Two ids are proposed if they are the same but for leading zeros, letters' case, blanks or Persian spellings, or if
    rapidfuzz finds them as alike as `like` (names and addresses only: two numbers are never alike by accident; at most
    20 million pairs are compared).

    Examples
    --------
    >>> found = match(pd.Series(["007", "8"]), pd.Series(["7", "8"]))
    >>> found.rate, found.proposed[["left", "right", "why"]].values.tolist()
    (0.5, [['007', '7', 'spelling']])
    """
    wanted, known = left.dropna().unique(), set(right.dropna())
    unmatched = [str(one) for one in wanted if one not in known]
    free = sorted(known - set(wanted))
    pairs = _spellings(unmatched, free)
    done = {one for one, *_ in pairs}
    pairs += _alike([one for one in unmatched if one not in done], free, like)
    proposed = pd.DataFrame(pairs, columns=["left", "right", "likeness", "why"])
    return Match(len(wanted), len(wanted) - len(unmatched), tuple(unmatched), proposed)


def _spellings(unmatched: list[str], free: list[str]) -> list[tuple[str, str, float, str]]:
    """Ids that differ only in spelling."""
    by_form: dict[str, list[str]] = {}
    for one in free:
        by_form.setdefault(_form(one), []).append(one)
    found = [(one, by_form.get(_form(one), [])) for one in unmatched]
    return [(one, others[0], 1.0, "spelling") for one, others in found if len(others) == 1]


def _form(one: str) -> str:
    """An id without what programs change: case, blanks, leading zeros."""
    form = key(one).replace(" ", "")
    return form.lstrip("0") or form


def _alike(unmatched: list[str], free: list[str], like: float) -> list[tuple[str, str, float, str]]:
    """Names and addresses that resemble each other."""
    from rapidfuzz import fuzz, process

    right = [one for one in free if _is_worded(one)]
    left = [one for one in unmatched if _is_worded(one)][: _MOST // max(len(right), 1)]
    keys_ = [key(one) for one in right]
    found = []
    for one in left:
        best = process.extractOne(key(one), keys_, scorer=fuzz.ratio, score_cutoff=100 * like)
        if best:
            found.append((one, right[best[2]], best[1] / 100, "alike"))
    return found


def _is_worded(one: str) -> bool:
    """Whether an id is a name or an address and not a code: more letters than digits."""
    letters = sum(sign.isalpha() for sign in one)
    return letters >= _WORD and letters > 2 * sum(sign.isdigit() for sign in one)


def links(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how well each table's customers are known: table, n (ids), matched, rate, rows, without (rows without id).

    Examples
    --------
    >>> customers, tickets = pd.DataFrame({"customer_id": ["1"]}), pd.DataFrame({"customer_id": ["1", "2"]})
    >>> links({"customers": customers, "tickets": tickets})[["table", "n", "matched"]].values.tolist()
    [['tickets', 2, 1]]
    """
    known = set(frames["customers"]["customer_id"].dropna()) if _has_ids(frames.get("customers")) else set()
    rows = []
    for table, frame in frames.items():
        if table == "customers" or not _has_ids(frame):
            continue
        ids_ = pd.Index(frame["customer_id"].dropna().unique())
        matched = int(ids_.isin(known).sum())
        rate = matched / len(ids_) if len(ids_) else float("nan")
        rows.append((table, len(ids_), matched, rate, len(frame), int(frame["customer_id"].isna().sum())))
    return pd.DataFrame(rows, columns=["table", "n", "matched", "rate", "rows", "without"])


def conflicts(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return customers about whom the tables disagree: customer_id, column, found (the different values).

    Compared are the columns that should be the same wherever a customer stands: account_id, and every column of
    `customers` for an id that stands there more than once.

    Examples
    --------
    >>> twice = pd.DataFrame({"customer_id": ["1", "1"], "city": ["Yazd", "Qom"]})
    >>> conflicts({"customers": twice}).values.tolist()
    [['1', 'city', ('Qom', 'Yazd')]]
    """
    found = []
    customers = frames.get("customers")
    if _has_ids(customers):
        again = customers[customers.duplicated("customer_id", keep=False) & customers["customer_id"].notna()]
        found += [pair for column in again.columns.drop("customer_id") for pair in _disagreeing(again, column)]
    accounts = [
        frame[["customer_id", "account_id"]] for frame in frames.values() if _has_ids(frame) and "account_id" in frame
    ]
    if len(accounts) > 1:
        found += _disagreeing(pd.concat(accounts), "account_id")
    return pd.DataFrame(found, columns=["customer_id", "column", "found"]).drop_duplicates(ignore_index=True)


def _disagreeing(rows: pd.DataFrame, column: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Customers with several values of a column."""
    pairs = rows[["customer_id", column]].dropna().astype("str").drop_duplicates()
    several = pairs[pairs.duplicated("customer_id", keep=False)]
    values = several.groupby("customer_id")[column].agg(lambda cells: tuple(sorted(cells)))
    return [(str(customer), column, found) for customer, found in values.items()]


def identity(frames: Mapping[str, pd.DataFrame]) -> list[Doubt]:
    """Return doubts about who is who: tables that hardly meet, rows without an id, conflicts, proposed pairs.

    Examples
    --------
    >>> tables = {"customers": pd.DataFrame({"customer_id": ["7"]}), "tickets": pd.DataFrame({"customer_id": ["007"]})}
    >>> [doubt.key for doubt in identity(tables)]
    ['customers-unmatched', 'customers-proposed']
    """
    found = []
    for row in links(frames).itertuples():
        values = {"table": row.table, "matched": row.matched, "n": row.n, "rate": row.rate}
        where = f"{row.table}.customer_id"
        if row.without:
            found.append(Doubt("note", "customers-without-id", where, {"count": row.without, "of": row.rows}))
        if "customers" not in frames or not row.n or row.rate == 1:
            continue
        found.append(Doubt("mend" if row.rate < _ENOUGH else "note", "customers-unmatched", where, values))
        proposed = match(frames[row.table]["customer_id"], frames["customers"]["customer_id"]).proposed
        if len(proposed):
            found.append(Doubt("mend", "customers-proposed", where, {"count": len(proposed)}))
    differing = conflicts(frames)
    if len(differing):
        values = {"count": int(differing["customer_id"].nunique()), "columns": sorted(set(differing["column"]))}
        found.append(Doubt("mend", "customers-conflict", "customers", values))
    return found


def _has_ids(frame: pd.DataFrame | None) -> bool:
    return frame is not None and "customer_id" in frame
