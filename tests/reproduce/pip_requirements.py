"""Requirement files that cannot be read, are not there, or stand in an environment that refuses packages."""

from __future__ import annotations

from pathlib import Path

from . import kit
from .building import QUEUED, lines, pip_step, step, versions
from .kit import Output, case, venv


def _newest() -> Path:
    return venv("pip-26", "pip==26.3")


def _invalid(line: str) -> Output:
    python = _newest()
    return Output(pip_step(python, line), versions(python))


def _shell(command: str, files: dict[str, str]) -> Output:
    python = venv("uv", "pip==26.3", "uv")
    text = step(command, python=python, files=files, env={"VIRTUAL_ENV": str(python.parent.parent)})
    return Output(text, versions(python, "uv"))


@case("pip-invalid-requirement", "single-equals", "build")
def single_equals() -> Output:
    """One equals sign."""
    return _invalid(lines("flask = 2.0"))


@case("pip-invalid-requirement", "conflict-markers", "build")
def conflict_markers() -> Output:
    """What a merge left behind."""
    return _invalid(lines("<<<<<<< HEAD", "flask", "=======", "flask==2.0", ">>>>>>> main"))


@case("pip-invalid-requirement", "command-as-line", "build")
def command_as_line() -> Output:
    """A command where a package belongs, with the pip of the python:3.10 images."""
    python = venv("pip-23", "pip==23.0.1", python="3.10")
    return Output(pip_step(python, lines("pip install flask")), versions(python))


@case("pip-invalid-requirement", "utf-16", "build")
def utf_16() -> Output:
    """A file that PowerShell wrote, without its byte-order mark."""
    return _invalid("\0".join("flask\nrequests\n") + "\0")


@case("pip-invalid-requirement", "path-as-line", "build")
def path_as_line() -> Output:
    """A file's name where a package belongs."""
    return _invalid(lines("requirements/base.txt"))


@case("pip-invalid-requirement", "unknown-option", "build")
def unknown_option() -> Output:
    """An option that pip does not know."""
    return _invalid(lines("--no-build-isolations", "flask"))


@case("pip-invalid-requirement", "undecodable", "build")
def undecodable() -> Output:
    """Bytes that are no UTF-8."""
    python = _newest()
    command = r"printf 'caf\351==1\n' > requirements.txt; pip install --no-cache-dir -r requirements.txt"
    return Output(step(command, python=python, files={}), versions(python))


@case("pip-invalid-requirement", "uv", "build")
def uv_invalid() -> Output:
    """A bad line with uv."""
    return _shell("uv pip install --no-cache -r requirements.txt", {"requirements.txt": lines("flask>=2.0<3")})


@case("pip-invalid-requirement", "uv-markers", "build")
def uv_markers() -> Output:
    """A merge's marks with uv."""
    return _shell("uv pip install --no-cache -r requirements.txt", {"requirements.txt": lines("flask", "<<<<<<< HEAD")})


@case("pip-requirements-missing", "no-file", "build")
def no_file() -> Output:
    """The file was not copied."""
    python = _newest()
    return Output(step("pip install --no-cache-dir -r requirements.txt", python=python, files={"app.py": ""}), versions(python))


@case("pip-requirements-missing", "nested-file", "build")
def nested_file() -> Output:
    """A file that another one includes was not copied."""
    return _invalid(lines("-r requirements/base.txt"))


@case("pip-requirements-missing", "no-project", "build")
def no_project() -> Output:
    """There is no project in the folder that is installed."""
    python = _newest()
    return Output(step("pip install --no-cache-dir .", python=python, files={"app.py": ""}), versions(python))


@case("pip-requirements-missing", "no-project-editable", "build")
def no_project_editable() -> Output:
    """The same, editable."""
    return _invalid(lines("-e ."))


@case("pip-requirements-missing", "uv", "build")
def uv_no_file() -> Output:
    """The file is missing for uv."""
    return _shell("uv pip install --no-cache -r requirements.txt", {"app.py": ""})


@case("pip-requirements-missing", "uv-project", "build")
def uv_no_project() -> Output:
    """No pyproject.toml for uv."""
    return _shell("uv sync --frozen --no-cache", {"app.py": ""})


@case("pip-requirements-missing", "uv-lock", "build")
def uv_no_lock() -> Output:
    """No lock file for uv."""
    project = lines("[project]", 'name = "space-app"', 'version = "0.1"')
    return _shell("uv sync --frozen --no-cache", {"pyproject.toml": project})


@case("pip-requirements-missing", "poetry", "build")
def poetry_no_project() -> Output:
    """No pyproject.toml for poetry."""
    python = venv("poetry", "poetry==2.2.1")
    return Output(step("poetry install --no-root --no-ansi", python=python, files={"app.py": ""}), versions(python, "poetry"))


@case("pip-requirements-missing", "readme", "build")
def no_readme() -> Output:
    """The project names a README that was not copied."""
    system = lines("[build-system]", 'requires = ["hatchling"]', 'build-backend = "hatchling.build"')
    project = system + lines("[project]", 'name = "space-app"', 'version = "0.1"', 'readme = "README.md"')
    python = _newest()
    return Output(
        step("pip install --no-cache-dir .", python=python, files={"pyproject.toml": project, "space_app.py": ""}),
        versions(python),
    )


@case("pip-invalid-requirement", "poetry-toml", "build")
def poetry_toml() -> Output:
    """A pyproject.toml that is no TOML."""
    python = venv("poetry", "poetry==2.2.1")
    text = step("poetry install --no-root --no-ansi", python=python, files={"pyproject.toml": "[tool.poetry\nname = app\n"})
    return Output(text, versions(python, "poetry"))


@case("pip-externally-managed", "debian", "build")
def debian() -> Output:
    """Debian's own Python refuses packages of pip."""
    python = _newest()
    site = next((python.parent.parent / "lib").glob("python3*/site-packages"))
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "PIP_CONFIG_FILE": "/dev/null"}
    text = kit.run(["/usr/bin/python3.11", "-m", "pip", "install", "flask"], env=env)
    ended = '--> ERROR: process "/bin/sh -c pip3 install flask" did not complete successfully: exit code: 1'
    return Output(f"{QUEUED}\n\n--> RUN pip3 install flask\n{text}{ended}\n", versions(python))


@case("pip-externally-managed", "uv", "build")
def debian_with_uv() -> Output:
    """And those of uv."""
    return _shell("uv pip install --system --python /usr/bin/python3.11 flask", {})
