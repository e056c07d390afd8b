"""Debian's nginx as uid 1000: settings that it refuses, folders that it may not write, a low port, and a good start."""

from __future__ import annotations

import re

from .container import SETPRIV, as_user, boot, package_version
from .kit import Output, app, case, run, venv, versions
from .ports import ALONE

FOLDERS = " ".join(f"{name}_temp_path /tmp/nginx-{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
HEAD = "pid /tmp/nginx-space.pid; error_log stderr notice; daemon off;\nevents {}\n"
ENTRYPOINT = """/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Configuration complete; ready for start up
"""


SYSTEM = {"PATH": "/usr/sbin:/usr/bin:/bin"}


def http(server: str) -> str:
    return f"{HEAD}http {{ access_log off; {FOLDERS}\n{server}\n}}\n"


def nginx(config: str, code: int | None = 1) -> Output:
    with app({"nginx.conf": config}) as folder:
        command = ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf")]
        folder.chmod(0o755)
        log = run([*ALONE, *SETPRIV, "timeout", "3", *command], cwd=folder, env=SYSTEM)
        log = log.replace(f"{folder}/nginx.conf", "/etc/nginx/nginx.conf")
    log = re.sub(r"OS: Linux [\w.-]+", "OS: Linux 6.1.0", log)
    if "start worker processes" in log:  # it served until it was stopped
        log = log.split("signal 15")[0].rpartition("\n")[0] + "\n"
    return Output(boot(ENTRYPOINT + log, code), {"nginx": package_version("nginx")})


@case("privileged-port", "nginx-80")
def port_80() -> Output:
    return nginx(http("server { listen 80; location / { return 200; } }"))


@case("nginx-config", "unknown-directive")
def unknown_directive() -> Output:
    return nginx(http("server { listen 7860; proxypass http://127.0.0.1:8000; }"))


@case("nginx-config", "server-without-http")
def without_http() -> Output:
    return nginx("server {\n  listen 7860;\n  root /usr/share/nginx/html;\n}\n")


@case("nginx-config", "compose-upstream")
def compose_upstream() -> Output:
    return nginx(http("upstream api { server backend:8000; }\nserver { listen 7860; location / { proxy_pass http://api; } }"))


@case("nginx-config", "cache-folder")
def cache_folder() -> Output:
    return nginx(HEAD + "http { access_log off; server { listen 7860; } }\n")


@case("port-in-use", "nginx-and-app")
def port_taken() -> Output:
    with app(
        {"start.sh": "python3 -m http.server 7860 >/dev/null 2>&1 & sleep 1; nginx -e stderr -c $PWD/nginx.conf\n"}
    ) as folder:
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(http("server { listen 7860; location / { return 200; } }"))
        log = run([*ALONE, *SETPRIV, "bash", "start.sh"], cwd=folder, timeout=20)
    return Output(boot(log, 1), {"nginx": package_version("nginx")})


@case("healthy", "nginx")
def healthy() -> Output:
    return nginx("user www-data;\n" + http("server { listen 8093; location / { return 200; } }"), None)


def caddy(config: str) -> Output:
    with app({"Caddyfile": config}) as folder:
        log = as_user(["caddy", "run"], cwd=folder, env={"HOME": "/tmp"}, timeout=5)
    return Output(boot(log, 1), {"caddy": package_version("caddy")})


@case("nginx-config", "caddyfile")
def caddyfile() -> Output:
    return caddy(":7860 {\n  reverse_prox localhost:8000\n}\n")


@case("privileged-port", "caddy-80")
def caddy_80() -> Output:
    return caddy(":80 {\n  respond ok\n}\n")


@case("privileged-port", "apache-80")
def apache_80() -> Output:
    config = "ServerRoot /etc/apache2\nServerName localhost\nListen 80\nPidFile /tmp/apache-space.pid\nErrorLog /dev/stderr\n"
    modules = "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
    with app({"apache.conf": config + modules}) as folder:
        log = as_user(["apache2", "-X", "-f", str(folder / "apache.conf")], cwd=folder, timeout=5)
    return Output(boot(log, 1), {"apache2": package_version("apache2-bin")})


@case("port-in-use", "caddy-and-app")
def caddy_taken() -> Output:
    start = "python3 -m http.server 7860 >/dev/null 2>&1 & sleep 1; HOME=/tmp caddy run\n"
    with app({"start.sh": start, "Caddyfile": "{\n  admin off\n}\n:7860 {\n  respond ok\n}\n"}) as folder:
        folder.chmod(0o755)
        log = run([*ALONE, *SETPRIV, "bash", "start.sh"], cwd=folder, timeout=6)
    return Output(boot(log, 1), {"caddy": package_version("caddy")})


HANDSHAKE = """
import asyncio, http, sys
from websockets.asyncio.server import serve
import logging
logging.basicConfig(level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")


async def main():
    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 8000):
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", 7860)
            writer.write(b"GET /ws HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n")
            await reader.readline()


asyncio.run(main())
"""


@case("nginx-config", "upgrade-header-lost")
def upgrade_lost() -> Output:
    python = venv("websockets", "websockets")
    config = http("server { listen 7860; location /ws { proxy_http_version 1.1; proxy_pass http://127.0.0.1:8000; } }").replace(
        "stderr notice", "stderr warn"
    )
    config = config.replace("/tmp/nginx-", "/tmp/nginx-as-root-")
    with app({"nginx.conf": config, "app.py": HANDSHAKE}) as folder:
        inner = f"ip link set lo up; nginx -e stderr -c {folder}/nginx.conf & sleep 1; {python} app.py; kill %1"
        log = run([*ALONE, "bash", "-c", inner], cwd=folder, timeout=15)
    return Output(boot(log), {"nginx": package_version("nginx"), **versions(python, "websockets")})
