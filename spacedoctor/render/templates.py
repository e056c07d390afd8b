"""The jinja2 environments of the Markdown and HTML reports. Log lines are hostile text: HTML escapes everything, Markdown quotes it."""

from __future__ import annotations

import functools
import re

import jinja2
from markupsafe import Markup, escape

from spacedoctor import resources
from spacedoctor.diagnosis.model import Diagnosis, Evidence, Unrecognised
from spacedoctor.render import words

BECOMES_LINK = re.compile(r"@(?=\w)|#(?=\d)|(?i:\bgh\\?-(?=\d))|(?i:\b(?:https?|ftp|mailto|xmpp):)|(?i:\bwww(?=\.))")
MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~@&$-])")


@functools.cache
def environment() -> jinja2.Environment:
    """Return the environment with our filters."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.folder("templates")),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default_for_string=True, default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(md=inline, mdtext=prose, fenced=fenced, errors=errors, htmltext=htmltext, summary=summary)
    return made


def fill(name: str, diagnosis: Diagnosis, **more: object) -> str:
    """Return the template `name` filled with the diagnosis and what more it asks for."""
    return environment().get_template(name).render(d=diagnosis, words=words, headline=words.headline(diagnosis), **more)


def inline(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no mention, no link, no line break."""
    return BECOMES_LINK.sub("\\g<0>\u200b", MARKDOWN_SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)))


def summary(text: str) -> Markup:
    """Return text for the summary of a fold, which is HTML within Markdown."""
    return Markup(BECOMES_LINK.sub("\\g<0>\u200b", str(escape(re.sub(r"\s+", " ", text)))))  # noqa: S704  (escaped)


def prose(text: str) -> str:
    """Return text that Markdown shows as it is, but for its `code` spans."""
    parts = re.split(r"(`[^`\n]+`)", " ".join(text.split()))
    return "".join(part if index % 2 else inline(part) for index, part in enumerate(parts))


def htmltext(text: str) -> Markup:
    """Return text as HTML that shows it as it is, but for its `code` spans."""
    parts = re.split(r"`([^`\n]+)`", text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if index % 2 else part for index, part in enumerate(parts))


def errors(lines: tuple[Unrecognised, ...]) -> str:
    """Return error lines in a fence."""
    return fenced(tuple(Evidence(one.source, one.line, one.text, hit=False) for one in lines))


def fenced(lines: tuple[Evidence, ...] | tuple[str, ...], language: str = "text") -> str:
    """Return lines in a fence longer than any run of backticks in them."""
    texts = [
        line if isinstance(line, str) else f"{'>' if line.hit else ' '} {line.line or '':>5} | {line.text}" for line in lines
    ]
    fence = "`" * max(3, max((len(run) for text in texts for run in re.findall("`+", text)), default=0) + 1)
    return "\n".join([f"{fence}{language}", *texts, fence])
