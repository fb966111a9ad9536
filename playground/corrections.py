"""Fields of payloads as Discord sends them, where the world behind leaves them out or differs."""

from typing import Any

Payload = dict[str, Any]

# What an app may do in direct messages, as Discord documents `app_permissions` there:
# ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE | USE_EXTERNAL_EMOJIS.
DM_APP_PERMISSIONS = (1 << 15) | (1 << 14) | (1 << 17) | (1 << 18)


def users(value: Any) -> Any:
    """Every user in a payload carries the field for a server's tag."""
    if isinstance(value, list):
        return [users(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {key: users(item) for key, item in value.items()}
    if "username" in value and "discriminator" in value:
        value.setdefault("primary_guild", None)
    return value


def message(payload: Payload, nonce: str | None) -> Payload:
    """The nonce is absent unless one was given; optional texts are absent rather than null."""
    payload.pop("nonce", None)
    if nonce is not None:
        payload["nonce"] = nonce
    payload["attachments"] = [
        {key: value for key, value in item.items() if value is not None} for item in payload["attachments"]
    ]
    payload["components"] = [_component(item) for item in payload["components"]]
    if not payload.get("reactions"):
        payload.pop("reactions", None)
    if referenced := payload.get("referenced_message"):
        payload["referenced_message"] = message(dict(referenced), None)
    return payload


def _component(component: Payload) -> Payload:
    """An emoji of Unicode has no id at all; parts of a component are corrected with it."""
    component = dict(component)
    if emoji := component.get("emoji"):
        component["emoji"] = {key: value for key, value in emoji.items() if value is not None}
    if "components" in component:
        component["components"] = [_component(item) for item in component["components"]]
    return component


def guild(payload: Payload, premium_tier: int) -> Payload:
    payload.update(
        premium_tier=premium_tier,
        nsfw_level=0,
        nsfw=False,
        hub_type=None,
        safety_alerts_channel_id=None,
        incidents_data=None,
        max_video_channel_users=25,
        max_stage_video_channel_users=50,
        region="deprecated",
        home_header=None,
        icon_hash=None,
    )
    return payload


def channel(payload: Payload, *, nsfw: bool) -> Payload:
    if "guild_id" in payload:
        payload["nsfw"] = nsfw
    payload["flags"] = 0
    return payload


def interaction(
    payload: Payload, *, locale: str, upload_limit: int, member_permissions: str, is_of_guild: bool = False
) -> Payload:
    """The context that Discord adds to an interaction: guild, limits, owners and permissions.

    `is_of_guild` says whether its command is registered in that guild alone.
    """
    payload["locale"] = locale
    payload["attachment_size_limit"] = upload_limit
    if payload["data"].get("id") == 0:
        del payload["data"]["id"]  # components of this world are not numbered
    guild_id = payload.get("guild_id")
    if guild_id is None:
        payload["app_permissions"] = str(DM_APP_PERMISSIONS)
        payload["authorizing_integration_owners"] = {"0": "0"}
        return payload
    if is_of_guild:
        payload["data"]["guild_id"] = guild_id
    payload["guild"] = {"id": guild_id, "locale": payload["guild_locale"], "features": []}
    payload["channel"]["permissions"] = member_permissions
    payload["authorizing_integration_owners"] = {"0": guild_id}
    return payload


def command(payload: Payload) -> Payload:
    """A registered command carries a version, and its optional lists are absent rather than null."""
    payload = {
        key: value for key, value in payload.items() if key != "integration_types" or value is not None
    }
    payload["version"] = payload["id"]
    if payload.get("default_member_permissions") is not None:
        payload["default_member_permissions"] = str(payload["default_member_permissions"])
    payload.setdefault("nsfw", False)
    payload.setdefault("default_permission", True)
    return payload


def application(payload: Payload, *, flags: int) -> Payload:
    payload.update(
        type=None,
        approximate_guild_count=1,
        approximate_user_install_count=0,
        approximate_user_authorization_count=0,
        eligible_oauth2_scopes=[],
        explicit_content_filter=0,
        redirect_uris=[],
        interactions_endpoint_url=None,
        role_connections_verification_url=None,
        integration_types_config={"0": {}},
        flags=flags,
        flags_new=str(flags),
    )
    return payload
