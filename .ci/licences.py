"""Refuses a dependency whose licence is not on the list below. Looks at what is compiled, for this machine."""

import re
import subprocess
import sys

# Licences that a program under MIT or Apache-2.0 may depend on and be distributed with.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",  # root certificates, for a download that the build script of torch-sys does not make here
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "MPL-2.0",  # only changes to its own files have to be published
}

# Packages that name a licence file instead of a licence: what the file says.
BY_FILE = {
    "hdf5-metno-src": "BSD-3-Clause",  # ext/hdf5/LICENSE: HDF5
}


def accepted(expression: str) -> bool:
    """Whether an SPDX expression can be met with allowed licences; the old "A/B" means "A OR B"."""
    tokens = re.findall(r"\(|\)|[A-Za-z0-9.+-]+", expression.replace("/", " OR "))
    position = 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def either() -> bool:
        value = both()
        while peek() == "OR":
            take()
            value = both() or value
        return value

    def both() -> bool:
        value = one()
        while peek() == "AND":
            take()
            value = one() and value
        return value

    def one() -> bool:
        if peek() == "(":
            take()
            value = either()
            take()
            return value
        name = take()
        if peek() == "WITH":
            take()
            name = f"{name} WITH {take()}"
        return name in ALLOWED

    return either() and position == len(tokens)


def main() -> int:
    command = ["cargo", "tree", "--locked", "--workspace", "--features", "libtorch", "--edges", "normal,build,dev", "--prefix", "none"]
    listed = subprocess.run([*command, "--format", "{p}|{l}"], check=True, capture_output=True, text=True).stdout
    packages = sorted({line.removesuffix(" (*)") for line in listed.splitlines() if line})
    refused = 0
    for package in packages:
        name, licence = package.split("|")
        licence = licence or BY_FILE.get(name.split()[0], "")
        if not licence or not accepted(licence):
            print(f"{name}: licence {licence or 'not stated'} is not on the list in .ci/licences.py", file=sys.stderr)
            refused += 1
    print(f"{len(packages)} packages, {refused} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
