"""What a customer is worth, in its simplest honest form, and how much of the growth is earned.

The margin multiple says what a customer is worth who stays each year with the same probability. Earned growth splits
the growth of revenue into what customers earn us (they stay, buy more, bring friends) and what is bought by
advertising.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxlib.errors import CxError
from cxlib.measures.given import between


def margin_multiple(retention: float, *, discount: float, paid_at: str = "end") -> float:
    """Return by what to multiply the yearly margin to get a customer's lifetime value.

    Parameters
    ----------
    retention
        Share of customers who stay from one year to the next, 0 to 1.
    discount
        Yearly discount rate, for example 0.1.
    paid_at
        ``end``: the first margin comes after a year, if the customer is still there: r / (1 + i − r).
        ``start``: it comes now: one more margin, (1 + i) / (1 + i − r).

    Raises
    ------
    CxError
        If `retention` is not a share or `discount` does not exceed retention − 1.

    Notes
    -----
    Gupta and Lehmann (2003), Customers as assets, Journal of Interactive Marketing 17. Constant retention overstates
    the loss of loyal customers: who has stayed long leaves less; see the shifted beta-geometric model.

    Examples
    --------
    >>> round(margin_multiple(0.8, discount=0.1), 4), round(margin_multiple(0.8, discount=0.1, paid_at="start"), 4)
    (2.6667, 3.6667)
    """
    between(retention, -1e-12, 1 + 1e-12, name="retention")
    if paid_at not in ("start", "end"):
        raise CxError("values-option", column="paid_at", found=paid_at, expected=["start", "end"], near="end")
    below = 1 + discount - retention
    if below <= 0:
        raise CxError("values-between", column="discount", found=discount, low=retention - 1, high="∞")
    return (retention if paid_at == "end" else 1 + discount) / below


def simple_clv(margin: float, *, retention: float, discount: float, paid_at: str = "end") -> float:
    """Return a customer's lifetime value from yearly margin, retention and discount rate.

    Examples
    --------
    >>> round(simple_clv(100, retention=0.8, discount=0.1), 2)
    266.67
    """
    return margin * margin_multiple(retention, discount=discount, paid_at=paid_at)


@dataclass(frozen=True)
class EarnedGrowth:
    """Growth that customers earned, in shares of last year's revenue.

    Attributes
    ----------
    net_retention
        Revenue now from the customers of last year (NRR).
    earned_new
        Revenue now from new customers who came by recommendation (ENC).
    rate
        NRR + ENC − 1.
    """

    net_retention: float
    earned_new: float
    rate: float


def earned_growth(revenue_prior: float, *, from_prior_customers: float, from_earned_new: float) -> EarnedGrowth:
    """Return how much of a company's growth its customers earned.

    Parameters
    ----------
    revenue_prior
        Revenue of the year before, in money.
    from_prior_customers
        Revenue now from customers of the year before.
    from_earned_new
        Revenue now from new customers who came by recommendation: ask them, do not guess.

    Raises
    ------
    CxError
        If there was no revenue before.

    Notes
    -----
    Reichheld, Darnell and Burns (2021), Net Promoter 3.0, Harvard Business Review.

    Examples
    --------
    >>> growth = earned_growth(100, from_prior_customers=95, from_earned_new=12)
    >>> round(growth.rate, 2)
    0.07
    """
    if not revenue_prior > 0:
        raise CxError("values-between", column="revenue_prior", found=revenue_prior, low=0, high="∞")
    kept, new = from_prior_customers / revenue_prior, from_earned_new / revenue_prior
    return EarnedGrowth(kept, new, kept + new - 1)
