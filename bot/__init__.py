"""The Discord bot: adapters, use cases, rules, storage. See bot/README.md."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - it must be said by the very Python that is too old
    raise SystemExit(f"Darkroom needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
if sys.platform == "win32":
    raise SystemExit("Darkroom runs on Linux and macOS. On Windows, run it in WSL or in a container.")
