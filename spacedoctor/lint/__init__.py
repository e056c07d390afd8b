"""Checks of a whole catalogue, beyond what loading it refuses: is every pattern proved, does each entry win on its own samples, is nothing slow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from spacedoctor.catalogue import Catalogue, catalogue_files, loading, packed
from spacedoctor.lint import on_samples, on_text
from spacedoctor.lint.model import Context, Issue


def lint(folders: list[Path], only: set[str] | None = None, logs: Path | None = None) -> Iterator[Issue]:
    """Yield what is wrong with the catalogue in `folders`.

    Args:
        folders: catalogue folders; later ones add to the earlier ones.
        only: ids to check; None checks all.
        logs: a folder `<id or healthy>/<name>.log` of stored logs that must be judged as their folder says; None for none.
    """
    files = list(catalogue_files(folders))
    entries, marks, documents, problems = loading.read(files)
    for problem in problems:
        yield Issue.of_problem(problem)
    catalogue = Catalogue(packed.pack(*loading.lean(entries, marks)), files, "unversioned")
    context = Context(entries, marks, documents, catalogue, logs)
    for check in (*on_text.CHECKS, *on_samples.CHECKS):
        yield from check(context, only)
