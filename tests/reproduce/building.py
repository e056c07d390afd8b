"""How the scripts of the build area run a step of a Dockerfile: for real, in a folder that stands for the build context.

No Docker engine is at hand. What the step's program prints is real; the two lines around it (`--> RUN ...` and `--> ERROR: ...`) are those
that a Space's builder prints around every step.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from . import kit

SYSTEM = "/usr/bin:/bin"
QUEUED = "===== Build Queued at 2026-11-23 09:12:44 / Commit SHA: 3f1c2ab ====="
PASSED = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def environment(python: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of an image: only this environment's programs and the system's, no settings of pip but certificates."""
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    return passed | {"PATH": f"{python.parent}:{SYSTEM}", "PIP_CONFIG_FILE": "/dev/null", "LC_ALL": "C.UTF-8", **(extra or {})}


def step(
    command: str, *, python: Path, files: Mapping[str, str], env: Mapping[str, str] | None = None, timeout: float = 600
) -> str:
    """Run `command` in the shell as a RUN step and return what the build log of a Space shows of it."""
    guarded = f'{command}\ncode=$?; [ $code = 0 ] || echo "--> ERROR: process \\"/bin/sh -c $SHOWN\\" did not complete successfully: exit code: $code"'
    variables = environment(python, {"SHOWN": command, **(env or {})})
    with kit.app(files) as folder:
        printed = kit.run(["/bin/sh", "-c", guarded], cwd=folder, env=variables, timeout=timeout)
    shown = printed.replace(str(python.parent.parent), "/usr/local")
    return f"{QUEUED}\n\n--> RUN {command}\n{shown}"


def pip_step(
    python: Path, requirements: str, *arguments: str, env: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
) -> str:
    """Run `pip install -r requirements.txt` with these further arguments as a RUN step."""
    command = " ".join(["pip install --no-cache-dir -r requirements.txt", *arguments])
    return step(command, python=python, files={"requirements.txt": requirements, **(files or {})}, env=env)


def built(text: str) -> str:
    """Return the log of a build that went well: the platform pushes the image and stores its cache."""
    return f"{text}DONE 12.3s\n\n--> Pushing image\nDONE 4.1s\n\n--> Exporting cache\nDONE 2.0s\n"


def versions(python: Path, *packages: str) -> dict[str, str]:
    """Return the versions of Python, pip and these packages."""
    return kit.versions(python, "pip", *packages)


def lines(*texts: str) -> str:
    """Return the lines of a small file."""
    return "\n".join(texts) + "\n"
