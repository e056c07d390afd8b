"""Containers whose start command names a file or program that is not there, or that the kernel cannot execute."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .container import as_user, boot, package_version, system_python, tools
from .kit import Output, app, case, run, venv, versions
from .npm_install import manager

CRLF = "#!/bin/bash\r\nset -e\r\nexec python app.py\r\n"


def shells() -> dict[str, str]:
    return {"os": tools()["os"], "bash": package_version("bash"), "dash": package_version("dash")}


def unpacked(package: str, program: str) -> Path:
    """Fetch a Debian package without installing it, and return its program, which uid 1000 may run."""
    home = Path(tempfile.gettempdir()) / "spacedoctor-reproduce-debs" / package
    if not (home / program).exists():
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=home, check=True, capture_output=True)
        subprocess.run(["dpkg", "-x", str(next(home.glob("*.deb"))), str(home)], check=True)
        subprocess.run(["chmod", "-R", "a+rX", str(home.parent)], check=True)
    return home / program


def candidate(package: str) -> str:
    done = subprocess.run(["apt-cache", "policy", package], check=True, capture_output=True, text=True)
    return done.stdout.split("Candidate: ")[1].splitlines()[0]


def runnable(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).chmod(0o755)


@case("entrypoint-missing", "python-file")
def python_file() -> Output:
    with app({"main.py": "print('hello')\n"}) as folder:
        return Output(boot(as_user(["python3", "app.py"], cwd=folder), 2), system_python())


@case("entrypoint-missing", "shell-form-gunicorn")
def shell_form() -> Output:
    with app({"app.py": "print('hello')\n"}) as folder:
        log = as_user(["sh", "-c", "gunicorn --bind 0.0.0.0:7860 app:app"], cwd=folder)
    return Output(boot(log, 127), shells())


@case("entrypoint-missing", "script-without-uvicorn")
def script() -> Output:
    start = "#!/bin/bash\nset -e\necho 'Starting API on port 7860'\nuvicorn main:app --host 0.0.0.0 --port 7860\n"
    with app({"start.sh": start}) as folder:
        return Output(boot(as_user(["bash", "start.sh"], cwd=folder), 127), shells())


@case("entrypoint-missing", "script-exec-dash")
def script_dash() -> Output:
    with app({"run.sh": "#!/bin/sh\nexec streamlit run app.py --server.port 7860\n"}) as folder:
        return Output(boot(as_user(["sh", "run.sh"], cwd=folder), 127), shells())


@case("entrypoint-missing", "script-not-copied")
def script_not_copied() -> Output:
    with app({"app.py": ""}) as folder:
        log = as_user(["bash", "start.sh"], cwd=folder)
    return Output(boot(log, 127), shells())


@case("entrypoint-missing", "script-not-copied-sh")
def script_not_copied_sh() -> Output:
    with app({"app.py": ""}) as folder:
        return Output(boot(as_user(["sh", "start.sh"], cwd=folder), 2), shells())


@case("entrypoint-missing", "npm-script")
def npm_script() -> Output:
    package = '{"name": "my-space", "version": "1.0.0", "scripts": {"dev": "vite"}}'
    with app({"package.json": package}) as folder:
        log = as_user(["npm", "start"], cwd=folder, owned=True, env={"HOME": str(folder)})
    return Output(boot(log, 1), tools("node", "npm"))


@case("entrypoint-missing", "streamlit-file")
def streamlit_file() -> Output:
    python = venv("entry-streamlit", "streamlit==1.67.0")
    with app({"main.py": "import streamlit\n"}) as folder:
        log = run(
            [python, "-m", "streamlit", "run", "app.py", "--server.headless", "true"], cwd=folder, env={"HOME": str(folder)}
        )
    return Output(boot(log, 2), versions(python, "streamlit"))


@case("entrypoint-missing", "jar")
def jar() -> Output:
    with app({"README.md": ""}) as folder:
        log = as_user(["java", "-jar", "app.jar"], cwd=folder)
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    return Output(boot(log, 1), {"java": java.split('"')[1]})


@case("entrypoint-format", "crlf-shebang")
def crlf() -> Output:
    with app({"start.sh": "#!/usr/bin/env bash\r\nset -e\r\npython app.py\r\n"}) as folder:
        runnable(folder, "start.sh")
        return Output(boot(as_user(["./start.sh"], cwd=folder), 127), shells())


@case("entrypoint-format", "crlf-required-file")
def crlf_required_file() -> Output:
    with app({"start.sh": CRLF, "boot.sh": "#!/bin/bash\n./start.sh\n"}) as folder:
        runnable(folder, "start.sh")
        return Output(boot(as_user(["bash", "boot.sh"], cwd=folder), 127), shells())


@case("entrypoint-format", "crlf-script-body")
def crlf_body() -> Output:
    script = "#!/bin/bash\r\n\r\necho Starting\r\n\r\npython3 app.py\r\n"
    with app({"start.sh": script}) as folder:
        return Output(boot(as_user(["bash", "start.sh"], cwd=folder), 2), shells())


@case("entrypoint-format", "missing-interpreter")
def interpreter() -> Output:
    with app({"serve": "#!/usr/bin/env node20\nconsole.log(1)\n"}) as folder:
        runnable(folder, "serve")
        return Output(boot(as_user(["./serve"], cwd=folder), 127), shells())


@case("entrypoint-format", "no-shebang")
def no_shebang() -> Output:
    code = "import subprocess\nprint('Starting worker', flush=True)\nsubprocess.run(['./worker.sh'], check=True)\n"
    with app({"worker.sh": "echo working\n", "app.py": code}) as folder:
        runnable(folder, "worker.sh")
        return Output(boot(as_user(["python3", "app.py"], cwd=folder), 1), system_python())


@case("entrypoint-format", "wrong-architecture")
def architecture() -> Output:
    with app({"start.sh": "#!/bin/bash\n./server --port 7860\n"}) as folder:
        binary = bytearray(Path("/bin/true").read_bytes())
        binary[18] = 0xB7  # e_machine: AArch64
        (folder / "server").write_bytes(binary)
        runnable(folder, "server")
        return Output(boot(as_user(["bash", "start.sh"], cwd=folder), 126), shells())


@case("entrypoint-format", "no-run-bit")
def run_bit() -> Output:
    with app({"start.sh": "#!/bin/bash\necho hello\n"}) as folder:
        return Output(boot(as_user(["sh", "-c", "./start.sh"], cwd=folder), 126), shells())


@case("entrypoint-missing", "helper-in-script")
def helper() -> Output:
    start = "#!/bin/bash\nset -e\necho 'Generating client'\nopenapi-generator generate -i api.json\nexec python3 app.py\n"
    with app({"start.sh": start, "app.py": ""}) as folder:
        return Output(boot(as_user(["bash", "start.sh"], cwd=folder), 127), shells())


@case("entrypoint-missing", "tini")
def tini() -> Output:
    with app({"app.py": ""}) as folder:
        log = as_user(["tini", "-s", "--", "gunicorn", "app:app"], cwd=folder)
    return Output(boot(log, 127), {"tini": package_version("tini")})


@case("entrypoint-missing", "supervisord")
def supervisord() -> Output:
    python = venv("supervisor", "supervisor", "setuptools<81")
    config = "[supervisord]\nnodaemon=true\nuser=root\n[program:api]\ncommand=uvicorn main:app --port 8000\nstartretries=1\n"
    with app({"supervisord.conf": config}) as folder:
        log = run([python.parent / "supervisord", "-c", "supervisord.conf"], cwd=folder, env={"PATH": "/usr/bin:/bin"}, timeout=8)
    log = log.split("SIGTERM")[0].rpartition("\n")[0] + "\n"
    return Output(boot(log), versions(python, "supervisor"))


@case("entrypoint-missing", "yarn-script")
def yarn_script() -> Output:
    with app({"package.json": '{"name": "my-space", "version": "1.0.0", "license": "MIT"}'}) as folder:
        log = run(["node", manager("yarn", "1.22.22"), "start"], cwd=folder)
    return Output(boot(log, 1), {**tools("node"), "yarn": "1.22.22"})


@case("entrypoint-missing", "perl-script")
def perl() -> Output:
    with app({"README.md": ""}) as folder:
        return Output(boot(as_user(["perl", "app.pl"], cwd=folder), 2), {"perl": package_version("perl-base")})


@case("entrypoint-format", "bash-options-in-sh")
def bash_options() -> Output:
    with app({"start.sh": "#!/bin/bash\nset -euo pipefail\nexec python3 app.py\n"}) as folder:
        return Output(boot(as_user(["sh", "start.sh"], cwd=folder), 2), shells())


@case("entrypoint-format", "tini-no-run-bit")
def tini_run_bit() -> Output:
    with app({"start.sh": "#!/bin/bash\necho hello\n"}) as folder:
        log = as_user(["tini", "-s", "--", "./start.sh"], cwd=folder)
    return Output(boot(log, 126), {"tini": package_version("tini")})


def shell_script(script: str, *command: str, code: int = 2) -> Output:
    with app({"start.sh": script, "venv.sh": ""}) as folder:
        return Output(boot(as_user([*command, "start.sh"], cwd=folder), code), shells())


@case("entrypoint-missing", "script-without-venv")
def script_venv() -> Output:
    return shell_script("#!/bin/bash\n/opt/venv/bin/uvicorn main:app --host 0.0.0.0 --port 7860\n", "bash", code=127)


@case("entrypoint-missing", "python-folder")
def python_folder() -> Output:
    with app({"main.py": ""}) as folder:
        log = as_user(["/usr/bin/python3", "."], cwd=folder).replace("in '.'", "in '/home/user/app'")
    return Output(boot(log, 1), system_python())


@case("entrypoint-format", "crlf-if")
def crlf_if() -> Output:
    script = '#!/bin/bash\r\nif [ -n "$HOME" ]; then\r\n  echo Starting\r\nfi\r\nexec python3 app.py\r\n'
    return shell_script(script, "bash")


@case("entrypoint-format", "bash-in-sh")
def bash_in_sh() -> Output:
    return shell_script("#!/bin/bash\necho ${PORT//7/8}\n", "sh")


@case("entrypoint-format", "source-in-sh")
def source_in_sh() -> Output:
    return shell_script("#!/bin/bash\nsource ./venv.sh\nexit 1\n", "sh", code=1)


@case("entrypoint-format", "busybox-env")
def busybox_env() -> Output:
    busybox = unpacked("busybox-static", "bin/busybox")
    with app({"start.sh": "echo Starting\n"}) as folder:
        log = as_user([busybox, "sh", "-c", f"PATH=/nonexistent; exec {busybox} env bash start.sh"], cwd=folder)
    return Output(boot(log, 127), {"busybox": candidate("busybox-static")})


@case("entrypoint-missing", "busybox-script")
def busybox_script() -> Output:
    busybox = unpacked("busybox-static", "bin/busybox")
    with app({"start.sh": "#!/bin/sh\nexec uvicorn main:app\n"}) as folder:
        log = as_user([busybox, "sh", "start.sh"], cwd=folder)
    return Output(boot(log, 127), {"busybox": candidate("busybox-static")})
