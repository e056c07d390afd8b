"""Remedies and the facts of a Space: what is not for its SDK or hardware is not offered, and nobody is left without advice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from huggingface_hub import SpaceHardware

from spacedoctor import Catalogue
from spacedoctor.diagnosis.advise import advise
from spacedoctor.facts import Facts
from tests.test_remedies import ENTRIES

SDKS = {"docker", "gradio", "streamlit", "static"}
HARDWARE = {one.value for one in SpaceHardware}
FOR_DOCKER = re.compile(r"hf upload \{space\} Dockerfile\b|\bdocker build\b")
FOR_OTHERS = re.compile(r"packages\.txt")
LARGER = re.compile(r"hf spaces settings \{space\} --hardware (?P<flavor>\S+)")
ONLY_DOCKER = {  # failures of a Dockerfile, of its base image, or of programs that only a Docker Space has
    "docker-copy-missing", "docker-user-exists", "dockerfile-invalid", "pip-externally-managed", "nginx-config",
    "npm-install-failed", "frontend-build-failed", "node-module-missing", "apt-repository-failed", "container-start-failed",
    "permission-denied/s6-init", "permission-denied/python-open-script", "pip-build-toolchain-missing/node-gyp",
    "pip-index-unreachable/git-missing", "pip-no-matching-version/requirements-file-as-package",
}  # fmt: skip


def remedies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the catalogue's remedies with the name of each."""
    for name, entry in ENTRIES.items():
        for remedy in entry["remedies"]:
            yield f"{name}/{remedy['id']}", remedy


def sdks(remedy: dict[str, Any]) -> set[str]:
    """Return the SDKs for which a remedy is offered."""
    return set(remedy.get("when", {}).get("facts", {}).get("sdk", SDKS))


def wrong(rule: re.Pattern[str], allowed: set[str]) -> list[str]:
    """Return the remedies whose title or commands the rule finds, though they are offered for further SDKs."""
    return [
        name
        for name, remedy in remedies()
        if name.split("/")[0] not in ONLY_DOCKER
        and rule.search("\n".join([remedy["title"], *remedy.get("commands", [])]))
        and not sdks(remedy) <= allowed
    ]


def test_what_changes_the_dockerfile_is_for_docker_spaces() -> None:
    assert not wrong(FOR_DOCKER, {"docker"})
    assert not wrong(re.compile(r"\bDockerfile\b"), {"docker"})


def test_what_docker_spaces_do_not_read_is_not_for_them() -> None:
    assert not wrong(FOR_OTHERS, {"gradio", "streamlit"})
    assert not wrong(re.compile(r"pre-requirements\.txt|python_version in README|sdk_version"), {"gradio", "streamlit", "static"})


def test_app_port_is_for_docker_spaces() -> None:
    assert not wrong(re.compile(r"\bapp_port:"), {"docker"})


def test_facts_that_remedies_ask_for_are_such_as_there_are() -> None:
    for name, remedy in remedies():
        facts = remedy.get("when", {}).get("facts", {})
        assert set(facts.get("sdk", [])) <= SDKS, name
        assert set(facts.get("owner", [])) <= {"yes", "no"}, name
        for text in facts.get("hardware", []):
            assert any(re.fullmatch(text, one) for one in HARDWARE), f"{name}: no hardware is like {text}"


def test_larger_hardware_costs_and_is_larger() -> None:
    """Nobody is sent to hardware that exists not, for nothing, or that the Space has already."""
    catalogue = Catalogue.load()
    for name, remedy in remedies():
        entry = catalogue[name.split("/")[0]]
        for found in filter(None, map(LARGER.search, remedy.get("commands", []))):
            flavor = found["flavor"]
            assert flavor in HARDWARE, name
            assert remedy["cost"] in ("plan", "paid") or flavor.startswith("zero-"), name
            on_it = Facts(space="me/app", hardware=flavor, requested_hardware=flavor)
            rules = remedy.get("when", {}).get("patterns") or [
                *(one.id for one in entry.patterns),
                *(one.id for one in entry.facts),
            ]
            offered = {one.id for rule in rules for one in advise(entry, rule, {}, on_it)}
            assert remedy["id"] not in offered, f"{name} offers {flavor} to a Space on {flavor}"


@pytest.mark.parametrize("sdk", ["gradio", "docker"])
def test_nobody_is_left_without_advice(sdk: str) -> None:
    """Whatever a sample shows has a remedy for either SDK, unless the failure is one of Docker Spaces alone."""
    catalogue, left = Catalogue.load(), []
    for name, hit in ((one, hit) for one in ENTRIES for hit in ENTRIES[one]["samples"]["hit"]):
        if sdk == "docker" or not {name, f"{name}/{hit['pattern']}"} & ONLY_DOCKER:
            captures = {key: str(value) for key, value in hit.get("captures", {}).items()}
            anyhow, fitting = (advise(catalogue[name], hit["pattern"], captures, Facts(sdk=one)) for one in (None, sdk))
            if anyhow and not fitting:
                left.append(f"{name}/{hit['pattern']} {captures}")
    assert not left
