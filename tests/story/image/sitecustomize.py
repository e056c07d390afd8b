"""What the container has installed: the packages that requirements.txt names with what they need, and no other.

The tests' environment holds more than that; the rest is hidden. Of bcrypt the environment holds release 5. Where requirements.txt pins an older
one, what that one had and release 5 has not is put back: `__about__`, and long passwords that are cut at 72 bytes without a word.
"""

import importlib.metadata
import sys
import types
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WITH_PYTHON = {"pip", "setuptools", "packaging"}


def wanted(lines):
    return [Requirement(line.partition("#")[0].strip()) for line in lines if line.partition("#")[0].strip()]


def installed(requirements):
    found, todo = set(), [*requirements]
    while todo:
        one = todo.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in found:
            continue
        found.add(key)
        try:
            needs = importlib.metadata.requires(one.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        for text in needs:
            need = Requirement(text)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
                todo.append(need)
    return {name for name, _ in found}


class Hidden:
    """Finds nothing of what is not installed in the container."""

    def __init__(self, names):
        every = importlib.metadata.packages_distributions()
        self.modules = {module for module, owners in every.items() if not {canonicalize_name(one) for one in owners} & names}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.modules:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def older_bcrypt():
    import bcrypt

    bcrypt.__about__ = types.SimpleNamespace(__version__="4.0.1")
    hashpw, checkpw = bcrypt.hashpw, bcrypt.checkpw
    bcrypt.hashpw = lambda password, salt: hashpw(password[:72], salt)
    bcrypt.checkpw = lambda password, hashed: checkpw(password[:72], hashed)


file = Path("requirements.txt")
if file.is_file():
    named = wanted(file.read_text().splitlines())
    sys.meta_path.insert(0, Hidden(installed(named) | WITH_PYTHON))
    if any(one.name == "bcrypt" and one.specifier and not one.specifier.contains("5.0.0") for one in named):
        older_bcrypt()
