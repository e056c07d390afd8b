"""huggingface_hub and git against a loopback Hub that answers as the real one does on wrong settings, a missing app file and a full repository."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from .git_hub import declined
from .kit import Output, app, case, run, venv, versions

COLOURS = "red, yellow, green, blue, indigo, purple, pink, gray"
RULE_COLOUR = f'"colorFrom" must be one of [{COLOURS}]'
RULE_LENGTH = '"short_description" length must be less than or equal to 60 characters long'
README = "---\ntitle: My app\ncolorFrom: teal\ncolorTo: blue\nsdk: gradio\n---\n"


class Hub(BaseHTTPRequestHandler):
    """A Space in the stage NO_APP_FILE, and a check of README.md that finds a wrong colour."""

    def answer(self, code: int, body: object) -> None:
        """Send `body` as JSON."""
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        """Tell the stage of the Space."""
        runtime = {"stage": "NO_APP_FILE", "hardware": {"current": None, "requested": None}}
        body = runtime if self.path.endswith("/runtime") else {"id": "me/app", "sdk": "gradio", "runtime": runtime}
        self.answer(200, body)

    def do_POST(self) -> None:
        """Refuse the README.md."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(400, {"errors": [{"message": RULE_COLOUR}], "warnings": []})

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def hub() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def client() -> Path:
    return venv("hub-settings", "huggingface_hub==2.4.0")


def hf(*arguments: str) -> Output:
    """Run `hf` against the loopback Hub."""
    python = client()
    with hub() as endpoint, app({"README.md": README}) as folder:
        env = {"HF_ENDPOINT": endpoint, "HOME": str(folder), "HF_TOKEN": "hf_" + "x" * 8}
        log = run([python.parent / "hf", *arguments], cwd=folder, env=env, timeout=30)
    return Output(log.replace(endpoint, "https://huggingface.co"), versions(python, "huggingface_hub"))


@case("no-app-file", "hf-wait", "build")
def wait() -> Output:
    return hf("spaces", "wait", "me/app")


@case("no-app-file", "hf-info", "build")
def info() -> Output:
    return hf("spaces", "info", "me/app")


@case("space-config-error", "hf-upload", "build")
def upload() -> Output:
    return hf("upload", "me/app", "README.md", "README.md", "--repo-type", "space")


@case("space-config-error", "git-push-length", "build")
def push_length() -> Output:
    return declined(["Sorry, your push was rejected during YAML metadata verification:", f" - Error: {RULE_LENGTH}"])


@case("space-config-error", "git-push-colour", "build")
def push_colour() -> Output:
    return declined(["Sorry, your push was rejected during YAML metadata verification:", f" - Error: {RULE_COLOUR}"])


@case("repo-storage-limit", "git-push", "build")
def storage() -> Output:
    return declined(["Repository storage limit reached (Max: 1 GB)"])
