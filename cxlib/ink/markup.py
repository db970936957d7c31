"""Runs as HTML: everything escaped, and one element for every number.

A number is ``<span class="num" data-key="nps-overall.nps" data-n="1254" title="…">+18</span>``; where there is no
interval or no n it carries ``data-reason``. A client's own words stand in ``<bdi>``, so that a Latin name does not
disturb a Persian line.
"""

from __future__ import annotations

from html import escape

from cxlib.ink.sentences import Run


def html(runs: list[Run]) -> str:
    """Return runs as HTML.

    Examples
    --------
    >>> html([Run("a < b, "), Run("+18", "nps", 1254, is_number=True, part="value")])
    'a &lt; b, <span class="num value" data-key="nps" data-n="1254">+18</span>'
    """
    return "".join(_element(run) for run in runs)


def _element(run: Run) -> str:
    """One run: a number, a client's words, or text."""
    text = escape(run.text)
    if run.part == "client":
        return f"<bdi>{text}</bdi>"
    if not run.is_number:
        return text
    n = f' data-n="{run.n}"' if run.n is not None else ""
    reason = f' data-reason="{escape(run.reason)}"' if run.reason else ""
    title = f' title="{escape(run.note)}"' if run.note else ""
    return f'<span class="{f"num {run.part}".strip()}" data-key="{escape(run.key)}"{n}{reason}{title}>{text}</span>'
