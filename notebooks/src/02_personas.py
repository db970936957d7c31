# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 2 · Personas and segments
#
# **What you take away:** whether groups of your customers really feel differently, and personas that say for each statement what it rests on.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, personas

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-personas"
# ## Why most cuts show nothing
#
# Cut any survey by age, city or sign of the zodiac and the groups will differ. The question is whether they differ by more than luck. A persona built on luck sends a whole company after a ghost.

# %% [markdown] key="by-hand"
# ## Glass box: one group against the others
#
# The score of a group is computed like the score of all. Here it is the last group of the first attribute. Its interval will be wider, because fewer people stand behind it.

# %% key="by-hand-group"
attribute = next((item.id for item in case.engagement.personas.attributes), "")
rows = personas.answers(case, attribute)
group = rows.loc[rows[attribute] == rows[attribute].max(), "nps"]
page.value(100 * ((group >= 9).mean() - (group <= 6).mean()), n=len(group))

# %% [markdown] key="estimate"
# The library takes every attribute in turn, compares each group with all others, and holds down the share of false alarms over all comparisons together.

# %% key="said-splits"
section = personas.section(case)
page.sentences(section, "split-clear", "split-noise", "split-cannot-tell")

# %% [markdown] key="ask-cuts"
# ### Which groups differ?

# %% key="cuts"
from IPython.display import display

display(*[page.drawn(exhibit) for exhibit in section.exhibits if exhibit.kind == "dots"])

# %% [markdown] key="read-cuts"
# Look for intervals that stand apart. Where they overlap widely, the honest sentence is: within noise. Groups that are too small are not shown at all.

# %% [markdown] key="ask-segments"
# ### Are there kinds of buyers, or one kind?
#
# By hand first: which share of all orders comes from the fifth of buyers who order most? It is always more than a fifth, because luck alone makes equal people unequal.

# %% key="top-fifth"
orders = case.columns("transactions", "customer_id", "occurred_at")["customer_id"].value_counts()
page.value(orders.div(orders.sum()).head(len(orders) // 5).sum(), n=len(orders), unit="share")

# %% key="segments-said"
keys = ("rfm-champions", "segments-stand", "segments-one", "segments-cannot-tell", "typing-better", "typing-no-better")
page.sentences(section, *keys)

# %% key="segments"
shown = ("rfm-groups", "segments", "segments-tried", "typing-rule")
display(*[page.drawn(exhibit) for exhibit in section.exhibits if exhibit.key in shown])

# %% [markdown] key="read-segments"
# The computer finds as many segments as you ask for. They stand only if they are further apart than parts of one cloud, come back when other customers are drawn, and are large enough. Otherwise everybody is one segment, and that is an answer. Then look for what they were not made of: recommendation, leaving, value. A short rule that puts a new customer into a segment is worth something only if it beats calling everybody a member of the largest one, on customers it has not seen.

# %% [markdown] key="ask-worth"
# ### What is a buyer still worth, and can we believe it?

# %% key="worth-said"
page.sentences(section, "value-mean", "value-held", "value-missed", "value-not-tested", "value-cannot-tell")

# %% [markdown] key="read-worth"
# The model learns from how often and how lately people bought. Before we believe it, it must go back half a year, forget what came after, and foretell it. If it misses, use the values to compare groups; do not put them into a budget.

# %% [markdown] key="ask-personas"
# ### Who are our personas, and what do they rest on?

# %% key="personas"
page.exhibit(section, "personas")

# %% [markdown] key="read-personas"
# The last column is the share of statements that were counted or heard. The rest are assumptions: useful as questions, dangerous as answers. Take them along to the next interviews.

# %% [markdown] key="pitfall"
# ## Pitfall: twenty cuts and one discovery
#
# Test twenty attributes that do not matter, and one of them will look striking. That is what the five in "five percent" means. So the comparisons are judged together.

# %% key="pitfall-by-luck"
from cxlib.measures import shares

shares.false_discoveries([0.04] + [0.3] * 19).count

# %% [markdown] key="decide"
# ## Decide
#
# Edit the personas. Mark each statement as data, interview or assumption. Nothing is stored until you press Save; then `strategy/2_personas.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "2_personas", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 2)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. Two groups differ by twelve points and their intervals overlap by half. What do you write?
# 2. What makes a persona trustworthy?
# 3. Why are groups under the minimum size hidden?
#
# <details><summary>Answers</summary>
#
# 1. Within noise; ask more of them before you build on it.
# 2. The share of its statements that were counted or heard.
# 3. They tell nothing about the group, and perhaps too much about its members.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 3 · Journey map](03_journey.ipynb) follows them from door to door.
