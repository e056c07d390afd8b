"""A Space's log as the Hub streams it: server-sent events, read in a thread, handed on until the log is drained or time is up."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from email.utils import parsedate_to_datetime

import httpx2
from huggingface_hub.utils import parse_datetime

from spacedoctor.catalogue.entry import Stage
from spacedoctor.hub.client import NO_ACCESS, Hub, HubError

QUIET_SECONDS = 3.0
FIRST_SECONDS = 5.0  # huggingface_hub's own client gives a silent log as long
HELD_PIECES = 4096
LONGEST_EVENT = 4 << 20
LIVE_AFTER = timedelta(seconds=1)
CLOCK_TOLERANCE = timedelta(seconds=5)
RECONNECTS = 5


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Bytes of the log and when they came; `opened` is the answer's head, `ended` its end."""

    at: float
    data: bytes = b""
    opened: bool = False
    ended: bool = False


class LogStream:
    """The build or run log of a Space.

    Attributes:
        problem: why it could not be read, or not to its end; None when all is well.
        readable: whether the Hub let us read it.
    """

    def __init__(self, hub: Hub, space: str, stage: Stage, *, follow: bool = False) -> None:
        self.label = f"{space} {stage} log"
        self.stage: Stage = stage
        self.problem: str | None = None
        self.readable = False
        self._hub = hub
        self._path = f"/api/spaces/{space}/logs/{stage}"
        self._follow = follow
        self._queue: queue.Queue[_Arrived] = queue.Queue(HELD_PIECES)
        self._seen = 0
        self._left = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def pieces(self) -> Iterator[bytes]:
        """Yield the log, an event a line, until it is drained: the server has ended it, or nothing new has come for a while."""
        try:
            yield from self._until_drained()
        finally:
            self._left.set()

    def _until_drained(self) -> Iterator[bytes]:
        deadline = self._hub.deadline
        quiet_until = float("inf")
        while True:
            wait = min(deadline.left, quiet_until - time.monotonic())
            try:
                arrived = self._queue.get(timeout=min(wait, threading.TIMEOUT_MAX)) if wait > 0 else self._queue.get_nowait()
            except queue.Empty:
                if not deadline.left:
                    self._out_of_time()
                return
            if arrived.ended:
                return
            if arrived.opened:
                self.readable = True
            if not self._follow:
                quiet_until = arrived.at + (FIRST_SECONDS if arrived.opened else QUIET_SECONDS)
            if arrived.data:
                yield arrived.data

    def _out_of_time(self) -> None:
        what = "still coming" if self.readable else "no answer"
        tail = ": what had come by then was read" if self.readable else ""
        self.problem = f"{what} after {self._hub.deadline.seconds:g} s{tail}"

    def _put(self, data: bytes = b"", *, opened: bool = False, ended: bool = False) -> None:
        arrived = _Arrived(time.monotonic(), data, opened, ended)
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(arrived, timeout=1)
                return

    def _read(self) -> None:
        tries = 0
        try:
            while True:
                try:
                    self._read_once()
                except httpx2.RequestError as error:
                    tries += 1
                    if not self._follow or tries > RECONNECTS:
                        self.problem = f"the stream broke ({' '.join(str(error).split())[:120] or type(error).__name__}): what had come was read"
                        return
                    time.sleep(min(2.0**tries, self._hub.deadline.left))
                else:
                    return
        except HubError as error:
            self.problem = no_access(error)
        finally:
            self._put(ended=True)

    def _read_once(self) -> None:
        """Hand on the events that were not seen before: a new connection begins at the first again."""
        count = 0
        with self._hub.open(self._path) as response:
            if "html" in response.headers.get("content-type", ""):
                raise HubError("the answer is a web page, not a log: a proxy may stand between here and the Hub")
            self._put(opened=True)
            live = _Live(response.headers.get("date"))
            for line in _lines(response.iter_bytes()):
                data = _event(line)
                if _is_cut(data):
                    self.problem = "the stream ended in the middle of a line: what had come was read"
                    data += b'"}'
                if not data:
                    continue
                if self._left.is_set() or (not self._follow and live.begins(data)):
                    return
                count += 1
                if count > self._seen:
                    self._seen = count
                    self._put(b"data: " + data + b"\n")


def no_access(error: HubError) -> str:
    """Return why something of the Space could not be read, as the report says it."""
    if error.status in NO_ACCESS:
        return f"the Hub answers {error.status}: only the owner may read it, with a token that is allowed to"
    return error.message


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        *lines, held = (held + piece).split(b"\n")
        yield from lines
        if len(held) > LONGEST_EVENT:
            yield held
            held = b""
    yield held


def _event(line: bytes) -> bytes:
    """Return what an event carries; comments, names of events and keep-alives carry nothing."""
    return line[5:].strip() if line.startswith(b"data:") else b""


def _is_cut(data: bytes) -> bool:
    """Return whether an event is JSON that ends within the log line which it carries."""
    if not data.startswith(b"{") or data.endswith(b"}"):
        return False
    try:
        return isinstance(json.loads(data + b'"}'), dict)
    except (ValueError, RecursionError):
        return False


class _Live:
    """Tells the events that are logged while we read from those that were there: a busy app would never let us go."""

    def __init__(self, date: str | None) -> None:
        self._started = time.monotonic()
        try:
            told = parsedate_to_datetime(date) if date else None
            self._from = (told if told.tzinfo else told.replace(tzinfo=timezone.utc)) + LIVE_AFTER if told else None
        except (ValueError, OverflowError):
            self._from = None

    def begins(self, data: bytes) -> bool:
        """Return whether this event was logged after the request, by the server's clock."""
        if self._from is None or not data.startswith(b"{"):
            return False
        try:
            event = json.loads(data)
            logged = parse_datetime(str(event["timestamp"]))
            latest = self._from + timedelta(seconds=time.monotonic() - self._started) + CLOCK_TOLERANCE
            return self._from < logged < latest  # noqa: TRY300  (a comparison of dates may raise too)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return False
