"""Ids replaced by keyed hashes, so that an output names nobody but the same customer is the same everywhere.

The key stays in the engagement folder (``.cx-key``, never shared, never in git). Without it a hash cannot be turned
back by hashing all possible ids, which is quick for phone numbers and customer numbers; with another key the same
customer has another hash, so two clients' outputs cannot be joined.
"""

from __future__ import annotations

import hmac
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib.errors import CxError

KEY_FILE = ".cx-key"
_SHORTEST = 32
_SIGNS = 16


def read(folder: str | Path) -> bytes:
    """Return the key of the engagement in `folder`.

    Raises
    ------
    CxError
        If it has none, or one that is too short to hide anything.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / ".cx-key").write_text("0" * 64)
    >>> len(read(folder))
    64
    """
    path = Path(folder) / KEY_FILE
    if not path.is_file():
        raise CxError("no-key", file=KEY_FILE)
    key = path.read_bytes().strip()
    if len(key) < _SHORTEST:
        raise CxError("short-key", file=KEY_FILE, found=len(key), expected=_SHORTEST)
    return key


def pseudonyms(ids: pd.Series, *, key: bytes, prefix: str = "") -> pd.Series:
    """Return a hash for each id; missing ids stay missing.

    Parameters
    ----------
    ids
        Ids as text.
    key
        The engagement's key.
    prefix
        What each hash begins with, for example ``c-`` for customers: the same id under another prefix has another hash.

    Notes
    -----
    HMAC with SHA-256 (RFC 2104), the first 64 bits in hexadecimal: among a million ids two meet with a chance of
    3 in 100 million.

    Examples
    --------
    >>> pseudonyms(pd.Series(["17", "18", "17"]), key=b"k" * 32).nunique()
    2
    """
    code, known = pd.factorize(ids)
    start = prefix.encode()
    hashed = [hmac.digest(key, start + str(one).encode(), "sha256").hex()[:_SIGNS] for one in known]
    found = np.array([*(prefix + one for one in hashed), None], dtype=object)[code]
    return pd.Series(found, index=ids.index, name=ids.name, dtype="str")
