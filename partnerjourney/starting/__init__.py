"""How a journey begins, and how it is taken along: files of others, templates, one hand-over.

Read `rules/sketch.py` first: every foreign format (CJML 2.0, Mermaid) is read into a sketch, and
`rules/drafting.py` makes of a sketch the document that `import journey` takes. What could not be
carried over is listed.
"""
