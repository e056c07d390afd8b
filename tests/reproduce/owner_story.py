"""The owner's app in a Space: `alembic upgrade head && uvicorn ...`, with each of the ways in which that start goes wrong."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.owner_app import FILES, edited, migration

PACKAGES = (
    "fastapi", "uvicorn", "sqlalchemy", "alembic", "pydantic", "pydantic-settings",
    "passlib", "bcrypt", "python-multipart", "email-validator",
)  # fmt: skip
BANNER = "===== Application Startup at {} =====\n\n"
START = "alembic upgrade head && uvicorn app.main:app --host 0.0.0.0 --port 7860"
Request = tuple[str, str, bytes | None]
HOME: Request = ("GET", "/", None)
USERS: Request = ("GET", "/users", None)
REGISTER: Request = ("POST", "/users", b'{"email": "ada@example.com", "password": "correct horse"}')
LOGIN: Request = ("POST", "/login", b"email=ada%40example.com&password=correct+horse")


def environment(*without: str) -> Path:
    """Return the python of the app's environment, less the packages named."""
    left = [name for name in PACKAGES if name not in without]
    return kit.venv("-".join(["owner", *without]), *left)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, request: Request) -> None:
    """Send one request, and take any answer."""
    method, path, body = request
    kind = "application/json" if body and body.startswith(b"{") else "application/x-www-form-urlencoded"
    sent = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {"Content-Type": kind}, method=method)
    try:
        urllib.request.urlopen(sent, timeout=20).read()
    except urllib.error.HTTPError as answer:
        answer.read()


def answers(port: int, process: subprocess.Popen[bytes], within: float = 60) -> bool:
    """Wait until the server listens; False when the process ends before it does."""
    end = time.monotonic() + within
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End what this script started, the shell and the server in its group, and wait for both."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        for _ in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def boot(
    folder: Path,
    python: Path,
    *,
    start: str = START,
    env: Mapping[str, str] | None = None,
    requests: Iterable[Request] = (HOME,),
    at: str = "2026-11-23 09:14:07",
    stopped: bool = False,
) -> str:
    """Start the app as a Space does, send the requests, and return what it printed (with its end when `stopped`)."""
    port = free_port()
    merged = {
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "HOME": "/home/user", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
        **(env or {}),
    }  # fmt: skip
    command = start.replace("7860", str(port))
    with tempfile.TemporaryFile() as out:
        shell = subprocess.Popen(
            ["sh", "-c", command], cwd=folder, env=merged, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            if answers(port, shell):
                for request in requests:
                    ask(port, request)
                time.sleep(0.3)
            if stopped:
                stop(shell)
            out.seek(0)
            text = out.read().decode("utf-8", "replace")
        finally:
            stop(shell)
    return BANNER.format(at) + text.replace(str(port), "7860").replace(str(python.parent.parent), "/usr/local")


def story(
    *changes: Mapping[str, str], without: tuple[str, ...] = (), drop: Iterable[str] = (), before: str = "", start: str = START,
    env: Mapping[str, str] | None = None, requests: Iterable[Request] = (HOME,),
) -> Output:  # fmt: skip
    """Write the app with these changes, run `before` unseen, and return the log of one boot."""
    python = environment(*without)
    files = dict(FILES)
    for change in changes:
        files.update(change)
    for name in drop:
        del files[name]
    with kit.app(files) as folder:
        if before:
            path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
            subprocess.run(["sh", "-c", before], cwd=folder, check=True, capture_output=True, env={"PATH": path})
        text = boot(folder, python, start=start, env=env, requests=requests).replace(str(folder), "/home/user/app")
    return Output(text, found(python, text))


def found(python: Path, text: str) -> dict[str, str]:
    """Return the versions of what the log can have come from."""
    names = ["fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "pydantic", "pydantic-settings"]
    return kit.versions(python, *names, *(["passlib", "bcrypt"] if re.search("passlib", text) else []))


CHECK = "ALTER TABLE users ADD CONSTRAINT users_email_format CHECK (email ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[.][A-Za-z]+$')"


@case("sqlite-alter-constraint", "raw-add-constraint")
def raw_add_constraint() -> Output:
    """The migration that the owner's Space died of: written for PostgreSQL, run on SQLite."""
    return story(migration("9b27d40c1e5a", "3f1c9a7be204", "check email format", f'op.execute("{CHECK}")'))


@case("sqlite-alter-constraint", "create-check-constraint")
def create_check_constraint() -> Output:
    call = 'op.create_check_constraint("users_email_format", "users", "email LIKE \'%@%\'")'
    return story(migration("9b27d40c1e5a", "3f1c9a7be204", "check email format", call))


@case("sqlite-alter-constraint", "alter-column-type")
def alter_column_type() -> Output:
    call = 'op.alter_column("users", "email", type_=sa.String(320), existing_nullable=False)'
    return story(migration("5d80aa31f7c6", "3f1c9a7be204", "longer email", call))


@case("sqlite-alter-constraint", "drop-constraint")
def drop_constraint() -> Output:
    return story(
        migration("71c2e9f05b3d", "3f1c9a7be204", "drop unique", 'op.drop_constraint("uq_users_email", "users", type_="unique")')
    )


@case("sqlite-foreign-dialect", "regex-operator")
def regex_operator() -> Output:
    """The second try: the check stands inside CREATE TABLE, and `~*` is still PostgreSQL's."""
    column = 'sa.Column("password_hash", sa.String(255), nullable=False),'
    check = column + '\n        sa.CheckConstraint("email ~* \'^[^@]+@[^@]+$\'", name="users_email_format"),'
    return story(edited("migrations/versions/3f1c9a7be204_create_users.py", column, check))


@case("sqlite-foreign-dialect", "now-default")
def now_default() -> Output:
    call = 'op.execute("CREATE TABLE posts (id SERIAL PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL DEFAULT now())")'
    return story(migration("c4410e8d92fb", "3f1c9a7be204", "create posts", call))


@case("sqlite-foreign-dialect", "array-column")
def array_column() -> Output:
    call = (
        'op.create_table("events", sa.Column("id", sa.Integer, primary_key=True), sa.Column("tags", postgresql.ARRAY(sa.String)))'
    )
    return story(migration("e0937be6aa18", "3f1c9a7be204", "create events", call))


@case("healthy", "owner-story-jsonb-column")
def jsonb_column() -> Output:
    """SQLAlchemy 2.1 renders PostgreSQL's JSONB for SQLite; 2.0 and older do not."""
    call = 'op.create_table("events", sa.Column("id", sa.Integer, primary_key=True), sa.Column("payload", postgresql.JSONB))'
    return story(migration("e0937be6aa18", "3f1c9a7be204", "create events", call))


@case("sqlite-foreign-dialect", "cast-in-query")
def cast_in_query() -> Output:
    """A PostgreSQL cast in the app's own SQL: every request to this page fails."""
    query = "session.execute(text(\"SELECT email::varchar FROM users WHERE email ILIKE '%@%'\")).scalars()"
    main = edited("app/main.py", "[user.email for user in session.scalars(select(User))]", f"list({query})")
    main["app/main.py"] = main["app/main.py"].replace("import select", "import select, text")
    return story(main, requests=(HOME, USERS))


@case("missing-table", "at-start-up")
def missing_table_at_start_up() -> Output:
    """No migration ran (the start command lost it), and the lifespan looks for the administrator."""
    lifespan = (
        "@asynccontextmanager\nasync def lifespan(app):\n    with SessionLocal() as session:\n"
        '        session.scalar(select(User).where(User.email == "admin@example.com"))\n    yield\n\n\n'
        "app = FastAPI(title=settings.project_name, lifespan=lifespan)"
    )
    main = edited("app/main.py", "app = FastAPI(title=settings.project_name)", lifespan)
    main["app/main.py"] = "from contextlib import asynccontextmanager\n\n" + main["app/main.py"]
    return story(main, start=START.partition(" && ")[2])


@case("missing-table", "at-a-request")
def missing_table_at_a_request() -> Output:
    return story(start=START.partition(" && ")[2], requests=(HOME, REGISTER))


@case("missing-column", "model-ahead-of-table")
def missing_column() -> Output:
    """The model got a column, and no migration adds it."""
    column = "    password_hash: Mapped[str] = mapped_column(String(255))\n"
    return story(edited("app/models.py", column, column + "    display_name: Mapped[str | None]\n"), requests=(HOME, USERS))


@case("alembic-unknown-revision", "stamped-elsewhere")
def unknown_revision() -> Output:
    """The database file is kept on a volume, and the branch that had stamped it is no longer deployed."""
    stamp = "alembic upgrade head && sqlite3 app.db \"UPDATE alembic_version SET version_num = 'a2b6d8170c44'\""
    stamp = stamp.replace(
        "sqlite3 app.db", "python -c \"import sqlite3, sys; c = sqlite3.connect('app.db'); c.execute(sys.argv[1]); c.commit()\""
    )
    return story(before=stamp)


@case("alembic-multiple-heads", "two-branches")
def multiple_heads() -> Output:
    add = 'op.add_column("users", sa.Column("{}", sa.String(80)))'
    return story(
        migration("1d9e6f20ab37", "3f1c9a7be204", "add display name", add.format("display_name")),
        migration("6ab8c35d07e2", "3f1c9a7be204", "add phone", add.format("phone")),
    )


@case("table-already-exists", "create-all-then-alembic")
def table_already_exists() -> Output:
    """`create_all` of an earlier start made the tables, so Alembic knows of none of them."""
    made = 'python -c "from app.database import engine; from app.models import Base; Base.metadata.create_all(engine)"'
    return story(before=made)


@case("table-already-exists", "duplicate-column")
def duplicate_column() -> Output:
    """The column was added by hand, or the migration that adds it ran half-way."""
    add = migration(
        "1d9e6f20ab37", "3f1c9a7be204", "add display name", 'op.add_column("users", sa.Column("display_name", sa.String(80)))'
    )
    sql = "ALTER TABLE users ADD COLUMN display_name VARCHAR(80)"
    by_hand = f"alembic upgrade 3f1c9a7be204 && python -c \"import sqlite3; sqlite3.connect('app.db').execute('{sql}')\""
    return story(add, before=by_hand)


@case("alembic-config-missing", "no-ini")
def no_alembic_ini() -> Output:
    """`COPY app app` in the Dockerfile, and nothing else."""
    return story(drop=[name for name in FILES if not name.startswith("app/")])


@case("alembic-config-missing", "no-migrations-folder")
def no_migrations_folder() -> Output:
    return story(drop=[name for name in FILES if name.startswith("migrations/")])


@case("alembic-not-up-to-date", "check-at-start")
def not_up_to_date() -> Output:
    return story(start=START.replace("alembic upgrade head", "alembic check"))


@case("database-url-invalid", "owner-story-missing")
def database_url_missing() -> Output:
    database = edited("app/database.py", "settings.database_url", 'os.getenv("DATABASE_URL")')
    database["app/database.py"] = "import os\n\n" + database["app/database.py"]
    return story(database)


@case("database-url-invalid", "owner-story-postgres-scheme")
def database_url_postgres() -> Output:
    return story(env={"DATABASE_URL": "postgres://board:secret@db.example.com/board"})


@case("settings-parse-error", "cors-not-json")
def cors_not_json() -> Output:
    return story(env={"BACKEND_CORS_ORIGINS": "https://board.example.com,https://www.example.com"})


@case("settings-parse-error", "number-that-is-none")
def setting_not_a_number() -> Output:
    name = '    project_name: str = "Community board"\n'
    return story(
        edited("app/config.py", name, name + "    access_token_expire_minutes: int = 30\n"),
        env={"ACCESS_TOKEN_EXPIRE_MINUTES": "30m"},
    )


@case("env-var-missing", "settings-field-required")
def settings_field_required() -> Output:
    name = '    project_name: str = "Community board"\n'
    return story(edited("app/config.py", name, name + "    secret_key: str\n    openai_api_key: str\n"))


@case("env-var-missing", "environ-key-error")
def environ_key_error() -> Output:
    security = edited(
        "app/security.py", "import hashlib\n", 'import hashlib\nimport os\n\nSECRET_KEY = os.environ["JWT_SECRET_KEY"]\n'
    )
    return story(security)


@case("optional-dependency-missing", "email-validator")
def email_validator_missing() -> Output:
    return story(without=("email-validator",))


@case("optional-dependency-missing", "python-multipart")
def python_multipart_missing() -> Output:
    return story(without=("python-multipart",))


PASSLIB = {
    "app/security.py": """\
from passlib.context import CryptContext

context = CryptContext(schemes=["bcrypt"], deprecated="auto")


def hash_password(password: str) -> str:
    return context.hash(password)
"""
}


@case("bcrypt-passlib", "request-fails")
def bcrypt_passlib() -> Output:
    return story(PASSLIB, requests=(HOME, REGISTER))


@case("database-resets", "two-boots")
def database_resets() -> Output:
    """The same image started twice: each container begins without app.db, so the rows of the first are gone."""
    python = environment()
    text = ""
    for at in ("2026-11-21 18:02:51", "2026-11-23 09:14:07"):
        with kit.app(FILES) as folder:
            said = boot(folder, python, at=at, requests=(HOME, REGISTER, USERS), stopped=at.startswith("2026-11-21"))
            text += said.replace(str(folder), "/home/user/app")
    return Output(text, found(python, text))


@case("healthy", "owner-story-good-start")
def good_start() -> Output:
    """The cured migration: the check in batch mode without PostgreSQL's operator, and e-mail addresses checked by Pydantic."""
    body = (
        'with op.batch_alter_table("users") as batch:',
        '    batch.create_check_constraint("users_email_format", "email LIKE \'%@%\'")',
    )
    return story(migration("9b27d40c1e5a", "3f1c9a7be204", "check email format", *body), requests=(HOME, REGISTER, USERS, LOGIN))


@case("healthy", "owner-story-nothing-to-migrate")
def nothing_to_migrate() -> Output:
    """A database that is up to date, kept on a volume."""
    return story(before="alembic upgrade head", requests=(HOME, USERS))


@case("healthy", "bcrypt-version-noise")
def bcrypt_version_noise() -> Output:
    """A traceback of passlib about bcrypt 4.3's version, after which it goes on to hash."""
    python = kit.venv("owner-bcrypt-4", *(name for name in PACKAGES if name != "bcrypt"), "bcrypt==4.3.0")
    with kit.app({**FILES, **PASSLIB}) as folder:
        text = boot(folder, python, requests=(HOME, REGISTER, USERS)).replace(str(folder), "/home/user/app")
    return Output(text, found(python, text))


@case("alembic-unknown-revision", "predecessor-deleted")
def predecessor_deleted() -> Output:
    """The first migration was deleted; the second one still names it."""
    add = migration("9b27d40c1e5a", "3f1c9a7be204", "check email format", "pass")
    return story(add, drop=["migrations/versions/3f1c9a7be204_create_users.py"])


@case("alembic-multiple-heads", "two-rows")
def two_rows() -> Output:
    """`alembic_version` names a migration and its successor."""
    sql = "INSERT INTO alembic_version VALUES ('9b27d40c1e5a')"
    insert = f'python -c "import sqlite3; c = sqlite3.connect(\'app.db\'); c.execute(\\"{sql}\\"); c.commit()"'
    more = {
        **migration("9b27d40c1e5a", "3f1c9a7be204", "check email format", "pass"),
        **migration("1d9e6f20ab37", "9b27d40c1e5a", "add display name", "pass"),
    }
    return story(more, before=f"alembic upgrade 3f1c9a7be204 && {insert}")


@case("alembic-not-up-to-date", "models-ahead")
def models_ahead() -> Output:
    """`alembic check` at the start, with a column in the model that no migration adds."""
    column = "    password_hash: Mapped[str] = mapped_column(String(255))\n"
    model = edited("app/models.py", column, column + "    display_name: Mapped[str | None]\n")
    return story(model, start=START.replace("upgrade head", "upgrade head && alembic check"))


@case("alembic-config-missing", "no-env-py")
def no_env_py() -> Output:
    return story(drop=["migrations/env.py"])


@case("alembic-config-missing", "logging-settings")
def logging_settings() -> Output:
    """The app migrates from its own code; alembic.ini was not copied, and env.py reads the logging's settings from it."""
    code = (
        'from alembic import command\nfrom alembic.config import Config\n\nconfig = Config("alembic.ini")\n'
        'config.set_main_option("script_location", "migrations")\ncommand.upgrade(config, "head")\n'
    )
    start = START.replace("alembic upgrade head", "python migrate.py")
    return story({"migrate.py": code}, drop=["alembic.ini"], start=start, env={"PYTHONPATH": "."})


@case("sqlite-alter-constraint", "batch-without-name")
def batch_without_name() -> Output:
    body = ('with op.batch_alter_table("users") as batch:', '    batch.create_unique_constraint(None, ["email"])')
    return story(migration("71c2e9f05b3d", "3f1c9a7be204", "unique email", *body))


@case("sqlite-alter-constraint", "add-not-null-column")
def add_not_null_column() -> Output:
    """A column without a default, added to a table that has rows."""
    sql = "INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'x')"
    insert = f'python -c "import sqlite3; c = sqlite3.connect(\'app.db\'); c.execute(\\"{sql}\\"); c.commit()"'
    call = 'op.add_column("users", sa.Column("role", sa.String(20), nullable=False))'
    return story(migration("1d9e6f20ab37", "3f1c9a7be204", "add role", call), before=f"alembic upgrade 3f1c9a7be204 && {insert}")


@case("missing-table", "reflected")
def reflected() -> Output:
    """The app reads its tables from the database in place of declaring them."""
    database = edited(
        "app/database.py", "SessionLocal =", 'users = Table("users", MetaData(), autoload_with=engine)\nSessionLocal ='
    )
    database["app/database.py"] = database["app/database.py"].replace(
        "import create_engine", "import MetaData, Table, create_engine"
    )
    return story(database, start=START.partition(" && ")[2])
