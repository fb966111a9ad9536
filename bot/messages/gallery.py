"""What /gallery says."""

from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.payload import Payload


def joined(locale: str, *, has_page: bool, page_url: str | None = None) -> Payload:
    """A member shows their pictures."""
    words = translations(locale)
    lines = [
        say(
            "From now on this server's web page shows your pictures from its public channels, older ones "
            "too, with your name. /gallery leave takes them off again."
        ).render(words)
    ]
    if not has_page:
        lines.append(
            say(
                "The page itself is still switched off: whoever has Manage Server can switch it on in /setup."
            ).render(words)
        )
    elif page_url is not None:
        lines.append(say("See it here: {address}", address=f"<{page_url}>").render(words))
    return Payload(content="\n".join(lines))


def left(locale: str) -> Payload:
    """A member shows nothing any more."""
    return Payload(
        content=say("None of your pictures is on this server's web page any more.").render(
            translations(locale)
        )
    )
