"""Read, validate and join catalogue files into the plain data that the cache keeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spacedoctor.catalogue import validate, yaml_files
from spacedoctor.catalogue.entry import Entry, Mark, Samples
from spacedoctor.errors import CatalogueError


def read(files: Iterable[Path]) -> tuple[dict[str, Entry], list[Mark], dict[str, yaml_files.Document], list[str]]:
    """Return the entries by id (a later file of the same id wins), the marks, the entries' documents, and all problems."""
    entries: dict[str, Entry] = {}
    marks: list[Mark] = []
    documents: dict[str, yaml_files.Document] = {}
    every: list[yaml_files.Document] = []
    for path in files:
        document = yaml_files.read(path)
        every.append(document)
        if path.name == "marks.yaml":
            marks += validate.marks_of(document)
        elif entry := validate.entry_of(document):
            entries[entry.id] = entry
            documents[entry.id] = document
    validate.success_problems(entries, marks, documents)
    validate.graph_problems(entries, documents)
    return entries, marks, documents, [problem for document in every for problem in document.problems]


def load(files: Iterable[Path]) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return the entries by id and the marks, as plain data, without samples.

    Raises:
        CatalogueError: with all problems of all files.
    """
    entries, marks, _, problems = read(files)
    if problems:
        raise CatalogueError(problems)
    return lean(entries, marks)


def lean(entries: dict[str, Entry], marks: list[Mark]) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return what a run needs as plain data: everything but the samples."""
    bare = {name: dataclasses.asdict(dataclasses.replace(entry, samples=Samples((), ()))) for name, entry in entries.items()}
    return dict(sorted(bare.items())), [dataclasses.asdict(mark) for mark in marks]
