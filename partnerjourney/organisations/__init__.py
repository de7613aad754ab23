"""Organisations: people, memberships, invitations and sign-in. Read services.py first."""
