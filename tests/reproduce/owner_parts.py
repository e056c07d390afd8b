"""Small programs that fail on a setting, a package or the database's schema: each runs a few lines with the real library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.reproduce import kit
from tests.reproduce.database_server import server
from tests.reproduce.kit import Output, case

Row = TypeVar("Row")
SETTINGS = ("pydantic==2.14.3", "pydantic-settings==2.16.3", "python-dotenv==1.2.4", "python-decouple==3.8", "environs==15.2.0")
WEB = ("fastapi==0.165.0", "uvicorn==0.54.0", "sqlalchemy==2.1.9", "passlib==1.7.4", "openpyxl==3.1.5")


@dataclass(frozen=True)
class Small:
    """One program: its `source`, the packages it needs, and what stands in its environment."""

    cause: str
    slug: str
    source: str
    packages: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    stage: str = "run"


SMALL = (
    Small(
        "database-url-invalid",
        "settings-field",
        """\
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str


settings = Settings()
""",
        SETTINGS,
    ),
    Small(
        "database-url-invalid",
        "password-with-at-sign",
        """\
import os

import psycopg2

connection = psycopg2.connect(os.environ["DATABASE_URL"])
""",
        ("psycopg2-binary==2.9.13",),
        {"DATABASE_URL": "postgresql://app:p@ss@db.example.com:5432/app"},
    ),
    Small(
        "env-var-missing",
        "none-to-environ",
        """\
import os

os.environ["OPENAI_API_KEY"] = os.getenv("OPENAI_API_KEY")
""",
    ),
    Small(
        "env-var-missing",
        "none-split",
        """\
import os

ALLOWED_USERS = os.getenv("ALLOWED_USERS").split(",")
""",
    ),
    Small(
        "env-var-missing",
        "none-to-int",
        """\
import os

API_ID = int(os.environ.get("TELEGRAM_API_ID"))
""",
    ),
    Small(
        "env-var-missing",
        "dotenv-values",
        """\
from dotenv import dotenv_values

config = dotenv_values(".env")
token = config["SLACK_BOT_TOKEN"]
""",
        SETTINGS,
    ),
    Small(
        "env-var-missing",
        "raised-not-set",
        """\
import os

token = os.getenv("TELEGRAM_BOT_TOKEN")
if not token:
    raise ValueError("TELEGRAM_BOT_TOKEN environment variable is not set")
""",
    ),
    Small(
        "env-var-missing",
        "raised-missing",
        """\
import os

missing = [name for name in ("SUPABASE_URL", "SUPABASE_SERVICE_KEY") if not os.getenv(name)]
if missing:
    raise RuntimeError(f"Missing required environment variables: {', '.join(missing)}")
""",
    ),
    Small(
        "env-var-missing",
        "raised-please-set",
        """\
import os

if "PINECONE_API_KEY" not in os.environ:
    raise EnvironmentError("Please set PINECONE_API_KEY in the Space's secrets")
""",
    ),
    Small(
        "env-var-missing",
        "raised-in-russian",
        """\
import os

if not os.getenv("BOT_TOKEN"):
    raise RuntimeError("\N{CROSS MARK} \u041f\u0435\u0440\u0435\u043c\u0435\u043d\u043d\u0430\u044f BOT_TOKEN \u043d\u0435 \u0437\u0430\u0434\u0430\u043d\u0430")
""",
    ),
    Small(
        "env-var-missing",
        "decouple",
        """\
from decouple import config

ADMINS = config("ADMINS")
""",
        SETTINGS,
    ),
    Small(
        "env-var-missing",
        "starlette-config",
        """\
from starlette.config import Config

config = Config()
SENDGRID_KEY = config("SENDGRID_KEY")
""",
        WEB,
    ),
    Small(
        "env-var-missing",
        "environs",
        """\
from environs import env

HOSTNAMES = env.list("HOSTNAMES")
""",
        SETTINGS,
    ),
    Small(
        "env-var-missing",
        "shell-unbound",
        """\
import subprocess

raise SystemExit(subprocess.run(["bash", "-uc", 'echo "Starting $(date +%Y)"; exec curl -s "$BACKEND_ORIGIN/health"']).returncode)
""",
    ),
    Small(
        "env-var-missing",
        "entrypoint-says-so",
        """\
import subprocess

check = '[ -n "$WEBHOOK_SECRET" ] || { echo "WEBHOOK_SECRET is not set"; exit 3; }; exec node server.js'
done = subprocess.run(["bash", "-c", check])
print(f"entrypoint.sh ended with exit code {done.returncode}")
raise SystemExit(done.returncode)
""",
    ),
    Small(
        "env-var-missing",
        "pydantic-v1",
        """\
from pydantic import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str
    debug: bool = False


settings = Settings()
""",
        ("pydantic==1.10.26",),
    ),
    Small(
        "settings-parse-error",
        "pydantic-v1-list",
        """\
from typing import List

from pydantic import BaseSettings


class Settings(BaseSettings):
    cors_origins: List[str] = []


settings = Settings()
""",
        ("pydantic==1.10.26",),
        {"CORS_ORIGINS": "https://board.example.com"},
    ),
    Small(
        "settings-parse-error",
        "pydantic-v1-number",
        """\
from pydantic import BaseSettings


class Settings(BaseSettings):
    max_upload_mb: int = 20


settings = Settings()
""",
        ("pydantic==1.10.26",),
        {"MAX_UPLOAD_MB": "20MB"},
    ),
    Small(
        "settings-parse-error",
        "extra-variable",
        """\
from pydantic_settings import BaseSettings, SettingsConfigDict


class AppSettings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    log_level: str = "info"


open(".env", "w").write("LOG_LEVEL=debug\\nOLD_MODEL_NAME=gpt2\\n")
settings = AppSettings()
""",
        SETTINGS,
    ),
    Small(
        "settings-parse-error",
        "int-of-environ",
        """\
import os

PORT = int(os.environ.get("MAX_WORKERS", "4"))
""",
        env={"MAX_WORKERS": "four"},
    ),
    Small(
        "settings-parse-error",
        "json-of-environ",
        """\
import json
import os

credentials = json.loads(os.environ["GOOGLE_CREDENTIALS_JSON"])
""",
        env={"GOOGLE_CREDENTIALS_JSON": "{type: service_account}"},
    ),
    Small(
        "settings-parse-error",
        "secret-too-short",
        """\
from pydantic import field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str

    @field_validator("secret_key")
    @classmethod
    def long_enough(cls, value):
        if len(value) < 32:
            raise ValueError("SECRET_KEY must be at least 32 characters long")
        return value


settings = Settings()
""",
        SETTINGS,
        {"SECRET_KEY": "change-me"},
    ),
    Small(
        "settings-parse-error",
        "key-too-short",
        """\
import os

if len(os.environ["JWT_SECRET"]) < 32:
    raise ValueError("JWT_SECRET must be at least 32 characters long")
""",
        env={"JWT_SECRET": "change-me"},
    ),
    Small(
        "settings-parse-error",
        "fernet-key",
        """\
import os

from cryptography.fernet import Fernet

box = Fernet(os.environ["ENCRYPTION_KEY"])
""",
        ("cryptography==48.0.0",),
        {"ENCRYPTION_KEY": "my-secret-key"},
    ),
    Small(
        "settings-parse-error",
        "environs-invalid",
        """\
from environs import env

MAX_TOKENS = env.int("MAX_TOKENS")
""",
        SETTINGS,
        {"MAX_TOKENS": "2k"},
    ),
    Small(
        "bcrypt-passlib",
        "long-password",
        """\
import bcrypt

print("Seeding the administrator")
hashed = bcrypt.hashpw(b"correct horse battery staple " * 3, bcrypt.gensalt())
""",
        ("bcrypt==5.0.0",),
    ),
    Small(
        "bcrypt-passlib",
        "no-about",
        """\
import bcrypt

print("bcrypt", bcrypt.__about__.__version__)
""",
        ("bcrypt==5.0.0",),
    ),
    Small(
        "optional-dependency-missing",
        "no-argon2-backend",
        """\
from passlib.context import CryptContext

context = CryptContext(schemes=["argon2"])
print(context.hash("correct horse"))
""",
        WEB,
    ),
    Small(
        "optional-dependency-missing",
        "greenlet",
        """\
import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def main():
    engine = create_async_engine("sqlite+aiosqlite:///./app.db")
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))


asyncio.run(main())
""",
        ("sqlalchemy==2.1.9", "aiosqlite==0.22.1"),
    ),
    Small(
        "optional-dependency-missing",
        "jinja2",
        """\
from fastapi.templating import Jinja2Templates

templates = Jinja2Templates(directory="templates")
""",
        WEB,
    ),
    Small(
        "optional-dependency-missing",
        "test-client",
        """\
from fastapi.testclient import TestClient

print(TestClient)
""",
        WEB,
    ),
    Small(
        "optional-dependency-missing",
        "socks",
        """\
import httpx

client = httpx.Client(proxy="socks5://127.0.0.1:1080")
""",
        ("httpx==0.28.1",),
    ),
    Small(
        "optional-dependency-missing",
        "http2",
        """\
import httpx

client = httpx.Client(http2=True)
""",
        ("httpx==0.28.1",),
    ),
    Small(
        "optional-dependency-missing",
        "flask-async",
        """\
from flask import Flask

app = Flask(__name__)


@app.route("/")
async def home():
    return "ok"


print(app.test_client().get("/").status)
app.config["PROPAGATE_EXCEPTIONS"] = True
app.test_client().get("/")
""",
        ("flask==3.1.3",),
    ),
    Small(
        "optional-dependency-missing",
        "pandas-excel",
        """\
import pandas as pd

open("prices.xlsx", "wb").write(b"PK")
table = pd.read_excel("prices.xlsx", engine="openpyxl")
""",
        ("pandas==2.3.3",),
    ),
)

SQLITE = {
    "near-constraint-from-a-list": ("sqlite-alter-constraint", ["CREATE TABLE users (id INTEGER, email TEXT)", "ALTER TABLE users DROP CONSTRAINT users_email_key"]),
    "add-not-null-column": ("sqlite-alter-constraint", ["CREATE TABLE users (id INTEGER)", "INSERT INTO users VALUES (1)", "ALTER TABLE users ADD COLUMN role TEXT NOT NULL"]),
    "no-such-function": ("sqlite-foreign-dialect", ["CREATE TABLE posts (at TEXT)", "SELECT date_trunc('day', at) FROM posts"]),
    "information-schema": ("sqlite-foreign-dialect", ["SELECT table_name FROM information_schema.tables"]),
    "schema-public": ("sqlite-foreign-dialect", ["CREATE TABLE public.users (id INTEGER)"]),
    "autoincrement": ("sqlite-foreign-dialect", ["CREATE TABLE users (id BIGINT PRIMARY KEY AUTOINCREMENT)"]),
    "collation": ("sqlite-foreign-dialect", ["CREATE TABLE users (name TEXT)", "SELECT name FROM users ORDER BY name COLLATE utf8mb4_unicode_ci"]),
    "percent-placeholder": ("sqlite-foreign-dialect", ["CREATE TABLE users (name TEXT)", "INSERT INTO users VALUES (%s)"]),
    "if-not-exists-column": ("sqlite-foreign-dialect", ["CREATE TABLE users (name TEXT)", "ALTER TABLE users ADD COLUMN IF NOT EXISTS role TEXT"]),
    "array": ("sqlite-foreign-dialect", ["SELECT ARRAY[1, 2]"]),
    "on-duplicate-key": ("sqlite-foreign-dialect", ["CREATE TABLE hits (id INTEGER)", "INSERT INTO hits VALUES (1) ON DUPLICATE KEY UPDATE id = 2"]),
    "concat": ("sqlite-foreign-dialect", ["CREATE TABLE users (name TEXT)", "SELECT CONCAT(name, '!') FROM users"]),
    "insert-column": ("missing-column", ["CREATE TABLE users (id INTEGER)", "INSERT INTO users (id, role) VALUES (1, 'admin')"]),
}  # fmt: skip
RUN_SQL = """\
import sqlite3

connection = sqlite3.connect("app.db")
for statement in open("schema.sql"):
    connection.execute(statement)
"""

POSTGRES = {
    "drop-table": ("missing-table", ["DROP TABLE sessions"]),
    "select": ("missing-table", ["SELECT * FROM conversations"]),
    "insert-column": ("missing-column", ["CREATE TABLE users (id int)", "INSERT INTO users (id, role) VALUES (1, 'admin')"]),
    "add-column-twice": (
        "table-already-exists",
        ["CREATE TABLE users (id int, role text)", "ALTER TABLE users ADD COLUMN role text"],
    ),
    "constraint-twice": (
        "table-already-exists",
        [
            "CREATE TABLE users (id int)",
            "ALTER TABLE users ADD CONSTRAINT users_id_check CHECK (id > 0)",
            "ALTER TABLE users ADD CONSTRAINT users_id_check CHECK (id > 0)",
        ],
    ),
    "type-twice": ("table-already-exists", ["CREATE TYPE userrole AS ENUM ('admin')", "CREATE TYPE userrole AS ENUM ('admin')"]),
}
RUN_POSTGRES = """\
import os

import psycopg2

with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    for statement in open("schema.sql"):
        cursor.execute(statement)
"""


def run_small(small: Small) -> Output:
    names = [one.partition("=")[0] for one in small.packages]
    python = kit.venv("-".join(["parts", *names]), *small.packages)
    with kit.app({"app.py": small.source}) as folder:
        text = kit.run([python, "app.py"], cwd=folder, env=small.env, timeout=30)
    return Output(text, kit.versions(python, *names))


def run_sqlite(statements: list[str]) -> Output:
    python = kit.venv("parts")
    with kit.app({"app.py": RUN_SQL, "schema.sql": "\n".join(statements)}) as folder:
        text = kit.run([python, "app.py"], cwd=folder)
    return Output(text, kit.versions(python) | {"sqlite": sqlite_version(python)})


def sqlite_version(python: Path) -> str:
    return kit.run([python, "-c", "import sqlite3; print(sqlite3.sqlite_version)"]).strip()


def run_postgres(statements: list[str]) -> Output:
    python = kit.venv("parts-psycopg2", "psycopg2-binary==2.9.13")
    with server() as url, kit.app({"app.py": RUN_POSTGRES, "schema.sql": "\n".join(statements)}) as folder:
        text = kit.run([python, "app.py"], cwd=folder, env={"DATABASE_URL": url})
    return Output(text, kit.versions(python, "psycopg2-binary") | {"postgresql": "15"})


def register() -> None:
    """Make a case of each row of the tables above."""
    for small in SMALL:
        case(small.cause, small.slug, small.stage)(later(run_small, small))
    for slug, (cause, statements) in SQLITE.items():
        case(cause, f"sqlite-{slug}")(later(run_sqlite, statements))
    for slug, (cause, statements) in POSTGRES.items():
        case(cause, f"postgres-{slug}")(later(run_postgres, statements))


def later(make: Callable[[Row], Output], row: Row) -> Callable[[], Output]:
    """Return a function of this file, so that the registry finds it, that makes the log of one row."""

    def made() -> Output:
        return make(row)

    return made


register()
