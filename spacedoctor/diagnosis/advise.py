"""Choose and rank the remedies of a finding."""

from __future__ import annotations

import typing
from collections.abc import Mapping

from spacedoctor.catalogue import actions
from spacedoctor.catalogue.entry import Chance, Cost, Effort, Entry, Remedy, Risk
from spacedoctor.catalogue.placeholders import UnfilledError, fill
from spacedoctor.diagnosis.model import Advice
from spacedoctor.facts import Facts

ANY_SPACE = "OWNER/SPACE"
MATCH_SECONDS = 0.2
CHANCES, EFFORTS, RISKS, COSTS = (typing.get_args(kind) for kind in (Chance, Effort, Risk, Cost))
CHANCE_WORDS = {"cures": "cures the cause", "helps": "helps, but may not be enough", "last-resort": "a last resort"}
EFFORT_WORDS = {
    "command": "one command", "setting": "a change of settings", "line": "a change of one line",
    "code": "a change of the code", "wait": "waiting",
}  # fmt: skip
RISK_WORDS = {
    "none": "no risk", "restart": "the Space restarts", "rebuild": "the Space is built again",
    "downtime": "the Space is down meanwhile", "data-loss": "data is lost",
}  # fmt: skip
COST_WORDS = {"free": "free", "plan": "needs a plan that includes it", "paid": "costs money"}


def advise(entry: Entry, found_by: str, captures: Mapping[str, str], facts: Facts) -> tuple[Advice, ...]:
    """Return the remedies that apply, the best first.

    The rank follows from: loses no data, chance to cure, costs no money, made for what was found, risk, effort, cost, the order in the entry.

    Args:
        entry: the failure.
        found_by: id of the pattern or fact rule that recognised it.
        captures: what was captured.
        facts: what is known of the Space; what is not known rules nothing out.
    """
    values = {"space": facts.space or ANY_SPACE, **facts.values, **captures}
    fitting = [remedy for remedy in entry.remedies if _applies(remedy, found_by, captures, facts)]
    filled = [(remedy, advice) for remedy in sorted(fitting, key=_rank) if (advice := _filled(remedy, values)) is not None]
    return tuple(_numbered(rank, remedy, parts, values) for rank, (remedy, parts) in enumerate(filled, 1))


def _applies(remedy: Remedy, found_by: str, captures: Mapping[str, str], facts: Facts) -> bool:
    when = remedy.when
    if when.patterns and found_by not in when.patterns:
        return False
    seen = {**facts.values, **captures}
    if any(not _matches(text, seen.get(name, "")) for name, text in when.captures.items()):
        return False
    known = {name: facts.values[name] for name in when.facts if name in facts.values}
    return all(any(_matches(text, value) for text in when.facts[name]) for name, value in known.items())


def _matches(text: str, value: str) -> bool:
    import regex  # where nothing was found, it is not needed

    try:
        return regex.fullmatch(text, value, timeout=MATCH_SECONDS) is not None
    except TimeoutError:  # a regex of a stranger's catalogue
        return False


def _rank(remedy: Remedy) -> tuple[bool, int, bool, bool, int, int, int]:
    return (
        remedy.risk == "data-loss",
        CHANCES.index(remedy.chance),
        remedy.cost == "paid",
        not (remedy.when.patterns or remedy.when.captures),
        RISKS.index(remedy.risk),
        EFFORTS.index(remedy.effort),
        COSTS.index(remedy.cost),
    )


def _filled(remedy: Remedy, values: Mapping[str, str]) -> dict[str, tuple[str, ...]] | None:
    try:
        return {
            "title": (fill(remedy.title, values),),
            "steps": tuple(fill(text, values) for text in remedy.steps),
            "commands": tuple(fill(text, values) for text in remedy.commands),
            "verify": tuple(fill(text, values) for text in remedy.verify),
        }
    except UnfilledError:
        return None


def _treatment(ones: tuple[actions.One, ...], values: Mapping[str, str]) -> tuple[actions.One, ...]:
    """Return what can be carried out, filled; nothing of it where one part cannot."""
    filled = tuple(actions.filled(one, values) for one in ones)
    return () if any(one is None for one in filled) else tuple(one for one in filled if one is not None)


def _numbered(rank: int, remedy: Remedy, parts: Mapping[str, tuple[str, ...]], values: Mapping[str, str]) -> Advice:
    fits = "made for this form of the failure; " if remedy.when.patterns or remedy.when.captures else ""
    words = [CHANCE_WORDS[remedy.chance], EFFORT_WORDS[remedy.effort], RISK_WORDS[remedy.risk], COST_WORDS[remedy.cost]]
    return Advice(
        rank=rank,
        id=remedy.id,
        title=parts["title"][0],
        steps=parts["steps"],
        commands=parts["commands"],
        chance=remedy.chance,
        effort=remedy.effort,
        risk=remedy.risk,
        cost=remedy.cost,
        loses=remedy.loses,
        why=fits + ", ".join(words),
        verify=parts["verify"],
        references=remedy.references,
        action=_treatment(remedy.action, values),
        patch=_treatment(remedy.patch, values),
    )
