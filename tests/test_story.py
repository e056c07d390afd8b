"""The owner's story, from the first failure to a Space that serves: each commit is really started as the container, each remedy really carried out.

A FastAPI app on SQLite whose Alembic migration fails; the fix is pushed, and the old commit goes on; the factory rebuild shows the next failure;
two packages are missing or too new, and are patched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spacedoctor import Treatment, diagnose_space, treat
from tests.conftest import ROOT
from tests.hub import OWNER_TOKEN
from tests.spaces import Platform
from tests.test_space import command
from tests.writable import WritableHub

STORY = ROOT / "tests" / "story"
FIRST, SECOND, THIRD, *LATER = (digit * 40 for digit in "12345")
SECONDS = 90.0


def read(*folders: str) -> dict[str, bytes]:
    """Return the repository at a commit: the first one, and what later ones put into its place."""
    return {
        file.relative_to(STORY / folder).as_posix(): file.read_bytes()
        for folder in folders
        for file in sorted((STORY / folder).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


class Owner:
    """The Space, its repository, and what its owner does: push, and treat."""

    def __init__(self, platform: Platform, hub: WritableHub) -> None:
        self.platform = platform
        self.hub = hub
        hub.committed = self.committed
        hub.restarted = self.restarted

    @property
    def commits(self) -> list[str]:
        """The hashes, the newest first."""
        return [commit[0] for commit in self.platform.space.commits]

    def push(self, commit: str, *folders: str, noticed: bool = True) -> None:
        """Push a prepared commit; the platform builds it, or does not notice."""
        self.hub.contents = read(*folders)
        self.platform.space.files = [*self.hub.contents]
        if noticed:
            self.platform.deploy(self.files, commit)
        else:
            self.platform.space.commits = ((commit, "Change the app", 0.1), *self.platform.space.commits)

    @property
    def files(self) -> dict[str, str]:
        """The repository's files as text."""
        return {path: raw.decode() for path, raw in self.hub.contents.items()}

    def committed(self) -> None:
        """Build what was pushed through the Hub."""
        self.platform.push(self.files, next(commit for commit in LATER if commit not in self.commits))

    def restarted(self, factory: bool) -> None:  # noqa: FBT001
        """Build the head: only a factory rebuild does that."""
        assert factory
        head, *self.platform.space.commits = self.platform.space.commits
        self.platform.push(self.files, head[0])

    def causes(self) -> list[str]:
        """Return what the Space fails with, by its diagnosis."""
        return [finding.id for finding in diagnose_space("me/app", token=OWNER_TOKEN, endpoint=self.hub.endpoint).causes]

    def treat(self, remedy: str, *, push: bool = False) -> Treatment:
        """Carry a remedy out, and look whether it helped."""
        return treat("me/app", remedy, push=push, token=OWNER_TOKEN, endpoint=self.hub.endpoint, timeout=SECONDS)


@pytest.fixture
def owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    """A Space with the first commit, deployed."""
    monkeypatch.setenv("PYTHONPATH", str(STORY / "image"))
    contents = read("repo")
    with Platform(tmp_path, commits=(), readme=contents["README.md"].decode()) as platform:
        platform.deploy({path: raw.decode() for path, raw in contents.items()}, FIRST)
        with WritableHub(platform.space, contents) as hub:
            yield Owner(platform, hub)


def found(treatment: Treatment) -> tuple[str, list[str]]:
    """Return the verdict after the treatment, and the causes that are left."""
    assert treatment.verification is not None
    return treatment.verification.verdict, [finding.id for finding in treatment.verification.diagnosis.causes]


def test_the_owners_story(owner: Owner) -> None:
    """From `near "CONSTRAINT": syntax error` to fixed, in the order in which the failures come up."""
    assert owner.causes() == ["sqlite-alter-constraint"]

    owner.push(SECOND, "repo", "second", noticed=False)
    assert owner.causes() == ["stale-build", "sqlite-alter-constraint"]
    assert found(owner.treat("stale-build/factory-rebuild")) == ("other-failure", ["missing-table"])

    owner.push(THIRD, "repo", "second", "third")
    assert owner.causes() == ["optional-dependency-missing"]

    validator = owner.treat("add-email-validator", push=True)
    assert validator.plan.patch.splitlines()[-1] == "+email-validator"
    assert found(validator) == ("other-failure", ["bcrypt-passlib"])

    done = command(owner.hub, "treat", "me/app", "--remedy", "pin-bcrypt", "--push", "--yes", "--timeout", str(SECONDS))
    assert done.returncode == 0, done.stderr
    assert owner.hub.contents["requirements.txt"].endswith(b"passlib[bcrypt]  # passwords\nemail-validator\nbcrypt==4.0.1\n")
    for said in ("+bcrypt==4.0.1", "Fixed: passlib", "GET /health 200", "POST /api/v1/auth/register", "201 in"):
        assert said in done.stdout.decode()
    assert owner.causes() == []
    assert [call for call in owner.hub.calls() if "preupload" not in call[1]] == [
        ("POST", "/spaces/me/app/restart"),
        ("POST", "/spaces/me/app/commit/main"),
        ("POST", "/spaces/me/app/commit/main"),
    ]
