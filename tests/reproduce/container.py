"""Help for the scripts that start something the way a Space does: as uid 1000, with the lines that the platform prints around it."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .kit import run

SETPRIV = ("setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups")


def as_user(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None, owned: bool = False, timeout: float = 60
) -> str:
    """Run `command` as uid 1000 in `cwd`, which stays root's unless `owned`."""
    cwd.chmod(0o755)
    if owned:
        subprocess.run(["chown", "-R", "1000:1000", str(cwd)], check=True)
    return run(
        [*SETPRIV, *command], cwd=cwd, env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", **(env or {})}, timeout=timeout
    )


def tools(*commands: str) -> dict[str, str]:
    """Return the versions that these programs report (the last word of the first line of `--version`), and the system's."""
    found = {"os": platform.freedesktop_os_release()["PRETTY_NAME"]}
    for command in commands:
        flag = "-v" if command == "nginx" else "--version"
        done = subprocess.run([command, flag], capture_output=True, text=True, check=True)
        found[command] = (done.stdout or done.stderr).splitlines()[0].split("(")[0].strip().split()[-1]
    return found


def system_python() -> dict[str, str]:
    """Return the version of the Debian Python, which uid 1000 may run."""
    code = "import platform; print(platform.python_version())"
    return {"python": subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True, check=True).stdout.strip()}


def package_version(package: str) -> str:
    """Return the version of an installed Debian package."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=True)
    return done.stdout


def boot(log: str, code: int | None = None) -> str:
    """Put the banner of a start in front of `log`, as the platform prints it."""
    end = "" if code is None else f"=== Application stopped (exit code: {code}) at 2026-11-23 20:15:09.482137 UTC ===\n"
    return "===== Application Startup at 2026-11-23 20:14:31 =====\n\n" + log + end


def step(command: str, log: str, code: int = 0) -> str:
    """Wrap the output of a build step the way the build log of a Space shows it."""
    end = (
        f'--> ERROR: process "/bin/sh -c {command}" did not complete successfully: exit code: {code}\n'
        if code
        else "DONE 2.4s\n\n"
    )
    return f"--> RUN {command}\n{log}\n{end}"


def building(*steps: str) -> str:
    """Put the head of a build log in front of its steps."""
    head = "===== Build Queued at 2026-11-23 20:10:02 / Commit SHA: 1f3a9c2 =====\n\n--> WORKDIR /app\nCACHED\n\n"
    return head + "".join(steps)
