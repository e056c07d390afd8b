"""Python servers whose port is taken by a first start in the same container, or too low for uid 1000."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .container import as_user, boot
from .kit import Output, app, case, run, venv, versions

ALONE = ("unshare", "--net", "--pid", "--fork", "--kill-child")  # its own ports, and no process left behind
HOLD = "import socket, time\ns = socket.socket()\ns.bind(('0.0.0.0', 7860))\ns.listen()\ntime.sleep(25)\n"
ASGI = "async def app(scope, receive, send):\n    pass\n"
WSGI = "def app(environ, start_response):\n    return []\n"
DJANGO = """import sys

from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY="only-for-this-log", ALLOWED_HOSTS=["*"])
urlpatterns = []
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""
FLASK = "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', port={port})\n"
GRADIO = """
import gradio as gr

with gr.Blocks() as demo:
    gr.Textbox()

demo.launch(server_name="0.0.0.0", server_port=7860, prevent_thread_lock=True)
demo2 = gr.Interface(lambda x: x, "text", "text")
demo2.launch(server_name="0.0.0.0", server_port=7860)
"""


def servers() -> Path:
    return venv("port-servers", "uvicorn==0.54.0", "gunicorn", "flask", "hypercorn")


def held(
    python: Path, files: Mapping[str, str], command: Sequence[str], *packages: str, code: int = 1, timeout: float = 15
) -> Output:
    """Run `python -m command` while another process holds port 7860."""
    line = " ".join([str(python), "-m", *command])
    start = f"{python} hold.py &\nsleep 1\n{line}\n"
    with app({"hold.py": HOLD, "start.sh": start, **files}) as folder:
        log = run([*ALONE, "bash", "start.sh"], cwd=folder, timeout=timeout, env={"HOME": str(folder)})
    return Output(boot(log, code), versions(python, *packages))


def low(python: Path, files: Mapping[str, str], command: Sequence[str], *packages: str) -> Output:
    """Run `python -m command` as uid 1000; Debian's Python reads the packages of the environment."""
    site = python.parent.parent / "lib" / "python3.11" / "site-packages"
    with app(files) as folder:
        log = as_user(["/usr/bin/python3", "-m", *command], cwd=folder, env={"PYTHONPATH": str(site)}, timeout=15)
    log = log.replace(str(site), "/usr/local/lib/python3.11/site-packages")
    return Output(boot(log, 1), versions(python, *packages))


@case("port-in-use", "uvicorn")
def uvicorn() -> Output:
    return held(servers(), {"main.py": ASGI}, ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"], "uvicorn")


@case("port-in-use", "gunicorn")
def gunicorn() -> Output:
    return held(servers(), {"main.py": WSGI}, ["gunicorn", "-b", "0.0.0.0:7860", "main:app"], "gunicorn", timeout=22)


@case("port-in-use", "flask")
def flask() -> Output:
    return held(servers(), {"main.py": FLASK.format(port=7860)}, ["main"], "flask")


@case("port-in-use", "http-server")
def http_server() -> Output:
    return held(servers(), {}, ["http.server", "7860"], "flask")


@case("port-in-use", "streamlit")
def streamlit() -> Output:
    command = ["streamlit", "run", "main.py", "--server.port", "7860", "--server.headless", "true"]
    return held(venv("entry-streamlit", "streamlit==1.67.0"), {"main.py": "import streamlit\n"}, command, "streamlit")


@case("port-in-use", "gradio-second-launch")
def gradio() -> Output:
    python = venv("gradio-ports", "gradio==6.1.0")
    with app({"app.py": GRADIO}) as folder:
        log = run(
            [*ALONE, "bash", "-c", f"ip link set lo up; {python} app.py"],
            cwd=folder,
            timeout=90,
            env={"HOME": str(folder), "GRADIO_ANALYTICS_ENABLED": "False"},
        )
    return Output(boot(log, 1), versions(python, "gradio"))


@case("privileged-port", "uvicorn-80")
def uvicorn_80() -> Output:
    return low(servers(), {"main.py": ASGI}, ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "80"], "uvicorn")


@case("privileged-port", "flask-80")
def flask_80() -> Output:
    return low(servers(), {"main.py": FLASK.format(port=80)}, ["main"], "flask")


@case("privileged-port", "http-server-443")
def http_server_443() -> Output:
    return low(servers(), {}, ["http.server", "443"], "flask")


def django(port: str, *, taken: bool) -> Output:
    """Run Django's development server on that port."""
    python = venv("django", "django==5.2.17")
    files = {"main.py": DJANGO}
    if taken:
        return held(python, files, ["main", "runserver", "--noreload", f"0.0.0.0:{port}"], "django")
    return low(python, files, ["main", "runserver", "--noreload", f"0.0.0.0:{port}"], "django")


@case("port-in-use", "django")
def django_taken() -> Output:
    return django("7860", taken=True)


@case("privileged-port", "django-80")
def django_80() -> Output:
    return django("80", taken=False)


@case("privileged-port", "gunicorn-80")
def gunicorn_80() -> Output:
    return low(servers(), {"main.py": ASGI}, ["gunicorn", "--bind", "0.0.0.0:80", "main:app"], "gunicorn")
