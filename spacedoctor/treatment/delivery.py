"""Where a patch goes: into a pull request on the Space, onto its main branch, or into a local checkout."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from spacedoctor.facts import Facts
from spacedoctor.hub.client import Hub
from spacedoctor.treatment.checkout import Checkout
from spacedoctor.treatment.patches import Change
from spacedoctor.treatment.plan import Call, Context, Late
from spacedoctor.treatment.text import PatchError

COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
DESCRIPTION = "Made by spacedoctor from its catalogue of known failures."


class OnTheHub:
    """The files of a Space's repository, read through the Hub."""

    def __init__(self, facts: Facts, hub: Hub) -> None:
        self.facts = facts
        self.hub = hub

    def names(self) -> Collection[str]:
        """Return the paths.

        Raises:
            PatchError: the list could not be read.
        """
        if self.facts.files is None:
            raise PatchError("the list of the repository's files could not be read", "give a local checkout with --repo")
        return {file.path for file in self.facts.files}

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            HubError: it could not be read.
        """
        return self.hub.content(f"/spaces/{self.facts.space}/resolve/main/{quote(path)}")


def write(changes: Sequence[Change], checkout: Checkout) -> tuple[Call, ...]:
    """Return the steps that write changes into a checkout: into its work tree only, nothing is committed."""

    def work(change: Change) -> Call:
        return Call(
            "write",
            {"path": str(checkout.folder / change.path)},
            "changes the file, and commits nothing",
            work=lambda _: checkout.write(change),
        )

    return tuple(work(change) for change in changes)


def commit(changes: Sequence[Change], facts: Facts, title: str, *, push: bool) -> tuple[Call, ...]:
    """Return the call that commits the changes: to a pull request, or with `push` to main."""
    if not changes:
        return ()

    def operations(context: Context) -> list[Any]:
        from huggingface_hub import CommitOperationAdd

        del context
        return [CommitOperationAdd(change.path, change.after) for change in changes]

    head = facts.head_commit if facts.head_commit and COMMIT.fullmatch(facts.head_commit) else None
    arguments = {
        "repo_id": facts.space,
        "repo_type": "space",
        "operations": Late(operations, f"[{', '.join(change.path for change in changes)}]"),
        "commit_message": title[:200],
        "commit_description": DESCRIPTION,
        "parent_commit": head,
        "create_pr": not push,
    }
    does = (
        "commits to main, if nobody else has since; the Space builds it"
        if push
        else "opens a pull request; nothing changes until it is merged"
    )
    return (Call("create_commit", arguments, does),)
