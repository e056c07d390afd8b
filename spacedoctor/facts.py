"""What is known of the Space beside its logs, and the checks that entries may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a Space; everything may be unknown.

    Attributes:
        space: its id, `OWNER/NAME`.
        stage: the Hub's word for its state, such as RUNNING or PAUSED.
        deployed_commit: the commit that was built, 7 to 40 hexadecimal digits.
        head_commit: the commit that should run: the head of the repository.
        values: further facts by name (sdk, hardware, ...), as `when: facts` of remedies asks for them.
    """

    space: str | None = None
    stage: str | None = None
    deployed_commit: str | None = None
    head_commit: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def commit_behind_head(facts: Facts) -> Mapping[str, str] | None:
    """The Space was built from another commit than the repository's head."""
    deployed, head = facts.deployed_commit, facts.head_commit
    if not deployed or not head:
        return None
    short = min(len(deployed), len(head))
    if deployed[:short].lower() == head[:short].lower():
        return None
    return {"deployed": deployed[:12], "head": head[:12]}


CAPTURES: Mapping[str, frozenset[str]] = {"commit-behind-head": frozenset({"deployed", "head"})}
CHECKS: Mapping[str, Callable[[Facts], Mapping[str, str] | None]] = {"commit-behind-head": commit_behind_head}
