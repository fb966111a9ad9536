"""After a crash: which jobs may have caused it, and when each is tried again."""

from enum import StrEnum

LONE_DEATHS = 3
"""A job that was alone on the device this often when the process died is not tried again."""
QUIET_SECONDS = (0.0, 5.0, 10.0)
"""How long a process must have lived before it tries a job again that was alone with none, one, two deaths:
a process that dies sooner dies of something else, and that job was not on the device."""
MOST_SUSPECTS = 16
"""Of those that waited: so many may have begun in the moment before the process died, and not been noted."""


class Custody(StrEnum):
    """What is known of a job that is not drawn yet, from one process to the next. Stored by value."""

    NONE = ""
    DRAINED = "drained"
    """The last process ended as it should, and left it to the next."""
    SUSPECT = "suspect"
    """It was on the device when the process died: it is drawn alone."""
    ALONE = "alone"
    """It was handed to the device alone."""
