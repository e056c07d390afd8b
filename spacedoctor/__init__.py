"""Finds out from its logs why a Hugging Face Space does not start, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from spacedoctor.api import diagnose, diagnose_space
    from spacedoctor.catalogue import Catalogue
    from spacedoctor.diagnosis.model import Diagnosis
    from spacedoctor.errors import SpacedoctorError
    from spacedoctor.facts import Facts
    from spacedoctor.treatment.treat import Treatment, treat
    from spacedoctor.verification.model import Verification
    from spacedoctor.verification.verify import verify

__all__ = [
    "Catalogue",
    "Diagnosis",
    "Facts",
    "SpacedoctorError",
    "Treatment",
    "Verification",
    "__version__",
    "diagnose",
    "diagnose_space",
    "treat",
    "verify",
]

_HOMES = {
    "Catalogue": "spacedoctor.catalogue",
    "Diagnosis": "spacedoctor.diagnosis.model",
    "Facts": "spacedoctor.facts",
    "SpacedoctorError": "spacedoctor.errors",
    "Treatment": "spacedoctor.treatment.treat",
    "Verification": "spacedoctor.verification.model",
    "diagnose": "spacedoctor.api",
    "diagnose_space": "spacedoctor.api",
    "treat": "spacedoctor.treatment.treat",
    "verify": "spacedoctor.verification.verify",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: a command that needs one of them does not load the others."""
    if name not in _HOMES:
        raise AttributeError(f"module 'spacedoctor' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
