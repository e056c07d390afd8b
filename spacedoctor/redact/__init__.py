"""Secrets and personal data are replaced before anything of a log is kept for a report."""

from spacedoctor.redact.cutting import cut
from spacedoctor.redact.redactor import Redactor, secrets_in

__all__ = ["Redactor", "cut", "secrets_in"]
