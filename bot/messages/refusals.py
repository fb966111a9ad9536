"""What a refusal says: every sentence of it, and the prompt to copy."""

from bot.domain.echo import visible
from bot.domain.errors import UserError
from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.payload import MAX_CONTENT, Button, Payload

MAX_PROMPT = 900


def refusal(error: UserError, locale: str, *, prompt: str | None = None) -> Payload:
    """A refusal, with what may be pressed now, and the prompt that was not understood, to be copied."""
    words = translations(locale)
    sentences = [sentence.render(words) for sentence in error.sentences]
    lines = sentences if len(sentences) == 1 else [f"- {sentence}" for sentence in sentences]
    content = "\n".join(lines)
    if prompt:
        copy = visible(prompt).replace("```", "'''")[:MAX_PROMPT]
        head = say("Your prompt:").render(words)
        content = f"{content[: MAX_CONTENT - MAX_PROMPT - 100]}\n{head}\n```\n{copy}\n```"
    steps = tuple(Button(custom_id=step.custom_id, label=step.label.render(words)) for step in error.steps)
    return Payload(content=content[:MAX_CONTENT], rows=(steps,) if steps else ())


def our_fault(reference: int, locale: str) -> Payload:
    """For everything that is not the member's mistake."""
    words = translations(locale)
    sentence = say(
        "Something broke on our side. If you report it, mention `{reference}`.", reference=reference
    )
    return Payload(content=sentence.render(words))


def database_away(locale: str) -> Payload:
    """For what came while the database was away: none of it was kept."""
    sentence = say("I cannot reach my database just now. Try again in a minute; nothing was charged.")
    return Payload(content=sentence.render(translations(locale)))
