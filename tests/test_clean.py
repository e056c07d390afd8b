"""Taking the packaging off, and keeping the line numbers."""

from __future__ import annotations

import json
import re

import pytest

from spacedoctor.log.clean import Cleaner, content, wrap_width


def cleaned(data: bytes) -> tuple[list[str], list[int]]:
    block = Cleaner().clean(data)
    lines = block.text.decode().split("\n")[:-1]
    return lines, block.numbers or list(range(block.first, block.first + len(lines)))


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"\x1b[31mred\x1b[0m plain\n", ["red plain"]),
        (b"\x1b]0;title\x07text\n", ["text"]),
        (b"[32mINFO[0m ok\n", ["INFO ok"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b" 10%|#  | 1/9\r 50%|## | 5/9\rdone\n", ["done"]),
        (b"50%|##|\rKilled\n", ["Killed"]),
        (b"nul\0s\n", ["nuls"]),
        (b"File &quot;a.py&quot; &lt;module&gt;\n", ['File "a.py" <module>']),
        ("\u201cquoted\u201d it\u2019s\n".encode(), ['"quoted" it\'s']),
        (b"no newline", ["no newline"]),
    ],
)
def test_packaging_comes_off(raw: bytes, lines: list[str]) -> None:
    """Colours, bars, NULs, entities and curly quotes go."""
    assert cleaned(raw)[0] == lines


def test_event_stream_keeps_the_time_and_the_numbers() -> None:
    """An event's text comes out with its time in front; several lines in one event share the number of its line."""
    event = json.dumps({"data": "first\nsecond\n", "timestamp": "2026-11-23T20:00:00Z"})
    lines, numbers = cleaned(f"data: {event}\n\ndata:\n\nplain\n".encode())
    assert lines == ["2026-11-23T20:00:00Z first", "second", "", "", "", "plain"]
    assert numbers == [1, 1, 2, 3, 4, 5]


def test_structured_records_show_their_traceback() -> None:
    """A JSON record of an app's logger gives its message and the traceback that it holds."""
    record = {
        "level": "error",
        "message": "request failed",
        "exc": {"stack": "Traceback (most recent call last):\nValueError: no"},
    }
    assert cleaned(json.dumps(record).encode() + b"\n")[0] == [
        "request failed",
        "Traceback (most recent call last):",
        "ValueError: no",
    ]


def test_json_that_is_no_envelope_stays() -> None:
    """A JSON line without a message is left as it is."""
    assert cleaned(b'{"a": 1}\n')[0] == ['{"a": 1}']


def test_wrapped_lines_are_joined_and_numbered_by_their_first() -> None:
    """Lines that were broken at a width are whole again."""
    long = "sqlalchemy.exc.OperationalError: near CONSTRAINT: syntax error in the statement that follows here " * 3
    text = "".join(f"{n} {long}\n" for n in range(4))
    broken = "".join(line[i : i + 80] + "\n" for line in text.split("\n")[:-1] for i in range(0, len(line), 80))
    lines, numbers = cleaned(broken.encode())
    assert "\n".join(lines) + "\n" == text
    assert numbers == [1, 5, 9, 13]


def test_ordinary_text_is_not_taken_for_wrapped() -> None:
    """Rulers and short lines do not look like broken lines."""
    assert wrap_width(("=" * 80 + "\nshort\n" + "=" * 80 + "\n" + "=" * 80 + "\n").encode()) == 0
    assert wrap_width(b"sqlite3.OperationalError: database is locked\n" * 9) == 0
    assert (
        wrap_width(
            b"".join(b"2026-11-23 20:00:00 INFO item %03d was done and stored in place %03d\n" % (n, 7 * n) for n in range(99))
        )
        == 0
    )


def test_flattened_traceback_is_cut_again() -> None:
    """One long line falls into the lines that it was made of."""
    flat = "Exit code: 1. Reason: Traceback (most recent call last): File \"/app/a.py\", line 3, in <module> import x ModuleNotFoundError: No module named 'x'"
    lines, numbers = cleaned(flat.encode() + b"\n")
    assert lines[-1] == "ModuleNotFoundError: No module named 'x'"
    assert set(numbers) == {1}


@pytest.mark.parametrize(
    "end",
    [
        'raise Exception(f"Error loading: {x}") Exception: Error loading: 3',
        'assert ok, "Invalid name" AssertionError: Invalid name',
        "if isinstance(x[0], int): IndexError: list index out of range",
        "raise ValueError('no') ValueError: no",
    ],
)
def test_the_exception_behind_a_flattened_frame_gets_its_own_line(end: str) -> None:
    """Whatever the frame's code ends with: a quote, a bracket, a colon."""
    lines, _ = cleaned(b'Traceback (most recent call last): File "/app/a.py", line 3, in <module> ' + end.encode() + b"\n")
    assert re.fullmatch(r"(?:\w+Error|Exception): [\w :]+", lines[-1])


def test_a_banner_in_a_flattened_log_gets_its_own_line() -> None:
    """What stands behind the banner is not the banner's."""
    flat = b"Build error ===== Build Queued at 2026-11-23 20:00:00 / Commit SHA: 2f15462 ===== --> RUN false\n===== Application Startup at 2026-11-23 20:00:00 =====\nx\n"
    lines, numbers = cleaned(flat)
    assert lines[0] == "Build error"
    assert lines[1].endswith("2f15462 =====")
    assert lines[2:] == ["--> RUN false", "===== Application Startup at 2026-11-23 20:00:00 =====", "x"]
    assert numbers == [1, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("line", "text", "time"),
    [
        ("2026-11-23T20:00:00.123456789Z ValueError: no", "ValueError: no", "2026-11-23T20:00:00.123456789Z"),
        ("[2026-11-23 20:00:00 +0000] [7] [INFO] x", "[7] [INFO] x", "2026-11-23 20:00:00 +0000"),
        ("backend-1  | Killed", "Killed", None),
        ("#12 7.830 ERROR: no", "ERROR: no", None),
        ("7.911 ERROR: no", "ERROR: no", None),
        ("> > quoted", "quoted", None),
        ("Sep 11 06:43:47 PM  Traceback", "Traceback", None),
        ("Nov 25 19:32:20 host app[27161]: fatal: x", "fatal: x", None),
        ("   indented", "indented", None),
        ("1.5 times faster", "1.5 times faster", None),
        ("| a table | cell |", "| a table | cell |", None),
    ],
)
def test_content(line: str, text: str, time: str | None) -> None:
    """What stands in front of a line's content goes, and the time is told."""
    assert content(line) == (text, time)
