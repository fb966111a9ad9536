"""The samplers as AUTOMATIC1111's web UI and its kin call them, for the recipes in files."""

A1111 = {
    "dpmpp-2m": ("DPM++ 2M", ""),
    "dpmpp-2m-karras": ("DPM++ 2M", "Karras"),
    "dpmpp-2m-sde": ("DPM++ 2M SDE", ""),
    "dpmpp-2m-sde-karras": ("DPM++ 2M SDE", "Karras"),
    "dpmpp-2s": ("DPM++ 2S", ""),
    "euler": ("Euler", ""),
    "euler-karras": ("Euler", "Karras"),
    "euler-a": ("Euler a", ""),
    "heun": ("Heun", ""),
    "dpm2": ("DPM2", ""),
    "dpm2-a": ("DPM2 a", ""),
    "ddim": ("DDIM", ""),
    "ddpm": ("DDPM", ""),
    "unipc": ("UniPC", ""),
    "deis": ("DEIS", ""),
    "sa-solver": ("SA Solver", ""),
    "plms": ("PLMS", ""),
    "lcm": ("LCM", ""),
    "tcd": ("TCD", ""),
}
"""The engine's name → the web UI's, and its schedule type where it is not the usual one.

DPM++ 2S, DDPM, DEIS, SA Solver and TCD are names of its kin: the web UI itself has no such samplers.
"""

SPELLINGS = {name: name for name in A1111} | {
    f"{name} {schedule}".strip(): ours for ours, (name, schedule) in A1111.items()
}
"""The engine's name by its own and by the web UI's."""
ENGINE = {name: ours for ours, name in A1111.items()}
"""And back."""
