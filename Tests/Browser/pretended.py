"""The date that `make dates` pretends: for the programs that the tests start, the browser and the wallet.

Python's own clock stays true, for libfaketime breaks its sleep: the library waits in a variable of its own.
"""

import os
from datetime import datetime, timedelta, timezone

LIBRARY = os.environ.get("PRETENDED_PRELOAD")
#: How much later the pretended date is than the true one.
SECONDS = round(float(os.environ["FAKETIME"])) if LIBRARY else 0


def now():
    return datetime.now(timezone.utc) + timedelta(seconds=SECONDS)


def environment():
    """What a program has to be started with, besides its own."""
    if not LIBRARY:
        return {}
    return {"LD_PRELOAD": LIBRARY} | {name: text for name, text in os.environ.items() if name.startswith("FAKETIME")}


#: The clock of a page, which goes on from the pretended moment.
PAGE_CLOCK = f"""
globalThis.Date = class extends Date {{
  constructor(...given) {{
    if (given.length === 0) super(new.target.now());
    else super(...given);
  }}
  static now() {{
    return super.now() + {SECONDS * 1000};
  }}
}};
"""
