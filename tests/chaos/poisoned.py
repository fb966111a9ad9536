"""The nursery with an engine that dies at one prompt, as a driver would: the process is gone at once."""

import os
import threading
import time
from typing import Any

from engine.api import Generate
from engine.loop import DenoisingLoop
from engine.ticket import Ticket
from tests.wire import nursery

DRAWN = "a cursed amulet"
"""It kills the process when it is drawn."""
HANDED_OVER = "a cursed ring"
"""It kills the process in the very instant in which it is handed to the engine."""
LOOK_SECONDS = 0.02


def poison() -> None:
    """Let the engine die at these prompts."""
    submit = DenoisingLoop.submit

    def dying(loop: DenoisingLoop, request: Any) -> Any:
        if is_of(request, HANDED_OVER):
            os._exit(137)
        ticket = submit(loop, request)
        if is_of(request, DRAWN):
            threading.Thread(target=die_with, args=(loop, ticket), daemon=True).start()
        return ticket

    DenoisingLoop.submit = dying  # type: ignore[method-assign, assignment]


def is_of(request: Any, words: str) -> bool:
    """Whether it is a picture of this."""
    return isinstance(request, Generate) and any(words in part.text for part in request.prompts)


def die_with(loop: DenoisingLoop, ticket: Ticket) -> None:
    """End the process once the ticket is being drawn."""
    while loop.generation(ticket) is None:
        time.sleep(LOOK_SECONDS)
    time.sleep(LOOK_SECONDS)
    os._exit(137)


if __name__ == "__main__":
    poison()
    nursery.serve()
