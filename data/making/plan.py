"""What is true about the sample's client: every difference, effect and share that the data are made from.

`PLAN` is the sample; `null(PLAN)` is the same shop in which nothing differs and nothing works. `TRUTHS` says what a
correct analysis must find, in the units of the library: shares 0 to 1, NPS in points, times in minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

from making import scales


@dataclass(frozen=True)
class Contact:
    """A touchpoint of the transactional survey: how many answer, and the centre of each hidden score."""

    touchpoint: str
    stage: str
    channel: str
    label: str
    n: int
    nps: float
    csat: float
    ces: float | None = None


CONTACTS = (
    Contact("instagram_ad", "awareness", "social", "Instagram ad", 7, 8.3, 3.8),
    Contact("product_page", "research", "web", "Product page", 300, 8.3, 4.0),
    Contact("buying_guide", "research", "web", "Buying guide", 220, 8.1, 3.9),
    Contact("checkout", "purchase", "web", "Checkout", 520, 8.6, 4.1, 5.6),
    Contact("phone_order", "purchase", "phone", "Phone order", 200, 8.4, 4.1, 5.2),
    Contact("tracking_sms", "delivery", "sms", "Tracking SMS", 420, 7.5, 3.1, 5.0),
    Contact("courier_handover", "delivery", "in_person", "Courier hand-over", 560, 6.9, 2.6, 5.0),
    Contact("installation_visit", "setup", "in_person", "Installation visit", 330, 8.1, 3.8, 5.0),
    Contact("quick_start_guide", "setup", "print", "Quick-start guide", 150, 8.0, 3.8, 4.9),
    Contact("call_centre", "support", "phone", "Call centre", 380, 7.9, 3.7, 4.5),
    Contact("live_chat", "support", "chat", "Live chat", 320, 7.6, 3.5, 4.9),
    Contact("club_app", "loyalty", "app", "NikClub app", 64, 9.0, 4.4),
)


@dataclass(frozen=True)
class Plan:
    """The planted truth.

    Attributes
    ----------
    ages, age_shift
        Shares of the age bands, and how far a band's hidden NPS lies off.
    ces_step
        From which Jalali month delivery became easier, and the centre before it.
    pulse_nps, pulse_csat
        Centres of the quarterly survey, the same in all six waves.
    drivers, item_means, item_correlation
        Weights of the battery's items in the hidden NPS, their centres, and the correlation of any two.
    cohort
        Customers by fate over the retention window: who was there at its start and left or stayed, who left before,
        who joined in it and left or stayed.
    exposed, leave_exposed, leave_other
        Share of the starting cohort that missed a delivery slot, and the share of each kind that left.
    project_share, project_rate, other_rate
        Share of customers who furnish a home; further orders a month, and the chance to have all one needs after an
        order, of them and of the others.
    first_reply, resolution, stuck
        Median and log-spread of working minutes; `stuck` is the share of tickets waiting for spare parts and their
        median.
    bot_share
        Share of tickets that the bot answers at once.
    sms_called, reminder_reviewed
        Outcome shares of the two experiments, without and with the message.
    late
        Share of late deliveries a week, before and after the step.
    staff_share
        Share of satisfied customers of every agent and courier: all alike, so every bonus is luck.
    response_rate
        Share of invitations to the quarterly survey that are answered.
    ticket_growth
        Tickets a day at the end, as a multiple of those at the start.
    parts_growth
        How many times as frequent comments about spare parts are from 1404-01-01 on.
    competitor_lead
        Competitor → item → by how much its customers rate it higher.
    called_back, recovered
        Share of unhappy customers who are called back and the median days until then; share of those who are won back.
    """

    contacts: tuple[Contact, ...] = CONTACTS
    ages: dict[str, float] = field(default_factory=lambda: {"18-24": 0.08, "25-34": 0.37, "35-49": 0.35, "50+": 0.20})
    age_shift: dict[str, float] = field(default_factory=lambda: {"50+": -1.0})
    ces_step: tuple[str, float] = ("1403-10-01", 3.9)
    pulse_nps: float = 8.0
    pulse_csat: float = 3.8
    drivers: dict[str, float] = field(
        default_factory=lambda: {
            "delivery": 0.45,
            "support": 0.30,
            "product": 0.20,
            "price": 0.10,
            "website": 0.05,
            "installation": 0.0,
        }
    )
    item_means: dict[str, float] = field(
        default_factory=lambda: {
            "delivery": 4.0,
            "support": 4.5,
            "product": 5.4,
            "price": 4.4,
            "website": 5.2,
            "installation": 5.0,
        }
    )
    item_correlation: float = 0.35
    cohort: dict[str, int] = field(
        default_factory=lambda: {"stayed": 1494, "left": 306, "left_before": 140, "new_stayed": 518, "new_left": 42}
    )
    exposed: float = 0.20
    leave_exposed: float = 0.30
    leave_other: float = 0.1375
    project_share: float = 0.18
    project_rate: tuple[float, float] = (0.8, 0.06)
    other_rate: tuple[float, float] = (0.12, 0.4)
    first_reply: tuple[float, float] = (95.0, 0.9)
    resolution: tuple[float, float] = (620.0, 1.1)
    stuck: tuple[float, float] = (0.16, 54_000.0)
    bot_share: float = 0.15
    sms_called: tuple[float, float] = (0.24, 0.15)
    reminder_reviewed: tuple[float, float] = (0.09, 0.09)
    late: tuple[float, float] = (0.18, 0.11)
    staff_share: float = 0.72
    response_rate: float = 0.30
    ticket_growth: float = 1.6
    parts_growth: float = 6.0
    competitor_lead: dict[str, dict[str, float]] = field(
        default_factory=lambda: {
            "khane-aval": {"delivery": 0.9, "price": -0.3},
            "bargh-bazar": {"price": 0.7, "support": -0.6},
        }
    )
    called_back: tuple[float, float] = (0.70, 1.6)
    recovered: float = 0.45

    def age_offset(self, band: str) -> float:
        """Return how far the hidden NPS of an age band lies off."""
        return self.age_shift.get(band, 0.0)


PLAN = Plan()
WINDOW = ("1403-07-01", "1404-06-31")
"""The stated window of retention and churn: both days included."""


def null(plan: Plan) -> Plan:
    """Return the plan of a shop in which no group differs, nothing changed and no action works."""
    alike = tuple(replace(contact, nps=8.0, csat=3.8, ces=contact.ces and 5.0) for contact in plan.contacts)
    overall = plan.cohort["left"] / (plan.cohort["left"] + plan.cohort["stayed"])
    return replace(
        plan,
        contacts=alike,
        age_shift={},
        ces_step=(plan.ces_step[0], 5.0),
        drivers=dict.fromkeys(plan.drivers, 0.0),
        item_means=dict.fromkeys(plan.item_means, 4.8),
        leave_exposed=overall,
        leave_other=overall,
        project_share=0.0,
        other_rate=(0.3, 0.2),
        stuck=(0.0, plan.stuck[1]),
        sms_called=(0.2, 0.2),
        reminder_reviewed=(0.09, 0.09),
        late=(0.14, 0.14),
        ticket_growth=1.0,
        parts_growth=1.0,
        competitor_lead={brand: {} for brand in plan.competitor_lead},
    )


def truths(plan: Plan) -> dict[str, Any]:
    """Return what a correct analysis of data made from `plan` must find."""
    return {
        "nps": _nps(plan),
        "csat": _csat(plan),
        "ces": _ces(plan),
        "emotion": _emotion(plan),
        "pulse": _pulse(plan),
        "drivers": _drivers(plan),
        "retention": _retention(plan),
        "exposure": _exposure(plan),
        "service": _service(plan),
        "experiments": _experiments(plan),
        "segments": _segments(plan),
        "null_attributes": ["gender", "city"],
        "staff_between_share": 0.0,
        "response_rate": plan.response_rate,
        "loop": {"contacted": plan.called_back[0], "days": plan.called_back[1], "recovered": plan.recovered},
        "late": {"before": plan.late[0], "after": plan.late[1], "from": plan.ces_step[0]},
    }


def _nps(plan: Plan) -> dict[str, Any]:
    """Transactional NPS, mixed over age bands, in points."""

    def mixed(contact: Contact) -> float:
        return sum(share * scales.nps(contact.nps + plan.age_offset(band)) for band, share in plan.ages.items())

    def of_age(band: str) -> float:
        return _mean(plan.contacts, lambda contact: scales.nps(contact.nps + plan.age_offset(band)))

    return {
        "overall": _mean(plan.contacts, mixed),
        "stage": _by(plan, "stage", mixed),
        "touchpoint": _by(plan, "touchpoint", mixed),
        "age_band": {band: of_age(band) for band in plan.ages},
        "worst_stage": min(_by(plan, "stage", mixed).items(), key=lambda pair: pair[1])[0],
    }


def _csat(plan: Plan) -> dict[str, Any]:
    """Transactional satisfaction: top-2-box shares."""
    return {
        "overall": _mean(plan.contacts, lambda c: scales.top2(c.csat)),
        "stage": _by(plan, "stage", lambda c: scales.top2(c.csat)),
    }


def _ces(plan: Plan) -> dict[str, Any]:
    """Ease on ces2: mean answer and low-effort share (5 to 7); delivery before and after its step."""

    def mean(c: Contact) -> float:
        return scales.average(c.ces, scale="ces")

    asked = replace(plan, contacts=tuple(c for c in plan.contacts if c.ces is not None and c.stage != "delivery"))
    after = next(c.ces for c in plan.contacts if c.stage == "delivery")
    before = plan.ces_step[1]
    return {
        "stage": _by(asked, "stage", mean),
        "step": {
            "month": plan.ces_step[0][:7],
            "from": plan.ces_step[0],
            "stage": "delivery",
            "before": scales.average(before, scale="ces"),
            "after": scales.average(after, scale="ces"),
            "low_effort_before": scales.high(before, scale="ces", least=5),
            "low_effort_after": scales.high(after, scale="ces", least=5),
        },
    }


def _emotion(plan: Plan) -> dict[str, float]:
    """Emotion of a stage, -2 to +2: mean satisfaction less three."""
    return _by(plan, "stage", lambda c: scales.average(c.csat, scale="csat") - 3)


def _pulse(plan: Plan) -> dict[str, Any]:
    """The quarterly survey: one truth for all waves."""
    centres = {band: plan.pulse_nps + plan.age_offset(band) for band in plan.ages}
    return {
        "nps": sum(share * scales.nps(centres[band]) for band, share in plan.ages.items()),
        "nps_age_band": {band: scales.nps(centre) for band, centre in centres.items()},
        "csat": scales.top2(plan.pulse_csat),
        "changed_waves": [],
    }


def _drivers(plan: Plan) -> dict[str, Any]:
    """Weights in the hidden outcome; a passenger correlates with the outcome and has no weight."""
    order = sorted(plan.drivers, key=plan.drivers.get, reverse=True)
    passengers = [item for item in plan.drivers if not plan.drivers[item]]
    return {"weights": dict(plan.drivers), "order": order, "passengers": passengers}


def _retention(plan: Plan) -> dict[str, Any]:
    """Customer counts over the window; the textbook formula with all new customers is wrong on purpose."""
    cohort = plan.cohort
    start, end = cohort["stayed"] + cohort["left"], cohort["stayed"] + cohort["new_stayed"]
    new = cohort["new_stayed"] + cohort["new_left"]
    return {
        "window": WINDOW,
        "start": start,
        "end": end,
        "new": new,
        "new_at_end": cohort["new_stayed"],
        "crr": cohort["stayed"] / start,
        "churn": cohort["left"] / start,
        "naive_formula": (end - new) / start,
    }


def _exposure(plan: Plan) -> dict[str, Any]:
    """Leaving after a missed delivery slot against the others, in the starting cohort."""
    return {
        "touchpoint": "missed_slot",
        "leave_exposed": plan.leave_exposed,
        "leave_other": plan.leave_other,
        "ratio": plan.leave_exposed / plan.leave_other,
    }


def _service(plan: Plan) -> dict[str, Any]:
    """Working minutes of people's tickets, bots out; open tickets are still running."""
    median, spread = plan.first_reply
    return {
        "first_response": {"median": median, "p90": median * 2.718281828459045 ** (1.2815515655446004 * spread)},
        "resolution": {"median": _mixture_quantile(plan, 0.5), "p90": _mixture_quantile(plan, 0.9)},
        "bot_share": plan.bot_share,
    }


def _mixture_quantile(plan: Plan, share: float) -> float:
    """Working minutes by which `share` of tickets is resolved, by bisection."""
    from math import exp, log

    (median, spread), (stuck, slow) = plan.resolution, plan.stuck
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        usual, waiting = NormalDist(log(median), spread), NormalDist(log(slow), 0.5)
        done = (1 - stuck) * usual.cdf(middle) + stuck * waiting.cdf(middle)
        low, high = (middle, high) if done < share else (low, middle)
    return exp(low)


def _experiments(plan: Plan) -> dict[str, Any]:
    """Outcome shares of the two experiments: hold-out, treated, difference."""
    return {
        name: {"outcome": outcome, "holdout": without, "treated": with_it, "effect": with_it - without}
        for name, outcome, (without, with_it) in (
            ("delivery_sms", "called", plan.sms_called),
            ("review_reminder", "reviewed", plan.reminder_reviewed),
        )
    }


def _segments(plan: Plan) -> dict[str, Any]:
    """Two purchase types where some furnish a home; the battery of the quarterly survey is one cloud always."""
    return {"purchases": 2 if plan.project_share else 1, "battery": 1, "project_share": plan.project_share}


def _by(plan: Plan, name: str, value: Any) -> dict[str, float]:
    """Means of `value` over contacts, by one of their fields, weighted by n."""
    keys = dict.fromkeys(getattr(contact, name) for contact in plan.contacts)
    return {key: _mean([c for c in plan.contacts if getattr(c, name) == key], value) for key in keys}


def _mean(contacts: Iterable[Contact], value: Any) -> float:
    """Mean of `value` over contacts weighted by n."""
    contacts = list(contacts)
    return sum(contact.n * value(contact) for contact in contacts) / sum(contact.n for contact in contacts)


TRUTHS = truths(PLAN)
