# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # The strategy, told
#
# **What you take away:** the whole strategy on one page, and every place where the chain from promise to proven effect is broken.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, strategy

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-chain"
# ## Why a chain
#
# A strategy is a chain: a promise, measured by a number, at a stage, owned by a name, moved by an action, with an effect. It is as strong as its weakest link, and a chain can be checked.

# %% [markdown] key="by-hand"
# ## Glass box: one promise, link by link
#
# Take the first promise and ask at each link: is there something? The first empty answer is where the promise ends.

# %% key="by-hand-one-chain"
from cxlib.steps import chain

feelings = case.engagement.vision.feelings[:1]
page.frame(chain.table(case).head(len(feelings)))

# %% [markdown] key="estimate"
# The library walks all promises through all their goals.

# %% key="said-chain-whole"
section = strategy.section(case)
page.claim(section, "chain-whole")

# %% [markdown] key="ask-on-a-page"
# ### What is the strategy on one page?

# %% key="on-a-page"
page.exhibit(section, "on-a-page")

# %% [markdown] key="read-on-a-page"
# One row a goal. Read it aloud: we promise this, here, it stands there now, it should stand there then, this person answers for it, and this is what we do.

# %% [markdown] key="ask-chain"
# ### Where does the chain break?

# %% key="chain"
page.exhibit(section, "chain")

# %% [markdown] key="read-chain"
# The last column names the first broken link. Mending the last link of a chain that breaks at the first changes nothing.

# %% [markdown] key="ask-turning-points"
# ### What would change the decision?
#
# By hand: how far must a score move before a second survey of this size would show it in 8 of 10 cases? Take the standard error, times the root of 2 because both surveys have noise, times `2.8`.

# %% key="smallest-move"
from cxlib.steps import metrics

scores = metrics.given(case, "nps")
points = 100 * ((scores >= 9).astype(float) - (scores <= 6).astype(float))
page.value(2.8 * 2**0.5 * points.sem(), n=len(points), unit="points")

# %% key="turning-said"
page.sentences(section, "turning-count", "turning-nearest", "turning-cannot-tell")

# %% key="turning-points"
from IPython.display import display

display(*[page.drawn(exhibit) for exhibit in section.exhibits if exhibit.key == "turning-points"])

# %% [markdown] key="read-turning-points"
# Each row is something that this workbook recommends, where the number is now, and where the recommendation would turn. If a small change turns it, get more answers or better guesses first. If only a large one does, act.

# %% [markdown] key="pitfall"
# ## Pitfall: a strategy of whole chains only
#
# A chain can be made whole by deleting the promise. That is honest, but it is not ambition. Keep the broken link in sight until it is mended or the promise is taken back in the open. The number below is how many promises there are.

# %% key="pitfall-promises"
page.value(len(case.engagement.vision.feelings))

# %% [markdown] key="decide"
# ## Decide
#
# Most breaks are mended in the goals: link each to a promise, a stage and an owner. Nothing is stored until you press Save; then `strategy/4_kpis.yaml` is checked and written, with its comments kept.

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
saved = section.save(out, 8)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. A goal has an owner, a target and an action, but no promise. Is it part of the strategy?
# 2. Which link do you mend first?
# 3. What is the difference between an effect and a target?
#
# <details><summary>Answers</summary>
#
# 1. Not yet: nobody knows which promise it keeps.
# 2. The first broken one; what follows hangs on it.
# 3. A target is decided, an effect is proven.
#
# </details>

# %% [markdown] key="next"
# **Done.** Run `cx run` to make the report of all nine notebooks in both languages.
