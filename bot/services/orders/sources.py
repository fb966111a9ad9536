"""The pictures that a request names or brings along, each found once, before anything is charged."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.asker import Asker
from bot.domain.errors import PromptError, UserError
from bot.domain.preferences import Preferences
from bot.domain.prompt import Prompt, joined
from bot.domain.recipe import Picture
from bot.domain.sentences import say
from bot.domain.suffix import applied
from bot.domain.uploads import Incoming, Unusable
from bot.services.orders import pictures
from bot.services.uploads import Uploads

MOST_PICTURES = 16
"""That one text may name, with `{a, b}`."""


class Sources:
    """Finds all of them, or says of all at once why they cannot be had."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def bring(self, asker: Asker, sources: Sequence[Incoming]) -> list[Picture]:
        """Pictures that the asker brings along or names, fetched and kept, or none of them is of use.

        Raises: UserError with all that cannot be had.
        """
        brought = await asyncio.gather(
            *(self._uploads.take(asker, source) for source in sources), return_exceptions=True
        )
        wrong = [one for one in brought if isinstance(one, BaseException)]
        if wrong:
            raise _together(wrong)
        return [one for one in brought if not isinstance(one, BaseException)]

    async def find(
        self, asker: Asker, prompts: Sequence[Prompt], preferences: Preferences
    ) -> dict[str, Picture]:
        """The pictures of prompts by their links: each is fetched once, before anything is charged.

        Raises: PromptError with all that cannot be had, and the prompt without them; others are kept by now.
        """
        links = pictures.links(applied(prompt, preferences) for prompt in prompts)
        if len(links) > MOST_PICTURES:
            raise PromptError(
                say(
                    "This names {count} pictures; at once there may be {limit}. Leave some out.",
                    count=len(links),
                    limit=MOST_PICTURES,
                )
            )
        brought = await asyncio.gather(
            *(self._uploads.resolve(asker, link) for link in links), return_exceptions=True
        )
        lost = {link: one for link, one in zip(links, brought, strict=True) if isinstance(one, BaseException)}
        found = {
            link: one for link, one in zip(links, brought, strict=True) if not isinstance(one, BaseException)
        }
        if lost:
            raise _lost(lost, [pictures.lasting(prompt, found) for prompt in prompts])
        return found


def _together(errors: Sequence[BaseException]) -> BaseException:
    """What was wrong with several pictures, as one refusal; what is no refusal comes first."""
    refusals = [error for error in errors if isinstance(error, UserError)]
    if len(refusals) < len(errors):
        return next(error for error in errors if not isinstance(error, UserError))
    sentences = dict.fromkeys(sentence for error in refusals for sentence in error.sentences)
    return refusals[0] if len(errors) == 1 else Unusable(*sentences)


def _lost(lost: Mapping[str, BaseException], prompts: Sequence[Prompt]) -> BaseException:
    """What is said of pictures that cannot be had, with the prompt less these."""
    error = _together(list(lost.values()))
    if not isinstance(error, UserError):
        return error
    refusal = PromptError(*error.sentences)
    left = [pictures.without(prompt, lost) for prompt in prompts]
    if all(pictures.has_text(prompt) or len(prompt.images) > 1 for prompt in left):
        refusal.without = joined([*dict.fromkeys(map(str, left))])
    return refusal
