"""Conversations, a pair of tables for each audience; and what a history shows of a change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('thread_seen',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_thread_seen_journey_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_thread_seen_owner_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_thread_seen_user_id')),
    sa.PrimaryKeyConstraint('owner_id', 'thread_id', 'user_id', name=op.f('pk_thread_seen'))
    )
    op.create_table('edge_thread',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('circle_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('handover_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'card_id'], ['card.journey_id', 'card.id'], name=op.f('fk_edge_thread_journey_id_card_id')),
    sa.ForeignKeyConstraint(['journey_id', 'circle_id'], ['circle.journey_id', 'circle.id'], name=op.f('fk_edge_thread_journey_id_circle_id')),
    sa.ForeignKeyConstraint(['journey_id', 'handover_id'], ['handover.journey_id', 'handover.id'], name=op.f('fk_edge_thread_journey_id_handover_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_edge_thread')),
    sa.UniqueConstraint('journey_id', 'circle_id', 'id', name=op.f('uq_edge_thread_journey_id_circle_id_id'))
    )
    with op.batch_alter_table('edge_thread', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edge_thread_circle_id'), ['circle_id'], unique=False)
        batch_op.create_index('ix_edge_thread_last', ['journey_id', 'last_at'], unique=False)

    op.create_table('journey_change',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('act_id', sa.Uuid(), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.ForeignKeyConstraint(['journey_id', 'act_id'], ['audit_journey.journey_id', 'audit_journey.id'], name=op.f('fk_journey_change_journey_id_act_id')),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_journey_change_journey_id')),
    sa.PrimaryKeyConstraint('journey_id', 'act_id', name=op.f('pk_journey_change'))
    )
    op.create_table('journey_thread',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('handover_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'card_id'], ['card.journey_id', 'card.id'], name=op.f('fk_journey_thread_journey_id_card_id')),
    sa.ForeignKeyConstraint(['journey_id', 'handover_id'], ['handover.journey_id', 'handover.id'], name=op.f('fk_journey_thread_journey_id_handover_id')),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_journey_thread_journey_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_journey_thread'))
    )
    with op.batch_alter_table('journey_thread', schema=None) as batch_op:
        batch_op.create_index('ix_journey_thread_last', ['journey_id', 'last_at'], unique=False)

    op.create_table('own_thread',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('handover_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'card_id'], ['card.journey_id', 'card.id'], name=op.f('fk_own_thread_journey_id_card_id')),
    sa.ForeignKeyConstraint(['journey_id', 'handover_id'], ['handover.journey_id', 'handover.id'], name=op.f('fk_own_thread_journey_id_handover_id')),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_own_thread_journey_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_own_thread_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_own_thread'))
    )
    with op.batch_alter_table('own_thread', schema=None) as batch_op:
        batch_op.create_index('ix_own_thread_last', ['owner_id', 'journey_id', 'last_at'], unique=False)

    op.create_table('circle_change',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('circle_id', sa.Uuid(), nullable=False),
    sa.Column('act_id', sa.Uuid(), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'act_id'], ['audit_circle.journey_id', 'audit_circle.id'], name=op.f('fk_circle_change_journey_id_act_id')),
    sa.ForeignKeyConstraint(['journey_id', 'circle_id'], ['circle.journey_id', 'circle.id'], name=op.f('fk_circle_change_journey_id_circle_id')),
    sa.PrimaryKeyConstraint('journey_id', 'act_id', name=op.f('pk_circle_change'))
    )
    with op.batch_alter_table('circle_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_circle_change_circle_id'), ['circle_id'], unique=False)

    op.create_table('edge_comment',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('circle_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('mentions', sa.Boolean(), nullable=False),
    sa.Column('parties', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('people', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'circle_id', 'thread_id'], ['edge_thread.journey_id', 'edge_thread.circle_id', 'edge_thread.id'], name=op.f('fk_edge_comment_journey_id_circle_id_thread_id')),
    sa.ForeignKeyConstraint(['journey_id', 'circle_id'], ['circle.journey_id', 'circle.id'], name=op.f('fk_edge_comment_journey_id_circle_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_edge_comment'))
    )
    with op.batch_alter_table('edge_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edge_comment_circle_id'), ['circle_id'], unique=False)
        batch_op.create_index('ix_edge_comment_thread', ['journey_id', 'thread_id'], unique=False)

    op.create_table('journey_comment',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('mentions', sa.Boolean(), nullable=False),
    sa.Column('parties', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('people', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'thread_id'], ['journey_thread.journey_id', 'journey_thread.id'], name=op.f('fk_journey_comment_journey_id_thread_id')),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_journey_comment_journey_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_journey_comment'))
    )
    with op.batch_alter_table('journey_comment', schema=None) as batch_op:
        batch_op.create_index('ix_journey_comment_thread', ['journey_id', 'thread_id'], unique=False)

    op.create_table('own_comment',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('mentions', sa.Boolean(), nullable=False),
    sa.Column('parties', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('people', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_own_comment_journey_id')),
    sa.ForeignKeyConstraint(['owner_id', 'thread_id'], ['own_thread.owner_id', 'own_thread.id'], name=op.f('fk_own_comment_owner_id_thread_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_own_comment_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_own_comment'))
    )
    with op.batch_alter_table('own_comment', schema=None) as batch_op:
        batch_op.create_index('ix_own_comment_thread', ['owner_id', 'thread_id'], unique=False)



def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table('own_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_own_comment_thread')

    op.drop_table('own_comment')
    with op.batch_alter_table('journey_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_journey_comment_thread')

    op.drop_table('journey_comment')
    with op.batch_alter_table('edge_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_edge_comment_thread')
        batch_op.drop_index(batch_op.f('ix_edge_comment_circle_id'))

    op.drop_table('edge_comment')
    with op.batch_alter_table('circle_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_circle_change_circle_id'))

    op.drop_table('circle_change')
    with op.batch_alter_table('own_thread', schema=None) as batch_op:
        batch_op.drop_index('ix_own_thread_last')

    op.drop_table('own_thread')
    with op.batch_alter_table('journey_thread', schema=None) as batch_op:
        batch_op.drop_index('ix_journey_thread_last')

    op.drop_table('journey_thread')
    op.drop_table('journey_change')
    with op.batch_alter_table('edge_thread', schema=None) as batch_op:
        batch_op.drop_index('ix_edge_thread_last')
        batch_op.drop_index(batch_op.f('ix_edge_thread_circle_id'))

    op.drop_table('edge_thread')
    op.drop_table('thread_seen')
