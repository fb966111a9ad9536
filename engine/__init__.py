"""The in-process diffusion engine. What it offers is in `engine.api`."""

import os

# transformers tells the terminal, at import, of components that are not used here.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
