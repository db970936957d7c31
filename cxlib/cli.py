"""The command ``cx``: new, check, intake, run, batch and doctor.

Exit status: 0 fine, 1 findings, failed notebooks or a full disk, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxlib import __version__
from cxlib.batch.commands import batch, batch_options, doctor, doctor_options
from cxlib.errors import CxError, Stopped
from cxlib.words import LANGS, phrase

FINE, FOUND, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
LARGE = 20_000_000
"""Bytes of a file from which on its start is told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = os.environ.get("CX_LANG", "en") if os.environ.get("CX_LANG") in LANGS else "en"
    options = parser(lang).parse_args(given)
    try:
        return options.act(options, lang)
    except CxError as error:
        _say(error.text(lang), file=sys.stderr)
        return FOUND if isinstance(error, Stopped) else WRONG_USE
    except KeyboardInterrupt:
        _say(phrase("cli.interrupted", lang), file=sys.stderr)
        return INTERRUPTED


def parser(lang: str) -> argparse.ArgumentParser:
    """Return the argument parser with help in `lang`."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser("cx", description=phrase("cli.about", lang), formatter_class=raw)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar=phrase("cli.command", lang))
    for name, act, options in (
        ("new", _new, _new_options),
        ("check", _check, _engagement_option),
        ("intake", _intake, _intake_options),
        ("run", _run, _run_options),
        ("batch", batch, batch_options),
        ("doctor", doctor, doctor_options),
    ):
        texts = {"help": phrase(f"cli.{name}", lang), "epilog": phrase(f"cli.{name}.examples", lang)}
        command = commands.add_parser(name, description=texts["help"], formatter_class=raw, **texts)
        options(command, lang)
        command.set_defaults(act=act)
    return top


def _engagement_option(command: argparse.ArgumentParser, lang: str) -> None:
    command.add_argument("engagement", help=phrase("cli.engagement", lang))


def _new_options(command: argparse.ArgumentParser, lang: str) -> None:
    command.add_argument("path", help=phrase("cli.path", lang))
    command.add_argument("--lang", choices=LANGS, default="en", help=phrase("cli.new.lang", lang))
    command.add_argument("--name", default="", help=phrase("cli.new.name", lang))


def _intake_options(command: argparse.ArgumentParser, lang: str) -> None:
    command.add_argument("paths", nargs="+", metavar="path", help=phrase("cli.intake.paths", lang))
    command.add_argument("--dry-run", action="store_true", help=phrase("cli.intake.dry-run", lang))
    command.add_argument("--json", action="store_true", help=phrase("cli.json", lang))
    command.add_argument("--out", default="out", help=phrase("cli.run.out", lang))


def _run_options(command: argparse.ArgumentParser, lang: str) -> None:
    _engagement_option(command, lang)
    command.add_argument("--out", default="out", help=phrase("cli.run.out", lang))
    command.add_argument("--period", default="", help=phrase("cli.run.period", lang))
    command.add_argument("--as-of", default="", help=phrase("cli.run.as-of", lang))
    command.add_argument("--lang", action="append", choices=LANGS, default=[], help=phrase("cli.run.lang", lang))
    command.add_argument("--seed", type=int, default=0, help=phrase("cli.run.seed", lang))
    command.add_argument("--notebooks", default="", help=phrase("cli.run.notebooks", lang))
    command.add_argument("--workers", type=int, default=0, help=phrase("cli.run.workers", lang))
    command.add_argument("--dry-run", action="store_true", help=phrase("cli.run.dry-run", lang))


def _new(options: argparse.Namespace, lang: str) -> int:
    from cxlib.batch import notebooks
    from cxlib.engagement import folder

    made = folder.new(options.path, lang=options.lang, name=options.name)
    notebooks.copy(made, lang=options.lang)
    _say(phrase("cli.new.made", lang, path=str(made)))
    return FINE


def _check(options: argparse.Namespace, lang: str) -> int:
    from cxlib.report import terminal
    from cxlib.steps.overview import overview

    found = overview(options.engagement)
    _say(terminal.overview(found, lang=lang))
    if found.client is None:
        return WRONG_USE
    return FINE if found.is_clean else FOUND


def _intake(options: argparse.Namespace, lang: str) -> int:
    from cxlib.intake import told

    reports = []
    for number, path in enumerate(options.paths, start=1):
        if len(options.paths) > 1 and sys.stderr.isatty():
            _say(f"[{number}/{len(options.paths)}] {path}", file=sys.stderr)
        reports.append(_intake_report(path, options, lang))
    if options.json:
        _say(json.dumps(reports, ensure_ascii=False, indent=1, default=str))
    else:
        texts = [
            told.engagement_text(it, lang=lang) if "files" in it else told.file_text(it, lang=lang) for it in reports
        ]
        _say("\n\n".join(texts))
    return FOUND if any(_doubtful(report) for report in reports) else FINE


def _intake_report(path: str, options: argparse.Namespace, lang: str) -> dict[str, Any]:
    """The report of a file, or of an engagement; an engagement's tables are kept unless it is a dry run."""
    from cxlib.engagement import folder
    from cxlib.intake import summary

    def starting(file: Path) -> None:
        _say_large(file, lang)

    if Path(path).is_file() and Path(path).name != folder.SETTINGS:
        starting(Path(path))
        return summary.file_report(path, lang=lang)
    opened = folder.open(path)
    kept = None if options.dry_run else Path(options.out) / opened.name / "intake"
    return summary.engagement_report(opened, kept=kept, starting=starting, lang=lang)


def _say_large(path: Path, lang: str) -> None:
    """Say that a large file starts, so that nobody takes the wait for a fault."""
    size = path.stat().st_size
    if size > LARGE:
        _say(phrase("intake.told.large", lang, file=path.name, size=size / 1e6), file=sys.stderr)


def _doubtful(report: dict[str, Any]) -> bool:
    """Whether a file was refused or a question is open."""
    if "files" in report:
        return bool(report["errors"]) or any(_doubtful(item) for item in report["files"])
    return bool(report["refused"] or report["questions"])


def _run(options: argparse.Namespace, lang: str) -> int:
    from cxlib.batch import run, told

    chosen = {"period": options.period, "as_of": options.as_of, "seed": options.seed, "notebooks": options.notebooks}
    if options.dry_run:
        _say(told.dry(run.dry(options.engagement, out=options.out, langs=options.lang, **chosen), lang))
        return FINE
    with told.progress(lang) as progress:
        how = {"workers": options.workers, "progress": progress}
        done = run.run(options.engagement, out=options.out, langs=options.lang, **how, **chosen)
    _say(told.summary(done, lang))
    return FOUND if done.failed else FINE


def _say(text: str, *, file=None) -> None:
    """Write a text to the terminal, or to what it is piped into."""
    stream = file or sys.stdout
    stream.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
