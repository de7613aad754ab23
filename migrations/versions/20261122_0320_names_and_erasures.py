"""The name by a comment, for whom the customer ticked it; and who was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("permitted_comment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name", sa.String(length=120), nullable=False, server_default="")
        )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.alter_column("named", server_default=None)
    with op.batch_alter_table("permitted_comment", schema=None) as batch_op:
        batch_op.alter_column("name", server_default=None)
    op.create_table(
        "erasure",
        sa.Column("customer_owner_id", sa.Uuid(), nullable=False),
        sa.Column("address_mac", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_owner_id"],
            ["organisation.id"],
            name=op.f("fk_erasure_customer_owner_id"),
        ),
        sa.PrimaryKeyConstraint("customer_owner_id", "address_mac", name=op.f("pk_erasure")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("erasure")
    with op.batch_alter_table("permitted_comment", schema=None) as batch_op:
        batch_op.drop_column("name")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("named")
