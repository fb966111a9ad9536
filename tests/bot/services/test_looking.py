"""Pictures in words, and shorter prompts, as the bot says them."""

import pytest
from PIL import Image

from bot.commandline.look import plain
from bot.domain.errors import PromptError, Unavailable
from bot.services import Services
from engine import api
from engine.errors import GenerationFailed
from tests.bot.hand_engine import HandEngine


@pytest.fixture
def seeing(engine: HandEngine) -> HandEngine:
    """An engine that can look at pictures."""
    capabilities = frozenset({api.Capability.DESCRIBING})
    engine.model = api.ModelInfo(
        **{name: getattr(engine.model, name) for name in api.ModelInfo.__slots__}
        | {"capabilities": capabilities}
    )
    return engine


@pytest.mark.parametrize(
    ("size", "shape"),
    [((64, 64), ""), ((96, 64), " --ar 3:2"), ((75, 100), " --ar 3:4"), ((1000, 90), " --ar 4:1")],
)
@pytest.mark.usefixtures("seeing")
async def test_a_description_has_the_picture_s_shape(
    services: Services, size: tuple[int, int], shape: str
) -> None:
    captions = await services.looking.describe(Image.new("RGB", size))
    assert [caption.removesuffix(shape) for caption in captions] == [
        f"{place} of {size[0]} by {size[1]}" for place in "abcd"
    ]


async def test_of_a_large_picture_a_small_one_is_looked_at(services: Services, seeing: HandEngine) -> None:
    await services.looking.describe(Image.new("RGBA", (4000, 2000)))
    (request,) = seeing.looked
    assert isinstance(request, api.Describe)
    assert (request.picture.size, request.picture.mode) == ((1024, 512), "RGB")
    assert request.model == "plain"


async def test_what_cannot_look_says_which_setting_is_missing(services: Services) -> None:
    with pytest.raises(Unavailable, match="CAPTIONER"):
        await services.looking.describe(Image.new("RGB", (64, 64)))


async def test_weights_and_parameters_stay_as_they_are(services: Services, engine: HandEngine) -> None:
    short = await services.looking.shorten("very red fox::2 a cat --ar 3:2 --seed 7")
    assert [request.prompt for request in engine.looked if isinstance(request, api.Shorten)] == [
        "very red fox",
        "a cat",
    ]
    assert short.shorter == ("red fox::2 cat --ar 3:2 --seed 7", "fox::2 cat --ar 3:2 --seed 7")
    assert [[word.text for word in part if not word.is_struck] for part in short.parts] == [["fox"], ["cat"]]


async def test_a_part_that_cannot_be_shorter_stays(services: Services) -> None:
    short = await services.looking.shorten("red fox::2 cat")
    assert short.shorter == ("fox::2 cat",)
    assert (await services.looking.shorten("fox")).shorter == ()


async def test_mistakes_of_a_prompt_are_told(services: Services, engine: HandEngine) -> None:
    with pytest.raises(PromptError, match="--nope"):
        await services.looking.shorten("a fox --nope")
    with pytest.raises(PromptError, match="1 to 200 words; this one has 201"):
        await services.looking.shorten("fox " * 201)
    assert not engine.looked


async def test_an_engine_that_fails_is_a_sentence(services: Services, engine: HandEngine) -> None:
    engine.fails_with = GenerationFailed("broken")
    with pytest.raises(Unavailable, match="Try again"):
        await services.looking.shorten("a fox")


async def test_for_people_the_words_that_count_little_stand_in_parentheses(services: Services) -> None:
    short = await services.looking.shorten("very red fox::2 cat --ar 3:2")
    assert plain(short) == ("(very) (red) fox :: cat\n\n1. red fox::2 cat --ar 3:2\n2. fox::2 cat --ar 3:2")
    assert plain(await services.looking.shorten("fox")) == "fox\n\nThere is nothing to leave out."
