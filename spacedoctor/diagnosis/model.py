"""What a diagnosis consists of. Plain values; the renderers read them, nothing here prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spacedoctor.catalogue.actions import Action, Patch
from spacedoctor.catalogue.entry import Blame, Chance, Cost, Effort, Risk, Stage

Verdict = Literal["failing", "healthy", "unknown", "empty"]
Role = Literal["cause", "consequence", "warning"]
Confidence = Literal["sure", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of a log (`source`, numbered from 1); `hit` marks the line that was recognised."""

    source: str
    line: int
    text: str
    hit: bool
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A remedy with the captures filled in, at its rank (1 is first); `why` says why it stands there, `chance` whether it cures.

    `action` and `patch` are what `spacedoctor treat` carries out; empty where that cannot be done from here.
    """

    rank: int
    id: str
    title: str
    steps: tuple[str, ...]
    commands: tuple[str, ...]
    chance: Chance
    effort: Effort
    risk: Risk
    cost: Cost
    loses: str | None
    why: str
    verify: tuple[str, ...]
    references: tuple[str, ...]
    action: tuple[Action, ...] = ()
    patch: tuple[Patch, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure that was recognised.

    Attributes:
        found_by: the id of the entry's pattern or fact rule.
        origin: the catalogue folder that the entry came from.
    """

    id: str
    title: str
    area: str
    stage: Stage
    role: Role
    confidence: Confidence
    blame: Blame
    cause: str
    captures: Mapping[str, str]
    count: int
    first_line: int
    last_line: int
    boot: int
    evidence: tuple[Evidence, ...]
    explains: tuple[str, ...]
    remedies: tuple[Advice, ...]
    references: tuple[str, ...]
    found_by: str
    origin: str


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A line that looks like an error and that no finding accounts for."""

    text: str
    count: int
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not looked at, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A boot or a build within a log, from `first_line` to `last_line`.

    Attributes:
        kind: boot, build, or log where no banner begins it.
        number: the how manieth boot or build it is, from 1.
        started: when, by its banner, or None.
        outcome: serves (or was built), failed, or open where nothing tells.
    """

    kind: Literal["boot", "build", "log"]
    number: int
    started: str | None
    first_line: int
    last_line: int
    outcome: Literal["serves", "failed", "open"]


@dataclass(frozen=True, slots=True)
class LogSummary:
    """One log that was read: `lines`, `size` in bytes, how many `boots` (or builds) it shows, and those (at most 20) one by one."""

    source: str
    stage: Stage | None
    lines: int
    size: int
    boots: int
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Says:
    """What one side says of the Space: `who` is Space, Platform, Build or App."""

    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A text that is ready to be sent: `kind` is community (a visitor's note) or support (to the Hub's support); `to` says where."""

    kind: Literal["community", "support"]
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Leak:
    """A token that a log shows, by its `kind` (such as hf-token), at a line of a source; its value is not kept."""

    kind: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result: what is wrong, in the order in which to mend it.

    Attributes:
        verdict: failing, healthy, unknown (a failure that no entry knows), or empty (nothing to read).
        findings: causes first, what to mend first at their head; then consequences, then warnings.
        unrecognised: lines that look like errors and that no finding accounts for.
        skipped: what was not looked at, and why.
        logs: what was read.
        space: the Space's facts, or None.
        signs: lines that show a good start or a good build.
        says: what the Space's settings, the platform, the build and the app say, where a Space was looked at.
        leaks: tokens that the logs show and that should be revoked.
        letters: texts ready to be sent to whom it concerns.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    unrecognised: tuple[Unrecognised, ...]
    skipped: tuple[Skipped, ...]
    logs: tuple[LogSummary, ...]
    catalogue_version: str
    catalogue_entries: int
    tool_version: str
    space: Mapping[str, Any] | None = None
    signs: tuple[Evidence, ...] = ()
    says: tuple[Says, ...] = ()
    letters: tuple[Letter, ...] = ()
    leaks: tuple[Leak, ...] = ()

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The findings that are causes."""
        return tuple(finding for finding in self.findings if finding.role == "cause")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON report, version 1, as plain data (its schema: docs/report.schema.json)."""
        from spacedoctor.render import as_json

        return as_json.report(self)

    def to_json(self) -> str:
        """Return the JSON report, version 1."""
        from spacedoctor.render import as_json

        return as_json.render(self)

    def to_markdown(self) -> str:
        """Return the report as Markdown for GitHub and the Hub."""
        from spacedoctor.render import markdown

        return markdown.render(self)

    def to_html(self) -> str:
        """Return the report as one HTML file that loads nothing."""
        from spacedoctor.render import html

        return html.render(self)

    def to_terminal(self, width: int = 80, *, colour: bool = False, links: bool = False) -> str:
        """Return the report as text of at most `width` columns, with colours and with links that can be clicked at, where asked for."""
        from spacedoctor.render import terminal

        return terminal.render(self, width, colour=colour, links=links)
