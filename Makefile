# Thin: set-up is tools/setup, building and testing are CMake presets.
.PHONY: smoke test tsan fuzz setup build format tidy bench install bundle clean

# Where make install puts bin, lib and libexec.
PREFIX ?= /usr/local

smoke: build
	HF_HUB_OFFLINE=1 build/release/bin/medbench medical --model biobert --device cpu \
	  --num-iterations 20 --warmup-iterations 3 --batch-sizes 1 4 --seq-lengths 64 128 --output-dir benchmarks/results

test: setup
	cmake --preset ci
	cmake --build --preset ci
	ctest --preset ci

# Without randomised addresses, of which libtsan of GCC 12 does not know all that newer kernels use.
tsan: setup
	cmake --preset tsan
	setarch -R cmake --build --preset tsan
	setarch -R ctest --preset tsan

# Every fuzz target for a few seconds.
fuzz: setup
	cmake --preset fuzz
	cmake --build --preset fuzz
	ctest --preset fuzz

setup:
	tools/setup

build: setup
	cmake --preset release
	cmake --build --preset release

format:
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

tidy: setup
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
	cmake --preset tidy
	cmake --build --preset tidy
	cmake --build --preset tidy --target all_verify_interface_header_sets

bench: setup
	cmake --preset bench
	cmake --build --preset bench
	build/bench/bin/bench_harness

install: build
	cmake --install build/release --prefix "$(PREFIX)"

# The same folder as one archive, for machines without internet.
bundle: build
	cmake --build --preset release --target bundle

clean:
	cmake -E rm -rf build
