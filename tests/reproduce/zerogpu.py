"""The `spaces` package on a machine without a GPU, in front of a stand-in for the service that hands out ZeroGPU's devices."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.reproduce import kit

BOOT = "===== Application Startup at 2026-11-23 20:00:00 =====\n\n"
GRANTED = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": "allow"}
CUDA_BUILD = """\
import torch

torch.version.cuda = "12.8"  # names that spaces takes from torch when it is imported, and that the CPU build lacks
for name in ("_cuda_init", "_cuda_exchangeDevice", "_cuda_maybeExchangeDevice"):
    if not hasattr(torch._C, name):
        setattr(torch._C, name, None)
torch.cuda._is_in_bad_fork = bool
"""
APP = """\
import subprocess
import sys

import cuda_build
import spaces
import gradio as gr
import torch

{function}

demo = gr.Interface(run, inputs={inputs}, outputs="text", api_name="run")
demo.launch(server_name="0.0.0.0", prevent_thread_lock=True, ssr_mode=False)
subprocess.run([sys.executable, "visitor.py"], {output})
"""
ECHO = "@spaces.GPU(duration={seconds})\ndef run(text):\n    return text"
VISITOR = """\
import os

from gradio_client import Client

print(Client("http://127.0.0.1:" + os.environ["GRADIO_SERVER_PORT"], verbose=False).predict("hello", api_name="/run"))
"""


@dataclass
class Answers:
    """What the stand-in says: a status and a body for each path, and whether it ends the worker that asks to be allowed."""

    status: Mapping[str, int] = field(default_factory=dict)
    schedule: Mapping[str, object] = field(default_factory=lambda: GRANTED)
    headers: Mapping[str, str] = field(default_factory=dict)
    kills: bool = False


@contextmanager
def device_api(answers: Answers) -> Iterator[str]:
    """Serve the answers on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            if answers.kills and parts.path == "/allow":
                os.kill(int(parse_qs(parts.query)["pid"][0]), signal.SIGKILL)
            body = json.dumps(answers.schedule if parts.path == "/schedule" else {}).encode()
            self.send_response(answers.status.get(parts.path, 200))
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **answers.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def free_port() -> int:
    """A port that nobody uses on this machine; the log gets 7860 in its place."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python() -> Path:
    """One environment for all: the CPU build of torch."""
    return kit.venv("zerogpu", "torch==2.13.0", "gradio==5.49.1", "spaces==0.51.3", "numpy")


def start(code: str, answers: Answers, visitor: str = VISITOR) -> kit.Output:
    """Run app.py as a ZeroGPU Space would, and let a visitor call it."""
    binary, port = python(), free_port()
    with (
        device_api(answers) as url,
        kit.app({"app.py": code, "visitor.py": visitor, "cuda_build.py": CUDA_BUILD, "cgroup": "0::/app\n"}) as folder,
    ):
        env = {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": url,
            "ZEROGPU_PROC_SELF_CGROUP_PATH": str(folder / "cgroup"),
            "ZEROGPU_OFFLOAD_DIR": str(folder / "offload"),
            "HOME": str(folder),
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_ANALYTICS_ENABLED": "False",
            "HF_HUB_OFFLINE": "1",
        }
        text = kit.run([binary, "app.py"], cwd=folder, env=env, timeout=90)
    return kit.Output(
        BOOT + text.replace(url, "http://device-api.zero").replace(str(port), "7860"),
        kit.versions(binary, "spaces", "gradio", "gradio-client", "torch"),
    )


def call(function: str, answers: Answers, *, inputs: str = '"text"', visitor: str = VISITOR, caller: bool = False) -> kit.Output:
    """The log of an app with this function; with `caller`, of the program that calls it too."""
    output = "" if caller else "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL"
    return start(APP.format(function=function, inputs=inputs, output=output), answers, visitor)


@kit.case("healthy", "zerogpu-start")
def good_start() -> kit.Output:
    """A good start, and nobody calls it."""
    return call(ECHO.format(seconds=60), Answers(), visitor="")


@kit.case("zerogpu-init-failed", "startup-report")
def startup_report() -> kit.Output:
    """The service does not know the Space when it starts."""
    return call(ECHO.format(seconds=60), Answers(status={"/startup-report": 500}))


@kit.case("gpu-missing", "zerogpu-cpu-torch")
def worker_without_device() -> kit.Output:
    """The worker gets its GPU, and torch is the CPU build."""
    return call(ECHO.format(seconds=60), Answers())


@kit.case("zerogpu-init-failed", "schedule-refused")
def schedule_refused() -> kit.Output:
    """The service answers a request for a GPU with an error of its own."""
    return call(ECHO.format(seconds=60), Answers(status={"/schedule": 500}))


@kit.case("zerogpu-quota", "quota-used-up")
def quota() -> kit.Output:
    """The caller has fewer seconds left than the function asks for."""
    left = Answers(
        {"/schedule": 429}, {"left": 12, "wait": "PT3H12M"}, {"X-Authenticated": "regular", "X-Approve-Result": "quota-exceeded"}
    )
    visitor = VISITOR.replace("verbose=False)", 'verbose=False, headers={"x-ip-token": "e30.e30.e30"})')
    return call(ECHO.format(seconds=60), left, visitor=visitor, caller=True)


@kit.case("zerogpu-task-aborted", "illegal-duration")
def illegal_duration() -> kit.Output:
    """The function asks for longer than any call may have."""
    refused = Answers(
        {"/schedule": 429}, {"left": 300, "wait": -1}, {"X-Authenticated": "regular", "X-Approve-Result": "illegal-duration"}
    )
    return call(ECHO.format(seconds=900), refused, caller=True)


@kit.case("zerogpu-task-aborted", "worker-killed")
def worker_killed() -> kit.Output:
    """The platform ends the worker."""
    return call(ECHO.format(seconds=60), Answers(kills=True), caller=True)


@kit.case("zerogpu-pickling", "lock-as-argument")
def lock_as_argument() -> kit.Output:
    """The app hands a lock to the function."""
    function = (
        "import threading\n\nlock = threading.Lock()\n\n\n@spaces.GPU\ndef on_gpu(text, guard):\n    return text\n\n\n"
        "def run(text):\n    return on_gpu(text, lock)"
    )
    return call(function, Answers())


@kit.case("zerogpu-pickling", "lambda-as-argument")
def lambda_as_argument() -> kit.Output:
    """The app hands a local function to the function."""
    function = (
        "@spaces.GPU\ndef on_gpu(text, change):\n    return change(text)\n\n\n"
        "def run(text):\n    return on_gpu(text, lambda words: words.upper())"
    )
    return call(function, Answers())


@kit.case("gpu-missing", "torch-cpu-build")
def torch_cpu_build() -> kit.Output:
    """Code for CUDA on the CPU build of torch."""
    code = 'import torch\n\nmodel = torch.nn.Linear(4, 2).to("cuda")\n'
    return plain(code)


@kit.case("gpu-missing", "half-precision-on-cpu")
def half_on_cpu() -> kit.Output:
    """An operation that the CPU does not have in half precision."""
    code = "import torch\n\npoints = torch.rand(8, 3, dtype=torch.float16)\nprint(torch.cdist(points, points))\n"
    return plain(code)


def plain(code: str) -> kit.Output:
    """Run app.py outside ZeroGPU."""
    binary = python()
    with kit.app({"app.py": code}) as folder:
        return kit.Output(BOOT + kit.run([binary, "app.py"], cwd=folder), kit.versions(binary, "torch"))
