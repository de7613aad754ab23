"""CJML 2.0 (the Customer Journey Modelling Language of SINTEF) read into a sketch.

A file holds planned and actual journeys. Each has actors (`endUser`, `serviceProvider`), phases
and touchpoints: communication points with initiator, receiver and channel, and actions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

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

PLANNED = ("plannedJourney", "journeyModel")
ACTUAL = "actualJourney"
ACTORS = {"endUser": True, "serviceProvider": False}
CONTACTS = ("plannedCommunicationPoint", "actualCommunicationPoint", "communicationPoint")
ACTIONS = ("plannedAction", "actualAction", "action")
NO_PLACE = frozenset(
    {
        "category",
        "comment",
        "compliance",
        "complianceContent",
        "complianceSequence",
        "complianceTiming",
        "creator",
        "deltaTime",
        "experienceDescription",
        "experienceRating",
        "iconName",
        "journeyAnalysis",
        "journeyEndUserType",
        "journeyExperience",
        "journeyLongSummary",
        "journeyOperators",
        "journeyShortSummary",
        "journeyStatus",
        "message",
        "phaseDescription",
        "plannedReference",
        "providerType",
        "timeCompleted",
        "timeConsumed",
        "timeOriginated",
        "timeReceived",
        "timeStarted",
        "timestamps",
        "touchpointAnalysis",
        "touchpointDuration",
        "touchpointExperience",
        "uncertainty",
    }
)
"""What CJML 2.0 knows and a journey here has no place for."""

CHANNELS = {
    "web": "website",
    "web page": "website",
    "website": "website",
    "e-mail": "email",
    "email": "email",
    "telephone": "phone",
    "phone": "phone",
    "sms": "sms",
    "text message": "sms",
    "app": "app",
    "mobile app": "app",
    "chat": "chat",
    "letter": "letter",
    "social media": "social",
    "face-to-face": "visit",
}
"""CJML's usual channels → ours; any other word is kept as it is."""


@dataclass(slots=True)
class Node:
    """An element of an XML file, with the line on which it starts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)
    line: int = 0
    path: str = ""

    def all(self, *tags: str) -> Iterator[Node]:
        """Yield the children with one of these names."""
        return (child for child in self.children if child.tag in tags)

    def first(self, tag: str) -> Node | None:
        """Return the first child of a name."""
        return next(self.all(tag), None)

    def says(self, *tags: str) -> str:
        """Return the text of the first child with one of these names."""
        found = next(self.all(*tags), None)
        return "" if found is None else found.text.strip()


def read(root: Node, report: Report) -> Sketch:
    """Return the sketch of a file's planned journey, or of its actual one if it plans none.

    Raises UnreadableError for what is no CJML or has no journey.
    """
    if root.tag.lower() != "cjml":
        raise UnreadableError(Unreadable.NOT_CJML, root.line)
    _places(root, root.tag)
    if (version := root.attributes.get("version", "")) != "2.0":
        report.add(Note.VERSION, root.line, root.path, version=version or "–")
    journeys = list(root.all(*PLANNED, ACTUAL))
    if not journeys:
        raise UnreadableError(Unreadable.NO_JOURNEY)
    chosen = next((j for j in journeys if j.tag in PLANNED), journeys[0])
    _rest(report, root, *PLANNED, ACTUAL, attributes=("version",))
    for other in journeys:
        if other is not chosen:
            name = other.says("journeyTitle") or other.says("journeyID")
            report.add(Note.OTHER_JOURNEY, other.line, other.path, name=name or other.tag)
    if chosen.tag == ACTUAL:
        report.add(Note.ACTUAL, chosen.line, chosen.path)
    names = {a.key: a for j in journeys if j is not chosen for a in _actors(j, Report(), {})}
    return _Reader(chosen, report, names).sketch()


def _places(node: Node, path: str) -> None:
    """Give each element its path; the same name is numbered among its siblings."""
    node.path = path
    many = Counter(child.tag for child in node.children)
    seen: Counter[str] = Counter()
    for child in node.children:
        seen[child.tag] += 1
        number = f"[{seen[child.tag]}]" if many[child.tag] > 1 else ""
        _places(child, f"{path}/{child.tag}{number}")


def _rest(report: Report, node: Node, *used: str, attributes: tuple[str, ...] = ()) -> None:
    """Note what of an element nobody read."""
    for name, value in node.attributes.items():
        if name not in attributes and not name.startswith(("xmlns", "xsi:")):
            report.add(Note.UNKNOWN_ATTRIBUTE, node.line, node.path, name=name, text=value)
    for child in node.children:
        if child.tag not in used:
            known = child.tag in NO_PLACE
            said = " ".join(_texts(child))
            if known and not said:
                continue  # an empty element says nothing, so nothing is lost
            note = Note.NO_PLACE if known else Note.UNKNOWN_ELEMENT
            report.add(note, child.line, child.path, name=child.tag, text=said or "–")


def _texts(node: Node) -> Iterator[str]:
    if text := node.text.strip():
        yield text
    for child in node.children:
        yield from _texts(child)


def _actors(journey: Node, report: Report, elsewhere: dict[str, Actor]) -> Iterator[Actor]:
    """Yield the actors of a journey, each once; one without a name has the name of its key."""
    seen: set[str] = set()
    for box in journey.all("actors"):
        _rest(report, box, *ACTORS)
        for node in box.all(*ACTORS):
            _rest(report, node, "actorName", "companyName", attributes=("actorID", "actorIDref"))
            key = (node.attributes.get("actorID") or node.attributes.get("actorIDref", "")).strip()
            name = clean(report, node.says("actorName", "companyName"), 120, node.line, node.path)
            before = elsewhere.get(key)
            name = name or (before.name if before else clean(report, key, 120, node.line))
            if not name:
                report.add(Note.NO_NAME, node.line, node.path, name=node.tag)
                name = node.tag
            if (key or name) in seen:
                report.add(Note.ACTOR_TWICE, node.line, node.path, name=name)
                continue
            seen.add(key or name)
            yield Actor(key or name, name, ACTORS[node.tag], node.line)


class _Reader:
    """Reads one journey of a file."""

    def __init__(self, journey: Node, report: Report, elsewhere: dict[str, Actor]) -> None:
        self.journey = journey
        self.report = report
        self.actors = list(_actors(journey, report, elsewhere))
        self.keys = {actor.key for actor in self.actors}
        self.named: dict[str, list[Actor]] = {}
        for actor in self.actors:
            self.named.setdefault(actor.name.casefold(), []).append(actor)
        self.stages: dict[str, Stage] = {}
        self.points: set[str] = set()

    def sketch(self) -> Sketch:
        """Read it all."""
        journey = self.journey
        used = ("journeyID", "journeyTitle", "journeyPhases", "journeyPhase", "actors")
        _rest(self.report, journey, *used, "touchpoints")
        for phases in [journey, *journey.all("journeyPhases")]:
            for node in phases.all("journeyPhase"):
                self._stage(node)
        for box in journey.all("journeyPhases"):
            _rest(self.report, box, "journeyPhase")
        moments = []
        for box in journey.all("touchpoints"):
            _rest(self.report, box, *CONTACTS, *ACTIONS)
            moments += [self._moment(node) for node in box.all(*CONTACTS, *ACTIONS)]
        key = journey.says("journeyID")
        title = clean(self.report, journey.says("journeyTitle") or key, 120, journey.line)
        return Sketch("cjml", key, title, self.actors, list(self.stages.values()), moments)

    def _stage(self, node: Node) -> None:
        _rest(self.report, node, "phaseName", attributes=("phaseID",))
        key = node.attributes.get("phaseID", "").strip()
        name = clean(self.report, node.says("phaseName") or key, 80, node.line, node.path)
        key = key or name
        if key and key not in self.stages:
            self.stages[key] = Stage(key, name or key, node.line)

    def _moment(self, node: Node) -> Moment:
        report, contact = self.report, node.tag in CONTACTS
        used = ("touchpointID", "belongsTo", "initiator")
        _rest(report, node, *used, *(("receiver", "channel") if contact else ()))
        initiator, name = self._side(node.first("initiator"), "initiator")
        receiver, other = self._side(node.first("receiver") if contact else None, "receiver")
        if other and name and other != name:
            report.add(Note.RECEIVER_TEXT, node.line, node.path, text=other)
        key = node.says("touchpointID")
        if key in self.points:
            report.add(Note.POINT_TWICE, node.line, node.path, name=key)
            key = ""
        self.points |= {key} - {""}
        return Moment(
            key=key,
            name=clean(report, name or other, 80, node.line, node.path),
            stage=self._stage_of(node),
            kind="touchpoint" if contact else "step",
            initiator=initiator,
            receiver=receiver,
            channel=self._channel(node) if contact else "",
            line=node.line,
            path=node.path,
        )

    def _side(self, side: Node | None, tag: str) -> tuple[str, str]:
        """Return (key of the actor or nothing, what stands at that side)."""
        if side is None:
            return "", ""
        label = f"{tag}Label"
        _rest(self.report, side, "refersTo", label)
        refers = side.first("refersTo")
        attributes = {} if refers is None else refers.attributes
        if refers is not None:
            _rest(self.report, refers, attributes=("actorIDref", "actorID"))
        key = (attributes.get("actorIDref") or attributes.get("actorID", "")).strip()
        if key and key not in self.keys:
            key = self._by_name(key, refers or side)
        return key, side.says(label)

    def _by_name(self, key: str, node: Node) -> str:
        """A reference that leads nowhere may name an actor all the same; both are noted."""
        named = self.named.get(key.casefold(), [])
        if len(named) == 1:
            self.report.add(Note.BY_NAME, node.line, node.path, name=key, key=named[0].key)
            return named[0].key
        self.report.add(Note.DANGLING, node.line, node.path, name=key)
        return ""

    def _stage_of(self, node: Node) -> str:
        belongs = node.first("belongsTo")
        key = "" if belongs is None else belongs.attributes.get("phaseIDref", "").strip()
        if belongs is None or not key:
            return ""
        if key not in self.stages:
            self.report.add(Note.DANGLING_PHASE, belongs.line, belongs.path, name=key)
            name = clean(self.report, key, 80, belongs.line)
            self.stages[key] = Stage(key, name, belongs.line)
        return key

    def _channel(self, node: Node) -> str:
        channel = node.first("channel")
        if channel is None:
            return ""
        _rest(self.report, channel, "channelName")
        name = channel.says("channelName") or channel.text.strip()
        name = clean(self.report, name, 40, channel.line, channel.path)
        return CHANNELS.get(name.casefold(), name)
