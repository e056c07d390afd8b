"""The lines at hand: the block that is being matched, and enough of what came before it.

What was found out about a line is kept while the line is here: in a log full of failures every line is asked for as the neighbour of many others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import islice

from spacedoctor.catalogue.entry import CONTEXT_LINES
from spacedoctor.log.clean import Block, content

HISTORY_LINES = 600
HISTORY_BYTES = 1 << 17
LONGEST_LINE = 16_000
BLANK_LINES_TOO = 400

Captures = dict[str, str]
Search = Callable[[str], Captures | None]


class Window:
    """Text in whole lines; a line is named by the offset where it starts.

    Attributes:
        text: the lines, each ended by a newline.
    """

    def __init__(self) -> None:
        self.text = b""
        self._starts_at = 1
        self._numbers: list[int] | None = None
        self._contents: dict[int, tuple[str, str | None]] = {}
        self._stretch: _Stretch | None = None

    def append(self, block: Block, told: int) -> int:
        """Add a block, drop what is far before `told`, and return how many bytes were dropped."""
        keep = max(self.lines_back(told, HISTORY_LINES), told - HISTORY_BYTES)
        keep = self.text.rfind(b"\n", 0, keep) + 1 if keep else 0
        kept_lines = self.text.count(b"\n", keep)
        if self._numbers is None and block.numbers is None:
            self._starts_at = block.first - kept_lines
        else:
            old = self._numbers or list(range(self._starts_at, self._starts_at + self.text.count(b"\n")))
            new = block.numbers or list(range(block.first, block.first + block.text.count(b"\n")))
            self._numbers = old[len(old) - kept_lines :] + new
        self.text = self.text[keep:] + block.text
        self._contents.clear()
        self._stretch = None
        return keep

    def lines_back(self, offset: int, lines: int) -> int:
        """Return where the line starts that stands `lines` lines before this offset."""
        for _ in range(lines):
            offset = self.text.rfind(b"\n", 0, max(offset - 1, 0)) + 1
            if not offset:
                break
        return offset

    def number(self, index: int) -> int:
        """Return the number in the log of the line that is the `index`-th here, from 0."""
        return self._numbers[index] if self._numbers else self._starts_at + index

    def line(self, start: int) -> str:
        """Return a line as it stands there."""
        end = self.text.find(b"\n", start)
        return self.text[start : min(end, start + LONGEST_LINE)].decode("utf-8", "replace")

    def told(self, start: int) -> tuple[str, str | None]:
        """Return a line's content, without what stands in front of it, and its timestamp."""
        known = self._contents.get(start)
        if known is None:
            known = self._contents[start] = content(self.line(start))
        return known

    def after(self, start: int) -> Iterator[int]:
        """Yield the lines after this one that are not blank, the nearest first."""
        return self._not_blank(self.forward(start))

    def before(self, start: int) -> Iterator[int]:
        """Yield the lines before this one that are not blank, the nearest first."""
        return self._not_blank(self.backward(start))

    def forward(self, position: int) -> Iterator[int]:
        """Yield the lines after this one."""
        while (position := self.text.find(b"\n", position) + 1) and position < len(self.text):
            yield position

    def backward(self, position: int) -> Iterator[int]:
        """Yield the lines before this one, the nearest first."""
        while position:
            position = self.text.rfind(b"\n", 0, position - 1) + 1
            yield position

    def _not_blank(self, starts: Iterator[int]) -> Iterator[int]:
        for start in islice(starts, BLANK_LINES_TOO):
            if self.told(start)[0]:
                yield start

    def near(self, start: int, before: int, after: int, regex: str, search: Search) -> Captures | None:
        """Return what `search` (for this regex) finds in the line itself, else in the nearest line after it, else before it."""
        if self._stretch is None or not self._stretch.holds(start):
            self._stretch = _Stretch(self, start)
        return self._stretch.near(start, before, after, regex, search)


class _Stretch:
    """Lines around hits that stand near each other, without the blank ones, and where each regex was found among them.

    Hits come in the order of the log and the stretch grows with them: however many hits ask, a line is searched once for each regex.
    A line's row counts the blank lines too.
    """

    def __init__(self, window: Window, start: int) -> None:
        self._window = window
        before = ((-row, at) for row, at in enumerate(islice(window.backward(start), BLANK_LINES_TOO), 1) if window.told(at)[0])
        lines = [*reversed(list(islice(before, CONTEXT_LINES))), (0, start)]
        self._rows, self._starts = [row for row, _ in lines], [at for _, at in lines]
        self._end, self._end_row = start, 0  # the last line that was looked at, maybe a blank one
        self._searched: dict[str, _Searched] = {}

    def holds(self, start: int) -> bool:
        """Return whether the line is one of these."""
        place = bisect_left(self._starts, start)
        return place < len(self._starts) and self._starts[place] == start

    def near(self, start: int, before: int, after: int, regex: str, search: Search) -> Captures | None:
        """Return what `search` finds in the line or after it, else before it, the nearest first."""
        place = bisect_left(self._starts, start)
        row = self._rows[place]
        self._grow(place + after, row + BLANK_LINES_TOO)
        first = max(place - before, bisect_left(self._rows, row - BLANK_LINES_TOO))
        last = min(place + after, bisect_right(self._rows, row + BLANK_LINES_TOO) - 1)
        known = self._searched.setdefault(regex, _Searched())
        known.cover(first, last, lambda line: search(self._window.told(self._starts[line])[0]))
        found = known.first(place, last)
        return found if found is not None else known.last(first, place - 1)

    def _grow(self, place: int, row: int) -> None:
        """Take in more lines, up to this place or this row."""
        if len(self._starts) > place or self._end_row >= row:
            return
        for at in self._window.forward(self._end):
            self._end, self._end_row = at, self._end_row + 1
            if self._window.told(at)[0]:
                self._rows.append(self._end_row)
                self._starts.append(at)
            if len(self._starts) > place or self._end_row >= row:
                return


class _Searched:
    """The lines from `_low` up to `_high` have been searched for a regex; it was found in those of `_hits`."""

    def __init__(self) -> None:
        self._low, self._high = 0, -1
        self._hits: list[int] = []
        self._captures: dict[int, Captures] = {}

    def cover(self, first: int, last: int, search: Callable[[int], Captures | None]) -> None:
        """Search what has not been searched of these lines."""
        if self._high < first - 1 or last < self._low - 1:
            self._low, self._high, self._hits = first, first - 1, []
        for line in (*range(first, self._low), *range(self._high + 1, last + 1)):
            found = search(line)
            if found is not None:
                insort(self._hits, line)
                self._captures[line] = found
        self._low, self._high = min(self._low, first), max(self._high, last)

    def first(self, low: int, high: int) -> Captures | None:
        """Return what was found in the first of these lines that has it."""
        place = bisect_left(self._hits, low)
        return self._captures[self._hits[place]] if place < len(self._hits) and self._hits[place] <= high else None

    def last(self, low: int, high: int) -> Captures | None:
        """Return what was found in the last of these lines that has it."""
        place = bisect_right(self._hits, high) - 1
        return self._captures[self._hits[place]] if place >= 0 and self._hits[place] >= low else None
