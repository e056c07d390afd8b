"""Users and groups that the base image has already: useradd, groupadd and adduser for real, on files of their own."""

from __future__ import annotations

from .building import lines, step
from .kit import Output, case, run, venv

PASSWD = lines(
    "root:x:0:0:root:/root:/bin/bash", "ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash", "user:x:1001:1001::/home/user:/bin/sh"
)
GROUP = lines("root:x:0:", "ubuntu:x:1000:", "user:x:1001:", "video:x:44:")
FILES = {"etc/passwd": PASSWD, "etc/group": GROUP, "etc/shadow": "", "etc/gshadow": "", "etc/login.defs": "UID_MIN 1000\n"}


def _shadow(command: str) -> Output:
    """Run one program of shadow-utils on the files above (--prefix is left out of the log)."""
    python = venv("pip-26", "pip==26.3")
    real = command.replace("useradd ", "useradd --prefix $PWD ").replace("groupadd ", "groupadd --prefix $PWD ")
    text = step(real, python=python, files=FILES, env={"PATH": "/usr/sbin:/usr/bin:/bin"})
    return Output(text.replace(" --prefix $PWD", ""), _versions())


def _versions() -> dict[str, str]:
    return {
        "passwd": run(["dpkg-query", "-W", "-f", "${Version}", "passwd"]),
        "adduser": run(["dpkg-query", "-W", "-f", "${Version}", "adduser"]),
    }


@case("docker-user-exists", "uid", "build")
def uid() -> Output:
    """The line that every Space's Dockerfile has, on an image that has a user 1000."""
    return _shadow("useradd -m -u 1000 app")


@case("docker-user-exists", "name", "build")
def name() -> Output:
    """The user's name is taken."""
    return _shadow("useradd -m -u 1005 user")


@case("docker-user-exists", "gid", "build")
def gid() -> Output:
    """The group's number is taken."""
    return _shadow("groupadd -g 1000 app && useradd -m -u 1000 -g 1000 app")


@case("docker-user-exists", "group-name", "build")
def group_name() -> Output:
    """The group's name is taken."""
    return _shadow("groupadd user")


@case("docker-user-exists", "group-of-that-name", "build")
def group_of_that_name() -> Output:
    """A group has the new user's name."""
    return _shadow("useradd -m -U video")


@case("docker-user-exists", "adduser", "build")
def adduser() -> Output:
    """Debian's adduser, with a number that is taken (0: nothing is changed on this machine)."""
    python = venv("pip-26", "pip==26.3")
    text = step(
        "adduser --disabled-password --gecos '' --uid 0 app",
        python=python,
        files={},
        env={"PATH": "/usr/sbin:/usr/bin:/bin:/sbin"},
    )
    return Output(text, _versions())
