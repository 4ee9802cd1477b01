"""Pages of the console, one module a slice with `PAGES`: found by themselves."""

import importlib
import pkgutil

from tests.support.console.pages import PageCase


def all_pages() -> list[PageCase]:
    """Every page, in the order of modules."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [page for module in modules for page in module.PAGES]
