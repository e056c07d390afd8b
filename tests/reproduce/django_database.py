"""Django's migrations in a Space: a database that begins anew, a history that does not fit, migrations that never ran."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.owner_story import boot

PACKAGES = ("django==5.2.17",)
SETTINGS = """\
SECRET_KEY = "not-a-secret-of-anyone"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "board.urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages", "accounts"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E408", "admin.E409", "admin.E410"]
"""
URLS = """\
from django.contrib.auth import get_user_model
from django.http import HttpResponse, JsonResponse
from django.urls import path


def home(request):
    return HttpResponse("ok")


def users(request):
    return JsonResponse({"users": get_user_model().objects.count()})


urlpatterns = [path("", home), path("users", users)]
"""
MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "board.settings")
execute_from_command_line(sys.argv)
"""
MODELS = "from django.contrib.auth.models import AbstractUser\n\n\nclass Member(AbstractUser):\n    pass\n"
FILES = {
    "manage.py": MANAGE,
    "board/__init__.py": "",
    "board/settings.py": SETTINGS,
    "board/urls.py": URLS,
    "accounts/__init__.py": "",
    "accounts/models.py": "",
    "accounts/migrations/__init__.py": "",
}
START = "python manage.py migrate --noinput && python manage.py runserver --noreload 0.0.0.0:7860"


def environment() -> Path:
    return kit.venv("django", *PACKAGES)


def manage(folder: Path, *arguments: str) -> None:
    """Run a command of manage.py, unseen."""
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([environment(), "manage.py", *arguments], cwd=folder, check=True, capture_output=True, env=env)


@case("database-resets", "django-two-boots")
def two_boots() -> Output:
    text = ""
    for at in ("2026-11-21 18:02:51", "2026-11-23 09:14:07"):
        with kit.app(FILES) as folder:
            text += boot(folder, environment(), start=START, at=at, stopped=at.startswith("2026-11-21"))
    return Output(text, kit.versions(environment(), "django"))


@case("migration-history-broken", "django-user-model-later")
def user_model_later() -> Output:
    """The app got its own user model after the first migrate: admin's first migration now depends on one that never ran."""
    with kit.app(FILES) as folder:
        manage(folder, "migrate", "--noinput")
        (folder / "accounts/models.py").write_text(MODELS)
        with (folder / "board/settings.py").open("a") as settings:
            settings.write('AUTH_USER_MODEL = "accounts.Member"\n')
        manage(folder, "makemigrations", "accounts")
        text = boot(folder, environment(), start=START)
    return Output(text, kit.versions(environment(), "django"))


@case("migration-history-broken", "django-deleted-migration")
def deleted_migration() -> Output:
    """A migration was deleted that another one still names."""
    named = 'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("accounts", "0001_initial")]\n'
    with kit.app({**FILES, "accounts/migrations/0002_bio.py": named}) as folder:
        text = boot(folder, environment(), start=START)
    return Output(text, kit.versions(environment(), "django"))


@case("alembic-multiple-heads", "django-leaf-nodes")
def leaf_nodes() -> Output:
    """Two branches each added a second migration."""
    first = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    initial = True\n"
    second = 'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("accounts", "0001_initial")]\n'
    more = {
        "accounts/migrations/0001_initial.py": first,
        "accounts/migrations/0002_bio.py": second,
        "accounts/migrations/0002_phone.py": second,
    }
    with kit.app({**FILES, **more}) as folder:
        text = boot(folder, environment(), start=START)
    return Output(text, kit.versions(environment(), "django"))


@case("missing-table", "django-never-migrated")
def never_migrated() -> Output:
    start = START.partition(" && ")[2]
    with kit.app(FILES) as folder:
        text = boot(folder, environment(), start=start, requests=(("GET", "/", None), ("GET", "/users", None)))
    return Output(text, kit.versions(environment(), "django"))


@case("healthy", "django-first-migrate")
def first_migrate() -> Output:
    with kit.app(FILES) as folder:
        text = boot(folder, environment(), start=START, requests=(("GET", "/", None), ("GET", "/users", None)))
    return Output(text, kit.versions(environment(), "django"))
