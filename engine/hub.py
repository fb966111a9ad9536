"""The Hugging Face hub: which files a repository has, and some of them on disk."""

import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import (
    DryRunError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from engine.errors import ModelNotFound

log = logging.getLogger(__name__)


def download(hub_id: str, patterns: Sequence[str], *, setting: str = "MODEL") -> Path:
    """The folder of the repository's current commit in the cache, with all files that fit a pattern.

    Where the hub cannot be reached, what was downloaded before. `setting` is where the id stands.
    Raises: ModelNotFound.
    """
    log.info("Looking for %s on the hub.", hub_id)
    with _readable_errors(hub_id, setting):
        return Path(huggingface_hub.snapshot_download(hub_id, allow_patterns=list(patterns)))


def count_missing_bytes(hub_id: str, patterns: Sequence[str]) -> int:
    """How much of these files is not in the cache yet.

    Raises: ModelNotFound.
    """
    with _readable_errors(hub_id, "MODEL"):
        try:
            files = huggingface_hub.snapshot_download(hub_id, allow_patterns=list(patterns), dry_run=True)
        except DryRunError:  # the hub is away, but was here before: then what is in the cache has to do
            return 0
        return sum(file.file_size or 0 for file in files if file.will_download)


def cache_folder() -> Path:
    """Where repositories are kept."""
    return Path(huggingface_hub.constants.HF_HUB_CACHE).absolute()


def free_bytes() -> int:
    """Room where the cache is, or will be."""
    cache = cache_folder()
    return shutil.disk_usage(next(folder for folder in (cache, *cache.parents) if folder.exists())).free


@contextmanager
def _readable_errors(hub_id: str, setting: str) -> Iterator[None]:
    """Raises: ModelNotFound, for whatever the hub, the network or the disk does."""
    try:
        yield
    except GatedRepoError as error:
        who = "with the account of your HF_TOKEN" if huggingface_hub.get_token() else "and set HF_TOKEN"
        raise ModelNotFound(
            f"The hub gives {hub_id} only to those who accepted its terms. Accept them on its page, {who}."
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelNotFound(
            f"The hub has no model {hub_id}. Check the spelling; a private one needs HF_TOKEN."
        ) from error
    except LocalEntryNotFoundError as error:
        offline = _offline(setting)
        raise ModelNotFound(f"{hub_id} is not here yet, and the hub cannot be reached. {offline}") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        if _is_unauthorized(error):
            raise ModelNotFound(
                "The hub does not accept HF_TOKEN. Make a new one (your account > Access Tokens, read), or "
                "remove it where no model needs it."
            ) from error
        offline = _offline(setting)
        raise ModelNotFound(f"The hub could not give {hub_id} ({_reason(error)}). {offline}") from error


def _offline(setting: str) -> str:
    return f"Check the network, or set {setting} to a local folder or file."


def list_files(hub_id: str, folder: Path) -> Iterable[str]:
    """All files of the repository, by path; those in the cache where the hub cannot be reached."""
    try:
        return huggingface_hub.HfApi().list_repo_files(hub_id)
    except (HfHubHTTPError, OSError, ValueError):
        return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]


def _is_unauthorized(error: Exception) -> bool:
    return isinstance(error, HfHubHTTPError) and error.response.status_code == HTTPStatus.UNAUTHORIZED


def _reason(error: Exception) -> str:
    if isinstance(error, HfHubHTTPError):
        return f"it answered {error.response.status_code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "the download failed"
