"""Traffic is judged by Discord's own descriptions, where they are at hand."""

import os
from pathlib import Path

import aiohttp
import pytest

from playground import Playground
from playground.rest import Received
from playground.spec import Specification

OPENAPI = os.environ.get("DISCORD_OPENAPI")
pytestmark = pytest.mark.skipif(not OPENAPI, reason="DISCORD_OPENAPI does not name Discord's OpenAPI file")


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification(Path(OPENAPI or ""))


def received(method: str, path: str, body: object) -> Received:
    return Received(method=method, path=path, params={}, body=body, uploads=[])


def test_a_wrong_field_is_found_at_its_place(specification: Specification) -> None:
    button = {"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}
    message = {"content": "x", "components": [{"type": 1, "components": [button]}]}
    (finding,) = specification.check_request(received("POST", "/channels/1/messages", message))
    assert finding.startswith("POST /channels/{channel_id}/messages components/0/components/0/label: ")
    assert finding.endswith("is too long")


def test_a_message_in_order_passes(specification: Specification) -> None:
    message = {"content": "x", "nonce": "outbox-1", "enforce_nonce": True, "attachments": [{"id": 0}]}
    assert specification.check_request(received("POST", "/channels/1/messages", message)) == []


def test_a_route_that_discord_does_not_have_is_found(specification: Specification) -> None:
    assert specification.check_request(received("POST", "/channels/1/pictures", {})) == [
        "POST /channels/1/pictures: Discord has no such route"
    ]


def test_the_most_literal_route_is_meant(specification: Specification) -> None:
    edit = {"content": 5}
    path = "/webhooks/1/token/messages/@original"
    (finding,) = specification.check_request(received("PATCH", path, edit))
    assert finding.startswith("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original content: ")


def test_an_undeclared_answer_is_found(specification: Specification) -> None:
    (finding,) = specification.check_response("POST", "/channels/1/messages", 201, {})
    assert finding == "answer to POST /channels/{channel_id}/messages: status 201 is not declared"


def test_a_gateway_event_is_judged_where_its_description_is_at_hand(specification: Specification) -> None:
    findings = specification.check_event("READY", {"v": 10})
    described = Path(OPENAPI or "").with_name("gateway-frames.schema.json").exists()
    assert bool(findings) == described
    assert specification.check_event("AN_EVENT_WITHOUT_DESCRIPTION", {}) == []


async def test_a_playground_lists_what_does_not_conform() -> None:
    async with Playground(spec_path=OPENAPI) as playground:
        headers = {"Authorization": f"Bot {playground.token}"}
        url = f"{playground.base_url}/api/v10/channels/{playground.guild.general.id}/messages"
        async with aiohttp.ClientSession(headers=headers) as session:
            await session.post(url, json={"content": "x", "tts": "no"})
        (violation,) = playground.violations
        assert violation.startswith("POST /channels/{channel_id}/messages tts: ")
