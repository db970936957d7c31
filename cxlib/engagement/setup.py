"""engagement.yaml: who the client is, how they count time and money, and where each table comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cxlib.engagement.fields import Cell, DateText, File, Id, Model, Text

Lang = Literal["en", "fa"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NpsScale = Literal["nps"]
CsatScale = Literal["csat5", "csat7", "csat10"]
CesVersion = Literal["ces1", "ces2", "ease5"]
Score = Literal["nps", "csat", "ces"]
Direction = Literal["declared", "reversed"]


class Currency(Model):
    """What amounts are in, and what the reader sees (rial may be shown as toman: IRR, IRT)."""

    code: str = "EUR"
    show: str = ""


class Brand(Model):
    """The client's look. Paths are relative to the engagement folder, colours ``#rrggbb``."""

    logo: str = ""
    primary: str = Field(default="#0f766e", pattern=r"^#[0-9a-fA-F]{6}$")
    accent: str = Field(default="#e4572e", pattern=r"^#[0-9a-fA-F]{6}$")


class WorkingHours(Model):
    """First and last minute of a working day, ``09:00`` to ``17:00``."""

    start: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: str = Field(default="17:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Holiday(Model):
    """Days on which the client does not work."""

    name: Text
    start: DateText
    end: DateText = ""


class Instruments(Model):
    """Which scale each question of a survey uses. There is no default: a guessed direction turns results round."""

    nps: NpsScale | None = None
    csat: CsatScale | None = None
    ces: CesVersion | None = None


class Survey(Model):
    """A survey that the client runs."""

    name: Text = ""
    kind: Literal["relationship", "transactional"] = "transactional"
    instruments: Instruments = Instruments()


class Source(Model):
    """One raw export, or a table elsewhere, that fills a canonical table.

    `file` is relative to the engagement folder. `map` says canonical column → column of the export,
    `values` canonical column → {value of the export: canonical value}. The others answer what intake asks: how the file
    is encoded and delimited, which sheet, how many header rows, how days and numbers are written, which columns hold
    several answers (`multi`: column → separator, ``none`` for a plain text), whether a score that looks turned round is
    right as `declared` or `reversed`.

    Instead of a file, `connection` with `table` or `query` names a table that stays where it lives: a DuckDB or Parquet
    file of the folder, or the URL of a database (`cxlib.engagement.connections`).
    """

    file: str = ""
    connection: str = ""
    table: str = ""
    query: str = ""
    preset: str = "csv"
    survey: Id | None = None
    map: dict[str, Cell] = {}
    values: dict[str, dict[str, Cell]] = {}
    encoding: str = ""
    calendar: Literal["", "gregorian", "jalali"] = ""
    day_first: bool | None = None
    timezone: str = ""
    decimal: Literal["", ".", ","] = ""
    serials: Literal["", "1900", "1904"] = ""
    sheet: str = ""
    delimiter: str = ""
    header_rows: int | None = Field(default=None, ge=0, le=5)
    multi: dict[str, str] = {}
    directions: dict[Score, Direction] = {}


class Economics(Model):
    """The client's own figures for the business case; a range is [low, high]."""

    cost_per_contact: tuple[float, float] | None = None
    acquisition_cost: tuple[float, float] | None = None
    margin_share: tuple[float, float] | None = None
    discount_rate: float = Field(default=0.1, ge=0, lt=1)


class Weighting(Model):
    """Known shares of the customers, to which the answers of a survey are weighted.

    `margins` says column of the customers (or of the answers) → {value: share of all customers}; the shares of a column
    add up to 1. A weight is at most `cap` times the mean weight. Without a survey it is the one with most answers.
    """

    survey: Id | None = None
    margins: dict[str, dict[str, float]] = {}
    cap: float = Field(default=5, gt=1)


class Setup(File):
    """The whole of engagement.yaml."""

    name: Text
    languages: list[Lang] = Field(default=["en"], min_length=1)
    calendar: Literal["gregorian", "jalali"] = "gregorian"
    weekend: list[Weekday] = ["sat", "sun"]
    working_hours: WorkingHours = WorkingHours()
    holidays: list[Holiday] = []
    timezone: str = "UTC"
    currency: Currency = Currency()
    business: Literal["b2c", "b2b", "b2b2c"] = "b2c"
    sector: Id = "general"
    brand: Brand = Brand()
    level: float = Field(default=0.95, gt=0.5, lt=1)
    min_n: int = Field(default=10, ge=2)
    economics: Economics = Economics()
    surveys: dict[Id, Survey] = {}
    weighting: Weighting = Weighting()
    staff_names: list[str] = []
    sources: dict[str, list[Source]] = {}
