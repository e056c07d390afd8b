"""Sort events into sections: each boot and each build of a log is one, and is judged for itself. Memory stays bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from spacedoctor.catalogue.entry import Entry, Stage
from spacedoctor.match.events import Event, EvidenceLine, MarkEvent, PatternEvent
from spacedoctor.redact import cut

KEPT_HITS = 4
KEPT_MARKS = 40
KEPT_BLOCKS = 60
KEPT_SECTIONS = 20
KEPT_ERRORS = 40
LONGEST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Hit:
    """One confirmed hit of one pattern."""

    line: int
    pattern: str
    severity: str
    scope: str
    uncaught: bool
    captures: Mapping[str, str]
    evidence: tuple[EvidenceLine, ...]


@dataclass(slots=True)
class EntryHits:
    """All hits of one entry in one section: how many, where, and the first few in full (and the last one)."""

    entry: Entry
    count: int = 0
    first_line: int = 0
    last_line: int = 0
    hits: list[Hit] = field(default_factory=list)
    per_pattern: Counter[str] = field(default_factory=Counter)

    def add(self, event: PatternEvent) -> None:
        """Count one more hit."""
        self.count += 1
        self.per_pattern[event.pattern.id] += 1
        self.first_line = self.first_line or event.line
        self.last_line = event.line
        if event.evidence:
            severity = event.pattern.severity or event.entry.severity
            scope = event.pattern.scope
            self.hits.append(Hit(event.line, event.pattern.id, severity, scope, event.uncaught, event.captures, event.evidence))
            del self.hits[KEPT_HITS * 4 : -1]


@dataclass(slots=True, eq=False)
class Section:
    """One boot or one build (or a log that names neither).

    Attributes:
        stage: build or run, or None until something tells.
        started: what its banner captured (time, commit), empty without a banner.
        marks: per kind the first and the last marks.
        tracebacks: (first line, last line) of Python tracebacks; chained ones are one.
        ignored: those of tracebacks that Python itself says it ignores (in a destructor).
        errors: lines that look like errors: text -> (first line, count).
    """

    stage: Stage | None
    first_line: int
    started: Mapping[str, str] = field(default_factory=dict)
    last_line: int = 0
    entries: dict[str, EntryHits] = field(default_factory=dict)
    marks: dict[str, list[MarkEvent]] = field(default_factory=dict)
    tracebacks: list[list[int]] = field(default_factory=list)
    ignored: list[list[int]] = field(default_factory=list)
    errors: dict[str, list[int]] = field(default_factory=dict)
    votes: Counter[Stage] = field(default_factory=Counter)

    def copy(self) -> Section:
        """Return a section that can go on by itself."""
        return replace(
            self,
            entries={
                name: replace(found, hits=list(found.hits), per_pattern=Counter(found.per_pattern))
                for name, found in self.entries.items()
            },
            marks={kind: list(marks) for kind, marks in self.marks.items()},
            tracebacks=[list(one) for one in self.tracebacks],
            ignored=[list(one) for one in self.ignored],
            errors={text: list(told) for text, told in self.errors.items()},
            votes=Counter(self.votes),
        )

    def last(self, *kinds: str) -> int:
        """Return the line of the last mark of these kinds, 0 where there is none."""
        return max((self.marks[kind][-1].line for kind in kinds if self.marks.get(kind)), default=0)

    def guessed_stage(self) -> Stage | None:
        """Return what its banner says it is, else what most of its marks say."""
        return self.stage or (self.votes.most_common(1)[0][0] if self.votes else None)

    def add_hit(self, event: PatternEvent) -> bool:
        """Take in a hit; return True where it is the pattern's first in this section."""
        found = self.entries.setdefault(event.entry.id, EntryHits(event.entry))
        found.add(event)
        if event.entry.id == "python-exception":
            latest = max((blocks[-1] for blocks in (self.tracebacks, self.ignored) if blocks), default=[0, 0])
            latest[1] = event.line
        if len(event.entry.stages) == 1 and not event.repeated:
            self.votes[event.entry.stages[0]] += 1
        return found.per_pattern[event.pattern.id] == 1

    def add_mark(self, event: MarkEvent) -> None:
        """Take in a mark."""
        kind = event.mark.kind
        if event.mark.stage:
            self.votes[event.mark.stage] += 1
        if kind == "traceback":
            self._traceback(event.line)
        elif kind == "error":
            self._error(event)
        elif kind == "harmless":
            self.errors = {text: told for text, told in self.errors.items() if told[0] != event.line}
        kept = self.marks.setdefault(kind, [])
        kept.append(event)
        del kept[KEPT_MARKS:-1]

    def _traceback(self, line: int) -> None:
        if line - (self.last("ignored") or -9) <= 2:
            self.ignored.append([line, line])
            del self.ignored[KEPT_BLOCKS // 2 : -KEPT_BLOCKS // 2]
            return
        chained = self.last("chained")
        if self.tracebacks and chained >= self.tracebacks[-1][1] and line - chained <= 4:
            self.tracebacks[-1][1] = line
        else:
            self.tracebacks.append([line, line])
            del self.tracebacks[KEPT_BLOCKS // 2 : -KEPT_BLOCKS // 2]

    def _error(self, event: MarkEvent) -> None:
        text = cut(event.text, LONGEST_ERROR)
        if self.last("harmless") == event.line:
            return
        if text in self.errors:
            self.errors[text][1] += 1
        elif len(self.errors) < KEPT_ERRORS:
            self.errors[text] = [event.line, 1]


@dataclass
class LogRecord:
    """What one log came to.

    Attributes:
        sections: the first ones and the last ones, in order; the last is judged.
        boots: how many run boots the log has (banners).
        seen_in: in how many sections each (entry, pattern) was seen, over the whole log.
        blank: nothing but white space has come.
        is_message: it is what the platform says of the failure, no log of the app or the build.
    """

    label: str
    stage: Stage | None = None
    lines: int = 0
    size: int = 0
    sections: list[Section] = field(default_factory=list)
    boots: int = 0
    builds: int = 0
    seen_in: Counter[tuple[str, str]] = field(default_factory=Counter)
    blank: bool = True
    is_message: bool = False

    def copy(self) -> LogRecord:
        """Return a record that can go on by itself; sections that have ended are shared."""
        sections = [*self.sections[:-1], *(section.copy() for section in self.sections[-1:])]
        return replace(self, sections=sections, seen_in=Counter(self.seen_in))

    def after(self, began: str | None) -> LogRecord:
        """Return the record of what came after the boot or build that began then (by its banner); as it is where that is not in it."""
        old = [place for place, section in enumerate(self.sections) if section.started.get("time") == began]
        if not old:
            return self
        kept = self.sections[old[-1] + 1 :]
        seen = Counter(
            (name, pattern) for section in kept for name, hits in section.entries.items() for pattern in hits.per_pattern
        )
        boots, builds = (sum(section.stage == stage for section in kept) for stage in ("run", "build"))
        return replace(self, sections=kept, seen_in=seen, boots=boots, builds=builds, blank=self.blank or not kept)

    def add(self, event: Event) -> bool:
        """Take in an event; return True where it begins a new section."""
        begins = isinstance(event, MarkEvent) and event.mark.kind in ("boot", "build-start")
        if begins or not self.sections:
            self._begin(event)
        section = self.sections[-1]
        section.last_line = event.line
        if isinstance(event, MarkEvent):
            section.add_mark(event)
        else:
            self.seen_in[event.entry.id, event.pattern.id] += section.add_hit(event)
        return begins

    def _begin(self, event: Event) -> None:
        stage: Stage | None = self.stage
        captures: Mapping[str, str] = {}
        if isinstance(event, MarkEvent) and event.mark.kind in ("boot", "build-start"):
            stage = "run" if event.mark.kind == "boot" else "build"
            captures = event.captures
            self.boots += stage == "run"
            self.builds += stage == "build"
        self.sections.append(Section(stage, event.line, captures))
        del self.sections[KEPT_SECTIONS // 2 : -KEPT_SECTIONS // 2]
