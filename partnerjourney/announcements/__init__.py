"""A peak, a closure, a new number: told once, shown in each journey apart. Read rules.py first."""
