# Two commands for a fresh Linux machine with Python 3.11 or newer: `make demo` and `make test`. No root, no database,
# nothing installed outside this folder. Every step leaves a stamp, so a second run does only what has changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test assets lock bench clean

PORT ?= 8000
ARGS ?=
export PORT
# A settings module of another project in the caller's shell must not win over ours.
unexport DJANGO_SETTINGS_MODULE PYTHONPATH PYTHONHOME VIRTUAL_ENV

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
VENV := .venv/pyvenv.cfg
DEPENDENCIES := .venv/requirements.stamp
DEV_DEPENDENCIES := .venv/requirements-dev.stamp
ASSETS := static/dist/.built
COLLECTED := staticfiles/staticfiles.json
ASSET_SOURCES := package.json static/build.mjs $(shell find static/src -type f)
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq

help: ## 列出全部命令  List these commands
	@echo "用法 Usage: make 命令"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-10s %s\n", $$1, $$2 }'
	@echo "端口 Port: make demo PORT=8001    只测一部分 Some tests only: make test ARGS='-k scope'"

demo: $(DEPENDENCIES) $(COLLECTED) ## 装好、导入虚构的一个县、启动网站  Set up, fill with an invented county, serve
	$(MANAGE) migrate
	$(MANAGE) demo
	exec $(MANAGE) serve --port "$(PORT)"

run: $(DEPENDENCIES) $(COLLECTED) ## 只启动网站，不加演示数据  Serve without demo data
	$(MANAGE) migrate
	exec $(MANAGE) serve --port "$(PORT)"

# The tests have a database and a key file of their own; the data of the demo is never touched. Two at a time, but in the
# browser one after another; 5 is pytest's word for "none of these was asked for".
test: export DATA_DIR := $(CURDIR)/var/test
test: $(DEV_DEPENDENCIES) $(COLLECTED) ## 检查代码并运行全部测试  Check the code and run all tests
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m djlint --lint --quiet templates
	$(PYTHON) -m pytest -n 2 --dist loadfile --ignore=tests/browser $(ARGS) || [ $$? -eq 5 ]
	$(PYTHON) -m pytest tests/browser $(ARGS) || [ $$? -eq 5 ]

assets: $(ASSETS) ## 生成样式、脚本和图标  Build style sheets, scripts and icons

bench: $(DEV_DEPENDENCIES) ## 测量速度  Measure speed
	$(PYTHON) bench/run.py $(ARGS)

lock: ## 按 pyproject.toml 重新锁定依赖（要有 uv）  Lock the dependencies anew (needs uv)
	$(call compile,,requirements.txt)
	$(call compile,--extra dev,requirements-dev.txt)
	$(call compile,--extra node,requirements-node.txt)
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## 删除装好和生成的东西，数据（var）保留  Remove what was installed and built; data (var) stays
	rm -rf .venv node_modules static/dist staticfiles .ruff_cache .hypothesis

compile = uv pip compile pyproject.toml $(1) --universal --python-version 3.11 --generate-hashes --no-header --quiet -o $(2)

# --- what the commands stand on

$(VENV):
	@for python in python3.13 python3.12 python3.11 python3 python; do \
		if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "用 $$python 建立 .venv …"; exec $$python -m venv --clear .venv; \
		fi; \
	done; \
	echo "需要 Python 3.11 或更新的版本，并带有 venv（Debian、Ubuntu 上还要装 python3-venv）。" >&2; \
	echo "Python 3.11 or newer with venv is needed (on Debian and Ubuntu also the package python3-venv)." >&2; \
	exit 1

$(DEPENDENCIES): requirements.txt $(VENV)
	@echo "正在安装依赖（requirements.txt），约一分钟 …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(DEV_DEPENDENCIES): requirements-dev.txt $(VENV)
	@echo "正在安装依赖（requirements-dev.txt），约一分钟 …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# The npm of the system where there is a recent one, else one from a hash-locked wheel, inside .venv.
with_npm = if npm --version >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; \
	then :; else test -x .venv/bin/npm || { echo "正在安装 Node.js（requirements-node.txt）…"; \
	$(PIP) install --require-hashes --only-binary :all: -r requirements-node.txt; } && PATH="$(CURDIR)/.venv/bin:$$PATH"; fi

node_modules/.package-lock.json: package-lock.json | $(VENV)
	@$(with_npm) && echo "正在安装前端依赖 …" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(ASSETS): node_modules/.package-lock.json $(ASSET_SOURCES) | $(VENV)
	@$(with_npm) && echo "正在生成样式和脚本 …" && node static/build.mjs >/dev/null
	@touch $@

# Either list of dependencies holds Django, whose admin has static files too; the stamp of the one at hand will do.
$(COLLECTED): $(ASSETS) requirements.txt | $(if $(filter test,$(MAKECMDGOALS)),$(DEV_DEPENDENCIES),$(DEPENDENCIES))
	@echo "正在收集静态文件 …"
	@$(MANAGE) collectstatic --no-input --clear --verbosity 0
	@touch $@
