"""What a token's scopes allow, by the names of either product."""

from dataclasses import dataclass

from bigin_sync.emulator.replies import ApiError

_SEARCH = "ZohoSearch.securesearch.READ"
_AREAS = "modules settings users org coql notifications bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one call needs: an area, the operation, and within the area a module or a part of the settings."""

    area: str
    operation: str
    within: str = ""
    search: bool = False


def all_scopes(product: str) -> frozenset[str]:
    """Everything a sync may ask for."""
    prefix = _prefix(product)
    areas = [f"{prefix}.{area}.ALL" for area in _AREAS.split()]
    return frozenset([*areas, _SEARCH, *([f"{prefix}.composite_requests.CUSTOM"] if product == "crm" else [])])


def check(scopes: frozenset[str], need: Need, *, product: str) -> None:
    """Raises `ApiError` OAUTH_SCOPE_MISMATCH unless the scopes allow the call."""
    held = {one.casefold() for one in scopes}
    if need.search and _SEARCH.casefold() not in held:
        raise _mismatch()
    if not held & {one.casefold() for one in _sufficient(need, product=product)}:
        raise _mismatch()


def _sufficient(need: Need, *, product: str) -> set[str]:
    prefix = _prefix(product)
    operations = ["ALL", need.operation]
    if need.operation in {"CREATE", "UPDATE"}:
        operations.append("WRITE")
    names = {f"{prefix}.{need.area}.{one}" for one in operations}
    if need.within:
        names |= {f"{prefix}.{need.area}.{need.within}.{one}" for one in operations}
    return names


def _prefix(product: str) -> str:
    return "ZohoBigin" if product == "bigin" else "ZohoCRM"


def _mismatch() -> ApiError:
    return ApiError("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", status=401)
