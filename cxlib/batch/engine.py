"""The entry point ``papermill --engine cx``: papermill loads it at every import, so it imports nothing."""

from __future__ import annotations

from typing import Any


class Engine:
    """Runs a notebook in ipykernel's own shell inside this process, without sockets, threads or a second process."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Return the notebook with its outputs; called by papermill."""
        from cxlib.batch.shell import ShellEngine

        return ShellEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the name of the kernel that the notebook asks for."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language of the notebook."""
        from papermill.utils import nb_language

        return nb_language(nb, language)
