"""Where a list call stands: pages by number to 2,000 rows, on by token to 100,000, and what `info` tells of it."""

from dataclasses import dataclass

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.page_tokens import LIFETIME, Spot
from bigin_sync.emulator.replies import ApiError, ambiguous, invalid_param
from bigin_sync.emulator.walks import Place
from bigin_sync.emulator.wire import show_time, zone_of

_DEEPEST_PAGE = 2_000
_DEEPEST_TOKEN = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which page of a list is asked for, and how it was come by."""

    page: int
    per_page: int
    after: Place | None
    """The last row of the page before, if a token led here; `None` at the first page and for pages by number."""
    token: str | None
    previous: str | None
    bound_to: tuple[object, ...]

    @property
    def skip(self) -> int:
        """The rows to leave out: a token says where to go on, a number does not."""
        return (self.page - 1) * self.per_page if self.token is None else 0


def standing(ask: Ask, *, since: int | None = None) -> Standing:
    """The page that `page`, `per_page` and `page_token` ask for. Raises `ApiError`.

    A token is bound to its user, to the path and to every other parameter (Zoho CRM v8, "Get Records"); related lists
    take it for the rows after 2,000 (the same, "Get Related Records").
    """
    _check_ambiguity(ask)
    per_page, token = ask.per_page(), ask.params.get("page_token")
    bound_to = _binding(ask, since)
    spot = _spot(ask, token, bound_to) if token is not None else None
    page = spot.page if spot is not None else ask.page()
    if spot is None and page * per_page > _DEEPEST_PAGE:
        raise ApiError("DISCRETE_PAGINATION_LIMIT_EXCEEDED", "page limit exceeded", details={"limit": _DEEPEST_PAGE})
    if spot is not None and page * per_page > _DEEPEST_TOKEN:
        details = {"param_name": "page_token"}
        raise ApiError("PAGINATION_LIMIT_EXCEEDED", "pagination limit exceeded", details=details)
    return Standing(
        page=page,
        per_page=per_page,
        after=spot.after if spot is not None else None,
        token=token,
        previous=spot.previous if spot is not None else None,
        bound_to=bound_to,
    )


def _check_ambiguity(ask: Ask) -> None:
    for one, other in (("page", "page_token"), ("cvid", "sort_by")):
        if one in ask.params and other in ask.params:
            raise ambiguous("param_name", (one, other))


def _binding(ask: Ask, since: int | None) -> tuple[object, ...]:
    path = tuple(sorted(ask.parts.items()))
    kept = tuple(sorted((name, value) for name, value in ask.params.items() if name not in {"page", "page_token"}))
    return (ask.org.product, ask.user.id, path, since, kept)


def _spot(ask: Ask, token: str, bound_to: tuple[object, ...]) -> Spot:
    spot = ask.world.page_tokens.read(token)
    if spot is None:
        raise invalid_param("page_token")
    if spot.expires <= ask.org.now():
        details = {"api_name": "page_token", "json_path": "$.query.page_token"}
        raise ApiError("EXPIRED_VALUE", "the page token has expired", details=details)
    if spot.bound_to != bound_to:
        details = {"param_name": "page_token"}
        raise ApiError("TOKEN_BOUND_DATA_MISMATCH", "the token was made for another request", details=details)
    return spot


def token_keys(ask: Ask, here: Standing, *, last: Place | None) -> dict[str, object]:
    """The keys of `info` that lead on and back. last: where the page's last row stands, if more rows follow it."""
    tokens = ask.world.page_tokens
    expires = ask.org.now() + LIFETIME
    following: str | None = None
    if last is not None:
        own = here.token
        if own is None and here.page == 1:
            first = Spot(bound_to=here.bound_to, page=1, after=None, previous=None, expires=expires)
            own = tokens.issue(first)
        spot = Spot(bound_to=here.bound_to, page=here.page + 1, after=last, previous=own, expires=expires)
        following = tokens.issue(spot)
    given = following is not None or here.previous is not None
    return {
        "next_page_token": following,
        "previous_page_token": here.previous,
        "page_token_expiry": show_time(expires, zone_of(ask.org, ask.user)) if given else None,
    }
