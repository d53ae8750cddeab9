"""`make fuzz`: each parser is fed with what a coverage-guided fuzzer makes of the samples.

ONLY=name runs one target; SECONDS=n is how long each runs. Each has a process of its own. What was
found stays in `.local/fuzz/NAME`; the input that broke one lies beside it. The status is 1 then.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.seeds import SEEDS, TOKENS

PLACE = Path(".local/fuzz")
LIMITS = ("-timeout=5", "-rss_limit_mb=700", "-max_len=8192")


def main() -> int:
    wanted = os.environ.get("ONLY")
    if wanted not in (None, *SEEDS):
        print(f"no such target: {wanted}; there are {', '.join(SEEDS)}", file=sys.stderr)
        return 2
    broken = [name for name in SEEDS if wanted in (None, name) and not holds(name)]
    for name in broken:
        print(f"{name} is broken: see {PLACE}/{name}-*", file=sys.stderr)
    return 1 if broken else 0


def holds(name: str) -> bool:
    corpus = PLACE / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = PLACE / f"{name}.dict"
    words.write_text("".join(f'"{written(token)}"\n' for token in TOKENS[name]))
    seconds = os.environ.get("SECONDS", "60")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz.run", name, str(corpus), *LIMITS),
            *(f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={corpus}-"),
            "-print_final_stats=1",
        ],
        check=False,
    )
    return run.returncode == 0


def written(token: str) -> str:
    """As the dictionaries of libFuzzer want it."""
    return "".join(f"\\x{byte:02x}" for byte in token.encode())


if __name__ == "__main__":
    sys.exit(main())
