"""The Hugging Face hub: which files a repository has, and some of them on disk."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import (
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
    try:
        return Path(huggingface_hub.snapshot_download(hub_id, allow_patterns=list(patterns)))
    except GatedRepoError as error:
        raise ModelNotFound(
            f"The hub gives {hub_id} only to those who accepted its terms. Accept them on its page, and "
            f"set HF_TOKEN."
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelNotFound(
            f"The hub has no model {hub_id}. Check the spelling; a private one needs HF_TOKEN."
        ) from error
    except LocalEntryNotFoundError as error:
        offline = _offline(setting)
        raise ModelNotFound(f"{hub_id} is not here yet, and the hub cannot be reached. {offline}") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
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


def _reason(error: Exception) -> str:
    if isinstance(error, HfHubHTTPError):
        return f"it answered {error.response.status_code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "the download failed"
