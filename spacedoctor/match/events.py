"""What matching hands on: in the order of the log, hits of patterns and marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spacedoctor.catalogue.entry import Entry, Mark, Pattern


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line of the log as the report shows it."""

    number: int
    text: str
    hit: bool
    timestamp: str | None


@dataclass(frozen=True, slots=True)
class PatternEvent:
    """A pattern of an entry holds at this line.

    Attributes:
        line: the line's number in the log, from 1.
        captures: by name; empty on repeats.
        evidence: the line with its neighbours; empty after the first few hits of a pattern.
        uncaught: a Python traceback ends here that began at the top of a program, so that nothing caught it.
        repeated: the pattern has been confirmed so often that this candidate was only counted.
    """

    line: int
    entry: Entry
    pattern: Pattern
    captures: Mapping[str, str]
    evidence: tuple[EvidenceLine, ...]
    uncaught: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class MarkEvent:
    """A mark stands at this line."""

    line: int
    mark: Mark
    captures: Mapping[str, str]
    text: str


Event = PatternEvent | MarkEvent
