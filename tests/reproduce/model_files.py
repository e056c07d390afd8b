"""Model files that cannot be read: cut, replaced by a Git LFS pointer, or refused since torch 2.6."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"


def torch() -> Path:
    """Torch 2.13 and safetensors."""
    return kit.venv("torch-2.13", "torch==2.13.0", "safetensors", "numpy", python="3.11")


def start(code: str, *packages: str) -> kit.Output:
    """Run `code` as app.py beside a Git LFS pointer called model.bin."""
    with kit.app({"app.py": code, "model.bin": POINTER}) as folder:
        text = kit.run([torch(), "app.py"], cwd=folder, timeout=120)
    return kit.Output(STARTUP + text, kit.versions(torch(), *packages))


@kit.case("model-file-unreadable", "safetensors-pointer")
def header_pointer() -> kit.Output:
    """An LFS pointer where a safetensors file belongs."""
    return start('from safetensors.torch import load_file\n\nweights = load_file("model.bin")\n', "safetensors", "torch")


@kit.case("model-file-unreadable", "safetensors-cut")
def header_cut() -> kit.Output:
    """A safetensors file whose end is missing."""
    code = """\
import pathlib

import torch
from safetensors.torch import load_file, save_file

save_file({"w": torch.zeros(64, 64)}, "model.safetensors")
whole = pathlib.Path("model.safetensors").read_bytes()
pathlib.Path("model.safetensors").write_bytes(whole[:4000])

weights = load_file("model.safetensors")
"""
    return start(code, "safetensors", "torch")


@kit.case("model-file-unreadable", "torch-zip-cut")
def zip_cut() -> kit.Output:
    """A checkpoint whose end is missing."""
    code = """\
import pathlib

import torch

torch.save({"w": torch.zeros(64, 64)}, "model.pt")
whole = pathlib.Path("model.pt").read_bytes()
pathlib.Path("model.pt").write_bytes(whole[:4000])

weights = torch.load("model.pt", map_location="cpu")
"""
    return start(code, "torch")


@kit.case("model-file-unreadable", "torch-html-page")
def html() -> kit.Output:
    """A web page saved under the name of a checkpoint, read the old way."""
    code = """\
import pathlib

import torch

pathlib.Path("model.pth").write_text("<!DOCTYPE html><html><body>Not found</body></html>")
weights = torch.load("model.pth", map_location="cpu", weights_only=False)
"""
    return start(code, "torch")


@kit.case("model-file-unreadable", "torch-empty-file")
def empty() -> kit.Output:
    """An empty checkpoint."""
    code = 'import pathlib\n\nimport torch\n\npathlib.Path("model.pth").touch()\nweights = torch.load("model.pth", map_location="cpu")\n'
    return start(code, "torch")


@kit.case("model-file-unreadable", "torch-jit-archive")
def jit() -> kit.Output:
    """torch.jit.load of a file that is no archive."""
    return start('import torch\n\nmodel = torch.jit.load("model.bin")\n', "torch")


@kit.case("model-file-unreadable", "torch-pointer")
def pointer() -> kit.Output:
    """torch.load of an LFS pointer with today's default."""
    return start('import torch\n\nweights = torch.load("model.bin", map_location="cpu")\n', "torch")


@kit.case("torch-weights-only", "global-not-allowed")
def weights_only() -> kit.Output:
    """A checkpoint that holds an object of a class of its own."""
    code = """\
import argparse

import torch

torch.save({"args": argparse.Namespace(lr=0.1), "w": torch.zeros(2)}, "model.pt")

checkpoint = torch.load("model.pt", map_location="cpu")
"""
    return start(code, "torch")


@kit.case("torch-weights-only", "numpy-scalar")
def weights_only_numpy() -> kit.Output:
    """A checkpoint that holds a numpy scalar."""
    code = """\
import numpy
import torch

torch.save({"best": numpy.float64(0.5), "w": torch.zeros(2)}, "model.pt")

checkpoint = torch.load("model.pt", map_location="cpu", weights_only=True)
"""
    return start(code, "torch", "numpy")


@kit.case("model-file-unreadable", "torch-jit-of-state-dict")
def jit_of_state() -> kit.Output:
    """torch.jit.load of a file that torch.save made."""
    code = 'import torch\n\ntorch.save({"w": torch.zeros(2)}, "model.pt")\nmodel = torch.jit.load("model.pt")\n'
    return start(code, "torch")


@kit.case("model-file-unreadable", "pickle-truncated")
def pickle_cut() -> kit.Output:
    """A checkpoint of the old format whose end is missing."""
    code = """\
import pathlib

import torch

torch.save({"w": torch.zeros(64, 64), "names": ["layer"] * 50}, "model.pt", _use_new_zipfile_serialization=False)
whole = pathlib.Path("model.pt").read_bytes()
pathlib.Path("model.pt").write_bytes(whole[:300])

weights = torch.load("model.pt", map_location="cpu", weights_only=False)
"""
    return start(code, "torch")


@kit.case("model-file-unreadable", "onnx-pointer")
def onnx_pointer() -> kit.Output:
    """An LFS pointer where an ONNX model belongs."""
    python = kit.venv("onnxruntime", "onnxruntime", python="3.12")
    code = 'import onnxruntime\n\nsession = onnxruntime.InferenceSession("model.bin")\n'
    with kit.app({"app.py": code, "model.bin": POINTER}) as folder:
        text = kit.run([python, "app.py"], cwd=folder, timeout=120)
    return kit.Output(STARTUP + text, kit.versions(python, "onnxruntime"))


def companion(name: str) -> Path:
    """Install a torch extension of an older torch beside the environment, without its torch."""
    folder = kit.CACHE / name
    if not folder.exists():
        command = [torch(), "-m", "pip", "install", "-q", "--no-deps", "--target", folder, name]
        subprocess.run([str(part) for part in command], check=True)
    return folder


def with_companion(code: str, *names: str) -> kit.Output:
    """Run `code` with torch 2.13 and extensions that were built for an older torch."""
    path = ":".join(str(companion(name)) for name in names)
    with kit.app({"app.py": code}) as folder:
        text = kit.run([torch(), "app.py"], cwd=folder, env={"PYTHONPATH": path}, timeout=120)
    text = re.sub(r"/[^\s\"']*?/spacedoctor-reproduce/torch\w+==[\d.]+", "/usr/local/lib/python3.11/site-packages", text)
    return kit.Output(STARTUP + text, {**kit.versions(torch(), "torch"), **dict(name.split("==") for name in names)})


@kit.case("torch-companion-mismatch", "torchvision-2.9")
def torchvision_old() -> kit.Output:
    """Torchvision of torch 2.9 beside torch 2.13."""
    return with_companion("import torchvision\n", "torchvision==0.24.1", "pillow==12.0.0")


@kit.case("torch-companion-mismatch", "torchaudio-2.8")
def torchaudio_old() -> kit.Output:
    """Torchaudio of torch 2.8 beside torch 2.13."""
    return with_companion(
        "import torchaudio\n\nprint(torchaudio.functional.resample)\nimport torchaudio.lib._torchaudio\n", "torchaudio==2.8.0"
    )
