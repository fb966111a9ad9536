"""Pictures from the network: only from named hosts, and no connection is ever made into a private network."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yarl
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.domain.uploads import MOST_BYTES, Unusable
from bot.imaging import fetch
from bot.imaging.fetch import DISCORD, Fetcher, is_public

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "172.32.0.1", "162.159.133.233", "2606:4700::6812:1", "2a00:1450:4001::200e"]
FORMS = [
    "https://127.0.0.1:{port}/x.png",
    "https://127.1:{port}/x.png",
    "https://0:{port}/x.png",
    "https://0.0.0.0:{port}/x.png",
    "https://2130706433:{port}/x.png",
    "https://0x7f000001:{port}/x.png",
    "https://0x7f.0.0.1:{port}/x.png",
    "https://0177.0.0.1:{port}/x.png",
    "https://017700000001:{port}/x.png",
    "https://127.0.0.1.:{port}/x.png",
    "https://[::1]:{port}/x.png",
    "https://[::]:{port}/x.png",
    "https://[::ffff:127.0.0.1]:{port}/x.png",
    "https://[::ffff:7f00:1]:{port}/x.png",
    "https://[::127.0.0.1]:{port}/x.png",
    "https://[64:ff9b::7f00:1]:{port}/x.png",
    "https://[2002:7f00:1::]:{port}/x.png",
    "https://[fe80::1%25lo]:{port}/x.png",
    "https://１２７.0.0.1:{port}/x.png",
    "https://127。0。0。1:{port}/x.png",
    "https://①②⑦.⓪.⓪.①:{port}/x.png",
    "https://localhost:{port}/x.png",
    "https://LOCALHOST.:{port}/x.png",
    "https://ⓛocalhost:{port}/x.png",
    "https://cdn.discordapp.com.:{port}/x.png",
    "https://cdn.discordapp.com@127.0.0.1:{port}/x.png",
    "https://127.0.0.1:{port}#@cdn.discordapp.com/x.png",
    "https://127.0.0.1:{port}\\@cdn.discordapp.com/x.png",
    "https://cdn.discordapp.com:{port}/x.png",
    "https://cdn.discordapp.com%00.127.0.0.1:{port}/x.png",
    "https://cdn.discordapp.com%2f@127.0.0.1:{port}/x.png",
    "https://metadata.google.internal:{port}/x.png",
    "https://127.0.0.1.nip.io:{port}/x.png",
    "http://127.0.0.1:{port}/x.png",
    "http://cdn.discordapp.com:{port}/x.png",
    "ftp://127.0.0.1:{port}/x.png",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_",
    "//127.0.0.1:{port}/x.png",
    "data:image/png;base64,AAAA",
    "blob:https://discord.com/1",
    "https:///x.png",
    "https://",
    "",
]
NAME = "pictures.example"


@dataclass
class Rebinding(AbstractResolver):
    """A name server that answers every name with one address; or first with another one."""

    address: str = "127.0.0.1"
    first: str = ""
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:  # noqa: ARG002
        """The answer."""
        address = self.first if self.first and not self.asked else self.address
        self.asked.append(host)
        kind = 10 if ":" in address else 2
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0),
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that a connection is made to."""
    made: list[Any] = []
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def noting(sock: Any, address: Any) -> None:
        made.append(address)
        await connect(sock, address)

    monkeypatch.setattr(loop, "sock_connect", noting)
    return made


@dataclass
class Discord:
    """A stand-in for Discord, which serves what it is told to."""

    base: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    requests: list[web.BaseRequest] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return yarl.URL(self.base).port or 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """What is told, for a path."""
        self.requests.append(request)
        found = self.answers.get(request.path, web.Response(status=404))
        if isinstance(found, web.StreamResponse):
            return found
        response: web.StreamResponse = await found(request)
        return response


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    told = Discord()
    server = web.Server(told.answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    told.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


async def refused(fetcher: Fetcher, link: str) -> str:
    with pytest.raises(Unusable) as told:
        await fetcher.fetch(link)
    return str(told.value)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_not_everybody_reaches_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_of_a_link_reaches_a_private_network(
    form: str, discord: Discord, connects: list[Any]
) -> None:
    link = form.format(port=discord.port)
    hosts = {_host(link), "localhost", "127.0.0.1", "127.1", "::1", NAME} - {""}
    resolver = Rebinding()
    for fetcher in (
        Fetcher(resolver=resolver),
        Fetcher(hosts, resolver=resolver),
        Fetcher(hosts, resolver=resolver, port=discord.port),
    ):
        await refused(fetcher, link)
        await refused(fetcher, link.replace(f":{discord.port}", ""))
    assert connects == []


@pytest.mark.parametrize("form", FORMS)
async def test_no_redirect_reaches_a_private_network(
    form: str, discord: Discord, connects: list[Any]
) -> None:
    link = form.format(port=discord.port).encode("ascii", "backslashreplace").decode()
    discord.answers["/cdn/x.png"] = web.Response(status=302, headers={"Location": link})
    hosts = {_host(link), "localhost", "127.0.0.1", "::1", NAME} - {""}
    fetcher = Fetcher(hosts, stand_in=discord.base, resolver=Rebinding(), port=discord.port)
    await refused(fetcher, f"{discord.base}/cdn/x.png")
    assert len(connects) == len(discord.requests) == 1  # the redirect itself


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_allowed_name_that_leads_into_a_private_network_is_not_followed(
    address: str, connects: list[Any], discord: Discord
) -> None:
    resolver = Rebinding(address=address.partition("%")[0])
    fetcher = Fetcher([NAME], resolver=resolver, port=discord.port)
    for name in (NAME, *DISCORD):
        assert "cannot reach" in await refused(fetcher, f"https://{name}/x.png")
    assert (connects, len(resolver.asked)) == ([], 3)


async def test_a_name_that_changes_its_address_after_it_was_looked_at_is_looked_at_again(
    discord: Discord, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.2")
    discord.answers["/x.png"] = web.Response(body=b"secret")
    resolver = Rebinding(first="127.0.0.2")
    fetcher = Fetcher([NAME], resolver=resolver, port=discord.port)
    await refused(fetcher, f"https://{NAME}/x.png")
    await refused(fetcher, f"https://{NAME}/x.png")
    assert [address[0] for address in connects] == ["127.0.0.2"]
    assert discord.requests == []


async def test_a_file_of_discord_comes_as_it_is(discord: Discord) -> None:
    discord.answers["/cdn/attachments/1/2/x.png"] = web.Response(body=b"picture")
    fetcher = Fetcher(stand_in=discord.base)
    assert await fetcher.fetch(f"{discord.base}/cdn/attachments/1/2/x.png?ex=7f&is=0&hm=1&") == b"picture"
    (request,) = discord.requests
    assert request.headers["Accept-Encoding"] == "identity"
    assert {"Cookie", "Authorization"}.isdisjoint(request.headers)
    assert request.query_string == "ex=7f&is=0&hm=1&"
    for other in ("/api/v10/users/@me", "/cdn/../api/v10/users/@me", "/cdn", "/cdnx/1"):
        with pytest.raises(Unusable):
            await fetcher.fetch(discord.base + other)
    behind_a_path = Fetcher(stand_in=f"{discord.base}/cdn/attachments")
    for other in ("/cdn/attachments/cdn", "/cdn/attachments/1/2/x.png", "/cdn/attachments/cdn/..%2f..%2fx"):
        with pytest.raises(Unusable):
            await behind_a_path.fetch(discord.base + other)
    assert [asked.path for asked in discord.requests[1:]] == []


async def test_no_more_than_the_limit_is_read_whatever_the_head_says(discord: Discord) -> None:
    sent = 0

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(1024 * 1024))
            sent += 1

    discord.answers["/cdn/x.png"] = endless
    assert "more than 8 MB" in await refused(Fetcher(stand_in=discord.base), f"{discord.base}/cdn/x.png")
    assert sent < 2 * MOST_BYTES // 1024 // 1024


async def test_what_is_compressed_on_its_way_is_not_unpacked(discord: Discord) -> None:
    packed = web.Response(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    discord.answers["/cdn/x.png"] = packed
    assert await Fetcher(stand_in=discord.base).fetch(f"{discord.base}/cdn/x.png") == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("status", "says"),
    [(404, "nothing at this link"), (403, "does not show me"), (500, "an error (500)"), (204, "(204)")],
)
async def test_what_is_not_there_is_told(discord: Discord, status: int, says: str) -> None:
    discord.answers["/cdn/x.png"] = web.Response(status=status)
    assert says in await refused(Fetcher(stand_in=discord.base), f"{discord.base}/cdn/x.png")


class Chain(Fetcher):
    """Redirects without a network."""

    steps: tuple[bytes | str, ...] = ()

    async def _get(self, url: yarl.URL) -> bytes | str:
        """One step."""
        self.seen = [*getattr(self, "seen", []), str(url)]
        return self.steps[len(self.seen) - 1]


async def test_three_redirects_are_followed_and_no_more() -> None:
    link = f"https://{NAME}/"
    chain = Chain([NAME])
    chain.steps = (link + "1", link + "2", link + "3", b"picture")
    assert await chain.fetch(link) == b"picture"
    chain = Chain([NAME])
    chain.steps = tuple(link + str(number) for number in range(10))
    assert "on and on" in await refused(chain, link)
    assert len(chain.seen) == 4
    chain = Chain([NAME], stand_in="http://127.0.0.1:1")
    chain.steps = ("http://127.0.0.1:1/cdn/x.png", b"")
    assert "take no pictures from `127.0.0.1`" in await refused(chain, link)


async def test_the_refusal_names_where_pictures_may_come_from() -> None:
    assert "only what is posted in Discord." in await refused(Fetcher(), "https://i.imgur.com/x.png")
    both = Fetcher(["upload.wikimedia.org", "I.imgur.com"])
    told = await refused(both, "https://evil.example/x.png")
    assert "from `i.imgur.com`, `upload.wikimedia.org`" in told
    assert "https://" in await refused(both, "http://i.imgur.com/x.png")


def _host(link: str) -> str:
    try:
        return (yarl.URL(link).raw_host or "").lower()
    except ValueError:
        return ""
