"""SQLite files that are locked, read-only, out of reach or damaged, seen through sqlite3, SQLAlchemy and aiosqlite."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .kit import Output, app, case, run, venv, versions

API = """
import os
from contextlib import asynccontextmanager
from fastapi import FastAPI
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()
engine = create_engine(os.environ["DATABASE_URL"], connect_args={"timeout": 1})


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True, nullable=False)


@asynccontextmanager
async def lifespan(app):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(email=os.environ.get("ADMIN")))
        session.commit()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def index():
    return {"ok": True}
"""

SEED = """
import sqlite3
db = sqlite3.connect("app.db")
db.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email VARCHAR NOT NULL UNIQUE)")
db.execute("INSERT OR IGNORE INTO users (email) VALUES ('admin@example.com')")
db.commit()
"""

ASYNC = """
import asyncio, sys
import aiosqlite


async def main():
    async with aiosqlite.connect(sys.argv[1], timeout=1) as db:
        await db.execute("CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY)")
        await db.commit()
        print("Database ready", flush=True)


asyncio.run(main())
"""

LOCKER = """
import sqlite3, sys
db = sqlite3.connect("app.db", isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def modern() -> Path:
    return venv("sqlite-sa20", "sqlalchemy==2.0.58", "aiosqlite==0.22.1", "fastapi==0.165.0", "uvicorn==0.54.0")


def older() -> Path:
    return venv("sqlite-sa14", "sqlalchemy==1.4.54", "aiosqlite==0.19.0", "fastapi==0.110.0", "uvicorn==0.29.0")


def unprivileged(command: list[str | Path]) -> list[str | Path]:
    """Run as uid 1000, as a Docker Space does, where this script itself runs as root."""
    return ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", *command] if os.getuid() == 0 else command


def serve(python: Path, folder: Path, url: str, *, as_user: bool = False, admin: str = "admin@example.com") -> Output:
    """Start the API against `url` and return what it printed, until it ended or for 12 seconds."""
    command: list[str | Path] = [python, "-m", "uvicorn", "app:app", "--host", "0.0.0.0", "--port", "7860"]
    text = run(unprivileged(command) if as_user else command, cwd=folder, env={"DATABASE_URL": url, "ADMIN": admin}, timeout=12)
    return Output(text, versions(python, "sqlalchemy", "fastapi", "uvicorn"))


def readable(folder: Path) -> None:
    """Let uid 1000 read the app's folder, and only read it."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


@case("database-locked", "fastapi-other-writer")
def locked_by_other_process() -> Output:
    python = modern()
    with app({"app.py": API, "seed.py": SEED, "locker.py": LOCKER}) as folder:
        run([python, "seed.py"], cwd=folder)
        with subprocess.Popen([python, "locker.py"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as locker:
            assert locker.stdout
            assert locker.stdin
            locker.stdout.readline()
            output = serve(python, folder, "sqlite:///./app.db")
            locker.stdin.close()
    return output


@case("database-locked", "aiosqlite-other-writer")
def locked_async() -> Output:
    python = modern()
    with app({"main.py": ASYNC, "seed.py": SEED, "locker.py": LOCKER}) as folder:
        run([python, "seed.py"], cwd=folder)
        with subprocess.Popen([python, "locker.py"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as locker:
            assert locker.stdout
            assert locker.stdin
            locker.stdout.readline()
            text = run([python, "main.py", "app.db"], cwd=folder)
            locker.stdin.close()
    return Output(text, versions(python, "aiosqlite"))


@case("database-readonly", "fastapi-copied-as-root")
def readonly_file() -> Output:
    python = modern()
    with app({"app.py": API, "seed.py": SEED}) as folder:
        run([python, "seed.py"], cwd=folder)
        readable(folder)
        return serve(python, folder, "sqlite:///./app.db", as_user=True, admin="second@example.com")


@case("database-readonly", "sqlalchemy-1-4")
def readonly_older() -> Output:
    python = older()
    with app({"app.py": API, "seed.py": SEED}) as folder:
        run([python, "seed.py"], cwd=folder)
        readable(folder)
        return serve(python, folder, "sqlite:///./app.db", as_user=True, admin="second@example.com")


@case("database-cannot-open", "missing-folder")
def folder_missing() -> Output:
    python = modern()
    with app({"app.py": API}) as folder:
        return serve(python, folder, "sqlite:////data/db/app.db")


@case("database-cannot-open", "folder-not-writable")
def folder_not_writable() -> Output:
    python = older()
    with app({"app.py": API}) as folder:
        readable(folder)
        return serve(python, folder, "sqlite:///./app.db", as_user=True)


@case("database-cannot-open", "aiosqlite-missing-folder")
def folder_missing_async() -> Output:
    python = modern()
    with app({"main.py": ASYNC}) as folder:
        return Output(run([python, "main.py", "/data/runs.db"], cwd=folder), versions(python, "aiosqlite"))


@case("database-corrupt", "cut-off-file")
def malformed() -> Output:
    python = modern()
    with app({"app.py": API, "seed.py": SEED}) as folder:
        run([python, "seed.py"], cwd=folder)
        path = folder / "app.db"
        path.write_bytes(path.read_bytes()[:4096] + b"\x7f" * 4096)
        return serve(python, folder, "sqlite:///./app.db")


@case("database-corrupt", "lfs-pointer")
def not_a_database() -> Output:
    python = modern()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 20480\n"
    with app({"app.py": API, "app.db": pointer * 5}) as folder:
        return serve(python, folder, "sqlite:///./app.db")


@case("database-integrity-error", "seed-twice")
def unique_failed() -> Output:
    python = modern()
    with app({"app.py": API, "seed.py": SEED}) as folder:
        run([python, "seed.py"], cwd=folder)
        return serve(python, folder, "sqlite:///./app.db")


@case("database-integrity-error", "not-null-sqlalchemy-1-4")
def not_null_failed() -> Output:
    python = older()
    with app({"app.py": API.replace('os.environ.get("ADMIN")', "None")}) as folder:
        return serve(python, folder, "sqlite:///./app.db")


@case("healthy", "sqlite-seed-skips-duplicates")
def duplicates_skipped() -> Output:
    """A seed that catches the IntegrityError, says so and goes on serving."""
    python = modern()
    tolerant = API.replace(
        "        session.commit()",
        "        try:\n            session.commit()\n        except Exception as error:\n"
        '            print(f"Seed skipped: {error.orig}", flush=True)',
    )
    with app({"app.py": tolerant, "seed.py": SEED}) as folder:
        run([python, "seed.py"], cwd=folder)
        return serve(python, folder, "sqlite:///./app.db")
