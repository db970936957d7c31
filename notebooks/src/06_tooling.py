# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 6 · Tooling
#
# **What you take away:** which tool can listen where your own customers are, which moments nobody hears, and how sure the choice of a tool is.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, tooling

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-tooling"
# ## Why your own touchpoints
#
# Feature lists are written by sellers. The question of this step is narrower: of the places where your customers meet you, and of the contacts that really happen there, how many can the tool hear?

# %% [markdown] key="by-hand"
# ## Glass box: coverage by hand
#
# Count the touchpoints that the first tool covers, and divide by all of them. There is no interval, because nothing was sampled: it is a full count.

# %% key="by-hand-coverage"
points = [point.id for point in case.engagement.journey.touchpoints]
covered = [point for vendor in case.engagement.tooling.vendors[:1] for point in vendor.covers]
page.value(sum(point in covered for point in points), n=len(points))

# %% [markdown] key="estimate"
# The library counts contacts, too: a tool that hears a quiet door and misses the busy one has covered little.

# %% key="said-uncovered"
section = tooling.section(case)
page.sentences(section, "touchpoints-uncovered")

# %% [markdown] key="ask-coverage"
# ### How much does each tool hear?

# %% key="coverage"
page.exhibit(section, "coverage")

# %% [markdown] key="read-coverage"
# Compare the two shares. Where the share of contacts is far below the share of touchpoints, the tool misses the busy places.

# %% [markdown] key="ask-covered-where"
# ### Who listens where?

# %% key="covered-where"
page.exhibit(section, "covered-where")

# %% [markdown] key="read-covered-where"
# A row without a tool in use is a blind spot. If it is a moment of truth, begin there.

# %% [markdown] key="ask-stack"
# ### What is the stack?

# %% key="stack"
page.exhibit(section, "stack")

# %% [markdown] key="read-stack"
# Every system needs an owner and a place where its data go. A system that feeds nothing is an archive.

# %% [markdown] key="ask-choice"
# ### Which tool, and how sure is that?
#
# By hand: the value of each tool by each criterion, from 0 to 1, times the weights, added up. A winner always comes out. The library then draws weights and raters again and again, and counts how often each tool comes first.

# %% key="by-hand-choice"
from cxlib.steps import vendor_choice

made = vendor_choice.choice(case)
page.value((made.utilities @ made.weights).tolist() if made else [])

# %% key="vendor-choice"
page.exhibit(section, "vendor-choice")

# %% key="vendor-sentences"
page.sentences(section, "vendor-first", "vendor-tied", "vendor-cannot-tell", "vendor-flip", "vendor-no-flip")

# %% [markdown] key="read-choice"
# A tie is an answer: then price, contract or a trial may decide, and nobody has to pretend. If one weight turns the choice, talk about that weight and leave the others alone.

# %% [markdown] key="ask-weights"
# ### Where do the weights come from?
#
# By hand: write the comparisons as a square, take the geometric mean of each row, and divide by the sum. The library takes the main eigenvector instead, which comes to nearly the same, and checks whether the answers contradict each other.

# %% key="weights-by-hand"
from cxlib.measures import choice
from cxlib.steps import vendor_weights

pairs = vendor_weights.pairs(case)
names = list(dict.fromkeys(name for first, second, _ in pairs for name in (first, second)))
means = choice.comparisons(names, pairs=pairs).prod(axis=1) ** (1 / max(len(names), 1))
page.value([round(mean / means.sum(), 3) for mean in means])

# %% key="weights-said"
page.sentences(section, "weights-compared", "weights-contradict", "weights-decided")

# %% [markdown] key="read-weights"
# Whoever says that service beats price and price beats speed must not say that speed beats service. Where the ratio is too large the weights are not used; talk about the three criteria that are named.

# %% [markdown] key="ask-costs"
# ### What does each tool cost over the years?
#
# By hand: introduction once, then the price of each year, which rises, everything in the middle of its range. A yearly price alone hides both.

# %% key="costs-by-hand"
import pandas as pd

tooling_file = case.engagement.tooling
parts = ("one_time_cost", "yearly_cost", "yearly_rise")
tools = [tool for tool in tooling_file.vendors if tool.yearly_cost]
middles = [[sum(getattr(tool, part) or (0, 0)) / 2 for part in parts] for tool in tools]
years = range(tooling_file.years)
sums = [once + sum(price * (1 + rise) ** year for year in years) for once, price, rise in middles]
page.frame(pd.DataFrame({"vendor": [tool.id for tool in tools], "total_cost": sums}))

# %% key="vendor-costs"
page.exhibit(section, "vendor-costs")

# %% key="costs-said"
page.sentences(section, "vendor-cost-more", "vendor-cost-less", "vendor-cost-alike", "vendor-cost-open")

# %% [markdown] key="read-costs"
# Look at the width before the middle. A price in another currency is wide because nobody knows next year's rate, and no contract makes it narrower. Money and place of hosting are decided here, not in the weighted sum.

# %% [markdown] key="pitfall"
# ## Pitfall: the tool before the question
#
# A platform bought before the stages are known will measure what it can, not what you need. Bring the map to the demonstration, and let them show your moments of truth. The number below says how many you have marked.

# %% key="pitfall-truths"
page.value(sum(point.moment_of_truth for point in case.engagement.journey.touchpoints), n=len(points))

# %% [markdown] key="decide"
# ## Decide
#
# List the tools under consideration, what they cover, and the systems there are. Nothing is stored until you press Save; then `strategy/6_tooling.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "6_tooling", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 6)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. A tool covers most touchpoints and few contacts. Why?
# 2. What do you bring to a vendor's demonstration?
# 3. One tool leads by a hair and comes first in half of the draws. What do you write?
# 4. The comparisons contradict each other. What do you do with the weights?
#
# <details><summary>Answers</summary>
#
# 1. It misses the busy places.
# 2. The journey map, with its moments of truth.
# 3. Tied; let price, contract or a trial decide.
# 4. Nothing; compare the criteria again.
#
# </details>

# %% [markdown] key="next"
# **Next:** [Step 7 · Continuous improvement](07_improvement.ipynb) decides what to do first.
