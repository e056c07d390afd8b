"""Take off a log's packaging, block by block, without losing the numbers of its lines.

Each step looks first whether the block holds what it is for, so that a clean log costs a few searches for a byte.
Within a block VIRTUAL stands for a line break that the log's file does not have, JOINED for one that it has and the text does not.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

VIRTUAL, JOINED = b"\x0b", b"\x1c"
CONTROL_BYTES = VIRTUAL + JOINED + b"\0"

ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")
BARE_SGR = re.compile(rb"\[\d{1,3}(?:;\d{1,3})*m")
BAR = re.compile(rb"\d%|\d[kMG]?(?:i?B|it)/s|\xe2\x94\x81|\xe2\x96\x88")
ENVELOPE = re.compile(rb"(?m)^[ \t]*(?:data:[ \t]?)?(\{[^\n]*\})[ \t\r]*$")
SSE_NOISE = re.compile(rb"(?m)^(?:data:[ \t]*|:[^\n]*|(?:event|id|retry):[^\n]*)$")
ENTITY = re.compile(rb"&(?:lt|gt|quot|amp|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});")
CURLY = (
    (b"\xe2\x80\x98", b"'"), (b"\xe2\x80\x99", b"'"), (b"\xe2\x80\x9c", b'"'), (b"\xe2\x80\x9d", b'"'), (b"\xc2\xa0", b" "),
)  # fmt: skip
FLAT = re.compile(rb'File "[^"\n]{1,300}", line \d+, in \S+ \S|Reason: [^\n]{80}')
FLAT_BREAK = re.compile(
    rb" (?=Traceback \(most recent call last\):)"
    rb'| (?=File "[^"\n]{1,300}", line \d+)'
    rb"| (?=The above exception was the direct cause|During handling of the above exception)"
    rb"|(?:(?<=[^:='\"])|(?<=[\w).!?\]}]['\"])|(?<=[)\]'\"]:)) "  # not within quotes, nor behind `ERROR:`
    rb"(?=(?:[a-zA-Z_][\w.]{0,80}\.)?(?:[A-Z]\w{1,60}(?:Error|Exception|Warning|Exit|Interrupt)|Exception): )"
    rb"|(?<=[.!?)\]}'\"]) (?=Error: )"
    rb"|(?<=Reason:) (?!cache miss)"
    rb"| (?=at (?:async )?(?:new )?[\w.$<>\[\] ]{1,80} \((?:/|node:|file:)|at (?:/|node:|file:)[^ ]{1,300}:\d+:\d+)"  # JavaScript's frames
    rb"| (?=(?:[a-z_]\w*\.)+(?:[A-Z]\w{2,60}|error): | Node\.js v\d)"
    rb"| (?=[A-Z]\w{1,60}(?:Error|Exception)[ \t]*(?:\n|$))"
    rb"|(?<!FATAL) (?=(?:Container logs:|ERROR: |INFO: {2,}|WARNING: ))"
)
BANNER = re.compile(rb"(?<![ \t])[ \t]*(={3,5} (?:Application Startup|Build Queued) at [^\n=]{10,80} ={3,5})[ \t]*")
MESSAGE_KEYS = ("data", "log", "message", "msg", "line", "text", "textPayload", "event", "content")
TIME_KEYS = ("timestamp", "time", "ts", "@timestamp", "asctime", "datetime")
LINE_BYTES = 16_000  # of a line that much is matched; without the rest of it sixty lines of context stay small
TOO_LONG = re.compile(rb"([^\n]{%d})[^\n]+" % LINE_BYTES)
DETAIL_CHARS = 20
SNIFF_BYTES = 1 << 16
USUAL_WIDTHS = {80, 100, 120, 132, 160}
RARELY, MOSTLY = 0.05, 0.8


@dataclass(slots=True)
class Block:
    """Clean text and where its lines stand in the log.

    Attributes:
        text: UTF-8 (bad bytes stay), every line ended by a newline.
        first: the number of its first line, from 1.
        numbers: the number of each line, or None where they simply count up.
    """

    text: bytes
    first: int
    numbers: list[int] | None = None


@dataclass
class Cleaner:
    """Cleans the blocks of one log in their order.

    Attributes:
        lines: how many lines have been seen.
        wrapped: the width at which a terminal or a page has broken the lines, or 0.
    """

    lines: int = 0
    wrapped: int | None = field(default=None)
    _goes_on: bool = False  # the last block ended within a line that was too long: the next one goes on with it

    def clean(self, raw: bytes) -> Block:
        """Return the clean form of the next block."""
        first = self.lines + 1 - self._goes_on
        is_cut = not raw.endswith(b"\n")
        self.lines = first - 1 + raw.count(b"\n") + is_cut
        goes_on, self._goes_on = self._goes_on, is_cut
        text = unpack(raw)
        if self.wrapped is None:
            self.wrapped = wrap_width(text[:SNIFF_BYTES])
        if self.wrapped:
            text = unwrap(text, self.wrapped)
        if b"===== " in text:
            text = BANNER.sub(_own_line, text)
        if (b'", line ' in text or b"Reason: " in text) and FLAT.search(text):
            text = FLAT_BREAK.sub(VIRTUAL, text)
        block = _numbered(text if text.endswith(b"\n") else text + b"\n", first, one_by_one=goes_on)
        if len(block.text) > LINE_BYTES and block.text.count(b"\n") < len(block.text) // LINE_BYTES:
            block.text = TOO_LONG.sub(rb"\1", block.text)
        return block


def _own_line(banner: re.Match[bytes]) -> bytes:
    text, before, after = banner.string, banner.start() - 1, banner.end()
    in_front = VIRTUAL if before >= 0 and text[before] not in b"\n" + VIRTUAL else b""
    behind = VIRTUAL if after < len(text) and text[after] not in b"\n" + VIRTUAL else b""
    return in_front + banner[1] + behind


def unpack(text: bytes) -> bytes:
    """Take off everything that can be told from the bytes at hand: colours, bars, envelopes, entities, curly quotes, NULs."""
    if VIRTUAL in text or JOINED in text or b"\0" in text:
        text = text.translate(None, CONTROL_BYTES)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r\n", b"\n")
    if b'{"' in text or b"data:" in text or b"{ " in text:
        text = SSE_NOISE.sub(b"", ENVELOPE.sub(_unwrap_json, text)) if ENVELOPE.search(text) else text
    if b"\x1b" in text:
        text = ANSI.sub(b"", text)
    if b"[0m" in text:
        text = BARE_SGR.sub(b"", text)
    if b"\r" in text:
        text = VIRTUAL.join(_without_bars(text))
    if b"&" in text and ENTITY.search(text):
        text = ENTITY.sub(_character, text)
    if b"\xe2\x80" in text or b"\xc2\xa0" in text:
        for curly, straight in CURLY:
            text = text.replace(curly, straight)
    return text


def _without_bars(text: bytes) -> Iterator[bytes]:
    """Yield what stands between the carriage returns; a progress bar that was drawn over is left out."""
    *parts, last = text.split(b"\r")
    kept = b""
    for part in parts:
        line = part.rfind(b"\n") + 1
        if BAR.search(part, line):
            kept += part[:line]
        else:
            yield kept + part
            kept = b""
    yield kept + last


def _character(entity: re.Match[bytes]) -> bytes:
    text = html.unescape(entity[0].decode()).encode("utf-8", "replace")
    return VIRTUAL if text in (b"\n", b"\r") else text.translate(None, CONTROL_BYTES)


def _unwrap_json(line: re.Match[bytes]) -> bytes:
    try:
        data = json.loads(line[1])
    except (ValueError, RecursionError):
        return line[0]
    if not isinstance(data, dict):
        return line[0]
    message = next((data[key] for key in MESSAGE_KEYS if isinstance(data.get(key), str)), None)
    if message is None:
        return line[0]
    time = next((data[key] for key in TIME_KEYS if isinstance(data.get(key), str)), "")
    rest = {key: value for key, value in data.items() if value not in (message, time)}
    text = "\n".join([f"{time} {message}".strip("\n") if time else message.strip("\n"), *_details(rest)])
    packed = text.encode("utf-8", "replace").translate(None, CONTROL_BYTES)
    return packed.replace(b"\r\n", b"\n").replace(b"\n", VIRTUAL)


def _details(data: Any, depth: int = 0) -> Iterator[str]:
    """Yield the longer texts of a structured log record: exceptions and tracebacks hide there."""
    values: Iterable[Any] = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in values:
        if isinstance(value, str):
            if len(value) > DETAIL_CHARS:
                yield value
        elif depth < 6:
            yield from _details(value, depth + 1)


def wrap_width(sample: bytes) -> int:
    """Return the width at which the lines of `sample` were broken, or 0: no line is longer, many are just as long, words are cut."""
    lines = sample.decode("utf-8", "replace").split("\n")
    width = max((len(line) for line in lines), default=0)
    if not 30 <= width <= 250:
        return 0
    full = [i for i, line in enumerate(lines[:-1]) if len(line) == width and len(set(line)) > 8]
    told = [line for line in lines if line.strip()]
    different = len({lines[i] for i in full})
    if different < len(full) / 2 or len(full) > MOSTLY * len(told):
        return 0
    cut = sum(lines[i][-1].isalnum() and lines[i + 1][:1].isalnum() for i in full)
    usual = width in USUAL_WIDTHS and (cut >= 1 or different >= 2)
    return width if usual or (different >= 3 and cut >= 2 and len(full) >= RARELY * len(told)) else 0


def unwrap(text: bytes, width: int) -> bytes:
    """Join the lines that were broken at `width` characters, or before a word that did not fit."""
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    joined: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        word = following.split(" ", 1)[0]
        broken = len(line) == width or (line.endswith(" ") and len(line) < width < len(line) + len(word) + 1)
        joined += [line, "\x1c" if broken and following.strip() else "\n"]
    return "".join(joined[:-1]).encode("utf-8", "surrogateescape")


def _numbered(text: bytes, first: int, *, one_by_one: bool) -> Block:
    if VIRTUAL not in text and JOINED not in text and not one_by_one:
        return Block(text, first)
    numbers: list[int] = []
    number = first
    for line in text.split(b"\n")[:-1]:
        parts = line.split(VIRTUAL)
        for part in parts:
            numbers.append(number)
            number += part.count(JOINED)
        number += 1
    return Block(text.replace(VIRTUAL, b"\n").replace(JOINED, b""), first, numbers)


PREFIX = re.compile(
    r"(?P<time>\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?\]?)(?:[ \t]+(?=\S)|$)"
    r"|\[?\d\d/\d\d/\d\d \d\d:\d\d:\d\d\]?[ \t]+|\d\d:\d\d:\d\d(?:[.,]\d+)?[ \t]+"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?: [AP]M)?(?: [\w.-]+ [\w./-]+(?:\[\d+\])?:)?[ \t]+"
    r"|#\d{1,4} (?:\d{1,5}\.\d{1,3}[ \t]+)?|\d{1,5}\.\d{2,3}(?:[ \t]+|$)"
    r"|[A-Za-z][\w./-]{0,60}[ \t]+\|[ \t]?"
    r"|\[pod/[\w./-]+\][ \t]*|(?:\[\d{1,3}\][ \t]+){2,}"
    r"|(?:>[ \t]?)+"
)


CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
STEERING = re.compile(CONTROL.pattern.replace(r"\x0b-\x1f", r"\x0b\x0c\x0e-\x1f"))


def content(line: str) -> tuple[str, str | None]:
    """Return a line without what stands in front of its content (quote marks, timestamps, container names), and the timestamp.

    Characters that would steer a terminal, turn the direction of writing, or hide text are shown as U+FFFD.
    """
    time: str | None = None
    text = CONTROL.sub("\ufffd", line.strip())
    for _ in range(5):
        part = PREFIX.match(text)
        if not part or not part.end():
            break
        time = time or part["time"]
        text = text[part.end() :]
    return text, time.strip("[]") if time else None


CODES = re.compile(ANSI.pattern.decode("latin-1"))


def plain(text: str) -> str:
    """Return a text that is no log (a message, a name) without colours; what would steer a terminal is shown as U+FFFD, line ends stay."""
    return STEERING.sub("\ufffd", CODES.sub("", text))
