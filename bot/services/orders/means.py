"""With what a member draws where they are: the models of their guild and room, and their own settings."""

from dataclasses import replace

from bot.domain.asker import Asker
from bot.domain.preferences import Preferences
from bot.services.preferences import MemberPreferences
from bot.services.recipes import Recipes
from bot.services.studios import Studios


class Means:
    """Looked up anew for each request."""

    def __init__(self, recipes: Recipes, preferences: MemberPreferences, studios: Studios) -> None:
        self._recipes = recipes
        self._preferences = preferences
        self._studios = studios

    async def recipes(self, asker: Asker) -> Recipes:
        """How recipes are made where the asker is: with the models that may be used there."""
        return self._recipes.within(await self._studios.of(asker))

    async def preferences(self, asker: Asker) -> Preferences:
        """The asker's own settings, less a model that may not be used where they are, or not any more."""
        preferences = await self._preferences.get(asker)
        if preferences.model is None or (await self.recipes(asker)).has_model(preferences.model):
            return preferences
        return replace(preferences, model=None, lost_model=preferences.model)
