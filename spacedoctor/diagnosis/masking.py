"""Take the secrets out of what was found, before any word of it goes into a diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from spacedoctor.diagnosis.judge import Candidate, Judgement
from spacedoctor.facts import Facts
from spacedoctor.match.events import EvidenceLine

Mask = Callable[[str], str]
T = TypeVar("T")
LEFT_AS_THEY_ARE = frozenset({"space", "files"})  # the Space's id is what was asked for; names of files count only where captured


def masked(value: T, mask: Mask) -> T:
    """Return a value with every text in it masked: of mappings, sequences and dataclasses too."""
    return cast("T", _masked(value, mask))


def _masked(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {_masked(name, mask): _masked(one, mask) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_masked(one, mask) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _masked(getattr(value, one.name), mask) for one in fields(value)})
    return value


def learn(judgement: Judgement, facts: Facts, mask: Mask) -> None:
    """Show everything that was found to `mask`: one line tells that something is a secret, another holds it alone."""
    for one in (*judgement.causes, *(folded for folded, _ in judgement.consequences), *judgement.warnings):
        if one.hit:
            mask("\n".join(line.text for line in one.hit.evidence))
    for _, section in judgement.sections:
        for text in section.errors:
            mask(text)
    mask(facts.error_message or "")


def masked_facts(facts: Facts, mask: Mask) -> Facts:
    """Return the facts without secrets."""
    names = [one.name for one in fields(facts) if one.name not in LEFT_AS_THEY_ARE]
    return replace(facts, **{name: _masked(getattr(facts, name), mask) for name in names})


def masked_judgement(judgement: Judgement, mask: Mask) -> Judgement:
    """Return the judgement without secrets."""

    def clean(one: Candidate) -> Candidate:
        hit = one.hit and replace(one.hit, evidence=_evidence(one.hit.evidence, mask))
        return replace(one, captures=masked(one.captures, mask), hit=hit, told=masked(one.told, mask))

    return replace(
        judgement,
        causes=tuple(map(clean, judgement.causes)),
        consequences=tuple((clean(one), by) for one, by in judgement.consequences),
        warnings=tuple(map(clean, judgement.warnings)),
    )


def _evidence(lines: Sequence[EvidenceLine], mask: Mask) -> tuple[EvidenceLine, ...]:
    """Mask lines together: a private key, or a token that a terminal has broken, goes over several."""
    texts = mask("\n".join(line.text for line in lines)).split("\n")
    return tuple(replace(line, text=text) for line, text in zip(lines, texts, strict=True))
