"""How a person proves who it is beyond a password: codes, recovery codes, passkeys.

Read `rules/codes.py` first, then `services/steps.py`: one place decides whether a second step fits,
and uses it up. `views/door.py` is what web/fresh.py asks at sign-in and before what binds.
"""
