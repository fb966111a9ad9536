"""Discord's own descriptions as judges: requests and answers by OpenAPI, gateway events by JSON Schema."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

from playground.rest import Received

FRAMES = "gateway-frames.schema.json"  # beside the OpenAPI file, where there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A disagreement with the description that is known to be harmless, and why."""

    where: str
    what: str
    reason: str


ALLOWED = (
    Allowed(
        where=r"(POST|PATCH) .*attachments/\d+/id",
        what=r"is not of type 'string'|is not valid under any",
        reason="discord.py numbers new files by integers; Discord's own notes say that either is accepted",
    ),
    Allowed(
        where=r"(POST|PATCH) .*(allowed_mentions/users/\d+|message_reference/\w+_id|recipient_id)",
        what=r"is not of type",
        reason="discord.py writes these ids as integers, which Discord accepts for its own",
    ),
    Allowed(
        where=r"(POST|PATCH) .*(/channels (parent_id|permission_overwrites/\d+/\w+)|default_values/\d+/id)",
        what=r"is not of type",
        reason="discord.py writes these ids, of new channels and menus, as integers, which Discord accepts",
    ),
    Allowed(
        where=r"PUT .*/permissions/\{overwrite_id\} (allow|deny)",
        what=r"is not of type",
        reason="discord.py writes permissions as strings, as Discord's documentation has them",
    ),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path of the OpenAPI file."""

    template: str
    method: str
    pattern: re.Pattern[str]
    literals: int

    def pointer(self, *keys: str) -> str:
        parts = ("paths", self.template, self.method.lower(), *keys)
        return "#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


class Specification:
    """Judges traffic; each method returns its findings, one line each."""

    def __init__(self, openapi: Path) -> None:
        self._openapi = json.loads(openapi.read_text(encoding="utf-8"))
        resource = DRAFT202012.create_resource(self._openapi)
        self._registry: Registry[Any] = Registry().with_resource("urn:openapi", resource)
        self._operations = list(_operations(self._openapi))
        self._validators: dict[str, Validator] = {}
        frames = openapi.with_name(FRAMES)
        self._frames = json.loads(frames.read_text(encoding="utf-8")) if frames.exists() else None
        if self._frames is not None:
            _relax_flags(self._frames["definitions"])
            described = DRAFT7.create_resource(self._frames)
            self._registry = self._registry.with_resource("urn:frames", described)

    def check_request(self, received: Received) -> list[str]:
        """What of a request does not conform."""
        operation = self._find(received.method, received.path)
        if operation is None:
            return [f"{received.method} {received.path}: Discord has no such route"]
        described = self._described(operation).get("requestBody")
        if described is None or received.body is None:
            return []
        pointer = operation.pointer("requestBody", "content", "application/json", "schema")
        return self._judge(f"{received.method} {operation.template}", pointer, received.body)

    def check_response(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What of an answer does not conform."""
        operation = self._find(method, path)
        if operation is None:
            return []
        responses = self._described(operation)["responses"]
        if str(status) not in responses:
            return [f"answer to {method} {operation.template}: status {status} is not declared"]
        if "content" not in responses[str(status)]:
            return []
        pointer = operation.pointer("responses", str(status), "content", "application/json", "schema")
        return self._judge(f"answer to {method} {operation.template}", pointer, body)

    def check_event(self, event: str, payload: Mapping[str, Any]) -> list[str]:
        """What of a gateway event does not conform; events without a description pass."""
        if self._frames is None or event not in self._frames["definitions"]["Frames"]["properties"]:
            return []
        pointer = f"urn:frames#/definitions/Frames/properties/{event}"
        return self._errors(event, pointer, payload, Draft7Validator)

    def _find(self, method: str, path: str) -> Operation | None:
        matches = [
            item for item in self._operations if item.method == method and item.pattern.fullmatch(path)
        ]
        return max(matches, key=lambda item: item.literals, default=None)

    def _described(self, operation: Operation) -> dict[str, Any]:
        described: dict[str, Any] = self._openapi["paths"][operation.template][operation.method.lower()]
        return described

    def _judge(self, where: str, pointer: str, value: Any) -> list[str]:
        return self._errors(where, f"urn:openapi{pointer}", value, Draft202012Validator)

    def _errors(self, where: str, reference: str, value: Any, kind: type[Validator]) -> list[str]:
        validator = self._validators.get(reference)
        if validator is None:
            validator = kind({"$ref": reference}, registry=self._registry)
            self._validators[reference] = validator
        found = (_line(where, error) for error in validator.iter_errors(value))
        return [line for line in found if not _is_allowed(line)]


def _operations(openapi: Mapping[str, Any]) -> list[Operation]:
    found = []
    for template, methods in openapi["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template))
        literals = sum(not part.startswith("{") for part in template.split("/"))
        verbs = [method for method in methods if method in ("get", "put", "post", "patch", "delete")]
        found += [Operation(template, verb.upper(), pattern, literals) for verb in verbs]
    return found


def _relax_flags(definitions: dict[str, Any]) -> None:
    """Bit flags are described by the list of single bits, which knows neither 0 nor two bits at once."""
    for name, definition in definitions.items():
        if name.endswith("Flags"):
            definition.clear()
            definition["type"] = "integer"


def _line(where: str, error: ValidationError) -> str:
    cause = _cause(error)
    place = "/".join(str(part) for part in cause.absolute_path)
    return f"{where} {place}: {cause.message[:300]}"


def _cause(error: ValidationError) -> ValidationError:
    """What is wrong in the alternative that fits best: a failed `anyOf` alone would not say."""
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for item in error.context:
            branches.setdefault(item.schema_path[0], []).append(item)
        error = min(branches.values(), key=_misfit)[0]
    return error


def _misfit(branch: list[ValidationError]) -> tuple[bool, int]:
    """How far an alternative is from meant: one for another kind of thing is the farthest."""
    is_other_kind = any(
        (item.validator == "type" and not item.relative_path)
        or (item.validator in ("const", "enum") and item.absolute_path and item.absolute_path[-1] == "type")
        for item in branch
    )
    return is_other_kind, len(branch)


def _is_allowed(line: str) -> bool:
    return any(re.match(item.where, line) and re.search(item.what, line) for item in ALLOWED)
