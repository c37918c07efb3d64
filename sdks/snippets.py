#!/usr/bin/env python3
"""Prints the code of a page in one language, as one program: snippets.py PAGE LANGUAGE."""

import re
import sys
from pathlib import Path

page, language = sys.argv[1:]
blocks = re.findall(rf"^```{language}\n(.*?)^```$", Path(page).read_text(), re.S | re.M)
if not blocks:
    sys.exit(f"{page} has no code in {language}")
print("\n".join(blocks), end="")
