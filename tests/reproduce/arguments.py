"""Apps that want arguments on their command line, as argparse, click and gunicorn say it."""

from __future__ import annotations

from pathlib import Path

from .container import boot, system_python
from .kit import Output, app, case, run, venv, versions

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--config_path", required=True)
parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
parser.add_argument("--port", type=int, default=7860)
print(parser.parse_args())
"""
CLICK = """
import click


@click.command()
@click.option("--model-path", required=True)
def main(model_path):
    click.echo(model_path)


main()
"""


def environment() -> Path:
    return venv("arguments", "click", "gunicorn", "typer", "uvicorn")


def argparse(*arguments: str) -> Output:
    with app({"app.py": ARGPARSE}) as folder:
        return Output(boot(run(["/usr/bin/python3", "app.py", *arguments], cwd=folder), 2), system_python())


def module(files: dict[str, str], package: str, *command: str) -> Output:
    python = environment()
    with app(files) as folder:
        return Output(boot(run([python, *command], cwd=folder), 2), versions(python, package))


@case("app-arguments", "argparse-required")
def required() -> Output:
    return argparse()


@case("app-arguments", "argparse-unrecognized")
def unrecognized() -> Output:
    return argparse("--config_path", "config.yaml", "--server-name", "0.0.0.0")


@case("app-arguments", "argparse-choice")
def choice() -> Output:
    return argparse("--config_path", "config.yaml", "--device", "mps")


@case("app-arguments", "argparse-int")
def integer() -> Output:
    return argparse("--config_path", "config.yaml", "--port", "$PORT")


@case("app-arguments", "click-missing")
def click() -> Output:
    return module({"app.py": CLICK}, "click", "app.py")


@case("app-arguments", "typer-missing")
def typer() -> Output:
    code = "import typer\n\n\ndef main(model: str):\n    print(model)\n\n\ntyper.run(main)\n"
    return module({"app.py": code}, "typer", "app.py")


@case("app-arguments", "uvicorn-option")
def uvicorn() -> Output:
    return module({"app.py": ""}, "uvicorn", "-m", "uvicorn", "app:app", "--worker", "2")


@case("app-arguments", "gunicorn-no-module")
def gunicorn() -> Output:
    return module({"app.py": ""}, "gunicorn", "-m", "gunicorn", "--bind", "0.0.0.0:7860")
