"""What the emulator answers: whole answers, errors of whole requests, results of single records."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bigin_sync.emulator.java_order import settle

JSON_TYPE = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `body` is a JSON value, bytes to be sent as they are, or `None` for an answer without a body."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        """The bytes of the body, keys in the order Zoho's servers use."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(settle(self.body), ensure_ascii=False, separators=(",", ":")).encode()


class ApiError(Exception):
    """The request fails as a whole, with the envelope `{"code","details","message","status":"error"}`."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        details: Mapping[str, object] | None = None,
        status: int = 400,
        in_data: int = 0,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.code = code
        self.message = message
        self.details = dict(details or {})
        self.status = status
        self.in_data = in_data
        """How often the envelope stands in a list under `data`, as if so many records had failed; 0 for bare."""

    def reply(self) -> Reply:
        """The error as an answer."""
        told = failure(self.code, self.message, details=self.details)
        return Reply(self.status, {"data": [told] * self.in_data} if self.in_data else told)


class ItemError(Exception):
    """One record of a batch fails, and only that one."""

    def __init__(
        self, code: str, message: str, *, details: Mapping[str, object] | None = None, status: int = 400
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details = dict(details or {})
        self.status = status
        """The HTTP status when every record of the request failed like this."""

    def result(self) -> dict[str, object]:
        """The error as one member of `data`."""
        return failure(self.code, self.message, details=self.details)


def failure(code: str, message: str, *, details: Mapping[str, object]) -> dict[str, object]:
    """The object that tells of an error, whether of a request or of a record."""
    return {"code": code, "details": dict(details), "message": message, "status": "error"}


def success(message: str, *, details: Mapping[str, object], **extra: object) -> dict[str, object]:
    """One member of `data` that tells of a success."""
    return {"code": "SUCCESS", "details": dict(details), "message": message, "status": "success", **extra}


def nothing() -> Reply:
    """204: nothing was found. Zoho never sends an empty `data`."""
    return Reply(204)


def not_modified() -> Reply:
    """304: nothing changed since `If-Modified-Since`."""
    return Reply(304)


def invalid_module(name: str) -> ApiError:
    """The module is unknown, or closed to the API."""
    message = f"the module name given seems to be invalid: {name}"
    return ApiError("INVALID_MODULE", message, details={"resource_path_index": 0})


def pattern_not_matched(param: str) -> ApiError:
    """A parameter of the query is malformed."""
    message = "Please check whether the input values are correct"
    return ApiError("PATTERN_NOT_MATCHED", message, details={"param_name": param})


def invalid_param(param: str, **more: object) -> ApiError:
    """A parameter of the query is well formed and means nothing."""
    return ApiError("INVALID_DATA", "invalid data", details={"param_name": param, **more})


def missing_param(param: str) -> ApiError:
    """A parameter that must be there is not."""
    return ApiError("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details={"param_name": param})


def ambiguous(named_as: str, names: Iterable[str]) -> ApiError:
    """Of these one only may be given. named_as: `param_name` for parameters, `api_name` for keys of the body."""
    details = {"ambiguity_due_to": [{named_as: one} for one in names]}
    return ApiError("AMBIGUITY_DURING_PROCESSING", "ambiguity while processing the request", details=details)


def too_many_ids(named_as: str, limit: int) -> ApiError:
    """More `ids` than one call takes. named_as: as for `ambiguous`."""
    return ApiError("LIMIT_EXCEEDED", "too many ids", details={named_as: "ids", "limit": limit})


def invalid_id(path: str = "id") -> ItemError:
    """An id that is no id, or that names nothing."""
    return ItemError("INVALID_DATA", "the id given seems to be invalid", details={"api_name": "id", "json_path": path})


def not_json_array(key: str) -> ApiError:
    """The body is not an object with a list under `key`."""
    return ApiError(
        "INVALID_DATA",
        "invalid data",
        details={"expected_data_type": "jsonarray", "api_name": key, "json_path": f"$.{key}"},
    )


def invalid_url() -> ApiError:
    """No such path."""
    return ApiError("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", status=404)
