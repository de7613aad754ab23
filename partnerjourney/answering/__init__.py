"""Answering by mail: one link, one person, one thing, one answer; read services/kinds.py first."""
