"""What became of a boot or a build: does it serve, since when, what ended it, and which hits were survived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacedoctor.match.events import MarkEvent
from spacedoctor.match.sections import EntryHits, Hit, LogRecord, Section

NEAR_END = 40
REQUEST_BEFORE, REQUEST_AFTER = 200, 60
TRACEBACK_LINES = 150
PAGE_HEADER_LINES = 30
SERVICES = ("database", "hub")
PLATFORM = "spaces"
GOES_ON_LINES, GOES_ON_TIMES = 25, 3
ERRORS_AT_END = 5


@dataclass(frozen=True, slots=True)
class Life:
    """The life of one section.

    Attributes:
        serving_since: the line from which on the app serves (or the build is done); 0 where it never did or has ended since.
        ends: lines of bad ends that nothing came up again after.
        recovered: the last line that tells of a retry that worked.
        terminal: first and last line of the traceback by which the section ends, or None.
        platform_lines: lines on which the platform itself says that the Space failed.
        end: the section's last line.
    """

    section: Section
    serving_since: int
    ends: tuple[int, ...]
    recovered: int
    terminal: tuple[int, int] | None
    platform_lines: frozenset[int]
    end: int

    @classmethod
    def of(cls, record: LogRecord, section: Section) -> Life:
        """Look at a section of a log; what the page says above the first banner counts for every section."""
        ready = [mark for kind in ("ready", "built") for mark in section.marks.get(kind, [])]
        exits = section.marks.get("exit", [])
        header = page_header(record)
        platform = [
            mark.line for one in (section, header) if one for mark in one.marks.get("exit", []) if mark.mark.framework == PLATFORM
        ]
        ends = [] if platform else [mark.line for mark in exits if not _came_up_again(mark, ready)]
        last_ready = max((mark.line for mark in ready), default=0)
        serving = 0 if platform or any(line >= last_ready for line in ends) else last_ready
        end = record.lines if section is record.sections[-1] else section.last_line
        terminal = _terminal(section, end, serving, [mark.line for mark in exits])
        return cls(section, serving, tuple(ends), section.last("recovered"), terminal, frozenset(platform), end)

    def weight(self, hit: Hit, hits: EntryHits) -> str:
        """Return what a hit counts for: one of judge.CAUSE_ORDER, or `warning` where it is no cause."""
        if hit.severity == "warning" or self._survived(hit, hits):
            return "warning"
        fallback = hit.severity == "fallback"
        if self.terminal and self.terminal[0] <= hit.line <= self.terminal[1] + 1:
            return "terminal-fallback" if fallback else "terminal"
        return "fallback" if fallback else hit.severity

    def _survived(self, hit: Hit, hits: EntryHits) -> bool:
        if hits.entry.area in SERVICES and hit.line < self.recovered:
            return True
        if any(first <= hit.line <= last + 1 for first, last in self.section.ignored):
            return True
        if not self.serving_since or hit.line in self.platform_lines or (hit.scope == "boots" and hit.severity != "fallback"):
            return False
        if hit.line < self.serving_since:
            return not any(line >= hit.line for line in self.ends)
        ends_the_app = hit.uncaught or (hit.severity == "fatal" and not self._in_traceback(hit.line))
        return not ends_the_app and not self._fails_a_request(hit.line) and not self._goes_on(hit, hits)

    def _goes_on(self, hit: Hit, hits: EntryHits) -> bool:
        """Whether it was still failing when the log ends: again and again, or a service that has not come back."""
        if hit.severity == "fallback" or self.end - hits.last_line > GOES_ON_LINES:
            return False
        return hits.count >= GOES_ON_TIMES or hits.entry.area in SERVICES

    def _in_traceback(self, line: int) -> bool:
        return any(first <= line <= first + TRACEBACK_LINES for first, _ in self.section.tracebacks)

    def _fails_a_request(self, line: int) -> bool:
        marks = self.section.marks.get("request-failed", [])
        return any(-REQUEST_BEFORE <= mark.line - line <= REQUEST_AFTER for mark in marks)

    @property
    def unexplained(self) -> bool:
        """Whether the section went wrong as far as its marks and error lines tell."""
        errors = any(line > self.recovered for line, _ in self.section.errors.values())
        if not self.serving_since or self.ends:
            return bool(errors or self.terminal or self.ends or self.section.last("exit"))
        return errors and (self.section.last("request-failed") > self.serving_since or self._ends_in_errors())

    def _ends_in_errors(self) -> bool:
        """Whether the app serves, and yet the log ends in error after error."""
        since = sum(count for line, count in self.section.errors.values() if line > self.serving_since)
        return since >= ERRORS_AT_END and self.end - self.section.last("error") <= 1


def page_header(record: LogRecord) -> Section | None:
    """Return the few lines above the first banner: copied from the Space's page, they hold the platform's own words."""
    if len(record.sections) < 2 or record.sections[0].started or record.sections[1].first_line > PAGE_HEADER_LINES:
        return None
    return record.sections[0]


def _came_up_again(end: MarkEvent, ready: Iterable[MarkEvent]) -> bool:
    frameworks = {end.mark.framework, "any"}
    return any(mark.line > end.line and (end.mark.framework == "any" or mark.mark.framework in frameworks) for mark in ready)


def _terminal(section: Section, end: int, serving: int, exits: list[int]) -> tuple[int, int] | None:
    if not section.tracebacks:
        return None
    first, last = section.tracebacks[-1]
    ends_here = end - last <= NEAR_END or any(0 <= line - last <= NEAR_END for line in exits)
    return (first, last if last > first else end) if ends_here and first > serving else None
