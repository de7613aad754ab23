"""Who answers for an organisation, and what mail its people want."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "answerers",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("escalation_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_answerers_owner_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_answerers_journey_id")),
        sa.ForeignKeyConstraint(["first_id"], ["user_account.id"], name=op.f("fk_answerers_first_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user_account.id"], name=op.f("fk_answerers_deputy_id")),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["user_account.id"], name=op.f("fk_answerers_escalation_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_answerers")),
    )
    with op.batch_alter_table("answerers", schema=None) as batch_op:
        batch_op.create_index(
            "uq_answerers_owner_id_journey_id",
            ["owner_id", "journey_id"],
            unique=True,
            sqlite_where=sa.text("journey_id IS NOT NULL"),
            postgresql_where=sa.text("journey_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_answerers_owner_id_everywhere",
            ["owner_id"],
            unique=True,
            sqlite_where=sa.text("journey_id IS NULL"),
            postgresql_where=sa.text("journey_id IS NULL"),
        )
    op.create_table(
        "notice_setting",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("often", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_notice_setting_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_setting_user_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_notice_setting")),
        sa.UniqueConstraint(
            "owner_id", "user_id", name=op.f("uq_notice_setting_owner_id_user_id")
        ),
    )
    with op.batch_alter_table("notice_setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_setting_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("notice_setting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_setting_user_id"))
    op.drop_table("notice_setting")
    with op.batch_alter_table("answerers", schema=None) as batch_op:
        batch_op.drop_index("uq_answerers_owner_id_everywhere")
        batch_op.drop_index("uq_answerers_owner_id_journey_id")
    op.drop_table("answerers")
