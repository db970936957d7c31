"""The commands ``cx batch`` and ``cx doctor``: their options and what they do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cxlib.errors import CxError
from cxlib.words import LANGS, phrase

FINE, FOUND = 0, 1
_SWITCHES = ("retry-failed", "again", "fail-fast", "dry-run", "status", "json", "anonymous")
_TEXTS = ("manifest", "due", "cluster", "save-manifest")


def batch_options(command: argparse.ArgumentParser, lang: str) -> None:
    """Add the options of ``cx batch``."""
    command.add_argument("engagements", nargs="*", metavar="engagement", help=phrase("cli.batch.engagements", lang))
    command.add_argument("--out", default="out", help=phrase("cli.run.out", lang))
    command.add_argument("--period", action="append", default=[], help=phrase("cli.batch.period", lang))
    command.add_argument("--as-of", default="", help=phrase("cli.run.as-of", lang))
    command.add_argument("--lang", action="append", choices=LANGS, default=[], help=phrase("cli.run.lang", lang))
    command.add_argument("--seed", type=int, default=0, help=phrase("cli.run.seed", lang))
    command.add_argument("--notebooks", default="", help=phrase("cli.run.notebooks", lang))
    command.add_argument("--only", action="append", default=[], help=phrase("cli.batch.only", lang))
    command.add_argument("--workers", type=int, default=0, help=phrase("cli.run.workers", lang))
    command.add_argument("--engine", choices=("cx", "kernel"), default="cx", help=phrase("cli.batch.engine", lang))
    command.add_argument("--time-limit", type=float, default=1800, help=phrase("cli.batch.time-limit", lang))
    command.add_argument("--memory", type=int, default=8192, help=phrase("cli.batch.memory", lang))
    for name in _TEXTS:
        command.add_argument(f"--{name}", default="", help=phrase(f"cli.batch.{name}", lang))
    for name in _SWITCHES:
        key = "cli.run.dry-run" if name == "dry-run" else f"cli.batch.{name}"
        command.add_argument(f"--{name}", action="store_true", help=phrase(key, lang))


def batch(options: argparse.Namespace, lang: str) -> int:
    """Run a batch, or say what it would do or has done, and return the exit status.

    Raises
    ------
    CxError
        If what is asked for is wrong; nothing has been written then.
    """
    from cxlib.batch import manifest, run, told
    from cxlib.batch.plan import plan

    if options.status:
        _say(told.status(run.known(Path(options.out)), lang))
        return FINE
    asked = _ask(options)
    made = plan(asked)
    if options.save_manifest:
        manifest.save(manifest.of(made.cases), Path(options.save_manifest))
        _say(phrase("cli.batch.manifest-saved", lang, path=options.save_manifest))
        return FINE
    if options.dry_run:
        _say(told.dry(run.look(made, _manner(options, lang)), lang))
        return FOUND if made.refused else FINE
    return _run(made, options, lang)


def _run(made, options: argparse.Namespace, lang: str) -> int:
    """Run a checked plan."""
    from cxlib.batch import page, run, told

    where = run.Where(options.engine, options.workers, options.cluster)

    def write(ledger) -> None:
        page.write(ledger, made.ask.out.resolve(), lang=lang, anonymous=options.anonymous)

    with told.events(lang, json=options.json, total=made.total) as tell:
        done = run.many(made, manner=_manner(options, lang), where=where, tell=tell, totals=write)
    if not options.json:
        _say(told.totals(done, lang))
        _say(phrase("cli.batch.page", lang, path=str(made.ask.out.resolve() / page.PAGE)))
    return FINE if done.is_clean else FOUND


def _ask(options: argparse.Namespace):
    """What the options ask for."""
    from cxlib.batch.plan import Ask

    if not (options.engagements or options.manifest):
        raise CxError("batch-nothing")
    return Ask(
        tuple(options.engagements),
        Path(options.out),
        tuple(options.period) or ("",),
        as_of=options.as_of,
        langs=tuple(options.lang),
        seed=options.seed,
        notebooks=options.notebooks,
        only=tuple(options.only),
        manifest=options.manifest,
        due=options.due,
    )


def _manner(options: argparse.Namespace, lang: str):
    from cxlib.batch.course import Manner

    limits = {"seconds": options.time_limit, "megabytes": options.memory}
    return Manner(**limits, lang=lang, again=options.again, retry=options.retry_failed, fail_fast=options.fail_fast)


def doctor_options(command: argparse.ArgumentParser, lang: str) -> None:
    """Add the options of ``cx doctor``."""
    command.add_argument("--out", default="out", help=phrase("cli.run.out", lang))


def doctor(options: argparse.Namespace, lang: str) -> int:
    """Look at this machine and return the exit status."""
    from cxlib.batch import doctor as examination

    found = examination.examine(Path(options.out))
    _say(examination.text(found, lang=lang))
    return FINE if all(one.is_good for one in found) else FOUND


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
