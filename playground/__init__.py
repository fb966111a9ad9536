"""A local Discord: gateway, REST and page, to try the bot without a token."""

from playground.faults import Delay, Drop, Hold, RateLimited, Status
from playground.server import Call, Playground
from playground.views import Attachment, Channel, Component, Guild, Member, Message, Reaction, Role
from playground.world import Refused

__all__ = [
    "Attachment",
    "Call",
    "Channel",
    "Component",
    "Delay",
    "Drop",
    "Guild",
    "Hold",
    "Member",
    "Message",
    "Playground",
    "RateLimited",
    "Reaction",
    "Refused",
    "Role",
    "Status",
]
