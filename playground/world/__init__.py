"""The world behind the wire. This package and the page alone know simcord."""

from playground.world.people import People, Refused
from playground.world.routes import Routes
from playground.world.state import LiveEnv, World

__all__ = ["LiveEnv", "People", "Refused", "Routes", "World"]
