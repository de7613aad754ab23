"""The process that draws one report: facts in as JSON, a PDF out, with limits and no network.

`python -m partnerjourney.reviews.child CPU_SECONDS MEBIBYTES` reads {"language", "facts"} from
standard input and writes the PDF to standard output; standard error gets lines `progress N`.
It gets no settings, no database and no secret, and ends when its work takes too much.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

LARGEST = 4 * 1024 * 1024
"""Bytes of facts; a journey of three hundred cards has a tenth of it."""

LARGEST_FILE = 64 * 1024 * 1024
FILES = 128
TOO_LARGE, NO_FACTS = 65, 66

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


def limit(cpu_seconds: int, mebibytes: int) -> None:
    """Limit this process's time, memory and files, and leave no image of it when it fails."""
    memory = mebibytes * 1024 * 1024
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def stay_alone() -> None:
    """Refuse every connection and every further process from here on; cannot be undone."""

    def refuse(event: str, _arguments: Any) -> None:
        if event.startswith(_FORBIDDEN) and event != "socket.__new__":
            raise PermissionError(f"a report does without {event}")

    sys.addaudithook(refuse)


def tell(progress: int) -> None:
    """Say how far it is, in per cent."""
    print(f"progress {progress}", file=sys.stderr, flush=True)  # noqa: T201


def main(arguments: list[str]) -> int:
    """Draw one report; return the exit code."""
    limit(*(int(number) for number in arguments))
    stay_alone()
    given = sys.stdin.buffer.read(LARGEST + 1)
    if len(given) > LARGEST:
        return TOO_LARGE
    from partnerjourney.reviews.paper import printing
    from partnerjourney.reviews.rules import FactsError, facts_of, fingerprint, tamed

    try:
        document = json.loads(given)
        sha256 = fingerprint(facts_of(document["facts"]))
        facts = facts_of(tamed(document["facts"]))
        language = document["language"]
    except (FactsError, KeyError, TypeError, ValueError, RecursionError):
        return NO_FACTS
    tell(30)
    refused = printing.Refusals()
    with printing.application().app_context():
        html = printing.html_of(facts, sha256, language)
    tell(50)
    try:
        pdf = printing.pdf_of(html, refused)
    except printing.TooLargeError:
        return TOO_LARGE
    tell(90)
    if refused.urls:
        print(f"refused {len(refused.urls)}", file=sys.stderr, flush=True)  # noqa: T201
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
