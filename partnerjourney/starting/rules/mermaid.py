"""A Mermaid `journey` read into a sketch: `Task name: score: actor, actor` under sections."""

from __future__ import annotations

import html
import re

from partnerjourney.starting.rules.sketch import (
    Actor,
    Moment,
    Note,
    Report,
    Sketch,
    Stage,
    Unreadable,
    UnreadableError,
    clean,
)

_SCORE = re.compile(r"-?(?:0|[1-9]\d?)(?:\.\d+)?")
_ENTITY = re.compile(r"#(\d{1,7}|[A-Za-z]{1,31});")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORD = re.compile(r"(title|section|accTitle|accDescr)(?=[\s:{])\s*:?\s*(.*)", re.IGNORECASE)
MOST_ACTORS = 20
"""Of one task; two come in, so further ones are only counted."""
HIGHEST = 10
"""A number above it is part of a name (10:30), not a score."""


def read(text: str, report: Report) -> Sketch:
    """Return the sketch of a Mermaid file; raises UnreadableError for what is no `journey`."""
    return _Reader(report).read(text)


def plain(text: str) -> str:
    """Return a text with Mermaid's entity codes (`#58;` is a colon) as characters."""

    def character(found: re.Match[str]) -> str:
        code = found[1]
        return html.unescape(f"&#{code};" if code.isdigit() else f"&{code};")

    return _ENTITY.sub(character, _BREAK.sub(" ", text))


def parts_of(line: str) -> tuple[str, str | None, str, bool]:
    """Return (name, score or None, actors, whether the name holds a colon) of a task.

    The score is a part that is a number from 0 to 10: rather the last but one, before the actors,
    then the last, then any before it. So a colon in a name stays in it.
    """
    parts = line.split(":")
    last = len(parts) - 1
    for at in (last - 1, last, *range(last - 2, 0, -1)):
        if at < 1:
            continue
        part = parts[at].strip()
        if _SCORE.fullmatch(part) and float(part) <= HIGHEST:
            return ":".join(parts[:at]), part, ":".join(parts[at + 1 :]), at > 1
    if len(parts) == 1:
        return line, None, "", False
    name = parts[:-1]
    while len(name) > 1 and not name[-1].strip():
        name.pop()  # `Task: : Actor`, where the score is missing
    return ":".join(name), None, parts[-1], len(name) > 1


class _Reader:
    """Reads line by line; nothing is looked up twice."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.sketch = Sketch("mermaid")
        self.actors: dict[str, Actor] = {}
        self.stages: dict[str, Stage] = {}
        self.stage = ""
        self.begun = False
        self.until = ""  # what ends a block of lines that is passed over

    def read(self, text: str) -> Sketch:
        """Read it all."""
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.strip()
            if not line or self._passed_over(line, number):
                continue
            if not self.begun:
                if line.casefold() != "journey":
                    raise UnreadableError(Unreadable.NOT_MERMAID, number)
                self.begun = True
                continue
            self._line(line, number)
        if not self.begun:
            raise UnreadableError(Unreadable.NOT_MERMAID)
        self.sketch.actors = list(self.actors.values())
        self.sketch.stages = list(self.stages.values())
        return self.sketch

    def _passed_over(self, line: str, number: int) -> bool:
        """Say whether a line is a comment, a fence, or settings of the drawing."""
        if self.until:
            title = re.match(r"title:\s*(.+)", line)
            if self.until == "---" and title:
                self._title(title[1].strip("\"'"), number)
            elif line not in (self.until, "}}%%"):
                self.report.add(Note.COMMENT, number, text=line)
            if line.endswith(self.until):
                self.until = ""
            return True
        if not self.begun and line == "---":
            self.until = "---"
            return True
        if line.startswith("```"):
            return True
        if line.startswith(("%%", "#")) and not _ENTITY.match(line):
            if line.startswith("%%{") and "}%%" not in line:
                self.until = "}%%"
            if said := line.strip("%# "):
                self.report.add(Note.COMMENT, number, text=said)
            return True
        return False

    def _line(self, line: str, number: int) -> None:
        found = _WORD.match(line)
        word = found[1].casefold() if found else ""
        if found and word == "title":
            self._title(found[2], number)
        elif found and word == "section":
            self._section(found[2], number)
        elif found:
            if found[2].startswith("{") and "}" not in found[2]:
                self.until = "}"
            self.report.add(Note.COMMENT, number, text=found[2].strip("{} ") or found[1])
        elif line.casefold() != "section":
            self._task(line, number)

    def _title(self, text: str, number: int) -> None:
        self.sketch.title = clean(self.report, plain(text), 120, number)

    def _section(self, text: str, number: int) -> None:
        name = clean(self.report, plain(text), 80, number)
        self.stage = name.casefold()
        if name:
            self.stages.setdefault(self.stage, Stage(self.stage, name, number))

    def _task(self, line: str, number: int) -> None:
        text, score, people, colon = parts_of(line)
        name = clean(self.report, plain(text), 80, number)
        actors = self._people(people, number)
        if colon:
            self.report.add(Note.COLON, number, name=name)
        if score is not None:
            self.report.add(Note.SCORE, number, name=name, score=score)
        for extra in actors[2:]:
            self.report.add(Note.THIRD_ACTOR, number, name=name, actor=self.actors[extra].name)
        first, second = [*actors, "", ""][:2]
        self.sketch.moments.append(Moment("", name, self.stage, None, first, second, line=number))

    def _people(self, text: str, number: int) -> list[str]:
        """Return the keys of the actors of a task, each once; new ones are kept."""
        found: dict[str, None] = {}
        parts = text.split(",")
        if len(parts) > MOST_ACTORS:
            rest = f"+{len(parts) - MOST_ACTORS}"
            self.report.add(Note.THIRD_ACTOR, number, name=parts[0], actor=rest)
        for part in parts[:MOST_ACTORS]:
            name = clean(self.report, plain(part), 120, number)
            key = name.casefold()
            if key and key not in found:
                self.actors.setdefault(key, Actor(key, name, None, number))
                found[key] = None
        return list(found)
