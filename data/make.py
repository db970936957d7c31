"""Write the sample engagement's raw exports again, or check that they are what the generator makes.

python data/make.py                        write data/nikkhaneh/inbox
python data/make.py --check                exit status 1 if a file there differs
python data/make.py --null --out FOLDER    a whole engagement in which nothing differs and nothing works
python data/make.py --b2b --out FOLDER     a small business-to-business client
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from making import business, folder
from making.plan import PLAN, null


def main(arguments: list[str]) -> int:
    """Run the command line; return its exit status."""
    options = _options(arguments)
    if options.b2b:
        business.write(options.out, business.Accounts(), seed=options.seed)
    elif options.null:
        folder.write(options.out, null(PLAN), seed=options.seed, name=folder.words()["null_name"])
    elif options.out:
        folder.write(options.out, PLAN, seed=options.seed)
    elif options.check:
        return int(bool(differing(folder.SAMPLE, seed=options.seed)))
    else:
        folder.write_inbox(folder.SAMPLE, folder.inbox(PLAN, seed=options.seed))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    """The command line, read strictly: a variant needs a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--check", "--null", "--b2b"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=folder.SEED)
    options = parser.parse_args(arguments)
    if (options.null or options.b2b) and not options.out:
        parser.error("--null and --b2b need --out FOLDER")
    return options


def differing(sample: Path, *, seed: int) -> list[str]:
    """Return the names of exports that are missing, foreign or not what the generator makes."""
    made = folder.inbox(PLAN, seed=seed)
    stored = {path.name: path.read_bytes() for path in (sample / "inbox").iterdir() if path.is_file()}
    return sorted(name for name in made | stored if made.get(name) != stored.get(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
