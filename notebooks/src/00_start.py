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

# %% [markdown] key="ask-file"
# ### How does a messy file become a table?
#
# We follow one raw export, step by step. At first it is only bytes, and which letters they are is a matter of reading.

# %% key="file-bytes"
from cxlib.steps import raw_file

raw = raw_file.pick(case)
page.frame(raw_file.first_bytes(raw))

# %% [markdown] key="read-bytes"
# The wrong encoding gives no error, only other letters. A mark at the beginning or strict UTF-8 settles it. Where neither does, the encoding is a question and not a guess.

# %% key="file-reading"
page.frame(raw_file.reading(raw))

# %% [markdown] key="read-reading"
# What stands between two cells was counted, not taken from the file's name. Some tools write several header rows: codes, questions, ids for machines. Taken for answers, they spoil every column below them.

# %% key="file-tool"
page.frame(raw_file.recognised(raw, lang=lang))

# %% [markdown] key="read-tool"
# A tool is recognised by clues, and each is named so that you can object. An empty list means a plain table that no tool has signed.

# %% key="file-columns"
page.frame(raw_file.proposed(raw, lang=lang))

# %% [markdown] key="read-columns"
# The wording of a question and the answers below it point to a meaning; how sure that is stands beside it. A proposal counts for nothing until a person has confirmed it, or the tool itself names the column.

# %% key="file-typed"
page.frame(raw_file.typed(raw))

# %% [markdown] key="read-typed"
# Everything was read as text first. Only the meaning makes a day of a day and a number of a label, in either calendar and in any digits. Each row is a cell of somebody else, so nobody is shown here.

# %% key="file-redacted"
page.frame(raw_file.redacted(lang=lang))

# %% [markdown] key="read-redacted"
# This comment is made up, because a customer's own words are never shown raw. What has the form of personal data is taken out before anything is stored; an order number stays. A person described in words is not found.

# %% key="file-log"
page.frame(raw_file.log(case, raw))

# %% [markdown] key="read-file-log"
# This is all that was changed, left out or doubted on the way. You can explain each line to the client, or the file is not ready.

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
# ## Decide: what the columns mean
#
# The form shows each proposal beside the scores that stand in the column. Where the wording does not tell which end of an effort scale is good, choose it. Nothing is stored until you press Save; then `engagement.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import mapping

mapping.editor(case.engagement, raw.file, lang=lang)

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
# 3. The tool is recognised and a proposal is nearly sure. Why must a person still confirm it?
#
# <details><summary>Answers</summary>
#
# 1. That every part has been decided. Not whether the decisions are right.
# 2. So that anybody can read it again and get the same tables.
# 3. A scale read upside down gives no error. Only somebody who knows the question can tell.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 1 · Vision and principles](01_vision.ipynb) writes the promise.
