"""Typed secrets: what is typed as an option is taken out of the list of processes, which everybody can read.

A process can't take back what it was started with, short of writing over its own memory. But it can start itself anew
in its own place, under the same number: with the same words but for the secrets, which go through a pipe.
"""

import json
import os
import sys
from collections.abc import Sequence

SECRETS = ("--client-secret", "--grant-code", "--refresh-token")
MASK = "***"
STDIN = "-"
"""What is typed in place of a secret that is to be read from standard input: no secret, and it stays."""

_PIPE = "BIGIN_SYNC_TYPED"
_HOLDS = 4096
"""Bytes that a pipe takes without somebody at its other end (POSIX; Linux and macOS take more)."""


def hide() -> None:
    """Start the program anew without the secrets that were typed, or take them back in if that was done."""
    pipe = os.environ.pop(_PIPE, None)
    words = sys.argv[1:]
    if pipe is not None:
        with open(int(pipe), encoding="utf-8") as open_pipe:  # noqa: PTH123 -- no path
            sys.argv[1:] = filled(words, json.load(open_pipe))
        return
    masked, secrets = split(words)
    told = json.dumps(secrets).encode()
    before = sys.orig_argv[1 : len(sys.orig_argv) - len(words)]
    if not secrets or not sys.executable or [*before, *words] != sys.orig_argv[1:] or len(told) > _HOLDS:
        return
    reading, writing = os.pipe()
    os.write(writing, told)
    os.close(writing)
    os.set_inheritable(reading, True)  # noqa: FBT003 -- as it is called
    os.environ[_PIPE] = str(reading)
    os.execv(sys.executable, [sys.executable, *before, *masked])  # noqa: S606 -- this very program


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words with every secret masked, and the secrets in their order."""
    masked, secrets = list(words), []
    for place, word in enumerate(words):
        option, is_one_word, value = word.partition("=")
        if option in SECRETS and is_one_word:
            masked[place] = f"{option}={MASK}"
        elif place and words[place - 1] in SECRETS and word != STDIN:
            masked[place], value = MASK, word
        else:
            continue
        secrets.append(value)
    return masked, secrets


def filled(masked: Sequence[str], secrets: Sequence[str]) -> list[str]:
    """The words as they were typed."""
    left = iter(secrets)
    words = list(masked)
    for place, word in enumerate(masked):
        if word == MASK and place and masked[place - 1] in SECRETS:
            words[place] = next(left)
        elif word.endswith(f"={MASK}") and word.partition("=")[0] in SECRETS:
            words[place] = word.removesuffix(MASK) + next(left)
    return words
