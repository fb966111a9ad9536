"""Who is at the other end of a socket."""

import os
import socket
import struct
import sys

_CREDENTIALS = struct.Struct("3i")
"""Of a peer: process, user, group."""


def check_peer(ours: socket.socket) -> None:
    """Whether who is at the other end of a socket is the user that we are.

    Raises: ConnectionError.
    """
    if sys.platform != "linux":
        return  # the pair was inherited: nobody else has its other end
    _, uid, _ = struct.unpack(
        "3i", ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    )
    if uid != os.getuid():
        raise ConnectionError(f"user {uid} is at the other end of the driver's socket")
