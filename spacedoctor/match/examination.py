"""One log on its way through cleaning and matching into its record: block by block, with a look at any time."""

from __future__ import annotations

from collections.abc import Iterable

from spacedoctor.catalogue.entry import Stage
from spacedoctor.log.clean import Cleaner
from spacedoctor.match.events import Event
from spacedoctor.match.matcher import Compiled, Matcher
from spacedoctor.match.sections import LogRecord


class Examination:
    """Examines one log.

    Attributes:
        record: what it has come to; the last lines are told only when what follows them is known.
    """

    def __init__(self, label: str, stage: Stage | None, compiled: Compiled, *, is_message: bool = False) -> None:
        self.record = LogRecord(label, stage, is_message=is_message)
        self._cleaner = Cleaner()
        self._matcher = Matcher(compiled)

    @property
    def timeouts(self) -> dict[str, int]:
        """Ids of patterns whose search was stopped for taking too long, with on how many lines."""
        return self._matcher.timeouts

    def feed(self, block: bytes) -> None:
        """Take the next whole lines."""
        cleaned = self._cleaner.clean(block)
        self.record.blank = self.record.blank and not cleaned.text.strip()
        self.record.lines = self._cleaner.lines
        self._take(self._matcher.feed(cleaned), self.record)

    def finish(self) -> None:
        """Tell the last lines: nothing will come after them."""
        self._take(self._matcher.finish(), self.record)

    def so_far(self) -> LogRecord:
        """Return the record as it were if the log ended here."""
        record = self.record.copy()
        for event in self._matcher.peek():
            record.add(event)
        return record

    def _take(self, events: Iterable[Event], record: LogRecord) -> None:
        for event in events:
            if record.add(event):
                self._matcher.new_boot()
