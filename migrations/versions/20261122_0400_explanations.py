"""What a party says beside a measuring point's number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "explanation",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_explanation_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "point_id"],
            ["measuring_point.journey_id", "measuring_point.id"],
            name=op.f("fk_explanation_journey_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "wave_id"],
            ["wave.journey_id", "wave.id"],
            name=op.f("fk_explanation_journey_id_wave_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "party_id"],
            ["party.journey_id", "party.id"],
            name=op.f("fk_explanation_journey_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_explanation")),
        sa.UniqueConstraint(
            "journey_id",
            "circle_id",
            "wave_id",
            "party_id",
            name=op.f("uq_explanation_journey_id_circle_id_wave_id_party_id"),
        ),
    )
    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_explanation_circle_id"), ["circle_id"], unique=False)


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_explanation_circle_id"))
    op.drop_table("explanation")
