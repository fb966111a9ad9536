"""The nursery with an engine that dies at one prompt, as a driver would: the process is gone at once."""

import os
import threading
import time
from typing import Any

from engine.api import Generate
from engine.loop import DenoisingLoop
from engine.ticket import Ticket
from tests.wire import nursery

POISON = "a cursed amulet"
LOOK_SECONDS = 0.02


def poison() -> None:
    """Let the engine die at the prompt."""
    submit = DenoisingLoop.submit

    def dying(loop: DenoisingLoop, request: Any) -> Any:
        ticket = submit(loop, request)
        if isinstance(request, Generate) and any(POISON in part.text for part in request.prompts):
            threading.Thread(target=die_with, args=(loop, ticket), daemon=True).start()
        return ticket

    DenoisingLoop.submit = dying  # type: ignore[method-assign, assignment]


def die_with(loop: DenoisingLoop, ticket: Ticket) -> None:
    """End the process once the ticket is being drawn."""
    while loop.generation(ticket) is None:
        time.sleep(LOOK_SECONDS)
    time.sleep(LOOK_SECONDS)
    os._exit(137)


if __name__ == "__main__":
    poison()
    nursery._serve()
