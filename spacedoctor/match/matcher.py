"""Confirm candidates line by line, with their context, and hand on events in the order of the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import CONTEXT_LINES, Context, Entry, Mark, Pattern
from spacedoctor.log.clean import Block
from spacedoctor.match import engine
from spacedoctor.match.events import Event, EvidenceLine, MarkEvent, PatternEvent
from spacedoctor.match.window import Captures, Window
from spacedoctor.redact import cut

if TYPE_CHECKING:
    import regex

SEARCH_SECONDS = 0.2
PATIENCE = 5
LONGEST_TEXT = 4000
CONFIRMED_EACH, SHOWN_EACH = 200, 4
EVIDENCE_BEFORE, EVIDENCE_AFTER = 2, 3
FRAME = re.compile(r'File "(?P<file>[^"\n]{1,300})", line (?P<line>\d+), in ')
LIBRARY_PATH = re.compile(
    r"site-packages|dist-packages|/lib/python3|\\lib\\|/nix/store|^<|\.pyx$|/bin/[\w.-]+$|pyenv|/opt/conda|miniconda",
    re.IGNORECASE,
)
FRAME_LINES = 120
CHAINED = re.compile(r"The above exception was the direct cause|During handling of the above exception")
CHAIN_LINES = 12


def _own(frame: re.Match[str]) -> dict[str, str]:
    return {} if LIBRARY_PATH.search(frame["file"]) else {"app_file": frame["file"], "app_line": frame["line"]}


@dataclass(frozen=True, slots=True)
class Compiled:
    """The catalogue's regexes, ready to search: `scan` finds candidates, the rest confirms them."""

    catalogue: Catalogue
    scan: engine.Scan

    @classmethod
    def of(cls, catalogue: Catalogue) -> Compiled:
        """Compile the catalogue, or take the compiled form from its cache."""
        return cls(catalogue, engine.scanner(catalogue.texts, catalogue.cache_dir))


class Matcher:
    """Matches one log, block by block.

    A hit is told when the lines that its context may need have come; `finish` tells the rest.

    Attributes:
        timeouts: ids of patterns whose search took longer than allowed, with how often; after PATIENCE times they are left out.
    """

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._window = Window()
        self._told = 0  # offset in the window up to where events have been handed on
        self._confirmed: dict[int, int] = {}
        self._patterns: dict[int, tuple[Entry, Pattern] | Mark] = {}
        self._regexes: dict[str, regex.Pattern[str]] = {}
        self._given_up: set[int] = set()
        self.timeouts: dict[str, int] = {}

    def feed(self, block: Block) -> Iterator[Event]:
        """Take the next block and yield the events whose context is complete."""
        self._told -= self._window.append(block, self._told)
        yield from self._events(self._window.lines_back(len(self._window.text), CONTEXT_LINES))

    def finish(self) -> Iterator[Event]:
        """Yield the events of the last lines: nothing will come after them."""
        yield from self._events(len(self._window.text))

    def peek(self) -> list[Event]:
        """Return what `finish` would yield, and go on as if nothing had been asked."""
        told, confirmed = self._told, dict(self._confirmed)
        events = list(self._events(len(self._window.text)))
        self._told, self._confirmed = told, confirmed
        return events

    def new_boot(self) -> None:
        """Confirm every pattern anew: each boot is counted for itself."""
        self._confirmed.clear()

    def _events(self, limit: int) -> Iterator[Event]:
        if limit <= self._told:
            return
        base, text = self._told, self._window.text
        self._told = limit
        found = self._compiled.scan(text[base:limit])
        cursor, index = base, text.count(b"\n", 0, base)
        starts = ((text.rfind(b"\n", 0, base + offset) + 1, which) for which, offset in found)
        for start, which in sorted(starts, key=self._order):
            if start != cursor:
                index += text.count(b"\n", cursor, start)
                cursor = start
            event = self._confirm(which, start, index)
            if event is not None:
                yield event

    def _order(self, found: tuple[int, int]) -> tuple[int, bool, int]:
        """Line by line, and marks first: a banner begins the section that its own line belongs to."""
        start, which = found
        return start, which < self._compiled.catalogue.first_mark, which

    def _confirm(self, which: int, start: int, index: int) -> Event | None:
        seen = self._confirmed.get(which, 0)
        found: Captures | None = {}
        if seen < CONFIRMED_EACH:  # the text of the regex is enough to tell most candidates from hits
            found = self._search(self._compiled.catalogue.texts[which], self._window.told(start)[0], which)
        if found is None:
            return None
        what = self._pattern(which)
        number = self._window.number(index)
        if isinstance(what, Mark):
            return MarkEvent(number, what, found, self._window.told(start)[0])
        entry, pattern = what
        if seen >= CONFIRMED_EACH:
            return PatternEvent(number, entry, pattern, {}, (), repeated=True)
        captures = self._with_context(pattern, found, start, which)
        if captures is None:
            return None
        self._confirmed[which] = seen + 1
        if seen >= SHOWN_EACH:
            return PatternEvent(number, entry, pattern, captures, ())
        frame, uncaught = self._frame(start)
        frame = frame or self._later_frame(start)
        return PatternEvent(number, entry, pattern, frame | captures, tuple(self._evidence(start, index)), uncaught)

    def _with_context(self, pattern: Pattern, captures: Captures, start: int, which: int) -> Captures | None:
        if any(self._near(context, start, which) is not None for context in pattern.unless):
            return None
        for context in pattern.context:
            more = self._near(context, start, which)
            if more is None and context.required:
                return None
            captures = (more or {}) | captures
        return captures

    def _near(self, context: Context, start: int, which: int) -> Captures | None:
        def search(line: str) -> Captures | None:
            return self._search(context.regex, line, which)

        return self._window.near(start, context.before, context.after, context.regex, search)

    def _search(self, text: str, line: str, which: int) -> Captures | None:
        compiled = self._regexes.get(text)
        if compiled is None:
            import regex  # where no candidate has to be confirmed, it is not needed

            compiled = self._regexes[text] = regex.compile(text)
        if which in self._given_up:
            return None
        try:
            hit = compiled.search(line, timeout=SEARCH_SECONDS)
        except TimeoutError:
            what = self._pattern(which)
            name = what.id if isinstance(what, Mark) else f"{what[0].id}/{what[1].id}"
            self.timeouts[name] = self.timeouts.get(name, 0) + 1
            if self.timeouts[name] >= PATIENCE:
                self._given_up.add(which)
            return None
        return {key: value for key, value in hit.groupdict().items() if value is not None} if hit else None

    def _frame(self, start: int) -> tuple[dict[str, str], bool]:
        """Return the app's own last frame of a Python traceback that ends at this line, and whether its first frame is a program's top."""
        at_top = False
        own: dict[str, str] = {}
        for position in islice(self._window.before(start), FRAME_LINES):
            line = self._window.line(position)
            if "Traceback (most recent call last)" in line:
                return own, at_top
            if frame := FRAME.search(line):
                at_top = "in <module>" in line
                own = own or _own(frame)
        return own, False

    def _later_frame(self, start: int) -> dict[str, str]:
        """Return the app's own last frame of the traceback that is chained to this line: there the app's frames stand when this is a library's."""
        lines = [self._window.line(position) for position in islice(self._window.after(start), CONTEXT_LINES)]
        link = next((number for number, line in enumerate(lines[:CHAIN_LINES]) if CHAINED.search(line)), None)
        if link is None:
            return {}
        frames = [own for line in lines[link:] if (frame := FRAME.search(line)) and (own := _own(frame))]
        return frames[-1] if frames else {}

    def _evidence(self, start: int, index: int) -> Iterator[EvidenceLine]:
        before = islice(self._window.before(start), EVIDENCE_BEFORE)
        for position in reversed(list(before)):
            yield self._evidence_line(position, index - self._window.text.count(b"\n", position, start), hit=False)
        yield self._evidence_line(start, index, hit=True)
        for position in islice(self._window.after(start), EVIDENCE_AFTER):
            yield self._evidence_line(position, index + self._window.text.count(b"\n", start, position), hit=False)

    def _evidence_line(self, start: int, index: int, *, hit: bool) -> EvidenceLine:
        text, timestamp = self._window.told(start)
        return EvidenceLine(self._window.number(index), cut(text, LONGEST_TEXT), hit, timestamp)

    def _pattern(self, which: int) -> tuple[Entry, Pattern] | Mark:
        if which not in self._patterns:
            kind, name, index = self._compiled.catalogue.regexes[which]
            if kind == "mark":
                self._patterns[which] = self._compiled.catalogue.marks[index]
            else:
                entry = self._compiled.catalogue[name]
                self._patterns[which] = (entry, entry.patterns[index])
        return self._patterns[which]
