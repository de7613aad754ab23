"""Complaints, the hand-overs that they are about, and what each party said of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "complaint",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("happened", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("details", sa.String(length=600), nullable=False),
        sa.Column("needs", sa.String(length=300), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("picker_id", sa.Uuid(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_complaint_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "case_id"],
            ["journey_case.journey_id", "journey_case.id"],
            name=op.f("fk_complaint_journey_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_complaint")),
        sa.UniqueConstraint(
            "journey_id", "circle_id", "id", name=op.f("uq_complaint_journey_id_circle_id_id")
        ),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_case", ["journey_id", "case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_circle_id"), ["circle_id"], unique=False)
    op.create_table(
        "complaint_handover",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _of_circle("complaint_handover"),
        _of_complaint("complaint_handover"),
        sa.ForeignKeyConstraint(
            ["journey_id", "handover_id"],
            ["handover.journey_id", "handover.id"],
            name=op.f("fk_complaint_handover_journey_id_handover_id"),
        ),
        sa.PrimaryKeyConstraint(
            "journey_id", "complaint_id", "handover_id", name=op.f("pk_complaint_handover")
        ),
    )
    with op.batch_alter_table("complaint_handover", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_complaint_handover_circle_id"), ["circle_id"], unique=False
        )
    op.create_table(
        "complaint_entry",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _of_circle("complaint_entry"),
        _of_complaint("complaint_entry"),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_complaint_entry")),
    )
    with op.batch_alter_table("complaint_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_complaint_entry_complaint", ["journey_id", "complaint_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_entry_circle_id"), ["circle_id"], unique=False
        )


def _of_circle(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["journey_id", "circle_id"],
        ["circle.journey_id", "circle.id"],
        name=op.f(f"fk_{table}_journey_id_circle_id"),
    )


def _of_complaint(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["journey_id", "circle_id", "complaint_id"],
        ["complaint.journey_id", "complaint.circle_id", "complaint.id"],
        name=op.f(f"fk_{table}_journey_id_circle_id_complaint_id"),
        onupdate="CASCADE",
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("complaint_entry")
    op.drop_table("complaint_handover")
    op.drop_table("complaint")
