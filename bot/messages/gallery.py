"""What /gallery says."""

from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.payload import Payload


def joined(locale: str, *, has_page: bool) -> Payload:
    """A member shows their pictures."""
    words = translations(locale)
    lines = [
        say(
            "Your pictures from this server's public channels hang on its web page from now on, with your "
            "name, older ones too. /gallery leave takes them off again."
        ).render(words)
    ]
    if not has_page:
        lines.append(say("The page itself is not switched on in this server yet.").render(words))
    return Payload(content="\n".join(lines))


def left(locale: str) -> Payload:
    """A member shows nothing any more."""
    return Payload(
        content=say("None of your pictures is on this server's web page any more.").render(
            translations(locale)
        )
    )
