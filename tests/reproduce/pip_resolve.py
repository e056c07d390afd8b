"""Requirements that no set of packages satisfies: pip over its versions, uv and poetry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .building import lines, pip_step, step, versions
from .kit import Output, case, venv

NEWEST = "pip==26.3"
UV = "uv"


def _pip(python: Path, requirements: str, *arguments: str, files: Mapping[str, str] | None = None) -> Output:
    return Output(pip_step(python, requirements, *arguments, files=files), versions(python))


def _newest(python: str = "3.11") -> Path:
    return venv("pip-26", NEWEST, python=python)


def _uv(requirements: str, python: str = "3.11") -> Output:
    binary = venv("uv", NEWEST, UV, python=python)
    text = step(
        "uv pip install --no-cache -r requirements.txt", python=binary, files={"requirements.txt": requirements}, env=_in(binary)
    )
    return Output(text, versions(binary, "uv"))


def _in(python: Path) -> dict[str, str]:
    return {"VIRTUAL_ENV": str(python.parent.parent)}


def _poetry(dependencies: Mapping[str, str], python: str = ">=3.11,<3.12") -> Output:
    binary = venv("poetry", "poetry==2.2.1")
    wanted = [f'{name} = "{version}"' for name, version in dependencies.items()]
    source = ("[[tool.poetry.source]]", 'name = "simple"', 'url = "https://pypi.org/simple"', 'priority = "primary"')
    project = lines(
        "[tool.poetry]", "package-mode = false", *source, "[tool.poetry.dependencies]", f'python = "{python}"', *wanted
    )
    text = step("poetry install --no-interaction --no-ansi", python=binary, files={"pyproject.toml": project})
    return Output(text, versions(binary, "poetry"))


@case("pip-no-matching-version", "no-such-version", "build")
def no_such_version() -> Output:
    """Ask for a version that was never published."""
    return _pip(_newest(), lines("flask==99.0", "requests"))


@case("pip-no-matching-version", "no-such-version-pip-20", "build")
def no_such_version_long_ago() -> Output:
    """Pip 20.3 does not list what there is."""
    return _pip(venv("pip-20.3", "pip==20.3.4", python="3.9"), lines("flask==99.0"))


@case("pip-no-matching-version", "no-such-package", "build")
def no_such_package() -> Output:
    """Ask for a name that the index does not know."""
    return _pip(_newest(), lines("gradio-no-such-part==1.0"))


@case("pip-no-matching-version", "local-version-suffix", "build")
def local_version() -> Output:
    """Ask PyPI for a build that only PyTorch's own index has."""
    return _pip(_newest(), lines("torch==2.1.0+cu118"))


@case("pip-no-matching-version", "option-forgotten", "build")
def option_forgotten() -> Output:
    """Let another option swallow -r, so that the file's name becomes a package."""
    python = _newest()
    text = step("pip install --trusted-host -r requirements.txt", python=python, files={"requirements.txt": "flask\n"})
    return Output(text, versions(python))


@case("pip-no-matching-version", "version-beside-other-pythons", "build")
def version_beside_other_pythons() -> Output:
    """Ask for a version that does not exist of a package that also has releases for other Pythons."""
    return _pip(_newest("3.10"), lines("numpy==1.26.5"))


@case("pip-no-matching-version", "invalid-metadata", "build")
def invalid_metadata() -> Output:
    """Ask for a release whose metadata pip refuses since 24.1."""
    return _pip(_newest(), lines("textract==1.6.5"))


@case("pip-no-matching-version", "uv-version", "build")
def uv_version() -> Output:
    """The same question to uv."""
    return _uv(lines("flask==99.0"))


@case("pip-no-matching-version", "uv-name", "build")
def uv_name() -> Output:
    """A name that uv does not find."""
    return _uv(lines("gradio-no-such-part==1.0"))


@case("pip-no-matching-version", "poetry", "build")
def poetry_version() -> Output:
    """The same question to poetry."""
    return _poetry({"flask": "99.0"})


@case("pip-dependency-conflict", "pip-26", "build")
def conflict() -> Output:
    """Pin two packages that exclude each other."""
    return _pip(_newest(), lines("fastapi==0.110.0", "starlette==0.40.0"))


@case("pip-dependency-conflict", "pip-20", "build")
def conflict_long_ago() -> Output:
    """The first pip with the resolver of today."""
    return _pip(venv("pip-20.3", "pip==20.3.4", python="3.9"), lines("fastapi==0.110.0", "starlette==0.40.0"))


@case("pip-dependency-conflict", "double-requirement", "build")
def double_requirement() -> Output:
    """The resolver before that."""
    return _pip(venv("pip-20.2", "pip==20.2.4", python="3.9"), lines("flask==2.0.0", "flask==2.0.1"))


@case("pip-dependency-conflict", "uv", "build")
def uv_conflict() -> Output:
    """The same pins with uv."""
    return _uv(lines("fastapi==0.110.0", "starlette==0.40.0"))


@case("pip-dependency-conflict", "uv-two-pins", "build")
def uv_two_pins() -> Output:
    """One package twice with uv."""
    return _uv(lines("flask==2.0.0", "flask==2.0.1"))


@case("pip-dependency-conflict", "poetry", "build")
def poetry_conflict() -> Output:
    """The same pins with poetry."""
    return _poetry({"fastapi": "0.110.0", "starlette": "0.40.0"})


@case("gradio-sdk-version-conflict", "pip-26", "build")
def two_gradios() -> Output:
    """The builder's own gradio beside the pinned one."""
    return _pip(_newest("3.12"), lines("gradio==4.44.0"), '"gradio[oauth]==5.49.1" "uvicorn>=0.14.0" spaces')


@case("gradio-sdk-version-conflict", "pip-23", "build")
def two_gradios_with_pip_23() -> Output:
    """The same with the pip of the python:3.10 images."""
    return _pip(venv("pip-23", "pip==23.0.1", python="3.10"), lines("gradio==4.44.0"), '"gradio[oauth]==5.49.1" spaces')


@case("gradio-sdk-version-conflict", "five-and-six", "build")
def two_newer_gradios() -> Output:
    """The same between two later versions."""
    return _pip(_newest(), lines("gradio==5.49.1"), '"gradio[oauth,mcp]==6.1.0" "uvicorn>=0.14.0" "websockets>=10.4" spaces')


@case("gradio-sdk-version-conflict", "uv", "build")
def two_gradios_with_uv() -> Output:
    """The same with uv."""
    return _uv(lines("gradio==4.44.0", "gradio[oauth]==5.49.1"), python="3.12")


@case("pip-python-version", "needs-newer", "build")
def needs_newer() -> Output:
    """A package that left Python 3.10 behind."""
    return _pip(_newest("3.10"), lines("numpy==2.3.0"))


@case("pip-python-version", "needs-older", "build")
def needs_older() -> Output:
    """A package whose releases end before Python 3.12."""
    return _pip(venv("pip-24", "pip==24.0", python="3.12"), lines("scipy==1.7.3"))


@case("pip-python-version", "below-one", "build")
def below_one() -> Output:
    """A release 0.x that stops before Python 3.12."""
    return _pip(venv("pip-24", "pip==24.0", python="3.12"), lines("atproto==0.0.29"))


@case("pip-python-version", "release-three", "build")
def release_three() -> Output:
    """A release 3.x that left Python 3.10 behind."""
    return _pip(_newest("3.10"), lines("networkx==3.5"))


@case("pip-python-version", "not-pinned", "build")
def not_pinned() -> Output:
    """A lower bound that no release for Python 3.10 meets."""
    return _pip(venv("pip-23", "pip==23.0.1", python="3.10"), lines("numpy>=2.3"))


@case("pip-python-version", "late-release", "build")
def late_release() -> Output:
    """A release with a high number that left Python 3.10 behind."""
    return _pip(_newest("3.10"), lines("ipython==9.0.0"))


@case("pip-python-version", "own-package", "build")
def own_package() -> Output:
    """A project of one's own that asks for another Python."""
    project = lines("[project]", 'name = "space-app"', 'version = "0.1"', 'requires-python = ">=3.13"')
    python = _newest()
    return Output(
        step("pip install --no-cache-dir .", python=python, files={"pyproject.toml": project, "app.py": ""}), versions(python)
    )


@case("pip-python-version", "wheel-of-another-python", "build")
def wheel_of_another_python() -> Output:
    """A wheel file that was built for another Python."""
    return _pip(
        _newest(),
        lines("./flash_attn-2.5.9-cp310-cp310-linux_x86_64.whl"),
        files={"flash_attn-2.5.9-cp310-cp310-linux_x86_64.whl": ""},
    )


@case("pip-python-version", "uv", "build")
def uv_python() -> Output:
    """The newer numpy with uv."""
    return _uv(lines("numpy==2.3.0"), python="3.10")


@case("pip-python-version", "uv-no-wheel", "build")
def uv_no_wheel() -> Output:
    """A package that has wheels for older Pythons only, with uv."""
    return _uv(lines("tensorflow==2.10.0"))


@case("pip-python-version", "poetry-project", "build")
def poetry_project() -> Output:
    """A poetry project that does not allow this Python."""
    return _poetry({"flask": "^3.0"}, python=">=3.12,<3.13")


@case("pip-python-version", "poetry-package", "build")
def poetry_package() -> Output:
    """A dependency that does not support every Python of the project."""
    return _poetry({"scipy": "1.7.3"}, python="^3.11")
