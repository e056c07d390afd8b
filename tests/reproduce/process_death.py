"""How a process dies of memory, and how of a crash in native code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.reproduce import kit

BOOT = "===== Application Startup at 2026-11-23 20:00:00 =====\n\n"
LOADING = 'import os, signal\n\nprint("Loading the model", flush=True)\n'
KILL_SELF = LOADING + "os.kill(os.getpid(), signal.SIGKILL)\n"
START = '#!/bin/bash\necho starting\npython app.py\necho "app ended with code $?"\n'
BAD_POINTER = LOADING + "import ctypes\n\nctypes.string_at(0)\n"
BAD_FREE = (
    LOADING
    + """\
import ctypes

libc = ctypes.CDLL("libc.so.6")
libc.malloc.restype = ctypes.c_void_p
block = ctypes.c_void_p(libc.malloc(64))
libc.free(block)
libc.free(block)
"""
)
UNKNOWN_INSTRUCTION = (
    LOADING
    + """\
import ctypes
import mmap

code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\\x0f\\x0b")  # ud2, which no processor has
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
"""
)


def plain() -> Path:
    """Python and numpy."""
    return kit.venv("numpy-2", "numpy==2.3.5")


def under_bash(files: Mapping[str, str], *packages: str, env: Mapping[str, str] | None = None) -> kit.Output:
    """Run start.sh, which runs app.py, as a Docker Space with a start script does."""
    python = plain()
    with kit.app({"start.sh": START, **files}) as folder:
        path = f"{python.parent}:/usr/bin:/bin"
        text = kit.run(["bash", "start.sh"], cwd=folder, env={"PATH": path, **(env or {})})
    return kit.Output(BOOT + text, kit.versions(python, *packages))


def limited(code: str, gigabytes: int, *packages: str) -> kit.Output:
    """Run app.py with at most this much address space."""
    python = plain()
    with kit.app({"app.py": code}) as folder:
        command = ["prlimit", f"--as={gigabytes << 30}", str(python), "app.py"]
        return kit.Output(BOOT + kit.run(command, cwd=folder), kit.versions(python, *packages))


@kit.case("out-of-memory", "killed-under-bash")
def killed() -> kit.Output:
    """The kernel's SIGKILL, as bash tells it (the app sends it to itself: no machine here can be filled)."""
    return under_bash({"app.py": KILL_SELF})


@kit.case("out-of-memory", "child-killed")
def child_killed() -> kit.Output:
    """A helper process is killed, and the app that waits for it says so."""
    helper = 'import subprocess, sys\n\nsubprocess.run([sys.executable, "helper.py"], check=True)\n'
    return under_bash({"app.py": helper, "helper.py": KILL_SELF})


@kit.case("out-of-memory", "numpy-array")
def numpy_array() -> kit.Output:
    """An array that does not fit."""
    return limited("import numpy as np\n\nweights = np.ones((70_000, 70_000))\n", 4, "numpy")


@kit.case("out-of-memory", "python-list")
def python_list() -> kit.Output:
    """A list that grows until nothing is left."""
    return limited("rows = []\nwhile True:\n    rows.append(bytearray(1 << 24))\n", 2)


@kit.case("segfault", "bash")
def segfault() -> kit.Output:
    """A bad pointer, told by bash."""
    return under_bash({"app.py": BAD_POINTER})


@kit.case("segfault", "faulthandler")
def segfault_told() -> kit.Output:
    """The same with PYTHONFAULTHANDLER=1."""
    return under_bash({"app.py": BAD_POINTER}, env={"PYTHONFAULTHANDLER": "1"})


@kit.case("segfault", "double-free")
def double_free() -> kit.Output:
    """The C library finds memory that is given back twice, and aborts."""
    return under_bash({"app.py": BAD_FREE})


@kit.case("segfault", "illegal-instruction")
def illegal_instruction() -> kit.Output:
    """An instruction that the processor lacks."""
    return under_bash({"app.py": UNKNOWN_INSTRUCTION})


@kit.case("out-of-memory", "pool-worker-killed")
def pool_worker_killed() -> kit.Output:
    """A worker of a process pool is killed, and the app sees only that it is gone."""
    code = (
        "import os, signal\nfrom concurrent.futures import ProcessPoolExecutor\n\n\n"
        "def load(name):\n    os.kill(os.getpid(), signal.SIGKILL)\n\n\n"
        "if __name__ == '__main__':\n    with ProcessPoolExecutor(1) as pool:\n        print(list(pool.map(load, ['model'])))\n"
    )
    python = plain()
    with kit.app({"app.py": code}) as folder:
        return kit.Output(BOOT + kit.run([python, "app.py"], cwd=folder), kit.versions(python))
