"""The pages in the open: who holds connections without asking for anything keeps nobody else out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import ClientSession, web

from bot.web.door import Door
from bot.web.server import application, serving


async def hello(_: web.Request) -> web.Response:
    """A page."""
    return web.Response(text="hello")


@asynccontextmanager
async def opened(most: int, seconds: float) -> AsyncIterator[tuple[Door, int]]:
    """A server behind a door, and its port."""
    runner = web.AppRunner(application([web.get("/", hello)]))
    await runner.setup()
    assert runner.server is not None
    door = Door(runner.server, most=most, seconds=seconds)
    server = await asyncio.get_running_loop().create_server(door, "127.0.0.1", 0)
    try:
        yield door, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await runner.cleanup()


async def until(is_true: Callable[[], bool]) -> None:
    """Let everybody else go on until something holds."""
    async with asyncio.timeout(20):
        while not is_true():
            await asyncio.sleep(0.001)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def half_open(port: int, said: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n") -> Connection:
    """A connection whose request is not said to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    return reader, writer


async def is_put_out(connection: Connection) -> bool:
    """Whether the other side has ended it."""
    try:
        return await connection[0].read() == b""
    except ConnectionError:
        return True


async def test_who_asks_comes_in_however_many_hold_the_door() -> None:
    async with opened(most=8, seconds=60) as (door, port), ClientSession() as client:
        silent = [await half_open(port) for _ in range(200)]
        await until(lambda: len(door.inside) == 8)
        for _ in range(3):
            async with client.get(f"http://127.0.0.1:{port}/") as response:
                assert await response.text() == "hello"
        assert len(door.inside) <= 8
        assert await is_put_out(silent[0])


async def test_who_says_nothing_is_put_out_in_time() -> None:
    async with opened(most=8, seconds=0.05) as (door, port):
        mute, slow = await half_open(port, b""), await half_open(port)
        assert await is_put_out(mute)
        assert await is_put_out(slow)
        await until(lambda: not door.inside)


async def test_a_connection_serves_many_requests_and_each_has_its_own_time() -> None:
    async with opened(most=8, seconds=60) as (door, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            for piece in (b"GET / HTTP/1.1\r\nHo", b"st: x\r\n", b"\r\n"):
                writer.write(piece)
                await writer.drain()
            assert b"hello" in await reader.readuntil(b"hello")
        (visit,) = door.inside
        assert not visit.is_silent
        writer.write(b"GET / HT")
        await until(lambda: visit.is_silent)
        writer.close()


async def test_the_real_pages_stand_behind_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        unused_port = free.getsockname()[1]
    app = application([web.get("/", hello)])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(app, host="127.0.0.1", port=unused_port))
        client = await stack.enter_async_context(ClientSession())
        held = [await half_open(unused_port) for _ in range(400)]
        async with client.get(f"http://127.0.0.1:{unused_port}/") as response:
            assert response.status == 200
        assert len(held) == 400
