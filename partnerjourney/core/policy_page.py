"""The policy as a page for people: docs/permissions.md, made from the table itself."""

from __future__ import annotations

from partnerjourney.core.policy import POLICY, TOKENS

_HEAD = """\
# Who may do what

Made from the policy (`partnerjourney/core/policy.py`); `make docs` writes it anew and a test
compares it. A permission is granted by any line whose conditions all hold. What a party does not
share looks like what does not exist (404); what it sees but may not do is refused (403).

| permission | who | with an access key |
|---|---|---|"""

_FOOT = """
An access key acts for its organisation within the journeys that it names, by the same lines; a key
made to write or to send events counts as an editor, and every key finds the journeys it is for.
A member of a group never owns what the group shares: it confirms, and changes only its own copy
of a hand-over's terms. Survey links open one invitation and nothing else. The command line acts
for an organisation under the same policy (`--as`), or lifts the border with a reason that is
recorded (`--operator`).
"""


def document() -> str:
    """Return docs/permissions.md: the policy as a page, from the table itself."""
    lines = [_HEAD]
    for permission, rows in POLICY.items():
        granted = " — or — ".join(
            " and ".join(str(test.__doc__).rstrip(".") for test in row) for row in rows
        )
        key = f"made for `{TOKENS[permission]}`" if permission in TOKENS else "never"
        lines.append(f"| `{permission}` | {granted} | {key} |")
    return "\n".join([*lines, _FOOT])
