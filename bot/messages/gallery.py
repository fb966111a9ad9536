"""What /gallery asks, and says."""

from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_gallery
from bot.messages.payload import Button, Payload

NO_PAGE = say("The page itself is still switched off: whoever has Manage Server can switch it on in /setup.")


def question(locale: str, *, has_page: bool) -> Payload:
    """Which pictures a member wants to show."""
    words = translations(locale)
    lines = [
        say("**Which of your pictures shall this server's web page show, with your name?**"),
        say("Only those from public channels do. You can hide each of them later: Apps → Cancel or delete."),
    ]
    if not has_page:
        lines.append(NO_PAGE)
    row = (
        Button(custom_id=of_gallery("now"), label=say("From now on").render(words)),
        Button(custom_id=of_gallery("all"), label=say("Older ones too").render(words)),
    )
    return Payload(content="\n".join(line.render(words) for line in lines), rows=(row,))


def joined(locale: str, *, has_page: bool, is_from_now: bool, page_url: str | None = None) -> Payload:
    """A member shows their pictures."""
    words = translations(locale)
    if is_from_now:
        shown = say(
            "From now on this server's web page shows what you draw in its public channels, with your name. "
            "/gallery leave takes it off again."
        )
    else:
        shown = say(
            "From now on this server's web page shows your pictures from its public channels, with your "
            "name, older ones too. /gallery leave takes them off again."
        )
    lines = [shown]
    if not has_page:
        lines.append(NO_PAGE)
    elif page_url is not None:
        lines.append(say("See it here: {address}", address=f"<{page_url}>"))
    return Payload(content="\n".join(line.render(words) for line in lines))


def left(locale: str) -> Payload:
    """A member shows nothing any more."""
    return Payload(
        content=say("None of your pictures is on this server's web page any more.").render(
            translations(locale)
        )
    )
