"""How a form looks, in the light and dark themes of JupyterLab and in both directions."""

from __future__ import annotations

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
