"""What is said while an area of a picture is chosen, in private."""

from bot.domain.cells import NUM_CELLS, SIDE, cells_of
from bot.domain.sentences import Translations, say, say_n
from bot.messages.catalogue import translations
from bot.messages.custom_ids import RegionPress, of_region, of_step
from bot.messages.payload import Button, File, Payload
from bot.services.regions import Choosing, Proposal


def panel(chosen: Choosing, index: int, locale: str) -> tuple[Payload, File]:
    """The nine cells to choose from, with the ways to go on."""
    words = translations(locale)
    cells = cells_of(chosen.cells)
    lines = [
        say("**What is to be drawn anew?** Choose cells below, then press **Draw…**").render(words),
        say("Or say in words what you mean, or bring a mask. The rest stays as it is.").render(words),
    ]
    rows = tuple(
        tuple(_cell(chosen, index, row * SIDE + column + 1) for column in range(SIDE)) for row in range(SIDE)
    )
    file = File(
        name="cells.jpg",
        data=chosen.picture,
        description=_described(cells, words),
    )
    return Payload(content="\n".join(lines), rows=(*rows, _ways(chosen, index, words))), file


def proposal(found: Proposal, locale: str) -> tuple[Payload, File]:
    """An area that was found, with the button that draws it."""
    words = translations(locale)
    lines = [
        say("**This is drawn anew**, in colour: {share}% of the picture.", share=round(100 * found.share)),
        say("If it is not what you mean, say it in other words, or choose cells."),
    ]
    draw = Button(custom_id=of_step(found.step.action), label=found.step.label.render(words), is_primary=True)
    file = File(
        name="area.jpg",
        data=found.picture,
        description=say("The picture, with what is drawn anew in colour").render(words),
    )
    return Payload(content="\n".join(line.render(words) for line in lines), rows=((draw,),)), file


def _cell(chosen: Choosing, index: int, cell: int) -> Button:
    press = RegionPress(job_id=chosen.job.id, action="toggle", index=index, cells=chosen.cells, cell=cell)
    return Button(custom_id=of_region(press), label=str(cell), is_primary=cell in cells_of(chosen.cells))


def _ways(chosen: Choosing, index: int, words: Translations) -> tuple[Button, ...]:
    labels = {"draw": say("Draw…"), "words": say("Words…"), "mask": say("Mask…")}
    return tuple(
        Button(
            custom_id=of_region(
                RegionPress(job_id=chosen.job.id, action=action, index=index, cells=chosen.cells)
            ),
            label=label.render(words),
            emoji="🖌️" if action == "draw" else None,
        )
        for action, label in labels.items()
    )


def _described(cells: tuple[int, ...], words: Translations) -> str:
    if not cells:
        return say("The picture in {count} cells; none is chosen", count=NUM_CELLS).render(words)
    listed = ", ".join(map(str, cells))
    return say_n(
        "The picture in nine cells; chosen is {cells}",
        "The picture in nine cells; chosen are {cells}",
        len(cells),
        cells=listed,
    ).render(words)
