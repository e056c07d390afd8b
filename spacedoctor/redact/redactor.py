"""Replace secrets and personal data by placeholders that tell their kind; the same secret gets the same placeholder."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from spacedoctor.redact.rules import ACROSS_LINES, PARAMETERS, QUOTED, ROW, RULES, WHOLE_LENGTH, Rule, goes_on

EXAMPLE_KINDS = frozenset({"email", "ip", "sql-value", "row"})
SHORTEST_KNOWN, LONGEST_KNOWN = 8, 4096
SHORTEST_BROKEN_LINE = 30


class Redactor:
    """Masks secrets; the same secret gets the same placeholder wherever it comes again, also where nothing around it tells what it is.

    Attributes:
        kinds: how many different secrets of each kind were masked.
        off: nothing is masked.
    """

    def __init__(self, *, off: bool = False) -> None:
        self.off = off
        self._names: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()

    def mask(self, text: str) -> str:
        """Return `text` with its secrets replaced by `<kind-number>`; it keeps the number of its lines."""
        if self.off:
            return text
        if "\n" in text:
            text = self._across_lines(text)
        for secret, name in self._names.items():
            if secret in text:
                text = text.replace(secret, name)
        for rule in RULES:
            text = rule.pattern.sub(lambda found, rule=rule: self._replaced(rule, found), text)  # type: ignore[misc]
        if "[parameters: " in text:
            text = PARAMETERS.sub(lambda found: found[1] + QUOTED.sub(self._value, found[2]), text)
        return ROW.sub(lambda found: f"{found[1]}<row>{found[3]}", text)

    def _across_lines(self, text: str) -> str:
        """Mask the secrets that a terminal or a page has broken over two or more lines."""
        lines = text.split("\n")
        for place in range(len(lines) - 1):
            start = len(lines[place]) - len(lines[place].split(" ")[-1])
            if len(lines[place]) >= SHORTEST_BROKEN_LINE and start < len(lines[place]):
                self._broken(lines, place, start)
        return "\n".join(lines)

    def _broken(self, lines: list[str], place: int, start: int) -> None:
        tail, ends = lines[place][start:], [len(lines[place]) - start]
        for following in lines[place + 1 :]:
            word = following.lstrip().split(" ")[0]
            tail += word
            ends.append(len(tail))
            if word != following.strip():
                break
        for rule in ACROSS_LINES:
            for found in rule.pattern.finditer(tail):
                here = found.span("secret" if "secret" in rule.pattern.groupindex and found["secret"] else 0)
                parts = [tail[max(here[0], a) : min(here[1], b)] for a, b in pairwise(ends)]
                if here[0] >= ends[0] or not parts[0] or (rule.accept and not rule.accept(tail[slice(*here)])):
                    continue
                if ends[0] - here[0] < WHOLE_LENGTH.get(rule.kind, LONGEST_KNOWN) and goes_on(parts[0]):
                    name = self._name(rule.kind, tail[slice(*here)])
                    lines[place] = lines[place][: start + here[0]] + name
                    for number, part in enumerate(parts, place + 1):
                        lines[number] = lines[number].replace(part, "", 1) if part else lines[number]
                    return

    def _replaced(self, rule: Rule, found: re.Match[str]) -> str:
        group: str | int = "secret" if "secret" in rule.pattern.groupindex and found["secret"] is not None else 0
        secret = found[group]
        if secret.startswith("<") or (rule.accept and not rule.accept(secret)):
            return found[0]
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return found[0][:start] + self._name(rule.kind, secret) + "\n" * secret.count("\n") + found[0][end:]

    def _value(self, found: re.Match[str]) -> str:
        secret = found["secret"]
        if secret.startswith("<"):
            return found[0]
        return f"{found['quote']}{self._name('sql-value', secret)}{found['quote']}" + "\n" * secret.count("\n")

    def _name(self, kind: str, secret: str) -> str:
        if secret not in self._names:
            self.kinds[kind] += 1
            name = f"<{kind}-{self.kinds[kind]}>"
            if len(secret) < SHORTEST_KNOWN or len(secret) > LONGEST_KNOWN or (kind == "sql-value" and secret.isalpha()):
                return name  # too short, or too much a word, to be replaced wherever it stands
            self._names.update(dict.fromkeys((line for line in secret.split("\n") if len(line) >= SHORTEST_KNOWN), name))
            return name
        return self._names[secret]


def secrets_in(text: str) -> list[str]:
    """Return the kinds of secrets in a text; data that examples may hold (addresses, values of rows) is no secret here."""
    redactor = Redactor()
    redactor.mask(text)
    return sorted(redactor.kinds.keys() - EXAMPLE_KINDS)
