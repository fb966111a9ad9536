"""Names that members write for a parameter and that are not its own: which one is certainly meant."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from bot.domain.parameters import FIELDS

SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(("ratio", "aspect-ratio", "aspect_ratio", "aspectratio", "size", "resolution"), "ar"),
    **dict.fromkeys(("dimensions", "dimension", "res", "format", "shape"), "ar"),
    **dict.fromkeys(("negative", "neg", "negative-prompt", "negative_prompt", "without"), "no"),
    **dict.fromkeys(("exclude", "remove", "not"), "no"),
    **dict.fromkeys(("cfg-scale", "cfg_scale", "cfgscale", "guidance-scale", "guidance_scale"), "guidance"),
    **dict.fromkeys(("image-weight", "image_weight", "imageweight"), "iw"),
    **dict.fromkeys(("style-weight", "style_weight", "styleweight"), "sw"),
    **dict.fromkeys(("style-reference", "style-ref", "styleref", "style_ref", "srefs"), "sref"),
    **dict.fromkeys(("character-reference", "char-ref", "charref", "character-ref"), "cref"),
    **dict.fromkeys(("character-weight",), "cw"),
    **dict.fromkeys(("checkpoint", "ckpt"), "model"),
    **dict.fromkeys(("tiling", "tiled", "seamless"), "tile"),
    **dict.fromkeys(("relaxed", "slow"), "relax"),
    **dict.fromkeys(("stylized", "styl", "stylization"), "stylize"),
    "batch": "repeat",
}
_LIKE = 0.7
"""How like a name another must be to be certainly that one, as difflib measures it."""
_LEAST = 3
"""Letters: of shorter names none is certain."""


@lru_cache(maxsize=1024)
def meant_name(name: str) -> str | None:
    """The name of a parameter that is certainly meant; None where none is."""
    if name in SYNONYMS:
        return SYNONYMS[name]
    alike = [known for known in FIELDS if known[0] == name[0] and len(known) > 1]
    near = get_close_matches(name[:20], alike, n=1, cutoff=_LIKE) if len(name) >= _LEAST else []
    return near[0] if near else None
