"""How a form looks, in the light and dark themes of JupyterLab and in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

STYLE = """<style>
.cx-form { max-width: 860px; padding: 4px 2px; gap: 2px; }
.cx-form .widget-label { white-space: normal; line-height: 1.35; height: auto; padding-top: 5px;
  color: var(--jp-ui-font-color1, #222); text-align: start; }
.cx-form .cx-title { font-size: 1.15em; font-weight: 600; margin: 0 0 4px; }
.cx-form .cx-list { font-weight: 600; margin: 12px 0 2px; }
.cx-form .cx-list small, .cx-form .cx-note { font-weight: 400; opacity: .72; }
.cx-form .cx-error { color: var(--jp-error-color1, #c62828); white-space: pre-line; line-height: 1.45;
  border-inline-start: 3px solid currentColor; padding-inline-start: 8px; margin-inline-start: 182px; }
.cx-form .cx-card { border: 1px solid var(--jp-border-color2, #ccc); border-radius: 6px; padding: 4px 8px;
  margin: 3px 0; overflow: visible; }
.cx-form .cx-body { padding: 6px 0 4px; overflow: visible; }
.cx-form .cx-head { text-align: start; font-weight: 600; background: transparent; box-shadow: none; flex: 1 1 auto;
  overflow: hidden; text-overflow: ellipsis; }
.cx-form .cx-head:hover, .cx-form .cx-small:hover { box-shadow: none; color: var(--jp-brand-color1, #1976d2); }
.cx-form input::placeholder, .cx-form textarea::placeholder { unicode-bidi: plaintext; text-align: start; }
.cx-form textarea { font-family: inherit; }
.cx-form .cx-small { width: 34px; padding: 0; background: transparent; }
.cx-form .cx-wrong > .cx-top > .cx-head { color: var(--jp-error-color1, #c62828); }
.cx-form .cx-block { border-inline-start: 3px solid var(--jp-border-color2, #ccc); padding-inline-start: 10px;
  overflow: visible; }
.cx-form .cx-chips { flex-wrap: wrap; flex: 1 1 auto; overflow: visible; }
.cx-form .cx-chip { width: auto; border-radius: 14px; padding: 0 12px; margin: 2px; }
.cx-form .cx-chip.mod-active { background: var(--jp-brand-color1, #1976d2); color: #fff; box-shadow: none; }
.cx-form .cx-add { width: auto; background: transparent; border: 1px dashed var(--jp-border-color1, #999);
  border-radius: 6px; }
.cx-form .cx-bar { margin-top: 12px; align-items: center; flex-wrap: wrap; overflow: visible; }
.cx-form .cx-bar button { width: auto; padding: 0 18px; }
.cx-form.cx-rtl, .cx-form .cx-rtl { direction: rtl; }
.cx-form.cx-rtl, .cx-form.cx-rtl input, .cx-form.cx-rtl textarea, .cx-form.cx-rtl select, .cx-form.cx-rtl button
  { font-family: Vazirmatn, Vazir, "Noto Sans Arabic", Tahoma, var(--jp-ui-font-family, sans-serif); }
.cx-form .cx-fa input, .cx-form .cx-fa textarea { direction: rtl; text-align: right; }
.cx-form .cx-en input, .cx-form .cx-en textarea { direction: ltr; text-align: left; }
.cx-form.cx-rtl select { background-position: left 4px center; padding-right: 8px; text-align: right; }
.cx-form.cx-rtl button i { margin: 0 0 0 5px; }
.cx-form.cx-rtl input[type="checkbox"] { margin: 0 0 0 6px; }
.cx-form.cx-rtl .widget-label { text-align: right; margin: 0 0 0 8px; }
</style>"""


class Kit:
    """Makes the widgets of one form, which share layout and style: so it is a third of the size to send and to keep.

    A kit belongs to the kernel that shows the form: one that is made when a module is imported may be of another.
    """

    def __init__(self) -> None:
        self._shown, self._hidden = widgets.Layout(), widgets.Layout(display="none")
        self._buttons, self._texts = widgets.ButtonStyle(), widgets.HTML(layout=self._shown).style

    def button(self, name: str = "", **given: Any) -> widgets.Button:
        """Return a button of a class of the style sheet."""
        return widgets.Button(**given, **self._of(name), style=self._buttons)

    def html(self, value: str = "", name: str = "") -> widgets.HTML:
        """Return a text of a class of the style sheet."""
        return widgets.HTML(value, **self._of(name), style=self._texts)

    def row(self, children: Sequence[widgets.Widget], name: str = "") -> widgets.HBox:
        """Return widgets side by side."""
        return widgets.HBox(children, **self._of(name))

    def column(self, children: Sequence[widgets.Widget], name: str = "") -> widgets.VBox:
        """Return widgets one below the other."""
        return widgets.VBox(children, **self._of(name))

    def note(self, text: str = "") -> widgets.HTML:
        """Return a line for an error, hidden without one."""
        made = self.html(name="cx-error")
        self.write(made, text)
        return made

    def write(self, note: widgets.HTML, text: str) -> None:
        """Show a text in a note, or hide the note."""
        self.show(note, escape(text))

    def show(self, note: widgets.HTML, markup: str) -> None:
        """Show what is markup already in a note, or hide the note."""
        note.value, note.layout = markup, self._shown if markup else self._hidden

    def heading(self, label: str, teach: str) -> widgets.HTML:
        """Return the heading of a list or block, with what it is for."""
        return self.html(f"{escape(label)} <small>{escape(teach)}</small>", "cx-list")

    def _of(self, name: str) -> dict[str, Any]:
        """Layout and class, given at once: a class that is added later is a message more."""
        return {"layout": self._shown, "_dom_classes": [name] if name else []}
