"""The seven strategy files: what people decided, step by step.

Items point at each other by id. That a pointer leads somewhere is the chain lint's business (`cxlib.steps.chain`),
not the model's: a half-finished strategy can be opened, shown and mended.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cxlib.engagement.fields import Cell, DateText, Fact, File, Id, Item, Model, Named, Source, Text

Metric = Literal["nps", "csat", "ces", "crr", "churn", "first_response", "resolution"]
Stage = Id
Symptom = Literal["ad_hoc", "scattered", "inconsistent"]


class Goal(Named):
    """A goal of the whole company that the vision should serve."""


class Feeling(Named):
    """Something customers should feel after every contact, and the KPI goals and survey items that show it."""

    kpis: list[Id] = []
    items: list[Id] = []
    goals: list[Id] = []


class Principle(Named):
    """A guiding principle with behaviours, a standard and an owner."""

    do: list[Text] = []
    dont: list[Text] = []
    standard: Text = ""
    metric: Metric | None = None
    owner: Id | None = None


class Activation(Named):
    """Where the vision is kept alive: walls, meetings, appraisals, internal systems."""

    status: Literal["planned", "done"] = "planned"
    owner: Id | None = None
    reviewed_on: DateText = ""


class Vision(File):
    """1_vision.yaml: how customers should feel, and the principles that get there."""

    statement: Text = ""
    feelings: list[Feeling] = []
    goals: list[Goal] = []
    principles: list[Principle] = []
    activation: list[Activation] = []


class Persona(Named):
    """A customer type: who, by which rule of the customer table, and what we know in four facets."""

    who: Text = ""
    rule: dict[str, Cell] = {}
    demographic: list[Fact] = []
    behavioural: list[Fact] = []
    motivational: list[Fact] = []
    emotional: list[Fact] = []
    needs: list[Fact] = []
    pains: list[Fact] = []
    channels: list[Id] = []


class Group(Model):
    """A value of an attribute and how readers call it."""

    value: Cell
    name: Text


class Attribute(Named):
    """A column of the customer or response table to cut by; its id is the column's name."""

    groups: list[Group] = []


class Personas(File):
    """2_personas.yaml: the attributes to cut by, and the personas."""

    attributes: list[Attribute] = []
    personas: list[Persona] = []


class JourneyStage(Named):
    """A stage of the journey: what the customer wants, and the emotion assumed where there is no data (−2 to +2)."""

    goal: Text = ""
    assumed_emotion: float | None = Field(default=None, ge=-2, le=2)
    owner: Id | None = None


class Touchpoint(Named):
    """A contact between customer and client."""

    stage: Stage
    channel: Id = "other"
    kind: Literal["human", "digital", "physical"] = "digital"
    clue: Literal["functional", "mechanic", "humanic"] = "functional"
    owner: Id | None = None
    metric: Metric | None = None
    moment_of_truth: bool = False


class Pain(Item):
    """A point of pain at a stage, with what it rests on."""

    stage: Stage
    text: Text
    severity: int = Field(default=2, ge=1, le=5)
    source: Source = "assumption"
    n: int | None = Field(default=None, ge=0)


class Opportunity(Item):
    """An idea to better a stage."""

    stage: Stage
    text: Text


class Journey(File):
    """3_journey.yaml: goal, personas, stages, touchpoints, pains and opportunities of one journey."""

    goal: Text = ""
    personas: list[Id] = []
    stages: list[JourneyStage] = []
    touchpoints: list[Touchpoint] = []
    pains: list[Pain] = []
    opportunities: list[Opportunity] = []
    reviewed_on: DateText = ""


class Milestone(Model):
    """A value to be reached on the way."""

    due: DateText
    target: float


class KpiGoal(Named):
    """A SMART goal. CSAT, CES, CRR and churn are shares, 0 to 1; NPS is −100 to +100; times are working minutes."""

    metric: Metric
    survey: Id | None = None
    population: Text = ""
    stage: Stage | None = None
    baseline: float | None = None
    baseline_on: DateText = ""
    target: float | None = None
    scale: Text = ""
    due: DateText = ""
    feeling: Id | None = None
    owner: Id | None = None
    deputy: Id | None = None
    milestones: list[Milestone] = []


class BatteryItem(Named):
    """An item of a survey's battery and how readers call it; its id is the value of `item` in the data."""


class Kpis(File):
    """4_kpis.yaml: the goals, and the names of the survey items that may drive them."""

    goals: list[KpiGoal] = []
    items: list[BatteryItem] = []


class Role(Named):
    """A person or seat that can own things."""

    unit: Text = ""
    function: Literal["cx", "marketing", "sales", "support", "product", "hr", "it", "other"] = "other"


class CxOwner(Model):
    """Who carries the experience: named, with a mandate across functions and a budget, reporting to the top."""

    role: Id | None = None
    mandate: Text = ""
    has_budget: bool = False
    reports_to_top: bool = False


class Committee(Model):
    """The customer-experience committee."""

    members: list[Id] = []
    cadence: Literal["", "weekly", "monthly", "quarterly"] = ""
    quorum: int = Field(default=0, ge=0)


class RaciRow(Item):
    """Who is responsible, accountable, consulted and informed for a KPI goal or a stage."""

    kpi: Id | None = None
    stage: Stage | None = None
    responsible: list[Id] = []
    accountable: list[Id] = []
    consulted: list[Id] = []
    informed: list[Id] = []


class Reporting(Item):
    """Who gets which KPIs how often."""

    kpis: list[Id] = []
    audience: Text = ""
    cadence: Literal["weekly", "monthly", "quarterly", "yearly"] = "monthly"
    owner: Id | None = None


class Incentive(Named):
    """A bonus, prize or praise, and the item of the staff table that decides who gets it."""

    item: Id
    owner: Id | None = None


class Governance(File):
    """5_governance.yaml: owner, committee, RACI, reporting plan and incentives."""

    roles: list[Role] = []
    owner: CxOwner = CxOwner()
    committee: Committee = Committee()
    raci: list[RaciRow] = []
    reporting: list[Reporting] = []
    incentives: list[Incentive] = []


class Vendor(Named):
    """A tool under consideration or in use, and the client's touchpoints that it can listen at."""

    status: Literal["in_use", "candidate"] = "candidate"
    covers: list[Id] = []
    properties: list[Literal["collect", "analyse", "personalise", "automate", "dashboards"]] = []
    yearly_cost: tuple[float, float] | None = None
    one_time_cost: tuple[float, float] | None = None
    yearly_rise: tuple[float, float] | None = None
    hosting: Literal["unknown", "own", "domestic", "abroad"] = "unknown"


class System(Named):
    """A system of the stack: what it does, who owns it, where its data go."""

    capability: Literal["crm", "analytics", "survey", "chatbot", "automation"] = "crm"
    owner: Id | None = None
    feeds: list[Id] = []


class Criterion(Item):
    """What a tool is chosen by: its id is one of the five properties (rated 1 to 5), ``coverage`` or ``cost``."""

    weight: float = Field(default=1.0, ge=0)
    least: float | None = None


class Comparison(Item):
    """A pair of criteria: how many times the first matters as much as the second, 1 to 9, or 1/9 to 1."""

    first: Id
    second: Id
    times: float = Field(ge=0.1, le=9)


class Tooling(File):
    """6_tooling.yaml: vendors, what they are chosen by, over how many years their cost counts, and the stack."""

    vendors: list[Vendor] = []
    criteria: list[Criterion] = []
    comparisons: list[Comparison] = []
    years: int = Field(default=3, ge=1, le=10)
    systems: list[System] = []


class Action(Named):
    """An improvement: what it should move, by how much, what it costs; value and effort are ranges [low, high]."""

    kpi: Id | None = None
    pain: Id | None = None
    status: Literal["idea", "doing", "done", "dropped"] = "idea"
    owner: Id | None = None
    value: tuple[float, float] | None = None
    effort: tuple[float, float] | None = None
    expected_effect: float | None = None
    campaign: Id | None = None
    outcome: Id | None = None
    worth: float | None = None
    started_on: DateText = ""
    due: DateText = ""


class BusinessCase(Model):
    """What the programme should bring and cost, a year; ranges are [low, high], money is in the client's currency."""

    years: int = Field(default=3, ge=1, le=10)
    retention_gain: tuple[float, float] | None = None
    contacts_avoided: tuple[float, float] | None = None
    yearly_cost: tuple[float, float] | None = None
    one_time_cost: tuple[float, float] | None = None


class Improvement(File):
    """7_improvement.yaml: the backlog with its limit on work in progress, and the business case."""

    wip_limit: int = Field(default=3, ge=1)
    actions: list[Action] = []
    business_case: BusinessCase = BusinessCase()


FILES: dict[str, type[File]] = {
    "1_vision": Vision,
    "2_personas": Personas,
    "3_journey": Journey,
    "4_kpis": Kpis,
    "5_governance": Governance,
    "6_tooling": Tooling,
    "7_improvement": Improvement,
}
