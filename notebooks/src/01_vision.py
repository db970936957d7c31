# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 1 · Vision and principles
#
# **What you take away:** a promise that answers how customers should feel after every contact, and the proof that it can be measured.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, vision

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-vision"
# ## Why a vision, and why a measurable one
#
# A vision that hangs on a wall changes nothing. It works if it inspires, if every feeling it promises can be measured, if it serves the company's own goals, and if people can say it without looking.

# %% [markdown] key="by-hand"
# ## Glass box: is it simple?
#
# Count the words, and count those of the longest sentence. What cannot be said in one breath will not be passed on.

# %% key="by-hand-words"
from cxlib.engagement.fields import text

words = text(case.engagement.vision.statement, lang).split()
page.value(len(words))

# %% [markdown] key="estimate"
# The library looks at both languages and keeps the longer count.

# %% key="said-vision-simple"
section = vision.section(case)
page.claim(section, "vision-simple")

# %% [markdown] key="ask-vision-links"
# ### Can every promised feeling be measured?

# %% key="vision-links"
page.exhibit(section, "vision-links")

# %% [markdown] key="read-vision-links"
# A feeling without a KPI or an item is a wish. It is not wrong to wish; it is wrong to report on it.

# %% [markdown] key="ask-vision-goals"
# ### Does the vision serve the company?

# %% key="vision-goals"
page.exhibit(section, "vision-goals")

# %% [markdown] key="read-vision-goals"
# A goal that no promise serves will have to be reached in another way, or the vision is incomplete.

# %% [markdown] key="ask-vision-qualities"
# ### What do several raters say?

# %% key="vision-qualities"
page.exhibit(section, "vision-qualities")

# %% [markdown] key="by-hand-distance"
# By hand: on each quality take the highest score minus the lowest, then the mean of these distances. On a scale from 1 to 5 it says more about a small panel than any mean.

# %% key="distance"
from cxlib.steps import disagreement

said = disagreement.table(case, "vision")
page.value((said.max(axis=1) - said.min(axis=1)).mean(), n=len(said))

# %% key="raters-said"
page.sentences(section, "raters-agree", "raters-apart", "raters-cannot-tell", "raters-furthest")

# %% key="raters"
from IPython.display import display

display(*[page.drawn(exhibit) for exhibit in section.exhibits if exhibit.key == "raters"])

# %% [markdown] key="read-vision-qualities"
# Inspiring is a matter of judgement, so ask several people and show how far apart they are, and who from whom. Too few raters to tell is an answer. A rater who is always higher reads the scale differently; one who is far from a single colleague reads the words differently.

# %% [markdown] key="ask-vision-principles"
# ### Are the principles alive?

# %% key="vision-principles"
page.exhibit(section, "vision-principles")

# %% [markdown] key="read-vision-principles"
# A principle says what we do and what we do not do. It lives where somebody owns it and a number would show if it were broken.

# %% [markdown] key="pitfall"
# ## Pitfall: the average of a quarrel
#
# Two raters say one and five, two others say three and three. Both pairs have the same mean. Look at the distance before the mean.

# %% key="pitfall-quarrel"
import pandas as pd

from cxlib.measures import survey

page.estimates({"1, 5": survey.mean(pd.Series([1, 5])), "3, 3": survey.mean(pd.Series([3, 3]))})

# %% [markdown] key="decide"
# ## Decide
#
# Write the promise, its feelings and principles with the people who must keep them. Nothing is stored until you press Save; then `strategy/1_vision.yaml` is checked and written, with its comments kept.

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
saved = section.save(out, 1)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. "We delight our customers." Which of the four qualities is missing?
# 2. When is a promised feeling measurable?
# 3. Two raters give one and five. What do you do with the mean?
#
# <details><summary>Answers</summary>
#
# 1. Measurable, and most likely aligned: no feeling, no number, no goal.
# 2. When a survey item or a KPI with a baseline shows it.
# 3. Put it aside and let the two talk.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 2 · Personas](02_personas.ipynb) asks who the customers are.
