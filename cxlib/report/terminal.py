"""Findings as plain text for a terminal, grouped by step, each with the place where to mend it."""

from __future__ import annotations

from cxlib.ink.sentences import Reader, plain, problem, reader
from cxlib.section import Finding
from cxlib.steps.overview import Overview
from cxlib.words import phrase


def overview(found: Overview, *, lang: str) -> str:
    """Return everything wrong, missing or stale in an engagement as text."""
    told = [error.text(lang) for error in found.errors]
    if found.client:
        reads = reader(found.client.engagement.setup, lang=lang)
        told += [_step(step, findings, reads) for step, findings in found.findings.items() if findings]
    return "\n\n".join(told) or phrase("cli.check.clean", lang)


def _step(step: str, findings: list[Finding], reads: Reader) -> str:
    """One step's findings under its name."""
    lines = [reads.words(f"step.{step}")]
    for finding in findings:
        severity = reads.words(f"severity.{finding.severity}")
        lines += [f"  [{severity}] {plain(problem(finding, reader=reads))}", f"    {finding.where}"]
    return "\n".join(lines)
