"""The models and LoRAs that a guild allows: also for what is drawn from a picture that they were used for."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.echo import echo_code
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.order import Order
from bot.domain.sentences import say
from bot.domain.studio import is_among


class ModelGate:
    """Lets an order pass that is drawn with what its guild allows; what its room allows is a rule."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed.
        """
        del session, asker, guild_id
        if not order.kind.traits.is_drawn:
            return
        name = order.recipe.weights.name
        if settings.models and not is_among(name, settings.models):
            raise NotAllowed(
                say(
                    "This server does not draw with `{model}` any more. There is {models}: draw it anew with "
                    "/imagine.",
                    model=echo_code(name),
                    models=", ".join(f"`{echo_code(model)}`" for model in settings.models),
                )
            )
        for lora in order.recipe.loras:
            if settings.loras and not is_among(lora.name, settings.loras):
                raise NotAllowed(
                    say(
                        "This server does not use the LoRA `{name}` any more: draw it anew with /imagine, "
                        "without it.",
                        name=echo_code(lora.name),
                    )
                )
