"""What goes with a picture that is sent to a member, and what is said where it cannot be."""

from bot.domain.echo import echo
from bot.domain.job import Job
from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_picture
from bot.messages.jobs import link_to
from bot.messages.payload import Button, Payload

MAX_PROMPT = 1500
MAX_QUOTED, MAX_SERVER = 300, 100


def letter(job: Job, locale: str) -> Payload:
    """The prompt, the job's number and its seed, each on a line of its own: tools read them there."""
    words = translations(locale)
    lines = [
        f"**{echo(job.prompt, limit=MAX_PROMPT)}**",
        say("**Job ID**: {number}", number=job.id).render(words),
        say("**seed** {seed}", seed=job.recipe.seed).render(words),
    ]
    link = link_to(job)
    return Payload(content="\n".join(lines) + (f"\n-# {link}" if link else ""))


def sent(link: str, locale: str) -> Payload:
    """It is in the direct messages."""
    return Payload(
        content=say("It is in our direct messages: {link}", link=link).render(translations(locale))
    )


def beside(job: Job, locale: str) -> Payload:
    """The letter in private where it was asked for, since there are no direct messages."""
    words = translations(locale)
    why = say(
        "I may not send you direct messages, so here it is. To have it there, allow them in this server's "
        "Privacy Settings."
    )
    return Payload(content=f"{letter(job, locale).content}\n-# {why.render(words)}")


def closed(user_id: int, locale: str) -> Payload:
    """For all to read, where a reaction asked: there is no other way to answer one."""
    sentence = say(
        "{member}, I may not send you direct messages. Allow them in this server's Privacy Settings, or use "
        "Apps → Send to me: that works without.",
        member=f"<@{user_id}>",
    )
    return Payload(content=sentence.render(translations(locale)))


def taken_off(job: Job, user_id: int, locale: str) -> Payload:
    """A picture was taken off by a reaction, which asks nothing before."""
    words = translations(locale)
    sentence = say(
        "{member} took this picture off. It can be brought back for a day, here or from /mine.",
        member=f"<@{user_id}>",
    )
    undo = Button(custom_id=of_picture(job.id, "back"), label=say("Undo").render(words))
    return Payload(content=sentence.render(words), rows=((undo,),))


def deleted(job: Job, server: str) -> Payload:
    """To its member, in private: a moderator deleted their picture."""
    words = translations(job.locale)
    head = say("**{server}**: a moderator deleted a picture of yours", server=echo(server, limit=MAX_SERVER))
    foot = say("What it used stays counted. If you think that was a mistake, ask the moderators there.")
    quoted = f"> {echo(job.prompt, limit=MAX_QUOTED)}"
    return Payload(content="\n".join([head.render(words), quoted, foot.render(words)]))
