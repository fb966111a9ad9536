"""What /forget asks, and answers."""

from bot.domain.sentences import moment, say, say_n
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_moderation
from bot.messages.payload import Button, Payload
from bot.services.forgetting import Erasure


def question(locale: str) -> Payload:
    """What will be deleted, what stays, and a button to mean it."""
    words = translations(locale)
    lines = [
        say("**Shall I forget you, in every server?** This cannot be undone."),
        say("Deleted: your pictures, prompts, settings and waiting jobs."),
        say("Kept under a number that is nobody's: how much was drawn, and what moderators decided."),
        say("What I posted stays in its channels until it is deleted there."),
        say("Copies of my database that were made before stay with whoever runs me, until newer ones come."),
        say("You cannot draw for 31 days afterwards, so that nobody gets a fresh allowance by this."),
    ]
    button = Button(
        custom_id=of_moderation("forget", 0, "me"), label=say("Forget me").render(words), is_danger=True
    )
    return Payload(content="\n".join(line.render(words) for line in lines), rows=((button,),))


def pictures_question(locale: str) -> Payload:
    """What becomes of what a member brought along, and a button to mean it."""
    words = translations(locale)
    lines = [
        say("**Shall I delete every picture that you brought along, in every server?**"),
        say("What was drawn from them stays, but cannot be made again. This cannot be undone."),
    ]
    button = Button(
        custom_id=of_moderation("forget", 0, "pictures"),
        label=say("Delete them").render(words),
        is_danger=True,
    )
    return Payload(content="\n".join(line.render(words) for line in lines), rows=((button,),))


def pictures_done(count: int, locale: str) -> Payload:
    """How many pictures of what a member brought along were deleted."""
    words = translations(locale)
    if not count:
        return Payload(
            content=say("You have brought no pictures along: there was nothing to delete.").render(words)
        )
    deleted = say_n(
        "Done. {count} picture that you brought along is deleted.",
        "Done. {count} pictures that you brought along are deleted.",
        count,
    )
    return Payload(content=deleted.render(words))


def done(forgotten: Erasure, locale: str) -> Payload:
    """What was deleted."""
    words = translations(locale)
    lines = [
        say_n(
            "Done. {count} picture is deleted.", "Done. {count} pictures are deleted.", forgotten.pictures
        ).render(words),
        say("You can draw again {when}.", when=moment(forgotten.until)).render(words),
    ]
    return Payload(content="\n".join(lines))
