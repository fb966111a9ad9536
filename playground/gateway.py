"""The gateway: identify, heartbeat, resume with replay, compression, and what can go wrong with them."""

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import zstandard
from aiohttp import WSMessage, WSMsgType, web

from playground.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE = 0, 1, 2, 3, 4
RESUME, RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 6, 7, 8, 9, 10, 11
MAX_FRAME = 4096
MAX_FRAMES_PER_MINUTE = 120
PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
REPLAYED_EVENTS = 5000
# An answer within microseconds comes before discord.py has noted when it sent: it then reports a lag of 41 s.
ACK_SECONDS = 0.02

Payload = dict[str, Any]


class Encoder(Protocol):
    def __call__(self, frame: str) -> str | bytes: ...


def _encoder(compress: str | None) -> Encoder:
    """One compression context for the life of a connection, as the client expects."""
    if compress == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda frame: deflate.compress(frame.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if compress == "zstd-stream":
        stream = zstandard.ZstdCompressor().compressobj()
        return lambda frame: stream.compress(frame.encode()) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return lambda frame: frame


class Connection:
    """One websocket; frames go out in the order in which they were queued."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.compress = request.query.get("compress")
        self._socket = socket
        self._request = request
        self._encode = _encoder(self.compress)
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=MAX_FRAMES_PER_MINUTE)

    def send(self, frame: str) -> None:
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with this code once everything queued before is out."""
        self._queue.put_nowait(code)

    def cut(self) -> None:
        """Break the TCP connection without a goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()

    @property
    def said_goodbye(self) -> bool:
        """Whether the client closed for good: codes 1000 and 1001 end its session."""
        return self._socket.close_code in (1000, 1001)

    def is_flooding(self) -> bool:
        """Count a received frame; true at more than 120 in a minute."""
        now = time.monotonic()
        full = len(self._received) == MAX_FRAMES_PER_MINUTE and now - self._received[0] < 60
        self._received.append(now)
        return full

    async def write(self) -> None:
        """Send what is queued until the connection closes."""
        while True:
            item = await self._queue.get()
            if isinstance(item, int):
                await self._socket.close(code=item)
                return
            encoded = self._encode(item)
            try:
                if isinstance(encoded, bytes):
                    await self._socket.send_bytes(encoded)
                else:
                    await self._socket.send_str(encoded)
            except ConnectionError:
                return


class Session:
    """What survives a connection: the sequence, and the events that a RESUME plays again."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.connection: Connection | None = None
        self._sent: deque[tuple[int, str]] = deque(maxlen=REPLAYED_EVENTS)

    def owns(self, event: str, payload: Payload) -> bool:
        """Whether the event belongs to this shard; what has no guild goes to shard 0."""
        key = "id" if event in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE") else "guild_id"
        return (int(payload.get(key) or 0) >> 22) % self.shard[1] == self.shard[0]

    def dispatch(self, event: str, payload: Payload) -> None:
        self.sequence += 1
        frame = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": payload})
        self._sent.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def replay(self, connection: Connection, after: int) -> None:
        self.connection = connection
        for sequence, frame in self._sent:
            if sequence > after:
                connection.send(frame)


class Gateway:
    """Sessions of the bot, and switches for what can go wrong."""

    def __init__(self, world: World, token: str, on_change: Callable[[], None]) -> None:
        self.heartbeat_seconds = 41.25
        self.mute_heartbeats = False
        self.identifies = 0
        self.resumes = 0
        self.check_sent: Callable[[str, Payload], None] = lambda *_: None
        self.url = ""
        self._world = world
        self._token = token
        self._on_change = on_change
        self._sessions: dict[str, Session] = {}
        self._twice: list[str] = []
        world.listeners.append(self._broadcast)

    @property
    def approved_intents(self) -> int:
        """Privileged intents that the portal has granted."""
        return self._world.approved_intents

    @approved_intents.setter
    def approved_intents(self, intents: int) -> None:
        self._world.approved_intents = intents

    @property
    def connected(self) -> bool:
        """Whether the bot has a session with a live connection, its guilds sent."""
        return any(session.connection for session in self._sessions.values())

    @property
    def compressions(self) -> list[str | None]:
        """The compression of each live connection."""
        return [session.connection.compress for session in self._sessions.values() if session.connection]

    # What can go wrong

    def cut(self) -> None:
        """Break every TCP connection; the sessions stay resumable."""
        for connection in self._detach():
            connection.cut()

    def close(self, code: int) -> None:
        """Close every connection with this code; 1000 and 1001 end the sessions too."""
        for connection in self._detach():
            connection.close(code)
        if code in (1000, 1001):
            self._sessions.clear()

    def reconnect(self) -> None:
        """Ask the bot to reconnect and resume (op 7)."""
        for connection in self._detach():
            connection.send(json.dumps({"op": RECONNECT, "d": None}))

    def invalidate(self, *, resumable: bool) -> None:
        """Tell the bot that its session is invalid (op 9)."""
        for connection in self._detach():
            connection.send(json.dumps({"op": INVALID_SESSION, "d": resumable}))
        if not resumable:
            self._sessions.clear()

    def duplicate(self, event: str) -> None:
        """Deliver the next event of this name twice."""
        self._twice.append(event)

    def _detach(self) -> list[Connection]:
        """Take the connections from their sessions: what happens from now on waits for a RESUME."""
        found = [session.connection for session in self._sessions.values() if session.connection]
        for session in self._sessions.values():
            session.connection = None
        self._on_change()
        return found

    # Events

    def _broadcast(self, event: str, payload: Payload) -> None:
        for session in self._sessions.values():
            if not session.owns(event, payload):
                continue
            shaped = self._world.shape(event, payload, session.intents)
            if shaped is None:
                continue
            self._dispatch(session, event, shaped)
            if event in self._twice:
                self._twice.remove(event)
                self._dispatch(session, event, shaped)

    def _dispatch(self, session: Session, event: str, payload: Payload) -> None:
        session.dispatch(event, payload)
        self.check_sent(event, payload)

    # Connections

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one websocket from HELLO to its close."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        connection.send(
            json.dumps({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}})
        )
        writer = asyncio.create_task(connection.write())
        try:
            async for message in socket:
                self._receive(connection, message)
        finally:
            writer.cancel()
            self._lose(connection)
        return socket

    def _lose(self, connection: Connection) -> None:
        held = [session for session in self._sessions.values() if session.connection is connection]
        for session in held:
            session.connection = None
            if connection.said_goodbye:
                del self._sessions[session.id]
        self._on_change()

    def _receive(self, connection: Connection, message: WSMessage) -> None:
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        if len(message.data) > MAX_FRAME:
            connection.close(4002)
            return
        if connection.is_flooding():
            connection.close(4008)
            return
        frame = json.loads(message.data)
        match frame["op"]:
            case 1:
                self._acknowledge(connection)
            case 2:
                self._identify(connection, frame["d"])
            case 6:
                self._resume(connection, frame["d"])
            case 3 | 4 | 8:
                pass  # presence, voice and member lists have no effect here
            case _:
                connection.close(4001)

    def _acknowledge(self, connection: Connection) -> None:
        if not self.mute_heartbeats:
            ack = json.dumps({"op": HEARTBEAT_ACK, "d": None})
            asyncio.get_running_loop().call_later(ACK_SECONDS, connection.send, ack)

    def _identify(self, connection: Connection, identify: Payload) -> None:
        if identify["token"] != self._token:
            connection.close(4004)
            return
        intents = identify["intents"]
        if intents & PRIVILEGED_INTENTS & ~self.approved_intents:
            connection.close(4014)
            return
        shard_id, shard_count = identify.get("shard") or (0, 1)
        session = Session((shard_id, shard_count), intents)
        self._forget_dead(session.shard)
        self._sessions[session.id] = session
        session.connection = connection
        self.identifies += 1
        self._greet(session)
        self._on_change()

    def _forget_dead(self, shard: tuple[int, int]) -> None:
        """A new session of a shard ends the older ones that nobody holds any more."""
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if session.connection is not None or session.shard != shard
        }

    def _greet(self, session: Session) -> None:
        """READY, with guilds unavailable at first, then each guild."""
        mine = [
            guild_id
            for guild_id in self._world.guild_ids()
            if session.owns("GUILD_CREATE", {"id": str(guild_id)})
        ]
        ready = {
            "v": 10,
            "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in mine],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            **self._world.ready_payload(),
        }
        self._dispatch(session, "READY", ready)
        for guild_id in mine:
            payload = self._world.shape("GUILD_CREATE", self._world.guild_payload(guild_id), session.intents)
            if payload is not None:
                self._dispatch(session, "GUILD_CREATE", payload)

    def _resume(self, connection: Connection, resume: Payload) -> None:
        session = self._sessions.get(resume["session_id"])
        if session is None or resume["token"] != self._token:
            connection.send(json.dumps({"op": INVALID_SESSION, "d": False}))
            return
        session.replay(connection, resume["seq"])
        self._dispatch(session, "RESUMED", {})
        self.resumes += 1
        self._on_change()
