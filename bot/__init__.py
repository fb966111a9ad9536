"""The Discord bot: adapters, use cases, rules, storage. See bot/README.md."""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)
"""Of Python: what the tests were run with."""


def refusal(version: "tuple[int, int]", platform: str) -> str:
    """Why nothing runs on such a system, and what to do; empty where it does."""
    if not OLDEST <= version <= NEWEST:
        return "Darkroom runs on Python 3.11 to 3.13, and this is {}.{}. Use one of those.".format(*version)
    if platform == "win32":
        return "Darkroom runs on Linux and macOS. On Windows, run it in WSL or in a container."
    return ""


if _refusal := refusal(sys.version_info[:2], sys.platform):
    raise SystemExit(_refusal)
