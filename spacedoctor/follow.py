"""Follow logs while they are written: a diagnosis of what has come so far, each time that something has come."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from spacedoctor.api import begin, stopped
from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis, Skipped
from spacedoctor.log import read
from spacedoctor.match.examination import Examination
from spacedoctor.match.sections import LogRecord

TOGETHER_SECONDS = 0.03
HELD_PIECES = 1024

Arrived = queue.Queue[tuple[int, bytes | Exception | None]]  # pieces of each log; None is its end
Conclude = Callable[[Sequence[LogRecord], Sequence[Skipped]], Diagnosis]


def follow(sources: Sequence[read.Source], catalogue: Catalogue, conclude: Conclude) -> Iterator[Diagnosis]:
    """Yield a diagnosis whenever lines have come, and a last one when all the logs have ended.

    Args:
        sources: the logs; each is read in a thread of its own.
        catalogue: the known failures.
        conclude: makes a diagnosis of the records, in the order of the sources, and of what was skipped.

    Raises:
        InputError: a log could not be read.
    """
    arrived: Arrived = queue.Queue(HELD_PIECES)
    logs = [_Log(begin(source, catalogue)) for source in sources]
    for number, source in enumerate(sources):
        threading.Thread(target=_pump, args=(number, source, arrived), daemon=True).start()
    going_on = len(logs)
    while going_on:
        for number, piece in _together(arrived):
            if isinstance(piece, Exception):
                raise piece
            going_on -= piece is None
            logs[number].take(piece)
        slow = [one for log, source in zip(logs, sources, strict=True) for one in stopped(log.examination, source)]
        yield conclude([log.so_far() for log in logs], slow)


def _pump(number: int, source: read.Source, arrived: Arrived) -> None:
    try:
        for piece in read.decoded(source.pieces):
            arrived.put((number, piece))
    except Exception as error:  # noqa: BLE001  (raised again where it is heard)
        arrived.put((number, error))
    else:
        arrived.put((number, None))


def _together(arrived: Arrived) -> Iterator[tuple[int, bytes | Exception | None]]:
    """Yield what has come, waiting for the first; lines that come in one go are looked at in one go."""
    yield arrived.get()
    until = time.monotonic() + TOGETHER_SECONDS
    while (left := until - time.monotonic()) > 0:
        try:
            yield arrived.get(timeout=left)
        except queue.Empty:
            return


class _Log:
    """A log that is being followed: whole lines are examined, the rest of a line is held."""

    def __init__(self, examination: Examination) -> None:
        self.examination = examination
        self._held = b""

    def take(self, piece: bytes | None) -> None:
        """Take the next piece, None for the end."""
        if piece is None:
            if self._held:
                self._feed(self._held)
            self.examination.finish()
            return
        end = piece.rfind(b"\n") + 1
        if end or len(self._held) > read.LONGEST_LINE:
            self._feed(self._held + piece[:end])
            self._held = piece[end:]
        else:
            self._held += piece

    def _feed(self, block: bytes) -> None:
        self.examination.record.size += len(block)
        self.examination.feed(block)

    def so_far(self) -> LogRecord:
        """Return the record as it were if the log ended here."""
        return self.examination.so_far()
