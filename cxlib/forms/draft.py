"""A strategy file with changes that are not saved yet.

The draft is the text of the file and the list of changes to it, so that taking the last one back is leaving it out,
and what is saved is exactly what was shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxlib.engagement import files, rules
from cxlib.engagement.changes import Change, edited
from cxlib.engagement.document import parse
from cxlib.engagement.shape import Keys
from cxlib.errors import CxError, CxErrors

EMPTY = f"schema: {files.SCHEMA}\n"


class Draft:
    """The state of one form.

    Parameters
    ----------
    path
        The strategy file; it need not exist yet.
    calendar
        The engagement's calendar, in which dates are written.

    Attributes
    ----------
    text, plain
        What the file would hold if it were saved now, as text and as plain values.
    """

    def __init__(self, path: Path, *, calendar: str) -> None:
        self.path, self.calendar = path, calendar
        self.model = files.model_of(path)
        self.name = path.relative_to(path.parent.parent).as_posix()
        self.reload()

    def reload(self) -> None:
        """Forget all changes and read the file anew."""
        self.changes: list[Change] = []
        self.before = self._stored()
        self._hold(self.before or EMPTY)

    def _hold(self, text: str) -> None:
        """Take a text as the state of the draft."""
        self.text, self._source = text, parse(text, file=self.name)
        self.plain = self._source.plain

    def _stored(self) -> str | None:
        """The file as it stands on the disk."""
        return files.text(self.path) if self.path.exists() else None

    def value(self, path: Keys) -> Any:
        """Return the value at a path, or None if nothing is given there."""
        value: Any = self.plain
        for part in path:
            if isinstance(value, dict):
                value = value.get(str(part))
            else:
                value = value[part] if isinstance(value, list) and part < len(value) else None
        return value

    def change(self, change: Change) -> None:
        """Make one more change."""
        self._hold(edited(self.text, [change]))
        self.changes = [*self.changes, change]

    def undo(self) -> None:
        """Take the last change back."""
        self.changes = self.changes[:-1]
        self._hold(edited(self.before or EMPTY, self.changes))

    def errors(self) -> list[CxError]:
        """Return what would be wrong if it were saved now."""
        found = rules.dates(self._source, self.model, self.calendar)
        try:
            files.checked(self._source, self.model)
        except CxErrors as several:
            found += several.errors
        return found

    def save(self) -> None:
        """Write the changes into the file.

        Raises
        ------
        CxError
            If the result would be wrong, or somebody else changed the file since it was read.
        """
        if self._stored() != self.before:
            raise CxError("file-changed", file=self.name)
        files.save(self.path, self.changes)
        self.reload()


def path_text(path: Keys) -> str:
    """Return a path as changes want it, items by their place.

    Examples
    --------
    >>> path_text(("goals", 0, "milestones", 1, "due"))
    'goals[#0].milestones[#1].due'
    """
    return "".join(f"[#{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
