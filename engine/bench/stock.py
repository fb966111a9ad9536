"""The same requests through diffusers' own pipelines: what every peer does, one call after another."""

from typing import Any

import torch
from diffusers import (
    DiffusionPipeline,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionXLImg2ImgPipeline,
)
from PIL import Image

from engine.api import Generate
from engine.samplers import SAMPLERS
from engine.sources import resolve


class StockPipelines:
    """Text-to-image and image-to-image pipelines of one checkpoint."""

    def __init__(self, model: str, *, device: torch.device, dtype: torch.dtype) -> None:
        self._text = DiffusionPipeline.from_pretrained(resolve(model).path, dtype=dtype).to(device)
        self.unet: torch.nn.Module = self._text.unet
        is_sdxl = hasattr(self._text, "text_encoder_2")
        image_class = StableDiffusionXLImg2ImgPipeline if is_sdxl else StableDiffusionImg2ImgPipeline
        options = {} if is_sdxl else {"requires_safety_checker": False}
        self._image = image_class(**self._text.components, **options)
        for pipeline in (self._text, self._image):
            pipeline.set_progress_bar_config(disable=True)

    def draw(self, request: Generate) -> tuple[Image.Image, ...]:
        """One pipeline call for a request with one prompt, from noise or from a picture."""
        pipeline, source = self._text, dict[str, Any](width=request.width, height=request.height)
        if request.start is not None:
            pipeline = self._image
            source = {"image": request.start.source, "strength": request.start.strength}
        sampler, own = SAMPLERS[request.sampler], pipeline.scheduler
        pipeline.scheduler = sampler.build(own.config)
        try:
            return tuple(self._call(pipeline, request, eta=sampler.eta, **source))
        finally:
            pipeline.scheduler = own

    def _call(self, pipeline: Any, request: Generate, **source: Any) -> list[Image.Image]:
        images: list[Image.Image] = pipeline(
            request.prompts[0].text,
            negative_prompt=request.negative_prompt or None,
            num_inference_steps=request.num_inference_steps,
            guidance_scale=request.guidance_scale,
            num_images_per_prompt=len(request.seeds),
            generator=[torch.Generator().manual_seed(seed) for seed in request.seeds],
            **source,
        ).images
        return images
