"""Match keys: what two records that were never linked must have in common to be the same thing.

A key is text, equal on both sides exactly when the normalised values are. Rules and their ranks come from the catalog.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from itertools import groupby, product
from types import MappingProxyType
from typing import TypeAlias

from bigin_sync.model.kind import Kind
from bigin_sync.model.values import Value, Values
from bigin_sync.pairing.catalog import KeyPart, KindSpec, MatchRule, Norm
from bigin_sync.pairing.legal_suffixes import AS_SPELLED, GLUED, JOINING, LEADING, TRAILING
from bigin_sync.pairing.phone_numbers import phone

Identify: TypeAlias = Callable[[Kind, str], str | None]
"""(kind, record id on this side) -> something equal on both sides, such as the number of the link; None: not linked."""

NO_RECORD = "none"
"""What records that point to nothing have in common; no link's number is spelled so."""

_PUNCTUATION = re.compile(r"[\W_]+")
_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "\u0131": "i"})
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_AS_SPELLED = re.compile("|".join(rf"(?<=\s){re.escape(form)}(?!\w)" for form in AS_SPELLED))


def folded(text: str) -> str:
    """Case, diacritics, width and punctuation taken away; words parted by one space.

    Only marks above and below Latin, Greek and Cyrillic letters go: in other scripts they make another letter.
    """
    plain = text.casefold() if text.isascii() else _without_marks(text)
    return _PUNCTUATION.sub(" ", plain).strip()


def _without_marks(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", spread)).translate(_LETTERS).casefold()


def company_name(text: str) -> str:
    """A company's name without its legal form, folded: `Söhne & Co. KG` becomes `sohne`; a bare form stays as it is."""
    name = unicodedata.normalize("NFKC", _AS_SPELLED.sub(" ", text))
    for form in GLUED:
        name = name.replace(form, " ")
    words = _initials_joined([word for word in folded(name).split() if word not in JOINING])
    while len(words) > 1 and words[-1] in TRAILING:
        words.pop()
    while len(words) > 1 and words[0] in LEADING:
        words.pop(0)
    return " ".join(words) or folded(text)


def _initials_joined(words: list[str]) -> list[str]:
    """`s a` (from `S.A.`) as `sa`: letters that stand alone in a row make one word."""
    runs = groupby(words, key=lambda word: len(word) == 1)
    return [word for single, run in runs for word in (["".join(run)] if single else run)]


def domain(text: str) -> str:
    """The host of a web address without `www.`, in lower case and as it is registered; blank if there is none."""
    rest = _SCHEME.sub("", text.strip())
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    host = host.removeprefix("www.")
    if "." not in host or " " in host:
        return ""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def email(text: str) -> str:
    """An e-mail address in lower case; blank if it is none."""
    address = text.strip().casefold()
    return address if "@" in address else ""


def passage(text: str) -> str:
    """A long text as a digest of its words; two texts with the same words in the same order have the same."""
    words = folded(text) or text.strip()
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest() if words else ""


_TEXT_NORMS: Mapping[Norm, Callable[[str], str]] = MappingProxyType(
    {
        Norm.EMAIL: email,
        Norm.PERSON: folded,
        Norm.COMPANY: company_name,
        Norm.DOMAIN: domain,
        Norm.TEXT: folded,
        Norm.EXACT: str.strip,
        Norm.PASSAGE: passage,
    }
)


class MatchKeys:
    """Makes the keys of one kind's records. Build it once per side, use it for every record.

    region:   the ISO country of this side's org, for phone numbers.
    identify: needed by kinds that are recognised by the record they belong to; without it those rules give no key.
    """

    def __init__(self, spec: KindSpec, *, region: str | None, identify: Identify | None = None) -> None:
        self._spec = spec
        self._identify = identify
        self._norms: dict[Norm, Callable[[str], str]] = {**_TEXT_NORMS, Norm.PHONE: partial(phone, region=region)}

    def of(self, values: Values) -> list[tuple[int, str]]:
        """(rank, key) of every rule whose fields are filled, surest first; no two alike."""
        known: dict[tuple[Norm, str], str] = {}
        found: list[tuple[int, str]] = []
        for rule in self._spec.match:
            if not (rule.faint and found):
                found += ((rule.rank, key) for key in self._rule_keys(rule, values, known))
        return list(dict.fromkeys(found))

    def against(self, rule: str, left: Values, right: Values) -> str | None:
        """The field that speaks against two records being the same though they share a key of this rule; None: none."""
        for part in (part for one in self._spec.match if one.name == rule for part in one.against):
            here, there = self._part(part, left, {}), self._part(part, right, {})
            if here and there and set(here).isdisjoint(there):
                return part.fields[0]
        return None

    def _rule_keys(self, rule: MatchRule, values: Values, known: dict[tuple[Norm, str], str]) -> list[str]:
        """The keys of one rule. known: what was normalised for the rules before it, as rules share fields."""
        for part in rule.parts:
            if not part.or_none and not _filled(part, values):
                return []  # parsing a phone number is dear: not before every part has something to say
        parts: list[list[str]] = []
        for part in rule.parts:
            found = self._part(part, values, known)
            if not found:
                return []
            parts.append(found)
        return [f"{rule.name}: {' | '.join(choice)}" for choice in product(*parts)]

    def _part(self, part: KeyPart, values: Values, known: dict[tuple[Norm, str], str]) -> list[str]:
        if part.or_none and not _filled(part, values):
            return [NO_RECORD]
        found: list[str] = []
        for name in part.fields:
            if not (value := values.get(name)):
                continue
            if (text := known.get((part.norm, name))) is None:
                text = known[part.norm, name] = self._normal(part.norm, name, value)
            if text and text not in found:
                found.append(text)
        return found

    def _normal(self, norm: Norm, name: str, value: Value) -> str:
        if not isinstance(value, str):
            return ""
        if norm is Norm.RECORD:
            pair = self._spec.field(name)
            if pair is None or pair.to is None or self._identify is None:
                return ""
            return self._identify(pair.to, value) or ""
        return self._norms[norm](value).replace("|", " ")


def _filled(part: KeyPart, values: Values) -> bool:
    return any(values.get(name) for name in part.fields)


def keys(
    spec: KindSpec, values: Values, *, region: str | None, identify: Identify | None = None
) -> list[tuple[int, str]]:
    """The match keys of one record, as `MatchKeys.of` gives them."""
    return MatchKeys(spec, region=region, identify=identify).of(values)
