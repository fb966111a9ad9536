"""How a picture came about: it is drawn once more, alone, and the U-Net is watched at it."""

from functools import partial
from math import ceil

import torch
from PIL import Image

from engine.api import Explain, Explained, Generate, Generated, WordMap
from engine.device import Arrival
from engine.families.attention import AttentionMaps
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.memory import predict_within_memory, whole_within_memory
from engine.preview import as_pictures
from engine.rows import Rows
from engine.text import WordPlace, num_words
from engine.work.denoising import Generation, NotANumber, expected_passes, num_bytes_in
from engine.work.naming import Naming, naming_of
from engine.work.pacing import in_slice
from engine.work.slices import Decoding

_MOST_FRAMES = 32
_MAPS_KEPT = 3
"""Of each word: the sum, that of a step, and that of a layer."""


def num_bytes(request: Explain, library: Library) -> int:
    """Bytes that a drawing takes on the device together with its maps."""
    drawing = request.drawing
    _, height, width = library.latent_shape(drawing)
    words = sum(num_words(prompt.text) for prompt in drawing.prompts)
    return num_bytes_in(library, drawing) + _MAPS_KEPT * words * height * width * 4


class Explaining:
    """One picture, drawn step by step between the ticks, so that nobody else's pass pays for the watching."""

    def __init__(self, request: Explain) -> None:
        self._request = request.drawing
        self._naming: Naming | None = None
        self._redraw: _Redraw | None = None
        self._decoding: Decoding | None = None
        self._in_float32 = False
        self.num_pieces = expected_passes(request.drawing) + 1

    @property
    def num_done(self) -> int:
        """How many steps are done; the last piece is the decoding."""
        return 0 if self._redraw is None else self._redraw.generation.step

    def advance(self, library: Library, seconds: float | None) -> Explained | None:
        """Take as many steps as take no longer than this, at least one; or decode. First, name what is shown
        without a word."""
        if self._redraw is None and not self._is_named(library, seconds):
            return None
        if self._decoding is None:
            for _ in in_slice(seconds):
                self._step(library)
                if self._decoding is not None:
                    break
            return None
        decoded = self._decoding.advance(library, seconds)
        return None if decoded is None or self._redraw is None else self._redraw.explained(decoded)

    def _is_named(self, library: Library, seconds: float | None) -> bool:
        self._naming = self._naming or naming_of(self._request, library)
        if self._naming is None:
            return True
        named = self._naming.advance(library, seconds)
        if named is not None:
            self._request, self._naming = named, None
        return named is not None

    def _step(self, library: Library) -> None:
        model = self._request.model
        checkpoint = whole_within_memory(library, model, partial(self._in_force, library))
        if self._redraw is None:
            self._redraw = whole_within_memory(library, model, lambda: _Redraw(self._request, checkpoint))
        try:
            self._redraw.step(library, checkpoint)
        except NotANumber:
            if self._in_float32 or not checkpoint.has_sixteen_bits:
                raise
            self._in_float32, self._redraw = True, None  # all of it once more, as for whoever draws
            return
        if self._redraw.generation.is_done:
            capacity = library.entry(model).capacity
            self._decoding = Decoding(self._request, self._redraw.generation.latents, capacity)

    def _in_force(self, library: Library) -> Checkpoint:
        """The model as the drawing wants it; others have had it their way since the last step."""
        checkpoint = library.checkpoint(self._request.model)
        library.load_controls(self._request.model, [control.name for control in self._request.controls])
        checkpoint.put_in_force(
            loras=self._request.loras, tiles=self._request.tiles, in_float32=self._in_float32
        )
        return checkpoint


class _Redraw:
    """The drawing, and what has been seen of it."""

    def __init__(self, request: Generate, checkpoint: Checkpoint) -> None:
        self._request = request
        self.generation = Generation(request, checkpoint)
        self._texts = [checkpoint.text.words(prompt.text) for prompt in request.prompts]
        _, height, width = checkpoint.latent_shape(request.width, request.height)
        positions = [[word.positions for word in words] for words in self._texts]
        self._maps = AttentionMaps(texts=positions, height=height, width=width)
        self._frames: list[Arrival] = []
        self._steps_a_frame = ceil(self.generation.num_steps / _MOST_FRAMES)

    def step(self, library: Library, checkpoint: Checkpoint) -> None:
        """One step. Raises: NotANumber, OutOfMemory."""
        generation, model = self.generation, self._request.model
        rows = whole_within_memory(library, model, generation.rows)
        if generation.step == 0:
            self._frames.append(Arrival(checkpoint.preview(rows.sample[:1])))
        prediction = self._watched(library, checkpoint, rows)
        whole_within_memory(library, model, lambda: generation.advance(prediction))
        self._maps.keep_step()
        if generation.step % self._steps_a_frame == 0 or generation.is_done:
            self._frames.append(Arrival(checkpoint.preview(generation.predicted_original())))
        if generation.is_done:
            generation.confirm()

    def _watched(self, library: Library, checkpoint: Checkpoint, rows: Rows) -> torch.Tensor:
        """The prediction. What is moved away from has its row before those of the texts, if it has one; what
        a model for instructions is shown has one behind them."""
        capacity, area = library.entry(checkpoint.name).capacity, self._request.width * self._request.height
        first = next(row for row, guide in enumerate(self.generation.guides) if guide.is_wanted)
        begin = partial(self._maps.begin_step, first)
        with checkpoint.watched(self._maps):
            return predict_within_memory(library, checkpoint, capacity, rows, area=area, before=begin)

    def explained(self, decoded: Generated) -> Explained:
        """All that was seen, with the finished picture."""
        words: list[WordPlace] = [word for words in self._texts for word in words]
        maps = self._maps.finished()
        return Explained(
            image=decoded.images[0],
            words=tuple(
                WordMap(word=word.text, heat=Image.fromarray(heat.numpy()), read_as=word.read_as)
                for word, heat in zip(words, maps, strict=True)
            ),
            frames=tuple(image for frame in self._frames for image in as_pictures(frame.get())),
            engine_version=decoded.engine_version,
        )
