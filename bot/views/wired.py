"""How buttons that were rebuilt from a custom_id reach what they need: through `bot.client.Darkroom`."""

from typing import Any

from bot.boundary import Interaction
from bot.delivery.jobs import Delivery
from bot.delivery.rooms import RoomKeeper
from bot.services import Services


def wired(interaction: Interaction) -> tuple[Services, Delivery]:
    """The services, and the delivery of what they draw."""
    client: Any = interaction.client
    return client.services, client.delivery


def room_keeper(interaction: Interaction) -> RoomKeeper:
    """The hands that make and close rooms."""
    client: Any = interaction.client
    keeper: RoomKeeper = client.rooms
    return keeper
