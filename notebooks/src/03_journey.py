# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 3 · Journey map
#
# **What you take away:** a map of what customers go through, with feelings that are measured where somebody was asked and marked as assumed where nobody was. And the touchpoints that make the outcome, or lose customers.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, journey

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-journey"
# ## Why a map needs data
#
# A journey map drawn in a workshop shows how the workshop feels. It becomes a map of customers when each stage carries an answer, an interval and a number of people.

# %% [markdown] key="by-hand"
# ## Glass box: a feeling from an answer
#
# Satisfaction from 1 to 5 is put on a scale from −2 (very bad) to +2 (very good): take away three. The feeling of a stage is the mean over its answers.

# %% key="by-hand-feeling"
from cxlib.steps import metrics

scores = metrics.given(case, "csat")
page.value((scores - 3).mean(), n=len(scores))

# %% [markdown] key="estimate"
# The library does so stage by stage, with the interval of a mean, and hides stages where too few answered.

# %% key="said-lowest-stage"
section = journey.section(case)
page.sentences(section)

# %% [markdown] key="ask-emotion-curve"
# ### Where does it feel bad?

# %% key="emotion-curve"
page.exhibit(section, "emotion-curve")

# %% [markdown] key="read-emotion-curve"
# Follow the curve and its whiskers together. Two stages whose whiskers overlap should not be ranked.

# %% [markdown] key="ask-journey-map"
# ### What is the whole picture?

# %% key="journey-map"
page.exhibit(section, "journey-map")

# %% [markdown] key="read-journey-map"
# Read it column by column: what the customer wants, where we meet, how it feels, what hurts, what could be better, and whose stage it is.

# %% [markdown] key="ask-touchpoints"
# ### Which touchpoints make the outcome?

# %% key="touchpoint-pulls"
page.exhibit(section, "touchpoint-pulls")

# %% key="touchpoint-pulls-said"
page.sentences(section, "touchpoint-pulls", "touchpoints-alike", "touchpoints-cannot-tell")

# %% [markdown] key="read-touchpoints"
# A touchpoint matters by how far it stands from the others and by how many meet it; the pull is both, multiplied. A moment of truth is where pull and the cost of failure are large, not where the workshop felt it should be.

# %% [markdown] key="ask-remembered"
# ### Where does it begin, end, and feel strongest? And what is remembered?
#
# Experiments say that people judge a whole by its strongest and its last moment, not by the average. By hand: for each person the last rated moment before the overall judgement, and how the two go along.

# %% key="remembered-by-hand"
from cxlib.steps import remembered

judged = remembered.judged(case)
page.value(judged["last"].corr(judged["overall"]), n=len(judged), unit="ratio")

# %% key="memory"
page.exhibit(section, "memory")

# %% key="memory-said"
page.sentences(section, "memory-peak-end", "memory-mean", "memory-alike", "memory-noise", "memory-cannot-tell")

# %% key="moment-flags"
page.exhibit(section, "moment-flags")

# %% [markdown] key="read-remembered"
# A rule from a laboratory is a question to your customers, not an answer. Where the intervals contain zero, mend what is worst and most frequent; where peak and end stand out, mend the strongest bad moment and the farewell first.

# %% [markdown] key="ask-losses"
# ### Which touchpoints lose customers?
#
# Glass box: cut the year at a landmark. Look back at what customers met, look forward at who left, and divide. Whoever left before the landmark is not counted, for they had less time to meet anything.

# %% key="losses-by-hand"
import pandas as pd

from cxlib.steps import exposure

watched = exposure.watched(case)
met = watched.drop(columns=["customer_id", "left"])
rows = [(name, watched["left"][met[name]].mean(), watched["left"][~met[name]].mean()) for name in met]
page.frame(pd.DataFrame(rows, columns=["touchpoint", "met_share", "others_share"]))

# %% key="touchpoint-losses"
page.exhibit(section, "touchpoint-losses")

# %% key="losses-said"
page.sentences(section, "exposure-clear", "exposure-noise", "exposure-cannot-tell")

# %% [markdown] key="read-losses"
# The hand gives the shares; the picture shows their difference with its interval, and the sentence names only what stands although every touchpoint was tried. It remains an association: perhaps hurried people miss slots and also leave. A test would tell.

# %% [markdown] key="pitfall"
# ## Pitfall: only those who stayed
#
# Customers who left at the third stage are not there to be asked at the seventh. Feelings late in the journey come from survivors; a rising curve may be nothing but that. The number below is how many different customers have answered at all.

# %% key="pitfall-who-answers"
page.value(case.columns("responses", "stage", "customer_id")["customer_id"].nunique())

# %% [markdown] key="decide"
# ## Decide
#
# Edit stages, touchpoints, pains and ideas. Nothing is stored until you press Save; then `strategy/3_journey.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "3_journey", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 3)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. A stage has six answers and a beautiful mean. What does the map show?
# 2. Why can a late stage look better than it is?
# 3. Customers who missed a delivery slot leave more often. Has the slot driven them away?
#
# <details><summary>Answers</summary>
#
# 1. A gap, or an assumption in its own colour.
# 2. The unhappy have left and were not asked.
# 3. Perhaps. Both go together; only a test, or a change at some places and not at others, could say more.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 4 · SMART KPIs](04_kpis.ipynb) turns stages into numbers.
