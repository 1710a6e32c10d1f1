# The menu. `make run` and `make test` are the two commands; the rest is for those who work on the house.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOTLINE := $(BIN)/hotline
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/coverage/*' 2>/dev/null)
PACKAGES := app bench console rehearsal media_gateway asr nlu kb_retrieval agent_assist acd tickets outbound_bot quality spoken_text storage models bus domain

.DEFAULT_GOAL := help
.PHONY: help run setup survey test check format bench constraints system-deps stranger-deps where clean

help: ## show this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup ## set everything up on first use, then start the product with the demonstration calls
	@$(HOTLINE) run

setup: $(VENV)/.installed $(VENV)/.web ## set up the environment, the weights and the web pages, without starting
	@$(HOTLINE) prepare

survey: setup ## let the bot make the sample survey calls (wants a running product: make run)
	@$(HOTLINE) campaign run --script rehearsal/data/survey/return-visit.yaml --contacts rehearsal/data/survey/contacts.csv

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OpenHotline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Set PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "This Python has no venv module. On Debian: apt-get install python3-venv"; exit 2; }

# torch goes first and pinned, because a free choice would bring gigabytes of GPU libraries.
$(VENV)/.installed: pyproject.toml constraints.txt no-deps.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV): about 2 GB are installed on first use."
	$(BIN)/pip install --disable-pip-version-check torch==2.13.0 -c constraints.txt
	$(BIN)/pip install --disable-pip-version-check -e '.[build,diarization]' -c constraints.txt
	$(BIN)/pip install --disable-pip-version-check --no-deps -r no-deps.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install --disable-pip-version-check -e '.[build,dev]' -c constraints.txt
	$(HOTLINE) models pull vosk-small-ko pyannote-segmentation ge2e-voice-encoder
	@touch $@

$(VENV)/.web: $(VENV)/.installed $(WEB_SOURCES)
	@$(BIN)/python web/build.py
	@touch $@

test: setup $(VENV)/.dev check ## check and test everything; what needs a Debian package says so when it is missing
	$(BIN)/pytest -m "not slow"
	@$(BIN)/python web/build.py --check

check: $(VENV)/.dev ## format, lint, types and floors
	$(BIN)/ruff format --check $(PACKAGES) tests
	$(BIN)/ruff check $(PACKAGES) tests
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/mypy --explicit-package-bases tests
	$(BIN)/lint-imports

format: $(VENV)/.dev ## let the formatter decide
	$(BIN)/ruff format $(PACKAGES) tests
	$(BIN)/ruff check --fix $(PACKAGES) tests

bench: setup $(VENV)/.dev ## print every figure, and run the tests marked slow
	$(HOTLINE) bench latency
	$(HOTLINE) bench capacity
	$(HOTLINE) eval silence --codec g711
	$(HOTLINE) bench understanding
	$(HOTLINE) bench search
	$(HOTLINE) bench gateway
	$(HOTLINE) bench fuzz
	$(BIN)/pytest -m slow

constraints: $(VENV)/.dev ## pin what is installed now, in plain lines without addresses
	$(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

system-deps: ## install the Debian packages that some tests want (Chromium and fonts for it, ffmpeg)
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk ffmpeg

stranger-deps: ## install the telephone programs of others that the stranger tests talk with (they may start as services)
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends sip-tester baresip-core sipsak kamailio rtpengine-daemon gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad

where: ## find the room: make where WORD=suggestion
	@grep -i -- "$(WORD)" docs/map.md || echo "docs/map.md says nothing about '$(WORD)'"

clean: ## forget everything that was set up and kept
	rm -rf $(VENV) console/static web/node_modules var
