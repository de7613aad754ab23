"""Proposals: what a change between companies needs before it holds; read rules.py first."""
