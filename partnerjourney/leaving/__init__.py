"""Suspending, leaving, and what is left: designed like joining. Start with `services`.

An organisation is suspended and resumed by the coordinator; either announces a leaving with a last
day. Until then a page lists what is open; on that day the lane stands provisionally again, circles
close (core/departing.py), and who left keeps its own past as one document (core/apart.py).
"""
