"""Use as…: what can be made of a picture that somebody sees, asked in private."""

from bot.domain.job import Job
from bot.domain.recipe import ImageRef, Picture
from bot.domain.sentences import Translations, say
from bot.domain.uploads import written
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_use
from bot.messages.payload import Button, Payload


def panel(found: Job | Picture, locale: str) -> Payload:
    """What a picture can be used as; of a grid first which of its pictures."""
    words = translations(locale)
    if not isinstance(found, Job):
        return _uses(found, words)
    if found.recipe.num_images == 1:
        return _uses(ImageRef(job_id=found.id, index=0), words)
    images = [ImageRef(job_id=found.id, index=index) for index in range(found.recipe.num_images)]
    buttons = tuple(Button(custom_id=of_use(one, "choose"), label=str(one.index + 1)) for one in images)
    return Payload(content=say("Which of them?").render(words), rows=(buttons,))


def _uses(picture: Picture, words: Translations) -> Payload:
    content = say(
        "Use `{picture}` as…\n"
        "- **Image prompt**: what is drawn shows what it shows\n"
        "- **Style**: what is drawn looks as it looks\n"
        "- **Describe**: four prompts for it",
        picture=written(picture),
    ).render(words)
    labels = {"prompt": say("Image prompt"), "style": say("Style"), "describe": say("Describe")}
    buttons = tuple(
        Button(custom_id=of_use(picture, action), label=label.render(words))
        for action, label in labels.items()
    )
    return Payload(content=content, rows=(buttons,))
