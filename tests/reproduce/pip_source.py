"""Packages that must be built from source and cannot: tools or headers are missing, or the source does not fit Python or setuptools."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .building import lines, pip_step, step, versions
from .kit import Output, case, run, venv

SLIM = ("sh", "env", "cat", "ls", "uname", "sed", "grep", "tar", "mkdir", "rm", "cp", "dirname", "basename", "printf")
KEEP_LINES = 150


def _newest(python: str = "3.11") -> Path:
    return venv("pip-26", "pip==26.3", python=python)


@contextmanager
def _slim_path(python: Path) -> Iterator[str]:
    """Yield a PATH without compilers, as in a slim image."""
    with tempfile.TemporaryDirectory(prefix="slim-") as folder:
        for program in SLIM:
            if found := shutil.which(program, path="/usr/bin:/bin"):
                (Path(folder) / program).symlink_to(found)
        yield f"{python.parent}:{folder}"


def _slim(requirement: str, *arguments: str, python: Path | None = None) -> Output:
    binary = python or _newest()
    with _slim_path(binary) as path:
        text = pip_step(binary, requirement + "\n", *arguments, env={"PATH": path})
    return Output(_shortened(text), versions(binary))


def _full(requirement: str, *arguments: str, python: str = "3.11") -> Output:
    binary = _newest(python)
    return Output(_shortened(pip_step(binary, requirement + "\n", *arguments)), versions(binary))


def _shortened(text: str) -> str:
    """Leave out the middle of a very long log, as the page of a Space does."""
    found = text.splitlines()
    return text if len(found) <= 2 * KEEP_LINES else lines(*found[:KEEP_LINES], *found[-KEEP_LINES:])


@case("pip-build-toolchain-missing", "no-gcc", "build")
def no_gcc() -> Output:
    """No C compiler."""
    return _slim("pyaudio==0.2.14")


@case("pip-build-toolchain-missing", "no-header", "build")
def no_header() -> Output:
    """A compiler, but not the library's header."""
    return _full("pyaudio==0.2.14")


@case("pip-build-toolchain-missing", "pg-config", "build")
def pg_config() -> Output:
    """psycopg2 without PostgreSQL's headers, with the pip of the python:3.10 images."""
    return _slim("psycopg2==2.9.9", python=venv("pip-23", "pip==23.0.1", python="3.10"))


@case("pip-build-toolchain-missing", "mysql-config", "build")
def mysql_config() -> Output:
    """Mysqlclient without MySQL's headers."""
    return _slim("mysqlclient==2.2.4")


@case("pip-build-toolchain-missing", "no-rust", "build")
def no_rust() -> Output:
    """An old tokenizers needs Rust."""
    return _slim("tokenizers==0.10.3")


@case("pip-build-toolchain-missing", "meson", "build")
def meson() -> Output:
    """Meson finds no compiler."""
    return _slim("pycairo==1.27.0")


@case("pip-build-toolchain-missing", "swig", "build")
def swig() -> Output:
    """Box2D needs swig."""
    return _slim("box2d-py==2.3.8")


@case("pip-build-toolchain-missing", "libxml", "build")
def libxml() -> Output:
    """An old lxml needs libxml2's headers."""
    return _slim("lxml==4.9.2", "--no-binary lxml")


@case("pip-build-toolchain-missing", "pkg-config", "build")
def pkg_config() -> Output:
    """An old PyAV needs pkg-config."""
    return _slim("av==10.0.0", "--no-binary av")


@case("pip-build-toolchain-missing", "no-cmake", "build")
def no_cmake() -> Output:
    """Dlib without a compiler for its cmake."""
    return _slim("dlib==19.24.6")


@case("pip-build-toolchain-missing", "no-library", "build")
def no_library() -> Output:
    """A compiler, but not the library that meson looks for."""
    return _full("pycairo==1.27.0")


@case("pip-build-toolchain-missing", "cmake-step", "build")
def cmake_step() -> Output:
    """A step of one's own calls cmake in a slim image."""
    python = _newest()
    with _slim_path(python) as path:
        text = step("cmake -S . -B build && cmake --build build", python=python, files={"CMakeLists.txt": ""}, env={"PATH": path})
    return Output(text, versions(python))


@case("pip-build-toolchain-missing", "node-gyp", "build")
def node_gyp() -> Output:
    """A Node add-on is compiled in an image without Python."""
    python = _newest()
    files = {"package.json": '{"name": "space-app", "version": "1.0.0", "private": true}', "binding.gyp": '{"targets": []}'}
    with _slim_path(python) as path:
        folder = Path(path.split(":")[1])
        for program in ("node", "npm"):
            (folder / program).symlink_to(shutil.which(program) or program)
        text = step("npm install", python=python, files=files, env={"PATH": str(folder), "npm_config_cache": "/tmp/npm-cache"})
    shown = re.sub(r"System Linux \S+", "System Linux 6.8.0", text)
    return Output(shown, {"node": run(["node", "--version"]).strip()})


@case("pip-build-toolchain-missing", "uv", "build")
def uv_no_gcc() -> Output:
    """No C compiler, with uv."""
    binary = venv("uv", "pip==26.3", "uv")
    with _slim_path(binary) as path:
        env = {"PATH": path, "VIRTUAL_ENV": str(binary.parent.parent)}
        text = step("uv pip install --no-cache pyaudio==0.2.14", python=binary, files={}, env=env)
    return Output(text, versions(binary, "uv"))


@case("pip-build-failed", "pkg-resources", "build")
def pkg_resources() -> Output:
    """A setup.py that imports pkg_resources, which setuptools 82 no longer has."""
    return _full("openai-whisper==20231117", python="3.12")


@case("pip-build-failed", "pkg-resources-pip-23", "build")
def pkg_resources_with_pip_23() -> Output:
    """The same with the pip of the python:3.10 images."""
    python = venv("pip-23", "pip==23.0.1", python="3.10")
    return Output(pip_step(python, "openai-whisper==20231117\n"), versions(python))


@case("pip-build-failed", "cython-sources", "build")
def cython_sources() -> Output:
    """An old PyYAML with the Cython of today."""
    return _full("pyyaml==5.4.1")


@case("pip-build-failed", "use-2to3", "build")
def use_2to3() -> Output:
    """A package that still converts itself from Python 2."""
    return _full("demjson==2.2.4")


@case("pip-build-failed", "sklearn-name", "build")
def sklearn_name() -> Output:
    """The placeholder for scikit-learn."""
    return _full("sklearn==0.0.post12")


@case("pip-build-failed", "setup-needs-numpy", "build")
def setup_needs_numpy() -> Output:
    """A setup.py that imports what is not there yet."""
    setup = lines("import numpy", "from setuptools import setup", 'setup(name="space-ext", version="0.1")')
    python = _newest()
    return Output(step("pip install --no-cache-dir .", python=python, files={"setup.py": setup}), versions(python))


@case("pip-build-failed", "hash-mismatch", "build")
def hash_mismatch() -> Output:
    """A download that is not what the requirements promise."""
    return _full(f"six==1.16.0 --hash=sha256:{'0' * 64}")


@case("pip-build-failed", "corrupt-wheel", "build")
def corrupt_wheel() -> Output:
    """A wheel that is no archive."""
    python = _newest()
    files = {"tool-1.0-py3-none-any.whl": "version https://git-lfs.github.com/spec/v1\n"}
    return Output(pip_step(python, "./tool-1.0-py3-none-any.whl\n", files=files), versions(python))


@case("pip-cuda-build", "flash-attn", "build")
def flash_attn() -> Output:
    """flash-attn is built where torch is not."""
    return _full("flash-attn==2.7.4.post1")


@case("pip-cuda-build", "setup-py-torch", "build")
def setup_py_torch() -> Output:
    """A setup.py that imports torch, with the pip of the python:3.10 images."""
    setup = lines("import torch", "from setuptools import setup", 'setup(name="space-ext", version="0.1")')
    python = venv("pip-23", "pip==23.0.1", python="3.10")
    return Output(step("pip install --no-cache-dir .", python=python, files={"setup.py": setup}), versions(python))


@case("pip-cuda-build", "uv", "build")
def uv_flash_attn() -> Output:
    """flash-attn with uv."""
    binary = venv("uv", "pip==26.3", "uv")
    env = {"VIRTUAL_ENV": str(binary.parent.parent)}
    text = step("uv pip install --no-cache flash-attn==2.7.4.post1", python=binary, files={}, env=env)
    return Output(text, versions(binary, "uv"))


@case("pip-cuda-build", "cuda-header", "build")
def cuda_header() -> Output:
    """C code with CUDA's header, in an image without the CUDA toolkit."""
    setup = lines(
        "from setuptools import Extension, setup", 'setup(name="space-ext", version="0.1", ext_modules=[Extension("k", ["k.c"])])'
    )
    python = _newest()
    text = step("pip install --no-cache-dir .", python=python, files={"setup.py": setup, "k.c": "#include <cuda_runtime.h>\n"})
    return Output(text, versions(python))


@case("pip-python-version", "distutils", "build")
def distutils() -> Output:
    """An old numpy is built on Python 3.12."""
    return _full("numpy==1.23.5", python="3.12")


@case("pip-python-version", "distutils-pip-24", "build")
def distutils_with_pip_24() -> Output:
    """The same with the pip of the python:3.12 images."""
    python = venv("pip-24", "pip==24.0", python="3.12")
    return Output(pip_step(python, "numpy==1.23.5\n"), versions(python))


@case("pip-python-version", "guarded-setup", "build")
def guarded_setup() -> Output:
    """A setup.py that refuses new Pythons itself."""
    return _full("numba==0.56.4", "--no-deps", python="3.12")


@case("pip-python-version", "c-api", "build")
def c_api() -> Output:
    """C code from before Python 3.12."""
    return _full("frozenlist==1.3.3", python="3.12")


@case("pip-python-version", "old-setuptools", "build")
def old_setuptools() -> Output:
    """A project that is built with a setuptools from before Python 3.12."""
    project = lines("[build-system]", 'requires = ["setuptools==65.5.0", "wheel"]', 'build-backend = "setuptools.build_meta"')
    setup = lines("import pkg_resources", "from setuptools import setup", 'setup(name="space-ext", version="0.1")')
    python = _newest("3.12")
    return Output(
        step("pip install --no-cache-dir .", python=python, files={"pyproject.toml": project, "setup.py": setup}),
        versions(python),
    )
