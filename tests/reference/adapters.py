"""The reference cases' names and keys, translated to the library's: no arithmetic here.

`METHODS` maps a method of the reference cases to a function of (inputs, dataset) that gives the expected keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from cxlib.intake import persian
from cxlib.measures import (
    attribution,
    choice,
    classes,
    control,
    drivers,
    effects,
    forecasts,
    journeys,
    keyness,
    ordinal,
    plotdots,
    privacy,
    promoters,
    ranking,
    raters,
    reliability,
    retention,
    returns,
    rfm,
    sbg,
    segments,
    sequential,
    shares,
    shifts,
    spend,
    survey,
    survival,
    targets,
    value,
    weighting,
)

Inputs = Mapping[str, Any]
Found = dict[str, Any]


def _level(inputs: Inputs) -> dict[str, float]:
    """The confidence level, if one is given."""
    return {"level": inputs["confidence"]} if "confidence" in inputs else {}


def _rows(dataset: pd.DataFrame, wanted: Any) -> pd.DataFrame:
    """The rows of a data set that a filter keeps: {column: value or list}, or an expression."""
    if not wanted:
        return dataset
    if isinstance(wanted, str):
        return dataset.query(wanted)
    for column, kept in wanted.items():
        dataset = dataset[dataset[column].isin(kept if isinstance(kept, list) else [kept])]
    return dataset


def _from_one(places: Iterable[int]) -> list[int]:
    return [place + 1 for place in places]


def _from_zero(places: Any) -> Any:
    """Positions counted from 0; a number of first points stays."""
    return [place - 1 for place in places] if isinstance(places, list) else places


def _ratings(inputs: Inputs, dataset: pd.DataFrame | None) -> Any:
    return inputs.get("ratings", dataset)


# --- NPS, shares, satisfaction


def _group(inputs: Inputs) -> promoters.Promoters:
    return promoters.Promoters(inputs["promoters"], inputs["passives"], inputs["detractors"])


def nps_from_scores(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    group = promoters.promoters(inputs["scores"])
    return {
        "promoters": group.promoters,
        "passives": group.passives,
        "detractors": group.detractors,
        "nps": group.net,
        "variance": group.variance,
        "se": group.se,
    }


def nps_wald(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = promoters.wald(_group(inputs), **_level(inputs))
    return {"nps": found.net, "se": found.se, "ci_low": found.low, "ci_high": found.high}


def nps_adjusted_wald(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = promoters.adjusted_wald(_group(inputs), **_level(inputs))
    return {
        "nps": found.net,
        "se": found.se,
        "ci_low": found.low,
        "ci_high": found.high,
        "ci_low_raw": found.low_raw,
        "ci_high_raw": found.high_raw,
    }


def nps_score_interval(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    low, high = promoters.score_interval(_group(inputs), **_level(inputs))
    return {"ci_low": low, "ci_high": high}


def nps_difference(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    test = "wald" if str(inputs.get("test", "adjusted")).lower() == "wald" else "adjusted_wald"
    found = promoters.net_difference(_group(inputs["a"]), _group(inputs["b"]), test=test, **_level(inputs))
    return {
        "difference": found.centre,
        "se": found.se,
        "ci_low": found.low,
        "ci_high": found.high,
        "p_value": found.p_value,
    }


def nps_sample_size(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"n": promoters.sample_size(margin=inputs["margin"], variance=inputs["variance"], **_level(inputs))}


def nps_two_sample_size(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    power = {"power": inputs["power"]} if "power" in inputs else {}
    found = promoters.two_sample_size(
        difference=inputs["difference"], variance_sum=inputs["variance_sum"], **power, **_level(inputs)
    )
    return {"n_exact": found.n_exact, "n_per_group": found.n_per_group}


def wilson_interval(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    low, high = shares.wilson(inputs["successes"], inputs["n"], **_level(inputs))
    return {"ci_low": low, "ci_high": high}


def newcombe_difference(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = shares.share_difference(inputs["x1"], inputs["n1"], inputs["x2"], inputs["n2"], **_level(inputs))
    return {"difference": found.value, "ci_low": found.low, "ci_high": found.high}


def benjamini_hochberg(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = shares.false_discoveries(inputs["p"], **({"rate": inputs["fdr"]} if "fdr" in inputs else {}))
    return {"adjusted": list(found.adjusted), "rejected": found.count}


def quantiles(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"q": shares.quantiles(inputs["x"], inputs["p"])}


def csat(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    scale = f"csat{inputs['scale_max']}"
    good = survey.csat(inputs["ratings"], scale=scale, **_level(inputs))
    return {
        "mean": survey.mean(inputs["ratings"]).value,
        "top_box_count": survey.good_count(inputs["ratings"], instrument=scale),
        "top_box_pct": shares.percent(good.value),
        "ci_low_pct": shares.percent(good.low),
        "ci_high_pct": shares.percent(good.high),
    }


def cronbach_alpha(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    dropped = inputs.get("drop") or []
    found = reliability.cronbach_alpha(dataset, drop=[dropped] if isinstance(dropped, str) else dropped)
    return {"alpha": found.alpha.value, "k": found.k}


_CES = {"1.0": "ces1", "1": "ces1", "2.0": "ces2", "2": "ces2"}


def ces(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    version = _CES.get(str(inputs["version"]), str(inputs["version"]))
    easy = shares.percent(survey.ces(inputs["ratings"], version=version).value)
    return {
        "mean": survey.mean(inputs["ratings"]).value,
        "good_direction": survey.DIRECTION[version],
        "easy_pct": easy,
        "low_effort_pct": easy,
    }


# --- weighting, response


def weighted_nps(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    cuts = {name: inputs[name] for name in ("promoter_min", "detractor_below") if name in inputs}
    found = weighting.weighted_net(dataset[inputs["value"]], dataset[inputs["weight"]], **cuts, **_level(inputs))
    return {
        "promoters": found.promoters,
        "passives": found.passives,
        "detractors": found.detractors,
        "nps": found.net,
        "se": found.se,
        "ci_low": found.low,
        "ci_high": found.high,
    }


def raking(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    base = dataset[inputs["base_weight"]] if inputs.get("base_weight") else None
    raked = weighting.raking(dataset, targets=inputs["targets"], base=base)
    by_cell = weighting.cell_weights(dataset, raked.weights, by=list(inputs["targets"]))
    found = {"sum_weights": float(raked.weights.sum()), "deff_kish": raked.design.deff}
    found |= {"w|" + "|".join(cell): by_cell.get(tuple(cell)) for cell in inputs.get("cells", [])}
    for name in inputs.get("means", []):
        found[f"mean|{name}"] = weighting.weighted_mean(dataset[name], raked.weights).mean
    for name in inputs.get("totals", []):
        found[f"total|{name}"] = weighting.weighted_total(dataset[name], raked.weights)
    return found


def kish_deff(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    weights = inputs["weights"]
    found = weighting.kish(dataset[weights] if isinstance(weights, str) else weights)
    return {"deff": found.deff, "n_eff": found.n_eff}


def weighted_mean_se(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    values, weights = dataset[inputs["value"]], dataset[inputs["weight"]]
    if "threshold_gt" in inputs:
        found = weighting.share_above(values, weights, threshold=inputs["threshold_gt"])
    else:
        found = weighting.weighted_mean(values, weights)
    return {"mean": found.mean, "se": found.se}


_FATES = ("complete", "partial", "refusal", "non_contact", "other", "unknown_household", "unknown_other")


def response_rate(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    share = {"eligible_share": inputs["e"]} if "e" in inputs else {}
    found = weighting.response_rates(**{name: inputs[name] for name in _FATES if name in inputs}, **share)
    return {f"RR{number}": getattr(found, f"rr{number}") for number in range(1, 7)}


# --- lifetime value


def sbg_fit(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    model = sbg.fit(inputs["active"])
    found = {"alpha": model.alpha, "beta": model.beta, "loglik": model.loglik, "mean_churn": model.mean_churn}
    if "horizon" in inputs:
        found |= {
            "survival": sbg.survival(model, periods=inputs["horizon"]),
            "retention": sbg.retention(model, periods=inputs["horizon"]),
        }
    return found


def sbg_loglik(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"loglik": sbg.loglik(sbg.Sbg(inputs["alpha"], inputs["beta"]), inputs["active"])}


def sbg_derl(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    model, past = sbg.Sbg(inputs["alpha"], inputs["beta"]), inputs["survived_periods"]
    if isinstance(past, list):
        return {"derl": [sbg.residual_lifetime(model, discount=inputs["discount"], survived_periods=n) for n in past]}
    return {"derl": sbg.residual_lifetime(model, discount=inputs["discount"], survived_periods=past)}


def sbg_multi_cohort(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    cohorts = inputs["cohorts"]
    model = sbg.fit_cohorts(list(cohorts.values()) if isinstance(cohorts, Mapping) else cohorts)
    return {"alpha": model.alpha, "beta": model.beta, "loglik": model.loglik, "mean_churn": model.mean_churn}


_COLUMNS = {
    "x": "frequency",
    "t_x": "recency",
    "tx": "recency",
    "T": "age",
    "periods": "age",
    "zbar": "spend",
    "m": "spend",
    "weights": "counts",
    "customer_id": "customer",
    "masterid": "customer",
    "sales": "amount",
    "dollar_value": "amount",
}


def _histories(inputs: Inputs, dataset: pd.DataFrame) -> pd.DataFrame:
    """One row a customer, from such rows or from a log of purchases."""
    frame = dataset.rename(columns=_COLUMNS)
    if "calibration_end" not in inputs:
        return frame
    return value.histories(
        _log(frame), customer="customer", day="date", end=_day(inputs["calibration_end"]), amount="amount"
    )


def _log(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(date=pd.to_datetime(frame["date"].astype(str)))


def _day(text: str) -> dt.date:
    return pd.Timestamp(text).date()


def _bgnbd(inputs: Inputs) -> value.BgNbd:
    return value.BgNbd(**{name: inputs["params"][name] for name in ("r", "alpha", "a", "b")})


def _customers(given: Any) -> pd.DataFrame:
    """Customers as columns frequency, recency, age and spend, from names or in this order."""
    if isinstance(given, list) and isinstance(given[0], list):
        return pd.DataFrame(given).rename(columns=dict(enumerate(["frequency", "recency", "age", "spend"])))
    return pd.DataFrame([given] if isinstance(given, Mapping) and not _is_columns(given) else given).rename(
        columns=_COLUMNS
    )


def _is_columns(given: Mapping[str, Any]) -> bool:
    return all(isinstance(column, list) for column in given.values())


def _future(model: value.BgNbd, customers: pd.DataFrame, t: float) -> tuple[list[float], list[float]]:
    """Expected purchases in the time t and probability to be there, one a customer."""
    history = {name: customers[name] for name in ("frequency", "recency", "age")}
    return (value.conditional_purchases(model, **history, t=t).tolist(), value.p_alive(model, **history).tolist())


def bgnbd_fit(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    rows = _histories(inputs, dataset)
    model = value.fit(rows["frequency"], rows["recency"], rows["age"], counts=rows.get("counts"))
    found = {"n": model.n, "r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b, "loglik": model.loglik}
    if "expected_at" in inputs:
        found["expected_at"] = value.expected_purchases(model, inputs["expected_at"]).tolist()
    if "conditional" in inputs:
        expected, alive = _future(model, _customers(inputs["conditional"]), inputs["conditional"]["t"])
        found |= {"conditional": expected[0], "p_alive": alive[0]}
    if "holdout_weeks" in inputs:
        end = _day(inputs["calibration_end"])
        test = spend.back_test(
            _log(dataset.rename(columns=_COLUMNS)),
            customer="customer",
            day="date",
            calibration_end=end,
            holdout_end=end + dt.timedelta(weeks=inputs["holdout_weeks"]),
        )
        found |= {
            "holdout_actual": test.actual,
            "holdout_expected": test.expected,
            "by_frequency": test.by_frequency.to_dict("list"),
        }
    return found


def bgnbd_pmf(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"p": value.purchase_probabilities(_bgnbd(inputs), n=inputs["n"], t=inputs["t"]).tolist()}


def bgnbd_customer(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    expected, alive = _future(_bgnbd(inputs), _customers(inputs["customers"]), inputs["t"])
    return {"expected": expected, "p_alive": alive}


def bgnbd_expectation(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = value.expected_purchases(_bgnbd(inputs), inputs["t"])
    return {"expected": found.tolist() if isinstance(inputs["t"], list) else found}


def gamma_gamma_fit(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    rows = _histories(inputs, dataset)
    model = spend.fit(rows["frequency"], rows["spend"])
    return {"p": model.p, "q": model.q, "v": model.v, "loglik": model.loglik}


def gamma_gamma_expected(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    model = spend.GammaGamma(**inputs["params"])
    return {"expected": spend.expected_spend(model, frequency=inputs["x"], spend=inputs["m"]).tolist()}


def clv_discounted(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = spend.lifetime_value(
        _customers(inputs["customers"]),
        purchases=_bgnbd(inputs),
        amounts=spend.GammaGamma(**inputs["gg"]),
        months=inputs["months"],
        monthly_discount=inputs["monthly_discount"],
        periods_per_month=inputs["periods_per_month"],
    )
    return {"clv": found.tolist()}


# --- segments, drivers


def rfm_scores(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    log = dataset.assign(order_date=pd.to_datetime(dataset["order_date"]))
    scores = rfm.rfm(log, customer="customer_id", day="order_date", amount="revenue", as_of=_day(inputs["as_of"]))
    cells = {
        who: {name: scores.at[who, name].item() for name in ("recency", "frequency", "monetary", "score")}
        for who in inputs.get("ids", [])
    }
    found = {"customers": len(scores), "transactions": len(log), "cells": cells}
    bounds = inputs.get("champions")
    if bounds:
        given = {name: tuple(ends) for name, ends in bounds.items()} if isinstance(bounds, Mapping) else {}
        found["champions"] = int(rfm.within(scores, **given).sum())
    return found


def kmeans_quality(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = {k: segments.partition(dataset[inputs["columns"]], k=k) for k in inputs["k"]}
    return {
        str(k): {
            "within_ss": part.within_ss,
            "silhouette": part.silhouette,
            "calinski_harabasz": part.calinski_harabasz,
            "sizes": sorted(part.sizes),
        }
        for k, part in found.items()
    }


def cluster_stability(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = {k: segments.stability(dataset[inputs["columns"]], k=k) for k in inputs["k"]}
    return {
        str(k): {"min_jaccard": part.min_jaccard, "jaccard": list(part.jaccard), "grade": part.grade}
        for k, part in found.items()
    }


def jaccard(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"jaccard": segments.jaccard(inputs["a"], inputs["b"])}


def latent_class(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = {k: classes.latent_classes(dataset, k=k, columns=inputs["columns"]) for k in inputs["k"]}
    return {
        str(k): {
            "loglik": model.loglik,
            "aic": model.aic,
            "bic": model.bic,
            "npar": model.npar,
            "n": model.n,
            "shares": list(model.shares),
        }
        for k, model in found.items()
    }


def relative_importance(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = drivers.importance(dataset, outcome=inputs["outcome"])
    shares_of = {"lmg": found.lmg, "johnson": found.johnson, "pratt": found.pratt}
    return {"r2": found.r2} | {name: shares_of[name] for name in inputs.get("metrics", shares_of)}


def proportional_odds(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    counts = inputs.get("counts", "Freq" if "Freq" in dataset else None)
    link = {"logistic": "logit"}.get(inputs.get("link", "logit"), inputs.get("link", "logit"))
    model = ordinal.proportional_odds(dataset, outcome=inputs.get("outcome", "Sat"), counts=counts, link=link)
    return {
        "coef": model.coef,
        "se": model.se,
        "thresholds": list(model.thresholds),
        "deviance": model.deviance,
        "n": model.n,
    }


# --- privacy


def k_anonymity(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    records = pd.DataFrame(inputs["records"]) if "records" in inputs else dataset
    sizes = privacy.group_size(records, keys=inputs["keys"])
    return {"group_size": sizes.tolist()} | {f"below_{k}": privacy.below(sizes, k=k) for k in inputs.get("ks", [2, 3])}


def suppression_safe(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = privacy.suppression(inputs["table"], hidden=inputs["suppressed"], min_n=inputs["min_base"])
    return {"small_cells_hidden": found.small_hidden, "not_recoverable": found.not_recoverable, "safe": found.is_safe}


# --- retention


def crr(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    kept = retention.formula(inputs["start"], inputs["end"], inputs["new"])
    return {"retention_pct": shares.percent(kept), "churn_pct": shares.percent(1 - kept)}


def _lives(inputs: Inputs, dataset: pd.DataFrame | None) -> tuple[Any, Any]:
    """Times and whether the event happened."""
    if dataset is None:
        return inputs["time"], inputs["event"]
    return dataset[inputs["time"]], _happened(inputs, dataset)


def _happened(inputs: Inputs, dataset: pd.DataFrame) -> pd.Series:
    """The event column, or where it holds the event's value."""
    event = dataset[inputs["event"]]
    return event.eq(inputs["event_value"]) if "event_value" in inputs else event


def kaplan_meier(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    curve = survival.survival_curve(*_lives(inputs, dataset), **_level(inputs))
    points = {str(time): survival.survival_at(curve, time) for time in inputs.get("at", [])}
    median = survival.time_reached(curve)
    return {
        "at": {
            time: {"survival": point.survival, "se": point.se, "ci_low": point.low, "ci_high": point.high}
            for time, point in points.items()
        },
        "median": median[0],
        "events": curve.events,
    }


def logrank(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    if dataset is None:
        found = survival.log_rank(inputs["time_a"], inputs["event_a"], inputs["time_b"], inputs["event_b"])
    else:
        known = dataset.dropna(subset=[inputs["group"]])
        time, event = known[inputs["time"]], _happened(inputs, known)
        first = known[inputs["group"]].eq(inputs["group_value"])
        found = survival.log_rank(time[first], event[first], time[~first], event[~first])
    return {
        "chi2": found.chi2,
        "p_value": found.p_value,
        "observed_a": found.observed_a,
        "expected_a": found.expected_a,
    }


# --- journeys


def event_log_dfg(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    events = _rows(dataset, inputs.get("filter"))
    events = events.assign(**{inputs["case"]: events[inputs["case"]].astype(object).fillna("NA")})
    time = "" if inputs.get("keep_file_order") else inputs["time"]
    order = inputs.get("order") or ""
    log = journeys.steps(
        events, case=inputs["case"], activity=inputs["activity"], time=time, order=order if order in events else ""
    )
    graph, ways, counts = journeys.edges(log), journeys.variants(log), journeys.activities(log)
    return {
        "cases": log["case"].nunique(),
        "events": len(log),
        "variants": len(ways),
        "top_variant": int(ways["n"].iloc[0]),
        "edges": {f"{edge.source} -> {edge.target}": edge.n for edge in graph.itertuples()},
        "starts": journeys.starts(log).to_dict(),
        "ends": journeys.ends(log).to_dict(),
        "activities": len(counts),
        "activity_counts": counts.to_dict(),
    }


def markov_attribution(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    if "paths" in inputs:
        paths = pd.DataFrame(inputs["paths"])
        steps, won, lost = paths["path"], paths["conversions"], paths.get("nulls")
    else:
        steps = (
            dataset[inputs.get("path", "path")]
            .str.split(inputs.get("sep", ">"))
            .map(lambda path: [step.strip() for step in path])
        )
        won = dataset[inputs.get("conversions", "total_conversions")]
        lost = dataset[inputs.get("nulls", "total_null")]
    found = attribution.removal_effects(list(steps), conversions=won, losses=lost)
    return {"conversion_rate": found.conversion_rate, "removal_effect": found.effect, "share": found.share}


# --- text


def persian_normalize(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"text": [persian.shown(text) for text in inputs["texts"]]}


def _tokens(text: Any) -> list[str]:
    """The words of one text or of several."""
    return text.split() if isinstance(text, str) else " ".join(text).split()


def keyness_g2(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = keyness.keyness(_tokens(inputs["target"]), reference=_tokens(inputs["reference"]))
    return {"signed_g2": dict(zip(found["word"], found["g2"])), "order": found["word"].tolist()}


def text_vader(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"compound": keyness.english_sentiment(inputs["texts"])}


# --- targets


def t_test_sample_size(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = targets.means_sample_size(inputs["d"], **_power(inputs))
    return {"n_exact": found.exact, "n_per_group": found.per_group}


def _power(inputs: Inputs) -> dict[str, float]:
    """Level and power, where given."""
    found = {"power": inputs["power"]} if "power" in inputs else {}
    return found | ({"level": 1 - inputs["alpha"]} if "alpha" in inputs else {})


def two_proportion_sample_size(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = targets.shares_sample_size(inputs["p1"], p2=inputs["p2"], **_power(inputs))
    return {"n_exact": found.exact, "n_per_group": found.per_group}


def ses_forecast(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    y = dataset[inputs["y"]] if isinstance(inputs["y"], str) else inputs["y"]
    found = forecasts.smoothing(y, h=inputs.get("h", 1), textbook=True, **_level(inputs))
    return {
        "alpha": found.weight,
        "level0": found.start,
        "forecast": found.forecast.value.tolist(),
        "lo95": found.forecast.low.tolist(),
        "hi95": found.forecast.high.tolist(),
    }


def trend_prediction_interval(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    x, y = (dataset[inputs[name]] if isinstance(inputs[name], str) else inputs[name] for name in ("x", "y"))
    found = forecasts.trend(y, x=x, at=inputs["at"], **_level(inputs))
    return {
        "intercept": found.intercept,
        "slope": found.slope,
        "fit": found.forecast.value.tolist(),
        "lo95": found.forecast.low.tolist(),
        "hi95": found.forecast.high.tolist(),
    }


# --- control charts


def xmr_chart(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    chart = control.xmr(
        inputs["x"],
        baseline=_from_zero(inputs.get("baseline")),
        screen_moving_ranges=inputs.get("screen_moving_ranges", False),
    )
    return {
        "mean": chart.center,
        "mr_bar": chart.moving_range,
        "sigma": chart.sigma,
        "lcl": float(chart.low[0]),
        "ucl": float(chart.high[0]),
        "mr_ucl": chart.moving_high,
        "out": _from_one(chart.out),
    }


def p_chart(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    chart = control.p_chart(
        inputs["count"],
        size=inputs["size"],
        prime=inputs.get("prime", False),
        exclude=_from_zero(inputs.get("exclude", [])),
        screen_moving_ranges=inputs.get("screen_moving_ranges", False),
    )
    first = inputs.get("first")
    return {
        "center": chart.center,
        "lcl": chart.low[:first].tolist(),
        "ucl": chart.high[:first].tolist(),
        "out": _from_one(chart.out),
    }


def cusum_chart(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    size = {key: inputs[key] for key in ("k", "h") if key in inputs}
    chart = shifts.cusum(inputs["x"], target=inputs["target"], sigma=inputs["sigma"], **size)
    first = None if chart.first_signal is None else _from_one([chart.first_signal])[0]
    return {"c_plus": chart.above.tolist(), "c_minus": chart.below.tolist(), "first_signal": first}


def ewma_chart(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    names = {"lambda": "weight", "L": "width"}
    size = {name: inputs[key] for key, name in names.items() if key in inputs}
    chart = shifts.ewma(inputs["x"], target=inputs["target"], sigma=inputs["sigma"], **size)
    return {"z": chart.z.tolist(), "signals": _from_one(chart.signals)}


_NHS = {
    "outside-high": "Above UCL",
    "outside-low": "Below LCL",
    "trend-up": "7 Point Trend (Increasing)",
    "trend-down": "7 Point Trend (Decreasing)",
    "near-high": "2 in 3 Above CL",
    "near-low": "2 in 3 Below CL",
    "run-above": "7 Points Above CL",
    "run-below": "7 Points Below CL",
    "common": "Common Cause",
}


def nhs_rules(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = plotdots.dots(inputs["x"], fix_after=inputs.get("fix_after"))
    return {"mean": found.mean, "lpl": found.low, "upl": found.high, "labels": [_NHS[label] for label in found.labels]}


def nhs_assurance(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = plotdots.assurance(inputs["limits"], target=inputs["target"], direction=inputs["direction"])
    return {"assurance": [answer or None for answer in found]}


# --- effects


def did_ols(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    import numpy as np

    rows = _rows(dataset, inputs.get("filter"))
    y = np.log(rows[inputs["y"]]) if inputs.get("log") else rows[inputs["y"]]
    cluster = rows[inputs["cluster"]] if inputs.get("cluster") else None
    errors = "robust" if inputs.get("robust") else "plain"
    found = effects.did(y, group=rows[inputs["group"]], post=rows[inputs["post"]], cluster=cluster, errors=errors)
    return (
        found.coefficients
        | {f"se_{name}": error for name, error in found.errors.items()}
        | {
            "n": found.effect.n,
            "r2": found.r2,
            "p_value": found.effect.p_value,
            "ci_low": found.effect.low,
            "ci_high": found.effect.high,
        }
    )


_TREATED, _AFTER = ("treat", "near", "nj", "exposed"), ("after", "post", "1981", "_1")


def did_means(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    means = {}
    for name, mean in inputs.items():
        treated = any(word in name.lower() for word in _TREATED)
        after = any(word in name.lower() for word in _AFTER)
        means[("treated" if treated else "control") + ("_after" if after else "_before")] = mean
    return {"did": effects.did_means(means.pop("treated_before"), **means)}


def cuped(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = effects.cuped(inputs["y"], x=inputs["x"], treated=inputs["treated"])
    return {
        "raw_effect": found.raw.value,
        "cuped_effect": found.adjusted.value,
        "theta": found.theta,
        "variance_ratio": found.variance_ratio,
        "one_minus_r2": found.variance_ratio,
    }


def group_sequential(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    level = {"level": 1 - inputs["alpha"]} if "alpha" in inputs else {}
    found = sequential.bounds(
        _design(inputs["design"]), looks=inputs.get("looks"), information=inputs.get("information"), **level
    )
    return {"bounds": found}


def _design(name: str) -> str:
    """The library's name of a design."""
    plain = name.lower().replace("_", "-")
    spends = any(word in plain for word in ("lan", "ld", "spend", "alpha"))
    kind = "pocock" if "poc" in plain else "obrien-fleming"
    return f"spending-{kind}" if spends else kind


def repeated_looks_error(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    level = {"level": 1 - inputs["alpha"]} if "alpha" in inputs else {}
    looks = inputs["looks"]
    if isinstance(looks, list):
        return {"type1": [sequential.repeated_looks_error(number, **level) for number in looks]}
    return {"type1": sequential.repeated_looks_error(looks, **level)}


def normal_mixture_bound(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    level, v = 1 - inputs["alpha"], inputs["v"]
    bounds = [
        sequential.mixture_bound(one, best_at=inputs["v_opt"], level=level)
        for one in (v if isinstance(v, list) else [v])
    ]
    bound = bounds if isinstance(v, list) else bounds[0]
    return {"rho": sequential.mixture_rho(inputs["v_opt"], level=level), "bound": bound}


# --- choice


def _weights(given: Any, names: list[str] | None = None) -> dict[str, float]:
    """Weights from comparisons (pairs or matrix), or as given."""
    if isinstance(given, Mapping) and ("pairs" in given or "matrix" in given):
        return _compared(given, names).weights
    return dict(given) if isinstance(given, Mapping) else dict(zip(names or [], given))


def _compared(given: Inputs, names: list[str] | None = None) -> choice.Weights:
    pairs = given.get("pairs", [])
    names = given.get("names", names) or list(dict.fromkeys(name for pair in pairs for name in pair[:2]))
    matrix = given["matrix"] if "matrix" in given else choice.comparisons(names, pairs=given["pairs"])
    return choice.ahp(names, matrix=matrix)


def ahp(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = _compared(inputs)
    return {"weights": found.weights, "lambda_max": found.eigenvalue, "ci": found.index, "cr": found.ratio}


def ahp_hierarchy(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    names = inputs.get("names")
    criteria = _weights(inputs["criteria"])
    under = {key: _weights(given, names) for key, given in inputs["alternatives"].items()}
    return {"weights": choice.hierarchy(criteria, alternatives=under)}


_TYPES = {"max": 1, "benefit": 1, "min": -1, "cost": -1}


def topsis(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    types = [_TYPES.get(kind, kind) for kind in inputs["types"]]
    found = ranking.topsis(inputs["matrix"], weights=inputs["weights"], types=types)
    return {"score": list(found.score), "rank": list(found.rank)}


def smaa(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = ranking.smaa(inputs["utilities"])
    return {
        "rank_acceptability": found.rank.tolist(),
        "central_weights": [None if row is None else list(row) for row in found.central],
    }


# --- returns


def simple_clv(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    rates = {"discount": inputs["discount"]}
    found = {"multiple": returns.margin_multiple(inputs["retention"], **rates)}
    if "margin" in inputs:
        found["clv"] = returns.simple_clv(inputs["margin"], retention=inputs["retention"], **rates)
    return found


def earned_growth(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = returns.earned_growth(
        inputs["revenue_prior"],
        from_prior_customers=inputs["revenue_now_from_prior_customers"],
        from_earned_new=inputs["revenue_now_from_earned_new"],
    )
    return {
        "nrr_pct": shares.percent(found.net_retention),
        "enc_pct": shares.percent(found.earned_new),
        "earned_growth_rate_pct": shares.percent(found.rate),
    }


# --- raters


def krippendorff_alpha(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    levels = inputs.get("levels", raters.SCALES)
    return {"alpha": {scale: raters.krippendorff(_ratings(inputs, dataset), scale=scale) for scale in levels}}


def icc(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return raters.icc(_ratings(inputs, dataset))


def kendall_w(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    found = raters.kendall_w(_ratings(inputs, dataset))
    return {"w": found.w, "w_tie_corrected": found.w_tie_corrected}


def fleiss_kappa(inputs: Inputs, dataset: pd.DataFrame | None) -> Found:
    return {"kappa": raters.fleiss_kappa(pd.DataFrame(_ratings(inputs, dataset)))}


METHODS: dict[str, Callable[[Inputs, pd.DataFrame | None], Found]] = {
    function.__name__: function
    for function in (
        nps_from_scores,
        nps_wald,
        nps_adjusted_wald,
        nps_score_interval,
        nps_difference,
        nps_sample_size,
        nps_two_sample_size,
        wilson_interval,
        newcombe_difference,
        benjamini_hochberg,
        quantiles,
        csat,
        ces,
        cronbach_alpha,
        k_anonymity,
        suppression_safe,
        crr,
        kaplan_meier,
        logrank,
        event_log_dfg,
        markov_attribution,
        persian_normalize,
        keyness_g2,
        text_vader,
        t_test_sample_size,
        two_proportion_sample_size,
        ses_forecast,
        trend_prediction_interval,
        xmr_chart,
        p_chart,
        cusum_chart,
        ewma_chart,
        nhs_rules,
        nhs_assurance,
        did_ols,
        did_means,
        cuped,
        group_sequential,
        repeated_looks_error,
        normal_mixture_bound,
        ahp,
        ahp_hierarchy,
        topsis,
        smaa,
        rfm_scores,
        kmeans_quality,
        cluster_stability,
        jaccard,
        latent_class,
        relative_importance,
        proportional_odds,
        weighted_nps,
        raking,
        kish_deff,
        weighted_mean_se,
        response_rate,
        sbg_fit,
        sbg_loglik,
        sbg_derl,
        sbg_multi_cohort,
        bgnbd_fit,
        bgnbd_pmf,
        bgnbd_customer,
        bgnbd_expectation,
        gamma_gamma_fit,
        gamma_gamma_expected,
        clv_discounted,
        simple_clv,
        earned_growth,
        krippendorff_alpha,
        icc,
        kendall_w,
        fleiss_kappa,
    )
}
