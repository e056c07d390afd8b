"""Replace secrets by placeholders that tell their kind."""

from __future__ import annotations

import re

RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(text))
    for kind, text in (
        ("hf-token", r"\bhf_[A-Za-z0-9]{20,}\b"),
        ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b"),
        ("api-key", r"\b(?:sk|pk|rk)-(?:ant-|proj-|or-v1-|live-|test-)?[A-Za-z0-9_-]{16,}\b|\bgsk_[A-Za-z0-9]{20,}\b"),
        ("google-key", r"\bAIza[A-Za-z0-9_-]{30,}\b"),
        ("aws-key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
        ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{5,}"),
        ("password", r"(?<=://)[^\s:/@'\"]{0,80}:[^\s/@'\"]{1,200}(?=@)"),
        ("authorization", r"(?i)(?<=authorization: )(?:bearer|basic|token) [^\s'\"]{8,}"),
        ("telegram-token", r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"),
    )
)


class Redactor:
    """Masks secrets; the same secret gets the same placeholder within one report."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def mask(self, text: str) -> str:
        """Return `text` with its secrets replaced by `<kind-number>`."""
        for kind, rule in RULES:
            text = rule.sub(lambda part, kind=kind: self._name(kind, part[0]), text)  # type: ignore[misc]
        return text

    def _name(self, kind: str, secret: str) -> str:
        if secret not in self._names:
            number = sum(name.startswith(f"<{kind}-") for name in self._names.values()) + 1
            self._names[secret] = f"<{kind}-{number}>"
        return self._names[secret]
