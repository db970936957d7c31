# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] key="title"
# # Step 7 · Continuous improvement
#
# **What you take away:** a short list of what to do next, with value and effort as honest ranges, the numbers that are truly unusual, and whether what was done works and pays.

# %% key="parameters" tags=["parameters"]
engagement: str = "nikkhaneh"  # folder of an engagement, or the name of a shipped sample
period: str = ""  # for example 1404, 1404-Q1 or 1404-01..1404-06, empty for all data
as_of: str = ""  # reference date such as 1404-06-31, empty for the last day in the data
lang: str = "en"  # en or fa
seed: int = 0  # seed of everything random
out: str = ""  # folder for outputs, empty writes nothing

# %% key="setup"
from cxlib.ink.page import Page
from cxlib.steps import client, improvement

case = client.open(engagement, period=period, as_of=as_of, seed=seed)
page = Page(case.engagement.setup, lang=lang)

# %% [markdown] key="data-what"
# ## What data there is
#
# Everything below is computed from these tables and from the decisions in `strategy/`. What is missing is named, never guessed.

# %% key="data"
from cxlib.steps import start

page.drawn(start.data(case))

# %% [markdown] key="why-improvement"
# ## Why ranges, and why a limit
#
# A single number for the value of an idea is a guess in a suit. A range shows how much of a guess it is. And whatever is begun beyond what people can finish only makes everything late.

# %% [markdown] key="by-hand"
# ## Glass box: value per effort
#
# The worst case is the least value for the most effort, the best case the most value for the least effort. In between lies what we know.

# %% key="by-hand-ratio"
first = next((action for action in improvement.ranked(case) if action.value and action.effort), None)
page.value(improvement.per_effort(first) if first else None)

# %% [markdown] key="estimate"
# The library does so for all open actions and sorts them by the middle of their ranges. Whether that order means anything is another question.

# %% key="said-first-choice"
section = improvement.section(case)
page.sentences(section, "work-in-progress", "backlog-first", "backlog-tied", "backlog-cannot-tell")

# %% [markdown] key="ask-backlog"
# ### What comes first?

# %% key="backlog"
page.exhibit(section, "backlog")

# %% [markdown] key="read-backlog"
# Two actions whose ranges overlap are not ranked, however they stand in the list. Choose between them by what you would learn.

# %% [markdown] key="ask-unusual"
# ### Is anything unusual?

# %% key="charts-said"
page.sentences(section, "charts-watched", "chart-changed", "chart-changed-lately", "charts-cannot-tell")

# %% key="control-charts"
page.exhibit(section, "control-charts")

# %% key="control-chart"
page.exhibit(section, "control-chart")

# %% [markdown] key="read-unusual"
# A number wanders by chance; only a point outside its limits is worth a question. The limits come from the time since the last change for good, and the kind of chart from what the numbers are.

# %% [markdown] key="ask-proof"
# ### Did it work?
#
# By hand: the share with the outcome among those who got the message, less the share among those whom the lot held out. Nothing but the message and luck separates the two groups.

# %% key="by-hand-proof"
from cxlib.steps import proofs

campaign = next((action.campaign for action in case.engagement.improvement.actions if action.campaign), "")
groups = proofs.counted(case, campaign)
shares = groups["hits"] / groups["n"]
page.value(shares["treated"] - shares["held_out"], n=int(groups["n"].sum()), unit="share_points")

# %% key="effects"
page.exhibit(section, "effects")

# %% [markdown] key="read-proof"
# Works, does not, cannot tell: three answers, and the third is no shame. "Does not" needs an interval below the smallest effect worth having, which was written down before the start.

# %% [markdown] key="ask-return"
# ### Does it pay?

# %% key="tornado"
page.exhibit(section, "tornado")

# %% key="return-said"
page.sentences(section, "case-pays", "case-breaks-even", "case-decides", "case-cannot-tell")

# %% [markdown] key="read-return"
# The client's own figures only, as ranges. The longest row decides; learn more about it before you spend. What is not measured is left out, so the case is on the careful side.

# %% [markdown] key="ask-payback"
# ### When is the money back?
#
# By hand, with everything in the middle of its range: what was spent before the start and in the first year, over what a month brings. If more than twelve months come out, the second year's money has to come back too.

# %% key="payback-by-hand"
from cxlib.steps import investment

programme = investment.investment(case)
likely = {name: found.likely for name, found in programme.ranges.items()}
reasons = [reason for reason in investment.LINES if programme.has(reason)]
yearly = sum(likely[a] * likely[b] * likely[c] for a, b, c in map(investment.LINES.get, reasons))
spent = likely.get("one_time_cost", 0) + likely.get("yearly_cost", 0)
page.value(12 * spent / yearly if yearly else None)

# %% key="payback-said"
page.sentences(section, "payback", "payback-open", "payback-seldom")

# %% key="payback"
page.exhibit(section, "payback")

# %% [markdown] key="read-payback"
# The hand gives one number, the library a chance for each date. A board that wants its money within a year should read the second row, not the middle of the range.

# %% [markdown] key="ask-leaving"
# ### How many are likely to leave?
#
# By hand: who was there half a year ago, and which share of them has left since. The library does so by how long ago they last bought, and first foretells a half-year that is already known.

# %% key="leaving-by-hand"
from cxlib.steps import leaving

groups = getattr(leaving.leaving(case), "groups", None)
whole = [0, 0] if groups is None else [int(groups[name].sum()) for name in ("left", "watched")]
page.value(whole[0] / whole[1] if whole[1] else None, n=whole[1], unit="share")

# %% key="leaving"
page.exhibit(section, "leaving")

# %% key="leaving-said"
page.sentences(section, *[claim.key for claim in section.claims if claim.key.startswith("leaving-")])

# %% [markdown] key="read-leaving"
# A count is enough for a budget. The names belong on a private list for those who will call, never in a report; and some customers at risk should be left alone by lot, or nobody will know whether the calls helped.

# %% [markdown] key="pitfall"
# ## Pitfall: after, therefore because
#
# The number rose after the action. It also rises after a rainy week, after a price cut of a competitor, and after nothing at all. Fix the expected effect and the date before you begin, and keep some customers out of it.

# %% key="pitfall-under-way"
page.claim(section, "work-in-progress")

# %% [markdown] key="decide"
# ## Decide
#
# Write the actions: what they should move, by how much, until when. Nothing is stored until you press Save; then `strategy/7_improvement.yaml` is checked and written, with its comments kept.

# %% key="decide-form" tags=["form", "nbval-ignore-output"]
from cxlib.forms import form

form.editor(case.engagement, "7_improvement", lang=lang)

# %% key="decisions"
page.decisions(section)

# %% [markdown] key="findings-where"
# ## What should be mended
#
# Each line says where. An empty list means that nothing was found, not that nothing is wrong.

# %% key="findings"
page.findings(section)

# %% key="section"
saved = section.save(out, 7)

# %% [markdown] key="quiz"
# ## Quiz
#
# 1. Idea A has a ratio from one to six, idea B from two to four. Which comes first?
# 2. What must be written down before an action begins?
# 3. The interval of an effect holds zero and an effect worth having. What is the verdict?
#
# <details><summary>Answers</summary>
#
# 1. They overlap; these guesses do not tell.
# 2. The expected effect, the date, the number now, and who is kept out.
# 3. Cannot tell; and how many customers would.
#
# </details>

# %% [markdown] key="next"
# **Next:** [The strategy](08_strategy.ipynb) puts all seven steps on one page.
