"""apt-get against Debian's lists and against small repositories of its own: unknown names, unsigned, expired and vanished lists."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

from .container import building, step, tools
from .kit import Output, app, case, run

PACKAGES = f"""Package: hello
Version: 1.0
Architecture: amd64
Maintainer: Nobody <nobody@example.org>
Recommends: libgl1-mesa-glx
Filename: ./hello.deb
Size: 10
SHA256: {"0" * 64}

Package: viewer
Version: 2.0
Architecture: amd64
Maintainer: Nobody <nobody@example.org>
Depends: libasound2 (>= 1.0)
Filename: ./viewer.deb
Size: 10
SHA256: {"1" * 64}

"""
RUN = "apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"


def simulated(*packages: str) -> Output:
    """`apt-get install` on this Debian, without doing it."""
    log = run(["apt-get", "install", "-y", "--simulate", "--no-install-recommends", *packages])
    return Output(building(step(RUN.format(packages=" ".join(packages)), log, 100)), tools("apt-get"))


def options(folder: Path, source: str) -> list[str]:
    """Settings by which apt-get knows only this source, and keeps its lists in `folder`."""
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(source + "\n")
    pairs = {
        "State::lists": "lists",
        "Cache::archives": "archives",
        "Etc::sourcelist": "sources.list",
        "Etc::sourceparts": "none",
    }
    return [f"-oDir::{key}={folder / value}" for key, value in pairs.items()] + [
        "-oAPT::Sandbox::User=root",
        "-oAcquire::Check-Valid-Until=true",
        "-oAcquire::Check-Date=true",
    ]


def release(folder: Path, *lines: str) -> None:
    """Write a repository with a Release file that has these lines."""
    (folder / "Packages").write_text(PACKAGES)
    digest = hashlib.sha256(PACKAGES.encode()).hexdigest()
    head = ["Origin: Example", "Suite: stable", "Codename: stable", "Date: Sat, 02 Aug 2025 10:00:00 UTC", *lines]
    (folder / "Release").write_text("\n".join([*head, "SHA256:", f" {digest} {len(PACKAGES)} Packages"]) + "\n")


def updated(prepare: Callable[[Path], object], mark: str = "") -> Output:
    """`apt-get update` (and an installation after it) with one local repository, shown under a web address."""
    with app({}) as folder:
        repository = folder / "repository"
        repository.mkdir()
        prepare(repository)
        settings = options(folder, f"deb {mark}file:{repository} ./")
        log = run(["apt-get", *settings, "update"])
        log = log.replace(f"file:{repository}", "http://packages.example.org/debian")
    return Output(building(step("apt-get update && apt-get install -y ffmpeg", log, 100)), tools("apt-get"))


@case("apt-package-not-found", "mistyped", "build")
def mistyped() -> Output:
    return simulated("ffmpeg", "librandr2")


@case("apt-package-not-found", "version", "build")
def version() -> Output:
    return simulated("nginx=1.14.0-1")


@case("apt-package-not-found", "no-candidate", "build")
def no_candidate() -> Output:
    """A name that only other packages mention."""
    return local("libgl1-mesa-glx")


def local(package: str) -> Output:
    """`apt-get install` where only the small repository is known, and nothing is installed."""
    with app({}) as folder:
        release(folder)
        (folder / "status").touch()
        settings = [*options(folder, f"deb [trusted=yes] file:{folder} ./"), f"-oDir::State::status={folder / 'status'}"]
        run(["apt-get", *settings, "update"])
        log = run(["apt-get", *settings, "install", "-y", package])
    return Output(building(step(RUN.format(packages=package), log, 100)), tools("apt-get"))


@case("apt-package-not-found", "unmet-dependency", "build")
def unmet() -> Output:
    return local("viewer")


@case("apt-repository-failed", "malformed-sources", "build")
def malformed() -> Output:
    with app({}) as folder:
        log = run(["apt-get", *options(folder, "deb http://packages.example.org/debian"), "update"])
        log = log.replace(str(folder / "sources.list"), "/etc/apt/sources.list")
    return Output(building(step("apt-get update", log, 100)), tools("apt-get"))


@case("apt-repository-failed", "unsigned", "build")
def unsigned() -> Output:
    return updated(release)


@case("apt-repository-failed", "no-release-file", "build")
def no_release_file() -> Output:
    return updated(Path.exists)


@case("apt-repository-failed", "expired", "build")
def expired() -> Output:
    return updated(
        lambda folder: release(folder, "Valid-Until: Sat, 09 Aug 2025 10:00:00 UTC"), "[trusted=yes check-valid-until=yes] "
    )


@case("apt-repository-failed", "not-found", "build")
def not_found() -> Output:
    """A repository that lists a package whose file is gone from the mirror."""
    with app({}) as folder:
        repository = folder / "repository"
        repository.mkdir()
        release(repository)
        server = subprocess.Popen(["/usr/bin/python3", "-m", "http.server", "8092"], cwd=repository, stderr=subprocess.DEVNULL)
        try:
            settings = options(folder, "deb [trusted=yes] http://localhost:8092 ./")
            commands = " && ".join(f"apt-get {' '.join(settings)} {what}" for what in ("update", "install -y hello"))
            log = run(["bash", "-c", f"sleep 1; {commands}"])
        finally:
            server.terminate()
    log = log.replace("http://localhost:8092", "http://packages.example.org/debian")
    return Output(building(step("apt-get update && apt-get install -y hello", log, 100)), tools("apt-get"))


@case("healthy", "apt-with-warnings", "build")
def healthy() -> Output:
    with app({}) as folder:
        repository = folder / "repository"
        repository.mkdir()
        release(repository)
        log = run(["apt-get", *options(folder, f"deb [trusted=yes] file:{repository} ./"), "update"])
        log = log.replace(f"file:{repository}", "http://packages.example.org/debian")
    log += run(["apt-get", "install", "-y", "--simulate", "--no-install-recommends", "tree"])
    return Output(building(step(RUN.format(packages="tree"), log), "--> Pushing image\nDONE 5.1s\n\n"), tools("apt-get"))
