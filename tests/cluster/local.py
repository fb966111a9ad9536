"""Replicas without Ray, in the driver's own process, which a test can kill, and bring back."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from engine.cluster.driver import drive
from engine.cluster.exchange import Answer, Order
from engine.cluster.link import Member, Unreachable
from engine.cluster.replica import Replica
from engine.config import EngineConfig

LOADING: dict[str, "LocalMember"] = {}
"""Who loads its models now."""


class LocalMember:
    """A replica that can be killed, and is started anew at the next question after `restart`."""

    def __init__(self, config: EngineConfig, *, silence_seconds: float = 4.0) -> None:
        self._config = config
        self._silence_seconds = silence_seconds
        self.replica: Replica | None = None
        self.is_cut_off = False
        """Whether nothing gets through, though it lives: as with a cable that is pulled."""
        self.restart()

    def restart(self) -> None:
        """A new life."""
        self.replica = Replica(
            self._config,
            lost=lambda _: asyncio.create_task(self.kill()),
            silence_seconds=self._silence_seconds,
        )

    async def kill(self) -> None:
        """All that it had is gone."""
        replica, self.replica = self.replica, None
        if LOADING.get("") is self:
            LOADING.clear()
        if replica is not None:
            await replica.close()

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        """As a replica."""
        return await (await self._reached()).tell(driver, session, orders)

    async def ask(self, driver: str, confirmed: int) -> Answer:
        """As a replica."""
        answer = await (await self._reached()).ask(driver, confirmed)
        await self._reached()
        return answer

    async def _reached(self) -> Replica:
        if self.is_cut_off:
            await asyncio.sleep(3600)
        if self.replica is None:
            raise Unreachable("killed")
        if not self.replica.state.models and LOADING.setdefault("", self) is not self:
            raise Unreachable("another loads its models, which two threads of a process must not do at once")
        if self.replica.state.models and LOADING.get("") is self:
            LOADING.clear()
        return self.replica


class LocalFleet:
    """So many of them."""

    def __init__(self, config: EngineConfig, count: int = 1, *, silence_seconds: float = 4.0) -> None:
        self.members = {
            f"local-{number}": LocalMember(config, silence_seconds=silence_seconds) for number in range(count)
        }

    async def survey(self) -> Mapping[str, Member]:
        """All of them."""
        return self.members

    async def close(self) -> None:
        """The end of all."""
        await asyncio.gather(*(member.kill() for member in self.members.values()))


@asynccontextmanager
async def fleet(config: EngineConfig, count: int = 1) -> AsyncIterator[LocalFleet]:
    """Replicas, for a while."""
    local = LocalFleet(config, count)
    try:
        yield local
    finally:
        await local.close()


def main(count: int, socket: str) -> None:
    """A driver, or what it says that there is, as `engine.cluster.on_ray`."""
    if socket == "look":
        sys.stdout.write(f"there can be {count} replicas\n")
    else:
        asyncio.run(drive(int(socket), lambda config: LocalFleet(config, count)))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[-1])
