"""The commands of an owner: what is wrong is one readable line each, what is right draws a picture."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from engine.bench.tiny import save_tiny_controlnet, tiny_pipeline
from playground import Playground
from tests.wire.conftest import BotProcess, Nursery
from tests.wire.test_pages import free_port

pytestmark = pytest.mark.sqlite_alone("what is told of files and folders")


@pytest.fixture
def bot(
    discord: Playground, nursery: Nursery, tmp_path: Path, tiny_checkpoint: Path, database_url: str
) -> Iterator[BotProcess]:
    """A process that ends by itself, and mostly before it has a database."""
    process = BotProcess(discord, nursery, tmp_path, str(tiny_checkpoint), database_url)
    yield process
    assert "Traceback" not in process.log


async def told(bot: BotProcess, *arguments: str, **settings: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a command."""
    await bot.spawn(*arguments, **settings)
    code = await bot.ended()
    return code, bot.log.strip().splitlines()


async def test_a_grid_is_drawn_without_discord_and_holds_its_recipe(bot: BotProcess) -> None:
    out = bot.folder / "grid.png"
    code, lines = await told(
        bot, "imagine", "a red apple --ar 3:2 --seed 7", "--out", str(out), DISCORD_TOKEN="", DAILY_IMAGES="0"
    )
    assert code == 0
    assert lines[-1].startswith(f"{out} (seed 7, ")
    assert "100%" in bot.log
    with Image.open(out) as grid:
        assert grid.width > grid.height
        assert "Seed: 7," in grid.info["parameters"]
    assert not (bot.folder / "darkroom.db").exists()  # on a scratch database


CHANGES = {
    "vary": ((1, 1), ["--mode", "subtle"]),
    "zoom": ((1, 1), ["--factor", "1.5"]),
    "pan": ((1.5, 1), ["--to", "left"]),
    "upscale": ((2, 2), ["--factor", "4"]),
    "region": ((1, 1), ["--box", "8,8,16,16", "--prompt", "a blue star --steps 2"]),
}


async def test_a_picture_of_ours_is_changed_without_discord(bot: BotProcess) -> None:
    grid, size = bot.folder / "grid.png", (0, 0)
    assert (await told(bot, "imagine", "a red apple --steps 2 --seed 7", "--out", str(grid)))[0] == 0
    with Image.open(grid) as picture:
        size = picture.size
    for command, (scale, options) in CHANGES.items():
        out = bot.folder / f"{command}.png"
        code, lines = await told(bot, command, str(grid), "--index", "2", "--out", str(out), *options)
        assert (code, lines[-1].split(" (")[0]) == (0, str(out))
        with Image.open(out) as picture:
            assert picture.size == (size[0] * scale[0], size[1] * scale[1])
            assert "Steps: 2," in picture.info["parameters"]


async def test_how_a_picture_came_about_is_written_and_its_words_find_an_area(bot: BotProcess) -> None:
    grid, folder, changed = bot.folder / "grid.png", bot.folder / "told", bot.folder / "region.png"
    drawn = await told(bot, "imagine", "a red apple --steps 3 --seed 7", "--out", str(grid))
    assert drawn[0] == 0
    (folder / "words").mkdir(parents=True)
    (folder / "words" / "04-old.png").touch()
    code, lines = await told(bot, "explain", str(grid), "--index", "2", "--out", str(folder))
    assert (code, lines[-1]) == (0, f"{folder} (seed 8; 3 words)")
    assert "100%" in bot.log
    names = sorted(path.name for path in (folder / "words").iterdir())
    assert names == ["01-a.png", "02-red.png", "03-apple.png"]
    with Image.open(folder / "denoising.webp") as film:
        assert sum(1 for _ in ImageSequence.Iterator(film)) == 5  # the noise, three steps, the picture
    recipe = (folder / "recipe.txt").read_text(encoding="utf-8")
    assert recipe.startswith("a red apple --seed 8 --steps 3\nModel: ")
    assert "Sampler: dpmpp-2m\n" in recipe
    code, lines = await told(
        bot, "region", str(grid), "--index", "2", "--words", "the apple", "--out", str(changed)
    )
    assert (code, lines[-1].split(" (")[0]) == (0, str(changed))


async def test_a_picture_that_is_not_ours_has_no_words(bot: BotProcess) -> None:
    picture = bot.folder / "picture.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    code, lines = await told(bot, "region", str(picture), "--words", "hat")
    assert code == 1
    assert lines[-1].startswith("This file says no recipe, so I do not know its words.")


async def test_a_picture_from_elsewhere_is_upscaled_creatively_with_words_for_it(bot: BotProcess) -> None:
    picture, out = bot.folder / "photo.png", bot.folder / "large.png"
    Image.radial_gradient("L").resize((96, 64)).convert("RGB").save(picture)
    options = ["--mode", "creative", "--factor", "4", "--prompt", "a red apple", "--seed", "5"]
    code, lines = await told(bot, "upscale", str(picture), "--out", str(out), *options)
    assert (code, lines[-1]) == (0, f"{out} (seed 5, 384×256 each)")
    assert "100%" in bot.log
    with Image.open(out) as large:
        assert large.size == (384, 256)
        assert "Denoising strength: 0.2" in large.info["parameters"]


async def test_a_prompt_is_shortened_for_scripts(bot: BotProcess) -> None:
    code, lines = await told(bot, "shorten", "a very red fox --seed 7", "--json")
    values = json.loads("\n".join(lines))
    assert code == 0
    assert [word["word"] for word in values["parts"][0]] == ["a", "very", "red", "fox"]
    assert values["shorter"][0] == "a red fox --seed 7"


async def test_what_cannot_be_described_is_one_sentence(bot: BotProcess) -> None:
    code, lines = await told(bot, "describe", str(bot.folder / "none.png"))
    assert code == 1
    assert lines == [f"There is no file {bot.folder / 'none.png'}."]
    picture = bot.folder / "red.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    code, lines = await told(bot, "describe", str(picture))
    assert code == 1
    assert len(lines) == 2
    assert "CAPTIONER" in lines[1]


async def test_pictures_are_blended_without_discord_and_it_says_how(bot: BotProcess) -> None:
    paths, out = [str(bot.folder / f"{colour}.png") for colour in ("red", "gold")], bot.folder / "blend.png"
    for path in paths:
        Image.new("RGB", (90, 60), Path(path).stem).save(path)
    code, lines = await told(
        bot, "blend", *paths, "--ar", "3:2", "--prompt", "a house --steps 2", "--seed", "3", "--out", str(out)
    )
    assert code == 0
    assert lines[-2].startswith("This model has no IP-Adapter to look at pictures with: ")
    assert lines[-1].startswith(f"{out} (seed 3, ")
    with Image.open(out) as picture:
        assert picture.width > picture.height
        assert "Steps: 2," in picture.info["parameters"]


async def test_a_mask_that_marks_nothing_is_told_before_a_model_is_loaded(bot: BotProcess) -> None:
    picture, mask = bot.folder / "picture.png", bot.folder / "mask.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    Image.new("L", (64, 64), 100).save(mask)
    code, lines = await told(bot, "region", str(picture), "--mask", str(mask))
    assert (code, lines[-1]) == (1, f"{mask} marks nothing: paint white what is to be drawn anew.")


async def test_pictures_follow_the_edges_of_a_picture(bot: BotProcess) -> None:
    picture, control = (
        bot.folder / "picture.png",
        save_tiny_controlnet(bot.folder / "edges", tiny_pipeline().unet),
    )
    house = Image.new("RGB", (90, 60), "white")
    house.paste("black", (30, 20, 60, 40))
    house.save(picture)
    out = bot.folder / "steered.png"
    asked = [str(picture), "--as", "edges", "--from-picture", "--prompt", "a house --steps 2", "--seed", "7"]
    code, lines = await told(bot, "steer", *asked, "--out", str(out), CONTROLNETS=f"edges={control}")
    assert (code, lines[-1].split(",")[0]) == (0, f"{out} (seed 7")
    with Image.open(out) as grid:
        assert grid.width == 1.5 * grid.height
        assert 'ControlNet 0: "Model: edges, Weight: 1,' in grid.info["parameters"]


async def test_a_map_that_cannot_be_made_is_told_before_a_model_is_loaded(bot: BotProcess) -> None:
    Image.new("RGB", (64, 64), "red").save(bot.folder / "red.png")
    asked = [str(bot.folder / "red.png"), "--as", "pose", "--from-picture", "--prompt", "x"]
    code, lines = await told(bot, "steer", *asked)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("I can make a map of edges, tile from a picture, but none of pose.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zoom", "no.png"], "There is no file no.png."),
        (["pan", "bot.log", "--to", "up"], "bot.log is no picture that I can read."),
        (["zoom", "bot.log", "--factor", "9"], "Argument --factor: 9.0 is not between 1.1 and 4.0."),
        (["upscale", "bot.log", "--factor", "3"], "Argument --factor: invalid choice: 3"),
        (["upscale", "bot.log", "--seed", "5"], "A subtle upscale draws nothing: leave --prompt and --seed"),
        (["upscale", "bot.log", "--mode", "big"], "Argument --mode: invalid choice: 'big'"),
        (["region", "bot.log"], "One of the arguments --mask --words --box is required."),
        (["region", "bot.log", "--box", "1,2"], "Argument --box: write left,top,width,height in pixels"),
        (["explain", "no.png"], "There is no file no.png."),
        (["explain", "bot.log"], "bot.log is no picture that I can read."),
        (["explain", "a fox", "--out", "bot.log"], "bot.log cannot be written to ("),
        (["steer", "bot.log", "--as", "edges"], "The following arguments are required: --prompt."),
        (["steer", "bot.log", "--as", "hat", "--prompt", "x"], "Argument --as: hat is none of edges,"),
        (
            ["steer", "bot.log", "--as", "pose", "--prompt", "x", "--interval", "0.6,0"],
            "Argument --interval: write two shares of the steps, the smaller first",
        ),
        (["blend", "bot.log"], "I blend 2 to 5 pictures, not 1."),
        (["blend", "no.png", "bot.log"], "There is no file no.png."),
        (["blend", "no.png", "bot.log", "--ar", "wide"], "`--ar` takes whole numbers with a colon"),
        (["draw"], "Argument command: invalid choice: 'draw'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
async def test_a_mistake_at_the_command_line_is_one_sentence(
    bot: BotProcess, arguments: list[str], said: str
) -> None:
    code, lines = await told(bot, *arguments)
    assert code == 1
    assert lines[-1].startswith(said)


async def test_what_was_measured_is_kept_for_the_next_time(bot: BotProcess) -> None:
    assert (await told(bot, "check"))[0] == 0
    kept = Path(bot.environment["DATA_DIR"]) / "cache" / "measured.json"
    content = kept.read_bytes()
    code, _ = await told(bot, "imagine", "a red apple", "--out", str(bot.folder / "grid.png"))
    assert code == 0
    assert kept.read_bytes() == content


async def test_the_same_seed_draws_the_same_pixels(bot: BotProcess) -> None:
    pictures = []
    for name in ("one.png", "two.png"):
        assert (await told(bot, "imagine", "a red apple --seed 7", "--out", str(bot.folder / name)))[0] == 0
        with Image.open(bot.folder / name) as picture:
            pictures.append(picture.tobytes())
    assert pictures[0] == pictures[1]


async def test_mistakes_of_a_prompt_are_told_as_on_discord(bot: BotProcess) -> None:
    code, lines = await told(bot, "imagine", "a fox --ar16:9 --steps 0")
    assert code == 1
    assert lines == [
        "`--ar` and its value need a space between them: write `--ar 16:9`.",
        "`--steps` takes a whole number from 1 to 100: try `--steps 1`, not `0`.",
    ]


@pytest.mark.parametrize("name", ["grid.gif", "grid", "no/such/folder/grid.png"])
async def test_a_file_that_cannot_be_written_is_told_before_anything_is_drawn(
    bot: BotProcess, name: str
) -> None:
    code, (line,) = await told(bot, "imagine", "a red apple", "--out", name)
    assert code == 1
    assert line.startswith(f"The picture cannot be written to {name}: ")


WRONG = {
    "no token": ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is missing. "),
    "no such model": ({"MODEL": "/no/such/model"}, "MODEL=/no/such/model cannot be used: "),
    "no such further model": ({"MODELS": "anime=/no/model"}, "MODELS=anime=/no/model cannot be used: "),
    "no such folder of LoRAs": ({"LORAS": "/no/loras"}, "LORAS=/no/loras cannot be read ("),
    "no url": ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not the URL of a database. Write "),
    "another database": ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL begins with mysql://, "),
    "no server": (
        {"DATABASE_URL": "postgresql+asyncpg://nobody:hidden@127.0.0.1:9/none"},
        "The database of DATABASE_URL cannot be used: ",
    ),
    "no folder": ({"DATA_DIR": "/proc/none"}, "DATA_DIR=/proc/none cannot be written to ("),
    "no such device": ({"DEVICE": "toaster"}, "DEVICE: Input should be "),
    "no discord": ({"DISCORD_API_BASE": "http://127.0.0.1:9"}, "Discord does not answer ("),
    "wrong token": ({"DISCORD_TOKEN": "wrong.token.here"}, "Discord does not accept DISCORD_TOKEN. "),
    "no intent": ({"MEMBERS_INTENT": "true"}, "MEMBERS_INTENT is set, but Discord does not grant it. "),
}


@pytest.mark.parametrize(("settings", "line"), WRONG.values(), ids=WRONG.keys())
async def test_what_keeps_the_bot_from_starting_is_one_readable_line(
    bot: BotProcess, settings: dict[str, str], line: str
) -> None:
    code, lines = await told(bot, **settings)
    assert code == 1
    said = [each for each in lines if " INFO " not in each]
    assert len(said) == 1
    assert said[0].startswith(line)
    assert "hidden" not in bot.log  # the password


async def test_a_port_that_is_taken_is_told_before_a_model_is_loaded(
    discord: Playground, bot: BotProcess
) -> None:
    code, lines = await told(bot, WEB_PORT=discord.base_url.rpartition(":")[2])
    assert code == 1
    assert lines[-1].startswith("The web pages cannot be served at 127.0.0.1:")
    assert "Loading" not in bot.log


async def test_a_start_says_what_runs_where_and_how_to_invite_it(bot: BotProcess) -> None:
    await bot.spawn(WEB_PORT=str(free_port()))
    await bot.logged("the link that invites the bot: https://discord.com/oauth2/authorize?client_id=")
    assert await bot.stop() == 0
    for said in (
        f"Darkroom {version('darkroom')}, Python",
        "Drawing with darkroom",
        "hash",
        "web pages at http",
    ):
        assert said in bot.log


async def test_check_says_what_is_right_and_how_to_invite_the_bot(
    discord: Playground, bot: BotProcess
) -> None:
    (bot.folder / "words").mkdir()
    (bot.folder / "words" / "old.pt").write_bytes(b"")
    code, lines = await told(bot, "check", EMBEDDINGS=str(bot.folder / "words"))
    assert code == 0
    assert [line.split(":")[0] for line in lines if not line.startswith("note")] == [
        "ok    device",
        "ok    settings",
        "ok    data",
        "ok    database",
        "ok    web",
        "ok    discord",
        "ok    model",
        "      not used",
    ]
    assert "The embedding old is a pickle (old.pt)" in lines[7]
    assert f"in {discord.guild.name} with all permissions" in lines[5]
    assert "TFLOPS" in lines[0]
    assert "a grid takes about" in lines[6]
    assert lines[5].count("permissions=") == 2  # to draw, and to make rooms as well
    assert any("GUILDS is empty: every stranger" in line for line in lines if line.startswith("note"))
    assert not (bot.folder / "darkroom.db").exists()  # looking makes nothing
    assert not discord.gateway.connected


async def test_check_names_servers_that_the_bot_leaves_and_owners_that_are_missing(
    discord: Playground, bot: BotProcess
) -> None:
    other = discord.add_guild("Lighthouse", owner="Hedy")
    code, lines = await told(bot, "check", GUILDS=str(discord.guild.id), OWNER_GUILD=str(discord.guild.id))
    assert code == 0
    assert f"It leaves Lighthouse ({other.id}), which GUILDS does not name." in lines[5]
    notes = [line for line in lines if line.startswith("note")]
    assert not any("GUILDS is empty" in line for line in notes)
    assert any("nobody may use /host: set OWNERS" in line for line in notes)


async def test_check_names_every_wrong_thing_with_its_cure(discord: Playground, bot: BotProcess) -> None:
    code, lines = await told(
        bot,
        "check",
        DATABASE_URL="mysql://x/y",
        DATA_DIR="/proc/none",
        MODEL="/no/model",
        DISCORD_TOKEN="",
        WEB_PORT=discord.base_url.rpartition(":")[2],
    )
    assert code == 1
    lines = [line for line in lines if not line.startswith("note")]
    assert [line[:6] for line in lines] == ["ok    ", "ok    ", *["FAIL  "] * 5]
    cures = ("Name a folder", "Write sqlite", "Set another", "Put your bot's token into .env", "Set MODEL to")
    assert all(cure in line for cure, line in zip(cures, lines[2:], strict=True))


async def test_check_names_the_permissions_that_are_missing(discord: Playground, bot: BotProcess) -> None:
    discord.invite_bot(discord.guild, ["view_channel", "send_messages", "read_message_history"])
    code, lines = await told(bot, "check")
    assert code == 1
    assert lines[5].startswith(
        f"FAIL  discord: in {discord.guild.name} I lack Attach Files. Invite me again: "
    )
