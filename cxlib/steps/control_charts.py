"""Whether a number is unusual: the right control chart for every series, since it last changed for good.

First the series is searched for places where its level changed for good; the limits are those of the stretch since
then, because a chart over two levels calls both unusual. Then the chart is chosen by what the numbers are: a share of
so many cases, such a share with more wobble than chance, or single numbers. Alarms concern the newest point only and
share one budget of false alarms over all series.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.measures import alerts, control
from cxlib.measures.estimate import ESTIMATE, Difference, Estimate, cannot_tell
from cxlib.section import Claim, Exhibit, Finding, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client
from cxlib.words import dates
from cxlib.words.catalogue import has

BUDGET = 0.05
_LEAST, _DRAWS = 12, 499
_FEW = 2


@dataclass(frozen=True)
class Series:
    """One number by period.

    Attributes
    ----------
    key
        Names it: a goal's id, or ``metric`` or ``metric/group`` of a reading.
    label
        Its name for readers.
    days
        First day of each period, in order.
    values
        The numbers, shape (n,).
    sizes
        Cases of each period where the numbers are shares of them, else None.
    unit
        Unit of the numbers.
    """

    key: str
    label: Any
    days: tuple[dt.date, ...]
    values: np.ndarray
    sizes: np.ndarray | None
    unit: str

    @property
    def counts(self) -> np.ndarray:
        """How many cases count in each period, or the numbers themselves."""
        return self.values if self.sizes is None else np.round(self.values * self.sizes)

    def since(self, place: int) -> Series:
        """Return the series from a place on."""
        sizes = None if self.sizes is None else self.sizes[place:]
        return replace(self, days=self.days[place:], values=self.values[place:], sizes=sizes)


@dataclass(frozen=True)
class Watch:
    """A series with its chart.

    Attributes
    ----------
    series
        The whole of it.
    turn
        The last place where its level changed for good, None where it never did.
    choice
        The chart and why it is the right one.
    chart
        The chart of the stretch since the turn, None where that is too short.
    """

    series: Series
    turn: alerts.Turn | None
    choice: control.Choice
    chart: control.Chart | None

    @property
    def start(self) -> int:
        """Place of the first point of the stretch that the limits are those of."""
        return self.turn.at if self.turn else 0

    @property
    def out(self) -> list[dt.date]:
        """First days of the periods outside the limits."""
        return [self.series.days[self.start + place] for place in self.chart.out] if self.chart else []

    @property
    def center(self) -> Estimate:
        """The usual level since the turn, with the interval of a mean of so many points."""
        stretch = self.series.since(self.start)
        if self.chart is None:
            return cannot_tell("chart-few-points", n=len(stretch.values), unit=self.series.unit, needs=_LEAST)
        n = len(stretch.values)
        half = float((self.chart.high - self.chart.center).max()) / 3 * 1.96 / np.sqrt(n)
        ends = {"low": self.chart.center - half, "high": self.chart.center + half}
        return Estimate(self.chart.center, **ends, n=n, method="control-limits", unit=self.series.unit)


def readings(client: Client) -> list[Series]:
    """Return the series of the readings table, one a metric and group."""
    table = client.columns("readings", "metric", "period", "value")
    groups = table["group"].fillna("all").astype(str) if "group" in table else pd.Series("all", index=table.index)
    split = table.groupby([table["metric"].astype(str), groups], sort=True)
    found = [_reading(client, metric, group, rows) for (metric, group), rows in split]
    return [series for series in found if len(series.values)]


def _reading(client: Client, metric: str, group: str, rows: pd.DataFrame) -> Series:
    """One reading by period, up to the reference date, in order."""
    days = [_first_day(text, client.calendar) for text in rows["period"]]
    frame = pd.DataFrame({"day": days, "value": rows["value"].astype(float).to_numpy()})
    frame["n"] = rows["n"].astype(float).to_numpy() if "n" in rows else np.nan
    first = client.period.start if client.period else dt.date.min
    frame = frame[[day is not None and first <= day <= client.as_of for day in days]]
    frame = frame.sort_values("day", kind="stable").drop_duplicates("day", keep="last")
    is_share = bool(len(frame)) and frame["value"].between(0, 1).all() and (frame["n"] > 1).all()
    key = metric if group == "all" else f"{metric}/{group}"
    name = Term(f"reading.{metric}") if has(f"reading.{metric}") and group == "all" else key
    sizes = frame["n"].to_numpy() if is_share else None
    return Series(key, name, tuple(frame["day"]), frame["value"].to_numpy(), sizes, "share" if is_share else "")


def _first_day(text: Any, calendar: str) -> dt.date | None:
    """First day of a period such as 1403-10-01 or 1403-10, None where it is neither."""
    parts = str(text).split("-")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return None
    return dates.day("-".join([*parts, "01"][:3]), calendar)


def goals(client: Client) -> list[Series]:
    """Return the monthly series of the KPI goals; months without a value are left out."""
    found = []
    for goal in client.engagement.kpis.goals:
        asked = goal.metric in metrics.SURVEY_METRICS
        if asked and not client.has("responses", goal.metric, "survey", "answered_at"):
            continue
        months = metrics.by_month(client, goal.metric, name=goal.survey, stage=goal.stage)
        known = months[months["value"].notna()]
        if not len(known):
            continue
        is_share = metrics.UNITS[goal.metric] == "share"
        days = tuple(dates.period(text, client.calendar).start for text in known["month"])
        sizes = known["n"].to_numpy(dtype=float) if is_share else None
        values = known["value"].to_numpy(dtype=float)
        found.append(Series(goal.id, plain(goal.name), days, values, sizes, metrics.UNITS[goal.metric]))
    return found


def watch(series: Series, *, seed: int = 0) -> Watch:
    """Return a series with the chart that suits it, its limits from the stretch since it last changed for good.

    Parameters
    ----------
    series
        The numbers by period.
    seed
        Of the search for change points.
    """
    turns = [turn for turn in alerts.turning_points(series.values, draws=_DRAWS, seed=seed) if turn.is_clear]
    turn = turns[-1] if turns else None
    stretch = series.since(turn.at if turn else 0)
    is_share = stretch.sizes is not None
    choice = control.right_chart(stretch.counts, size=stretch.sizes, is_share=is_share, min_points=_LEAST)
    return Watch(series, turn, choice, _chart(stretch, choice.kind))


def _chart(stretch: Series, kind: str) -> control.Chart | None:
    """The chart of a stretch."""
    if kind == "none":
        return None
    if kind == "xmr":
        return control.xmr(stretch.values)
    return control.p_chart(stretch.counts, size=stretch.sizes, prime=kind == "p-prime")


def watched(client: Client) -> list[Watch]:
    """Return every series of readings and KPI goals with its chart."""
    return [watch(series, seed=client.seed) for series in [*readings(client), *goals(client)]]


def alarms(watches: list[Watch]) -> pd.DataFrame:
    """Return the newest point of each series against its stretch, one budget of false alarms over all of them."""
    known = {each.series.key: each.series.since(each.start) for each in watches}
    sizes = {key: stretch.sizes for key, stretch in known.items() if stretch.sizes is not None}
    found = alerts.alerts({key: stretch.counts for key, stretch in known.items()}, sizes=sizes, budget=BUDGET)
    return found if len(found) else pd.DataFrame(columns=["kpi", *ESTIMATE, "is_alarm"])


def table(client: Client, watches: list[Watch]) -> pd.DataFrame:
    """Return one row a series: its chart and why, the usual level, the last change for good, what stands out."""
    newest = alarms(watches).set_index("kpi")["is_alarm"]
    rows = [
        {
            "watched": each.series.label,
            "chart": Term(f"chart.{each.choice.kind}"),
            "why": Term(f"reason.{each.choice.reason}"),
            "center": replace(each.center, level=client.level),
            "changed_on": each.series.days[each.turn.at] if each.turn else None,
            "outside": each.out[-_FEW:],
            "newest": Term("alarm.loud" if newest[each.series.key] else "alarm.none"),
        }
        for each in watches
    ]
    return pd.DataFrame(rows, columns=["watched", "chart", "why", "center", "changed_on", "outside", "newest"])


def shown(watches: list[Watch]) -> Watch | None:
    """Return the series that is worth a picture: the first with a chart that changed, else the first with a chart."""
    charted = [each for each in watches if each.chart]
    return next((each for each in charted if each.turn), charted[0] if charted else None)


def picture(each: Watch | None) -> pd.DataFrame:
    """Return a series for drawing, one row a period: label (its first day), value, limits as low and high, center."""
    columns = ["label", "value", "low", "high", "n", "unit", "center", "is_out"]
    if each is None:
        return pd.DataFrame(columns=columns)
    series, base = each.series, each.start
    sizes = series.sizes if series.sizes is not None else np.zeros(len(series.values))
    rows = []
    for place, (day, value, size) in enumerate(zip(series.days, series.values, sizes, strict=True)):
        inside = place >= base
        low, high = (float(end[place - base]) if inside else None for end in (each.chart.low, each.chart.high))
        out = inside and place - base in each.chart.out
        center = each.chart.center if inside else None
        rows.append([day, float(value), low, high, int(size), series.unit, center, out])
    return pd.DataFrame(rows, columns=columns)


def claims(watches: list[Watch]) -> list[Claim]:
    """Return how many series are watched and alarm, and each change for good."""
    if not watches:
        return [Claim("charts-cannot-tell")]
    charted = [each for each in watches if each.chart]
    loud = alarms(watches)
    counts = {"series": len(watches), "charted": len(charted), "alarms": int(loud["is_alarm"].sum()), "budget": BUDGET}
    return [Claim("charts-watched", counts), *(_change(each) for each in watches if each.turn)]


def _change(each: Watch) -> Claim:
    """Where a series changed for good, by how much, and which chart it has since then."""
    jump: Difference = replace(each.turn.jump, unit=_change_unit(each.series.unit))
    key = "chart-changed" if each.chart else "chart-changed-lately"
    values = {"series": each.series.label, "day": each.series.days[each.turn.at], "jump": jump}
    return Claim(key, values | {"chart": Term(f"chart.{each.choice.kind}")})


def _change_unit(unit: str) -> str:
    return "share_points" if unit == "share" else unit


def findings(watches: list[Watch]) -> list[Finding]:
    """Return an alarm for every series whose newest point is not what its history lets expect."""
    labels = {each.series.key: each.series for each in watches}
    loud = alarms(watches)
    found = []
    for row in loud[loud["is_alarm"].astype(bool)].to_dict("records"):
        series = labels[row["kpi"]]
        gap = Estimate(**{name: row[name] for name in ESTIMATE} | {"unit": _change_unit(series.unit), "needs": None})
        found.append(Finding("note", "alarm", "", {"series": series.label, "day": series.days[-1], "gap": gap}))
    return found


def exhibits(client: Client, watches: list[Watch]) -> list[Exhibit]:
    """Return the table of all charts, and the one that is worth a picture."""
    chosen = shown(watches)
    title = Claim("exhibit.control-chart-of", {"series": chosen.series.label}) if chosen else None
    return [
        Exhibit("control-charts", "table", table(client, watches), Claim("reading.control-charts")),
        Exhibit("control-chart", "control", picture(chosen), Claim("reading.control-chart"), title),
    ]
