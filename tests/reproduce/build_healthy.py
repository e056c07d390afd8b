"""Builds that end well though their logs hold words that look like failures."""

from __future__ import annotations

import http.server
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .building import built, lines, pip_step, step, versions
from .kit import Output, app, case, venv

NEWEST = "pip==26.3"
PROJECT = lines("[project]", 'name = "error-handler-kit"', 'version = "1.0"', "[tool.setuptools]", "packages = []")


def _newest() -> Path:
    return venv("pip-26", NEWEST)


def _fresh(first: str, *then: str) -> str:
    """Return a command that runs pip in an environment of its own, which is gone with the step."""
    commands = [f"env/bin/pip install --no-cache-dir {what}" for what in (first, *then)]
    return " && ".join(["python -m venv env", *commands])


@case("healthy", "build-scary-names", "build")
def scary_names() -> Output:
    """Packages with frightening names."""
    python = _newest()
    wanted = "exceptiongroup better-exceptions errorhandler retrying tblib"
    return Output(built(step(_fresh(wanted), python=python, files={})), versions(python))


@case("healthy", "build-apt-scary-names", "build")
def apt_scary_names() -> Output:
    """Debian packages with frightening names (only downloaded here)."""
    python = _newest()
    command = "apt-get install -y --no-install-recommends --download-only liberror-perl libgpg-error-l10n libtry-tiny-perl"
    text = step(command, python=python, files={}, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    return Output(built(text.replace(" --download-only", "")), versions(python))


@case("healthy", "build-resolver-remark", "build")
def resolver_remark() -> Output:
    """Pip remarks that packages that are there already do not fit, and goes on."""
    python = _newest()
    return Output(built(step(_fresh("fastapi==0.110.0", "starlette==0.40.0"), python=python, files={})), versions(python))


@case("healthy", "build-legacy-setup", "build")
def legacy_setup() -> Output:
    """Pip 23 warns of the old way to install."""
    python = venv("pip-23", "pip==23.0.1", python="3.10")
    return Output(built(step(_fresh("docopt==0.6.2"), python=python, files={})), versions(python))


@case("healthy", "build-from-source", "build")
def from_source() -> Output:
    """A package is compiled, with its compiler's warnings."""
    python = _newest()
    return Output(built(step(_fresh("--no-binary markupsafe markupsafe==2.1.5"), python=python, files={})), versions(python))


@contextmanager
def _flaky_index() -> Iterator[str]:
    """Serve an index with one package that drops the first two connections."""
    with app({"pyproject.toml": PROJECT}) as source, tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "simple" / "error-handler-kit"
        page.mkdir(parents=True)
        subprocess.run([_newest(), "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(page), str(source)], check=True)
        dropped: list[str] = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments, directory=folder)  # type: ignore[arg-type]

            def do_GET(self) -> None:
                if len(dropped) < 2:
                    dropped.append(self.path)
                    self.connection.close()
                else:
                    super().do_GET()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/simple"
            server.shutdown()


@case("healthy", "build-retries", "build")
def retries() -> Output:
    """The index drops two connections; the third works."""
    python = _newest()
    with _flaky_index() as address:
        text = pip_step(python, "error-handler-kit\n", f"--index-url {address} --target lib")
    return Output(built(text), versions(python))


@case("healthy", "build-uv", "build")
def uv_build() -> Output:
    """Uv installs packages with frightening names."""
    python = venv("uv", NEWEST, "uv")
    command = "uv venv env && VIRTUAL_ENV=env uv pip install --no-cache exceptiongroup errorhandler && rm -rf env"
    return Output(built(step(command, python=python, files={})), versions(python, "uv"))


@case("healthy", "build-user-tolerated", "build")
def user_tolerated() -> Output:
    """A user is there already, and the step takes that into account."""
    python = _newest()
    passwd = lines("root:x:0:0:root:/root:/bin/bash", "user:x:1000:1000::/home/user:/bin/sh")
    files = {
        "etc/passwd": passwd,
        "etc/group": lines("root:x:0:", "user:x:1000:"),
        "etc/login.defs": "",
        "etc/shadow": "",
        "etc/gshadow": "",
    }
    text = step(
        "useradd --prefix $PWD -m -u 1000 user || true", python=python, files=files, env={"PATH": "/usr/sbin:/usr/bin:/bin"}
    )
    return Output(built(text.replace(" --prefix $PWD", "")), versions(python))
