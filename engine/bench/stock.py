"""The same requests through diffusers' own pipelines: what every peer does, one call after another."""

from typing import Any

import torch
from diffusers import (
    DiffusionPipeline,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
)
from PIL import Image

from engine.api import Generate
from engine.samplers import SAMPLERS
from engine.sources import resolve

_KINDS = (StableDiffusionPipeline, StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline)
_XL_KINDS = (StableDiffusionXLPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline)


class StockPipelines:
    """Text-to-image, image-to-image and inpainting pipelines of a checkpoint, or that for instructions."""

    def __init__(self, model: str, *, device: torch.device, dtype: torch.dtype) -> None:
        loaded = DiffusionPipeline.from_pretrained(resolve(model).path, dtype=dtype).to(device)
        self.unet: torch.nn.Module = loaded.unet
        self.vae: torch.nn.Module = loaded.vae
        self.pipeline: Any = loaded
        self._edits = "InstructPix2Pix" in type(loaded).__name__
        is_sdxl = hasattr(loaded, "text_encoder_2")
        options = (
            {"force_zeros_for_empty_prompt": loaded.config.force_zeros_for_empty_prompt}
            if is_sdxl
            else {"requires_safety_checker": False}
        )
        self.text, self._image, self._mask = (
            kind(**loaded.components, **options) for kind in (_XL_KINDS if is_sdxl else _KINDS)
        )
        for pipeline in (self.text, self._image, self._mask, loaded):
            pipeline.set_progress_bar_config(disable=True)

    def draw(self, request: Generate, **options: Any) -> tuple[Image.Image, ...]:
        """One pipeline call for a request with one prompt, from noise or from a picture.

        `options` are for the pipeline itself. A picture to be repainted is given once for every seed: of one,
        the pipeline would draw with the first generator alone, and no picture would be that of its seed.
        """
        pipeline, source = self.text, dict[str, Any](width=request.width, height=request.height)
        if self._edits and request.start is not None:
            pipeline = self.pipeline
            sizes = source if hasattr(pipeline, "text_encoder_2") else {}
            scale = request.start.image_guidance_scale
            source = {"image": request.start.source, "image_guidance_scale": scale} | sizes
        elif request.start is not None:
            pipeline = self._image
            source = {"image": request.start.source, "strength": request.start.strength}
        if request.mask is not None:
            pipeline, count = self._mask, len(request.seeds)
            source |= {"image": [source["image"]] * count, "mask_image": [request.mask.area] * count}
            source |= {"width": request.width, "height": request.height}
        sampler, own = SAMPLERS[request.sampler], pipeline.scheduler
        pipeline.scheduler = sampler.build(own.config)
        try:
            return tuple(self._call(pipeline, request, eta=sampler.eta, **source | options))
        finally:
            pipeline.scheduler = own

    def _call(self, pipeline: Any, request: Generate, **source: Any) -> list[Image.Image]:
        options = {
            "negative_prompt": request.negative_prompt or None,
            "num_inference_steps": request.num_inference_steps,
            "guidance_scale": request.guidance_scale,
            "num_images_per_prompt": len(request.seeds),
            "generator": [torch.Generator().manual_seed(seed) for seed in request.seeds],
        }
        images: list[Image.Image] = pipeline(request.prompts[0].text, **options | source).images
        return images
