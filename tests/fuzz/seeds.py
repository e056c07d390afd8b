"""Texts to begin with, words to mix in, and ways to spoil a log: for the properties and for the coverage-guided runs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

from tests import manglings
from tests.conftest import ROOT

LOGS = sorted((ROOT / "tests/logs").glob("*/*.log"))
WORDS = (
    b"Traceback (most recent call last):\n", b'  File "/app/a.py", line 1, in <module>\n', b"ModuleNotFoundError: No module named 'x'\n",
    b"===== Application Startup at 2026-11-23 20:00:00 =====\n", b"===== Build Queued at 2026-11-23 19:58:00 / Commit SHA: 20973a6 =====\n",
    b"The above exception was the direct cause of the following exception:\n", b"INFO:     Application startup complete.\n",
    b'data: {"data": "x", "timestamp": "2026-11-23T20:00:00Z"}\n\n', b'{"message": "', b'{"log":"x\\n"}\n', b"data:", b"Reason: ", b"ERROR: ", b"Killed\n",
    b"\r", b"\r\n", b"\x1b[31m", b"\x1b]0;t\x07", b"\x1b]8;;http://x\x07", b"\x9b2J", b"\x0b", b"\x1c", b"\0", b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xf3\xa0\x81\x81", b"\xd8\x9c", b"&#10;", b"&#13;", b"&lt;", b"&#x202e;", b"\\u001c", b"\\u000b", b"\\ud800", b"\xe2\x94\x81",
    b"100%|", b"> ", b"web-1  | ", b"#12 7.830 ", b"hf_abcdefghijklmnopqrstuvwxyz", b"password=", b"://a:b@", b"[parameters: (", b"-----BEGIN PRIVATE KEY-----",
    b"```", b"`", b"</script>", b"@everyone", b"www.evil.example", b"{{", b"{space.x}", b"{space|", b"(?P<a>", b"(?R)", b"&a *a", b"!!int ", b"!!timestamp ", b"<<: ", b"- ",
)  # fmt: skip
ANSWERS = (
    {"runtime": {"stage": "RUNTIME_ERROR", "errorMessage": "Exit code: 1. Reason: x", "hardware": {"current": None, "requested": "t4"}}},
    {"sdk": "docker", "sha": "a" * 40, "siblings": [{"rfilename": "app.py", "size": 3}], "cardData": {"app_port": 1e400, "tags": [[["x"]]]}},
    {"stage": "RUNNING", "volumes": [{"type": "bucket", "source": "me/b", "mountPath": "/data"}], "gcTimeout": -1, "replicas": {"requested": 1}},
    [{"key": "A", "id": "x", "title": "t", "date": "2026-11-23T20:00:00.000Z"}],
)  # fmt: skip


def of(target: str) -> Iterator[bytes]:
    """Yield what a target's run begins with."""
    if target == "entry":
        yield from (path.read_bytes() for path in sorted((ROOT / "patterns").glob("*/*.yaml"))[::8])
    elif target == "hub":
        yield from (json.dumps(answer).encode() for answer in ANSWERS)
        yield b"title: x\nsdk: docker\napp_port: 7860\ntags: [a, 2026-01-01]\n"
    else:
        yield from _logs()


def _logs() -> Iterator[bytes]:
    for number, path in enumerate(LOGS):
        text = path.read_text()[-4000:]
        yield manglings.ALL[number % len(manglings.ALL)](text) if number % 2 else text.encode()
    yield gzip.compress(b"ERROR: x\n" * 99)[:-9]
