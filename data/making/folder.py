"""One engagement's inbox, file by file, from a plan and a seed."""

from __future__ import annotations

import shutil
from functools import cache
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
from ruamel.yaml import YAML

from making import desk, files
from making.comments import Comments
from making.customers import customers, events, orders
from making.listening import cases, invitations, voice
from making.plan import Plan
from making.ratings import ratings
from making.surveys import after_contact, pulse
from making.tickets import tickets
from making.trials import competitors, contacts, readings, staff

SEED = 1403
SAMPLE = Path(__file__).resolve().parent.parent / "nikkhaneh"


@cache
def words() -> dict:
    """The texts of texts.yaml."""
    return YAML(typ="safe").load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8"))


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one file: a change to one file leaves the others alone."""
    return np.random.default_rng([seed, crc32(name.encode())])


def frames(plan: Plan, *, seed: int = SEED) -> dict:
    """Return what happened, as plain frames, before any tool wrote it down."""
    said = Comments(words()["themes"], words()["openers"], words()["personal"], plan.parts_growth)
    shares = {city: spec["share"] for city, spec in words()["cities"].items()}
    people = customers(plan, stream(seed, "customers"), shares)
    bought = orders(people, plan, stream(seed, "orders"), words()["products"])
    contacted = after_contact(people, plan, stream(seed, "after_contact"), said)
    asked = pulse(people, plan, stream(seed, "pulse"), said)
    return {
        "customers": people,
        "transactions": bought,
        "after_contact": contacted,
        "pulse": asked,
        "invitations": invitations(people, asked, plan, stream(seed, "invitations")),
        "voice": voice(people, stream(seed, "voice"), said),
        "cases": cases(contacted, plan, stream(seed, "cases")),
        "events": events(people, bought, stream(seed, "events")),
        "tickets": tickets(people, plan, stream(seed, "tickets")),
        "contacts": contacts(people, plan, stream(seed, "contacts")),
        "staff": staff(plan, stream(seed, "staff"), words()["staff"]),
        "readings": readings(plan, stream(seed, "readings")),
        "competitors": competitors(plan, stream(seed, "competitors")),
        "ratings": ratings(words()["ratings"]),
    }


def inbox(plan: Plan, *, seed: int = SEED) -> dict[str, bytes]:
    """Return file name → bytes of every raw export."""
    told = frames(plan, seed=seed)
    people = told["customers"]
    ids = {
        name: people["customer_id"].to_numpy()[told[name]["customer"]]
        for name in ("after_contact", "pulse", "tickets", "invitations")
    }
    return {
        "qualtrics_after_contact.csv": files.qualtrics(
            told["after_contact"], ids["after_contact"], stream(seed, "qualtrics")
        ),
        "porsline_pulse.csv": files.porsline(told["pulse"], ids["pulse"], words()["pulse"], stream(seed, "porsline")),
        "pulse_items.csv": files.items(told["pulse"], list(plan.item_means)),
        "zendesk_tickets.csv": desk.zendesk(
            told["tickets"], ids["tickets"], words()["subjects"], stream(seed, "zendesk")
        ),
        "customers.csv": files.customers(people, words()["cities"], stream(seed, "customer_file")),
        "transactions.csv": files.transactions(told["transactions"]),
        "invitations.csv": files.invitations(told["invitations"], ids["invitations"]),
        "voice.csv": files.voice(told["voice"], people["customer_id"].to_numpy()),
        "cases.csv": files.cases(told["cases"]),
        "events.csv": files.events(told["events"]),
        "contacts.csv": files.contacts(told["contacts"]),
        "staff.csv": files.plain(told["staff"]),
        "readings.csv": files.readings(told["readings"]),
        "competitors.csv": files.plain(told["competitors"]),
        "ratings.csv": files.plain(told["ratings"]),
    }


def write(folder: Path, plan: Plan, *, seed: int = SEED, name: str = "") -> Path:
    """Write a whole engagement: the sample's settings and decisions, and exports made from `plan`.

    With a `name` the client is called so in engagement.yaml.
    """
    shutil.copytree(
        SAMPLE, folder, ignore=shutil.ignore_patterns("inbox", "out", "notebooks", ".*"), dirs_exist_ok=True
    )
    settings = folder / "engagement.yaml"
    if name:
        lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
        named = [f"name: {name}\n" if line.startswith("name:") else line for line in lines]
        settings.write_text("".join(named), encoding="utf-8")
    return write_inbox(folder, inbox(plan, seed=seed))


def write_inbox(folder: Path, made: dict[str, bytes]) -> Path:
    """Write the exports into the folder's inbox, and a key for pseudonyms if there is none; return the folder.

    The key of an invented client is no secret: the same folder name gives the same key.
    """
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (folder / "inbox" / name).write_bytes(content)
    key = folder / ".cx-key"
    if not key.exists():
        key.write_text(sha256(f"synthetic {folder.name}".encode()).hexdigest() + "\n", encoding="ascii")
    return folder
