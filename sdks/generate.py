#!/usr/bin/env python3
"""Generates the types and operations of the SDKs from openapi/openapi.json.

    python3 sdks/generate.py            writes the files
    python3 sdks/generate.py --check    fails when a file is not what would be written

Needs nothing but Python 3.11. Why the generator is our own: docs/decisions/0340.
"""

from __future__ import annotations

import sys
from pathlib import Path

import document
import python
import typescript

HERE = Path(__file__).resolve().parent


def main() -> int:
    read = document.load(HERE.parent / "openapi" / "openapi.json")
    made = {
        HERE / "typescript" / "src" / "generated": typescript.files(read),
        HERE / "python" / "src" / "partneros" / "generated": python.files(read),
    }
    stale = []
    for folder, files in made.items():
        for name, text in files.items():
            path = folder / name
            if path.exists() and path.read_text() == text:
                continue
            stale.append(str(path.relative_to(HERE.parent)))
            if "--check" not in sys.argv[1:]:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        for path in sorted(folder.glob("*.*")):
            if path.name not in files:
                stale.append(f"{path.relative_to(HERE.parent)} (no longer generated)")
                if "--check" not in sys.argv[1:]:
                    path.unlink()
    if stale and "--check" in sys.argv[1:]:
        print("These are not what `python3 sdks/generate.py` writes:", *stale, sep="\n  ")
        return 1
    print("SDKs: " + (f"wrote {len(stale)} files" if stale else "generated files are up to date"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
