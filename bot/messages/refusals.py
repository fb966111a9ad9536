"""What a refusal says: every sentence of it, and the prompt to copy."""

from dataclasses import replace

from bot.domain.echo import visible
from bot.domain.errors import NotAllowed, Unavailable, UserError
from bot.domain.hosting import NOT_SERVED
from bot.domain.next_steps import Appeal, AskModerators
from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_step
from bot.messages.host import standing
from bot.messages.payload import MAX_CONTENT, Button, File, Payload

MAX_PROMPT = 1800
FENCE = "```"


def refusal(error: UserError, locale: str) -> Payload:
    """A refusal, with what may be pressed now, and what was typed, whole, to be copied."""
    words = translations(locale)
    sentences = [sentence.render(words) for sentence in error.sentences]
    lines = sentences if len(sentences) == 1 else [f"- {sentence}" for sentence in sentences]
    steps = tuple(
        Button(
            custom_id=of_step(step.action),
            label=step.label.render(words),
            is_primary=not isinstance(step.action, Appeal | AskModerators),
        )
        for step in error.steps
    )
    if error.notice:
        lines.append(f"-# {standing(error.notice).render(words)}")
    payload = Payload(content="\n".join(lines)[:MAX_CONTENT], rows=(steps,) if steps else ())
    return _with_prompt(payload, error.prompt, locale) if error.prompt else payload


def with_again(payload: Payload, custom_id: str | None, locale: str) -> Payload:
    """A refusal with the button that opens the form again, if a button opens it at all."""
    if custom_id is None:
        return payload
    label = say("Open the form again").render(translations(locale))
    button = Button(custom_id=custom_id, label=label, is_primary=True)
    return replace(payload, rows=(*payload.rows, (button,)))


def _with_prompt(payload: Payload, prompt: str, locale: str) -> Payload:
    """The prompt below the sentences; as a file, where it does not fit or would end its own frame."""
    words = translations(locale)
    below = "\n\n" if payload.content.startswith("- ") else "\n"  # a list ends with an empty line
    content = (
        f"{payload.content}{below}{say('Your prompt:').render(words)}\n{FENCE}\n{visible(prompt)}\n{FENCE}"
    )
    if len(prompt) <= MAX_PROMPT and len(content) <= MAX_CONTENT and FENCE not in prompt:
        return replace(payload, content=content)
    note = say("Your prompt is in the file below.").render(words)
    return replace(payload, content=f"{payload.content[: MAX_CONTENT - len(note) - 1]}\n{note}")


def prompt_file(error: UserError, payload: Payload, locale: str) -> File | None:
    """A file with what was typed, where its refusal has no room for it."""
    if not error.prompt or visible(error.prompt) in payload.content:
        return None
    data = error.prompt.encode("utf-8", errors="replace")
    description = say("Your prompt, whole").render(translations(locale))
    return File(name="prompt.txt", data=data, description=description)


def our_fault(reference: int) -> UserError:
    """For everything that is not the member's mistake."""
    return UserError(
        say("Something broke on our side. If you report it, mention `{reference}`.", reference=reference)
    )


def outdated_command() -> UserError:
    """For a command that a client still offers as an earlier version of the bot had it."""
    return UserError(say("This command is not here any more as you know it. Restart Discord and try again."))


def not_served() -> UserError:
    """For whoever uses the bot in a guild that its owners did not choose."""
    return NotAllowed(NOT_SERVED)


def database_away() -> UserError:
    """For what came while the database was away: none of it was kept."""
    return Unavailable(
        say("I cannot reach my database just now. Try again in a minute; nothing was charged.")
    )


def disk_full() -> UserError:
    """For what came while there was no room to keep it."""
    return Unavailable(
        say("The disk that I keep everything on is full. Tell whoever runs me; nothing was charged.")
    )
