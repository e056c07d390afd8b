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


def module(files: dict[str, str], package: str, *command: str, ends_with: int = 2) -> Output:
    python = environment()
    with app(files) as folder:
        return Output(boot(run([python, *command], cwd=folder), ends_with), versions(python, package))


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


@case("app-arguments", "uvicorn-port-unexpanded")
def uvicorn_port() -> Output:
    return module({"app.py": ""}, "uvicorn", "-m", "uvicorn", "app:app", "--host", "0.0.0.0", "--port", "$PORT")


@case("app-arguments", "uvicorn-port-empty")
def uvicorn_empty() -> Output:
    return module({"app.py": ""}, "uvicorn", "-m", "uvicorn", "app:app", "--host", "0.0.0.0", "--port")


@case("app-arguments", "gunicorn-port-unexpanded")
def gunicorn_port() -> Output:
    return module({"app.py": ""}, "gunicorn", "-m", "gunicorn", "--bind", "0.0.0.0:$PORT", "app:app", ends_with=1)


@case("app-arguments", "environ-port-unexpanded")
def environ_port() -> Output:
    code = 'import sys\n\nimport uvicorn\n\nuvicorn.run("app:app", host="0.0.0.0", port=int(sys.argv[1]))\n'
    return module({"app.py": code}, "uvicorn", "app.py", "$PORT", ends_with=1)


@case("app-arguments", "uvicorn-foreign-host")
def uvicorn_host() -> Output:
    return module(
        {"app.py": "app = None\n"}, "uvicorn", "-m", "uvicorn", "app:app", "--host", "192.0.2.10", "--port", "7860", ends_with=1
    )


@case("app-arguments", "gunicorn-unknown-host")
def gunicorn_host() -> Output:
    return module({"app.py": ""}, "gunicorn", "-m", "gunicorn", "--bind", "backend:7860", "app:app", ends_with=1)
