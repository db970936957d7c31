# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 4 · SMART KPIs
#
# **What you take away:** a handful of numbers that you can defend. Each comes with its noise, an owner and a goal that could be proven wrong.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, kpis

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables. A metric whose table is missing is not guessed; it is left out and named.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-kpis"
# ## Why so few numbers, and why with intervals
#
# A KPI is a promise that somebody will act when it moves. Nobody can act on thirty numbers, and nobody should act on luck. So we keep few, and we show for each how far luck alone could carry it.

# %% [markdown] key="by-hand"
# ## Glass box: the Net Promoter Score by hand
#
# "How likely are you to recommend us?" is answered from 0 to 10. The share of promoters (9 or 10) minus the share of detractors (0 to 6) is the score. Nothing more is in it.

# %% key="by-hand-nps"
from cxlib.steps import metrics

scores = metrics.given(case, "nps")
promoters, detractors = (scores >= 9).mean(), (scores <= 6).mean()
page.value(100 * (promoters - detractors), n=len(scores))

# %% [markdown] key="estimate"
# The library gives the same value and adds what the hand did not: the interval. If we asked as many customers again tomorrow, with nothing changed, a number inside it would surprise nobody.

# %% key="estimate-nps"
from cxlib.measures import survey

page.value(survey.nps(scores, level=case.level))

# %% key="said-nps"
section = kpis.section(case)
page.claim(section, "nps-overall" if len(scores) else "nps-cannot-tell")

# %% [markdown] key="ask-measures"
# ### What are all the measures now?

# %% key="kpi-values"
page.exhibit(section, "kpi-values")

# %% [markdown] key="read-measures"
# Read a row from left to right: what was asked, in which survey, the value with its interval, and the smallest change that a second survey of this size would show. A target closer than that cannot be tested. Compare rows only if question and scale are the same.

# %% [markdown] key="ask-course"
# ### Has it moved?

# %% key="nps-by-month"
page.exhibit(section, "nps-by-month")

# %% key="movements"
page.exhibit(section, "movements")

# %% key="moved-said"
page.sentences(section, "moved-flags", "moved-clear", "moved-clear-whole", "moved-cannot-tell")

# %% [markdown] key="read-course"
# Would a flat line also fit inside the bands of the picture? The table compares whole spans of months, every measure at every stage, the dull ones too. The sentence says how many flags luck alone would give; only what stands against that is called clear.

# %% [markdown] key="ask-drivers"
# ### What moves the outcome?
#
# Glass box: put the answer sheets side by side and correlate each item with the outcome. Nothing more is a correlation, and it promotes every item that merely travels along.

# %% key="drivers-by-hand"
from cxlib.steps import drivers

sheets = drivers.battery(case)
together = sheets.frame.corr()[sheets.outcome].drop(sheets.outcome)
page.frame(together.sort_values(ascending=False).round(2).rename_axis("item").reset_index(name="correlation"))

# %% key="drivers-three-ways"
page.exhibit(section, "drivers-three-ways")

# %% key="drivers-said"
page.sentences(
    section, "drivers-first", "drivers-first-unsure", "drivers-passengers", "drivers-none", "drivers-cannot-tell"
)

# %% [markdown] key="read-drivers"
# Three ways side by side. Correlation is the hand's. Regression asks what is left of an item with the others held still: a passenger has nothing left. The shares divide fairly what overlaps. Where several ranks are possible, do not quote one; and no row proves a cause.

# %% [markdown] key="ask-battery"
# ### May the items be added up?
#
# By hand, Cronbach's alpha: how much of the variance of the sum is not variance of the single items, stretched by k / (k − 1). Omega lets every item carry its own share; where the two differ, omega is right.

# %% key="battery-by-hand"
answers = sheets.frame[sheets.items]
own, whole, k = answers.var().sum(), answers.sum(axis=1).var(), len(sheets.items)
page.value(k / (k - 1) * (1 - own / whole) if k > 1 and whole else None, n=len(answers), unit="ratio")

# %% key="battery-said"
page.sentences(section, "battery-one", "battery-several", "battery-repeats", "battery-unsure")

# %% [markdown] key="ask-goals"
# ### Can our goals be believed?

# %% key="smart-goals"
page.exhibit(section, "smart-goals")

# %% [markdown] key="read-goals"
# **S** says what, where, for whom. **M** asks whether so many answers can show the change at all. **A** looks at what this number has done before, and where it is heading by itself. **R** needs a promise that it serves, **T** a date. A doubt is an honest answer, too.

# %% [markdown] key="pitfall"
# ## Pitfall: a small survey and a proud headline
#
# Take the same mix of answers and ask ever fewer people. The score stays, and what it is worth melts away. The first column is how many were asked.

# %% key="pitfall-small-surveys"
import pandas as pd

mix = pd.Series([10] * 5 + [8] * 3 + [4] * 2)
page.estimates({10 * size: survey.nps(pd.concat([mix] * size), level=case.level) for size in (1, 3, 10, 30)})

# %% [markdown] key="pitfall-closed"
# **And a second one: the mean of what is closed.** The first number below is the mean time over closed tickets. It is wrong twice: a few very long ones rule it, and the slowest are still open and not in it. The sentence keeps open tickets in the count, and its clock runs only in working hours.

# %% key="pitfall-closed-only"
waits = metrics.closed_minutes(case, "resolution")
page.value(waits.mean(), n=len(waits), unit="minutes")

# %% key="pitfall-service-times"
page.sentences(section, "service-times")

# %% [markdown] key="decide"
# ## Decide: the goals
#
# Write or change the goals together with the client. Nothing is stored until you press Save; then the file `strategy/4_kpis.yaml` is checked and written, with its comments kept. Run the notebook again to see the verdicts change.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "4_kpis", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 4)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. A goal reads "satisfaction from seventy-five to eighty-five". Which two letters of SMART does it fail before anything is measured?
# 2. Why is the mean resolution time of closed tickets wrong?
# 3. An item correlates strongly with the outcome, and its regression coefficient is near 0. What is it?
#
# <details><summary>Answers</summary>
#
# 1. Specific (no scale, no population) and Time-bound (no date).
# 2. The slowest tickets are still open and not in it.
# 3. A passenger: it travels with an item that matters.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 5 · Governance](05_governance.ipynb) gives every number an owner.
