"""What somebody reads in private of a request that was left when the bot died."""

from bot.domain.errors import UserError
from bot.domain.next_steps import NextStep
from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.payload import MAX_CONTENT, Payload
from bot.messages.refusals import refusal


def not_drawn(error: UserError, locale: str) -> Payload:
    """What is in the way of it, with the press that mends it."""
    why = refusal(error, locale)
    head = say("I was restarted while you waited, and what you asked for is not drawn:").render(
        translations(locale)
    )
    return Payload(content=f"{head}\n{why.content}"[:MAX_CONTENT], rows=why.rows)


def still_wanted(text: str, step: NextStep, locale: str) -> Payload:
    """The question whether it is still wanted, after a while."""
    question = UserError(
        say(
            "I was away while you waited, and nothing came of what you asked for; nothing was charged. Press "
            "the button if you still want it."
        ),
        steps=(step,),
    )
    question.prompt = text
    return refusal(question, locale)
