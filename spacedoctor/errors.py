"""Errors that a user can act on; everything else is a bug and shows its traceback.

SpacedoctorError
├── CatalogueError      a catalogue file is not as it should be (exit code 2)
├── InputError          a log could not be read (exit code 3)
└── UsageError          the call's words are off (exit code 2)
"""

from __future__ import annotations


class SpacedoctorError(Exception):
    """Base of all errors that are told in one line.

    Attributes:
        message: what is wrong, one sentence.
        hint: what to do about it, or None.
        exit_code: with what the command ends.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SpacedoctorError):
    """The call's words are off."""


class CatalogueError(SpacedoctorError):
    """Catalogue files are not as they should be; `problems` has one `file:line: field: reason` each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more, "run 'spacedoctor patterns lint' to see all of them")


class InputError(SpacedoctorError):
    """A log could not be read."""

    exit_code = 3
