"""The sample engagement: its files are what the generator makes, and what was planted can be found in them."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "data"))

from making.files import EXPORTED, PREVIEWS, TWICE, UNFINISHED  # noqa: E402
from making.folder import SEED, frames, inbox, words  # noqa: E402
from making.plan import PLAN, TRUTHS, WINDOW, null  # noqa: E402
from making.tables import tables  # noqa: E402
from making.times import CLOSES, HOLIDAYS, OPENS, WEEKEND, jalali, jalali_text, working_minutes  # noqa: E402

SAMPLE = ROOT / "data" / "nikkhaneh"
WIDE = 3.3
"""Standard errors that an estimate may lie off its truth: one in a thousand does by luck."""


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return inbox(PLAN, seed=SEED)


@pytest.fixture(scope="module")
def told() -> dict[str, pd.DataFrame]:
    return frames(PLAN, seed=SEED)


@pytest.fixture(scope="module")
def read() -> dict[str, pd.DataFrame]:
    """The sample as the workbook reads it."""
    from cxlib.engagement import folder
    from cxlib.intake import read

    return read.tables(folder.open(SAMPLE)).frames


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Finished answers of the transactional survey, each once, read with pandas alone."""
    raw = pd.read_csv(SAMPLE / "inbox/qualtrics_after_contact.csv", dtype="str", keep_default_na=False, skiprows=[1, 2])
    raw = raw[(raw["Status"] == "IP Address") & (raw["Finished"] == "True")].drop_duplicates("ResponseId")
    scores = {
        name: pd.to_numeric(raw[code], errors="coerce") for name, code in (("nps", "Q1"), ("csat", "Q2"), ("ces", "Q3"))
    }
    people = pd.read_csv(SAMPLE / "inbox/customers.csv", sep=";", dtype="str", encoding="utf-8-sig")
    return raw.assign(**scores).merge(people, left_on="ExternalReference", right_on="customer_id", validate="m:1")


def net(scores: pd.Series) -> tuple[float, float]:
    """Net Promoter Score and its standard error, in points."""
    sign = (scores.dropna() >= 9).astype(int) - (scores.dropna() <= 6)
    return 100 * sign.mean(), 100 * sign.std() / len(sign) ** 0.5


def near(estimate: tuple[float, float], truth: float) -> bool:
    return abs(estimate[0] - truth) < WIDE * estimate[1]


def mean(values: pd.Series) -> tuple[float, float]:
    values = values.dropna().astype(float)
    return values.mean(), values.std() / len(values) ** 0.5


def test_committed_files_are_what_the_generator_makes(made: dict[str, bytes]) -> None:
    stored = {path.name: path.read_bytes() for path in (SAMPLE / "inbox").iterdir()}
    assert stored.keys() == made.keys()
    assert [name for name in made if made[name] != stored[name]] == []


def test_another_seed_gives_other_files_with_the_same_columns(made: dict[str, bytes]) -> None:
    other = inbox(PLAN, seed=SEED + 1)
    same = {name for name in made if made[name] == other[name]}
    assert same == {"ratings.csv"}
    assert all(made[name].split(b"\n")[0] == other[name].split(b"\n")[0] for name in made)


def test_files_stay_small(made: dict[str, bytes]) -> None:
    assert max(map(len, made.values())) <= 1.5e6
    assert sum(map(len, made.values())) <= 4e6


def test_export_holds_rows_that_must_not_count() -> None:
    raw = pd.read_csv(SAMPLE / "inbox/qualtrics_after_contact.csv", dtype="str", keep_default_na=False)
    assert raw.loc[1, "ResponseId"] == '{"ImportId":"_recordId"}'
    assert (raw["Status"] == "Survey Preview").sum() == PREVIEWS
    assert (raw["Finished"] == "False").sum() == UNFINISHED
    assert raw["ResponseId"].duplicated().sum() == TWICE
    assert (raw["Q3"] == "Not applicable").sum() == 21


def test_counted_answers_are_those_of_the_plan(answers: pd.DataFrame) -> None:
    counts = answers.groupby("touchpoint").size()
    assert counts.to_dict() == {contact.label: contact.n for contact in PLAN.contacts}


def test_nps_of_every_stage_is_near_its_truth(answers: pd.DataFrame) -> None:
    truth = TRUTHS["nps"]
    assert near(net(answers["nps"]), truth["overall"])
    found = {stage: net(group["nps"]) for stage, group in answers.groupby("stage") if len(group) > 10}
    ids = {"Set-up": "setup"}
    assert all(near(found[stage], truth["stage"][ids.get(stage, stage.lower())]) for stage in found)
    assert min(found, key=lambda stage: found[stage][0]).lower() == truth["worst_stage"] == "delivery"


def test_age_splits_nps_and_gender_and_city_do_not(answers: pd.DataFrame) -> None:
    old, young = (
        net(answers.loc[mask, "nps"]) for mask in (answers["age_band"] == "50+", answers["age_band"] != "50+")
    )
    assert near(old, TRUTHS["nps"]["age_band"]["50+"]) and near(young, TRUTHS["nps"]["age_band"]["35-49"])
    assert young[0] - old[0] > 20
    women, men = (net(answers.loc[answers["gender"] == gender, "nps"]) for gender in ("female", "male"))
    assert abs(women[0] - men[0]) < WIDE * np.hypot(women[1], men[1])
    assert "gender" in TRUTHS["null_attributes"]


def test_delivery_became_easier_in_the_planted_month(answers: pd.DataFrame) -> None:
    step = TRUTHS["ces"]["step"]
    delivery = answers[answers["stage"] == "Delivery"]
    late = pd.to_datetime(delivery["StartDate"]) >= pd.Timestamp(jalali(step["from"]))
    before, after = mean(delivery.loc[~late, "ces"]), mean(delivery.loc[late, "ces"])
    assert near(before, step["before"]) and near(after, step["after"])


def test_emotion_of_a_stage_is_its_mean_satisfaction(answers: pd.DataFrame) -> None:
    value, error = mean(answers.loc[answers["stage"] == "Delivery", "csat"])
    assert near((value - 3, error), TRUTHS["emotion"]["delivery"])
    assert TRUTHS["emotion"]["delivery"] < 0 < TRUTHS["emotion"]["purchase"]


def test_retention_counts_and_the_formula_trap() -> None:
    people = pd.read_csv(
        SAMPLE / "inbox/customers.csv", sep=";", dtype="str", encoding="utf-8-sig", keep_default_na=False
    )
    first, last = (jalali_text(jalali(day)) for day in WINDOW)
    start = people[(people["joined_on"] < first) & ((people["left_on"] == "") | (people["left_on"] >= first))]
    kept = start["left_on"].eq("") | (start["left_on"] > last)
    new = people[people["joined_on"].between(first, last)]
    end = int(kept.sum()) + int(new["left_on"].eq("").sum())
    truth = TRUTHS["retention"]
    assert (len(start), end, len(new)) == (truth["start"], truth["end"], truth["new"]) == (1800, 2012, 560)
    assert kept.mean() == truth["crr"] == pytest.approx(0.83)
    assert (end - len(new)) / len(start) == pytest.approx(truth["naive_formula"]) == pytest.approx(0.8067, abs=1e-4)


def test_missed_slots_go_with_leaving(told: dict[str, pd.DataFrame]) -> None:
    people, truth = told["customers"], TRUTHS["exposure"]
    cohort = people[people["fate"].isin(["stayed", "left"])]
    left = (cohort["fate"] == "left").groupby(cohort["missed"].notna()).mean()
    assert left[True] == pytest.approx(truth["leave_exposed"], abs=0.002)
    assert left[False] == pytest.approx(truth["leave_other"], abs=0.002)
    log = pd.read_csv(SAMPLE / "inbox/events.csv", dtype="str")
    assert set(log.loc[log["touchpoint"] == "missed_slot", "customer_id"]) == set(
        cohort.loc[cohort["missed"].notna(), "customer_id"]
    )


def test_tickets_answer_as_planned_and_closed_ones_flatter(told: dict[str, pd.DataFrame]) -> None:
    tickets, truth = told["tickets"], TRUTHS["service"]
    people = tickets[~tickets["by_bot"]]
    reply, solving = (
        pd.Series(working_minutes(list(people["opened_at"]), list(people[column])))
        for column in ("replied_at", "solved_at")
    )
    assert reply.median() == pytest.approx(truth["first_response"]["median"], rel=0.08)
    assert reply.quantile(0.9) == pytest.approx(truth["first_response"]["p90"], rel=0.10)
    assert solving.median() == pytest.approx(truth["resolution"]["median"], rel=0.12)
    raw = pd.read_csv(SAMPLE / "inbox/zendesk_tickets.csv", dtype="str", keep_default_na=False)
    closed = raw[(raw["Handled by bot [flag]"] == "0") & (raw["Solved at"] != "")]
    minutes = closed["Full resolution time in minutes within business hours"].astype(float)
    assert minutes.mean() < 0.75 * solving.mean()
    assert (raw.loc[raw["Solved at"] == "", "Status"].isin(["New", "Open", "Pending"])).all()


def test_drivers_keep_their_order_and_the_passenger_has_no_weight(told: dict[str, pd.DataFrame]) -> None:
    pulse, truth = told["pulse"], TRUTHS["drivers"]
    battery = pulse[list(PLAN.drivers)].astype(float)
    design = np.column_stack([np.ones(len(pulse)), (battery - battery.mean()) / battery.std()])
    weights = dict(zip(PLAN.drivers, np.linalg.lstsq(design, pulse["nps"].to_numpy(float), rcond=None)[0][1:]))
    assert sorted(weights, key=weights.get, reverse=True)[:3] == truth["order"][:3]
    assert abs(weights[truth["passengers"][0]]) < 0.1
    assert battery["installation"].corr(pulse["nps"]) > 0.25


def test_one_message_works_and_the_other_does_not() -> None:
    sent = pd.read_csv(
        SAMPLE / "inbox/contacts.csv", dtype={"contact_id": "str", "customer_id": "str"}, keep_default_na=False
    )
    for campaign, truth in TRUTHS["experiments"].items():
        acted = sent[sent["campaign"] == campaign].assign(acted=lambda rows, o=truth["outcome"]: rows["outcome"] == o)
        held, treated = (mean(acted.loc[acted["holdout"] == flag, "acted"]) for flag in (1, 0))
        assert near((treated[0] - held[0], np.hypot(treated[1], held[1])), truth["effect"])


def test_bonus_differences_are_no_larger_than_luck() -> None:
    staff = pd.read_csv(SAMPLE / "inbox/staff.csv")
    monthly = staff[staff["item"] == "satisfied_share"]
    luck = PLAN.staff_share * (1 - PLAN.staff_share) / 25
    assert monthly["value"].var() == pytest.approx(luck, rel=0.25)
    assert monthly.groupby("person")["value"].mean().var() < 2.2 * luck / 18


def _digits(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdigit())


def _luhn(number: str) -> bool:
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def test_planted_personal_data_has_valid_check_digits_and_is_in_the_exports(made: dict[str, bytes]) -> None:
    personal = words()["personal"]
    cards = [_digits(sentence) for sentence in personal["card"]]
    assert [_luhn(card) and len(card) == 16 for card in cards] == [True] * 3
    ids = [_digits(sentence) for sentence in personal["national_id"]]
    rest = [sum(int(sign) * (10 - k) for k, sign in enumerate(code[:9])) % 11 for code in ids]
    assert [int(code[9]) == (left if left < 2 else 11 - left) for code, left in zip(ids, rest)] == [True] * 2
    for name in ("qualtrics_after_contact.csv", "porsline_pulse.csv"):
        text = made[name].decode("utf-8-sig")
        assert all(sentence in text for kind in personal.values() for sentence in kind)


def test_persian_form_has_persian_digits_jalali_moments_and_spellings() -> None:
    raw = pd.read_csv(SAMPLE / "inbox/porsline_pulse.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")
    form = words()["pulse"]
    assert raw[form["started"]].str.fullmatch(r"[۰-۹]{4}/[۰-۹]{2}/[۰-۹]{2}-[۰-۹]{2}: [۰-۹]{2}: [۰-۹]{2}").all()
    assert raw[form["csat"]].nunique() > 8
    assert raw[form["customer"]].str.len().eq(6).all() and raw[form["customer"]].str.startswith("۰").any()


def test_null_engagement_plants_nothing() -> None:
    shop = frames(null(PLAN), seed=SEED)
    answers = shop["after_contact"]
    groups = [net(group["nps"]) for _, group in answers.groupby("stage") if len(group) > 10]
    overall = net(answers["nps"])
    assert all(near((value - overall[0], error), 0) for value, error in groups)
    sent = shop["contacts"]
    acted = sent["outcome"] != "none"
    shares = acted.groupby([sent["campaign"], sent["holdout"]]).agg(["mean", "size"])
    for _, pair in shares.groupby("campaign"):
        spread = np.sqrt((pair["mean"] * (1 - pair["mean"]) / pair["size"]).sum())
        assert abs(pair["mean"].diff().iloc[-1]) < WIDE * spread


def test_engagement_opens_and_has_every_strategy_file() -> None:
    from cxlib.engagement import folder

    engagement = folder.open(SAMPLE)
    assert engagement.missing == ()
    assert len(engagement.personas.personas) == 3
    assert len(engagement.journey.stages) == 7 and len(engagement.journey.touchpoints) == 14
    assert {source.file for sources in engagement.setup.sources.values() for source in sources} == {
        f"inbox/{path.name}" for path in (SAMPLE / "inbox").iterdir()
    }


def test_planted_gaps_of_the_strategy() -> None:
    from cxlib.engagement import folder

    engagement = folder.open(SAMPLE)
    assert [feeling.id for feeling in engagement.vision.feelings if not feeling.kpis + feeling.items] == ["gladdened"]
    assert [goal.id for goal in engagement.kpis.goals if not goal.due] == ["purchase-csat"]
    rows = engagement.governance.raci
    assert [row.kpi for row in rows if len(row.accountable) > 1] == ["first-response"]
    assert [row.stage for row in rows if not row.accountable] == ["setup"]
    assert [stage.id for stage in engagement.journey.stages if not stage.owner] == ["setup"]


def test_pointers_of_the_strategy_lead_somewhere() -> None:
    from cxlib.engagement import folder

    whole = folder.open(SAMPLE)
    goals, roles = {goal.id for goal in whole.kpis.goals}, {role.id for role in whole.governance.roles}
    stages, contacts = {stage.id for stage in whole.journey.stages}, {point.id for point in whole.journey.touchpoints}
    owned = [
        *whole.vision.principles,
        *whole.vision.activation,
        *whole.journey.stages,
        *whole.journey.touchpoints,
        *whole.kpis.goals,
        *whole.governance.reporting,
        *whole.tooling.systems,
        *whole.improvement.actions,
    ]
    assert {thing.owner for thing in owned if thing.owner} <= roles
    assert {action.kpi for action in whole.improvement.actions if action.kpi} <= goals
    pains = {pain.id for pain in whole.journey.pains}
    assert {action.pain for action in whole.improvement.actions if action.pain} <= pains
    assert {kpi for feeling in whole.vision.feelings for kpi in feeling.kpis} <= goals
    assert {item for feeling in whole.vision.feelings for item in feeling.items} <= set(PLAN.drivers)
    assert {point for vendor in whole.tooling.vendors for point in vendor.covers} <= contacts
    assert {contact.touchpoint for contact in PLAN.contacts} <= contacts
    assert {row.kpi for row in whole.governance.raci if row.kpi} == goals
    assert {row.stage for row in whole.governance.raci if row.stage} == stages


KEYS = {
    "items": ["response_id", "item"],
    "staff": ["person", "item", "period"],
    "readings": ["metric", "period"],
    "ratings": ["rater", "object", "quality"],
    "competitors": ["brand", "item"],
}
EXACT = {
    "responses": [
        "customer_id",
        "survey",
        "instrument",
        "kind",
        "stage",
        "touchpoint",
        "channel",
        "nps",
        "csat",
        "ces",
    ],
    "items": ["value"],
    "customers": ["joined_on", "left_on", "consent", "age_band", "gender"],
    "transactions": ["customer_id", "occurred_at", "amount", "margin", "channel", "product"],
    "tickets": ["customer_id", "opened_at", "resolved_at", "reopened", "topic", "agent", "by_bot"],
    "contacts": ["customer_id", "sent_at", "campaign", "holdout", "outcome"],
    "invitations": ["customer_id", "survey", "invited_at", "answered"],
    "cases": ["response_id", "owner", "cause", "change_id", "outcome"],
    "staff": ["value", "n"],
    "competitors": ["n", "value", "sd"],
    "ratings": ["role", "score", "evidence"],
    "readings": ["n"],
}


@pytest.mark.parametrize("table", EXACT)
def test_workbook_reads_what_happened(read: dict[str, pd.DataFrame], table: str) -> None:
    happened = tables(PLAN, seed=SEED)[table]
    keys = KEYS.get(table, [happened.columns[0]])
    columns = [*keys, *EXACT[table]]
    found, made = (frame[columns].sort_values(keys, ignore_index=True) for frame in (read[table], happened))
    pd.testing.assert_frame_equal(found, made)


def test_personal_data_is_redacted_and_nothing_else(read: dict[str, pd.DataFrame]) -> None:
    happened = tables(PLAN, seed=SEED)["responses"]
    found, made = (frame.set_index("response_id")["comment"].dropna() for frame in (read["responses"], happened))
    changed = found[found.ne(made.reindex(found.index))]
    sentences = [sentence for kind in words()["personal"].values() for sentence in kind]
    assert len(changed) == 2 * len(sentences)
    assert found.str.contains(r"\d{9}|@|[۰-۹]{9}").sum() == 0


def test_library_finds_the_planted_scores(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import survey

    rows = read["responses"][read["responses"]["survey"] == "after_contact"]
    by_stage = {stage: group for stage, group in rows.groupby("stage") if len(group) >= 10}
    found = {stage: survey.nps(group["nps"], level=0.999) for stage, group in by_stage.items()}
    assert all(one.low < TRUTHS["nps"]["stage"][stage] < one.high for stage, one in found.items())
    happy = {stage: survey.csat(group["csat"], scale="csat5", level=0.999) for stage, group in by_stage.items()}
    assert all(one.low < TRUTHS["csat"]["stage"][stage] < one.high for stage, one in happy.items())
    step, delivery = TRUTHS["ces"]["step"], by_stage["delivery"]
    late = delivery["answered_at"] >= pd.Timestamp(jalali(step["from"]))
    for rows, truth in ((delivery[~late], step["low_effort_before"]), (delivery[late], step["low_effort_after"])):
        easy = survey.ces(rows["ces"], version="ces2", level=0.999)
        assert easy.low < truth < easy.high


def test_library_tells_the_true_difference_from_the_null_ones(read: dict[str, pd.DataFrame]) -> None:
    assert _flags(read["responses"].merge(read["customers"], on="customer_id")) == {"50+"}


def _flags(rows: pd.DataFrame) -> set[str]:
    """Groups whose NPS differs from all others', after false-discovery control over cuts by age, gender and city."""
    from cxlib.measures import shares, survey

    city = rows["city"].map(_letters)
    cuts = {"50+": rows["age_band"] == "50+", "female": rows["gender"] == "female"}
    cuts |= {name: city == name for name in sorted(city.unique())}
    nps = rows["nps"]
    p_values = [survey.nps_difference(nps[inside], nps[~inside]).p_value for inside in cuts.values()]
    rejected = shares.false_discoveries(p_values).rejected
    return {name for name, flag in zip(cuts, rejected, strict=True) if flag}


def _letters(text: str) -> str:
    """One spelling of a city."""
    return text.translate(str.maketrans({"ي": "ی", "ك": "ک", "\u200c": " "}))


def test_null_engagement_raises_no_more_flags_than_luck(soak: bool) -> None:
    seeds = 200 if soak else 20
    shops = (frames(null(PLAN), seed=seed) for seed in range(seeds))
    flagged = [bool(_flags(shop["after_contact"].join(shop["customers"], on="customer"))) for shop in shops]
    assert sum(flagged) <= (22 if soak else 4)  # binomial, p = 0.05: more in fewer than one run in 400


def test_library_counts_retention_by_ids(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import retention

    people, truth = read["customers"], TRUTHS["retention"]
    window = dict(zip(("start", "end"), map(jalali, WINDOW), strict=True))
    found = retention.reconciled(people["joined_on"], people["left_on"], **window)
    assert (found.start, found.end, found.new, found.lost) == (truth["start"], truth["end"], truth["new"], 306)
    assert found.true_rate == pytest.approx(truth["crr"])
    assert found.formula_rate == pytest.approx(truth["naive_formula"])


def test_library_reads_open_tickets_as_still_running(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import service
    from cxlib.measures.worktime import WorkingTime

    closed_on = {jalali(first) + dt.timedelta(days=k) for first, last in HOLIDAYS for k in range(_length(first, last))}
    clock = WorkingTime(OPENS * 60, CLOSES * 60, WEEKEND, closed_on)
    people, truth = read["tickets"].query("~by_bot"), TRUTHS["service"]
    worked = {name: clock.moments(people[name]) for name in ("opened_at", "first_reply_at", "resolved_at")}
    as_of = clock.moments(pd.Series([pd.Timestamp(EXPORTED)])).iloc[0].to_pydatetime()
    assert people["resolved_at"].isna().sum() > 50
    for done, name in (("first_reply_at", "first_response"), ("resolved_at", "resolution")):
        for quantile, key in ((0.5, "median"), (0.9, "p90")):
            found = service.time_to(worked["opened_at"], worked[done], as_of=as_of, quantile=quantile, level=0.999)
            assert found.low < truth[name][key] < found.high
    naive = (worked["resolved_at"] - worked["opened_at"]).dropna().dt.total_seconds().quantile(0.9) / 60
    assert naive < 0.8 * truth["resolution"]["p90"]


def _length(first: str, last: str) -> int:
    """Days of a holiday."""
    return (jalali(last) - jalali(first)).days + 1


def test_variants_are_whole_engagements(tmp_path: Path) -> None:
    from making import business, folder

    from cxlib.engagement.folder import open as opened
    from cxlib.intake import read

    empty = opened(folder.write(tmp_path / "null", null(PLAN), seed=3, name=words()["null_name"]))
    assert empty.setup.name.en == "Null shop" and empty.missing == ()
    office = opened(business.write(tmp_path / "b2b", business.Accounts(), seed=3))
    assert office.setup.business == "b2b" and len(office.missing) == 4
    rows = read.tables(office).frames["responses"]
    assert rows["account_id"].nunique() > 80 and rows.groupby("account_id").size().max() > 3
    scores = {role: net(group["nps"]) for role, group in rows.groupby("role")}
    truth = business.Accounts().truths["role"]
    assert all(near((value, 1.6 * error), truth[role]) for role, (value, error) in scores.items())


def test_library_ranks_the_drivers_and_sees_through_the_passenger(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import drivers

    battery = read["items"].pivot(index="response_id", columns="item", values="value").reset_index()
    rows = read["responses"].merge(battery, on="response_id", validate="1:1")
    found = drivers.importance(rows, outcome="nps", drivers=list(PLAN.drivers))
    truth = TRUTHS["drivers"]
    assert sorted(found.lmg, key=found.lmg.get, reverse=True)[:3] == truth["order"][:3]
    assert found.correlation["installation"] > 0.25 and abs(found.beta["installation"]) < 0.08


def test_library_judges_both_experiments_rightly(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import effects, verdicts

    sent = read["contacts"]
    answers = {}
    for campaign, truth in TRUTHS["experiments"].items():
        rows = sent[sent["campaign"] == campaign]
        acted = (rows["outcome"] == truth["outcome"]).astype(float)
        effect = effects.ab_test(acted[~rows["holdout"]], control=acted[rows["holdout"]], level=0.999)
        assert effect.low < truth["effect"] < effect.high
        direction = "decrease" if truth["outcome"] == "called" else "increase"
        answers[campaign] = verdicts.verdict(effect, worth=0.02, direction=direction).answer
    assert answers["delivery_sms"] == "works"
    assert answers["review_reminder"] != "works"


def test_library_finds_two_purchase_types_and_one_segment_in_the_battery(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import segments

    battery = read["items"].pivot(index="response_id", columns="item", values="value")
    scaled = (battery - battery.mean()) / battery.std()
    assert segments.segmentation(scaled, ks=(2,), draws=4).k == TRUTHS["segments"]["battery"] == 1
    bought = read["transactions"].groupby("customer_id")
    days = (pd.Timestamp("2025-09-23") - bought["occurred_at"].max()).dt.days
    habits = pd.DataFrame({"recency": days, "frequency": bought.size(), "amount": bought["amount"].sum()})
    found = segments.segmentation(segments.log_scaled(habits), ks=(2,), draws=4)
    assert found.k == TRUTHS["segments"]["purchases"] == 2


def test_control_chart_sees_the_step_in_late_deliveries_and_nothing_in_returns(read: dict[str, pd.DataFrame]) -> None:
    from cxlib.measures import control

    step = jalali_text(jalali(TRUTHS["late"]["from"]), "-")
    charts = {}
    for metric, rows in read["readings"].groupby("metric"):
        rows = rows.sort_values("period")
        baseline = int((rows["period"] < step).sum())
        count = (rows["value"] * rows["n"]).round().astype(int)
        charts[metric] = control.p_chart(count, size=rows["n"].astype(int), baseline=baseline), baseline
    late, first = charts["late_deliveries"]
    assert sum(week >= first for week in late.out) >= 5
    assert late.center == pytest.approx(TRUTHS["late"]["before"], abs=0.02)
    assert len(charts["returned_orders"][0].out) == 0


def test_kpi_library_is_complete_in_both_languages() -> None:
    from typing import get_args

    from ruamel.yaml import YAML

    from cxlib.engagement.strategy import Metric
    from cxlib.measures.estimate import UNITS

    kpis = YAML(typ="safe").load((ROOT / "data/kpi_library.yaml").read_text(encoding="utf-8"))["kpis"]
    assert len({kpi["id"] for kpi in kpis}) == len(kpis) >= 25
    assert {kpi["metric"] for kpi in kpis if "metric" in kpi} == set(get_args(Metric))
    assert {kpi["unit"] for kpi in kpis} <= set(UNITS)
    assert {kpi["purpose"] for kpi in kpis} == {"clarity", "progress", "board", "early_warning"}
    texts = [kpi[name] for kpi in kpis for name in ("name", "formula", "caveat")]
    assert [text for text in texts if not (text.keys() == {"en", "fa"} and all(text.values()))] == []
