"""Who answered of those who were asked, and what the silence of the others could hide.

Response rates follow the standard of the American Association for Public Opinion Research (AAPOR). Invitations name
customers, so all are known to be eligible, but those who had left before they were asked, and those whom the table
of customers does not know. No rate is good or bad in itself; the worst case shows what it leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.measures.estimate import Estimate
from cxlib.measures.weighting import ResponseRates, response_rates, worst_case
from cxlib.section import Claim, Exhibit, Term
from cxlib.steps import metrics
from cxlib.steps.client import Client

_ENDS = {"points": (-100.0, 100.0), "share": (0.0, 1.0)}
_ID, _ASKED, _CAME = "customer_id", "invited_at", "answered_at"


@dataclass(frozen=True)
class Turnout:
    """The fate of the invitations to one survey, counted.

    Attributes
    ----------
    complete, partial
        Answered with every score that the survey asks for, or without some of them.
    silent
        Not answered, by customers who were there when they were asked.
    unknown
        Not answered, by somebody whom the table of customers does not know.
    gone
        Customers who had left before they were asked: not eligible, in no rate.
    """

    complete: int
    partial: int
    silent: int
    unknown: int
    gone: int

    @property
    def asked(self) -> int:
        """All invitations but those to customers who had left."""
        return self.complete + self.partial + self.silent + self.unknown

    @property
    def rates(self) -> ResponseRates:
        """AAPOR's rates; of unknown people the share of the known ones is taken as eligible."""
        known = self.complete + self.partial + self.silent
        share = known / (known + self.gone) if known else 1.0
        return response_rates(
            complete=self.complete,
            partial=self.partial,
            non_contact=self.silent,
            unknown_other=self.unknown,
            eligible_share=share,
        )


def turnout(client: Client, survey: str) -> Turnout:
    """Return what became of the invitations to a survey.

    An invitation is answered if its export says so, or, where it does not, if the customer answered after it and
    before the next one. An answer is partial if the first one after the invitation lacks a score.
    """
    asked = client.columns("invitations", "survey")
    asked = asked[asked["survey"] == survey].reset_index(drop=True)
    matched = _matched(client, asked, survey)
    came = asked["answered"].fillna(False).astype(bool) if "answered" in asked else matched.notna()
    known, gone = _standing(client, asked)
    partial = int((came & (matched == 0)).sum())
    silent = ~came & known & ~gone
    counts = {"silent": silent, "unknown": ~came & ~known, "gone": ~came & gone}
    return Turnout(int(came.sum()) - partial, partial, **{name: int(hit.sum()) for name, hit in counts.items()})


def _matched(client: Client, asked: pd.DataFrame, survey: str) -> pd.Series:
    """For each invitation 1 if the answer to it is complete, 0 if it is partial, missing if none is known."""
    rows = client.columns("responses", _ID, "survey", _CAME)
    rows = rows[rows["survey"] == survey]
    scores = [name for name in metrics.SURVEY_METRICS if metrics.instrument(client, survey, name)]
    if not {_ID, _ASKED} <= set(asked.columns) or not len(rows):
        return pd.Series(float("nan"), index=asked.index)
    is_whole = rows.reindex(columns=scores).notna().all(axis=1).astype(float)
    answers = rows[[_ID, _CAME]].assign(whole=is_whole).sort_values(_CAME)
    calls = asked[[_ID, _ASKED]].assign(place=asked.index).dropna().sort_values(_ASKED)
    until = calls.groupby(_ID)[_ASKED].shift(-1)
    found = pd.merge_asof(calls, answers, left_on=_ASKED, right_on=_CAME, by=_ID, direction="forward")
    late = (found[_CAME] >= until.reset_index(drop=True)).to_numpy()
    return found["whole"].mask(late).set_axis(found["place"]).reindex(asked.index)


def _standing(client: Client, asked: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whether each invited person is a known customer, and whether the person had left by then."""
    customers = client.table("customers")
    everybody, nobody = pd.Series(True, index=asked.index), pd.Series(False, index=asked.index)
    if _ID not in customers or _ID not in asked:
        return everybody, nobody
    known = asked[_ID].isin(customers[_ID])
    if "left_on" not in customers or _ASKED not in asked:
        return known, nobody
    left = asked[_ID].map(customers.drop_duplicates(_ID).set_index(_ID)["left_on"])
    return known, left < asked[_ASKED]


def drawn(client: Client) -> tuple[list[Claim], list[Exhibit]]:
    """Return what there is to say of response: nothing without invitations."""
    sent = set(client.columns("invitations", "survey")["survey"])
    found = {name: turnout(client, name) for name in client.engagement.setup.surveys if name in sent}
    found = {name: counted for name, counted in found.items() if counted.asked >= client.min_n}
    if not found:
        return [], []
    rates = Exhibit("response-rates", "table", table(client, found), Claim("reading.response-rates"))
    silence = Exhibit("worst-case", "table", worst(client, found), Claim("reading.worst-case"))
    return [_claim(client, name, counted) for name, counted in found.items()], [rates, silence]


def _name(client: Client, survey: str) -> object:
    """How readers call a survey."""
    return plain(client.engagement.setup.surveys[survey].name) or survey


def _rate(value: float, n: int, level: float) -> Estimate:
    """A response rate: all invitations are counted, so there is no interval."""
    return Estimate(value, n=n, level=level, unit="share", reason="full-count")


def _claim(client: Client, survey: str, found: Turnout) -> Claim:
    """How many of those asked answered."""
    rate = _rate(found.rates.rr2, found.asked, client.level)
    answered = found.complete + found.partial
    return Claim("response-rate", {"survey": _name(client, survey), "rate": rate, "answered": answered})


def table(client: Client, found: dict[str, Turnout]) -> pd.DataFrame:
    """Return one row a survey: invitations, complete and partial answers, and AAPOR's rates 1, 2, 3 and 6."""
    rows = [
        {
            "survey": _name(client, survey),
            "asked": counted.asked,
            "complete": counted.complete,
            "partial": counted.partial,
            **{
                name: _rate(getattr(counted.rates, name), counted.asked, client.level)
                for name in ("rr1", "rr2", "rr3", "rr6")
            },
        }
        for survey, counted in found.items()
    ]
    return pd.DataFrame(rows)


def worst(client: Client, found: dict[str, Turnout]) -> pd.DataFrame:
    """Return one row a survey and metric: the value now, and its bounds if all who were silent were at one end."""
    rows = []
    for survey, counted in found.items():
        for metric in metrics.SURVEY_METRICS:
            now = metrics.value(client, metric, name=survey)
            if now.is_known:
                row = {"survey": _name(client, survey), "metric": Term(f"metric.{metric}"), "now": now}
                rows.append(row | {"worst": _bounds(now, counted, client.level)})
    return pd.DataFrame(rows, columns=["survey", "metric", "now", "worst"])


def _bounds(now: Estimate, counted: Turnout, level: float) -> Estimate:
    """What a value could be at worst; answers without an invitation do not make the silence smaller."""
    answered = min(now.n, counted.complete + counted.partial)
    lowest, highest = _ENDS[now.unit]
    ends = {"lowest": lowest, "highest": highest, "level": level}
    return replace(worst_case(now.value, answered=answered, asked=counted.asked, **ends), unit=now.unit)
