"""git against a bare repository whose hook answers as the Hub does, a branch that is behind, and large files that are not on the server."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from .container import building, step, tools
from .kit import Output, app, case, run

REMOTE = "https://huggingface.co/spaces/me/my-space"
IDENTITY = {
    "GIT_AUTHOR_NAME": "me",
    "GIT_AUTHOR_EMAIL": "me@example.org",
    "GIT_COMMITTER_NAME": "me",
    "GIT_COMMITTER_EMAIL": "me@example.org",
}
RULE = "-" * 73
BINARY = [
    "Your push was rejected because it contains binary files.",
    "Please use https://huggingface.co/docs/hub/xet to store binary files.",
    "See also: https://huggingface.co/docs/hub/xet/using-xet-storage#git",
    "",
    "Offending files:",
    "  - assets/logo.png (ref: refs/heads/main)",
]
LARGE = [
    "Your push was rejected because it contains files larger than 10 MiB.",
    "Please use https://git-lfs.github.com/ to store large files.",
    "See also: https://hf.co/docs/hub/repositories-getting-started#terminal",
    "",
    "Offending files:",
    "  - model/model.safetensors (ref: refs/heads/main)",
]


def git(folder: Path, *arguments: str | Path) -> str:
    return run(["git", *arguments], cwd=folder, env={**IDENTITY, "HOME": str(folder.parent), "GIT_TERMINAL_PROMPT": "0"})


def repository(folder: Path) -> tuple[Path, Path]:
    """A bare repository and a clone of it with one commit."""
    bare, clone = folder / "bare.git", folder / "clone"
    git(folder, "init", "-q", "--bare", "-b", "main", bare)
    git(folder, "clone", "-q", bare, clone)
    git(clone, "checkout", "-q", "-b", "main")
    commit(clone, "app.py")
    git(clone, "push", "-q", "origin", "main")
    return bare, clone


def commit(clone: Path, name: str) -> None:
    (clone / name).write_text(f"{name}\n")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", f"Add {name}")


def declined(lines: Sequence[str]) -> Output:
    """A push that the hook declines with these lines."""
    with app({}) as folder:
        bare, clone = repository(folder)
        hook = bare / "hooks" / "pre-receive"
        text = "\n".join([RULE, *lines, RULE])
        hook.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{text}\nEND\nexit 1\n")
        hook.chmod(0o755)
        commit(clone, "logo.png")
        log = git(clone, "push", "origin", "main").replace(str(bare), REMOTE)
    return Output(log, tools("git"))


@case("repo-push-rejected", "binary-files", "build")
def binary_files() -> Output:
    return declined(BINARY)


@case("repo-push-rejected", "large-files", "build")
def large_files() -> Output:
    return declined(LARGE)


@case("repo-push-rejected", "behind", "build")
def behind() -> Output:
    with app({}) as folder:
        bare, clone = repository(folder)
        other = folder / "other"
        git(folder, "clone", "-q", bare, other)
        commit(other, "README.md")
        git(other, "push", "-q", "origin", "main")
        commit(clone, "requirements.txt")
        log = git(clone, "push", "origin", "main").replace(str(bare), REMOTE)
    return Output(log, tools("git"))


@case("repo-clone-failed", "lfs-object-missing", "build")
def lfs_object_missing() -> Output:
    """A pointer was pushed, and the file itself is not on the server."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a2146' * 8}\nsize 12345\n"
    with app({}) as folder:
        bare, clone = repository(folder)
        (clone / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
        (clone / "model.bin").write_text(pointer)
        git(clone, "add", "-A")
        git(clone, "commit", "-q", "-m", "Add the model")
        git(clone, "push", "-q", "--no-verify", "origin", "main")
        settings = [
            "filter.lfs.process=git-lfs filter-process",
            "filter.lfs.smudge=git-lfs smudge -- %f",
            "filter.lfs.required=true",
        ]
        log = git(folder, *[part for setting in settings for part in ("-c", setting)], "clone", f"file://{bare}", "again")
        log = log.replace(f"file://{bare}", REMOTE).replace(str(bare), REMOTE).replace(f"{folder}/again", "/home/user/app")
    return Output(log, {**tools("git"), "git-lfs": lfs_version()})


@case("repo-clone-failed", "hub-out-of-reach", "build")
def out_of_reach() -> Output:
    with app({}) as folder:
        alone = ["unshare", "--net", "git", "clone", "https://huggingface.co/openai-community/gpt2"]
        log = run(alone, cwd=folder, env={"HOME": str(folder), "GIT_TERMINAL_PROMPT": "0"})
    return Output(building(step("git clone https://huggingface.co/openai-community/gpt2", log, 128)), tools("git"))


def lfs_version() -> str:
    done = subprocess.run(["git", "lfs", "version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[0].removeprefix("git-lfs/")


@case("healthy", "git-push", "build")
def healthy() -> Output:
    with app({}) as folder:
        bare, clone = repository(folder)
        commit(clone, "requirements.txt")
        log = git(clone, "push", "origin", "main").replace(str(bare), REMOTE)
    return Output(log, tools("git"))
