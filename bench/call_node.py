"""A call node from the environment's settings, as `yunhu node` starts it."""

from yunhu.entrypoints.node import main
from yunhu.foundation.logging import configure_logging
from yunhu.foundation.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    configure_logging(level=settings.log_level, format_=settings.log_format)
    assert settings.database_url is not None
    main(settings, settings.database_url)
