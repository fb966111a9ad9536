"""Parcels and frames: what comes out is what went in, and nothing else can be made of what comes in."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.api import (
    Classify,
    Control,
    Described,
    Enlarge,
    Explain,
    Explained,
    Finished,
    Generated,
    Lora,
    Mask,
    Mixture,
    Preview,
    Queued,
    Reference,
    Request,
    Shortened,
    Spread,
    Start,
    Style,
    Variation,
    Weirdness,
    Word,
    WordMap,
)
from engine.cluster.wire import Garbled, Parcel, config_head, config_of, pack, receive, send, unpack
from engine.config import EngineConfig
from engine.errors import EngineError, InvalidRequest, ModelNotFound
from tests.cluster.test_router import TINY
from tests.engine.requests import generate

PICTURE = Image.linear_gradient("L").resize((24, 16)).convert("RGB")
HEAT = Image.linear_gradient("L").resize((8, 8)).convert("F")
REQUESTS: list[Request] = [
    generate(),
    generate(
        start=Start(source=PICTURE, strength=0.5),
        mask=Mask(area=PICTURE.convert("L"), feather=3),
        references=(Reference(picture=PICTURE, interval=(0.1, 0.9), style_only=True),),
        controls=(Control(name="edges", map=PICTURE.convert("1")),),
        loras=(Lora(name="ink", weight=-0.5),),
        spread=Spread(amount=0.3, seed=2**63),
        variation=Variation(seed=1, strength=0.1, variation=Variation(seed=2, strength=0.2)),
        styles=(Style(words="3d style", amount=0.7),),
        weirdness=Weirdness(amount=0.2, seed=4),
    ),
    generate(start=Start(source=b"\0latents", strength=0.5)),
    generate(start=Start(source=Mixture(pictures=(PICTURE, PICTURE), weights=(0.5, 0.5)), strength=0.5)),
    Enlarge(picture=PICTURE.convert("RGBA"), factor=4),
    Explain(drawing=generate(seeds=(1,))),
    Classify(model="tiny", picture=PICTURE),
]
TOLD = [
    Queued(position=3, eta_seconds=float("inf"), is_engine_away=True),
    Preview(images=(PICTURE,) * 4),
    Finished(
        result=Generated(images=(PICTURE,), latents=(b"\1\2",), engine_version="1"),
        gpu_seconds=0.25,
    ),
    Finished(
        result=Explained(
            image=PICTURE, words=(WordMap(word="a", heat=HEAT),), frames=(PICTURE,), engine_version="1"
        ),
        gpu_seconds=1.0,
    ),
    Finished(result=Described(captions=("a", "é", "猫", "")), gpu_seconds=1.0),
    Finished(
        result=Shortened(words=(Word(text="a", share=1.0, is_struck=False),), shorter=()), gpu_seconds=1.0
    ),
    (TINY, replace(TINY, name="other", loras=("a",))),
]


@pytest.mark.parametrize("value", [*REQUESTS, *TOLD], ids=lambda value: type(value).__name__)
def test_a_value_comes_out_of_its_parcel_as_it_went_in(value: object) -> None:
    assert unpack(pack(value)) == value


def test_an_error_comes_out_with_its_kind_and_its_sentence() -> None:
    error = ModelNotFound("There is no model named x here.")
    error.model = "x"
    told = unpack(pack(error))
    assert isinstance(told, ModelNotFound)
    assert (str(told), told.model) == ("There is no model named x here.", "x")


def test_previews_that_are_too_large_become_photos_and_results_never_do() -> None:
    large = Preview(images=(PICTURE.resize((256, 256)),) * 4)
    parcel = pack(large, most_raw_bytes=50_000)
    assert sum(map(len, parcel.pieces)) < 50_000
    assert [one.size for one in unpack(parcel).images] == [(256, 256)] * 4
    assert unpack(pack(large)) == large


def test_no_other_class_is_made_of_what_comes_in() -> None:
    for kind in ("Popen", "EngineConfig", "object", "annotations"):
        with pytest.raises(Garbled):
            unpack(Parcel(head=json.dumps({"$": kind}).encode()))


@given(st.binary(max_size=200))
def test_noise_is_garbled_and_nothing_worse(noise: bytes) -> None:
    with suppress(Garbled):
        unpack(Parcel(head=noise))


def test_a_configuration_comes_out_as_it_went_in() -> None:
    config = EngineConfig(
        model="/models/a",
        more_models=("b=/models/b",),
        loras={"ink": Path("/loras/ink.safetensors")},
        controlnets={"edges": "/models/edges"},
        upscaler=Path("/models/up.safetensors"),
        memory_gib=2.5,
        num_threads=1,
    )
    assert config_head(config_of(json.loads(json.dumps(config_head(config))))) == config_head(config)
    assert config_of(config_head(config)).loras == config.loras


async def test_messages_cross_a_socket_whole_and_in_order() -> None:
    async with joined() as (reader, writer):
        sent = [send(writer, {"number": at}, pack(value)) for at, value in enumerate([*REQUESTS, *TOLD])]
        sending = asyncio.gather(*sent)
        for at, value in enumerate([*REQUESTS, *TOLD]):
            message = await receive(reader)
            assert message is not None
            assert message[0] == {"number": at}
            assert unpack(message[1]) == value
        await sending
        writer.close()
        assert await receive(reader) is None


@pytest.mark.parametrize(
    "noise",
    [
        struct.pack(">II", 2**31, 0),
        struct.pack(">II", 2, 2**31) + b"{}",
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"{}",
        struct.pack(">II", 3, 0) + b"{{}",
    ],
)
async def test_a_frame_that_is_none_of_ours_is_refused_before_it_is_read(noise: bytes) -> None:
    async with joined() as (reader, writer):
        writer.write(noise)
        with pytest.raises(Garbled):
            await receive(reader)


def test_every_error_of_the_engine_can_be_told() -> None:
    kinds: list[type[EngineError]] = [EngineError, *EngineError.__subclasses__()]
    assert [type(unpack(pack(kind("why")))) for kind in kinds] == kinds
    assert InvalidRequest in kinds


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """One end to read from, and the other to write to."""
    here, there = socket.socketpair()
    reader, closing = await asyncio.open_connection(sock=here)
    _, writer = await asyncio.open_connection(sock=there)
    try:
        yield reader, writer
    finally:
        closing.close()
        writer.close()
