"""A Hub on the loopback: the endpoints that spacedoctor and `hf` ask, with the ways in which they can misbehave."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

OWNER_TOKEN = "hf_" + "o" * 34
HEAD, OLD = "a" * 40, "b" * 40


def ago(minutes: float) -> str:
    """Return the time so many minutes ago, as the Hub writes it."""
    return (datetime.now(timezone.utc) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class Log:
    """A log stream: its lines, and how the stream goes on after them: end, keep-alive, live (with the lines that come), break.

    `pause` is in seconds between events.
    """

    lines: Sequence[str] = ()
    after: str = "end"
    pause: float = 0.0
    minutes_ago: float = 60.0


@dataclass
class Space:
    """A Space as the loopback Hub serves it.

    Attributes:
        contents: files of the repository, by path.
        course: what changes of these attributes, step by step, each time that the runtime is asked for.
        restart: what a restart does.
    """

    id: str = "me/app"
    runtime: dict[str, Any] = field(default_factory=lambda: {"stage": "RUNNING", "sha": HEAD})
    info: dict[str, Any] = field(default_factory=dict)
    readme: str | None = "---\ntitle: App\nsdk: docker\n---\n# App\n"
    files: Sequence[str | dict[str, Any]] = ("README.md", "Dockerfile", "app.py", "requirements.txt")
    commits: Sequence[tuple[str, str, float]] = ((HEAD, "Add the app", 600.0),)
    variables: Sequence[str] = ()
    secrets: Sequence[str] = ()
    build: Log = field(default_factory=Log)
    run: Log = field(default_factory=Log)
    private: bool = False
    token: str = OWNER_TOKEN
    contents: Mapping[str, str] = field(default_factory=dict)
    course: list[Mapping[str, Any]] = field(default_factory=list)
    restart: Callable[[], None] | None = None

    def go_on(self) -> None:
        """Take the next step of the course."""
        for name, value in (self.course.pop(0) if self.course else {}).items():
            setattr(self, name, value)


Answer = tuple[int, Mapping[str, str], bytes]


class Hub:
    """The server; `refuse` holds answers that come first for a path, `delay` seconds before any answer."""

    def __init__(self, *spaces: Space) -> None:
        self.spaces = {space.id: space for space in spaces}
        self.refuse: dict[str, list[Answer]] = {}
        self.delay: dict[str, float] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.posted: list[tuple[str, Any]] = []
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Hub:  # noqa: PYI034  (Self came with Python 3.11)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ") or None
        self.hub.asked.append((self.path, token))
        time.sleep(self.hub.delay.get(path, 0.0))
        waiting = self.hub.refuse.get(path)
        if waiting:
            self._answer(*(waiting.pop(0) if len(waiting) > 1 else waiting[0]))
            return
        space, rest = self._space(path)
        if space is None:
            self._json({"error": "Repository not found"}, 404)
        elif space.private and token != space.token:
            self._json({"error": "Repository not found"}, 401 if token is None else 404)
        else:
            self._of_space(space, rest, owner=token == space.token)

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ") or None
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"null")
        self.hub.posted.append((path, body))
        waiting = self.hub.refuse.get(f"POST {path}")
        if waiting:
            self._answer(*waiting[0])
        elif token is None:
            self._json({"error": "Unauthorized"}, 401)
        else:
            space, rest = self._space(path)
            if space and rest == "/restart" and space.restart:
                space.restart()
            self._json({"num": len(self.hub.posted)})

    def _space(self, path: str) -> tuple[Space | None, str]:
        if path.startswith("/api/spaces/by-subdomain/"):
            wanted = path.rsplit("/", 1)[1]
            return next((one for one in self.hub.spaces.values() if one.id.lower().replace("/", "-") == wanted), None), ""
        for name, space in self.hub.spaces.items():
            for start in (f"/api/spaces/{name}", f"/spaces/{name}"):
                if path == start or path.startswith(start + "/"):
                    return space, path[len(start) :]
        return None, ""

    def _of_space(self, space: Space, rest: str, *, owner: bool) -> None:
        secret = rest.startswith("/logs/") or rest in ("/variables", "/secrets")
        if secret and not owner:
            self._json({"error": "Invalid username or password."}, 401)
        elif rest.startswith("/logs/"):
            self._stream(space.build if rest == "/logs/build" else space.run)
        elif rest == "/resolve/main/README.md":
            self._text(space.readme)
        elif rest.startswith("/resolve/main/"):
            self._text(space.contents.get(rest.removeprefix("/resolve/main/")))
        else:
            answer = {
                "": _info,
                "/runtime": _runtime,
                "/commits/main": _commits,
                "/variables": _variables,
                "/secrets": _secrets,
            }.get(rest)
            self._json(answer(space) if answer else {"error": "Not found"}, 200 if answer else 404)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "X-Request-Id": f"Root=1-{len(self.hub.asked)}", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side may have left: its deadline was over
            self.wfile.write(body)

    def _json(self, data: Any, status: int = 200) -> None:
        self._answer(status, {"Content-Type": "application/json"}, json.dumps(data).encode())

    def _text(self, text: str | None) -> None:
        self._answer(404 if text is None else 200, {"Content-Type": "text/plain"}, (text or "").encode())

    def _stream(self, log: Log) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            sent = self._send(log, 0)
            while log.after in ("keep-alive", "live") and not self.hub.stopping.wait(0.2):
                self._chunk(b"data:\n\n")
                sent = self._send(log, sent) if log.after == "live" else sent
            if log.after == "end":
                self._chunk(b"")
        except OSError:
            pass
        self.close_connection = True

    def _send(self, log: Log, sent: int) -> int:
        """Send the lines after the first `sent`, and return how many were sent by now."""
        for event in _events(log, sent):
            self._chunk(event)
            sent += 1
            if log.pause:
                time.sleep(log.pause)
        return sent

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _events(log: Log, first: int = 0) -> Iterator[bytes]:
    for number, line in enumerate([*log.lines][first:], first):
        event = {"data": f"{line}\n", "timestamp": ago(log.minutes_ago - number / 600)}
        yield f"data: {json.dumps(event)}\n\n".encode()


def _info(space: Space) -> dict[str, Any]:
    return {
        "id": space.id,
        "sha": space.commits[0][0] if space.commits else None,
        "private": space.private,
        "sdk": "docker",
        "subdomain": space.id.replace("/", "-"),
        "siblings": [{"rfilename": one} if isinstance(one, str) else one for one in space.files],
        "runtime": space.runtime,
        **space.info,
    }


def _runtime(space: Space) -> dict[str, Any]:
    space.go_on()
    return space.runtime


def _commits(space: Space) -> list[dict[str, Any]]:
    return [
        {"id": name, "title": title, "message": "", "authors": [{"user": "me"}], "date": ago(minutes)}
        for name, title, minutes in space.commits
    ]


def _variables(space: Space) -> dict[str, Any]:
    return {name: {"value": f"value-of-{name}"} for name in space.variables}


def _secrets(space: Space) -> dict[str, Any]:
    return {name: {"updatedAt": ago(1000)} for name in space.secrets}
