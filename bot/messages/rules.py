"""What /rules shows."""

from bot.domain.echo import echo_code
from bot.domain.image_filter import ImageFilter
from bot.domain.rules import GuildRule, Place, RoomPolicy, Weight
from bot.domain.sentences import Translations, say, say_n
from bot.messages.catalogue import translations
from bot.messages.lists import fitted, more
from bot.messages.payload import File, Payload
from bot.messages.table import to_csv
from bot.services.rules import Findings, RuleBook

WEIGHTS = {
    Weight.SOFT: say("asks first"),
    Weight.LIGHT: say("refuses"),
    Weight.MEDIUM: say("refuses; three are a strike"),
    Weight.HEAVY: say("refuses, and is a strike"),
}
PLACES = {
    Place.PROMPT: say("in the prompt"),
    Place.NEGATIVE: say("after --no"),
    Place.ANYWHERE: say("anywhere"),
}
FILTERS = {
    ImageFilter.OFF: say("Pictures are posted as they are drawn."),
    ImageFilter.SPOILER: say("What looks like nudity is posted behind a spoiler."),
    ImageFilter.MODERATORS: say(
        "What looks like nudity is posted behind a spoiler, and reported to the moderators."
    ),
    ImageFilter.BLOCK: say("What looks like nudity is deleted, and its member is told."),
}
MAX_PHRASES = 300
"""Characters of the phrases of one weight."""


def added(rule: GuildRule, locale: str) -> Payload:
    """A rule that was just set."""
    words = translations(locale)
    line = say(
        "`{phrase}` {place}: {weight}",
        phrase=echo_code(rule.phrase),
        place=PLACES[rule.place],
        weight=WEIGHTS[rule.weight],
    ).render(words)
    return Payload(content=line)


def removed(phrase: str, locale: str) -> Payload:
    """A rule that is no more."""
    sentence = say("`{phrase}` is welcome again.", phrase=echo_code(phrase))
    return Payload(content=sentence.render(translations(locale)))


def book(book: RuleBook, locale: str) -> Payload:
    """Every rule, by weight, and every room that asks for something."""
    words = translations(locale)
    lines = [f"<#{channel_id}>: {_policy(policy, words)}" for channel_id, policy in book.rooms.items()]
    for weight in reversed(Weight):
        phrases = [_phrase(rule, words) for rule in book.rules if rule.weight is weight]
        if phrases:
            lines.append(f"**{weight.value}** ({WEIGHTS[weight].render(words)}): {_joined(phrases, words)}")
    if not lines:
        lines.append(say("This server has no rules of its own yet: add one with /rules add.").render(words))
    nsfw = (
        say("Nudity is drawn in age-restricted rooms only.")
        if book.is_nsfw_allowed
        else say("Nudity and sexual content are not drawn here.")
    )
    return Payload(content=fitted(words, lines[0], lines[1:], [f"-# {nsfw.render(words)}"]))


def book_file(book: RuleBook, locale: str) -> File | None:
    """Every word and phrase as CSV (UTF-8 with a mark, for spreadsheets); None where there are none."""
    rows = [(rule.phrase, rule.weight.value, rule.place.value) for rule in book.rules]
    if not rows:
        return None
    description = say("Every word and phrase that has a rule, as a table").render(translations(locale))
    return File(name="rules.csv", data=to_csv(("phrase", "weight", "place"), rows), description=description)


def room(channel_id: int, policy: RoomPolicy, locale: str) -> Payload:
    """What a room asks for now."""
    return Payload(content=f"<#{channel_id}>: {_policy(policy, translations(locale))}")


def findings(found: Findings, locale: str) -> Payload:
    """What the rules would say to a prompt."""
    words = translations(locale)
    lines = [f"- `{echo_code(rule.phrase)}`: {WEIGHTS[rule.weight].render(words)}" for rule in found.rules]
    if found.minors:
        lines.insert(0, f"- {say('Minors in a sexual context: refused in every server.').render(words)}")
    elif found.explicit:
        lines.append(f"- {say('Nudity: only where it is allowed.').render(words)}")
    if not lines:
        lines = [say("No rule is broken by this.").render(words)]
    return Payload(content=fitted(words, lines[0], lines[1:]))


def image_filter(chosen: ImageFilter, locale: str) -> Payload:
    """What happens to pictures that look like nudity, and how far that can be trusted."""
    words = translations(locale)
    lines = [FILTERS[chosen].render(words)]
    if chosen is not ImageFilter.OFF:
        lines.append(
            "-# "
            + say(
                "The classifier knows photographs. It is weak on drawings, and knows nothing of violence or "
                "age: keep rules and reports beside it. Previews are not shown while it is on."
            ).render(words)
        )
    return Payload(content="\n".join(lines))


def _phrase(rule: GuildRule, words: Translations) -> str:
    phrase = f"`{echo_code(rule.phrase)}`"
    if rule.place is Place.ANYWHERE:
        return phrase
    return f"{phrase} ({PLACES[rule.place].render(words)})"


def _policy(policy: RoomPolicy, words: Translations) -> str:
    parts = []
    if policy.role_ids:
        roles = ", ".join(f"<@&{role_id}>" for role_id in policy.role_ids)
        parts.append(say("for {roles}", roles=roles))
    if policy.models:
        models = ", ".join(f"`{echo_code(model)}`" for model in policy.models)
        parts.append(say("models {models}", models=models))
    if not policy.takes_pictures:
        parts.append(say("from words alone, without pictures that members bring"))
    if policy.required:
        required = ", ".join(f"`{echo_code(word)}`" for word in policy.required)
        parts.append(
            say_n(
                "at least {count} of {words}",
                "at least {count} of {words}",
                policy.num_required,
                words=required,
            )
        )
    if not parts:
        return say("open to everybody").render(words)
    return "; ".join(part.render(words) for part in parts)


def _joined(phrases: list[str], words: Translations) -> str:
    """Phrases one after the other, never cut in two; all of them are in the file."""
    kept: list[str] = []
    for phrase in phrases:
        if sum(map(len, kept)) + 2 * len(kept) + len(phrase) > MAX_PHRASES:
            break
        kept.append(phrase)
    left_out = len(phrases) - len(kept)
    return ", ".join(kept) + (f" {more(words, left_out)}" if left_out else "")


def confirmed(locale: str) -> Payload:
    """What becomes of the question, once a member said that they mean it."""
    return Payload(content=say("It is drawn in a message of its own.").render(translations(locale)))


def nsfw(is_allowed: bool, locale: str) -> Payload:  # noqa: FBT001
    """Whether nudity may be drawn in a guild."""
    words = translations(locale)
    if is_allowed:
        return Payload(content=say("Nudity is drawn in age-restricted rooms only.").render(words))
    return Payload(content=say("Nudity and sexual content are not drawn here.").render(words))
