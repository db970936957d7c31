# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 5 · Governance
#
# **What you take away:** exactly one name behind every goal and stage, a committee that spans the company, a plan of who gets which number when, and whether a bonus pays for work or for luck.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, governance

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-governance"
# ## Why one name, not two
#
# Experience fails between departments. If two people answer for a thing, each waits for the other; if nobody does, it is done by accident. So every goal and every stage has exactly one accountable role.

# %% [markdown] key="by-hand"
# ## Glass box: counting the accountable
#
# Take the rows of the table and count the names under A. One is right. None and two are the same mistake.

# %% key="by-hand-accountable"
rows = case.engagement.governance.raci
page.value(sum(len(row.accountable) == 1 for row in rows), n=len(rows))

# %% [markdown] key="estimate"
# The library also adds a row for every goal and stage that nobody has thought of.

# %% key="said-raci-owned"
section = governance.section(case)
page.sentences(section, "raci-owned", "committee-functions")

# %% [markdown] key="ask-raci"
# ### Who answers for what?

# %% key="raci"
page.exhibit(section, "raci")

# %% [markdown] key="read-raci"
# Marked cells break the rule. R does it, A answers for it, C is asked, I is told.

# %% [markdown] key="ask-load"
# ### Is somebody carrying too much?

# %% key="load"
page.exhibit(section, "load")

# %% [markdown] key="read-load"
# A role that answers for everything answers for nothing. Move an A before it breaks.

# %% [markdown] key="ask-reporting"
# ### Who gets which number?

# %% key="reporting"
page.exhibit(section, "reporting")

# %% [markdown] key="read-reporting"
# A number that nobody receives changes nothing. Each row is a promise to somebody.

# %% [markdown] key="ask-luck"
# ### How much of a bonus is luck?
#
# By hand: if all worked equally well, their figures in one period would still differ, by chance alone. We divide that chance variance by the variance that is there. The library compares people within their role and adds the interval.

# %% key="by-hand-luck"
from cxlib.steps import incentives

figures = incentives.figures(case)
chance = (figures["value"] * (1 - figures["value"]) / figures["n"]).mean()
seen = figures.groupby("period")["value"].var().mean()
page.value(min(chance / seen, 1.0), n=len(figures), unit="share")

# %% key="incentive-luck"
page.sentences(section, "incentive-luck", "incentive-cannot-tell")

# %% key="incentive-league"
page.exhibit(section, "incentive-league")

# %% [markdown] key="read-luck"
# Somebody is always on top. If one period's figure is mostly luck, a prize for the best of the month teaches people that effort does not matter. Pay for longer spans, or for the team, or for what people can change.

# %% [markdown] key="pitfall"
# ## Pitfall: responsibility by committee
#
# A committee can advise, decide and watch. It cannot be accountable: there is nobody to call on Monday. Put a role there, and let the committee be consulted. The number below is how many of the six functions sit in yours.

# %% key="pitfall-functions"
page.value(len(governance.functions_present(case)), n=len(governance.FUNCTIONS))

# %% [markdown] key="decide"
# ## Decide
#
# Fill in roles, the owner, the committee, the table and the reporting plan. Nothing is stored until you press Save; then `strategy/5_governance.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "5_governance", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 5)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. Two directors share the A of a goal. What happens when it fails?
# 2. Who may be responsible without being accountable?
# 3. Why does the table list stages as well as goals?
# 4. All agents work equally well. Will there be a best of the month?
#
# <details><summary>Answers</summary>
#
# 1. Each points at the other.
# 2. Everybody who does the work.
# 3. Because customers live in stages, and a stage without an owner is where they fall through.
# 4. Always, by luck.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 6 · Tooling](06_tooling.ipynb) asks whether the tools can listen there.
