"""From facts to paper, in a process of its own: read document.py, then printing.py.

Everything here takes frozen facts and gives texts and pictures in one language. It knows no
database and no person; `child.py` runs it.
"""
