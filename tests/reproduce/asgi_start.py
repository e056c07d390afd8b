"""Servers that are told to load an app which is not where they look, and workers that gunicorn gives up on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"
VISIT = """\
import time
import urllib.request

for _ in range(20):
    time.sleep(1)
    try:
        urllib.request.urlopen("http://127.0.0.1:7860/", timeout=30)
    except OSError:
        continue
"""
FASTAPI = "from fastapi import FastAPI\n\napi = FastAPI()\n"
FLASK = "from flask import Flask\n\nserver = Flask(__name__)\n"


def servers() -> Path:
    """The current uvicorn, gunicorn, hypercorn and flask."""
    return kit.venv("serve", "uvicorn", "fastapi", "gunicorn", "flask", "hypercorn", "a2wsgi", python="3.11")


def start(
    files: Mapping[str, str],
    command: Sequence[str],
    *packages: str,
    timeout: float = 15,
    env: Mapping[str, str] | None = None,
    python: Path | None = None,
) -> kit.Output:
    """Start `command` (a module of the environment and its arguments) in a folder that holds `files`."""
    python = python or servers()
    with kit.app(files) as folder:
        text = kit.run([python.parent / command[0], *command[1:]], cwd=folder, env=env, timeout=timeout)
    return kit.Output(STARTUP + text, kit.versions(python, *packages))


@kit.case("asgi-app-not-found", "uvicorn-attribute")
def attribute() -> kit.Output:
    """The object in main.py is called api, not app."""
    return start({"main.py": FASTAPI}, ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"], "uvicorn")


@kit.case("asgi-app-not-found", "uvicorn-module")
def module() -> kit.Output:
    """main.py is in another folder."""
    return start({"app/main.py": FASTAPI}, ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"], "uvicorn")


@kit.case("asgi-app-not-found", "uvicorn-format")
def import_string() -> kit.Output:
    """A file name where an import string belongs."""
    return start({"main.py": FASTAPI}, ["uvicorn", "main.py", "--port", "7860"], "uvicorn")


@kit.case("asgi-app-not-found", "gunicorn-attribute")
def gunicorn_attribute() -> kit.Output:
    """Gunicorn finds the module and no object of that name."""
    return start({"app.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "app:app"], "gunicorn", "flask")


@kit.case("asgi-app-not-found", "gunicorn-module")
def gunicorn_module() -> kit.Output:
    """Gunicorn does not find the module that its command line names."""
    return start({"src/main.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "main:server"], "gunicorn", "flask")


@kit.case("asgi-app-not-found", "flask-no-app")
def flask_none() -> kit.Output:
    """Flask run in a folder without app.py and without FLASK_APP."""
    return start({"main.py": FLASK}, ["flask", "run", "--host", "0.0.0.0", "--port", "7860"], "flask")


@kit.case("asgi-app-not-found", "hypercorn-module")
def hypercorn_module() -> kit.Output:
    """Hypercorn does not find the module."""
    return start({"app/main.py": FASTAPI}, ["hypercorn", "main:app", "--bind", "0.0.0.0:7860"], "hypercorn")


@kit.case("module-not-found", "gunicorn-missing-package")
def worker_import() -> kit.Output:
    """The worker fails to boot because a package is missing: that is the cause, not the worker."""
    return start({"app.py": "import pandas\n" + FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "app:server"], "gunicorn", "flask")


@kit.case("python-exception", "gunicorn-worker-exception")
def worker_exception() -> kit.Output:
    """The worker fails to boot because the app raises."""
    files = {"app.py": FLASK + 'limits = {}\nmaximum = limits["max"]["size"]\n'}
    return start(files, ["gunicorn", "-b", "0.0.0.0:7860", "app:server"], "gunicorn", "flask")


@kit.case("worker-timeout", "gunicorn-slow-import")
def slow_import() -> kit.Output:
    """Loading the app takes longer than --timeout allows, again and again (gunicorn 20; newer ones wait for the boot)."""
    python = kit.venv("gunicorn-20", "gunicorn==20.1.0", "setuptools<81", "flask", python="3.10")
    files = {"app.py": "import time\n\ntime.sleep(60)\n" + FLASK}
    command = ["gunicorn", "-b", "0.0.0.0:7860", "--timeout", "4", "--graceful-timeout", "2", "app:server"]
    return start(files, command, "gunicorn", "flask", timeout=18, python=python)


@kit.case("worker-timeout", "gunicorn-slow-request")
def slow_request() -> kit.Output:
    """One request blocks the worker for longer than --timeout (30 s by default; 4 s here)."""
    route = '\n\n@server.route("/")\ndef home():\n    time.sleep(60)\n    return "done"\n'
    files = {"app.py": "import time\n\n" + FLASK + route, "visit.py": VISIT}
    visitor = "python visit.py & exec gunicorn -b 0.0.0.0:7860 --timeout 4 --graceful-timeout 2 app:server"
    env = {"PATH": f"{servers().parent}:{os.environ['PATH']}"}
    return start(files, ["/bin/sh", "-c", visitor], "gunicorn", "flask", env=env)


@kit.case("healthy", "gunicorn-graceful-restart")
def max_requests() -> kit.Output:
    """A good start: two workers boot, and the server stops when it is told to."""
    return start({"app.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "-w", "2", "app:server"], "gunicorn", "flask", timeout=6)


@kit.case("asgi-app-not-found", "uvicorn-factory")
def uvicorn_factory() -> kit.Output:
    """A factory that wants an argument."""
    files = {"main.py": "from fastapi import FastAPI\n\ndef create_app(settings):\n    return FastAPI()\n"}
    return start(files, ["uvicorn", "main:create_app", "--factory", "--port", "7860"], "uvicorn")


@kit.case("asgi-app-not-found", "gunicorn-parse")
def gunicorn_parse() -> kit.Output:
    """A path in place of a name behind the colon."""
    return start({"app.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "app:server/app"], "gunicorn", "flask")


@kit.case("asgi-app-not-found", "flask-import")
def flask_import() -> kit.Output:
    """FLASK_APP names a module that is not there."""
    return start({"app.py": FLASK}, ["flask", "--app", "main", "run", "--port", "7860"], "flask")


@kit.case("asgi-app-not-found", "fastapi-no-file")
def fastapi_cli() -> kit.Output:
    """Fastapi run in a folder without main.py, app.py or api.py."""
    python = kit.venv("fastapi-cli", "fastapi[standard]", python="3.12")
    return start({"server.py": FASTAPI}, ["fastapi", "run", "--port", "7860"], "fastapi", python=python)
