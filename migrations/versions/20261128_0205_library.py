"""The library: items, where each is used, and changes place by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('library_item',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_library_item_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_library_item'))
    )
    op.create_table('library_change',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('places', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id', 'item_id'], ['library_item.owner_id', 'library_item.id'], name=op.f('fk_library_change_owner_id_item_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_library_change_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_library_change'))
    )
    with op.batch_alter_table('library_change', schema=None) as batch_op:
        batch_op.create_index('ix_library_change_item_id', ['item_id'], unique=False)

    op.create_table('library_use',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('spot', sa.String(length=40), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('taken', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_library_use_journey_id')),
    sa.ForeignKeyConstraint(['owner_id', 'item_id'], ['library_item.owner_id', 'library_item.id'], name=op.f('fk_library_use_owner_id_item_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_library_use_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_library_use')),
    sa.UniqueConstraint('owner_id', 'journey_id', 'thing_id', 'spot', name=op.f('uq_library_use_owner_id_journey_id_thing_id_spot'))
    )
    with op.batch_alter_table('library_use', schema=None) as batch_op:
        batch_op.create_index('ix_library_use_item_id', ['item_id'], unique=False)



def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table('library_use', schema=None) as batch_op:
        batch_op.drop_index('ix_library_use_item_id')

    op.drop_table('library_use')
    with op.batch_alter_table('library_change', schema=None) as batch_op:
        batch_op.drop_index('ix_library_change_item_id')

    op.drop_table('library_change')
    op.drop_table('library_item')
