"""The sources of the owner's app: FastAPI, SQLAlchemy 2 and Alembic on SQLite, as they would lie in a Docker Space."""

from __future__ import annotations

ALEMBIC_INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
"""

ENV_PY = """\
from logging.config import fileConfig

from alembic import context

from app.database import engine
from app.models import Base

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def run_migrations_online() -> None:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
"""

USERS_PY = """\
\"\"\"create users\"\"\"
import sqlalchemy as sa
from alembic import op

revision = "3f1c9a7be204"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(255), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
    )


def downgrade():
    op.drop_table("users")
"""

CONFIG_PY = """\
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "sqlite:///./app.db"
    backend_cors_origins: list[str] = ["http://localhost:3000"]
    project_name: str = "Community board"


settings = Settings()
"""

DATABASE_PY = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.config import settings

engine = create_engine(settings.database_url)
SessionLocal = sessionmaker(bind=engine)
"""

MODELS_PY = """\
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
"""

SCHEMAS_PY = """\
from pydantic import BaseModel, EmailStr


class UserIn(BaseModel):
    email: EmailStr
    password: str
"""

SECURITY_PY = """\
import hashlib


def hash_password(password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=b"community-board", n=2**12, r=8, p=1).hex()
"""

MAIN_PY = """\
from fastapi import FastAPI, Form
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import select

from app.config import settings
from app.database import SessionLocal
from app.models import User
from app.schemas import UserIn
from app.security import hash_password

app = FastAPI(title=settings.project_name)
app.add_middleware(CORSMiddleware, allow_origins=settings.backend_cors_origins)


@app.get("/")
def health():
    return {"status": "ok"}


@app.get("/users")
def list_users():
    with SessionLocal() as session:
        return [user.email for user in session.scalars(select(User))]


@app.post("/users", status_code=201)
def register(user: UserIn):
    with SessionLocal() as session:
        session.add(User(email=user.email, password_hash=hash_password(user.password)))
        session.commit()
    return {"email": user.email}


@app.post("/login")
def login(email: str = Form(), password: str = Form()):
    with SessionLocal() as session:
        user = session.scalar(select(User).where(User.email == email))
        return {"ok": user is not None and user.password_hash == hash_password(password)}
"""

FILES = {
    "alembic.ini": ALEMBIC_INI,
    "migrations/env.py": ENV_PY,
    "migrations/versions/3f1c9a7be204_create_users.py": USERS_PY,
    "app/__init__.py": "",
    "app/config.py": CONFIG_PY,
    "app/database.py": DATABASE_PY,
    "app/models.py": MODELS_PY,
    "app/schemas.py": SCHEMAS_PY,
    "app/security.py": SECURITY_PY,
    "app/main.py": MAIN_PY,
}


def migration(revision: str, down: str | None, message: str, *body: str) -> dict[str, str]:
    """Return the file of one more migration, whose `upgrade` has these lines."""
    lines = "\n".join(f"    {line}" for line in body) or "    pass"
    text = (
        f'"""{message}"""\nimport sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n\n'
        f"revision = {revision!r}\ndown_revision = {down!r}\n\n\ndef upgrade():\n{lines}\n\n\ndef downgrade():\n    pass\n"
    )
    return {f"migrations/versions/{revision}_{message.replace(' ', '_')}.py": text}


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """Return the app's file `name` with `old` replaced, and fail where it does not occur."""
    if old not in FILES[name]:
        raise ValueError(f"{old!r} is not in {name}")
    return {name: FILES[name].replace(old, new)}
