"""Pictures from the network: from hosts that are named, never from a private network, under limits."""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver

from bot.domain.echo import echo_code
from bot.domain.sentences import say
from bot.domain.uploads import MAX_LINK, MOST_BYTES, Unusable, megabytes

DISCORD = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
PORT = 443
MOST_REDIRECTS = 3
AT_ONCE = 64 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=10.0, sock_connect=3.0)
HEADERS = {"Accept": "image/png, image/jpeg, image/webp, image/gif", "Accept-Encoding": "identity"}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
EXPIRED = frozenset({401, 403})
# What Python 3.11 takes for public is not all of it public: these lists are made from IANA's, of 2026.
_FORBIDDEN = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers', and the metadata of some clouds
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
_GLOBAL = ipaddress.ip_network("2000::/3")
_FORBIDDEN_IN_GLOBAL = tuple(
    map(
        ipaddress.ip_network,
        (
            "2001::/23",  # Teredo, benchmarks, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address in disguise
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)


class _Forbidden(OSError):
    """An address in a private network, met when a connection was about to be made."""


class Fetcher:
    """Downloads pictures. The address that is really connected to is what is checked, at each hop."""

    def __init__(
        self,
        hosts: Collection[str] = (),
        *,
        stand_in: str = "",
        resolver: AbstractResolver | None = None,
        port: int = PORT,
    ) -> None:
        """Beside Discord's own, `hosts` are allowed; `stand_in` is where another Discord is played.

        `resolver` and `port` are for tests.
        """
        self._hosts = DISCORD | {host.lower() for host in hosts}
        self._others = tuple(sorted(self._hosts - DISCORD))
        self._stand_in = yarl.URL(stand_in) / "cdn" if stand_in else None
        self._resolver = resolver
        self._port = port

    async def fetch(self, link: str) -> bytes:
        """The file that a link leads to.

        Raises: Unusable.
        """
        url = self._checked(link, is_first=True)
        for _ in range(MOST_REDIRECTS + 1):
            try:
                found = await self._get(url)
            except TimeoutError:
                raise Unusable(
                    say("`{host}` takes too long. Attach the picture instead.", host=_shown(url))
                ) from None
            except (aiohttp.ClientError, OSError, ValueError):
                # Why is not told: it would say what answers in a private network.
                raise Unusable(
                    say("I cannot reach `{host}`. Attach the picture instead.", host=_shown(url))
                ) from None
            if isinstance(found, bytes):
                return found
            url = self._checked(found, is_first=False)
        raise Unusable(say("This link leads on and on. Attach the picture instead."))

    async def _get(self, url: yarl.URL) -> bytes | str:
        """What is there; or where that leads on to."""
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            force_close=True,
            socket_factory=None if self._is_stand_in(url) else _guarded,
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=TIMEOUT,
                headers=HEADERS,
                auto_decompress=False,
                trust_env=False,
            ) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status in REDIRECTS:
                return str(url.join(yarl.URL(response.headers.get("Location", ""))))
            _check_status(response.status, url)
            return await _capped(response)

    def _checked(self, link: str, *, is_first: bool) -> yarl.URL:
        """A link that may be followed. Raises: Unusable."""
        try:
            url = yarl.URL(link)
            host, port = (url.raw_host or "").lower(), url.port
        except ValueError:
            raise _unreadable(link) from None
        is_plain = link.isprintable() and not set(link) & set(" \\") and len(link) <= MAX_LINK
        if not is_plain or not host or url.user is not None or url.password is not None:
            raise _unreadable(link)
        if is_first and self._is_stand_in(url):
            return url
        if host not in self._hosts:
            raise self._unwelcome(host)
        if url.scheme != "https" or port != PORT:
            raise Unusable(say("I follow only links that begin with `https://`. Attach the picture instead."))
        return url.with_port(self._port)

    def _is_stand_in(self, url: yarl.URL) -> bool:
        """Whether it is a file of the other Discord that is played here."""
        base = self._stand_in
        if base is None or url.origin() != base.origin():
            return False
        depth = len(base.raw_parts)
        return url.raw_parts[:depth] == base.raw_parts and len(url.raw_parts) > depth and ".." not in url.path

    def _unwelcome(self, host: str) -> Unusable:
        shown = echo_code(host)
        if not self._others:
            return Unusable(
                say(
                    "I take no pictures from `{host}`: only what is posted in Discord. Attach the picture "
                    "instead.",
                    host=shown,
                )
            )
        return Unusable(
            say(
                "I take no pictures from `{host}`: only what is posted in Discord, and from {hosts}. Attach "
                "the picture instead.",
                host=shown,
                hosts=", ".join(f"`{other}`" for other in self._others),
            )
        )


def is_public(address: str) -> bool:
    """Whether an IP address, as text, is one that everybody may reach."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _FORBIDDEN)
    return parsed in _GLOBAL and not any(parsed in network for network in _FORBIDDEN_IN_GLOBAL)


def _guarded(info: tuple[Any, ...]) -> socket.socket:
    """A socket for an address that was resolved, if it may be connected to. Raises: _Forbidden."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise _Forbidden("an address in a private network")
    return socket.socket(family=family, type=kind, proto=protocol)


def _check_status(status: int, url: yarl.URL) -> None:
    """Raises: Unusable, for anything but a file."""
    if status in GONE:
        raise Unusable(say("There is nothing at this link any more. Attach the picture instead."))
    if status in EXPIRED:
        raise Unusable(
            say("`{host}` does not show me this picture. Attach the picture instead.", host=_shown(url))
        )
    if status != 200:
        raise Unusable(
            say(
                "`{host}` answered with an error ({status}). Attach the picture instead.",
                host=_shown(url),
                status=status,
            )
        )


async def _capped(response: aiohttp.ClientResponse) -> bytes:
    """The body, whatever length its head names. Raises: Unusable."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(AT_ONCE):
        body += chunk
        if len(body) > MOST_BYTES:
            raise too_large()
    return bytes(body)


def too_large() -> Unusable:
    """The refusal of a file that is too large to be fetched."""
    return Unusable(
        say(
            "This picture has more than {most}, the most that I take. Make it smaller and try again.",
            most=megabytes(MOST_BYTES),
        )
    )


def _unreadable(link: str) -> Unusable:
    return Unusable(
        say(
            "`{link}` is no link that I can follow. Attach the picture instead.",
            link=echo_code(link, limit=60),
        )
    )


def _shown(url: yarl.URL) -> str:
    return echo_code(url.host or "")
