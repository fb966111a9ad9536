"""Captions by BLIP, written word piece by word piece, so that nobody waits for a whole one."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import AutoTokenizer, BlipForConditionalGeneration, BlipImageProcessorPil

from engine.loading import load_complete
from engine.looking.captions import CAPTIONS, different
from engine.looking.colours import colours_of
from engine.looking.eyes import Eye

MOST_PIECES = 30
"""Of a word, in one caption."""
_LIKELY = 0.9
"""Of all that may come next, the likeliest that make up so much (nucleus sampling, Holtzman et al. 2020)."""
_OPENING = re.compile(r"^(there (is|are)|this is|(a|an) (image|picture) of)\s+", re.IGNORECASE)
_NO_WORD = re.compile(r"\barr?aff?e?d?\b ?", re.IGNORECASE)
"""Published BLIP weights begin captions with a word that there is not."""


class Captioner(Eye):
    """A BLIP, as the setting CAPTIONER names one."""

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(path, device=device, dtype=dtype)
        self.model: Any = load_complete(BlipForConditionalGeneration, path, None, dtype).to(device).eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
        self._processor = BlipImageProcessorPil.from_pretrained(path, local_files_only=True)

    def look(self, picture: Image.Image) -> torch.Tensor:
        """What an RGB picture looks like, (1, patches, width)."""
        pixels = self._processor(images=picture, return_tensors="pt").pixel_values
        looked: torch.Tensor = self.model.vision_model(pixel_values=pixels.to(self.device, self.dtype))[0]
        return looked


class Captioning:
    """Four captions in the making: the likeliest, and three by chance, the same for the same seed."""

    def __init__(self, captioner: Captioner, picture: Image.Image, seed: int = 0) -> None:
        self._captioner = captioner
        self._picture = picture
        self._looked = captioner.look(picture).expand(CAPTIONS, -1, -1)
        text = captioner.model.config.text_config
        self._end, self._padding = int(text.sep_token_id), int(text.pad_token_id)
        self._pieces = torch.full((CAPTIONS, 1), int(text.bos_token_id))
        self._past: Any = None
        self._generator = torch.Generator().manual_seed(seed)
        self._is_first_likeliest = seed == 0

    @property
    def is_done(self) -> bool:
        """Whether every caption has ended, or is long enough."""
        has_ended = bool((self._pieces == self._end).any(dim=1).all())
        return has_ended or self._pieces.shape[1] > MOST_PIECES

    def advance(self) -> None:
        """Write the next piece of each."""
        output = self._captioner.model.text_decoder(
            input_ids=self._pieces[:, -1:].to(self._captioner.device),
            attention_mask=torch.ones(self._pieces.shape, dtype=torch.long, device=self._captioner.device),
            encoder_hidden_states=self._looked,
            past_key_values=self._past,
            use_cache=True,
        )
        self._past = output.past_key_values
        following = self._chosen(output.logits[:, -1].float().cpu())
        following[(self._pieces == self._end).any(dim=1)] = self._padding
        self._pieces = torch.cat([self._pieces, following[:, None]], dim=1)

    def captions(self) -> tuple[str, ...]:
        """The four, which differ."""
        decoded: Sequence[str] = self._captioner.tokenizer.batch_decode(
            self._pieces[:, 1:], skip_special_tokens=True
        )
        colours = [f"{name} colours" for name, _ in colours_of(self._picture)[:3]]
        return different(
            [tidied(caption) for caption in decoded], [*colours, "close-up", "soft light", "detailed"]
        )

    def _chosen(self, scores: torch.Tensor) -> torch.Tensor:
        """The next piece (4,) by the scores (4, vocabulary): the likeliest, and likely ones by chance."""
        chances, places = scores.softmax(dim=-1).sort(dim=-1, descending=True)
        chances[chances.cumsum(dim=-1) - chances > _LIKELY] = 0
        chosen = torch.multinomial(chances, 1, generator=self._generator)
        if self._is_first_likeliest:
            chosen[0] = 0
        return places.gather(1, chosen)[:, 0]


def tidied(caption: str) -> str:
    """A caption as a prompt: without words about there being a picture."""
    tidy = _OPENING.sub("", " ".join(_NO_WORD.sub("", caption).split()))
    return tidy.strip(" .,") or "a picture"
