"""What bot, driver and replicas say to each other: JSON, with pixels and latents beside it. No pickle.

A `Parcel` is one value: its head is JSON, its pieces are raw bytes, each one picture or one tile's latents.
On a socket a message is a frame of its own, then a frame for each piece: two lengths, JSON, raw bytes.
"""

import asyncio
import io
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from engine import errors
from engine.api import conditions, events, models, requests
from engine.cluster import status
from engine.config import EngineConfig

MOST_JSON_BYTES = 2**24
MOST_RAW_BYTES = 2**30
"""Of one picture: more than the largest that is drawn takes."""
_LENGTHS = struct.Struct(">II")
_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "F"})
_PHOTO_QUALITY = 90
_TYPES: dict[str, type] = {
    name: value
    for module in (requests, conditions, events, models, status)
    for name, value in vars(module).items()
    if isinstance(value, type) and value.__module__ == module.__name__
}
"""What may stand in a parcel. Nothing else is made of what comes in."""
_ERRORS: dict[str, type[errors.EngineError]] = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EngineError)
}
Head: TypeAlias = dict[str, Any]


class Garbled(Exception):
    """What came is no message of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One value: JSON, and the raw bytes that it speaks of."""

    head: bytes
    pieces: tuple[bytes, ...] = ()


def pack(value: object, *, most_raw_bytes: int = MOST_RAW_BYTES) -> Parcel:
    """Of a request, an event, a status, models or an EngineError; pictures come out pixel for pixel.

    Pictures that take more raw bytes than this become JPEGs: those that are only looked at for a moment.
    """
    pieces: list[bytes] = []
    head = json.dumps(_packed(value, pieces, as_photos=False))
    if sum(map(len, pieces)) > most_raw_bytes:
        pieces.clear()
        head = json.dumps(_packed(value, pieces, as_photos=True))
    return Parcel(head=head.encode(), pieces=tuple(pieces))


def unpack(parcel: Parcel) -> Any:
    """The value in a parcel; an error is returned, not raised.

    Raises: Garbled.
    """
    try:
        return _unpacked(json.loads(parcel.head), parcel.pieces)
    except (ValueError, TypeError, LookupError, RecursionError, OSError) as error:
        raise Garbled(f"{type(error).__name__}: {error}") from error


def _packed(value: object, pieces: list[bytes], *, as_photos: bool) -> object:
    if isinstance(value, bytes):
        pieces.append(value)
        return {"$": "bytes", "piece": len(pieces) - 1}
    if isinstance(value, Image.Image):
        return _packed_picture(value, pieces, as_photo=as_photos)
    if isinstance(value, tuple):
        return [_packed(one, pieces, as_photos=as_photos) for one in value]
    if is_dataclass(value) and type(value).__name__ in _TYPES:
        inside = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {"$": type(value).__name__} | {
            name: _packed(one, pieces, as_photos=as_photos) for name, one in inside
        }
    return _packed_plain(value)


def _packed_plain(value: object) -> object:
    """What holds no bytes."""
    match value:
        case Enum():
            return {"$": type(value).__name__, "value": value.value}
        case None | bool() | str() | int() | float():
            return value
        case frozenset():
            return {"$": "set", "of": [_packed_plain(one) for one in sorted(value, key=str)]}
        case errors.EngineError():
            return {"$": type(value).__name__, "says": str(value), "model": value.model}
        case _:
            raise TypeError(f"{type(value).__name__} is not sent")


def _packed_picture(picture: Image.Image, pieces: list[bytes], *, as_photo: bool) -> Head:
    if as_photo and picture.mode == "RGB":
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=_PHOTO_QUALITY)
        pieces.append(data.getvalue())
        return {"$": "photo", "piece": len(pieces) - 1}
    plain = picture if picture.mode in _MODES else picture.convert("RGBA")
    pieces.append(plain.tobytes())
    return {"$": "picture", "mode": plain.mode, "size": list(plain.size), "piece": len(pieces) - 1}


def _unpacked(value: Any, pieces: tuple[bytes, ...]) -> Any:
    if isinstance(value, list):
        return tuple(_unpacked(one, pieces) for one in value)
    return _unpacked_object(value.pop("$"), value, pieces) if isinstance(value, dict) else value


def _unpacked_object(kind: str, value: Head, pieces: tuple[bytes, ...]) -> Any:
    if "piece" in value:
        return _unpacked_piece(kind, value, pieces[value["piece"]])
    if kind == "set":
        return frozenset(_unpacked(one, pieces) for one in value["of"])
    if kind in _ERRORS:
        error = _ERRORS[kind](value["says"])
        error.model = value["model"]
        return error
    made = _TYPES[kind]
    if issubclass(made, Enum):
        return made(value["value"])
    return made(**{name: _unpacked(one, pieces) for name, one in value.items()})


def _unpacked_piece(kind: str, value: Head, piece: bytes) -> bytes | Image.Image:
    match kind:
        case "bytes":
            return piece
        case "photo":
            return Image.open(io.BytesIO(piece), formats=["JPEG"]).convert("RGB")
        case "picture" if value["mode"] in _MODES:
            width, height = value["size"]
            return Image.frombytes(value["mode"], (width, height), piece)
        case _:
            raise ValueError(f"no {kind} of {value.get('mode')}")


def config_head(config: EngineConfig) -> Head:
    """An engine's configuration as JSON. What is called or measured on this machine stays here."""
    local = {"tell", "cache_dir"}
    head = {one.name: getattr(config, one.name) for one in fields(config) if one.name not in local}
    for name in ("loras", "embeddings"):
        head[name] = {key: str(path) for key, path in head[name].items()}
    head["upscaler"] = None if config.upscaler is None else str(config.upscaler)
    head["controlnets"] = dict(config.controlnets)
    return head


def config_of(head: Mapping[str, Any]) -> EngineConfig:
    """The configuration that a head speaks of."""
    values = dict(head)
    for name in ("loras", "embeddings"):
        values[name] = {key: Path(path) for key, path in values[name].items()}
    values["upscaler"] = None if values["upscaler"] is None else Path(values["upscaler"])
    values["more_models"] = tuple(values["more_models"])
    return EngineConfig(**values)


async def send(writer: asyncio.StreamWriter, head: Head, parcel: Parcel | None = None) -> None:
    """Send a message, and what it carries. Whoever else sends meanwhile does not come between its frames.

    Raises: ConnectionError.
    """
    pieces = () if parcel is None else parcel.pieces
    told = {**head, "pieces": len(pieces)}
    if parcel is not None:
        told["parcel"] = parcel.head.decode()
    frames = [_frame(told), *(_frame({"piece": at}, piece) for at, piece in enumerate(pieces))]
    for frame in frames:
        writer.writelines(frame)
    await writer.drain()


def _frame(head: Head, raw: bytes = b"") -> tuple[bytes, ...]:
    text = json.dumps(head).encode()
    return (_LENGTHS.pack(len(text), len(raw)), text, raw)


async def receive(reader: asyncio.StreamReader) -> tuple[Head, Parcel] | None:
    """The next message, and what it carries; None at the end.

    Raises: Garbled, ConnectionError.
    """
    try:
        head, _ = await _read_frame(reader)
        pieces = [(await _read_frame(reader))[1] for _ in range(head.pop("pieces"))]
        return head, Parcel(head=str(head.pop("parcel", "null")).encode(), pieces=tuple(pieces))
    except asyncio.IncompleteReadError:
        return None
    except (KeyError, TypeError, AttributeError) as error:
        raise Garbled(f"{type(error).__name__}: {error}") from error


async def _read_frame(reader: asyncio.StreamReader) -> tuple[Head, bytes]:
    num_json, num_raw = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    if num_json > MOST_JSON_BYTES or num_raw > MOST_RAW_BYTES:
        raise Garbled(f"a frame of {num_json} and {num_raw} bytes")
    try:
        head = json.loads(await reader.readexactly(num_json))
    except ValueError as error:
        raise Garbled(str(error)) from error
    if not isinstance(head, dict):
        raise Garbled("a frame without a head")
    return head, await reader.readexactly(num_raw)
