"""Reduced scores: every engine gives the same small table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.scores import reduce


def rows(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    minutes = pd.to_timedelta(rng.integers(0, 5 * 1440, n), "min")
    frame = pd.DataFrame({"nps": rng.integers(0, 11, n).astype(float), "at": pd.Timestamp("2025-03-20") + minutes})
    frame["channel"] = rng.choice(["app", "web", "NA", None], n)
    frame["weight"] = rng.random(n)
    frame.loc[:10, "nps"] = np.nan
    frame.loc[20:25, "weight"] = np.nan
    return frame


def as_pandas_nullable(frame: pd.DataFrame) -> Any:
    return frame.convert_dtypes()


def as_polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


def as_polars_lazy(frame: pd.DataFrame) -> Any:
    return as_polars(frame).lazy()


def as_arrow(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(frame)


def as_duckdb(frame: pd.DataFrame) -> Any:
    connection = pytest.importorskip("duckdb").connect()
    return connection.from_df(frame)


def as_ibis(frame: pd.DataFrame) -> Any:
    ibis = pytest.importorskip("ibis", reason="ibis is in the extra `engines`")
    return ibis.memtable(as_arrow(frame))


def as_pyspark(frame: pd.DataFrame) -> Any:
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is in the extra `engines`")
    session = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    columns = {name: [None if value != value else value for value in frame[name]] for name in frame}
    columns["at"] = [None if pd.isna(moment) else moment.to_pydatetime() for moment in frame["at"]]
    rows_of = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return session.createDataFrame(rows_of, "nps double, at timestamp, channel string, weight double")


ENGINES: list[Callable[[pd.DataFrame], Any]] = [
    as_pandas_nullable,
    as_polars,
    as_polars_lazy,
    as_arrow,
    as_duckdb,
    as_ibis,
    as_pyspark,
]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine):
    frame = rows()
    expected = reduce(frame, score="nps", by=["channel"], day="at", weight="weight")
    found = reduce(engine(frame), score="nps", by=["channel"], day="at", weight="weight")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


@pytest.mark.parametrize("engine", [as_pandas_nullable, as_polars, as_polars_lazy, as_arrow, as_duckdb])
def test_whole_numbers_are_counted_like_decimals(engine):
    frame = rows()
    whole = frame.assign(nps=frame["nps"].astype("Int64"))
    expected = reduce(frame, score="nps", by=["channel"], day="at")
    pd.testing.assert_frame_equal(reduce(engine(whole), score="nps", by=["channel"], day="at"), expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_months_of_the_engine_are_those_of_the_days(engine):
    frame = rows().assign(at=lambda it: it["at"] + pd.to_timedelta(it.index % 25 * 17, "D"))
    frame.loc[3, "at"] = frame.loc[30, "at"] = pd.NaT
    daily = reduce(frame, score="nps", by=["channel"], day="at", weight="weight")
    daily["day"] = daily["day"].dt.to_period("M").dt.start_time.astype("datetime64[us]")
    expected = daily.groupby(["channel", "day", "score"], dropna=False, as_index=False)[["n", "w", "w2"]].sum()
    found = reduce(engine(frame), score="nps", by=["channel"], day="at", weight="weight", every="month")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


def test_rows_without_weights_weigh_one_each():
    table = reduce(rows(), score="nps", by=["channel"])
    weighed = reduce(rows().assign(one=1.0), score="nps", by=["channel"], weight="one")
    pd.testing.assert_frame_equal(table, weighed)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_an_empty_table_for_no_rows(engine):
    frame = rows()
    frame["nps"] = np.nan
    found = reduce(engine(frame), score="nps", by=["channel"], day="at")
    assert list(found.columns) == ["channel", "day", "score", "n", "w", "w2"]
    assert len(found) == 0


def test_slow_twin():
    frame = rows().dropna(subset=["nps", "weight"])
    table = reduce(frame, score="nps", by=["channel"], day="at", weight="weight")
    assert table["n"].sum() == len(frame)
    for row in table.sample(20, random_state=0).itertuples():
        same = frame["channel"].isna() if pd.isna(row.channel) else frame["channel"] == row.channel
        picked = frame[same & (frame["nps"] == row.score) & (frame["at"].dt.normalize() == row.day)]
        assert row.n == len(picked)
        assert (row.w, row.w2) == pytest.approx((picked["weight"].sum(), (picked["weight"] ** 2).sum()))


def test_days_are_days():
    frame = pd.DataFrame({"nps": [9, 9], "at": pd.to_datetime(["2025-03-20 00:00", "2025-03-20 23:59"])})
    table = reduce(frame, score="nps", day="at")
    assert table["day"].tolist() == [pd.Timestamp(dt.date(2025, 3, 20))]
    assert table["day"].dtype == "datetime64[us]"


def test_a_group_named_na_and_a_group_without_name_both_stay():
    table = reduce(rows(), score="nps", by=["channel"])
    assert "NA" in set(table["channel"].dropna())
    assert table["channel"].isna().any()


def test_the_frame_given_is_not_changed():
    frame = rows()
    before = frame.copy()
    reduce(frame, score="nps", by=["channel"], day="at")
    pd.testing.assert_frame_equal(frame, before)


def test_a_missing_column_is_named_with_the_nearest():
    with pytest.raises(CxError, match=r"no column 'npss'[\s\S]*Nearest name: 'nps'"):
        reduce(rows(), score="npss")
