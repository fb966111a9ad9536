"""An engine without a model: it draws plain colours, one step each time the test says so."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
from PIL import Image

from engine import api
from engine.errors import EngineError

MODEL = api.ModelInfo(
    name="plain",
    hash="0123456789",
    native_size=64,
    size_multiple=8,
    default_steps=4,
    default_guidance_scale=3.0,
    default_sampler="DDIM",
    samplers=("DDIM",),
    seconds_per_image_step=0.01,
    seconds_per_decode=0.02,
)


class HandEngine:
    """Implements `engine.api.Engine`. Draws at once, unless `hold()` was called."""

    def __init__(self) -> None:
        self.model = MODEL
        self.others: tuple[api.ModelInfo, ...] = ()
        self.requests: list[api.Generate] = []
        self.enlarged: list[api.Enlarge] = []
        self.explained: list[api.Explain] = []
        self.looked: list[api.Describe | api.Shorten | api.Classify] = []
        self.captions: tuple[str, ...] = ()
        """What pictures are said to show; where there is nothing, their size."""
        self.closed = 0
        """How many requests were closed before they finished."""
        self.fails_with: EngineError | None = None
        self.goes_away = False
        """Whether it goes away for a moment after half of the steps."""
        self.is_gone = False
        """Whether it says that nothing draws."""
        self._may_finish = asyncio.Event()
        self._may_finish.set()
        self.is_held = asyncio.Event()

    def hold(self) -> None:
        """Stop every request half-way, until `release()`."""
        self._may_finish.clear()

    def release(self) -> None:
        """Let every request finish."""
        self._may_finish.set()

    def models(self) -> tuple[api.ModelInfo, ...]:
        """The one model, and what a test adds."""
        return (self.model, *self.others)

    def is_away(self) -> bool:
        """As a test says."""
        return self.is_gone

    async def ended(self) -> api.Ending:
        """Never lost."""
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def run(self, request: api.Request) -> AsyncGenerator[api.Event, None]:
        """Draw plain colours that tell the seeds apart."""
        if isinstance(request, api.Enlarge):
            self.enlarged.append(request)
            yield api.Started()
            yield api.Finished(result=_larger(request), gpu_seconds=0.25)
            return
        if isinstance(request, api.Explain):
            self.explained.append(request)
            yield api.Started()
            if self.fails_with is not None:
                raise self.fails_with
            yield api.Progress(step=2, total=4, eta_seconds=1.0)
            yield api.Finished(result=_told(request), gpu_seconds=0.25)
            return
        if isinstance(request, api.Describe | api.Shorten | api.Classify):
            self.looked.append(request)
            if self.fails_with is not None:
                raise self.fails_with
            yield api.Finished(result=_looked(request, self.captions), gpu_seconds=0.25)
            return
        self.requests.append(request)
        is_finished = False
        try:
            yield api.Queued(position=1)
            yield api.Started()
            if self.fails_with is not None:
                raise self.fails_with
            yield api.Progress(step=2, total=4, eta_seconds=1.0)
            yield api.Preview(images=tuple(_colour(seed, 8, 8) for seed in request.seeds))
            if self.goes_away:
                yield api.Queued(position=1, eta_seconds=15.0, is_engine_away=True)
            self.is_held.set()
            await self._may_finish.wait()
            if self.goes_away:
                yield api.Progress(step=1, total=4, eta_seconds=1.0)
            yield api.Finished(result=result_of(request), gpu_seconds=0.25)
            is_finished = True
        finally:
            self.closed += not is_finished


def _larger(request: api.Enlarge) -> api.Generated:
    size = (request.picture.width * request.factor, request.picture.height * request.factor)
    return api.Generated(images=(request.picture.resize(size),), engine_version="hand 1")


def _told(request: api.Explain) -> api.Explained:
    """Each word lies in a row of its own, from top to bottom."""
    words = " ".join(part.text for part in request.drawing.prompts).split()
    rows = np.eye(len(words), dtype=np.float32)
    return api.Explained(
        image=result_of(request.drawing).images[0],
        words=tuple(
            api.WordMap(
                word=word,
                heat=Image.fromarray(row[:, None].repeat(len(words), axis=1)),
                read_as="prince" if word == "knight" else None,
            )
            for word, row in zip(words, rows, strict=True)
        ),
        frames=(_colour(0, 8, 8), _colour(1, 8, 8)),
        engine_version="hand 1",
    )


def _looked(request: api.Describe | api.Shorten | api.Classify, captions: tuple[str, ...] = ()) -> api.Result:
    """Captions that tell the size; words of which the last counts, and the prompts that end with it."""
    match request:
        case api.Describe(picture=picture):
            size = f"{picture.width} by {picture.height}"
            told = captions or tuple(f"{place} of {size}" for place in ("a", "b", "c", "d"))
            return api.Described(captions=told)
        case api.Shorten(prompt=prompt):
            words = prompt.split()
            return api.Shortened(
                words=tuple(
                    api.Word(text=word, share=float(word is words[-1]), is_struck=word is not words[-1])
                    for word in words
                ),
                shorter=tuple(" ".join(words[first:]) for first in range(1, len(words))),
            )
        case api.Classify():
            return api.Classified(scores=(-0.1,), care_scores=(), is_unsafe=False)


def result_of(request: api.Generate) -> api.Generated:
    """What a request comes to: a plain colour for each seed."""
    return api.Generated(
        images=tuple(_colour(seed, request.width, request.height) for seed in request.seeds),
        latents=tuple(seed.to_bytes(4) for seed in request.seeds),
        engine_version="hand 1",
    )


def _colour(seed: int, width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), (seed % 256, seed // 256 % 256, seed // 65536 % 256))
