"""What is said of one picture in private: how it was made, and how it is taken back."""

from collections.abc import Iterator

from bot.domain.echo import echo, visible
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import Origin, Outcome
from bot.domain.loras import written_loras
from bot.domain.recipe import Blend, Recipe
from bot.domain.samplers import A1111
from bot.domain.sentences import Sentence, Translations, say, say_n
from bot.domain.style import written_styles
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_picture
from bot.messages.jobs import MAX_PROMPT, link_to
from bot.messages.kinds import again_button
from bot.messages.payload import MAX_CONTENT, Button, File, Payload
from bot.services.shown import Details
from bot.services.taking_back import Choice

FENCE = "```"


def details(found: Details, locale: str) -> tuple[Payload, File | None]:
    """Everything that decided the picture; with a file, where its prompt does not fit into the message."""
    words = translations(locale)
    job = found.job
    head = say(
        "**Picture {number}** by {member}, {when}",
        number=job.id,
        member=f"<@{job.user_id}>",
        when=f"<t:{int(job.created_at.timestamp())}:f>",
    ).render(words)
    facts = "\n".join(f"- {fact.render(words)}" for fact in _facts(found, words))
    promise = _promise(found).render(words)
    pasted = visible(job.recipe.pasted)
    lead = say("To draw from the same prompt and seed, paste this into /imagine:").render(words)
    content = f"{head}\n{promise}\n{lead}\n{FENCE}\n{pasted}\n{FENCE}\n{facts}"
    rows = tuple(row for row in (_buttons(found, words),) if row)
    if len(content) <= MAX_CONTENT and FENCE not in pasted:
        return Payload(content=content, rows=rows), None
    lead = say("To draw from the same prompt and seed, paste the text of the file into /imagine.").render(
        words
    )
    file = File(name="prompt.txt", data=pasted.encode(), description=say("The whole prompt").render(words))
    return Payload(content=f"{head}\n{promise}\n{lead}\n{facts}"[:MAX_CONTENT], rows=rows), file


def question(choice: Choice, locale: str) -> Payload:
    """What deleting and hiding would mean for this picture, with a button for each."""
    words = translations(locale)
    job = choice.job
    if not choice.is_own:
        head = say(
            "**This deletes {what} for good.** It belongs to {member}; /audit will name you.",
            what=_what(choice),
            member=f"<@{job.user_id}>",
        ).render(words)
        return Payload(content=f"{head}\n{_quoted(job)}", rows=((_delete(job, words),),))
    head = say("**This deletes {what} for good.**", what=_what(choice)).render(words)
    lines = [head, _quoted(job)]
    lines += [f"- {line.render(words)}" for line in _consequences(choice)]
    can_hide = not job.is_direct_message and job.status is not JobStatus.BINNED
    buttons = (_delete(job, words), _hide(job, words)) if can_hide else (_delete(job, words),)
    return Payload(content="\n".join(lines), rows=(buttons,))


def deleted(choice: Choice, locale: str) -> Payload:
    """It is gone."""
    words = translations(locale)
    if choice.is_own:
        sentence = say("Deleted: {what}. What was used stays counted.", what=_what(choice))
    else:
        sentence = say("Deleted: {what}. It is written down in /audit.", what=_what(choice))
    return Payload(content=sentence.render(words))


def hidden(job: Job, locale: str, *, is_hidden: bool) -> Payload:
    """It is off the web page, or may be there again."""
    words = translations(locale)
    if not is_hidden:
        return Payload(content=say("It may hang on the web page again.").render(words))
    back = Button(custom_id=of_picture(job.id, "unhide"), label=say("Show it there again").render(words))
    sentence = say("Hidden: this picture is not on the web page. Here it stays.")
    return Payload(content=sentence.render(words), rows=((back,),))


def back(locale: str) -> Payload:
    """What was taken off is posted anew."""
    return Payload(content=say("It comes back to its channel now.").render(translations(locale)))


def cancelled(locale: str) -> Payload:
    """A job that was not drawn yet was stopped."""
    return Payload(content=say("Cancelled; it costs nothing.").render(translations(locale)))


def _facts(found: Details, words: Translations) -> Iterator[Sentence]:
    job, recipe = found.job, found.job.recipe
    if recipe.brought is not None:
        yield say(
            "Brought along, at {width}×{height} pixels; nothing of it was drawn here",
            width=recipe.canvas.width,
            height=recipe.canvas.height,
        )
        return
    seeds = ", ".join(f"`{seed}`" for seed in recipe.seeds)
    yield say_n("Seed: {seeds}", "Seeds of the {count} pictures: {seeds}", len(recipe.seeds), seeds=seeds)
    yield say(
        "Drawn at {width}×{height} pixels in {steps} steps",
        width=recipe.canvas.width,
        height=recipe.canvas.height,
        steps=recipe.sampling.steps,
    )
    yield say(
        "Guidance {guidance}, sampler {sampler}",
        guidance=f"{recipe.sampling.guidance_scale:g}",
        sampler=" ".join(filter(None, A1111.get(recipe.sampling.sampler, (recipe.sampling.sampler,)))),
    )
    yield say("Model: {model}, hash `{hash}`", model=echo(recipe.weights.name), hash=recipe.weights.hash)
    yield from _manner(recipe)
    if recipe.window and recipe.start is not None:
        yield say(
            "A smaller picture, enlarged and drawn once more in windows of {window} pixels, at strength "
            "{strength}",
            window=recipe.window,
            strength=f"{recipe.start.strength:g}",
        )
    elif recipe.start is not None:
        yield say("Began from another picture, at strength {strength}", strength=f"{recipe.start.strength:g}")
    yield from _pictures(recipe)
    if recipe.variation is not None:
        yield say(
            "Nearly the noise of seed `{seed}`: {share} % of it is other",
            seed=recipe.variation.seed,
            share=round(100 * recipe.variation.strength),
        )
    if recipe.control is not None:
        yield say(
            "Follows a map of {kind}, at scale {scale}",
            kind=recipe.control.kind,
            scale=f"{recipe.control.scale:g}",
        )
    if recipe.edit is not None:
        yield say(
            "Drawn is a part of {width}×{height} pixels; the rest is another picture, as it was",
            width=recipe.shown.width,
            height=recipe.shown.height,
        )
    if recipe.enlargement is not None:
        yield say(
            "Upscaled {factor}×, to {width}×{height} pixels; nothing of it was drawn anew",
            factor=recipe.enlargement.factor,
            width=recipe.shown.width,
            height=recipe.shown.height,
        )
    if not job.kind.traits.has_own_text:
        yield _made_from(job, found.parent, words)


def _pictures(recipe: Recipe) -> Iterator[Sentence]:
    if recipe.references:
        yield say_n(
            "Looked at {count} picture beside the text",
            "Looked at {count} pictures beside the text",
            len(recipe.references),
        )
    if recipe.blend is not None:
        yield _blended(recipe.blend)


def _manner(recipe: Recipe) -> Iterator[Sentence]:
    if recipe.styles:
        yield say("Style: {styles}", styles=echo(written_styles(recipe.styles)))
    if recipe.weirdness is not None:
        yield say("Read otherwise than usual by {share} %", share=round(100 * recipe.weirdness.amount))
    if recipe.loras:
        yield say("LoRAs: {loras}", loras=echo(written_loras(recipe.loras)))


def _blended(blend: Blend) -> Sentence:
    count = len(blend.images)
    if blend.strength is None:
        return say("Blended from {count} pictures, which the model looked at", count=count)
    return say_n(
        "Began from a picture, at strength {strength}",
        "Began between {count} pictures, at strength {strength}",
        count,
        strength=f"{blend.strength:g}",
    )


def _made_from(job: Job, parent: Job | None, words: Translations) -> Sentence:
    if parent is None or job.parent is None:
        return say("Made from a picture that is gone")
    link = link_to(parent)
    name = say("picture {number}", number=parent.id).render(words)
    shown = f"[{name}]({link})" if link else name
    if job.kind.traits.origin is Origin.GRID:
        return say("The same prompt as {picture}, drawn anew", picture=shown)
    return say("Made from number {index} of {picture}", index=job.parent.index + 1, picture=shown)


def _promise(found: Details) -> Sentence:
    """What the line in the frame will draw."""
    if (sentence := _from_pictures(found)) is not None:
        return sentence
    if found.is_model_changed:
        return say("The model has changed since, so the same prompt and seed draw a different picture now.")
    if found.job.kind.traits.outcome is Outcome.TILE and found.job.recipe.spread is not None:
        return say("The same prompt and seed draw the same four pictures: it is one of them.")
    if found.job.kind.traits.outcome is Outcome.TILE:
        return say("The same prompt and seed draw the same picture: it is the first of the four.")
    return say("The same prompt and seed draw the same pictures, as long as the model is the same.")


def _from_pictures(found: Details) -> Sentence | None:
    """The same of what was not drawn from words alone."""
    recipe = found.job.recipe
    if recipe.brought is not None:
        return say("It was not drawn here: this draws new pictures that begin with it.")
    if recipe.is_told and not found.is_model_changed:
        return say("The same prompt and seed draw the same again, for whoever may use its pictures.")
    if not recipe.is_plain:
        return say("It was made from another picture, so its prompt and seed alone draw a different one.")
    return None


def _what(choice: Choice) -> Sentence:
    """All that goes, in numbers."""
    if choice.job.kind.traits.is_single:
        return say("the picture")
    tiles = choice.own_tiles + (0 if choice.is_own else choice.other_tiles)
    if not tiles:
        return say_n(
            "the grid of {count} picture", "the grid of {count} pictures", choice.job.recipe.num_images
        )
    return say_n(
        "the grid and the picture that was picked from it",
        "the grid and the {count} pictures that were picked from it",
        tiles,
    )


def _consequences(choice: Choice) -> Iterator[Sentence]:
    job = choice.job
    if job.status is JobStatus.BINNED:
        yield say("It is taken off already, and cannot be brought back then. What was used stays counted.")
        return
    yield say("It goes from its channel, from /mine and from the web page. What was used stays counted.")
    if job.kind.traits.outcome is Outcome.TILE and job.parent is not None:
        yield say("The four that it was picked from stay: delete those there.")
    if choice.other_tiles:
        yield say_n(
            "{count} picture that somebody else picked from it stays theirs.",
            "{count} pictures that others picked from it stay theirs.",
            choice.other_tiles,
        )
    if job.is_hidden:
        yield say("It is hidden from the web page now.")
    elif not job.is_direct_message:
        yield say("Hiding takes it off the web page only; here it stays.")


def _buttons(found: Details, words: Translations) -> tuple[Button, ...]:
    """To draw it again, which anybody may; to take it back, for its member."""
    buttons = []
    if not found.job.recipe.is_imported:
        buttons.append(again_button(found.job, say("Same again").render(words)))
    if found.is_own and found.job.status is JobStatus.BINNED:
        back = say("Bring it back").render(words)
        buttons.append(Button(custom_id=of_picture(found.job.id, "back"), label=back, is_primary=True))
    if found.is_own:
        ask = say("Delete or hide…").render(words)
        buttons.append(Button(custom_id=of_picture(found.job.id, "ask"), label=ask))
    return tuple(buttons)


def _delete(job: Job, words: Translations) -> Button:
    label = say("Delete it").render(words)
    return Button(custom_id=of_picture(job.id, "delete"), label=label, is_danger=True)


def _hide(job: Job, words: Translations) -> Button:
    if job.is_hidden:
        label = say("Show it on the web page").render(words)
        return Button(custom_id=of_picture(job.id, "unhide"), label=label)
    label = say("Hide it from the web page").render(words)
    return Button(custom_id=of_picture(job.id, "hide"), label=label)


def _quoted(job: Job) -> str:
    return f"> {echo(job.prompt, limit=MAX_PROMPT)}"
