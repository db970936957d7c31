# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Start · Diagnosis and data
#
# **What you take away:** which symptoms of having no strategy this client shows, how complete the seven steps are, and what the raw files can and cannot carry.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, start

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# The raw exports lie in `inbox/` and are never changed. Each became one of these tables.

# %% key="data"
page.drawn(start.data(case))

# %% [markdown] key="why-start"
# ## Why begin with a diagnosis
#
# Without a strategy, decisions are made case by case, money goes where the voice is loudest, and a customer meets a different company at every door. Each symptom has its cure in one of the steps, so the diagnosis tells where to begin.

# %% [markdown] key="by-hand"
# ## Glass box: completeness by hand
#
# A step is a list of parts; a part is there or it is not. Completeness is the share that is there, and it says nothing about quality.

# %% key="by-hand-parts"
from cxlib.steps import parts

there = parts.parts(case.engagement, step="governance")
page.value(sum(there.values()), n=len(there))

# %% [markdown] key="estimate"
# The library does the same for all seven steps.

# %% key="said-section"
section = start.section(case)
page.claim(section, "data-span")

# %% [markdown] key="ask-symptoms"
# ### Which symptoms are there?

# %% key="symptoms"
page.exhibit(section, "symptoms")

# %% [markdown] key="read-symptoms"
# A sign is a finding in a step that cures the symptom. Many signs do not mean a bad company; they mean that a step has not been done yet.

# %% [markdown] key="ask-completeness"
# ### How complete are the seven steps?

# %% key="completeness"
page.exhibit(section, "completeness")

# %% [markdown] key="read-completeness"
# A short spoke is a step to do. Steps lean on each other: a journey needs a persona, a goal needs a stage, a responsibility needs a goal.

# %% [markdown] key="ask-balance"
# ### Which pillar is the weakest?

# %% key="balance"
page.exhibit(section, "balance")

# %% [markdown] key="read-balance"
# Culture, governance, technology and improvement carry the roof together. The longest bar cannot make up for the shortest.

# %% [markdown] key="ask-intake-log"
# ### What happened to the raw files?

# %% key="intake-log"
page.exhibit(section, "intake-log")

# %% [markdown] key="read-intake-log"
# Every row or cell that was left out, converted or doubted is counted here, by file and by reason. Nothing disappears in silence.

# %% [markdown] key="pitfall"
# ## Pitfall: the spreadsheet that helps
#
# Readers that guess turn a Jalali date into the Gregorian Middle Ages without a word, take header rows for answers, and delete customers whose name is "None". That is why every file here is read as text first and typed by what a column means.

# %% key="pitfall-year-guessed"
import pandas as pd

str(pd.Timestamp("1402/05/13").year)

# %% [markdown] key="decide"
# ## Decide
#
# The steps follow in their order, but any of them can be opened alone. This form edits the first one. Nothing is stored until you press Save; then `strategy/1_vision.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "1_vision", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 0)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. A step shows a full spoke. What do you know, and what not?
# 2. Why is a raw export never changed?
# 3. Which pillar do you mend first?
#
# <details><summary>Answers</summary>
#
# 1. That every part has been decided. Not whether the decisions are right.
# 2. So that anybody can read it again and get the same tables.
# 3. The weakest, unless a finding says that it waits for another step.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 1 · Vision and principles](01_vision.ipynb) writes the promise.
