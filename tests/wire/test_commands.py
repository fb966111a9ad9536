"""Who sees which command, as Discord shows them: an owner, moderators of either kind, a member."""

from functools import partial

from playground import Playground
from playground.server import Call
from playground.views import Channel, Member, Role
from tests.wire.conftest import BotProcess

MEMBERS = {"forget", "gallery", "help", "imagine", "mine", "quota", "show", "start"}
MEMBERS |= {
    "again",
    "blend",
    "describe",
    "edit",
    "fast",
    "info",
    "models",
    "relax",
    "settings",
    "shorten",
    "status",
    "turbo",
}
FOR_ROLES = {"allowance", "audit", "mod", "queue", "rules", "usage"}
MANAGERS = FOR_ROLES | {"guild", "setup"}


def seen(discord: Playground, member: Member, place: Channel) -> set[str]:
    """The commands that Discord offers somebody in a channel."""
    commands = discord.world.backend.visible_commands(user_id=member.id, channel_id=place.id)
    return {command["name"] for command in commands}


def allow(discord: Playground, role: Role, names: set[str]) -> None:
    """What only an owner can do, in Discord's own settings: add a role to each of these commands."""
    backend = discord.world.backend
    for name in names:
        command = backend.find_command(name, None)
        assert command is not None
        entry = {"id": str(role.id), "type": 1, "permission": True}
        backend.set_command_permissions(role.guild_id, int(command["id"]), [entry])


async def test_everybody_sees_the_commands_that_are_theirs(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    owner, room = discord.guild.owner, discord.guild.newbies
    maud = discord.add_member(discord.guild, "maud", manage_guild=True)
    grace = discord.add_member(discord.guild, "grace")
    assert seen(discord, owner, room) == seen(discord, maud, room) == MEMBERS | MANAGERS
    assert seen(discord, grace, room) == MEMBERS
    alone = discord.direct_messages(grace)
    assert seen(discord, grace, alone) == MEMBERS - {"gallery", "start"}
    shown = await (await discord.slash(maud, room, "queue show")).acknowledged()
    assert "0 jobs" in shown.content


async def test_who_moderates_by_a_role_sees_the_commands_once_the_owner_does_what_setup_says(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    owner, room = discord.guild.owner, discord.guild.newbies
    role = discord.add_role(discord.guild, "Wardens", permissions=["moderate_members"])
    dora = discord.add_member(discord.guild, "dora", roles=[role])
    assert seen(discord, dora, room) == MEMBERS
    panel = await (await discord.slash(owner, room, "setup")).acknowledged()
    assert panel.message
    await discord.select(owner, panel.message, [role], custom_id=f"setup:{discord.guild.id}:moderators")
    await discord.wait_for(lambda _: "**Add Roles or Members**" in panel.content)
    (advice,) = [line for line in panel.content.splitlines() if "Add Roles or Members" in line]
    assert f"<@&{role.id}>" in advice
    assert "Server Settings → Integrations" in advice
    named = {word.strip("/,.") for word in advice.split() if word.startswith("/")}
    assert named == FOR_ROLES
    allow(discord, role, named)
    assert seen(discord, dora, room) == MEMBERS | FOR_ROLES
    shown = await (await discord.slash(dora, room, "allowance rules")).acknowledged()
    assert "100 pictures a day" in shown.content


def reads(call: Call, words: str, _: Playground) -> bool:
    """Whether what a command was answered with says this by now."""
    return words in call.content


async def test_help_is_the_manual_and_its_last_page_is_for_moderators(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    room = discord.guild.newbies
    maud = discord.add_member(discord.guild, "maud", manage_guild=True)
    grace = discord.add_member(discord.guild, "grace")
    manual = await (await discord.slash(maud, room, "help")).acknowledged()
    assert manual.ephemeral
    assert manual.message
    for label, words in {
        "Parameters": "from 1:4 to 4:1",
        "Buttons": "**U1**–**U4**",
        "Your commands": "`/quota`: What you have left",
        "For moderators": "`/allowance`: Who may draw how much",
        "Drawing": "a fox::2 snow::1",
    }.items():
        await (await discord.press(maud, manual.message, label=label)).acknowledged()
        await discord.wait_for(partial(reads, manual, words))
    theirs = await (await discord.slash(grace, room, "help")).acknowledged()
    assert theirs.message
    assert "For moderators" not in [button.label for button in theirs.message.components]
    forged = await discord.press(grace, theirs.message, custom_id="help:0:moderators", forged=True)
    assert "Only members with" in (await forged.acknowledged()).content
    alone = await (await discord.slash(grace, None, "help")).acknowledged()
    assert "Type `/imagine`" in alone.content
