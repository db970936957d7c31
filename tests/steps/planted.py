"""Clients made from a plan: the sample's strategy with data whose truth is known, for seeds of one's own."""

from __future__ import annotations

import dataclasses
import sys
from functools import cache

import pandas as pd

from cxlib.steps.client import Client
from tests.source import ROOT

sys.path.insert(0, str(ROOT / "data"))

from making.plan import PLAN, TRUTHS, null
from making.tables import tables

__all__ = ["TRUTHS", "null_client", "planted_client"]


@cache
def _tables(is_null: bool, seed: int) -> dict[str, pd.DataFrame]:
    return tables(null(PLAN) if is_null else PLAN, seed=seed)


def planted_client(sample: Client, seed: int) -> Client:
    """The sample's client with other data of the same truth."""
    return dataclasses.replace(sample, tables=_tables(False, seed))


def null_client(sample: Client, seed: int) -> Client:
    """The sample's client with data in which nothing differs and nothing moved."""
    return dataclasses.replace(sample, tables=_tables(True, seed))
