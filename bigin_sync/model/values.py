r"""Canonical values: what a field of one side holds, freed of how that side writes it.

A canonical value is always plain JSON, so it is stored as it is compared:

| field holds          | canonical form                                                      |
| -------------------- | ------------------------------------------------------------------- |
| nothing              | `None` (also for an empty text and an empty list)                   |
| text, email, phone   | `str`, line ends as `\n`                                           |
| number, money        | `str`, a plain decimal without exponent or trailing zeros (`"60000"`, `"0.5"`) |
| yes/no               | `bool`                                                              |
| date                 | `str`, `YYYY-MM-DD`                                                 |
| date and time        | `str`, UTC in whole seconds, `YYYY-MM-DDThh:mm:ssZ`                 |
| one of a list        | `str`, the value this side stores                                   |
| several of a list    | sorted `list[str]` of the values this side stores                   |
| lookup, owner        | `str`, the id of the record or user **on this side**                |

Canonical values are side-local: the same company is another id on the other side. What a value becomes
when it crosses is decided in `pairing`.
"""

from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = str | bool | list[str] | None
Values: TypeAlias = Mapping[str, Value]
"""Field name (the pairing's own, shared by both sides) -> canonical value."""
