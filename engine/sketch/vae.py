"""The autoencoder: vector art to a 16-fold smaller latent and back, white paper white."""

import re
from copy import deepcopy

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor, nn
from torch.func import functional_call

from engine.sketch import places, scenes
from engine.sketch.captions import pick
from engine.sketch.config import Config, Plan
from engine.sketch.data import Pixels, load
from engine.sketch.loop import Batch, Compose, Learner, Training, go_part_of_the_way, warm_start

KL = 3e-4
LATENT_NOISE = 0.15
"""How far off, in standard deviations, the latents are that the decoder learns to forgive."""
LOUDNESS = 0.004
"""What it costs an autoencoder that grows to say more in its new channels: else it would drown that noise."""
SAMPLES = 512
CELL = 8
"""Pixels of the side of a cell in which colours and edges may move without being wrong."""
REDRAWN = "redrawn.pt"
"""What `redraw` leaves in the work folder."""
SHARE_REDRAWN = 0.25
"""How much of each batch is what a U-Net redrew."""
P_SCENE = 0.55
"""Share of crops that stand before a sky and a ground."""
LIKENESS, PERSUASION = 0.5, 0.03
"""What it counts, beside plain errors, that the critic sees the same in a drawing and takes it for art."""


def build(config: Config) -> AutoencoderKL:
    """An untrained autoencoder; convolutions only, so that crops and whole pictures behave alike."""
    levels = len(config.vae_channels)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=config.vae_channels,
        layers_per_block=config.vae_layers,
        latent_channels=config.latent_channels,
        norm_num_groups=config.vae_groups,
        sample_size=config.resolution,
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )


class Reconstruction(nn.Module):
    """The autoencoder in training, with a helper that ships nothing.

    The helper reads each cell's mean colour from the latent, linearly. Without it colour is learnt late:
    grey reconstructions are a comfortable place to stay.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.vae = build(config)
        self.colours = nn.Conv2d(config.latent_channels, 3, 1)
        self.cell = 2 ** (len(config.vae_channels) - 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """The loss on pixels in [-1, 1], (batch, 3, height, width)."""
        posterior = self.vae.encode(pixels).latent_dist
        latents = posterior.sample()
        colours = self.colours(latents).float()
        error = colour_error(colours, F.avg_pool2d(pixels, self.cell))
        kl = posterior.kl().float().mean() / posterior.mean[0].numel()
        loss: Tensor = reconstruction_loss(self.vae.decode(latents).sample.float(), pixels) + error + KL * kl
        return loss


class Growing(nn.Module):
    """A larger autoencoder in training that takes over the latent space of a smaller one.

    With more levels its encoder learns to read from large pictures what the known one reads from small ones,
    its decoder to draw them large. With more channels it says what the known ones leave open. All that a
    U-Net knows of the known channels stays true.
    """

    def __init__(self, known: AutoencoderKL, config: Config) -> None:
        super().__init__()
        self.vae = build(config)
        self.known = known.requires_grad_(requires_grad=False)
        deeper = len(config.vae_channels) - len(known.config.block_out_channels)
        self.ratio = 2**deeper
        self.kept = known.config.latent_channels
        warm_start(self.vae, {_deeper(name, deeper): weight for name, weight in known.state_dict().items()})
        if self.kept < config.latent_channels:
            _add_channels(self.vae, self.kept)

    def forward(self, pixels: Tensor) -> Tensor:
        """The loss on pixels in [-1, 1], (batch, 3, height, width)."""
        with torch.no_grad():
            taught = self.known.encode(F.avg_pool2d(pixels, self.ratio)).latent_dist.mode()
        read = self.vae.encode(pixels).latent_dist.mode()
        own = read[:, self.kept :]
        drawn = self.vae.decode(slightly_wrong(torch.cat([taught, own], 1))).sample.float()
        loss = reconstruction_loss(drawn, pixels) + F.mse_loss(read[:, : self.kept], taught)
        return loss + LOUDNESS * own.square().mean() if own.numel() else loss


@torch.no_grad()
def _add_channels(vae: AutoencoderKL, kept: int) -> None:
    """Part new channels, which begin as they may, from the known ones, which say and draw what they did."""
    into, out = vae.quant_conv, vae.post_quant_conv
    nn.init.kaiming_uniform_(into.weight[kept:], a=5**0.5)
    into.weight[:kept, 2 * kept :] = 0
    into.bias[kept:] = 0
    be_certain(into)
    out.weight[:kept, kept:] = 0
    vae.decoder.conv_in.weight[:, kept:] = 0


def _deeper(name: str, levels: int) -> str:
    """Where a weight belongs when levels are put before the encoder's first and after the decoder's last."""
    return re.sub(r"(?<=encoder\.down_blocks\.)\d+", lambda place: str(int(place[0]) + levels), name)


@torch.no_grad()
def lengthened(known: AutoencoderKL, layers: int) -> AutoencoderKL:
    """The same with so many layers at every size; what is added begins as if it were not there."""
    longer: AutoencoderKL = AutoencoderKL.from_config(known.config, layers_per_block=layers)
    added = longer.load_state_dict(known.state_dict(), strict=False).missing_keys
    for name, parameter in longer.named_parameters():
        if name in added and ".conv2." in name:
            parameter.zero_()
    return longer


class Critic(nn.Module):
    """Tells crops of the art from drawn ones, patch by patch (Isola et al. 2017); it ships nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv2d(inside, outside, 4, stride=2, padding=1)
            for inside, outside in ((3, width), (width, 2 * width), (2 * width, 4 * width))
        )
        self.score = nn.Conv2d(4 * width, 1, 3, padding=1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, list[Tensor]]:
        """How much each patch looks like art, and what was seen in it on the way."""
        seen = []
        for layer in self.layers:
            pixels = F.leaky_relu(layer(pixels), 0.2)
            seen.append(pixels)
        return self.score(pixels), seen


class Sharpening(nn.Module):
    """The decoder alone, learning from slightly wrong latents, as a U-Net's are; the latent space stays.

    Where a latent leaves open how an edge runs, the mean of all answers is a blur. The critic makes the
    decoder decide.
    """

    def __init__(self, vae: AutoencoderKL, config: Config) -> None:
        super().__init__()
        self.vae = vae
        self.critic = Critic(config.critic_width)
        vae.encoder.requires_grad_(requires_grad=False)
        vae.quant_conv.requires_grad_(requires_grad=False)

    def forward(self, pixels: Tensor, redrawn: Tensor | None = None) -> Tensor:
        """The loss on pixels in [-1, 1], (batch, 3, height, width): the decoder's and the critic's.

        `redrawn` are latents that a U-Net made of the last of the pictures.
        """
        count = len(pixels) - (0 if redrawn is None else len(redrawn))
        with torch.no_grad():
            latents = slightly_wrong(self.vae.encode(pixels[:count]).latent_dist.mode())
        if redrawn is not None:
            latents = torch.cat([latents, redrawn])
        drawn = overshoot_forgiven(self.vae.decode(latents).sample.float(), pixels)
        art, seen = self.critic(pixels)
        told_apart = F.softplus(-art).mean() + F.softplus(self.critic(drawn.detach())[0]).mean()
        frozen = {name: weight.detach() for name, weight in self.critic.named_parameters()}
        score, seen_drawn = functional_call(self.critic, frozen, (drawn,))
        alike = sum(F.l1_loss(ours, theirs.detach()) for ours, theirs in zip(seen_drawn, seen, strict=True))
        loss: Tensor = sharpness_loss(drawn, pixels) + LIKENESS * alike
        return loss + PERSUASION * F.softplus(-score).mean() + told_apart


def slightly_wrong(latents: Tensor) -> Tensor:
    """The latents as a U-Net might leave them, each picture's more or less far off."""
    amount = LATENT_NOISE * torch.rand(len(latents), 1, 1, 1, device=latents.device)
    return latents + amount * torch.randn_like(latents)


def reconstruction_loss(decoded: Tensor, pixels: Tensor) -> Tensor:
    """Absolute error of pixels, edges and coarse colours. What is fully white or black may be overshot."""
    decoded = overshoot_forgiven(decoded, pixels)
    error = decoded - pixels
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return colour_error(decoded, pixels) + error.square().mean() + edges + 0.5 * coarse_error(decoded, pixels)


def sharpness_loss(decoded: Tensor, pixels: Tensor) -> Tensor:
    """Absolute error of pixels and coarse colours, and of how much of which colour and edge is in each cell.

    Where an edge runs a little off, errors of edges and squares call a blur better than an edge. Of a
    cell's colours in their order, and of its edges, a blur has the wrong ones wherever they are.
    """
    down, right = (int(torch.randint(CELL, ())) for _ in range(2))
    spread = sum(
        F.l1_loss(_in_order(ours[..., down:, right:]), _in_order(theirs[..., down:, right:]))
        for ours, theirs in zip(_colours_and_edges(decoded), _colours_and_edges(pixels), strict=True)
    )
    loss: Tensor = colour_error(decoded, pixels) + 0.5 * coarse_error(decoded, pixels) + spread
    return loss


def _colours_and_edges(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return pixels, pixels.diff(dim=-1).abs(), pixels.diff(dim=-2).abs()


def _in_order(values: Tensor) -> Tensor:
    """The values of each whole cell, sorted."""
    cells = values.unfold(-2, CELL, CELL).unfold(-2, CELL, CELL)
    return cells.flatten(-2).sort(-1).values


def overshoot_forgiven(decoded: Tensor, pixels: Tensor) -> Tensor:
    """What was decoded, but as it should be where it is whiter than white or blacker than black."""
    saturated = (pixels.abs() >= 1) & (decoded * pixels.sign() >= 1)
    return torch.where(saturated, pixels, decoded)


def coarse_error(decoded: Tensor, pixels: Tensor) -> Tensor:
    """The colour error of the two, made small."""
    found = [colour_error(F.avg_pool2d(decoded, side), F.avg_pool2d(pixels, side)) for side in (4, 16)]
    return torch.stack(found).sum()


def colour_error(decoded: Tensor, pixels: Tensor) -> Tensor:
    """Absolute error, counting what differs in hue twice more than what differs in brightness."""
    error = decoded - pixels
    return error.abs().mean() + 2 * (error - error.mean(1, keepdim=True)).abs().mean()


def crops(pixels: Pixels, config: Config, batch: int, rng: np.random.Generator) -> Tensor:
    """(batch, 3, crop, crop) in [-1, 1]: parts of pictures, turned, on all kinds of paper and in scenes."""
    found = [crop(pixels, config, rng) for _ in range(batch)]
    return to_tensor(np.stack([np.asarray(image) for image in found]))


def crop(pixels: Pixels, config: Config, rng: np.random.Generator) -> Image.Image:
    """One part of a random picture on a random paper or in a scene."""
    art = Image.fromarray(pixels[rng.integers(len(pixels))])
    art = art.reduce(art.width // config.resolution)
    size = config.crop
    placement = scenes.Placement(
        x=rng.uniform(-0.3, 0.3) * art.width / size + 0.5,
        y=rng.uniform(-0.3, 0.3) * art.width / size + 0.5,
        size=art.width / size * rng.uniform(0.5, 1.15),
        turn=rng.normal(0, 8),
        is_flipped=rng.random() < 0.5,
    )
    paper = scenes.any_paper(size, rng) if rng.random() >= P_SCENE else part_of_scene(config, rng)
    paper.alpha_composite(scenes.place(art, placement, size))
    image = paper.convert("RGB")
    if rng.random() < 0.15:
        image = Image.merge("RGB", [image.split()[channel] for channel in rng.permutation(3)])
    return image


def part_of_scene(config: Config, rng: np.random.Generator) -> Image.Image:
    """As much of a random scene as a crop shows."""
    frame = (config.resolution, config.resolution)
    scene = places.paint(pick(rng, list(places.PLACES.values())), frame, rng).image
    left, top = rng.integers(config.resolution - config.crop, size=2, endpoint=True)
    return scene.crop((left, top, left + config.crop, top + config.crop))


def to_tensor(pixels: Pixels) -> Tensor:
    """(N, height, width, 3) bytes as (N, 3, height, width) in [-1, 1]."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def to_pixels(images: Tensor) -> Pixels:
    """The inverse of `to_tensor`."""
    scaled = images.float().clamp(-1, 1).add(1).mul(127.5).round().byte()
    return scaled.permute(0, 2, 3, 1).cpu().numpy()


@torch.no_grad()
def whiten(vae: AutoencoderKL, pixels: Tensor, power: float = 0.35, kept: int = 0) -> None:
    """Fold mean 0, no correlation and like variances of the latents into the 1×1 convolutions around them.

    Stock pipelines know a scale but no shift and no rotation. A `power` of 0.5 would make all variances one;
    less keeps the coarse directions louder than the fine ones, so that noise covers detail first. The first
    `kept` channels stay as they are, and the others become as loud as the quietest of them.
    """
    latents = torch.cat([vae.encode(part).latent_dist.mode() for part in torch.split(pixels, 8)])
    channels = latents.shape[1]
    loudness = float(latents[:, :kept].var((0, 2, 3)).min()) if kept else 1.0
    flat = latents[:, kept:].permute(1, 0, 2, 3).flatten(1).double()
    mean = flat.mean(1)
    values, directions = torch.linalg.eigh(torch.cov(flat))
    scale = values.clamp(min=values.max() * 1e-4).pow(-power)
    scale = scale * (loudness * len(values) / (values * scale.square()).sum()).sqrt()
    forward = (scale[:, None] * directions.T).float()
    backward = (directions / scale).float()
    offset = mean.float()

    into, out = vae.quant_conv, vae.post_quant_conv
    into.weight[kept:channels] = (forward @ into.weight[kept:channels, :, 0, 0])[..., None, None]
    into.bias[kept:channels] = forward @ (into.bias[kept:channels] - offset)
    be_certain(into)
    out.bias += out.weight[:, kept:, 0, 0] @ offset
    out.weight[:, kept:] = (out.weight[:, kept:, 0, 0] @ backward)[..., None, None]


@torch.no_grad()
def be_certain(into: nn.Conv2d) -> None:
    """Make the posterior that the last convolution of an encoder speaks of all but exact."""
    log_variances = slice(into.out_channels // 2, None)
    for learnt, value in zip(into.parameters(), (0.0, -9.0), strict=True):
        learnt[log_variances] = value


def whole_pictures(config: Config) -> Tensor:
    """Some of the art on white paper, (SAMPLES, 3, side, side) in [-1, 1]."""
    pixels, _ = load(config.work)
    rows = np.random.default_rng(config.seed).integers(len(pixels), size=SAMPLES)
    pictures = [scenes.on_paper(Image.fromarray(pixels[row])) for row in rows]
    return to_tensor(np.stack([np.asarray(picture) for picture in pictures])).to(config.device)


def train(config: Config) -> AutoencoderKL:
    """The autoencoder with whitened latents, both halves learnt together; kept in `<work>/vae`.

    Where a checkpoint is gone on from, its latent space stays: all that its U-Net knows is said in it.
    """
    folder = config.work / "vae"
    if not folder.exists() and config.init is not None:
        known = AutoencoderKL.from_pretrained(config.init, subfolder="vae", torch_dtype=torch.float32)
        known = lengthened(known, config.vae_layers)
        levels, kept = len(known.config.block_out_channels), known.config.latent_channels
        if levels < len(config.vae_channels) or kept < config.latent_channels:
            known = _learn("vae", Growing(known, config), config.vae, config).vae
        if kept < config.latent_channels:
            whiten(known, whole_pictures(config), kept=kept)
        known.save_pretrained(folder)
    if not folder.exists():
        learned = _learn("vae", Reconstruction(config), config.vae, config).vae
        whiten(learned, whole_pictures(config))
        learned.save_pretrained(folder)
    return AutoencoderKL.from_pretrained(folder, torch_dtype=torch.float32).to(config.device)


def sharpen(config: Config) -> AutoencoderKL:
    """The same with a better decoder, learnt on frozen latents: it may run beside the U-Net.

    With a `blend` it goes part of the way: what a critic teaches in a short lesson is edges, and a grid.
    """
    known = train(config)
    training = Training("decoder", Sharpening(deepcopy(known), config), config.decoder, config)
    finished: AutoencoderKL = training.run(composing(config)).vae
    if config.init is not None and config.blend < 1:
        go_part_of_the_way(finished, known, config.blend)
    return finished


def composing(config: Config) -> Compose:
    """Batches of crops, and of crops of what a U-Net redrew where there is any."""
    pixels, _ = load(config.work)
    path, batch = config.work / REDRAWN, config.decoder.batch
    if not path.exists():
        return lambda rng: (crops(pixels, config, batch, rng),)
    redrawn = torch.load(path, mmap=True)
    count = max(1, round(SHARE_REDRAWN * batch))

    def compose(rng: np.random.Generator) -> Batch:
        parts = [_part(redrawn["pixels"], redrawn["latents"], config, rng) for _ in range(count)]
        art = to_tensor(np.stack([part for part, _ in parts]))
        return (
            torch.cat([crops(pixels, config, batch - count, rng), art]),
            torch.stack([latents for _, latents in parts]).float(),
        )

    return compose


def _part(pixels: Tensor, latents: Tensor, config: Config, rng: np.random.Generator) -> tuple[Pixels, Tensor]:
    """A crop of one of the pictures, bytes (crop, crop, 3), and the same part of its latents."""
    number, cell = rng.integers(len(pixels)), pixels.shape[1] // latents.shape[2]
    side = config.crop // cell
    top, left = (rng.integers(length - side, endpoint=True) for length in latents.shape[2:])
    rows, columns = slice(top * cell, (top + side) * cell), slice(left * cell, (left + side) * cell)
    return pixels[number, rows, columns].numpy(), latents[number, :, top : top + side, left : left + side]


def _learn(name: str, module: Learner, plan: Plan, config: Config) -> Learner:
    """A module that has learnt from crops of the art."""
    pixels, _ = load(config.work)
    return Training(name, module, plan, config).run(lambda rng: (crops(pixels, config, plan.batch, rng),))
