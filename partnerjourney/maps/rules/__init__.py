"""The journey map without a database: what is drawn, where it stands, and how it is drawn.

Read source.py (in), placed.py (out), style.py (measures), then layout.py, which calls the rest:
grid (cells and rows), routes (ways and ports), tracks (interval colouring), gutters (tracks and
numbers), arrows (corners), head (pills and brackets). drawing.py and paper.py make the SVG.
"""
