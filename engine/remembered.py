"""What was measured of models at earlier starts, kept in one file; a file that is damaged counts as none."""

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

log = logging.getLogger(__name__)

_FORMAT = 1
_MOST_MODELS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a model is and can do on one device, in one dtype, by one version of the libraries."""

    hash: str
    num_threads: int
    curve: Mapping[int, float]
    """Rows → seconds of a forward pass at the native size."""
    seconds_per_decode: float
    seconds_per_enlarged_pixel: float


class Remembered:
    """Measures by whatever they depend on, kept in `folder`; None keeps nothing.

    A file that is damaged, or of another format, counts as empty. One that cannot be written is no error.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / "measured.json"

    def get(self, circumstances: Mapping[str, object]) -> Measures | None:
        """What was measured under exactly these circumstances."""
        kept = self._read().get(_key(circumstances))
        try:
            return None if kept is None else _measures(kept)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def put(self, circumstances: Mapping[str, object], measures: Measures) -> None:
        """Keep what was measured; the oldest goes where there is much."""
        if self._path is None:
            return
        kept = self._read()
        kept.pop(_key(circumstances), None)
        kept[_key(circumstances)] = asdict(measures)
        newest = dict(list(kept.items())[-_MOST_MODELS:])
        aside = self._path.with_name(f"{self._path.name}.{uuid4().hex}")
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            aside.write_text(json.dumps({"format": _FORMAT, "models": newest}))
            aside.replace(self._path)
        except OSError as error:
            log.info("What was measured cannot be kept in %s (%s).", self._path.parent, error.strerror)
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_bytes()) if self._path is not None else {}
            models = content["models"] if content["format"] == _FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}
        return models if isinstance(models, dict) else {}


def _key(circumstances: Mapping[str, object]) -> str:
    return sha256(json.dumps(circumstances, sort_keys=True, default=str).encode()).hexdigest()


def _measures(kept: Mapping[str, Any]) -> Measures:
    """Raises: KeyError, TypeError, ValueError or AttributeError, if it is not what `put` wrote."""
    curve = {int(rows): float(seconds) for rows, seconds in kept["curve"].items()}
    measures = Measures(
        hash=str(kept["hash"]),
        num_threads=int(kept["num_threads"]),
        curve=curve,
        seconds_per_decode=float(kept["seconds_per_decode"]),
        seconds_per_enlarged_pixel=float(kept["seconds_per_enlarged_pixel"]),
    )
    each = (measures.num_threads, measures.seconds_per_decode, measures.seconds_per_enlarged_pixel)
    positive = [*curve, *curve.values(), *each]
    if not curve or not all(0 < number < float("inf") for number in positive):
        raise ValueError(kept)
    return measures
