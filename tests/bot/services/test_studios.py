"""Models, LoRAs, their names and the house style: each guild's own, and each room's."""

from dataclasses import replace

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed, PromptError, Unavailable
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import InvalidSetting
from bot.domain.job import JobStatus, Speed
from bot.domain.next_steps import Draw
from bot.domain.recipe import Recipe
from bot.imaging.encode import recipe_text
from bot.messages import models as messages
from bot.messages.jobs import progress
from bot.services import Services
from bot.services.recipes import Recipes
from bot.services.runs import JobUpdate
from engine import api
from tests.bot.builders import job as built
from tests.bot.hand_engine import MODEL, HandEngine
from tests.bot.presses import reroll
from tests.bot.services.community import change, drawn, now

XL = replace(
    MODEL,
    name="xl",
    family=api.Family.SDXL,
    native_size=128,
    loras=("ink", "gold"),
    refused_loras=(api.Refusal(name="old", reason="It was made for another model."),),
    embeddings=("easynegative",),
    controls=("edges",),
    capabilities=frozenset({api.Capability.REFERENCES}),
    is_resident=False,
    seconds_to_load=12.0,
)
ANIME = replace(MODEL, name="anime")


@pytest.fixture(autouse=True)
def three_models(engine: HandEngine) -> None:
    engine.others = (XL, ANIME)


async def set_up(services: Services, **values: object) -> None:
    await change(services, lambda settings: replace(settings, **values))  # type: ignore[arg-type]


async def model_of(services: Services, asker: Asker, prompt: str) -> str:
    job = await services.orders.imagine(now(asker), prompt)
    return job.recipe.weights.name


async def test_a_guild_that_has_said_nothing_draws_with_everything(services: Services, ada: Asker) -> None:
    assert await model_of(services, ada, "a fox") == "plain"
    assert await model_of(services, ada, "a fox --model XL") == "xl"
    assert [one.name for one in await services.studios.list_models(ada)] == ["plain", "xl", "anime"]


async def test_a_guild_chooses_models_and_which_of_them_draws(services: Services, ada: Asker) -> None:
    await set_up(services, models=("XL", "anime"), default_model="anime")
    assert await model_of(services, ada, "a fox") == "anime"
    with pytest.raises(PromptError, match="There is no model named `plain` here"):
        await services.orders.imagine(now(ada), "a fox --model plain")


async def test_two_guilds_do_not_see_each_others_models_names_and_loras(
    services: Services, ada: Asker
) -> None:
    await set_up(services, models=("xl",), model_aliases=(("6", "xl"),), loras=("ink",))
    other = replace(ada, guild_id=2)
    assert [one.name for one in await services.studios.list_models(ada)] == ["xl"]
    assert await services.studios.suggest_models(ada, "") == ["xl", "6"]
    assert await model_of(services, ada, "a fox --v 6 --lora ink") == "xl"
    assert await services.studios.suggest_models(other, "") == ["plain", "xl", "anime"]
    with pytest.raises(PromptError, match="no model for `--v 6`"):
        await services.orders.imagine(now(other), "a fox --v 6")
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a fox --lora gold")
    assert "There is `ink`." in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("--v 6", "xl"),
        ("--v 6.1", "xl"),
        ("--version 5.2", "plain"),
        ("--niji", "anime"),
        ("--niji 6", "anime"),
        ("--niji 5", "plain"),
        ("--model pretty", "xl"),
        ("--v anime", "anime"),
    ],
)
async def test_versions_and_other_names_of_models_are_the_guilds(
    services: Services, ada: Asker, typed: str, model: str
) -> None:
    names = (
        ("6", "xl"),
        ("v6.1", "xl"),
        ("*", "plain"),
        ("niji", "anime"),
        ("Niji 5", "plain"),
        ("pretty", "xl"),
    )
    await set_up(services, model_aliases=names)
    job = await services.orders.imagine(now(ada), f"a fox {typed}")
    assert job.recipe.weights.name == model
    assert typed.split(maxsplit=1)[0].replace("--v ", "--version ") or job.prompt


async def test_in_a_room_its_own_models_draw_the_first_where_the_usual_one_may_not(
    services: Services, ada: Asker
) -> None:
    await services.rules.room(replace(ada, is_manager=True), ada.channel_id, models=("anime", "xl"))
    assert await model_of(services, ada, "a fox") == "anime"
    await set_up(services, default_model="xl")
    assert await model_of(services, ada, "a fox") == "xl"
    assert await model_of(services, replace(ada, channel_id=99), "a fox --model plain") == "plain"
    with pytest.raises(PromptError, match="There is `xl`, `anime`"):
        await services.orders.imagine(now(ada), "a fox --model plain")


async def test_where_nothing_that_is_allowed_is_loaded_it_is_said(services: Services, ada: Asker) -> None:
    await set_up(services, models=("gone",))
    with pytest.raises(Unavailable, match="None of the models that this server allows is loaded"):
        await services.orders.imagine(now(ada), "a fox")
    assert "None of the models" in messages.models(await services.studios.list_models(ada), "en-US").content


async def test_what_a_model_may_no_longer_draw_is_not_drawn_anew_from_its_pictures_either(
    services: Services, ada: Asker
) -> None:
    job = await drawn(services, ada, "a fox --model xl --lora ink")
    await set_up(services, models=("plain",))
    with pytest.raises(NotAllowed, match="does not draw with `xl` any more"):
        await reroll(services, ada, job.id)
    await set_up(services, models=(), loras=("gold",))
    with pytest.raises(NotAllowed, match="does not use the LoRA `ink` any more"):
        await reroll(services, ada, job.id)


async def test_a_lora_that_does_not_fit_is_told_with_its_reason(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a fox --model xl --lora old")
    assert str(refused.value) == "The LoRA `old` cannot be used with xl: It was made for another model."
    with pytest.raises(PromptError, match="There is no LoRA for plain here, so not `ink` either"):
        await services.orders.imagine(now(ada), "a fox --lora ink")


@pytest.mark.parametrize(
    ("typed", "told", "drawn_as"),
    [
        ("a dog --hd --exp 20 --stop 50", ["--exp", "--hd"], "a dog --stop 50"),
        ("a dog --hd --stop 200 --foo --exp 5 --p", ["--foo", "--stop", "--exp", "--p", "--hd"], "a dog"),
        ("a dog --p --lora pencil --v 6", ["--p", "--v 6", "pencil"], "a dog"),
        ("a dog --cref https://example.org/a.png --cw 50 --p", ["--p", "example.org"], "a dog"),
    ],
)
async def test_what_cannot_be_read_and_what_is_not_here_are_told_at_once_and_one_press_draws_the_rest(
    services: Services, ada: Asker, typed: str, told: list[str], drawn_as: str
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), typed)
    assert all(name in str(refused.value) for name in told), str(refused.value)
    action = refused.value.steps[-1].action
    assert isinstance(action, Draw)
    job = await services.orders.release(now(ada), action.kept_id)
    assert job.prompt == drawn_as


async def test_what_is_not_here_is_told_once_of_several_prompts_and_all_are_drawn_without(
    services: Services, ada: Asker
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a {red, blue} fox --v 6 --tile")
    assert len(refused.value.mistakes) == 1
    assert refused.value.without == "{a red fox --tile, a blue fox --tile}"


async def test_a_house_style_is_the_guilds_and_holds_where_nobody_says_anything(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await set_up(services, house_styles=(("plain", "cel shading"),), usual_stylize=1000)
    await drawn(services, ada, "a fox")
    assert engine.requests[-1].styles == (api.Style(words="cel shading", amount=1.0),)
    await drawn(services, ada, "a fox --style raw")
    assert not engine.requests[-1].styles


async def test_what_was_drawn_keeps_its_house_style_when_that_changes(services: Services, ada: Asker) -> None:
    await set_up(services, house_styles=(("plain", "cel shading"),))
    job = await drawn(services, ada, "a fox --stylize 1000 --weird 750 --seed 7")
    await set_up(services, house_styles=(("plain", "film grain"),))
    child = await reroll(services, ada, job.id)
    assert child.recipe.styles == job.recipe.styles
    assert Recipe.from_json(job.recipe.to_json()) == job.recipe


async def test_a_file_says_all_that_decided_its_pictures(services: Services, ada: Asker) -> None:
    job = await drawn(services, ada, "a fox --s 1000 --weird 750 --seed 7 --model xl --lora ink:0.8")
    text = recipe_text(job)
    assert text.startswith("a fox <lora:ink:0.8>\n")
    assert "Weirdness: 0.5, Weirdness seed: 7" in text
    read = Recipes(services.models).of_file(text)
    assert (read.styles, read.weirdness, read.loras) == (
        job.recipe.styles,
        job.recipe.weirdness,
        job.recipe.loras,
    )


async def test_styles_by_number_are_the_same_for_a_number_and_random_becomes_one(
    services: Services, ada: Asker
) -> None:
    one, again = [await drawn(services, ada, "a fox --sref 42") for _ in range(2)]
    assert one.recipe.styles
    assert one.recipe.styles == again.recipe.styles
    job = await drawn(services, ada, "a fox --sref random --repeat 2 --seed 7")
    (reference,) = job.recipe.prompt.parameters.style_references
    assert reference.code is not None
    assert (await reroll(services, ada, job.id)).recipe.styles == job.recipe.styles


async def test_what_is_told_of_the_models(services: Services, ada: Asker) -> None:
    await set_up(services, model_aliases=(("6", "xl"),), usual_stylize=100)
    shown = messages.models(await services.studios.list_models(ada), "en-US").content
    house = "-# House style: `striking composition, dramatic light, rich colours, fine detail`, as much as "
    assert shown.splitlines() == [
        "**What draws here**: choose one with `--model` or `--v`.",
        "**plain** draws where nobody chose.",
        "-# 64×64 pixels; four pictures in about 0.2 s of drawing",
        f"{house}`--stylize 100` unless you say otherwise",
        "**xl**",
        "-# Also called `6`",
        "-# 128×128 pixels; four pictures in about 0.2 s of drawing",
        "-# It is loaded first when somebody asks for it, in about 12 s",
        "-# It looks at pictures: those before the text, `--sref` and `--cref`",
        "-# It follows maps of edges",
        f"{house}`--stylize 100` unless you say otherwise",
        "-# LoRAs (`--lora`): `ink`, `gold`",
        "-# Learnt words: `easynegative`",
        "**anime**",
        "-# 64×64 pixels; four pictures in about 0.2 s of drawing",
        f"{house}`--stylize 100` unless you say otherwise",
    ]


async def test_a_model_that_has_to_be_loaded_is_priced_in_and_told_while_it_waits(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    there = await services.orders.imagine(now(ada), "a fox --model anime")
    assert there.charge.gpu_ms < 1000
    engine.hold()
    away = await services.orders.imagine(now(ada), "a fox --model xl")
    assert away.charge.gpu_ms > 12_000
    run = services.runs.get(away.id)
    assert run is not None
    seen = []
    async for update in run.updates():
        seen.append(update.loading_seconds)
        if update.job.status is JobStatus.RUNNING:
            break
    assert max(seen) == 12.0
    assert seen[-1] == 0
    engine.release()


def test_what_is_loaded_first_is_said() -> None:
    update = JobUpdate(job=built(), loading_seconds=12.0)
    assert "is loaded first, in about 10 s" in progress(update).content


async def test_a_guild_can_only_name_what_is_here_and_keeps_what_is_gone_since(
    services: Services, ada: Asker
) -> None:
    manager = replace(ada, is_manager=True)
    named = {"models": "xl, anime", "default-model": "XL", "model-names": "6=xl, *=anime", "loras": "ink"}
    settings = await services.guilds.set(manager, named)
    assert settings.model_aliases == (("6", "xl"), ("*", "anime"))
    for wrong in ({"default-model": "sdxl"}, {"model-names": "7=sdxl"}, {"house-styles": "sdxl=ink"}):
        with pytest.raises(InvalidSetting, match=r"There is no model named `sdxl` here\. There is `plain`"):
            await services.guilds.set(manager, wrong)
    with pytest.raises(InvalidSetting, match=r"There is no LoRA named `zebra` here\. There is `gold`"):
        await services.guilds.set(manager, {"loras": "zebra"})
    await set_up(services, models=("gone",))
    assert (await services.guilds.set(manager, {"usual-stylize": "250"})).models == ("gone",)


async def test_every_misfit_is_told_at_once_and_what_is_certain_is_mended_at_a_press(
    services: Services, ada: Asker
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a fox --v 6 --lora ink --hd")
    assert len(refused.value.mistakes) == 3
    assert refused.value.without == "a fox"
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a fox --model xl --lora inkk:0.5")
    assert [str(step.label) for step in refused.value.steps] == ["Fix and run", "Draw without them"]
    assert refused.value.fixed == "a fox --model xl --lora ink:0.5"


def test_settings_of_a_guild_are_read_again() -> None:
    settings = GuildSettings(model_aliases=(("6", "xl"),), house_styles=(("xl", "ink"),), models=("xl",))
    assert GuildSettings.from_json(settings.to_json()) == settings


async def remarks_of(services: Services, asker: Asker, prompt: str) -> list[str]:
    job = await services.orders.imagine(now(asker), prompt)
    return [str(remark) for remark in job.recipe.prompt.remarks]


async def test_a_model_of_the_settings_that_is_gone_is_told_where_the_prompt_names_none(
    services: Services, ada: Asker
) -> None:
    await services.preferences.change(ada, lambda mine: replace(mine, model="xl"))
    assert await remarks_of(services, ada, "a fox") == []
    await set_up(services, models=("anime", "plain"))
    assert "Your model, `xl`, cannot be used here" in (await remarks_of(services, ada, "a fox"))[0]
    assert await remarks_of(services, ada, "a fox --model anime") == []
    await set_up(services, models=())
    assert await model_of(services, ada, "a fox") == "xl"


async def test_turbo_of_the_settings_that_moderators_have_switched_off_is_told(
    services: Services, ada: Asker
) -> None:
    await services.preferences.change(ada, lambda mine: replace(mine, speed=Speed.TURBO))
    assert "no turbo any more" in (await remarks_of(services, ada, "a fox"))[0]
    assert await remarks_of(services, ada, "a fox --relax") == []
    await set_up(services, is_turbo_allowed=True)
    assert await remarks_of(services, ada, "a fox") == []


async def test_raw_is_told_to_change_nothing_where_there_is_no_house_style(
    services: Services, ada: Asker
) -> None:
    assert "changes nothing here" in (await remarks_of(services, ada, "a fox --style raw"))[0]
    assert await remarks_of(services, ada, "a fox --style raw --stylize 250") == []
    await set_up(services, usual_stylize=100)
    assert await remarks_of(services, ada, "a fox --style raw") == []
