"""What parties announce: once in their own words, and a row in each journey."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('own_announcement',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_own_announcement_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_own_announcement'))
    )
    op.create_table('announcement_place',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('announcement_id', sa.Uuid(), nullable=False),
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('shown_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_announcement_place_journey_id')),
    sa.ForeignKeyConstraint(['owner_id', 'announcement_id'], ['own_announcement.owner_id', 'own_announcement.id'], name=op.f('fk_announcement_place_owner_id_announcement_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisation.id'], name=op.f('fk_announcement_place_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', 'id', name=op.f('pk_announcement_place')),
    sa.UniqueConstraint('owner_id', 'announcement_id', 'journey_id', name=op.f('uq_announcement_place_owner_id_announcement_id_journey_id')),
    sa.UniqueConstraint('owner_id', 'shown_id', name=op.f('uq_announcement_place_owner_id_shown_id'))
    )
    op.create_table('announcement',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'party_id'], ['party.journey_id', 'party.id'], name=op.f('fk_announcement_journey_id_party_id')),
    sa.ForeignKeyConstraint(['journey_id'], ['journey.id'], name=op.f('fk_announcement_journey_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_announcement'))
    )
    op.create_table('member_announcement',
    sa.Column('journey_id', sa.Uuid(), nullable=False),
    sa.Column('circle_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['journey_id', 'circle_id'], ['circle.journey_id', 'circle.id'], name=op.f('fk_member_announcement_journey_id_circle_id')),
    sa.ForeignKeyConstraint(['journey_id', 'party_id'], ['party.journey_id', 'party.id'], name=op.f('fk_member_announcement_journey_id_party_id')),
    sa.PrimaryKeyConstraint('journey_id', 'id', name=op.f('pk_member_announcement'))
    )
    with op.batch_alter_table('member_announcement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_announcement_circle_id'), ['circle_id'], unique=False)
        batch_op.create_index('ix_member_announcement_member', ['member_id'], unique=False)



def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table('member_announcement', schema=None) as batch_op:
        batch_op.drop_index('ix_member_announcement_member')
        batch_op.drop_index(batch_op.f('ix_member_announcement_circle_id'))

    op.drop_table('member_announcement')
    op.drop_table('announcement')
    op.drop_table('announcement_place')
    op.drop_table('own_announcement')
