"""The bot in a browser: a landing page, the gallery, and what monitoring asks for."""
