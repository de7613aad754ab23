"""Confirming by mail: a party without an account says whether what stands about it is right.

Read rules.py first: what is asked of a card and of a hand-over, line by line.
"""
