"""Cut long texts so that no half of a secret is left: what is cut in two can no longer be told by its form."""

from __future__ import annotations

import re

LONGEST_SECRET = 1500
LAST_WORD = re.compile(rf"[^\s'\"(){{}}<>,;]{{1,{LONGEST_SECRET}}}\Z")


def cut(text: str, length: int) -> str:
    """Return at most `length` characters of a text; a word that the cut would part is left out."""
    if len(text) <= length:
        return text
    head = text[:length]
    word = LAST_WORD.search(head, max(length - LONGEST_SECRET, 0))
    whole = text[length].isspace() or word is None or len(word[0]) == min(length, LONGEST_SECRET)
    return head if whole else head[: word.start()] if word else head
