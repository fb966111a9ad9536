"""How buttons that were rebuilt from a custom_id reach what they need: through `bot.client.Darkroom`."""

from typing import Protocol, cast

import discord
from discord import app_commands

from bot.boundary import Interaction
from bot.delivery.jobs import Delivery
from bot.delivery.moderators import Moderators
from bot.delivery.removals import Remover
from bot.delivery.rooms import RoomKeeper
from bot.services import Services


class Wired(Protocol):
    """What the client offers to views."""

    services: Services
    tree: app_commands.CommandTree[discord.Client]
    delivery: Delivery
    moderators: Moderators
    remover: Remover
    rooms: RoomKeeper


def wired(interaction: Interaction) -> Wired:
    """The client that this interaction came to."""
    return cast("Wired", interaction.client)
