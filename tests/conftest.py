"""What all tests share."""

from hypothesis import settings

# A change is judged by the same examples every time; `--hypothesis-profile=default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
