"""What can go wrong in the engine.

EngineError
├── ModelNotFound       the named model is not configured, or its files are missing or not safetensors
├── InvalidRequest      the request cannot be run by this model (size, sampler, steps)
├── OutOfMemory         the picture does not fit on the device, even alone
├── GenerationFailed    the device or the model failed; a retry may help
├── EngineStopped       the engine is shutting down; the request can be run again later
└── DeviceLost          the device is unusable until the process is started again
"""

from typing import ClassVar


class EngineError(Exception):
    """Base of everything the engine raises to its caller."""

    model: str | None = None
    """Of an error at start: which of the configured models it is about, as it was configured."""


class ModelNotFound(EngineError):
    """The model is not configured, or its files are missing or not safetensors."""


class InvalidRequest(EngineError):
    """This model cannot run the request."""


class OutOfMemory(EngineError):
    """The picture does not fit on the device, even alone."""


class GenerationFailed(EngineError):
    """The device or the model failed while drawing."""


class EngineStopped(EngineError):
    """The engine is shutting down; the request was not finished."""


class DeviceLost(EngineError):
    """The device is unusable until this process is started again."""

    exit_code: ClassVar[int] = 75
    """What the process should exit with (EX_TEMPFAIL), so that its supervisor starts it again."""
