"""Logs of any size for measurements, from a seeded generator: lines as programs in Spaces write them, with varying values.

A pool of distinct lines is made once; a log draws from it. What fails, and what looks like a failure, comes from the stored logs of tests/logs.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

SEED = 20261124
POOL_LINES = 100_000
CHUNK_LINES = 10_000
STORED = Path(__file__).resolve().parent.parent / "tests" / "logs"
TRAFFIC = (
    'INFO:     10.16.{byte}.{byte}:{port} - "GET /assets/index-{hex8}.js HTTP/1.1" 200 OK',
    'INFO:     10.16.{byte}.{byte}:{port} - "POST /gradio_api/queue/join?__theme=light HTTP/1.1" 200 OK',
    'INFO:     10.16.{byte}.{byte}:{port} - "GET /gradio_api/queue/data?session_hash={hex8}{hex3} HTTP/1.1" 200 OK',
    'INFO:     10.16.{byte}.{byte}:{port} - "HEAD / HTTP/1.1" 200 OK',
    '10.16.{byte}.{byte} - - [{day}/Nov/2026 {clock}] "GET /static/{word}/{word}.css HTTP/1.1" 200 {number} "-" "Mozilla/5.0 (X11; Linux x86_64)"',
    '127.0.0.1 - - [{day}/Nov/2026 {clock}] "POST /api/{word} HTTP/1.1" 200 -',
    '{{"level":"info","time":{number}{number},"pid":7,"msg":"{word} {word}","reqId":"{hex8}","ms":{float}}}',
    "GET /api/{word}/{number} 200 {float} ms - {number}",
    "2026-11-{day} {clock},{ms} - app.{word} - INFO - {word} {word} for user {number}: {word} took {float} s",
    "2026-11-{day} {clock},{ms} - app.{word} - DEBUG - {word}={number} {word}={float} {word}={hex8}",
    "2026-11-{day} {clock}.{ms} | INFO     | app.{word}:{word}:{port} - {word} {word} {word} ({number} of {number})",
    'INFO:httpx:HTTP Request: GET https://huggingface.co/api/models/{word}/{word}-{byte}b "HTTP/1.1 200 OK"',
    "[{clock}] {word} {word}: batch {number}, loss {float}, lr {float}, {byte} tokens/s",
    "{{'loss': {float}, 'grad_norm': {float}, 'learning_rate': {float}, 'epoch': {float}}}",
    "Processing {word} {number}/{number}: {word} {word} {word}, score {float}",
    "Query {hex8} answered in {float} seconds with {number} tokens",
    "  {word}: tensor([[{float}, {float}, {float}], [{float}, {float}, {float}]], device='cuda:0')",
    "[{word}] step {number}: {word} {word} is {float}, {word} {word} {float}, next in {byte} ms",
    "> Retrieved {byte} documents from {word}.{word} ({float} ms), top score {float}",
    "/usr/local/lib/python3.12/site-packages/{word}/{word}.py:{number}: UserWarning: {word} is slower with {word} than with {word}",
)  # fmt: skip
BUILDING = (
    "Collecting {word}-{word}=={byte}.{byte}.{byte} (from -r requirements.txt (line {byte}))",
    "  Downloading {word}_{word}-{byte}.{byte}.{byte}-cp312-cp312-manylinux_2_28_x86_64.whl ({float} MB)",
    "Requirement already satisfied: {word}>={byte}.{byte} in /usr/local/lib/python3.12/site-packages (from {word}) ({byte}.{byte}.{byte})",
    "Get:{byte} http://deb.debian.org/debian bookworm/main amd64 {word}-{word} amd64 {byte}.{byte}-{byte} [{number} kB]",
    "Unpacking lib{word}{byte}:amd64 ({byte}.{byte}.{byte}-{byte}) ...",
    "Setting up python3-{word} ({byte}.{byte}-{byte}) ...",
    "#12 {float} [{number}/{number}] Building CXX object src/{word}/CMakeFiles/{word}.dir/{word}.cpp.o",
    "sha256:{hex8}{hex8}{hex8}{hex8}{hex8}{hex8}{hex8}{hex8} {float}MB / {float}MB {float}s",
)
WORDS = [
    "model",
    "shard",
    "tensor",
    "request",
    "cache",
    "user",
    "session",
    "token",
    "epoch",
    "worker",
    "embedding",
    "vector",
    "index",
    "chunk",
    "prompt",
    "audio",
    "frame",
    "image",
    "caption",
    "upload",
    "export",
    "report",
    "search",
    "ranking",
    "parser",
    "router",
    "schema",
    "widget",
    "theme",
    "button",
    "slider",
    "gallery",
    "chat",
    "agent",
    "memory",
    "planner",
    "tool",
    "stream",
    "buffer",
    "batch",
    "layer",
    "adapter",
    "lora",
    "sampler",
    "scheduler",
    "decoder",
    "encoder",
    "tokenizer",
    "dataset",
    "split",
    "column",
    "filter",
    "metric",
    "plot",
    "canvas",
    "voice",
    "speaker",
    "segment",
    "track",
    "mixer",
    "translator",
    "summary",
    "document",
    "page",
    "table",
    "query",
    "answer",
    "context",
    "history",
    "feedback",
    "rating",
    "profile",
]


class Lines:
    """Makes distinct lines from templates."""

    def __init__(self, seed: int = SEED) -> None:
        self._dice = random.Random(seed)

    def line(self, template: str) -> str:
        """Return the template with its values drawn."""
        return template.format_map(self)

    def __getitem__(self, name: str) -> str:
        """Draw one value of that kind."""
        dice = self._dice
        if name == "word":
            return dice.choice(WORDS)
        if name == "float":
            return f"{dice.expovariate(0.2):.{dice.randint(1, 4)}f}"
        if name.startswith("hex"):
            return f"{dice.getrandbits(4 * int(name[3:])):0{name[3:]}x}"
        if name == "clock":
            return f"{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}"
        low, high = {"byte": (1, 250), "port": (1024, 65000), "number": (1, 99999), "ms": (100, 999), "day": (10, 28)}[name]
        return str(dice.randint(low, high))

    def varied(self, text: str) -> str:
        """Return a stored log with other digits where its numbers are long: times, ports, ids, sizes."""
        return re.sub(r"(?<![\w.:])\d{4,}(?![\w.:])", lambda number: str(self._dice.randrange(10 ** len(number[0]))), text)


def pool(templates: tuple[str, ...] = TRAFFIC + BUILDING, lines: int = POOL_LINES, seed: int = SEED) -> list[str]:
    """Return distinct lines."""
    maker = Lines(seed)
    return [maker.line(template) for template, _ in zip(cycle(templates), range(lines), strict=False)]


def stored(name: str) -> str:
    """Return a stored log, such as `healthy/api-without-start-page`."""
    return (STORED / f"{name}.log").read_text()


def clean(size: int) -> Iterator[bytes]:
    """Yield about `size` bytes of a run that goes well: its start, then traffic."""
    yield stored("healthy/api-without-start-page").encode()
    yield from _drawn(pool(), size)


def _drawn(lines: list[str], size: int, change: Callable[[str], str] | None = None) -> Iterator[bytes]:
    dice = random.Random(SEED)
    made = 0
    while made < size:
        some = dice.choices(lines, k=CHUNK_LINES)
        chunk = ("\n".join(map(change, some) if change else some) + "\n").encode()
        made += len(chunk)
        yield chunk


def failing_at_the_end(size: int) -> Iterator[bytes]:
    """Yield a run that goes well and then fails."""
    yield from clean(size)
    yield stored("missing-column/model-ahead-of-table").encode()


def restart_loop(size: int) -> Iterator[bytes]:
    """Yield boots that fail in the same way, again and again, each after some output."""
    maker, dice, lines = Lines(), random.Random(SEED), pool()
    crash = stored("missing-column/model-ahead-of-table")
    made = 0
    while made < size:
        text = (
            f"===== Application Startup at 2026-11-{maker['day']} {maker['clock']} =====\n\n"
            + "\n".join(dice.choices(lines, k=dice.randint(20, 400)))
            + "\n"
            + maker.varied(crash)
        )
        made += len(text)
        yield text.encode()


def every_line_matches(size: int) -> Iterator[bytes]:
    """Yield lines of failures only: a few hundred different ones, each of which some entry's pattern hits."""
    maker = Lines()
    shapes = (
        "ModuleNotFoundError: No module named '{word}_{word}'", "sqlite3.OperationalError: no such table: {word}_{word}",
        "OSError: [Errno 28] No space left on device: '/tmp/{word}/{hex8}'", "KeyError: '{word}_{hex8}'",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate {float} GiB",
        "ImportError: cannot import name '{word}' from '{word}' (/usr/local/lib/python3.12/site-packages/{word}/__init__.py)",
        "PermissionError: [Errno 13] Permission denied: '/data/{word}/{hex8}'",
        "FileNotFoundError: [Errno 2] No such file or directory: '{word}/{word}.bin'",
    )  # fmt: skip
    yield from _drawn([maker.line(shape) for shape, _ in zip(cycle(shapes), range(POOL_LINES), strict=False)], size)


def long_lines(size: int) -> Iterator[bytes]:
    """Yield lines of 200 kB, as programs write that print whole arrays or requests."""
    lines = pool(TRAFFIC)
    yield from _drawn(["; ".join(lines[start : start + 2000]) for start in range(0, 60_000, 2000)], size, None)


def coloured(size: int) -> Iterator[bytes]:
    """Yield the clean lines with colours as loggers write them."""
    dice = random.Random(SEED)
    yield from _drawn(pool(), size, lambda line: f"\x1b[{dice.randint(31, 36)}m{line[:12]}\x1b[0m{line[12:]}\x1b[0m")


def bars(size: int) -> Iterator[bytes]:
    """Yield progress bars that redraw themselves, some lines of other output between them."""
    dice = random.Random(SEED)

    def with_bar(line: str) -> str:
        if dice.random() < 0.5:
            return line
        drawn = (f"model.safetensors: {p:3}%|{'#' * (p // 10):10}| {p}M/100M [00:0{p % 10}<00:09, {dice.random() * 90:.1f}MB/s]" for p in range(0, 101, 10))  # fmt: skip
        return "\r".join(drawn)

    yield from _drawn(pool(), size, with_bar)


def event_stream(size: int) -> Iterator[bytes]:
    """Yield the clean lines in the Hub's event stream."""
    maker = Lines()

    def event(line: str) -> str:
        time = f"2026-11-{maker['day']}T{maker['clock']}.{maker['ms']}Z"
        return f"data: {json.dumps({'data': line + chr(10), 'timestamp': time})}\n"

    yield from _drawn([event(line) for line in pool()], size)


def json_lines(size: int) -> Iterator[bytes]:
    """Yield the clean lines as container runtimes keep them, a JSON object each."""
    maker = Lines()

    def record(line: str) -> str:
        return json.dumps(
            {"log": line + "\n", "stream": "stdout", "time": f"2026-11-{maker['day']}T{maker['clock']}.{maker['ms']}Z"}
        )

    yield from _drawn([record(line) for line in pool()], size)


KINDS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "clean": clean, "failing at the end": failing_at_the_end, "restart loop": restart_loop, "every line matches": every_line_matches,
    "long lines": long_lines, "colours": coloured, "progress bars": bars, "event stream": event_stream, "JSON lines": json_lines,
}  # fmt: skip


def write(kind: str, size: int, path: Path) -> int:
    """Write a log of about `size` bytes and return its size."""
    with path.open("wb") as file:
        for chunk in KINDS[kind](size):
            file.write(chunk)
        return file.tell()
