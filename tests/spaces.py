"""A Space whose container is a real process: an app of FastAPI, SQLAlchemy and Alembic on SQLite, whose output is the run log of the loopback Hub."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.hub import HEAD, OLD, Log, Space
from tests.reproduce.owner_app import ALEMBIC_INI, DATABASE_PY, ENV_PY, migration

CONFIG_PY = "class settings:\n    database_url = 'sqlite:///./app.db'\n"
MODELS_PY = """\
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
"""
MAIN_PY = """\
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import select

from app.database import SessionLocal
from app.models import User

app = FastAPI(title="Board")


class UserIn(BaseModel):
    email: str
    password: str


@app.get("/health")
def health():
    return {"status": "healthy", "version": 1}


@app.get("/users")
def users():
    with SessionLocal() as session:
        return [user.email for user in session.scalars(select(User))]


@app.post("/api/v1/auth/register", status_code=201)
def register(user: UserIn):
    with SessionLocal() as session:
        session.add(User(email=user.email))
        session.commit()
    return {"email": user.email}
"""
TABLE = (
    'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(255), unique=True))',
)
CONSTRAINT = 'op.execute("ALTER TABLE users ADD CONSTRAINT chk_email CHECK (length(email) > 2)")'


def version(*body: str, main: str = MAIN_PY) -> dict[str, str]:
    """Return the app's files, with these lines in its first migration."""
    return {
        "alembic.ini": ALEMBIC_INI,
        "migrations/env.py": ENV_PY,
        "app/__init__.py": "",
        "app/config.py": CONFIG_PY,
        "app/database.py": DATABASE_PY,
        "app/models.py": MODELS_PY,
        "app/main.py": main,
        **migration("001", None, "create users", *body),
    }


GOOD = version(*TABLE)
BAD = version(*TABLE, CONSTRAINT)
NEXT = version(*TABLE, main=f"import boardtools\n\n{MAIN_PY}")


class Platform:
    """Builds and starts what is pushed to one Space, as the platform does: stage, deployed commit and logs follow.

    Attributes:
        space: what the loopback Hub serves of it.
        disk: the container's own folder, new with each container.
    """

    def __init__(self, folder: Path, **more: Any) -> None:
        self.port = _free_port()
        self.space = Space(info={"host": f"http://127.0.0.1:{self.port}"}, restart=self.restart, **more)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._containers = 0
        self._files: Mapping[str, str] = {}
        self._began = datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Platform:  # noqa: PYI034  (Self came with Python 3.11)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._stopping.set()
        self._stop()
        for thread in self._threads:
            thread.join(20)

    def deploy(self, files: Mapping[str, str], commit: str) -> None:
        """Push files, and wait until they run or have failed."""
        self._pushed(files, commit)
        self._start(commit)

    def push(self, files: Mapping[str, str], commit: str, *, lag: float = 0.3) -> None:
        """Push files, and return at once; the build begins `lag` seconds later."""
        self._pushed(files, commit)
        self._in_background(lambda: self._start(commit, lag))

    def restart(self) -> None:
        """Stop the container, and start a new one of the same commit."""
        commit = str(self.space.runtime["sha"])
        self.space.runtime = {"stage": "RUNNING_APP_STARTING", "sha": commit}
        self._in_background(lambda: self._start(commit))

    def _in_background(self, work: Callable[[], object]) -> None:
        self._threads.append(threading.Thread(target=work))
        self._threads[-1].start()

    def _pushed(self, files: Mapping[str, str], commit: str) -> None:
        self._files = files
        self.space.commits = ((commit, "Change the app", 0.1), *self.space.commits)

    def _start(self, commit: str, lag: float = 0.0) -> None:
        self._stopping.wait(lag)
        old = self.space.runtime.get("sha")
        running = "RUNNING_" if self.space.runtime.get("stage", "").startswith("RUNNING") else ""
        self.space.runtime = {"stage": f"{running}BUILDING", "sha": old}
        self._containers += 1
        began = (self._began + timedelta(minutes=self._containers)).strftime("%Y-%m-%d %H:%M:%S")
        self.space.build = Log(
            [f"===== Build Queued at {began} / Commit SHA: {commit[:7]} =====", "", "--> Pushing image", "DONE 0.4s"]
        )
        self._stopping.wait(0.5)
        self.space.runtime = {"stage": f"{running}APP_STARTING", "sha": old}
        self._stop()
        self._run(began)
        serves = self._serves()
        said = {} if serves else {"errorMessage": f"Exit code: 1. Reason: {' '.join(self.space.run.lines)[-600:]}"}
        self.space.runtime = {"stage": "RUNNING" if serves else "RUNTIME_ERROR", "sha": commit, **said}

    def _run(self, began: str) -> None:
        """Start the container: its folder is new, its output goes into a log of its own."""
        folder = self._folder / f"container-{self._containers}"
        for name, text in self._files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        lines = [f"===== Application Startup at {began} =====", ""]
        self.space.run = Log(lines, after="live")
        words = (
            f'"{sys.executable}" -m alembic upgrade head && exec "{sys.executable}" -m uvicorn app.main:app --port {self.port}'
        )
        self._process = subprocess.Popen(["/bin/sh", "-c", words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = self._process.stdout
        assert output is not None

        def stream() -> None:
            with output:
                lines.extend(line.decode().rstrip("\n") for line in output)

        self._in_background(stream)

    def _serves(self) -> bool:
        """Wait until the app answers, or has ended."""
        process = self._process
        while process and process.poll() is None and not self._stopping.is_set():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).close()
            except urllib.error.HTTPError as answer:
                answer.close()
                return True
            except OSError:
                time.sleep(0.1)
        self._threads[-1].join(5)  # the end of its output
        return False

    def _stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)


Reply = Callable[[BaseHTTPRequestHandler], None]


class App:
    """A small app at a Space's address: `replies` by path; `asked` has method, path and token of each request."""

    def __init__(self, **replies: Reply) -> None:
        self.replies = {f"/{name}": reply for name, reply in replies.items()}
        self.asked: list[tuple[str, str, str | None]] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

            def do_GET(self) -> None:
                app.asked.append((self.command, self.path, self.headers.get("authorization")))
                with contextlib.suppress(OSError):  # the other side may have had enough
                    app.replies.get(self.path, reply(404))(self)

            do_POST = do_GET  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> App:  # noqa: PYI034  (Self came with Python 3.11)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def reply(status: int = 200, body: bytes = b"", kind: str = "application/json", **headers: str) -> Reply:
    """Return what answers so."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("content-length") or 0))
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def endless(piece: bytes, pause: float = 0.0) -> Reply:
    """Return what answers with a body that never ends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        while True:
            handler.wfile.write(piece)
            time.sleep(pause)

    return answer


def in_turn(*replies: Reply) -> Reply:
    """Return what answers differently each time; the last stays."""
    left = list(replies)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        now = left.pop(0) if len(left) > 1 else left[0]
        now(handler)

    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


FIRST, SECOND = OLD, HEAD
