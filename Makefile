# Everything that a contributor or a machine runs; `make` alone lists it.
#
# demo, test and check work on a fresh Debian 12 with a Swift 6.3 toolchain, git and make:
# scripts/install-dependencies fetches what else is missing.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60

# One binary that needs no shared library: the Swift runtime and the C libraries are linked in.
STATIC = -c release --product umoci-tx -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xlinker -s
RELEASE_BINARY = .build/release/umoci-tx
# What the tests call and kill thousands of times: optimized, with the fail points of a debug build.
TESTED = $(STATIC) -Xswiftc -DDEBUG --scratch-path .build/tested
TESTED_BINARY = $(CURDIR)/.build/tested/release/umoci-tx
FORMATTED = Package.swift Sources Tests Examples

.DEFAULT_GOAL := help
.PHONY: help deps build release test build-tests build-tested build-examples lint check fuzz sanitize demo bench install

help:
	@echo 'make demo      what umoci-tx does, step by step, on a real image'
	@echo 'make test      build and run all tests'
	@echo 'make check     what CI runs before the tests: format, imports, documents, release build'
	@echo 'make fuzz      fuzz what reads layers and documents; FUZZ_SECONDS=60'
	@echo 'make sanitize  what has threads, under the thread and the address sanitizer'
	@echo 'make build     debug build'
	@echo 'make release   static release build: $(RELEASE_BINARY)'
	@echo 'make lint      format check alone'
	@echo 'make bench     compare the release build with umoci'
	@echo 'make install   install the release build below $$(DESTDIR)$$(PREFIX)'
	@echo 'make deps      install the Debian packages that building and testing need'

deps:
	@scripts/install-dependencies build test

build:
	@scripts/install-dependencies build
	$(SWIFT) build

release:
	@scripts/install-dependencies build
	$(SWIFT) build $(STATIC)

# Side by side: each leaves a processor idle for much of its time.
test: deps
	@$(MAKE) --no-print-directory -j2 build-tests build-tested build-examples
	@UMOCI_TX_TEST_PROGRAM=$(TESTED_BINARY) scripts/run-tests --skip-build

build-tests:
	$(SWIFT) build --build-tests

build-tested:
	$(SWIFT) build $(TESTED)

# A package of its own, which sees of the library what others see; a test builds what has changed since, and runs it.
build-examples:
	$(SWIFT) build --package-path Examples --scratch-path .build/examples

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(FORMATTED)

check: deps lint
	scripts/check-imports
	scripts/check-rooms
	scripts/check-docs
	$(SWIFT) build --product umoci-tx
	scripts/generate-docs --check
	$(MAKE) release
	scripts/smoke-test $(RELEASE_BINARY)

fuzz:
	@scripts/install-dependencies build fuzz
	@scripts/fuzz $(FUZZ_SECONDS)

sanitize:
	@scripts/install-dependencies build
	@scripts/sanitize thread
	@scripts/sanitize address

demo:
	@scripts/install-dependencies build demo
	@$(SWIFT) build --product umoci-tx
	@scripts/demo .build/debug/umoci-tx

bench: release
	@scripts/install-dependencies bench
	@Benchmarks/run $(RELEASE_BINARY)

install: release
	install -D -m 0755 $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)/bin/umoci-tx
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 0644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -D -m 0644 completions/umoci-tx.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/umoci-tx
	install -D -m 0644 completions/umoci-tx.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_umoci-tx
	install -D -m 0644 completions/umoci-tx.fish \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/umoci-tx.fish
