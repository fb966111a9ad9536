"""CLIP towers: pictures and words in one space, in which a picture finds the words that are nearest to it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from PIL import Image
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from engine.loading import load_complete
from engine.looking.captions import Seen
from engine.looking.eyes import Eye
from engine.looking.vocabulary import COLOURS, LIGHTS, STYLES, SUBJECTS

_WORDS = 16
"""That are read at a time."""
_MOST, _FEW = 9, 4
"""Subjects that a picture may be said to show, and words of each other kind."""
_SURE = 0.02
"""By how much the first word must be nearer than the second to be said twice."""


class Towers(Eye):
    """What reads words and looks at pictures. Each word is read once."""

    model: Any
    tokenizer: Any

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(path, device=device, dtype=dtype)
        self._read: dict[str, torch.Tensor] = {}

    @property
    def words(self) -> Sequence[str]:
        """All that are to be read."""
        raise NotImplementedError

    @property
    def unprepared(self) -> Sequence[Callable[[], object]]:
        """What is still to be done before `see`, in pieces; once each was, nothing."""
        unread = [word for word in self.words if word not in self._read]
        return [partial(self.read, unread[first : first + _WORDS]) for first in range(0, len(unread), _WORDS)]

    def read(self, words: Sequence[str]) -> None:
        """Read some words."""
        tokens = self.tokenizer(list(words), padding=True, truncation=True, return_tensors="pt").to(
            self.device
        )
        pooled = self.model.text_model(**tokens).pooler_output
        vectors = F.normalize(self.model.text_projection(pooled).float(), dim=-1)
        self._read |= dict(zip(words, vectors, strict=True))

    def see(self, picture: Image.Image) -> Seen:
        """What an RGB picture seems to show, once all is prepared."""
        raise NotImplementedError

    def likeness(self, looked: torch.Tensor, words: Sequence[str]) -> torch.Tensor:
        """How near unit vectors (views, width) are to words that were read, on the average: (words,)."""
        return (looked @ torch.stack([self._read[word] for word in words]).T).mean(dim=0).cpu()


class ClipTowers(Towers):
    """A CLIP of its own, as the setting CAPTIONER may name one."""

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(path, device=device, dtype=dtype)
        self.model = load_complete(CLIPModel, path, None, torch.float32).to(device).eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(path, local_files_only=True)
        self._processor = CLIPImageProcessorPil.from_pretrained(path, local_files_only=True)

    @property
    def words(self) -> Sequence[str]:
        """A vocabulary by subject, style, light and colour."""
        return [*SUBJECTS, *STYLES, *LIGHTS, *COLOURS]

    def see(self, picture: Image.Image) -> Seen:
        """The nearest words of each kind."""
        pixels = self._processor(images=picture, return_tensors="pt").pixel_values.to(self.device)
        pooled = self.model.vision_model(pixel_values=pixels).pooler_output
        looked = F.normalize(self.model.visual_projection(pooled).float(), dim=-1)
        likeness = self.likeness(looked, SUBJECTS)
        best = likeness.topk(_MOST)
        styles, lights, colours = (self._nearest(looked, words) for words in (STYLES, LIGHTS, COLOURS))
        return Seen(
            subjects=[SUBJECTS[place] for place in best.indices.tolist()],
            is_sure=bool(best.values[0] - best.values[1] > _SURE),
            styles=styles,
            lights=lights,
            colours=colours,
        )

    def _nearest(self, looked: torch.Tensor, words: Sequence[str]) -> list[str]:
        return [words[place] for place in self.likeness(looked, words).topk(_FEW).indices.tolist()]
