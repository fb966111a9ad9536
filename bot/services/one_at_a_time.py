"""What is free for members is drawn for each of them one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import UserError


class OneAtATime:
    """Who is being served just now."""

    def __init__(self) -> None:
        self._served: set[int] = set()

    def __len__(self) -> int:
        return len(self._served)

    @contextmanager
    def serving(self, user_id: int, refusal: UserError) -> Iterator[None]:
        """Serve a member while inside. Raises: the refusal, where they are being served already."""
        if user_id in self._served:
            raise refusal
        self._served.add(user_id)
        try:
            yield
        finally:
            self._served.discard(user_id)
