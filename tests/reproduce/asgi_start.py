"""Servers that are told to load an app which is not where they look, and workers that gunicorn gives up on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"
FASTAPI = "from fastapi import FastAPI\n\napi = FastAPI()\n"
FLASK = "from flask import Flask\n\nserver = Flask(__name__)\n"


def servers() -> Path:
    """The current uvicorn, gunicorn, hypercorn and flask."""
    return kit.venv("serve", "uvicorn", "fastapi", "gunicorn", "flask", "hypercorn", "a2wsgi", python="3.11")


def start(
    files: Mapping[str, str], command: Sequence[str], *packages: str, timeout: float = 15, env: Mapping[str, str] | None = None
) -> kit.Output:
    """Start `command` (a module of the environment and its arguments) in a folder that holds `files`."""
    python = servers()
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
    """gunicorn finds the module and no object of that name."""
    return start({"app.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "app:app"], "gunicorn", "flask")


@kit.case("asgi-app-not-found", "gunicorn-module")
def gunicorn_module() -> kit.Output:
    """gunicorn does not find the module that its command line names."""
    return start({"src/main.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "main:server"], "gunicorn", "flask")


@kit.case("asgi-app-not-found", "flask-no-app")
def flask_none() -> kit.Output:
    """flask run in a folder without app.py and without FLASK_APP."""
    return start({"main.py": FLASK}, ["flask", "run", "--host", "0.0.0.0", "--port", "7860"], "flask")


@kit.case("asgi-app-not-found", "hypercorn-module")
def hypercorn_module() -> kit.Output:
    """hypercorn does not find the module."""
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
    """Loading the app takes longer than --timeout allows, again and again."""
    files = {"app.py": "import time\n\ntime.sleep(60)\n" + FLASK}
    return start(files, ["gunicorn", "-b", "0.0.0.0:7860", "--timeout", "4", "--graceful-timeout", "2", "app:server"], "gunicorn", "flask", timeout=18)


@kit.case("worker-timeout", "gunicorn-uvicorn-worker")
def slow_uvicorn() -> kit.Output:
    """The same with uvicorn's worker class."""
    files = {"main.py": "import time\n\ntime.sleep(60)\n" + FASTAPI}
    command = ["gunicorn", "-b", "0.0.0.0:7860", "-k", "uvicorn.workers.UvicornWorker", "--timeout", "4", "--graceful-timeout", "2", "main:api"]
    return start(files, command, "gunicorn", "uvicorn", timeout=18)


@kit.case("healthy", "gunicorn-graceful-restart")
def max_requests() -> kit.Output:
    """A good start: two workers boot, and the server stops when it is told to."""
    return start({"app.py": FLASK}, ["gunicorn", "-b", "0.0.0.0:7860", "-w", "2", "app:server"], "gunicorn", "flask", timeout=6)
