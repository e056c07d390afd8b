"""What the checks work on, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import Entry, Mark
from spacedoctor.catalogue.yaml_files import Document


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong: the `check` that says so, where, and why."""

    check: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.check}]"

    @classmethod
    def of_problem(cls, problem: str) -> Issue:
        """Return the issue for what the loader said as `file:line: field: reason`."""
        found = re.match(r"(?P<path>.*?):(?P<line>\d+): (?P<rest>.*)", problem, re.DOTALL)
        assert found  # noqa: S101  (the loader writes them so)
        return cls("loads", found["path"], int(found["line"]), found["rest"])


@dataclass(frozen=True, slots=True)
class Context:
    """The catalogue that is checked."""

    entries: Mapping[str, Entry]
    marks: Sequence[Mark]
    documents: Mapping[str, Document]
    catalogue: Catalogue
    logs: Path | None

    def chosen(self, only: set[str] | None) -> Iterator[Entry]:
        """Yield the entries to check."""
        return (entry for entry in self.entries.values() if only is None or entry.id in only)

    def issue(self, check: str, entry: Entry, where: tuple[str | int, ...], message: str) -> Issue:
        """Return an issue at a field of an entry."""
        document = self.documents[entry.id]
        known = where
        while known and known not in document.lines:
            known = known[:-1]
        return Issue(check, str(document.path), document.lines.get(known, 1), message)
