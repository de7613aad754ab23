"""Proposals, mandates, emergency changes; a change that stood unconfirmed becomes a proposal."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "apart"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "mandate",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_party_id", sa.Uuid(), nullable=False),
        sa.Column("to_party_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_mandate_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "from_party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_mandate_journey_id_from_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "to_party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_mandate_journey_id_to_party_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mandate_circle_id"), ["circle_id"], unique=False
        )

    op.create_table(
        "silent_consent",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_silent_consent_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_silent_consent_journey_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_silent_consent")),
        sa.UniqueConstraint(
            "journey_id",
            "circle_id",
            "party_id",
            name=op.f("uq_silent_consent_journey_id_circle_id_party_id"),
        ),
    )
    with op.batch_alter_table("silent_consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_silent_consent_circle_id"), ["circle_id"], unique=False
        )

    op.create_table(
        "emergency_change",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("by_party_id", sa.Uuid(), nullable=False),
        sa.Column(
            "fields",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["journey_id", "by_party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_emergency_change_journey_id_by_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_emergency_change_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "handover_id"],
            ["handover.journey_id", "handover.id"],
            name=op.f("fk_emergency_change_journey_id_handover_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "terms_id"],
            ["handover_terms.journey_id", "handover_terms.id"],
            name=op.f("fk_emergency_change_journey_id_terms_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_emergency_change")),
    )
    with op.batch_alter_table("emergency_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_emergency_change_circle_id"), ["circle_id"], unique=False
        )
        batch_op.create_index(
            "ix_emergency_change_terms_id", ["terms_id"], unique=False
        )

    op.create_table(
        "proposal",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=True),
        sa.Column("terms_id", sa.Uuid(), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("by_party_id", sa.Uuid(), nullable=False),
        sa.Column("by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "fields",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column(
            "asked",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "agreed",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "members",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("object_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renews_id", sa.Uuid(), nullable=True),
        sa.Column("counters_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id", "by_party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_proposal_journey_id_by_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "card_id"],
            ["card.journey_id", "card.id"],
            name=op.f("fk_proposal_journey_id_card_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_proposal_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "handover_id"],
            ["handover.journey_id", "handover.id"],
            name=op.f("fk_proposal_journey_id_handover_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "terms_id"],
            ["handover_terms.journey_id", "handover_terms.id"],
            name=op.f("fk_proposal_journey_id_terms_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_card_id", ["card_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proposal_circle_id"), ["circle_id"], unique=False
        )
        batch_op.create_index("ix_proposal_terms_id", ["terms_id"], unique=False)

    _propose_what_stood_unconfirmed()
    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.drop_column("changed_by_id")
        batch_op.drop_column("before")
        batch_op.drop_column("changed_at")



_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")



def _table(called: str, /, **columns: object) -> sa.TableClause:
    return sa.table(called, *(sa.column(one, kind) for one, kind in columns.items()))


_MOMENT = sa.DateTime(timezone=True)
terms = _table(
    "handover_terms", journey_id=sa.Uuid(), circle_id=sa.Uuid(), id=sa.Uuid(), handover_id=sa.Uuid(),
    member_id=sa.Uuid(), name=sa.String(), trigger=sa.String(), time_limit=sa.String(), checklist=_DOCUMENT,
    refuse_reasons=_DOCUMENT, contact_name=sa.String(), contact_reach=sa.String(), changed_by_id=sa.Uuid(),
    changed_at=_MOMENT, before=_DOCUMENT,
)  # fmt: skip
content = _table(
    "handover_content", journey_id=sa.Uuid(), id=sa.Uuid(), from_party_id=sa.Uuid(), to_party_id=sa.Uuid(),
    told=sa.String(),
)  # fmt: skip
party = _table(
    "party", journey_id=sa.Uuid(), id=sa.Uuid(), kind=sa.String(), orchestrator=sa.Boolean(), confirmed_at=_MOMENT
)
proposal = _table(
    "proposal", journey_id=sa.Uuid(), circle_id=sa.Uuid(), id=sa.Uuid(), subject=sa.String(), handover_id=sa.Uuid(),
    terms_id=sa.Uuid(), by_party_id=sa.Uuid(), fields=_DOCUMENT, reason=sa.String(), asked=_DOCUMENT,
    agreed=_DOCUMENT, members=_DOCUMENT, state=sa.String(), answer=sa.String(), made_at=_MOMENT, due_at=_MOMENT,
    version=sa.Integer(),
)  # fmt: skip
job = _table(
    "job", id=sa.Uuid(), kind=sa.String(), dedupe_key=sa.String(), thing_id=sa.Uuid(), state=sa.String(),
    run_at=_MOMENT, attempts=sa.Integer(), created_at=_MOMENT,
)  # fmt: skip


def _propose_what_stood_unconfirmed() -> None:
    """Put the last confirmed text back, and what was changed since as a proposal: a week to answer.

    What nobody can answer any more stays as it stands.
    """
    connection, now = op.get_bind(), datetime.now(UTC)
    rows = connection.execute(
        sa.select(terms, content.c.told, content.c.from_party_id, content.c.to_party_id)
        .join(content, (content.c.journey_id == terms.c.journey_id) & (content.c.id == terms.c.handover_id))
        .where(terms.c.before.is_not(None))
        .order_by(terms.c.member_id.is_(None), terms.c.id)
    ).mappings().all()
    parties = {one["id"]: one for one in connection.execute(sa.select(party)).mappings()}
    lead = {one["journey_id"]: one["id"] for one in parties.values() if one["orchestrator"]}
    of_members: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        by = row["changed_by_id"] or lead.get(row["journey_id"])
        ends = [parties[row["from_party_id"]], parties[row["to_party_id"]]]
        asked = [
            str(one["id"]) for one in ends
            if one["id"] != by and (one["kind"] == "group" or (one["kind"] == "organisation" and one["confirmed_at"]))
        ]
        group = any(one["kind"] == "group" for one in ends)
        of_group = group and row["member_id"] is None
        members = of_members.get(row["handover_id"], []) if of_group else []
        before = row["before"] or {}
        fields = {name: {"before": old, "after": row[name]} for name, old in before.items() if row[name] != old}
        if group:
            fields.pop("told", None)  # one side writes it for the whole group
        if by is None or not asked or not fields or (of_group and not members):
            continue
        made = uuid.uuid4()
        if row["member_id"] is not None and by not in {one["id"] for one in ends if one["kind"] == "group"}:
            of_members.setdefault(row["handover_id"], []).append(str(made))
        _write(connection, row, made, by, asked, fields, members, now)


def _write(connection, row, made, by, asked, fields, members, now) -> None:
    connection.execute(proposal.insert().values(
        journey_id=row["journey_id"], circle_id=row["circle_id"], id=made, subject="handover",
        handover_id=row["handover_id"], terms_id=row["id"], by_party_id=by, fields=fields,
        reason="", asked=asked, agreed={}, members=members, state="open", answer="",
        made_at=row["changed_at"] or now, due_at=now + timedelta(days=7), version=1,
    ))  # fmt: skip
    old = {name: one["before"] for name, one in fields.items()}
    told = old.pop("told", None)
    here = (terms.c.journey_id == row["journey_id"]) & (terms.c.id == row["id"])
    if old:
        connection.execute(terms.update().where(here).values(**old))
    if told is not None:
        connection.execute(content.update().where(content.c.id == row["handover_id"]).values(told=told))
    connection.execute(job.insert().values(
        id=uuid.uuid4(), kind="proposals.close", dedupe_key=str(made), thing_id=made, state="waiting",
        run_at=now + timedelta(days=7), attempts=0, created_at=now,
    ))  # fmt: skip


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "before",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("changed_by_id", sa.Uuid(), nullable=True)
        )

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_terms_id")
        batch_op.drop_index(batch_op.f("ix_proposal_circle_id"))
        batch_op.drop_index("ix_proposal_card_id")

    op.drop_table("proposal")
    with op.batch_alter_table("emergency_change", schema=None) as batch_op:
        batch_op.drop_index("ix_emergency_change_terms_id")
        batch_op.drop_index(batch_op.f("ix_emergency_change_circle_id"))

    op.drop_table("emergency_change")
    with op.batch_alter_table("silent_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_silent_consent_circle_id"))

    op.drop_table("silent_consent")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_circle_id"))

    op.drop_table("mandate")
