"""Opening hours get a field of their own beside the contact, and the library's hours go there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
item = sa.table(
    "library_item",
    *(sa.column(n, t) for n, t in (("owner_id", sa.Uuid()), ("id", sa.Uuid()), ("kind", sa.String()), ("fields", _DOCUMENT))),
)
change = sa.table(
    "library_change",
    *(sa.column(n, t) for n, t in (("owner_id", sa.Uuid()), ("id", sa.Uuid()), ("item_id", sa.Uuid()), ("fields", _DOCUMENT))),
)
use = sa.table(
    "library_use",
    *(
        sa.column(n, t)
        for n, t in (
            ("owner_id", sa.Uuid()), ("journey_id", sa.Uuid()), ("thing_id", sa.Uuid()),
            ("item_id", sa.Uuid()), ("spot", sa.String()), ("taken", _DOCUMENT),
        )
    ),
)
terms = sa.table("handover_terms", sa.column("contact_reach", sa.String()), sa.column("contact_hours", sa.String()))
LONGEST = 200
HOURS = sa.select(item.c.id).where(item.c.kind == "hours")


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact_hours", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.alter_column("contact_hours", server_default=None)
    _rename("contact_reach", "contact_hours")
    # nothing stands in the new field yet: a preview shows what saying it there would do
    op.execute(use.update().where(use.c.item_id.in_(HOURS)).values(spot="hours", taken={"contact_hours": ""}))


def downgrade() -> None:
    """Bring the schema back: hours go where they stood, beside how the contact is reached, if they fit."""
    other = use.alias()
    taken = sa.exists().where(
        other.c.owner_id == use.c.owner_id,
        other.c.journey_id == use.c.journey_id,
        other.c.thing_id == use.c.thing_id,
        other.c.spot == "contact",
    )
    op.execute(
        use.update().where(use.c.spot == "hours", ~taken).values(spot="contact", taken={"contact_reach": ""})
    )
    op.execute(use.delete().where(use.c.spot == "hours"))
    both = terms.c.contact_reach + " · " + terms.c.contact_hours
    alone, said = terms.c.contact_reach == "", terms.c.contact_hours != ""
    fits = sa.func.length(both) <= LONGEST
    op.execute(terms.update().where(said, ~alone, fits).values(contact_reach=both))
    op.execute(terms.update().where(said, alone).values(contact_reach=terms.c.contact_hours))
    _rename("contact_hours", "contact_reach")
    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.drop_column("contact_hours")


def _rename(old: str, new: str) -> None:
    """Let what hours say stand under another name, in items and in their changes."""
    connection = op.get_bind()
    for table, mine in ((item, item.c.kind == "hours"), (change, change.c.item_id.in_(HOURS))):
        for row in connection.execute(sa.select(table).where(mine)).mappings().all():
            here = (table.c.owner_id == row["owner_id"]) & (table.c.id == row["id"])
            said = {new: str(row["fields"].get(old, ""))}
            connection.execute(table.update().where(here).values(fields=said))
