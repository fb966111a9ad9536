"""The inverse of reading: a prompt as a member would type it."""

from collections.abc import Iterable, Iterator

from bot.domain.parameters import Parameters, given
from bot.domain.prompt.expand import escaped


def written(parts: Iterable[tuple[str, float]], parameters: Parameters, *, images: Iterable[str] = ()) -> str:
    """Pictures and texts with their weights, and parameters, so that reading gives the same again."""
    flags = [f"--{name} {value}".rstrip() for name, value in given(parameters).items()]
    return escaped(" ".join([*images, *filter(None, _parts(list(parts))), *flags]))


def written_weight(weight: float) -> str:
    """A weight without needless digits."""
    return f"{weight:.4f}".rstrip("0").rstrip(".")


def _parts(parts: list[tuple[str, float]]) -> Iterator[str]:
    for text, weight in parts[:-1]:
        yield _part(text, weight, mark="::")
    for text, weight in parts[-1:]:
        yield _part(text, weight, mark="")


def _part(text: str, weight: float, *, mark: str) -> str:
    """One part; `mark` is what ends it where its weight is 1."""
    if weight != 1:
        mark = f"::{written_weight(weight)}"
    is_unclear = mark and text.endswith(":")  # `a:` and `::` would read as `a` and `:::`
    return text + (" " if is_unclear else "") + mark
