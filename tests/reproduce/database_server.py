"""A PostgreSQL server that refuses, is full, drops its clients or does not know them; database addresses and drivers that do not fit."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .kit import Output, app, case, run, venv, versions

PORT = "55432"
CONNECT = {
    "psycopg2": "import os, psycopg2\nprint('Connecting', flush=True)\ndb = psycopg2.connect(os.environ['DATABASE_URL'])\n",
    "psycopg": "import os, psycopg\nprint('Connecting', flush=True)\ndb = psycopg.connect(os.environ['DATABASE_URL'])\n",
    "asyncpg": "import asyncio, os, asyncpg\nprint('Connecting', flush=True)\n"
    "asyncio.run(asyncpg.connect(os.environ['DATABASE_URL']))\n",
    "sqlalchemy": "import os\nfrom sqlalchemy import create_engine, text\nengine = create_engine(os.environ['DATABASE_URL'])\n"
    "with engine.connect() as db:\n    print(db.execute(text('select 1')).scalar())\n",
    "sqlalchemy-async": "import asyncio, os\nfrom sqlalchemy import text\nfrom sqlalchemy.ext.asyncio import create_async_engine\n"
    "engine = create_async_engine(os.environ['DATABASE_URL'])\n\n\nasync def main():\n"
    "    async with engine.connect() as db:\n        print((await db.execute(text('select 1'))).scalar())\n\n\n"
    "asyncio.run(main())\n",
}
MANY = """
import os, psycopg2
held = []
for number in range(30):
    held.append(psycopg2.connect(os.environ["DATABASE_URL"]))
    print("worker", number, "connected", flush=True)
"""
POOL = """
import os
from sqlalchemy import create_engine, text
engine = create_engine(os.environ["DATABASE_URL"], pool_timeout=1)
sessions = []
for request in range(20):
    connection = engine.connect()
    connection.execute(text("select 1"))
    sessions.append(connection)
    print("request", request, "served", flush=True)
"""
DROPPED = """
import os, sqlalchemy
from sqlalchemy import create_engine, text
engine = create_engine(os.environ["DATABASE_URL"])
other = create_engine(os.environ["DATABASE_URL"])
with engine.connect() as db:
    mine = db.execute(text("select pg_backend_pid()")).scalar()
    print("Serving requests", flush=True)
    with other.connect() as admin:
        admin.execute(text("select pg_terminate_backend(:pid)"), {"pid": mine})
    db.execute(text("select id from conversations"))
"""
DROPPED_ASYNCPG = """
import asyncio, os, asyncpg


async def main():
    url = os.environ["DATABASE_URL"]
    db, admin = await asyncpg.connect(url), await asyncpg.connect(url)
    await admin.execute(f"select pg_terminate_backend({await db.fetchval('select pg_backend_pid()')})")
    await asyncio.sleep(0.5)
    await db.fetch("select 1")


asyncio.run(main())
"""
DUPLICATE = """
import os
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True, nullable=False)


engine = create_engine(os.environ["DATABASE_URL"])
Base.metadata.create_all(engine)
for round in range(2):
    with Session(engine) as session:
        session.add(User(email="admin@example.com"))
        session.commit()
"""
RETRY = """
import os, time, psycopg2
for attempt in range(1, 6):
    try:
        db = psycopg2.connect(os.environ["DATABASE_URL"] if attempt > 2 else "postgresql://app:secret@localhost:55431/app")
        break
    except psycopg2.OperationalError as error:
        print(f"Database is not ready (attempt {attempt} of 5): {error}".strip(), flush=True)
        time.sleep(0.2)
print("Connected to the database", flush=True)
import uvicorn


async def serve(scope, receive, send):
    pass


uvicorn.run(serve, host="0.0.0.0", port=7860, lifespan="off")
"""
NODE = """
const { Client } = require('pg');
const client = new Client({ connectionString: process.env.DATABASE_URL });
client.connect().then(() => console.log('connected'));
"""


EMBEDDED = {
    "read-only": "import duckdb\nduckdb.connect('app.duckdb').execute('CREATE TABLE runs (id INTEGER)').close()\n"
    "duckdb.connect('app.duckdb', read_only=True).execute('INSERT INTO runs VALUES (1)')\n",
    "folder": "import duckdb\nduckdb.connect('/data/app.duckdb')\n",
    "lock": "import duckdb, subprocess, sys\ndb = duckdb.connect('app.duckdb')\n"
    "code = \"import duckdb; duckdb.connect('app.duckdb')\"\nsys.exit(subprocess.run([sys.executable, '-c', code]).returncode)\n",
}
PEEWEE = "from peewee import PostgresqlDatabase\nPostgresqlDatabase('app', host='localhost').connect()\n"
DJANGO = """
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "app"}}, INSTALLED_APPS=["django.contrib.auth",
                   "django.contrib.contenttypes"])
import django
django.setup()
"""
POOL_PSYCOPG2 = """
import os
from psycopg2.pool import ThreadedConnectionPool
pool = ThreadedConnectionPool(1, 3, os.environ["DATABASE_URL"])
held = [pool.getconn() for request in range(4)]
"""
SYNC_POOL = """
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool
create_async_engine("postgresql+asyncpg://app:secret@localhost/app", poolclass=QueuePool)
"""
SQLITE_OPTION = """
import os
from sqlalchemy import create_engine
create_engine(os.environ["DATABASE_URL"], connect_args={"check_same_thread": False}).connect()
"""
REDIS_URL = "import os, redis\nredis.Redis.from_url(os.environ['DATABASE_URL']).ping()\n"


def drivers() -> Path:
    return venv(
        "postgres-sa20",
        "sqlalchemy==2.0.58",
        "psycopg2-binary==2.9.13",
        "psycopg[binary]==3.3.9",
        "asyncpg==0.32.0",
        "uvicorn==0.54.0",
        "redis==8.1.0",
    )


def older() -> Path:
    return venv("postgres-sa14", "sqlalchemy==1.4.54", "psycopg2-binary==2.9.9", "psycopg[binary]==3.1.18", "asyncpg==0.27.0")


def bare(release: str) -> Path:
    return venv(f"bare-sa{release}", f"sqlalchemy=={release}")


def bare_async() -> Path:
    return venv("bare-sa2.1-async", "sqlalchemy[asyncio]==2.1.9")


def try_url(python: Path, how: str, url: str, *packages: str) -> Output:
    """Run one of the connect scripts against `url`."""
    with app({"app.py": CONNECT[how]}) as folder:
        return Output(run([python, "app.py"], cwd=folder, env={"DATABASE_URL": url}), versions(python, *packages))


def as_postgres(command: list[str]) -> list[str]:
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if os.getuid() == 0 else command


@contextmanager
def server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A PostgreSQL 15 on a loopback port with the role `app` (password: secret) and the database `app`."""
    binaries = Path("/usr/lib/postgresql/15/bin")
    folder = tempfile.mkdtemp(prefix="pg-")
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    password = readable("spacedoctor-pg-password", "secret\n")
    initdb = [str(binaries / "initdb"), "-D", f"{folder}/data", "-A", "scram-sha-256", f"--pwfile={password}", "-U", "app"]
    subprocess.run(as_postgres(initdb), check=True, stdout=subprocess.DEVNULL, cwd=folder)
    options = ["-c", f"port={PORT}", "-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=127.0.0.1"]
    for name, value in (settings or {}).items():
        options += ["-c", f"{name}={value}"]
    process = subprocess.Popen(
        as_postgres([str(binaries / "postgres"), "-D", f"{folder}/data", *options]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        wait_ready(binaries)
        yield f"postgresql://app:secret@127.0.0.1:{PORT}/postgres"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def readable(name: str, text: str) -> str:
    """Write a file that the server's own user can read, and return its path."""
    path = Path(tempfile.gettempdir()) / name
    path.write_text(text)
    path.chmod(0o644)
    return str(path)


def wait_ready(binaries: Path) -> None:
    for _ in range(100):
        if subprocess.run([binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", PORT], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("the PostgreSQL server did not start")


def script(python: Path, text: str, url: str, *packages: str, timeout: float = 60) -> Output:
    """Run one script against the server's address."""
    with app({"app.py": text}) as folder:
        return Output(
            run([python, "app.py"], cwd=folder, env={"DATABASE_URL": url}, timeout=timeout), versions(python, *packages)
        )


@case("database-unreachable", "psycopg2-refused")
def refused_psycopg2() -> Output:
    return try_url(drivers(), "psycopg2", "postgresql://app:secret@localhost:5432/app", "psycopg2-binary")


@case("database-unreachable", "sqlalchemy-1-4-refused")
def refused_sqlalchemy() -> Output:
    return try_url(older(), "sqlalchemy", "postgresql://app:secret@localhost:5432/app", "sqlalchemy", "psycopg2-binary")


@case("database-unreachable", "psycopg3-refused")
def refused_psycopg() -> Output:
    return try_url(drivers(), "psycopg", "postgresql://app:secret@localhost:5432/app", "psycopg")


@case("database-unreachable", "asyncpg-refused")
def refused_asyncpg() -> Output:
    return try_url(drivers(), "asyncpg", "postgresql://app:secret@localhost:5432/app", "asyncpg")


@case("database-unreachable", "psycopg2-unknown-host")
def unknown_host() -> Output:
    return try_url(drivers(), "psycopg2", "postgresql://app:secret@db:5432/app", "psycopg2-binary")


@case("database-unreachable", "asyncpg-unknown-host")
def unknown_host_async() -> Output:
    url = "postgresql+asyncpg://app:secret@db.example.invalid:5432/app"
    return try_url(drivers(), "sqlalchemy-async", url, "asyncpg", "sqlalchemy")


@case("database-unreachable", "psycopg3-unknown-host")
def unknown_host_psycopg() -> Output:
    return try_url(drivers(), "psycopg", "postgresql://app:secret@db:5432/app", "psycopg")


@case("database-unreachable", "no-socket")
def no_socket() -> Output:
    return try_url(drivers(), "psycopg2", "postgresql:///app", "psycopg2-binary")


@case("database-auth-failed", "psycopg2-password")
def password_psycopg2() -> Output:
    with server() as url:
        return try_url(drivers(), "psycopg2", url.replace("secret", "wrong"), "psycopg2-binary")


@case("database-auth-failed", "sqlalchemy-asyncpg-password")
def password_asyncpg() -> Output:
    with server() as url:
        asynchronous = url.replace("secret", "wrong").replace("postgresql:", "postgresql+asyncpg:")
        return try_url(drivers(), "sqlalchemy-async", asynchronous, "asyncpg", "sqlalchemy")


@case("database-auth-failed", "psycopg3-password")
def password_psycopg3() -> Output:
    with server() as url:
        return try_url(drivers(), "psycopg", url.replace("secret", "wrong"), "psycopg")


@case("database-auth-failed", "no-password")
def password_missing() -> Output:
    with server() as url:
        return try_url(drivers(), "psycopg2", url.replace(":secret", ""), "psycopg2-binary")


@case("database-auth-failed", "unknown-database")
def unknown_database() -> Output:
    with server() as url:
        return try_url(drivers(), "psycopg2", url.replace("/postgres", "/appdb"), "psycopg2-binary")


@case("database-auth-failed", "unknown-role")
def unknown_role() -> Output:
    """A role that does not exist, on a server that trusts its clients (with a password asked, the message is that of a wrong one)."""
    with server({"hba_file": readable("spacedoctor-trust.conf", "host all all 127.0.0.1/32 trust\n")}) as url:
        return try_url(drivers(), "psycopg2", url.replace("app:", "postgres:"), "psycopg2-binary")


@case("database-auth-failed", "no-pg-hba-entry")
def no_entry() -> Output:
    with server({"hba_file": readable("spacedoctor-ssl.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n")}) as url:
        return try_url(drivers(), "psycopg2", url, "psycopg2-binary")


@case("database-too-many-connections", "psycopg2-slots")
def slots() -> Output:
    with server({"max_connections": "10", "superuser_reserved_connections": "0"}) as url:
        return script(drivers(), MANY, url, "psycopg2-binary")


@case("database-too-many-connections", "queue-pool")
def queue_pool() -> Output:
    with server() as url:
        return script(drivers(), POOL, url, "sqlalchemy", "psycopg2-binary")


@case("database-too-many-connections", "queue-pool-sqlalchemy-1-4")
def queue_pool_older() -> Output:
    with server() as url:
        return script(older(), POOL, url, "sqlalchemy", "psycopg2-binary")


@case("database-connection-dropped", "sqlalchemy-psycopg2")
def dropped() -> Output:
    with server() as url:
        return script(drivers(), DROPPED, url, "sqlalchemy", "psycopg2-binary")


@case("database-connection-dropped", "sqlalchemy-psycopg3")
def dropped_psycopg() -> Output:
    with server() as url:
        return script(drivers(), DROPPED, url.replace("postgresql:", "postgresql+psycopg:"), "sqlalchemy", "psycopg")


@case("database-connection-dropped", "asyncpg")
def dropped_asyncpg() -> Output:
    with server() as url:
        return script(drivers(), DROPPED_ASYNCPG, url, "asyncpg")


@case("database-integrity-error", "postgres-unique")
def unique() -> Output:
    with server() as url:
        return script(drivers(), DUPLICATE, url, "sqlalchemy", "psycopg2-binary")


@case("database-integrity-error", "postgres-unique-sqlalchemy-1-4")
def unique_older() -> Output:
    with server() as url:
        return script(older(), DUPLICATE, url, "sqlalchemy", "psycopg2-binary")


@case("healthy", "database-retry-succeeds")
def retried() -> Output:
    """Two refused connections, then one that works; the app serves."""
    with server() as url:
        return script(drivers(), RETRY, url, "psycopg2-binary", "uvicorn", timeout=8)


@case("database-url-invalid", "postgres-scheme")
def scheme() -> Output:
    return try_url(drivers(), "sqlalchemy", "postgres://app:secret@localhost:5432/app", "sqlalchemy")


@case("database-url-invalid", "postgres-scheme-sqlalchemy-1-4")
def scheme_older() -> Output:
    return try_url(older(), "sqlalchemy", "postgres://app:secret@localhost:5432/app", "sqlalchemy")


@case("database-url-invalid", "empty")
def empty_url() -> Output:
    return try_url(drivers(), "sqlalchemy", "", "sqlalchemy")


@case("database-url-invalid", "empty-sqlalchemy-1-4")
def empty_url_older() -> Output:
    return try_url(older(), "sqlalchemy", "", "sqlalchemy")


@case("database-url-invalid", "missing")
def missing_url() -> Output:
    with app({"app.py": CONNECT["sqlalchemy"].replace("os.environ['DATABASE_URL']", "os.getenv('DATABASE_URL')")}) as folder:
        return Output(run([drivers(), "app.py"], cwd=folder), versions(drivers(), "sqlalchemy"))


@case("database-url-invalid", "port-placeholder")
def bad_port() -> Output:
    return try_url(drivers(), "sqlalchemy", "postgresql://app:secret@localhost:PORT/app", "sqlalchemy")


@case("database-url-invalid", "quoted")
def quoted() -> Output:
    return try_url(bare("2.1.9"), "sqlalchemy", "'postgresql://app:secret@localhost/app'", "sqlalchemy")


@case("database-url-invalid", "asyncpg-scheme")
def asyncpg_scheme() -> Output:
    return try_url(drivers(), "asyncpg", "https://project.example.com", "asyncpg")


@case("database-url-invalid", "psycopg2-dsn")
def dsn() -> Output:
    return try_url(drivers(), "psycopg2", "postgresql+asyncpg://app:secret@localhost/app", "psycopg2-binary")


@case("database-url-invalid", "psycopg3-dsn")
def dsn_psycopg() -> Output:
    return try_url(drivers(), "psycopg", "https://project.example.com", "psycopg")


@case("database-driver-missing", "psycopg2-sqlalchemy-2-0")
def no_psycopg2() -> Output:
    return try_url(bare("2.0.58"), "sqlalchemy", "postgresql://app:secret@localhost/app", "sqlalchemy")


@case("database-driver-missing", "psycopg-sqlalchemy-2-1")
def no_psycopg() -> Output:
    return try_url(bare("2.1.9"), "sqlalchemy", "postgresql://app:secret@localhost/app", "sqlalchemy")


@case("database-driver-missing", "mysql")
def no_mysql() -> Output:
    return try_url(bare("2.0.58"), "sqlalchemy", "mysql://app:secret@localhost/app", "sqlalchemy")


@case("database-driver-missing", "asyncpg")
def no_asyncpg() -> Output:
    return try_url(bare_async(), "sqlalchemy-async", "postgresql+asyncpg://app:secret@localhost/app", "sqlalchemy")


@case("database-async-driver", "sync-driver-psycopg2")
def sync_driver() -> Output:
    return try_url(drivers(), "sqlalchemy-async", "postgresql://app:secret@localhost/app", "sqlalchemy", "psycopg2-binary")


@case("database-async-driver", "sync-driver-sqlite")
def sync_sqlite() -> Output:
    return try_url(bare_async(), "sqlalchemy-async", "sqlite:///./app.db", "sqlalchemy")


@case("database-async-driver", "asyncpg-sslmode")
def sslmode() -> Output:
    url = "postgresql+asyncpg://app:secret@localhost/app?sslmode=require"
    return try_url(drivers(), "sqlalchemy-async", url, "sqlalchemy", "asyncpg")


@case("database-async-driver", "async-driver-in-sync-engine")
def missing_greenlet() -> Output:
    return try_url(drivers(), "sqlalchemy", "postgresql+asyncpg://app:secret@localhost/app", "sqlalchemy", "asyncpg")


def small() -> Path:
    return venv("embedded", "duckdb", "peewee", "django==5.2.19")


def local(code: str, *packages: str) -> Output:
    """Run a script that needs no server."""
    with app({"app.py": code}) as folder:
        return Output(run([small(), "app.py"], cwd=folder), versions(small(), *packages))


@contextmanager
def redis_server(*options: str) -> Iterator[str]:
    command = ["redis-server", "--port", "56379", "--save", "", "--bind", "127.0.0.1", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        time.sleep(1)
        yield "redis://127.0.0.1:56379/0"
        server.terminate()


@case("database-locked", "duckdb-two-processes")
def duckdb_locked() -> Output:
    return local(EMBEDDED["lock"], "duckdb")


@case("database-readonly", "duckdb-read-only")
def duckdb_readonly() -> Output:
    return local(EMBEDDED["read-only"], "duckdb")


@case("database-readonly", "postgres-read-only-server")
def postgres_readonly() -> Output:
    with server({"default_transaction_read_only": "on"}) as url:
        return script(drivers(), DUPLICATE, url, "sqlalchemy", "psycopg2-binary")


@case("database-cannot-open", "duckdb-missing-folder")
def duckdb_folder() -> Output:
    return local(EMBEDDED["folder"], "duckdb")


@case("database-driver-missing", "peewee")
def peewee_driver() -> Output:
    return local(PEEWEE, "peewee")


@case("database-driver-missing", "django")
def django_driver() -> Output:
    return local(DJANGO, "django")


@case("database-driver-missing", "bigquery-dialect")
def bigquery() -> Output:
    return try_url(bare("2.0.58"), "sqlalchemy", "bigquery://project/dataset", "sqlalchemy")


@case("database-driver-missing", "node-pg")
def node_pg() -> Output:
    with app({"server.js": "const { Pool } = require('pg');\n"}) as folder:
        node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
        return Output(run(["node", "server.js"], cwd=folder), {"node": node})


@case("database-too-many-connections", "psycopg2-pool")
def psycopg2_pool() -> Output:
    with server() as url:
        return script(drivers(), POOL_PSYCOPG2, url, "psycopg2-binary")


@case("database-async-driver", "sync-pool-class")
def sync_pool() -> Output:
    return script(drivers(), SYNC_POOL, "", "sqlalchemy")


@case("database-auth-failed", "redis-password")
def redis_password() -> Output:
    with redis_server("--requirepass", "secret") as url:
        return script(drivers(), REDIS_URL, url, "redis")


@case("database-url-invalid", "web-address")
def web_address() -> Output:
    return try_url(drivers(), "sqlalchemy", "https://project.example.com", "sqlalchemy")


@case("database-url-invalid", "variable-not-set")
def not_set() -> Output:
    with app({"app.py": CONNECT["psycopg2"]}) as folder:
        return Output(run([drivers(), "app.py"], cwd=folder), versions(drivers(), "psycopg2-binary"))


@case("database-url-invalid", "sqlite-option-for-postgres")
def sqlite_option() -> Output:
    return script(drivers(), SQLITE_OPTION, "postgresql://app:secret@localhost/app", "sqlalchemy", "psycopg2-binary")


@case("database-url-invalid", "redis-without-scheme")
def redis_scheme() -> Output:
    return script(drivers(), REDIS_URL, "localhost:6379", "redis")
