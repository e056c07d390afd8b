"""What a verification consists of. Plain values; nothing here asks or prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from spacedoctor.diagnosis.model import Diagnosis, Evidence

Verdict = Literal["fixed", "other-failure", "same-failure", "unfinished", "unknown"]
EventKind = Literal["waiting", "reading", "checking", "restarting", "calling"]


@dataclass(frozen=True, slots=True)
class Event:
    """One step on the way, for whoever waits: its `kind`, and a `text` of one line."""

    kind: EventKind
    text: str


Progress = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Treated:
    """The failure that was to be mended.

    Attributes:
        id: its entry; None where no entry knows it.
        title: its entry's title, or what the report said of it.
        captures: what was captured of it; empty where only its id is known.
    """

    id: str | None
    title: str
    captures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """What runs, or ran: the Space's `stage`, the `commit` that was built, the repository's `head`, when the last `boot` and `build` began."""

    stage: str | None = None
    commit: str | None = None
    head: str | None = None
    boot: str | None = None
    build: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark that a good start shows: its `id`, what its line looks like (`example`), and the line that shows it, None where none does."""

    id: str
    example: str
    line: Evidence | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of a request to the Space.

    Attributes:
        check: the request and what was expected, in words that hold no value of its body.
        passed: whether the answer was as expected.
        status: the HTTP status, None where no answer came.
        reason: what was wrong with it; empty where it passed.
        seconds: from the first try to the end of the answer.
        tries: how often it was asked.
    """

    check: str
    passed: bool
    status: int | None
    reason: str
    seconds: float
    tries: int


@dataclass(frozen=True, slots=True)
class Persistence:
    """Whether data outlives a restart: `what` was looked at, `kept` (None where it cannot be told), and `why`."""

    what: str
    kept: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result: did the fix work?

    Attributes:
        verdict: fixed; other-failure (the treated failure is gone, and another one has come up behind it, or a check fails); same-failure;
            unfinished (the new container did not come up in time); unknown (it cannot be told).
        space: the Space's id.
        treated: the failure that was to be mended, None where it was not told.
        before: what ran when that was diagnosed, None where it was not told.
        after: the container that was looked at.
        diagnosis: the diagnosis of the Space as it is now, of the new container's log only.
        signs: marks that a good start shows, seen or not.
        checks: what came of the requests to the Space.
        persistence: whether data outlives a restart, None where that was not asked.
        seconds: how long it took in all.
        doubts: what keeps the verdict from being better, or is to be known about it; a sentence each.
    """

    verdict: Verdict
    space: str
    treated: Treated | None
    before: Container | None
    after: Container
    diagnosis: Diagnosis
    signs: tuple[Sign, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    persistence: Persistence | None = None
    seconds: float = 0.0
    doubts: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON report as plain data (its schema: docs/verification.schema.json)."""
        from spacedoctor.verification import report

        return report.as_data(self)

    def to_json(self) -> str:
        """Return the JSON report."""
        from spacedoctor.verification import report

        return report.as_json(self)

    def to_markdown(self) -> str:
        """Return the report as Markdown for GitHub and the Hub."""
        from spacedoctor.verification import report

        return report.as_markdown(self)

    def to_html(self) -> str:
        """Return the report as one HTML file that loads nothing."""
        from spacedoctor.verification import report

        return report.as_html(self)

    def to_terminal(self, width: int = 80, *, colour: bool = False, links: bool = False) -> str:
        """Return the report as text of at most `width` columns, with colours and with links that can be clicked at, where asked for."""
        from spacedoctor.verification import report

        return report.as_terminal(self, width, colour=colour, links=links)
