"""Outside hosts that do not resolve, ports that are not let out, helper services that are not running, certificates that do not verify.

The walled-off cases need root: they run in a network namespace of their own in which 192.0.2.1 swallows connections and nothing resolves.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .kit import Output, app, case, run, venv, versions

WALL = """
ip link set lo up
ip addr add 192.0.2.1/32 dev lo
echo 1 > /proc/sys/net/ipv4/tcp_syn_retries
mount --bind hosts /etc/hosts
sleep 60 | python swallow.py 25 465 587 3306 5432 6379 27017 443 22 9000 &
swallow=$!
sleep 1
"$@"
kill $swallow
exit 0
"""
SWALLOW = """
import socket, sys
held = []
for port in map(int, sys.argv[1:]):
    listener = socket.socket()
    listener.bind(("192.0.2.1", port))
    listener.listen(0)
    held.append(listener)
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("192.0.2.1", port))
        held.append(client)
sys.stdin.read()
"""
HOSTS = """127.0.0.1 localhost
192.0.2.1 smtp.gmail.com db.example.com api.telegram.org redis.example.com cluster0.example.mongodb.net
2001:db8::1 db.abcdefgh.supabase.co
"""
MAIL = """
import smtplib
print("Sending the confirmation", flush=True)
server = smtplib.SMTP("smtp.gmail.com", 587, timeout=TIMEOUT)
server.starttls()
"""
POSTGRES = "import psycopg2\nprint('Connecting', flush=True)\npsycopg2.connect('postgresql://app:secret@HOST:5432/app')\n"
MYSQL = "import pymysql\npymysql.connect(host='HOST', port=3306, user='app', password='secret', connect_timeout=3)\n"
MONGO = (
    "from pymongo import MongoClient\nMongoClient('mongodb://HOST:27017', serverSelectionTimeoutMS=3000).admin.command('ping')\n"
)
REDIS = "import redis\nredis.Redis.from_url('redis://HOST:6379/0').ping()\n"
FETCH = {
    "requests": "import requests\nprint('Starting', flush=True)\nprint(requests.get('https://api.weather.example.com/v1/today').json())\n",
    "httpx": "import httpx\nprint(httpx.get('https://api.weather.example.com/v1/today').json())\n",
    "aiohttp": "import asyncio, aiohttp\n\n\nasync def main():\n    async with aiohttp.ClientSession() as session:\n"
    "        async with session.get('https://discord.com/api/v10/gateway') as answer:\n            print(answer.status)\n\n\n"
    "asyncio.run(main())\n",
    "urllib": "import urllib.request\nurllib.request.urlretrieve('https://files.example.com/labels.txt', 'labels.txt')\n",
    "telegram": "import os\nfrom telegram.ext import Application\n"
    "Application.builder().token('123456:TEST').build().run_polling(bootstrap_retries=0)\n",
    "openai": "from openai import OpenAI\nprint(OpenAI(api_key='sk-test', max_retries=0).models.list())\n",
}
REDIS_FALLBACK = """
import redis, uvicorn
try:
    cache = redis.Redis.from_url("redis://localhost:6379/0")
    cache.ping()
except redis.ConnectionError as error:
    print(f"Redis not available, using memory cache: {error}", flush=True)
    cache = {}


async def serve(scope, receive, send):
    pass


uvicorn.run(serve, host="0.0.0.0", port=7860, lifespan="off")
"""
OLLAMA = "import ollama\nprint(ollama.chat(model='llama3', messages=[{'role': 'user', 'content': 'hi'}]))\n"
LOCAL_API = "import requests\nprint(requests.post('http://localhost:11434/api/generate', json={'model': 'llama3'}).json())\n"
QDRANT = "import httpx\nprint(httpx.get('http://localhost:6333/collections').json())\n"
CELERY = """
from celery import Celery
app = Celery("tasks", broker="redis://localhost:6379/0", backend="redis://localhost:6379/0")
app.conf.broker_connection_retry_on_startup = False
app.conf.broker_connection_max_retries = 1
"""
NODE_REDIS = """
const net = require('net');
net.connect(6379, '127.0.0.1').on('connect', () => console.log('connected'));
"""
NODE_WALLED = """
const net = require('net');
net.connect(587, '192.0.2.1').on('connect', () => console.log('connected'));
"""
NODE_NAME = "require('https').get('https://api.weather.example.com/v1/today');\n"
NODE_TLS = "fetch('https://localhost:8443/labels.txt').then(console.log);\n"
ASYNCPG = "import asyncio, asyncpg\nasyncio.run(asyncpg.connect('postgresql://app:secret@db.example.com:5432/app', timeout=2))\n"
OTHER_PORT = "import requests\nrequests.get('http://db.example.com:9000/health')\n"
SOCKET = "import socket\nsocket.create_connection(('2001:db8::1', 8883))\n"
LOOKUP = "import ftplib\nftplib.FTP('files.example.com')\n"
NEO4J = "from neo4j import GraphDatabase\nGraphDatabase.driver('bolt://localhost:7687', auth=('neo4j', 'secret')).verify_connectivity()\n"
WORKER = "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:8001/health')\n"
AIOHTTP_LOCAL = FETCH["aiohttp"].replace("https://discord.com/api/v10/gateway", "http://127.0.0.1:8001/health")
COMPOSE = "import requests\nprint(requests.post('http://backend:8000/predict', json=dict(text='hi')).json())\n"
WAIT = """
for attempt in 1 2 3 4; do
    curl -sS http://127.0.0.1:11434/api/tags && break
    sleep 0.2
done
echo "Ollama did not start"
exit 1
"""
TLS_SERVER = """
import http.server, ssl, sys
server = http.server.HTTPServer(("127.0.0.1", 8443), http.server.BaseHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready", flush=True)
server.serve_forever()
"""
TLS = {
    "requests": "import requests\nprint(requests.get('https://localhost:8443/labels.txt').text)\n",
    "httpx": "import httpx\nprint(httpx.get('https://localhost:8443/labels.txt').text)\n",
    "aiohttp": "import asyncio, aiohttp\n\n\nasync def main():\n    async with aiohttp.ClientSession() as session:\n"
    "        async with session.get('https://localhost:8443/labels.txt') as answer:\n            print(await answer.text())\n\n\n"
    "asyncio.run(main())\n",
    "urllib": "import urllib.request\nurllib.request.urlretrieve('https://localhost:8443/labels.txt', 'labels.txt')\n",
}


def clients() -> Path:
    return venv(
        "network",
        "requests==2.34.2",
        "httpx==0.28.1",
        "aiohttp==3.14.5",
        "psycopg2-binary==2.9.13",
        "pymysql",
        "pymongo",
        "redis==8.1.0",
        "python-telegram-bot==22.8",
        "openai==3.54.0",
        "fastapi==0.165.0",
        "uvicorn==0.54.0",
        "ollama",
        "celery",
        "packaging",
        "asyncpg==0.32.0",
        "neo4j",
    )


def walled(code: str, *packages: str, timeout: float = 90, program: tuple[str, ...] = ()) -> Output:
    """Run `code` (by `program`, else by Python) where ports swallow connections and no name resolves."""
    python = clients()
    files = {"app.py": code, "wall.sh": WALL, "swallow.py": SWALLOW, "hosts": HOSTS}
    with app(files) as folder:
        command = program or (str(python), "app.py")
        text = run(["unshare", "-n", "-m", "bash", "wall.sh", *command], cwd=folder, timeout=timeout)
    return Output(text, node_version() if program[:1] == ("node",) else versions(python, *packages))


def node_version() -> dict[str, str]:
    return {"node": subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()}


def plain(code: str, *packages: str, timeout: float = 60, command: tuple[str, ...] = ("app.py",)) -> Output:
    """Run `code` on this machine, where nothing listens on the usual ports of helper services."""
    python = clients()
    with app({"app.py": code}) as folder:
        return Output(run([python, *command], cwd=folder, timeout=timeout), versions(python, *packages))


def certified(code: str, *packages: str, program: tuple[str, ...] = (), bundle: str = "") -> Output:
    """Run a TLS client against a loopback server with a self-signed certificate."""
    python = clients()
    with app({"app.py": code}) as folder, tempfile.TemporaryDirectory() as keys:
        Path(keys, "server.py").write_text(TLS_SERVER)
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem",
                "-days",
                "30",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
            ],
            cwd=keys,
            check=True,
            capture_output=True,
        )
        with subprocess.Popen([python, "server.py"], cwd=keys, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
            assert server.stdout
            server.stdout.readline()
            text = run(program or [python, "app.py"], cwd=folder, env={"REQUESTS_CA_BUNDLE": bundle} if bundle else None)
            server.terminate()
    return Output(text, node_version() if program[:1] == ("node",) else versions(python, *packages))


@case("outbound-blocked", "smtp-timed-out")
def smtp() -> Output:
    return walled(MAIL.replace("TIMEOUT", "None"))


@case("outbound-blocked", "smtp-client-timeout")
def smtp_client_timeout() -> Output:
    return walled(MAIL.replace("TIMEOUT", "2"))


@case("outbound-blocked", "postgres-timed-out")
def postgres() -> Output:
    return walled(POSTGRES.replace("HOST", "db.example.com"), "psycopg2-binary")


@case("outbound-blocked", "postgres-client-timeout")
def postgres_client_timeout() -> Output:
    return walled(POSTGRES.replace("HOST", "db.example.com").replace("/app')", "/app?connect_timeout=2')"), "psycopg2-binary")


@case("outbound-blocked", "postgres-ipv6-only")
def postgres_ipv6() -> Output:
    return walled(POSTGRES.replace("HOST", "db.abcdefgh.supabase.co"), "psycopg2-binary")


@case("outbound-blocked", "mysql-timed-out")
def mysql() -> Output:
    return walled(MYSQL.replace("HOST", "db.example.com"), "pymysql")


@case("outbound-blocked", "mongo-timed-out")
def mongo() -> Output:
    return walled(MONGO.replace("HOST", "cluster0.example.mongodb.net"), "pymongo")


@case("outbound-blocked", "redis-timed-out")
def redis_outside() -> Output:
    return walled(REDIS.replace("HOST", "redis.example.com"), "redis")


@case("database-unreachable", "mysql-refused")
def mysql_refused() -> Output:
    return plain(MYSQL.replace("HOST", "localhost"), "pymysql")


@case("database-unreachable", "mongo-refused")
def mongo_refused() -> Output:
    return plain(MONGO.replace("HOST", "localhost"), "pymongo")


@case("dns-blocked", "requests")
def dns_requests() -> Output:
    return walled(FETCH["requests"], "requests")


@case("dns-blocked", "httpx")
def dns_httpx() -> Output:
    return walled(FETCH["httpx"], "httpx")


@case("dns-blocked", "aiohttp")
def dns_aiohttp() -> Output:
    return walled(FETCH["aiohttp"], "aiohttp")


@case("dns-blocked", "urllib")
def dns_urllib() -> Output:
    return walled(FETCH["urllib"])


@case("dns-blocked", "telegram")
def dns_telegram() -> Output:
    return plain(FETCH["telegram"], "python-telegram-bot", timeout=20)


@case("dns-blocked", "openai")
def dns_openai() -> Output:
    return walled(FETCH["openai"], "openai")


@case("service-not-running", "redis-refused")
def redis_refused() -> Output:
    return plain(REDIS.replace("HOST", "localhost"), "redis")


@case("service-not-running", "redis-compose-name")
def redis_compose() -> Output:
    return plain(REDIS.replace("HOST", "redis"), "redis")


@case("service-not-running", "ollama-client")
def ollama() -> Output:
    return plain(OLLAMA, "ollama")


@case("service-not-running", "requests-to-ollama")
def local_api() -> Output:
    return plain(LOCAL_API, "requests")


@case("service-not-running", "httpx-to-qdrant")
def qdrant() -> Output:
    return plain(QDRANT, "httpx")


@case("service-not-running", "celery-broker")
def celery() -> Output:
    return plain(CELERY, "celery", "redis", command=("-m", "celery", "-A", "app", "worker", "--pool", "solo"), timeout=20)


@case("service-not-running", "node-redis")
def node_redis() -> Output:
    with app({"server.js": NODE_REDIS}) as folder:
        return Output(run(["node", "server.js"], cwd=folder), node_version())


@case("healthy", "redis-falls-back-to-memory")
def redis_fallback() -> Output:
    return plain(REDIS_FALLBACK, "redis", "uvicorn", timeout=8)


@case("tls-verify-failed", "requests-self-signed")
def tls_requests() -> Output:
    return certified(TLS["requests"], "requests")


@case("tls-verify-failed", "httpx-self-signed")
def tls_httpx() -> Output:
    return certified(TLS["httpx"], "httpx")


@case("tls-verify-failed", "aiohttp-self-signed")
def tls_aiohttp() -> Output:
    return certified(TLS["aiohttp"], "aiohttp")


@case("tls-verify-failed", "urllib-self-signed")
def tls_urllib() -> Output:
    return certified(TLS["urllib"])


@case("tls-verify-failed", "node-self-signed")
def tls_node() -> Output:
    return certified(NODE_TLS, program=("node", "app.py"))


@case("tls-verify-failed", "curl-self-signed")
def tls_curl() -> Output:
    return certified("", program=("curl", "-sS", "https://localhost:8443/labels.txt"))


@case("tls-verify-failed", "bundle-missing")
def tls_bundle() -> Output:
    return certified(TLS["requests"], "requests", bundle="/etc/ssl/company-ca.pem")


@case("outbound-blocked", "asyncpg-timed-out")
def asyncpg_timed_out() -> Output:
    return walled(ASYNCPG, "asyncpg")


@case("outbound-blocked", "node-smtp")
def node_smtp() -> Output:
    return walled(NODE_WALLED, program=("node", "app.py"))


@case("outbound-blocked", "requests-other-port")
def other_port() -> Output:
    return walled(OTHER_PORT, "requests")


@case("outbound-blocked", "ipv6-socket")
def ipv6() -> Output:
    return walled(SOCKET)


@case("outbound-blocked", "telegram-timed-out")
def telegram_timed_out() -> Output:
    return walled(FETCH["telegram"], "python-telegram-bot")


@case("dns-blocked", "ftplib")
def dns_ftplib() -> Output:
    return walled(LOOKUP)


@case("dns-blocked", "node-https")
def dns_node() -> Output:
    return walled(NODE_NAME, program=("node", "app.py"))


@case("dns-blocked", "curl")
def dns_curl() -> Output:
    return walled("", program=("curl", "-sSf", "https://files.example.com/labels.txt"))


@case("database-unreachable", "neo4j-refused")
def neo4j_refused() -> Output:
    return plain(NEO4J, "neo4j")


@case("database-unreachable", "node-refused")
def node_postgres() -> Output:
    with app({"server.js": NODE_REDIS.replace("6379", "5432")}) as folder:
        return Output(run(["node", "server.js"], cwd=folder), node_version())


@case("service-not-running", "worker-process")
def worker_refused() -> Output:
    return plain(WORKER)


@case("service-not-running", "aiohttp-to-worker")
def aiohttp_refused() -> Output:
    return plain(AIOHTTP_LOCAL, "aiohttp")


@case("service-not-running", "compose-name")
def compose_name() -> Output:
    return walled(COMPOSE, "requests")


@case("service-not-running", "curl-waits-for-ollama")
def waits() -> Output:
    return plain(WAIT, command=("-c", "import subprocess, sys; sys.exit(subprocess.run(['bash', 'app.py']).returncode)"))
