"""Phone numbers: one spelling for each, however it was written."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

SMALLEST_NUMBER = 10_000
"""Below this a national number is an extension or a service, and says nothing about who answers it."""

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]*(?:[ .-][0-9]+)*")
_GAPS = str.maketrans("", "", "+ .-")
_NON_DIGITS = re.compile(r"\D")


def phone(text: str, *, region: str | None) -> str:
    """A phone number as E.164, with its extension; blank if it can't be one.

    region: the ISO country of the org, for numbers without a country code. Where neither is known, the bare digits.
    """
    return plain_number(text) or any_number(text, region=region)


def plain_number(text: str) -> str:
    """A number that is written in full, country code first, as E.164; blank if that takes a closer look.

    Most numbers are, and parsing takes many times as long as the rest of a record's match keys. Nothing is guessed: a
    number with a length of its country, in which nothing could be a prefix for calls within that country, stays as it
    is when it is parsed.
    """
    if _INTERNATIONAL.fullmatch(text) is None:
        return ""
    digits = text.translate(_GAPS)
    for length in (1, 2, 3):
        country = _country(digits[:length])
        if country is not None:
            lengths, prefix = country
            national = digits[length:]
            plain = len(national) in lengths and national[0] != "0" and (prefix is None or not prefix.match(national))
            return f"+{digits}" if plain else ""
    return ""


@lru_cache(maxsize=1_024)
def _country(code: str) -> tuple[frozenset[int], re.Pattern[str] | None] | None:
    """The lengths a national number may have, and what may stand before it; None: it is no country code."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0]) if regions else None
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    lengths = (length for length in metadata.general_desc.possible_length if length >= len(str(SMALLEST_NUMBER)))
    return frozenset(lengths), re.compile(prefix) if prefix else None


def any_number(text: str, *, region: str | None) -> str:
    """What `phone` gives, parsed in full."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        digits = _NON_DIGITS.sub("", text)
        return f"local {digits}" if region is None and len(digits) >= 6 else ""
    if not phonenumbers.is_possible_number(number) or (number.national_number or 0) < SMALLEST_NUMBER:
        return ""
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164} x{number.extension}" if number.extension else e164
