"""A guard: one place of the program that keeps a promise, and the tests that must fail once it is switched off."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Guard:
    """`old`, which stands in the file exactly once, becomes `new`, and the test fails, as does each of the others."""

    name: str
    file: str
    old: str
    new: str
    test: str
    others: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """Every test that must fail."""
        return (self.test, *self.others)

    def switched_off(self) -> str:
        """The file without the guard; raises `ValueError` if what is to be changed does not stand there once."""
        text = (ROOT / "bigin_sync" / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: what is to be changed stands {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)
