"""Writes to a file system that is full (a small tmpfs stands for the Space's disk), file watches that are used up, and a full /dev/shm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .container import boot, system_python, tools
from .kit import Output, app, case, run, venv, versions

OUTPUTS = """
import pathlib, sys
print("Rendering frames", flush=True)
folder = pathlib.Path(sys.argv[1])
for number in range(100):
    (folder / f"frame-{number:04}.raw").write_bytes(bytes(100_000))
"""
SQLITE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1] + "/app.db")
db.execute("CREATE TABLE logs (line BLOB)")
for _ in range(100):
    db.execute("INSERT INTO logs VALUES (?)", (bytes(100_000),))
db.commit()
"""
SHARED = """
from multiprocessing import shared_memory
blocks = [shared_memory.SharedMemory(create=True, size=1 << 20) for _ in range(100)]
for block in blocks:
    block.buf[:] = bytes(1 << 20)
"""
WATCH = """
import resource, time
from watchdog.observers import Observer
from watchdog.events import FileSystemEventHandler
observers = []
for _ in range(100000):
    observer = Observer()
    observer.schedule(FileSystemEventHandler(), ".", recursive=True)
    observer.start()
    observers.append(observer)
"""
NODE = "const fs = require('fs')\nfs.writeFileSync(process.argv[2] + '/upload.bin', Buffer.alloc(5e6))\n"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A folder of 1 MB."""
    folder = Path("/mnt/small-disk")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder)


def filled(files: Mapping[str, str], *command: str | Path) -> str:
    """Run `command` with the small disk as its last argument."""
    with app(files) as folder, small_disk() as disk:
        return run([*command, str(disk)], cwd=folder).replace(str(disk), "/home/user/app/outputs")


@case("disk-full", "python-write")
def python_write() -> Output:
    return Output(boot(filled({"app.py": OUTPUTS}, "/usr/bin/python3", "app.py"), 1), system_python())


@case("disk-full", "sqlite")
def sqlite() -> Output:
    return Output(boot(filled({"app.py": SQLITE}, "/usr/bin/python3", "app.py"), 1), system_python())


@case("disk-full", "node-write")
def node_write() -> Output:
    return Output(boot(filled({"server.js": NODE}, "node", "server.js"), 1), tools("node"))


@case("disk-full", "shell-copy")
def shell_copy() -> Output:
    script = "set -e\ncp /usr/bin/node $1/node\n"
    return Output(boot(filled({"start.sh": script}, "bash", "start.sh"), 1), tools("bash"))
