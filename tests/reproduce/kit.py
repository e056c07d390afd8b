"""What the reproduction scripts share: a registry of cases, virtual environments, capture, and the stored form of a log."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOGS = Path(__file__).resolve().parent.parent / "logs"
CACHE = Path(os.environ.get("SPACEDOCTOR_REPRODUCE_CACHE", Path(tempfile.gettempdir()) / "spacedoctor-reproduce"))


@dataclass(frozen=True)
class Output:
    """What a case hands back: the log's text, and the versions of the software that printed it."""

    text: str
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """One log to make. `cause` is the entry that must come first on it, or `healthy`."""

    cause: str
    slug: str
    stage: str
    script: str
    make: Callable[[], Output]


CASES: list[Case] = []


def case(cause: str, slug: str, stage: str = "run") -> Callable[[Callable[[], Output]], Callable[[], Output]]:
    """Register a function that makes the log `tests/logs/<cause>/<slug>.log`."""

    def register(make: Callable[[], Output]) -> Callable[[], Output]:
        script = f"tests/reproduce/{Path(make.__code__.co_filename).name}"
        CASES.append(Case(cause, slug, stage, script, make))
        return make

    return register


def venv(name: str, *requirements: str, python: str = "3.11") -> Path:
    """Return the python of a cached virtual environment with these requirements (kept between runs)."""
    home = CACHE / f"{name}-{python}"
    binary = home / "bin" / "python"
    stamp = home / "requirements.json"
    if not (stamp.exists() and json.loads(stamp.read_text()) == list(requirements)):
        subprocess.run([f"python{python}", "-m", "venv", "--clear", str(home)], check=True)
        if requirements:
            subprocess.run([str(binary), "-m", "pip", "install", "-q", *requirements], check=True)
        stamp.write_text(json.dumps(list(requirements)))
    return binary


def versions(python: Path, *packages: str) -> dict[str, str]:
    """Return the installed versions of `packages` in that environment, and Python's own."""
    code = (
        "import importlib.metadata as m, json, platform, sys;"
        "print(json.dumps({'python': platform.python_version()} | {p: m.version(p) for p in sys.argv[1:]}))"
    )
    done = subprocess.run([str(python), "-c", code, *packages], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 300
) -> str:
    """Run `command` to its end, or stop it after `timeout` seconds, and return stdout and stderr as they interleaved."""
    merged = {"PATH": os.environ["PATH"], "HOME": "/home/user", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **(env or {})}
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=merged, stdout=out, stderr=subprocess.STDOUT)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(30)
        out.seek(0)
        return out.read().decode("utf-8", "replace")


@contextmanager
def app(files: Mapping[str, str]) -> Iterator[Path]:
    """Write `files` (path -> text) into a fresh folder that stands for the Space's /home/user/app."""
    with tempfile.TemporaryDirectory(prefix="app-") as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        yield Path(folder)


def scrub(text: str, replace: Mapping[str, str] | None = None) -> str:
    """Replace this machine's paths by those of a Space (`replace` first, then environments and folders)."""
    for old, new in (replace or {}).items():
        text = text.replace(old, new)
    text = re.sub(r"/[^\s\"']*?/spacedoctor-reproduce/[\w.-]+/", "/usr/local/", text)
    text = re.sub(r"(?:/tmp|/var/folders/[\w/]+)/app-\w+", "/home/user/app", text)
    return text.replace("/root/.pyenv/versions/", "/usr/local/pyenv/")


def keep(done: Case, output: Output) -> Path:
    """Store the log and, beside it, where it came from."""
    path = LOGS / done.cause / f"{done.slug}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(scrub(output.text))
    about = {
        "cause": done.cause,
        "stage": done.stage,
        "script": done.script,
        "versions": dict(output.versions),
        "made": datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat(),
    }
    path.with_suffix(".json").write_text(json.dumps(about, indent=1) + "\n")
    return path


def main(wanted: Sequence[str]) -> int:
    """Make the cases named `cause` or `cause/slug`; with no name, list them."""
    chosen = [c for c in CASES if c.cause in wanted or f"{c.cause}/{c.slug}" in wanted or c.script in wanted or "all" in wanted]
    if not chosen:
        print("\n".join(f"{c.cause}/{c.slug}  ({c.script})" for c in CASES))
        return 2 if wanted else 0
    for one in chosen:
        print(keep(one, one.make()), file=sys.stderr)
    return 0
