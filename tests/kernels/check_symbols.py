"""Says what objects compiled for an instruction set give to the linker besides their one function: check_symbols.py NM OBJECT ...

Whatever else they define, weak copies of inline functions above all, may be linked in the place of the copy that every processor can run. Of the objects
named, those with a set in their name are looked at: int8_<set>.cpp.o defines medbench::kernels::<set>_kernels() and keeps the rest to itself. Exit code 1
where one does not, or where there is none.
"""
import pathlib
import re
import subprocess
import sys

# A pointer that the compiler itself keeps once in a program; it is data.
OF_THE_COMPILER = {"DW.ref.__gxx_personality_v0"}

faults, looked_at = [], 0
for path in map(pathlib.Path, sys.argv[2:]):
    match = re.match(r"int8_(avx\w+)\.cpp", path.name)
    if not match:
        continue
    looked_at += 1
    lines = subprocess.run([sys.argv[1], "-C", "--extern-only", "--defined-only", path], check=True, capture_output=True, text=True).stdout.splitlines()
    defined = {line.split(maxsplit=2)[2] for line in lines} - OF_THE_COMPILER
    own = f"medbench::kernels::{match[1]}_kernels()"
    faults += [f"{path.name} defines {name}, which other objects may be given" for name in sorted(defined - {own})]
    if own not in defined:
        faults.append(f"{path.name} does not define {own}")
if looked_at == 0:
    faults.append("no object is compiled for an instruction set")
print("\n".join(faults) or f"{looked_at} objects: each gives its own function and nothing else")
sys.exit(1 if faults else 0)
