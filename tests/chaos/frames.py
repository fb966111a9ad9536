"""Bars about what clients may send: interactions that follow Discord's schema, and nothing else."""

import random
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from playground import Call
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground, Town
from tests.wire.test_path import grids

FRAMES = 10_000
AT_ONCE = 50
Json = Any
LARGEST = "9223372036854775807"
SNOWFLAKES = ["1", "4294967296", LARGEST]
HUGE = ["0", *SNOWFLAKES, "9223372036854775808", "18446744073709551615", "9" * 40]
"""What only a client can make up, in its custom_ids, values and options."""
TEXTS = [
    "",
    " ",
    "\u202e",
    "\u0000",
    "ð" * 4000,
    "a fox --ar 9:16",
    "--",
    "\U0001f47b\u200d",
    "'; DROP TABLE jobs",
]
NUMBERS = [0, 1, 2**31, 2**53]
TIME = re.compile(r"\d{4}-\d\d-")
KEPT = {"type", "application_id", "token", "version"}
"""What decides how a frame is read; the schema leaves no choice there."""
OPTIONAL = {"resolved", "options", "values"}
"""What a client may leave out."""


@bar(
    f"{FRAMES} made-up interactions: no traceback, no reconnect, and the bot draws on",
    databases=BOTH,
    seconds=400,
)
async def made_up_interactions(ground: Ground) -> Found:
    """Real ones in which ids, texts, numbers and lists are others, or gone."""
    dice = random.Random(11)
    async with ground.town(DAILY_IMAGES="40") as town:
        seen = await real_interactions(town)
        gateway = town.discord.gateway
        before = gateway.identifies + gateway.resumes
        for number in range(FRAMES):
            frame = changed(dice.choice(seen), dice)
            frame |= {"id": str((1 << 61) + number), "token": f"made-up-interaction-{number:06}"}
            gateway._broadcast("INTERACTION_CREATE", frame)
            if number % AT_ONCE == 0:  # no more than it takes: a crowd is another bar
                await caught_up(town)
        await town.settled()
        asked = await town.ask(2)
        told = await town.told()
        drawn = sum(town.results()[len(town.calls) - 1 - n] > 0 for n in range(len(asked)))
        reconnects = gateway.identifies + gateway.resumes - before
        tracebacks = town.bot.log.count("Traceback")
    figure = (
        f"of {len(seen)} kinds: {tracebacks} tracebacks, {reconnects} reconnects, "
        f"{told.unbalanced} accounts that do not add up; {drawn} of {len(asked)} drawn afterwards"
    )
    is_met = not tracebacks and not reconnects and not told.unbalanced and drawn == len(asked)
    return Found(figure=figure, is_met=is_met)


async def caught_up(town: Town) -> None:
    """Wait until something that is written after all that came before is answered."""
    owner, room = town.discord.guild.owner, town.room
    call = await town.discord.slash(owner, room, "guild set", setting="public-page", value="on")
    await answered(call)
    await town.discord.wait_for(lambda _: call.content, 60)


async def real_interactions(town: Town) -> list[Json]:
    """Commands, presses, menus and forms, as the gateway sent them."""
    seen: list[Json] = []

    def note(event: str, payload: Json) -> None:
        if event == "INTERACTION_CREATE":
            seen.append(deepcopy(payload))

    town.discord.gateway.check_sent = note
    await town.ask(1)
    await town.settled()
    owner, grid = town.discord.guild.owner, grids(town.discord, town.room)[0]
    for item in grid.components:
        await answered(await town.discord.press(owner, grid, custom_id=item.custom_id))
    for command in ("help", "setup", "info", "quota show", "privacy", "settings", "forget me", "queue show"):
        if command in town.discord.commands(owner, town.room):
            call = await answered(await town.discord.slash(owner, town.room, command))
            await press_all(town, call)
    await town.settled()
    town.discord.gateway.check_sent = lambda *_: None
    return seen


async def press_all(town: Town, call: Call) -> None:
    """Press what an answer offers; what is a menu, or may not be pressed, is left."""
    if call.message is None:
        return
    for item in call.message.components:
        if item.type == 2 and item.custom_id and not item.disabled and call.message is not None:
            await answered(await town.discord.press(call.member, call.message, custom_id=item.custom_id))


async def answered(call: Call) -> Call:
    """Wait for the answer, or the end of patience."""
    return await call.acknowledged(60)


def changed(frame: Json, dice: random.Random) -> dict[str, Any]:
    """The same with one to four places changed, as the schema allows; half of them what the client sends."""
    copy: dict[str, Any] = deepcopy(frame)
    for _ in range(dice.randint(1, 4)):
        is_clients = dice.random() < 0.5
        places = list(leaves(copy["data"] if is_clients else copy))
        if places:
            holder, key = dice.choice(places)
            holder[key] = other(key, holder[key], dice, HUGE if is_clients else SNOWFLAKES)
    for holder, key in [place for place in optional(copy["data"]) if dice.random() < 0.1]:
        holder.pop(key, None)
    return copy


def leaves(value: Json) -> Iterator[tuple[Json, Any]]:
    """Every place of a value that may be another one."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from leaves(inner)
        elif isinstance(inner, str | int) and key not in KEPT and not TIME.match(str(inner)):
            yield value, key


def optional(value: Json) -> Iterator[tuple[Json, str]]:
    """Every place that may be missing."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in OPTIONAL:
                yield value, key
            yield from optional(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from optional(inner)


def other(key: Any, value: Json, dice: random.Random, ids: Sequence[str]) -> Json:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return dice.choice(NUMBERS)
    if key == "custom_id":
        head, _, rest = value.partition(":")
        made_up = f"{head}:{dice.choice(ids)}:{rest.partition(':')[2]}"
        return dice.choice([made_up, made_up, head, value[:-1], rest])[:100]
    return dice.choice(ids) if value.isdigit() else dice.choice(TEXTS)
