"""Builds that run out of memory, for real but in a small room."""

from __future__ import annotations

from .building import step
from .kit import Output, case, run, venv

HUNGRY = "const all = []; for (;;) all.push(new Array(1e5).fill({}));\n"


@case("build-out-of-memory", "node-heap", "build")
def node_heap() -> Output:
    """A bundler that needs more heap than Node gives it."""
    files = {
        "package.json": '{"name": "space-app", "scripts": {"build": "node --max-old-space-size=64 build.js"}}',
        "build.js": HUNGRY,
    }
    text = step("npm run build", python=venv("pip-26", "pip==26.3"), files=files, env={"npm_config_cache": "/tmp/npm-cache"})
    return Output(text, {"node": run(["node", "--version"]).strip()})


@case("build-out-of-memory", "killed-step", "build")
def killed_step() -> Output:
    """A step whose process gets the signal that the kernel sends when memory runs out."""
    python = venv("pip-26", "pip==26.3")
    command = "python -c 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'"
    return Output(step(command, python=python, files={}), {"python": "3.11"})
