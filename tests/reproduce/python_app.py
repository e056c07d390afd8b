"""What the scripts about Python apps share: start an app as a Space does, and ask it for a page."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.reproduce import kit

BANNER = "===== Application Startup at 2026-11-23 10:24:31 =====\n\n"


def once(
    python: Path, files: Mapping[str, str], *packages: str, start: Sequence[str] = ("app.py",), timeout: float = 120
) -> kit.Output:
    """Start the app with this Python until it ends; the log begins with a Space's banner."""
    with kit.app(files) as folder:
        text = kit.run([python, *start], cwd=folder, timeout=timeout)
    return kit.Output(BANNER + text, kit.versions(python, *packages))


def served(
    python: Path, files: Mapping[str, str], *packages: str, paths: Sequence[str] = ("/",), module: str = "uvicorn"
) -> kit.Output:
    """Start `app:app` with uvicorn or flask, ask for `paths`, then stop it."""
    port = free_port()
    options = ["--host", "0.0.0.0", "--port", str(port)]
    command = [module, "app:app", *options] if module == "uvicorn" else [module, "--app", "app", "run", *options]
    with kit.app(files) as folder:
        asker = threading.Thread(target=ask, args=(port, paths), daemon=True)
        asker.start()
        text = kit.run([python, "-m", *command], cwd=folder, timeout=12 + len(paths))
    return kit.Output(BANNER + text.replace(str(port), "7860"), kit.versions(python, *packages))


def ask(port: int, paths: Sequence[str]) -> None:
    """Wait until the port answers, then get each path."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    for path in paths:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            print(path, error, file=sys.stderr)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def saved_by(python: Path, folder: Path, code: str) -> None:
    """Run `code` with another environment's Python in `folder`: it saves a file that the app will load."""
    subprocess.run([str(python), "-c", code], cwd=folder, check=True)
