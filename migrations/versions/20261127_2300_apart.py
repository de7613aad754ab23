"""Suspending and leaving: partings, what is kept apart, closed circles, data taken along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "apart"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "apart",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("journey_name", sa.String(length=120), nullable=False),
        sa.Column("brand_name", sa.String(length=120), nullable=False),
        sa.Column("party_name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reads_until", sa.Date(), nullable=True),
        sa.Column("past", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id", "participation_id"],
            ["participation.journey_id", "participation.id"],
            name=op.f("fk_apart_journey_id_participation_id"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_apart_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_apart")),
    )
    with op.batch_alter_table("apart", schema=None) as batch_op:
        batch_op.create_index(
            "uq_apart_participation", ["owner_id", "participation_id"], unique=True
        )

    op.create_table(
        "parting",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("announced_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reads_until", sa.Date(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["announced_by_id"], ["organisation.id"], name=op.f("fk_parting_announced_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "circle_id"],
            ["circle.journey_id", "circle.id"],
            name=op.f("fk_parting_journey_id_circle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id", "participation_id"],
            ["participation.journey_id", "participation.id"],
            name=op.f("fk_parting_journey_id_participation_id"),
        ),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_parting")),
    )
    with op.batch_alter_table("parting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parting_circle_id"), ["circle_id"], unique=False)
        batch_op.create_index(
            "uq_parting_open",
            ["journey_id", "circle_id", "participation_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "takeout",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["journey_id", "participation_id"],
            ["participation.journey_id", "participation.id"],
            name=op.f("fk_takeout_journey_id_participation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_takeout_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_takeout")),
    )
    with op.batch_alter_table("takeout", schema=None) as batch_op:
        batch_op.create_index(
            "ix_takeout_participation_id", ["owner_id", "participation_id"], unique=False
        )

    with op.batch_alter_table("circle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_circle_journey_id_key"), type_="unique")
        batch_op.create_index(
            "uq_circle_open",
            ["journey_id", "key"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leaves_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("uq_participation_journey_id_party_id_organisation_id"), type_="unique"
        )
        batch_op.create_index(
            "uq_participation_current",
            ["journey_id", "party_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'left'"),
            postgresql_where=sa.text("state <> 'left'"),
        )

    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_name", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("interim_party_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_party_journey_id_interim_party_id"),
            "party",
            ["journey_id", "interim_party_id"],
            ["journey_id", "id"],
        )


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_party_journey_id_interim_party_id"), type_="foreignkey"
        )
        batch_op.drop_column("interim_party_id")
        batch_op.drop_column("left_name")
        batch_op.drop_column("left_at")
        batch_op.drop_column("suspended_at")

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_participation_current",
            sqlite_where=sa.text("state <> 'left'"),
            postgresql_where=sa.text("state <> 'left'"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_participation_journey_id_party_id_organisation_id"),
            ["journey_id", "party_id", "organisation_id"],
        )
        batch_op.drop_column("left_at")
        batch_op.drop_column("leaves_on")

    with op.batch_alter_table("handover_terms", schema=None) as batch_op:
        batch_op.drop_column("retired_at")

    with op.batch_alter_table("circle", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_circle_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_circle_journey_id_key"), ["journey_id", "key"]
        )
        batch_op.drop_column("closed_at")

    with op.batch_alter_table("takeout", schema=None) as batch_op:
        batch_op.drop_index("ix_takeout_participation_id")

    op.drop_table("takeout")
    with op.batch_alter_table("parting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parting_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_parting_circle_id"))

    op.drop_table("parting")
    with op.batch_alter_table("apart", schema=None) as batch_op:
        batch_op.drop_index("uq_apart_participation")

    op.drop_table("apart")
