"""Servers that run and cannot be reached, have nothing to show, or do not stay up."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.reproduce import kit
from tests.reproduce.container import tools

BOOT = "===== Application Startup at 2026-11-23 20:00:00 =====\n\n"
TIMED_OUT = "runtime error\nLaunch timed out, workload was not healthy after 30 min\n\nContainer logs:\n\n"
FASTAPI = """\
from fastapi import FastAPI

app = FastAPI()


@app.post("/predict")
def predict() -> dict[str, str]:
    return {"label": "cat"}
"""
WITH_ROOT = (
    FASTAPI
    + """

@app.get("/")
def home() -> dict[str, str]:
    return {"status": "ok"}
"""
)
FLASK = """\
import os

from flask import Flask

app = Flask(__name__)


@app.route("/predict", methods=["POST"])
def predict():
    return {"label": "cat"}


app.run(host=os.environ["HOST"], port=int(os.environ["APP_PORT"]))
"""
GRADIO = """\
import gradio as gr

gr.Interface(lambda name: name, inputs="text", outputs="text").launch(ssr_mode=False)
"""
DIES = "import os, time\n\nprint('Connecting to the bot API', flush=True)\ntime.sleep(0.2)\nos._exit({code})\n"
SUPERVISOR = """\
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
[program:app]
command={python} app.py
startretries=3
startsecs=2
autorestart=unexpected
"""


def web() -> Path:
    """uvicorn, fastapi and flask."""
    return kit.venv("serving", "uvicorn==0.38.0", "fastapi==0.121.3", "flask==3.1.2", "gunicorn==23.0.0", "numpy==2.3.5")


def free_port() -> int:
    """A port that nobody uses on this machine; the log gets another in its place."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def visit(port: int, requests: Sequence[tuple[str, str]]) -> None:
    """Ask for these pages, two seconds after the server has been started."""
    for _ in range(40):
        time.sleep(0.5)
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            continue
    for method, path in requests:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
        try:
            urllib.request.urlopen(request, timeout=5).read()
        except urllib.error.HTTPError:
            continue


def serve(
    files: Mapping[str, str],
    command: Sequence[str],
    shown: int,
    requests: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
    python: Path | None = None,
) -> tuple[str, Path]:
    """Start a server on a free port, visit it, stop it, and return its log with the port `shown`."""
    python, port = python or web(), free_port()
    with kit.app(files) as folder:
        threading.Thread(target=visit, args=(port, requests), daemon=True).start()
        ports = {"APP_PORT": str(port), "GRADIO_SERVER_PORT": str(port), "HOME": str(folder), "GRADIO_ANALYTICS_ENABLED": "False"}
        words = [part.replace("PORT", str(port)) for part in command]
        text = kit.run(
            [python.parent / words[0], *words[1:]], cwd=folder, env={**ports, **(env or {})}, timeout=8 if not requests else 6
        )
    return text.replace(str(port), str(shown)), python


def uvicorn(host: str) -> list[str]:
    """The command that serves app.py on this address."""
    return ["uvicorn", "app:app", "--host", host, "--port", "PORT"]


@kit.case("bound-to-loopback", "uvicorn-7860")
def uvicorn_7860() -> kit.Output:
    """The right port on the wrong address."""
    text, python = serve({"app.py": WITH_ROOT}, uvicorn("127.0.0.1"), 7860)
    return kit.Output(BOOT + text, kit.versions(python, "uvicorn"))


@kit.case("bound-to-loopback", "gradio-in-docker")
def gradio_in_docker() -> kit.Output:
    """Gradio without GRADIO_SERVER_NAME listens on the loopback address."""
    python = kit.venv("gradio-5", "gradio==5.49.1", python="3.11")
    text, _ = serve({"app.py": GRADIO}, ["python", "app.py"], 7860, python=python)
    return kit.Output(BOOT + text, kit.versions(python, "gradio"))


@kit.case("bound-to-loopback", "flask-timed-out")
def flask_timed_out() -> kit.Output:
    """Flask as its manual starts it; the page adds its own sentence above the log."""
    text, python = serve({"app.py": FLASK}, ["python", "app.py"], 5000, env={"HOST": "127.0.0.1"})
    return kit.Output(TIMED_OUT + text, kit.versions(python, "flask"))


@kit.case("bound-to-loopback", "flask-default")
def flask_default() -> kit.Output:
    """Flask as its manual starts it, in a Docker Space."""
    text, python = serve({"app.py": FLASK}, ["python", "app.py"], 5000, env={"HOST": "127.0.0.1"})
    return kit.Output(BOOT + text, kit.versions(python, "flask"))


@kit.case("port-mismatch", "uvicorn-8000-timed-out")
def uvicorn_8000() -> kit.Output:
    """Uvicorn's own port; the page adds its sentence above the log."""
    text, python = serve({"app.py": WITH_ROOT}, uvicorn("0.0.0.0"), 8000)
    return kit.Output(TIMED_OUT + text, kit.versions(python, "uvicorn"))


@kit.case("port-mismatch", "gunicorn-8080-timed-out")
def gunicorn_8080() -> kit.Output:
    """A port of another platform; the page adds its sentence above the log."""
    without_run = FLASK.split("\n\napp.run", 1)[0]
    text, python = serve({"app.py": without_run}, ["gunicorn", "--bind", "0.0.0.0:PORT", "app:app"], 8080)
    return kit.Output(TIMED_OUT + text, kit.versions(python, "gunicorn"))


@kit.case("route-missing", "fastapi-page")
def fastapi_page() -> kit.Output:
    """The Space's page asks for / and the app has only /predict."""
    asked = [("GET", "/?logs=container"), ("GET", "/?__theme=light"), ("GET", "/favicon.ico")]
    text, python = serve({"app.py": FASTAPI}, uvicorn("0.0.0.0"), 7860, asked)
    return kit.Output(BOOT + text, kit.versions(python, "uvicorn", "fastapi"))


@kit.case("route-missing", "flask-root")
def flask_root() -> kit.Output:
    """The health check and a visitor ask for /."""
    text, python = serve({"app.py": FLASK}, ["python", "app.py"], 7860, [("GET", "/")] * 4, env={"HOST": "0.0.0.0"})
    return kit.Output(BOOT + text, kit.versions(python, "flask"))


@kit.case("healthy", "api-without-start-page")
def api_in_use() -> kit.Output:
    """An API that its callers use; nobody needs its start page."""
    asked = [("GET", "/"), ("POST", "/predict"), ("GET", "/docs"), ("GET", "/"), ("GET", "/"), ("POST", "/predict")]
    text, python = serve({"app.py": FASTAPI}, uvicorn("0.0.0.0"), 7860, asked)
    return kit.Output(BOOT + text, kit.versions(python, "uvicorn", "fastapi"))


@kit.case("healthy", "helper-on-loopback")
def helper_on_loopback() -> kit.Output:
    """A second server inside the container listens on the loopback address, as it should."""
    script = "uvicorn helper:app --host 127.0.0.1 --port 0 &\nsleep 2\nexec uvicorn app:app --host 0.0.0.0 --port $APP_PORT\n"
    path = {"PATH": f"{web().parent}:/usr/bin:/bin"}
    python = web()
    port = free_port()
    with kit.app({"app.py": WITH_ROOT, "helper.py": FASTAPI, "start.sh": script}) as folder:
        threading.Thread(target=visit, args=(port, [("GET", "/")]), daemon=True).start()
        text = kit.run(["bash", "start.sh"], cwd=folder, env={**path, "APP_PORT": str(port)}, timeout=8)
    return kit.Output(BOOT + text.replace(str(port), "7860"), kit.versions(python, "uvicorn"))


@kit.case("restart-loop", "three-starts")
def three_starts() -> kit.Output:
    """The app ends without a word, and the platform starts it anew."""
    python = web()
    with kit.app({"app.py": DIES.format(code=3)}) as folder:
        starts = [BOOT.replace(":00 =", f":{second:02} =") + kit.run([python, "app.py"], cwd=folder) for second in (0, 20, 41)]
    return kit.Output("\n".join(starts), kit.versions(python))


def supervised(code: int) -> kit.Output:
    """Run a program that ends at once under supervisord."""
    python = kit.venv("supervisor", "supervisor==4.3.0", "setuptools<81")
    files = {"app.py": DIES.format(code=code), "supervisord.conf": SUPERVISOR.format(python=python)}
    with kit.app(files) as folder:
        text = kit.run([python.parent / "supervisord", "-c", "supervisord.conf"], cwd=folder, timeout=20)
    return kit.Output(BOOT + text, kit.versions(python, "supervisor"))


@kit.case("restart-loop", "supervisor-gives-up")
def gives_up() -> kit.Output:
    """Supervisord tries three times."""
    return supervised(1)


@kit.case("app-exited", "honcho")
def runs_to_its_end() -> kit.Output:
    """A script that builds its page and never starts a server, under honcho."""
    python = kit.venv("honcho", "honcho==2.0.0")
    files = {"app.py": "print('Building the demo')\n", "Procfile": f"web: {python} app.py\n"}
    with kit.app(files) as folder:
        text = kit.run([python.parent / "honcho", "start"], cwd=folder, timeout=20)
    return kit.Output(BOOT + text, kit.versions(python, "honcho"))


def npm_starts(name: str, files: Mapping[str, str], entry: str) -> kit.Output:
    """Start an npm app three times, as a platform does that prints no banner of its own."""
    package = json.dumps({"name": name, "version": "1.0.0", "scripts": {"start": f"node {entry}"}})
    with kit.app({"package.json": package, **files}) as folder:
        starts = [
            kit.run(
                ["unshare", "-n", "npm", "start"], cwd=folder, env={"HOME": str(folder), "npm_config_update_notifier": "false"}
            )
            for _ in range(3)
        ]
    return kit.Output("".join(starts), tools("node", "npm"))


@kit.case("restart-loop", "npm-three-starts")
def npm_three_starts() -> kit.Output:
    return npm_starts("bot", {"index.js": "console.log('Connecting to the bot API')\n"}, "index.js")


@kit.case("restart-loop", "npm-listens-again")
def npm_listens_again() -> kit.Output:
    server = (
        "require('http').createServer().listen(7860, () => console.log('Server listening on port 7860'))\n"
        "setTimeout(() => process.exit(0), 300)\n"
    )
    return npm_starts("web", {"server.js": server}, "server.js")
