"""The playground's page in the browser: channels as a chat client shows them."""

from playground.page.changes import PageChanged
from playground.page.channels import Page

__all__ = ["Page", "PageChanged"]
