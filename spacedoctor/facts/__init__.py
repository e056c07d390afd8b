"""What is known of a Space beside its logs: `model` holds it, `checks` recognise failures by it, `sharpen` adds it to what a log tells."""

from __future__ import annotations

from spacedoctor.facts.model import Commit, Facts, File, Listening, Volume

__all__ = ["Commit", "Facts", "File", "Listening", "Volume"]
