"""A kind is one type of record, paired. Which kinds exist is data of a pairing."""

from typing import NewType

Kind = NewType("Kind", str)
