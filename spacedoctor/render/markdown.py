"""The report as Markdown, for an issue or a Space's Community tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spacedoctor.diagnosis.model import Diagnosis, Finding
from spacedoctor.render import templates

LIMIT = 65_000  # characters; GitHub takes 65,536 in an issue or comment
FEW_LINES, SHORT_TEXT = 4, 400

Step = tuple[str, Callable[[Diagnosis], Diagnosis]]


def render(diagnosis: Diagnosis, limit: int = LIMIT) -> str:
    """Return the report as GitHub-flavoured Markdown of at most `limit` characters; what was left out for that is named at its end."""
    cut: list[str] = []
    text = templates.fill("report.md.j2", diagnosis, cut=())
    for what, shorten in STEPS:
        if len(text) <= limit:
            break
        diagnosis = shorten(diagnosis)
        cut.append(what)
        text = templates.fill("report.md.j2", diagnosis, cut=cut)
    return text


def _fewer_unrecognised(diagnosis: Diagnosis) -> Diagnosis:
    shown = tuple(replace(one, text=one.text[:SHORT_TEXT]) for one in diagnosis.unrecognised[:FEW_LINES])
    return replace(diagnosis, unrecognised=shown)


def _no_facts(diagnosis: Diagnosis) -> Diagnosis:
    facts = diagnosis.space and {name: diagnosis.space[name] for name in ("id", "page", "stage")}
    logs = tuple(replace(log, stretches=log.stretches[-1:]) for log in diagnosis.logs)
    return replace(diagnosis, space=facts, logs=logs)


def _only_causes(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, findings=diagnosis.causes)


def _short_others(diagnosis: Diagnosis) -> Diagnosis:
    first, *others = diagnosis.findings or (None,)
    if first is None:
        return diagnosis
    return replace(diagnosis, findings=(first, *(replace(one, remedies=one.remedies[:1]) for one in others)))


def _short_lines(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, findings=tuple(_with_short_lines(one) for one in diagnosis.findings))


def _with_short_lines(finding: Finding) -> Finding:
    lines = tuple(replace(line, text=line.text[:SHORT_TEXT]) for line in finding.evidence)
    captures = {name: value[:SHORT_TEXT] for name, value in finding.captures.items()}
    return replace(finding, evidence=lines, captures=captures, cause=finding.cause[: 5 * SHORT_TEXT])


def _only_first(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, findings=diagnosis.findings[:1], letters=(), signs=())


def _bare(diagnosis: Diagnosis) -> Diagnosis:
    findings = tuple(
        replace(one, title=one.title[:SHORT_TEXT], remedies=(), references=one.references[:FEW_LINES])
        for one in diagnosis.findings
    )
    return replace(diagnosis, findings=findings, skipped=diagnosis.skipped[:FEW_LINES], says=(), logs=diagnosis.logs[:FEW_LINES])


STEPS: tuple[Step, ...] = (
    ("lines that nothing explains", _fewer_unrecognised),
    ("the Space's facts, and earlier boots", _no_facts),
    ("what follows from the causes, and warnings", _only_causes),
    ("further remedies of further causes", _short_others),
    ("the ends of long lines", _short_lines),
    ("further causes and letters", _only_first),
    ("remedies and the state of the Space", _bare),
)
