"""Indexes, files and repositories that cannot be reached, and a disk that is full."""

from __future__ import annotations

import http.server
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .building import pip_step, step, versions
from .kit import Output, app, case, venv

CLOSED = "http://127.0.0.1:9"


def _newest() -> Path:
    return venv("pip-26", "pip==26.3")


def _pip(python: Path, requirement: str, *arguments: str) -> Output:
    return Output(pip_step(python, requirement + "\n", *arguments), versions(python))


def _uv(arguments: str, env: dict[str, str] | None = None) -> Output:
    python = venv("uv", "pip==26.3", "uv")
    text = step(
        f"uv pip install --no-cache {arguments}",
        python=python,
        files={},
        env={"VIRTUAL_ENV": str(python.parent.parent), **(env or {})},
    )
    return Output(text, versions(python, "uv"))


@case("pip-index-unreachable", "refused", "build")
def refused() -> Output:
    """Nobody listens where the index should be."""
    return _pip(_newest(), "flask", f"--index-url {CLOSED}/simple")


@case("pip-index-unreachable", "refused-pip-20", "build")
def refused_long_ago() -> Output:
    """The same with pip 20."""
    return _pip(venv("pip-20.3", "pip==20.3.4", python="3.9"), "flask", f"--index-url {CLOSED}/simple")


@case("pip-index-unreachable", "wheel-by-address", "build")
def wheel_by_address() -> Output:
    """A wheel by its address, and nobody listens there."""
    return _pip(_newest(), f"{CLOSED}/tool-1.0-py3-none-any.whl")


@case("pip-index-unreachable", "wheel-by-address-pip-23", "build")
def wheel_by_address_with_pip_23() -> Output:
    """The same with pip 23."""
    return _pip(venv("pip-23", "pip==23.0.1", python="3.10"), f"{CLOSED}/tool-1.0-py3-none-any.whl")


@case("pip-index-unreachable", "untrusted", "build")
def untrusted() -> Output:
    """An index without TLS."""
    return _pip(_newest(), "flask", "--index-url http://index.example/simple")


@case("pip-index-unreachable", "git-clone", "build")
def git_clone() -> Output:
    """A repository that cannot be cloned."""
    return _pip(_newest(), "git+https://127.0.0.1:9/team/tool.git")


@case("pip-index-unreachable", "git-missing", "build")
def git_missing() -> Output:
    """A repository, and no git in the image."""
    python = _newest()
    text = pip_step(python, "git+https://example.com/team/tool.git\n", env={"PATH": f"{python.parent}"})
    return Output(text, versions(python))


@case("pip-index-unreachable", "uv", "build")
def uv_refused() -> Output:
    """The closed index with uv."""
    return _uv(f"--index-url {CLOSED}/simple flask")


@case("pip-index-unreachable", "uv-git", "build")
def uv_git() -> Output:
    """The repository with uv."""
    return _uv("git+https://127.0.0.1:9/team/tool.git")


@case("pip-index-unreachable", "uv-git-missing", "build")
def uv_git_missing() -> Output:
    """The repository with uv, and no git in the image."""
    python = venv("uv", "pip==26.3", "uv")
    return _uv("git+https://example.com/team/tool.git", {"PATH": str(python.parent)})


class NotFound(http.server.BaseHTTPRequestHandler):
    """Answers 404 to everything."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        """Keep still."""


@contextmanager
def _serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@case("pip-index-unreachable", "http-404", "build")
def http_404() -> Output:
    """The address of a wheel that is gone."""
    with _serving(NotFound) as address:
        return _pip(_newest(), f"{address}/whl/tool-1.0-py3-none-any.whl")


@case("pip-index-unreachable", "git-revision", "build")
def git_revision() -> Output:
    """A branch that the repository does not have."""
    python = _newest()
    with app({"tool/setup.py": "from setuptools import setup\nsetup(name='tool')\n"}) as folder:
        author = ["-c", "user.name=team", "-c", "user.email=team@example.com"]
        for arguments in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "first"]):
            subprocess.run(["git", *arguments], cwd=folder / "tool", check=True)
        text = pip_step(python, f"git+file://{folder}/tool@v9\n")
    return Output(text, versions(python))


@case("pip-index-unreachable", "poetry", "build")
def poetry_refused() -> Output:
    """The closed index with poetry."""
    python = venv("poetry", "poetry==2.2.1")
    source = f'[[tool.poetry.source]]\nname = "team"\nurl = "{CLOSED}/simple"\npriority = "primary"\n'
    project = f'[tool.poetry]\npackage-mode = false\n{source}[tool.poetry.dependencies]\npython = ">=3.11,<3.12"\nflask = "*"\n'
    text = step("poetry install --no-interaction --no-ansi", python=python, files={"pyproject.toml": project})
    return Output(text, versions(python, "poetry"))


def _on_full_disk(command: str, python: Path) -> str:
    """Run a step with a small disk at $DISK."""
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=True)
        try:
            text = step(
                command, python=python, files={}, env={"DISK": folder, "TMPDIR": folder, "VIRTUAL_ENV": str(python.parent.parent)}
            )
        finally:
            subprocess.run(["umount", folder], check=True)
    return text.replace(folder, "/usr/local")


@case("build-disk-full", "pip", "build")
def disk_full() -> Output:
    """Pip fills the disk."""
    python = _newest()
    return Output(_on_full_disk("pip install --no-cache-dir --target $DISK/lib babel", python), versions(python))


@case("build-disk-full", "pip-23", "build")
def disk_full_with_pip_23() -> Output:
    """The same with pip 23."""
    python = venv("pip-23", "pip==23.0.1", python="3.10")
    return Output(_on_full_disk("pip install --no-cache-dir --target $DISK/lib babel", python), versions(python))


@case("build-disk-full", "uv", "build")
def disk_full_with_uv() -> Output:
    """The same with uv."""
    python = venv("uv", "pip==26.3", "uv")
    return Output(
        _on_full_disk("uv pip install --cache-dir $DISK/cache --target $DISK/lib babel", python), versions(python, "uv")
    )


@case("build-disk-full", "copy", "build")
def disk_full_copy() -> Output:
    """A step writes a file that does not fit."""
    python = _newest()
    return Output(_on_full_disk("dd if=/dev/zero of=$DISK/model.bin bs=1M count=8", python), versions(python))
