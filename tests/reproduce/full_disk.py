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
WATCH = """
import time
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
observer = Observer()
observer.schedule(FileSystemEventHandler(), ".", recursive=True)
observer.start()
print("Watching for changes")
"""
LOADER = """
import torch
from torch.utils.data import DataLoader

if __name__ == "__main__":
    data = [torch.zeros(1 << 20) for _ in range(16)]
    for batch in DataLoader(data, batch_size=8, num_workers=1):
        print(batch.shape)
"""
NEXT = "const fs = require('fs')\nfor (const name of fs.readdirSync('.')) fs.watch(name, () => {})\n"
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


def watching(limit: str, count: int, files: Mapping[str, str], *command: str | Path) -> str:
    """Run `command` among 20 folders where the kernel grants only `count` of that limit (in a user namespace of its own)."""
    folders = {f"folder{number}/README.md": "" for number in range(20)}
    inner = f"echo {count} > /proc/sys/user/{limit} && exec {' '.join(str(part) for part in command)}"
    with app({**files, **folders}) as folder:
        return run(["unshare", "--user", "--map-root-user", "sh", "-c", inner], cwd=folder, timeout=20)


@case("inotify-limit", "watchdog-watches")
def watches() -> Output:
    python = venv("watchdog", "watchdog==4.0.2")
    return Output(boot(watching("max_inotify_watches", 8, {"app.py": WATCH}, python, "app.py"), 1), versions(python, "watchdog"))


@case("inotify-limit", "watchdog-instances")
def instances() -> Output:
    python = venv("watchdog", "watchdog==4.0.2")
    return Output(
        boot(watching("max_inotify_instances", 0, {"app.py": WATCH}, python, "app.py"), 1), versions(python, "watchdog")
    )


@case("inotify-limit", "node-watchers")
def node_watchers() -> Output:
    return Output(boot(watching("max_inotify_watches", 4, {"server.js": NEXT}, "node", "server.js"), 1), tools("node"))


@case("inotify-limit", "node-instances")
def node_instances() -> Output:
    return Output(boot(watching("max_inotify_instances", 0, {"server.js": NEXT}, "node", "server.js"), 1), tools("node"))


@case("shm-exhausted", "dataloader")
def dataloader() -> Output:
    python = venv("torch-2.13", "torch==2.13.0", "safetensors", "numpy")
    inner = f"mount -t tmpfs -o size=4m tmpfs /dev/shm && {python} app.py"
    with app({"app.py": LOADER}) as folder:
        log = run(["unshare", "--mount", "sh", "-c", inner], cwd=folder, timeout=120)
    return Output(boot(log, 1), versions(python, "torch"))
