"""Step 2, personas and segments: who the customers are, and whether groups of them really feel differently.

A cut of the customers by age or city always shows different scores; the question is whether the difference is more
than luck. With many cuts some will look striking by luck alone, so the false discoveries are held down over all.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxlib.engagement.fields import plain
from cxlib.engagement.strategy import Attribute, Persona
from cxlib.measures import effective, scores, shares, survey
from cxlib.measures.estimate import ESTIMATE, Estimate
from cxlib.section import Claim, Exhibit, Finding, Section
from cxlib.steps import buyer_segments, buyer_value, buyers, hiding, metrics, parts, pointers
from cxlib.steps.client import Client

STEP = "personas"
FACETS = ("demographic", "behavioural", "motivational", "emotional", "needs", "pains")


def section(client: Client) -> Section:
    """Return the section of step 2: which groups differ, the personas, kinds of buyers and what each is worth."""
    cuts = {item.id: counts(client, item.id) for item in client.engagement.personas.attributes}
    bought = buyers.purchases(client)
    scored, fitted = buyers.scored(client, bought), buyer_value.models(client, bought)
    found = buyer_segments.found(client, scored)
    worth = [buyer_value.mean_worth(client, fitted, mine) for mine in found.members] if found else []
    exhibits = [
        *[_cut(client, item, cuts[item.id]) for item in client.engagement.personas.attributes if len(cuts[item.id])],
        Exhibit("personas", "table", persona_table(client, fitted), Claim("reading.personas")),
        *buyers.exhibits(client, scored),
        *buyer_segments.exhibits(client, scored, found, worth=worth),
    ]
    claims = [*_splits(client, cuts), *buyers.claims(client, scored)]
    claims += buyer_segments.claims(client, scored, found)
    claims += buyer_value.claims(client, fitted, buyer_value.back_test(client, bought))
    decisions = {"personas": [plain(item.name) for item in client.engagement.personas.personas]}
    return client.section(
        STEP,
        claims=claims,
        exhibits=exhibits,
        findings=_found(client, cuts),
        decisions=decisions,
        evidence=evidence(client),
    )


def check(client: Client) -> list[Finding]:
    """Return what is missing or doubtful: personas that rest on assumptions, rules that fit too few customers."""
    return _found(client, {item.id: counts(client, item.id) for item in client.engagement.personas.attributes})


def _found(client: Client, cuts: dict[str, pd.DataFrame]) -> list[Finding]:
    """The findings, given the answers by each attribute."""
    file = parts.FILES[STEP]
    found = parts.missing(client.engagement, step=STEP) + pointers.dangling(client.engagement, step=STEP)
    for attribute in client.engagement.personas.attributes:
        if not len(cuts[attribute.id]):
            where = f"{file}: attributes[{attribute.id}]"
            found.append(Finding("mend", "attribute-without-data", where, {"attribute": plain(attribute.name)}))
    for persona in client.engagement.personas.personas:
        where, name = f"{file}: personas[{persona.id}]", {"persona": plain(persona.name)}
        size = len(customers(client, persona))
        if size < client.min_n:
            found.append(
                Finding("mend", "persona-too-small", f"{where}.rule", name | {"n": size, "min_n": client.min_n})
            )
        if _assumed_share(persona) > 0.5:
            found.append(Finding("note", "persona-assumed", where, name | {"share": _assumed_share(persona)}))
    return found


def answers(client: Client, attribute: str) -> pd.DataFrame:
    """Return the NPS answers of the main survey with the customer's attribute: columns nps, it, customer_id."""
    rows = client.columns("responses", "nps", "survey")
    rows = rows[rows["survey"] == metrics.main_survey(client)]
    if attribute not in rows and {"customer_id", attribute} <= set(client.table("customers").columns):
        known = client.table("customers").drop_duplicates("customer_id").set_index("customer_id")[attribute]
        rows = rows.assign(**{attribute: rows["customer_id"].map(known)}) if "customer_id" in rows else rows
    if attribute not in rows:
        return pd.DataFrame(columns=["nps", attribute])
    kept = [name for name in ("nps", attribute, "customer_id") if name in rows]
    return rows.loc[rows[attribute].notna() & (rows[attribute].astype(str) != ""), kept]


def counts(client: Client, attribute: str) -> pd.DataFrame:
    """Return the reduced NPS answers of the main survey by an attribute; those that live elsewhere are counted there.

    Answers elsewhere have the attributes that stand beside them, not those of the table of customers.
    """
    name, found = metrics.main_survey(client), [scores.reduce(answers(client, attribute), score="nps", by=[attribute])]
    for part in client.parts("responses", "nps", "survey", attribute):
        rows = part.reduced("nps", by=("survey", attribute))
        found.append(rows[(rows["survey"] == name) & (rows[attribute].astype(str) != "")].drop(columns="survey"))
    return scores.pooled([rows for rows in found if len(rows)], by=[attribute, "score"])


def by_attribute(client: Client, attribute: str, reduced: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group of `counts`: label and the NPS estimate, small groups without a value."""
    table = survey.by(reduced, groups=[attribute], instrument="nps", level=client.level, min_n=client.min_n)
    table = hiding.shown(table, min_n=client.min_n)
    return table.rename(columns={attribute: "label"}).sort_values("label", ignore_index=True)


def differences(client: Client, attribute: str, reduced: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group of sufficient size: how its NPS differs from that of all others, with a p-value.

    Several answers of one customer go together and count as such; answers that live elsewhere are only known as
    counts, so each of them stands alone.
    """
    rows, account = answers(client, attribute), None
    if "customer_id" in rows and not client.parts("responses", "nps"):
        account = "customer_id"
        strangers = pd.Series([f"#{place}" for place in range(len(rows))], index=rows.index)
        rows = rows.assign(customer_id=rows[account].fillna(strangers))
        reduced = scores.reduce(rows, score="nps", by=[attribute, account])
    how, found = {"instrument": "nps", "account": account, "level": client.level}, []
    for label, inside in reduced.groupby(attribute):
        outside = reduced[reduced[attribute] != label]
        if min(inside["n"].sum(), outside["n"].sum()) >= client.min_n:
            found.append({"label": label} | effective.difference(inside, outside, **how).row())
    return pd.DataFrame(found)


def _cut(client: Client, attribute: Attribute, reduced: pd.DataFrame) -> Exhibit:
    """NPS by one attribute, under its name."""
    title = Claim("exhibit.nps-by-attribute", {"attribute": plain(attribute.name)})
    reading = Claim("reading.nps-by-attribute")
    frame = by_attribute(client, attribute.id, reduced)
    frame["label"] = [group_name(attribute, value) for value in frame["label"]]
    return Exhibit(f"nps-by-{attribute.id}", "dots", frame, reading, title)


def group_name(attribute: Attribute, value: str) -> Any:
    """Return how readers call a value of an attribute: its name in the strategy file, or the value itself."""
    names = {group.value: plain(group.name) for group in attribute.groups}
    return names.get(str(value), str(value))


def _splits(client: Client, cuts: dict[str, pd.DataFrame]) -> list[Claim]:
    """For each attribute which group differs most, or that luck explains it; false discoveries held at 5 %."""
    by_id = {attribute.id: attribute for attribute in client.engagement.personas.attributes}
    tables = {name: table for name in by_id if len(table := differences(client, name, cuts[name]))}
    if not tables:
        return [Claim("split-cannot-tell")]
    every = pd.concat(tables, names=["attribute", "row"])
    every["adjusted"] = shares.false_discoveries(every["p_value"]).adjusted
    claims = []
    for name in tables:
        rows = every.loc[name]
        clear = rows[rows["adjusted"] < 0.05]
        most = (clear if len(clear) else rows).sort_values("p_value").iloc[0]
        group = group_name(by_id[name], most["label"])
        values = {"attribute": plain(by_id[name].name), "group": group, "difference": _estimate(most)}
        claims.append(Claim("split-clear" if len(clear) else "split-noise", values))
    return claims


def _estimate(row: pd.Series) -> Estimate:
    return Estimate(**{name: row[name] for name in ESTIMATE})


def customers(client: Client, persona: Persona) -> pd.DataFrame:
    """Return the customers to whom a persona's rule applies; none if the persona has no rule."""
    rows = client.table("customers")
    if not persona.rule or not set(persona.rule) <= set(rows.columns):
        return rows.iloc[:0]
    for column, wanted in persona.rule.items():
        rows = rows[rows[column].astype(str) == wanted]
    return rows


def persona_table(client: Client, fitted: buyer_value.Models | None) -> pd.DataFrame:
    """Return one row a persona: customers, their NPS and value, the share of statements that rest on evidence."""
    rows = []
    for persona in client.engagement.personas.personas:
        mine, total = customers(client, persona), len(client.table("customers"))
        share = Estimate(len(mine) / total if total else None, n=total, unit="share", reason="full-count")
        known = 1 - _assumed_share(persona)
        facts = len(_facts(persona))
        proven = Estimate(known if facts else None, n=facts, unit="share", reason="full-count" if facts else "no-facts")
        rows.append(
            {
                "persona": plain(persona.name),
                "who": plain(persona.who),
                "share": share,
                "nps": buyers.nps(client, mine.get("customer_id", [])),
                "worth": buyer_value.mean_worth(client, fitted, mine.get("customer_id", [])),
                "proven": proven,
            }
        )
    return pd.DataFrame(rows, columns=["persona", "who", "share", "nps", "worth", "proven"])


def _facts(persona: Persona) -> list:
    return [fact for facet in FACETS for fact in getattr(persona, facet)]


def _assumed_share(persona: Persona) -> float:
    """Share of a persona's statements that are assumptions; a persona without statements rests on nothing."""
    facts = _facts(persona)
    return sum(fact.source == "assumption" for fact in facts) / len(facts) if facts else 1.0


def evidence(client: Client) -> dict[str, int]:
    """Return how many statements of the personas rest on data, interviews or assumptions."""
    sources = [fact.source for persona in client.engagement.personas.personas for fact in _facts(persona)]
    return {kind: sources.count(kind) for kind in ("data", "interview", "assumption")}
