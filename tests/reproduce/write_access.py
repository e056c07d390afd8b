"""Uid 1000 where the files are root's: folders of the app, caches below a home that is not its own, scripts; and warnings that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .container import as_user, boot, building, package_version, step, system_python, tools
from .entry_points import candidate, unpacked
from .kit import Output, app, case, run, venv, versions

UPLOADS = """
import logging, os
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
logging.info("Preparing folders")
os.makedirs("/opt/uploads", exist_ok=True)
"""
LOGFILE = "import logging\nlogging.basicConfig(filename='app.log')\n"
HUB = """
import os, threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Hub(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        for name, value in {"ETag": '"5c1f"', "X-Repo-Commit": "a" * 40, "Content-Length": "2"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
from huggingface_hub import hf_hub_download
print(hf_hub_download("openai-community/gpt2", "config.json"))
"""
NUMBA = "import numba\n\n\n@numba.njit(cache=True)\ndef mel(x):\n    return x + 1\n\n\nprint(mel(1))\n"
PLOT = "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1])\nprint('Running on local URL:  http://0.0.0.0:7860')\n"
GETUSER = "import getpass\nprint('cache of', getpass.getuser())\n"
START = """#!/bin/bash
set -e
mkdir -p /data/models
python3 app.py
"""


def python(files: Mapping[str, str], packages: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run app.py by Debian's Python as uid 1000, with the packages of an environment."""
    site = packages.parent.parent / "lib" / "python3.11" / "site-packages" if packages else Path("/nonexistent")
    with app(files) as folder:
        log = as_user(["/usr/bin/python3", "app.py"], cwd=folder, env={"PYTHONPATH": str(site), "HOME": "/", **(env or {})})
    return log.replace(str(site), "/usr/local/lib/python3.11/site-packages")


def user(script: str, command: Sequence[str] = ("bash", "start.sh")) -> str:
    with app({"start.sh": script, "app.py": "print('Application startup complete.')\n"}) as folder:
        return as_user(list(command), cwd=folder)


@case("permission-denied", "python-makedirs")
def makedirs() -> Output:
    return Output(boot(python({"app.py": UPLOADS}), 1), system_python())


@case("permission-denied", "python-log-file")
def log_file() -> Output:
    return Output(boot(python({"app.py": LOGFILE}), 1), system_python())


@case("permission-denied", "shell-mkdir-data")
def mkdir_data() -> Output:
    return Output(boot(user(START), 1), tools("bash"))


@case("permission-denied", "shell-redirect")
def redirect() -> Output:
    return Output(boot(user("#!/bin/bash\nset -e\necho start > /var/log/app.log\n"), 1), tools("bash"))


@case("permission-denied", "root-packages")
def root_packages() -> Output:
    with app({"app.py": ""}) as folder:
        secret = folder / "root"
        secret.mkdir(mode=0o700)
        (secret / "uvicorn").write_text("print(1)\n")
        log = as_user(["python3", str(secret / "uvicorn"), "main:app"], cwd=folder).replace(str(secret), "/root/.local/bin")
    return Output(boot(log, 2), system_python())


@case("permission-denied", "apt-after-user", "build")
def apt_after_user() -> Output:
    log = user("apt-get update && apt-get install -y ffmpeg\n", ("sh", "start.sh"))
    return Output(building(step("apt-get update && apt-get install -y ffmpeg", log, 100)), tools("apt-get"))


@case("permission-denied", "npm-after-user", "build")
def npm_after_user() -> Output:
    with app({"package.json": '{"name": "web", "version": "1.0.0", "dependencies": {}}', "package-lock.json": "{}"}) as folder:
        (folder / "home").mkdir(mode=0o777)
        (folder / "home").chmod(0o777)
        log = as_user(["npm", "install"], cwd=folder, env={"HOME": str(folder / "home"), "npm_config_update_notifier": "false"})
        log = log.replace(str(folder / "home"), "/home/user")
    return Output(building(step("npm install", log, 243)), tools("node", "npm"))


@case("permission-denied", "caddy-config")
def caddy_config() -> Output:
    with app({"README.md": ""}) as folder:
        log = as_user(["caddy", "run", "--config", "/root/Caddyfile"], cwd=folder, env={"HOME": "/tmp"}, timeout=5)
    return Output(boot(log, 1), {"caddy": package_version("caddy")})


@case("permission-denied", "postgres-data")
def postgres_data() -> Output:
    initdb = next(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    with app({"README.md": ""}) as folder:
        data = folder / "pgdata"
        data.mkdir(mode=0o700)
        log = as_user([initdb, "-D", data], cwd=folder).replace(str(data), "/var/lib/postgresql/data")
        log = re.sub(r'owned by user "\w+"', 'owned by user "user"', log)
    return Output(boot(log, 1), {"postgresql": initdb.parts[-3]})


@case("permission-denied", "sudo")
def sudo() -> Output:
    log = user("set -e\nsudo apt-get install -y ffmpeg\n")
    return Output(boot(log, 1), {"sudo": package_version("sudo")})


@case("cache-not-writable", "shell-mkdir")
def mkdir_cache() -> Output:
    return Output(boot(user("#!/bin/bash\nset -e\nmkdir -p /.cache/models\npython3 app.py\n"), 1), tools("bash"))


@case("cache-not-writable", "hub-cache")
def hub_cache() -> Output:
    packages = venv("hub-cache", "huggingface_hub==2.4.0")
    return Output(boot(python({"app.py": HUB}, packages), 1), versions(packages, "huggingface_hub"))


@case("cache-not-writable", "hub-cache-data")
def hub_cache_data() -> Output:
    packages = venv("hub-cache", "huggingface_hub==2.4.0")
    log = python({"app.py": HUB}, packages, {"HF_HOME": "/data/.huggingface", "HOME": "/tmp"})
    return Output(boot(log, 1), versions(packages, "huggingface_hub"))


@case("cache-not-writable", "numba")
def numba() -> Output:
    packages = venv("numba-cache", "numba")
    return Output(boot(python({"app.py": NUMBA}, packages, {"HOME": "/nonexistent"}), 1), versions(packages, "numba"))


@case("cache-not-writable", "no-user-name")
def no_user_name() -> Output:
    with app({"app.py": GETUSER}) as folder:
        folder.chmod(0o755)
        log = run(["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", "/usr/bin/python3", "app.py"], cwd=folder)
    return Output(boot(log.replace("54321", "1000"), 1), system_python())


@case("cache-not-writable", "npx")
def npx() -> Output:
    with app({"package.json": '{"name": "web"}'}) as folder:
        log = as_user(["npx", "--yes", "serve@14.2.4", "-l", "7860"], cwd=folder, env={"HOME": "/"})
    return Output(boot(log, 1), tools("node", "npm"))


@case("healthy", "matplotlib-without-config-folder")
def matplotlib() -> Output:
    packages = venv("matplotlib-cache", "matplotlib")
    log = python({"app.py": PLOT}, packages)
    return Output(boot(log), versions(packages, "matplotlib"))


@case("permission-denied", "gosu")
def gosu() -> Output:
    program = unpacked("gosu", "usr/sbin/gosu")
    with app({"server.js": ""}) as folder:
        return Output(boot(as_user([program, "postgres", "node", "server.js"], cwd=folder), 1), {"gosu": candidate("gosu")})


@case("permission-denied", "setpriv")
def setpriv() -> Output:
    script = "setpriv --reuid 999 --regid 999 --clear-groups python3 app.py\n"
    return Output(boot(user(script, ("sh", "start.sh")), 127), {"util-linux": package_version("util-linux")})


@case("permission-denied", "useradd")
def useradd() -> Output:
    log = user("#!/bin/sh\nset -e\nuseradd -u 1001 app\n", ("sh", "start.sh"))
    return Output(boot(log, 1), {"passwd": package_version("passwd")})


@case("permission-denied", "supervisor-user")
def supervisor_user() -> Output:
    python = venv("supervisor-user", "supervisor", "setuptools<81")
    site = python.parent.parent / "lib" / "python3.11" / "site-packages"
    settings = "[supervisord]\nnodaemon=true\nuser=root\nlogfile=/dev/null\n"
    with app({"supervisord.conf": settings}) as folder:
        command = ["/usr/bin/python3", "-m", "supervisor.supervisord", "-c", "supervisord.conf"]
        log = as_user(command, cwd=folder, env={"PYTHONPATH": str(site)})
    return Output(boot(log, 2), versions(python, "supervisor"))
