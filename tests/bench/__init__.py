"""Benchmarks: ours beside a floor of the same run; they print, and never fail on a clock."""
