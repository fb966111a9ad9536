"""The same client in the process of the test as for presses."""

from tests.bot.views.conftest import database_url, edge

__all__ = ["database_url", "edge"]
