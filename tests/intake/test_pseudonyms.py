"""Hashes of ids: the same everywhere in one engagement, another in the next."""

from __future__ import annotations

import hashlib
import hmac

import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.intake.pseudonyms import pseudonyms, read

KEY = b"0123456789abcdef0123456789abcdef"


def test_a_hash_is_hmac_sha256_of_prefix_and_id():
    """Computed with the standard library: RFC 2104."""
    expected = "c-" + hmac.new(KEY, b"c-17", hashlib.sha256).hexdigest()[:16]
    assert pseudonyms(pd.Series(["17"]), key=KEY, prefix="c-").tolist() == [expected]


def test_equal_ids_meet_and_missing_stay_missing():
    found = pseudonyms(pd.Series(["1", None, "01", "1"], index=list("abcd"), dtype="str"), key=KEY)
    assert found["a"] == found["d"] != found["c"] and found.isna().tolist() == [False, True, False, False]


def test_another_key_or_prefix_is_another_hash():
    ids = pd.Series(["1"])
    assert len({pseudonyms(ids, key=key, prefix=prefix)[0] for key in (KEY, KEY[::-1]) for prefix in ("", "c-")}) == 4


def test_the_key_is_read_without_its_line_end(tmp_path):
    (tmp_path / ".cx-key").write_bytes(KEY + b"\n")
    assert read(tmp_path) == KEY


def test_an_engagement_without_a_key_stops(tmp_path):
    with pytest.raises(CxError, match=r"no \.cx-key"):
        read(tmp_path)


def test_a_key_that_hides_nothing_stops(tmp_path):
    (tmp_path / ".cx-key").write_text("secret\n")
    with pytest.raises(CxError, match="has 6 signs; fewer than 32"):
        read(tmp_path)
