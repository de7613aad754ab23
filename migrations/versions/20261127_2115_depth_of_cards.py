"""Whom the customer thinks it meets, who controls a touchpoint, customer roles, kinds of journey."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("card_content", schema=None) as batch_op:
        batch_op.add_column(sa.Column("perceived_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("perceived_told", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("control", sa.String(length=40), nullable=True))
    with op.batch_alter_table("card_content", schema=None) as batch_op:
        batch_op.alter_column("perceived_told", server_default=None)
    with op.batch_alter_table("phase_content", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_use", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("phase_content", schema=None) as batch_op:
        batch_op.alter_column("is_use", server_default=None)
    with op.batch_alter_table("journey", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("parent_from_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("parent_to_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("cadence_days", sa.Integer(), nullable=True))
    op.create_table(
        "customer_role",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_customer_role_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_customer_role")),
        sa.UniqueConstraint("journey_id", "key", name=op.f("uq_customer_role_journey_id_key")),
    )
    op.create_table(
        "card_role",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("moment_of_truth", sa.Boolean(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_card_role_journey_id")),
        sa.ForeignKeyConstraint(
            ["journey_id", "card_id"], ["card.journey_id", "card.id"], name=op.f("fk_card_role_journey_id_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "role_id"],
            ["customer_role.journey_id", "customer_role.id"],
            name=op.f("fk_card_role_journey_id_role_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "card_id", "role_id", name=op.f("pk_card_role")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("card_role")
    op.drop_table("customer_role")
    with op.batch_alter_table("journey", schema=None) as batch_op:
        for name in ("cadence_days", "parent_to_id", "parent_from_id", "parent_id"):
            batch_op.drop_column(name)
    with op.batch_alter_table("phase_content", schema=None) as batch_op:
        batch_op.drop_column("is_use")
    with op.batch_alter_table("card_content", schema=None) as batch_op:
        for name in ("control", "perceived_told", "perceived_id"):
            batch_op.drop_column(name)
