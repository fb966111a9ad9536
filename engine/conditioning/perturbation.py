"""Perturbation: rows whose places do not look at each other, to move away from what lacks structure.

It is the weak prediction of perturbed-attention guidance (Ahn et al. 2024, "Self-Rectifying Diffusion
Sampling with Perturbed-Attention Guidance"): where it is perturbed, self-attention is the identity.
"""

from collections.abc import MutableMapping
from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor2_0

from engine.conditioning.reference import attended
from engine.rows import Condition

IN_THE_MIDDLE, EVERYWHERE = "mid_block.", ""
"""How the names of the layers begin that are perturbed: the deepest, as in diffusers' pipelines; or all."""
_PERTURBED = "perturbed"
_SELF_ATTENTION = ".attn1."


def told_of(device: torch.device) -> dict[str, Condition]:
    """What a row is told that is perturbed, by name. All others need not be told."""
    one = torch.ones(1, 1, device=device)
    return {_PERTURBED: Condition(values=one, neutral=torch.zeros_like(one))}


def taken_from(told: MutableMapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Out of all that rows are told, which of them are perturbed, as the attention is given it."""
    return {_PERTURBED: told.pop(_PERTURBED)} if _PERTURBED in told else {}


class PerturbedAttention(AttnProcessor2_0):  # type: ignore[misc]
    """Attention of places to each other, but for the rows that are perturbed: there each keeps its own value.

    Where none is, it computes what diffusers' does.
    """

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        perturbed: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """(rows, places, width) → the same. `perturbed` (rows, 1) is 1 for those that are, 0 for others."""
        if perturbed is None:
            usual: torch.Tensor = super().__call__(
                attn, hidden_states, encoder_hidden_states, attention_mask=attention_mask
            )
            return usual
        query, key, value = attn.to_q(hidden_states), attn.to_k(hidden_states), attn.to_v(hidden_states)
        read = torch.where(perturbed[..., None] > 0, value, attended(query, key, value, attn.heads))
        written: torch.Tensor = attn.to_out[1](attn.to_out[0](read))
        return written


class _Unperturbed(AttnProcessor2_0):  # type: ignore[misc]
    """Diffusers' attention, which is told of perturbed rows and does not mind."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        perturbed: torch.Tensor | None = None,  # noqa: ARG002 - diffusers warns of what is not taken
    ) -> torch.Tensor:
        """(rows, places, width) → the same."""
        usual: torch.Tensor = super().__call__(
            attn, hidden_states, encoder_hidden_states, attention_mask=attention_mask
        )
        return usual


def let_perturb(unet: Any, layers: str) -> None:
    """Put our attention in the place of diffusers', with its weights; these layers can be perturbed."""
    processors = dict(unet.attn_processors)
    for name, processor in processors.items():
        if type(processor) is AttnProcessor2_0:
            is_perturbed = _SELF_ATTENTION in name and name.startswith(layers)
            processors[name] = PerturbedAttention() if is_perturbed else _Unperturbed()
    unet.set_attn_processor(processors)
