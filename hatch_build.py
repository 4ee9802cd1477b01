"""A wheel carries the built console."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Refuses to pack a wheel without the console. An editable installation needs none: `make run` builds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before files are gathered."""
        page = Path(self.root) / "src" / "yunhu" / "console_dist" / "index.html"
        if self.target_name == "wheel" and version == "standard" and not page.exists():
            raise RuntimeError("the console is not built: run `make console` first, or `make wheel`")
