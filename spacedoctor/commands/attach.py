"""Attach a report: to a Space's Community tab, to an issue on GitHub, to the summary of a job in GitHub Actions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spacedoctor.errors import InputError, UsageError

if TYPE_CHECKING:
    from spacedoctor.diagnosis.model import Diagnosis, Finding
    from spacedoctor.verification.model import Verification

GITHUB = re.compile(r"github:(?P<repo>[\w.-]{1,100}/[\w.-]{1,100})(?:#(?P<issue>\d{1,10}))?")
ANNOTATED = 10
GH_SECONDS = 60
POST_SECONDS = 30.0


def check(target: str, *, redact: bool) -> None:
    """Refuse a target that cannot be meant, before anything is read.

    Raises:
        UsageError: it is neither `discussion` nor `github:OWNER/REPO[#ISSUE]`, `gh` is not installed, or secrets would be posted.
    """
    if target != "discussion" and not GITHUB.fullmatch(target):
        raise UsageError(f"cannot attach to {target}", "use discussion, github:OWNER/REPO or github:OWNER/REPO#ISSUE")
    if not redact:
        raise UsageError("a report with its secrets in it is not posted", "leave out --no-redact")
    if target != "discussion" and not shutil.which("gh"):
        raise UsageError(
            "the command gh is not installed", "see https://cli.github.com, or attach the file of -o report.md by hand"
        )


def attach(headline: str, text: str, space: str | None, target: str, *, yes: bool) -> str:
    """Post a report after asking, and return where it is.

    Args:
        headline: what it says in a sentence.
        text: the report as Markdown.
        space: the id of the Space it is about, None where none is known.
        target: where to.
        yes: whether not to ask.

    Raises:
        UsageError: there is nobody to ask, or no Space to post to.
        InputError: the post was refused.
    """
    title = f"spacedoctor: {headline}"[:200]
    if target == "discussion" and not space:
        raise UsageError("no Space is known to post to", "give the Space: spacedoctor OWNER/SPACE --attach discussion")
    where = f"the Community tab of {space}" if target == "discussion" else target.removeprefix("github:")
    if not yes and not _agreed(f'Post the report "{title}" to {where}, for everybody who may read there?'):
        return ""
    if target == "discussion":
        return _to_discussion(str(space), title, text)
    found = GITHUB.fullmatch(target)
    assert found  # noqa: S101  (checked before)
    return _to_github(found["repo"], found["issue"], title, text)


def _agreed(question: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("there is nobody to ask whether the report may be posted", "add --yes")
    return click.confirm(question, err=True)


def _to_discussion(space: str, title: str, text: str) -> str:
    from spacedoctor.hub.client import Deadline, Hub, HubError

    hub = Hub(Deadline(POST_SECONDS))
    try:
        answer = hub.post(f"/api/spaces/{space}/discussions", {"title": title, "description": text, "pullRequest": False})
    except HubError as error:
        hint = "the Space may have discussions disabled" if error.status == HTTPStatus.FORBIDDEN else error.hint
        raise InputError(f"the report was not posted: {error.message}", hint) from error
    number = answer.get("num") if isinstance(answer, dict) else None
    return f"{hub.endpoint}/spaces/{space}/discussions/{number or ''}"


def _to_github(repo: str, issue: str | None, title: str, text: str) -> str:
    what = ["comment", issue] if issue else ["create", "--title", title]
    words = ["gh", "issue", *what, "--repo", repo, "--body-file", "-"]
    try:
        done = subprocess.run(words, input=text.encode(), capture_output=True, timeout=GH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"gh has not answered within {GH_SECONDS} seconds", "look whether the report was posted before trying again"
        ) from error
    except OSError as error:
        raise InputError(f"gh could not be started: {error.strerror}", "see whether gh runs by itself: gh auth status") from error
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:300]
        raise InputError(f"gh did not post the report: {reason}", "log in with: gh auth login")
    return done.stdout.decode("utf-8", "replace").strip()


def in_actions(report: Diagnosis | Verification, causes: Sequence[Finding], environment: Mapping[str, str] = os.environ) -> None:
    """Write the report to the job's summary and annotate the causes, where this is a job of GitHub Actions."""
    summary = environment.get("GITHUB_STEP_SUMMARY")
    if not summary:
        return
    try:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(report.to_markdown() + "\n")
    except OSError as error:
        raise InputError(f"cannot write the job's summary: {error.strerror}") from error
    for finding in causes[:ANNOTATED]:
        click.echo(_annotation(finding), err=True)


def _annotation(finding: Finding) -> str:
    """Return a workflow command; its values must not begin another one."""
    properties = {"title": finding.title}
    file, line = finding.captures.get("app_file", ""), finding.captures.get("app_line", "")
    for folder in ("/home/user/app/", "/app/", "/code/"):
        if file.startswith(folder) and line.isdecimal():
            properties |= {"file": file.removeprefix(folder), "line": line}
    listed = ",".join(f"{name}={_escaped(value, more=True)}" for name, value in properties.items())
    return f"::error {listed}::{_escaped(finding.cause)}"


def _escaped(text: str, *, more: bool = False) -> str:
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *(((":", "%3A"), (",", "%2C")) if more else ())):
        text = text.replace(character, code)
    return text
