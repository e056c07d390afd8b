"""What happens to logs on their way to us: each function takes a log's text and returns the bytes that a person would pipe in."""

from __future__ import annotations

import gzip
import json
import random
import re
import textwrap
from collections.abc import Callable

Mangle = Callable[[str], bytes]


def _each(text: str, change: Callable[[int, str], str]) -> bytes:
    return "\n".join(change(number, line) for number, line in enumerate(text.split("\n"))).encode()


def _clock(number: int) -> str:
    return f"2026-11-23T20:{number // 60 % 60:02}:{number % 60:02}"


def ansi(text: str) -> bytes:
    """Colours as loggers write them, whole lines and single words."""
    return _each(text, lambda n, line: f"\x1b[{31 + n % 6}m{line}\x1b[0m" if n % 2 else line.replace(" ", " \x1b[1m\x1b[0m", 1))


def bars(text: str) -> bytes:
    """Progress bars that redraw themselves before every tenth line."""
    drawn = "".join(
        f"\rmodel.safetensors:  {p}%|{'#' * (p // 10):10}| {p}M/100M [00:0{p % 10}<00:09, 11.0MB/s]" for p in range(0, 100, 30)
    )
    return _each(text, lambda n, line: f"{drawn}\r{line}" if n % 10 == 3 else line)


def timestamps(text: str) -> bytes:
    """An ISO timestamp with nanoseconds in front of each line, as container runtimes write it."""
    return _each(text, lambda n, line: f"{_clock(n)}.{n:09}Z {line}")


def container_names(text: str) -> bytes:
    """The service's name in front of each line, as docker compose writes it."""
    return _each(text, lambda _, line: f"backend-1  | {line}")


def buildkit(text: str) -> bytes:
    """Step number and seconds in front of each line, as BuildKit writes it."""
    return _each(text, lambda n, line: f"#12 {n / 10:.3f} {line}")


def sse(text: str) -> bytes:
    """The Hub's event stream, with keep-alives."""
    rows = (json.dumps({"data": line + "\n", "timestamp": _clock(n) + "Z"}) for n, line in enumerate(text.split("\n")))
    return "".join(f"data: {row}\n\n" + ("data:\n\n" if n % 10 == 9 else "") for n, row in enumerate(rows)).encode()


def json_lines(text: str) -> bytes:
    """One JSON object a line, as container runtimes keep logs."""
    rows = (
        json.dumps({"log": line + "\n", "stream": "stderr", "time": _clock(n) + ".123Z"})
        for n, line in enumerate(text.split("\n"))
    )
    return "\n".join(rows).encode()


def crlf(text: str) -> bytes:
    """Line ends of Windows."""
    return text.replace("\n", "\r\n").encode()


def utf16(text: str) -> bytes:
    """What PowerShell's > writes."""
    return text.replace("\n", "\r\n").encode("utf-16")


def bad_bytes(text: str) -> bytes:
    """Bytes that are no UTF-8 at the ends of lines."""
    return (
        b"\n".join(
            line + (b" \xff\xfe\x80" if n % 3 == 1 and len(line) < 3 else b"")
            for n, line in enumerate(text.encode().split(b"\n"))
        )
        + b"\xc3\n"
    )


def no_indentation(text: str) -> bytes:
    """`hf spaces logs` strips every line."""
    return _each(text, lambda _, line: line.strip())


def quoted(text: str) -> bytes:
    """A quotation in a mail or an issue."""
    return _each(text, lambda _, line: f"> {line}")


def fenced(text: str) -> bytes:
    """A Markdown fence with talk around it."""
    return f"My Space does not start, here is what I see:\n\n```text\n{text}\n```\n\nCan anybody help me?\n".encode()


def wrapped(text: str) -> bytes:
    """Every line broken at 80 columns, in the middle of words."""
    lines = (line[i : i + 80] for line in text.split("\n") for i in range(0, max(len(line), 1), 80))
    return "\n".join(lines).encode()


def powershell(text: str) -> bytes:
    """NativeCommandError: a header, lines broken at the console's width, UTF-16."""
    first, _, rest = text.partition("\n")
    header = (
        f"python.exe : {first}\nAt line:1 char:1\n+ python app.py 2> log.txt\n+ ~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "    + CategoryInfo          : NotSpecified: (:String) [], RemoteException\n    + FullyQualifiedErrorId : NativeCommandError\n \n"
    )
    return utf16(wrapped(header + rest).decode())


def flattened(text: str) -> bytes:
    """The error page: everything in one line, runs of blanks folded."""
    return (
        f"runtime error\n\nExit code: 1. Reason: {' '.join(text.split())}\n\nContainer logs:\n\nFetching error logs...\n".encode()
    )


def html_page(text: str) -> bytes:
    """Copied out of a page's source."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#x27;")
        .encode()
    )


def curly(text: str) -> bytes:
    """Typographic quotes, as forums make them."""
    return re.sub(r'"([^"\n]*)"', "\u201c\\1\u201d", re.sub(r"'([^'\n]*)'", "\u2018\\1\u2019", text)).encode()


def indented(text: str) -> bytes:
    """Pasted as a code block of Markdown."""
    return textwrap.indent(text, "    ").encode()


def zipped(text: str) -> bytes:
    """Packed with gzip."""
    return gzip.compress(text.encode())


def noise_around(text: str) -> bytes:
    """Access-log lines of a healthy app in front (not behind: behind it they would say that the app serves)."""
    dice = random.Random(7)
    noise = "".join(f"DEBUG cache hit {dice.random():.4f} for item {dice.randrange(10**6)}\n" for _ in range(300))
    return (noise + text).encode()


ALL: tuple[Mangle, ...] = (
    ansi, bars, timestamps, container_names, buildkit, sse, json_lines, crlf, utf16, bad_bytes, no_indentation, quoted, fenced,
    wrapped, powershell, flattened, html_page, curly, indented, zipped, noise_around,
)  # fmt: skip
