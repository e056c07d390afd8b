"""`python -m tests.reproduce [all | CAUSE | CAUSE/SLUG | SCRIPT ...]`: make stored logs again; with no name, list them."""

import importlib
import pkgutil
import sys

import tests.reproduce as here
from tests.reproduce import kit

for module in pkgutil.iter_modules(here.__path__):
    if module.name not in {"kit", "__main__"}:
        importlib.import_module(f"tests.reproduce.{module.name}")
sys.exit(kit.main(sys.argv[1:]))
