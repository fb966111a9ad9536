"""What moderators read of pictures that members brought along."""

from bot.domain.sentences import moment, say
from bot.domain.uploads import Upload
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_moderation
from bot.messages.payload import Button, File, Payload
from bot.services.uploads import Seen


def seen(shown: Seen, locale: str) -> Payload:
    """Whose picture it is, since when, and what may be done with it."""
    words = translations(locale)
    upload = shown.upload
    lines = [
        say(
            "`upload:{number}`, brought along by {member} {when}, {width}×{height} pixels.",
            number=upload.id,
            member=f"<@{upload.user_id}>",
            when=moment(upload.created_at),
            width=upload.width,
            height=upload.height,
        ),
        say("Last used {when}.", when=moment(upload.last_used_at)),
        say("Removed, nobody brings it here again, and what was made from it cannot be made again."),
    ]
    buttons = [
        Button(
            custom_id=of_moderation("upload", upload.id, "remove"),
            label=say("Remove it from this server").render(words),
            is_danger=True,
        )
    ]
    if shown.is_owner:
        label = say("Remove it everywhere").render(words)
        erase = of_moderation("upload", upload.id, "erase")
        buttons.append(Button(custom_id=erase, label=label, is_danger=True))
    return Payload(content="\n".join(line.render(words) for line in lines), rows=(tuple(buttons),))


def seen_file(shown: Seen, data: bytes, locale: str) -> File:
    """The picture itself, behind a spoiler where it looks like nudity."""
    said = say("A picture that a member brought along")
    return File(
        name=f"upload-{shown.upload.id}.webp",
        data=data,
        description=said.render(translations(locale)),
        is_spoiler=shown.is_explicit,
    )


def removed(upload: Upload, locale: str, *, is_everywhere: bool) -> Payload:
    """What was done, and how far."""
    words = translations(locale)
    if is_everywhere:
        line = say("`upload:{number}` is removed from every server, for good.", number=upload.id)
    else:
        line = say("`upload:{number}` is removed, and cannot be brought here again.", number=upload.id)
    return Payload(content=line.render(words))
