"""Strict parameters: papermill only logs an unknown name and runs on with the default, which in a batch is one
client's report under another's name. Here names and types are checked before anything runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxlib.errors import CxError, closest


def checked(parameters: dict[str, Any], *, notebook: Path) -> dict[str, Any]:
    """Return `parameters` if the notebook knows every name and each value has its type.

    Parameters
    ----------
    parameters
        Name → value, as papermill takes them.
    notebook
        A notebook with a cell tagged ``parameters``.

    Raises
    ------
    CxError
        If a name is unknown to the notebook, or a value has another type than the notebook says.
    """
    known = declared(notebook)
    for name, value in parameters.items():
        if name not in known:
            near = closest(name, known)
            shown = {"expected": sorted(known), "near": near or "–"}
            raise CxError("unknown-parameter", file=notebook.name, column=name, **shown)
        if type(value).__name__ != known[name]:
            raise CxError("parameter-type", file=notebook.name, column=name, found=repr(value), expected=known[name])
    return parameters


def declared(notebook: Path) -> dict[str, str]:
    """Return the parameters that a notebook declares: name → name of the type.

    Raises
    ------
    CxError
        If the file is no notebook, or one that names no kernel.
    """
    import papermill

    try:
        found = papermill.inspect_notebook(str(notebook))
    except (ValueError, KeyError, AttributeError) as error:
        raise CxError("not-a-notebook", file=notebook.name, found=str(error)) from error
    return {name: about["inferred_type_name"] for name, about in found.items()}
