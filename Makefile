# Two commands are all a newcomer needs: `make run` and `make test`. `make help` names the rest.

PYTHON ?= python3
WORKERS ?= 2

# Two environments: `make run` needs neither Spark nor Java, so it does not download them.
RUN := .venv
TEST := .venv-test

IN_DATABASE := tests/approvals tests/audit tests/backup tests/cases tests/concessions tests/directory tests/drafts tests/exits tests/health tests/nightly \
	tests/oversight tests/people tests/privacy tests/tariffs tests/workbench
# What scores and watching add to the night is judged by their numbers, not by the database; they take half of its time.
NOT_OF_DATABASE := --ignore=tests/nightly/test_scored.py --ignore=tests/nightly/test_watching.py
WALKS := tests/kills/test_actions.py tests/functional/test_day.py tests/functional/test_roles.py
CHECKS := test lint types contracts docs-check slow postgres
PYTEST := $(TEST)/bin/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run test check checks lint format types contracts docs-check slow postgres screenshots bench lock hooks clean
.DELETE_ON_ERROR:

help:
	@echo 'make run         造一家虚拟营业部，打开工作台 · invent a small brokerage, open the workbench'
	@echo 'make test        快测试，10 到 30 分钟 · the quick tests, 10 to 30 minutes'
	@echo 'make check       CI 所跑的一切 · everything that CI runs'
	@echo 'make format      整理代码格式 · format the code and mend what ruff can mend'
	@echo 'make slow        慢测试：中断与恢复 · the slow tests: kills and recovery'
	@echo 'make postgres    在 PostgreSQL 上再测一遍工作台 · the workbench again, on PostgreSQL'
	@echo 'make screenshots 重拍文档里的页面截图 · take the pages’ pictures for the documentation anew'
	@echo 'make bench       测速 · measure the speed'
	@echo 'make lock        更新依赖锁 · compile the locks (UPGRADE=--upgrade: to newer versions)'
	@echo 'make hooks       安装提交前检查 · install the pre-commit hooks'
	@echo 'make clean       删除环境与缓存 · remove environments and caches'

run: $(RUN)/made $(RUN)/vendor
	$(RUN)/bin/wanliu demo

test: $(TEST)/made $(TEST)/vendor
	$(PYTEST) -m "not slow and not functional" -n $(WORKERS) --dist loadgroup

check: $(CHECKS)

checks:
	@echo $(CHECKS)

lint: $(TEST)/made
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .

format: $(TEST)/made
	$(TEST)/bin/ruff check --fix .
	$(TEST)/bin/ruff format .

types: $(TEST)/made
	$(TEST)/bin/mypy

contracts: $(TEST)/made
	$(TEST)/bin/lint-imports

docs-check: $(TEST)/made
	$(TEST)/bin/wanliu docs --check

# pytest ends with 5 where no test bears the mark.
slow: $(TEST)/made $(TEST)/vendor
	$(PYTEST) -m "slow or functional" -n $(WORKERS) --dist loadgroup || test $$? -eq 5

# What lives in the database is tested in both: SQLite in `make test`, PostgreSQL here.
postgres: $(TEST)/made $(TEST)/vendor
	$(TEST)/bin/python -m tests.on_postgres $(IN_DATABASE) $(NOT_OF_DATABASE) -m "not slow" -n $(WORKERS) --dist loadgroup
	$(TEST)/bin/python -m tests.on_postgres $(WALKS) -k "not menu" -n $(WORKERS) --dist loadgroup

# The documentation's pictures of the pages; look at them before they are committed.
screenshots: $(TEST)/made $(TEST)/vendor
	WANLIU_SCREENSHOTS=write $(PYTEST) tests/functional/test_screenshots.py -n 0

bench: $(TEST)/made
	$(TEST)/bin/python benchmarks/speed.py

# Each lock holds to the versions of the one before it: the tests run on what `make run` installs.
lock: $(RUN)/made
	$(COMPILE) --group pyproject.toml:build -o requirements/build.txt
	$(COMPILE) --group pyproject.toml:node -o requirements/node.txt
	$(COMPILE) pyproject.toml --extra text --extra model --extra web -c requirements/build.txt -o requirements/run.txt
	$(COMPILE) pyproject.toml --extra spark --extra text --extra model --extra causal --extra web --group dev --group bench \
		-c requirements/build.txt -c requirements/run.txt -o requirements/test.txt

COMPILE = $(RUN)/bin/uv pip compile --quiet --universal --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 $(UPGRADE)

hooks: $(TEST)/made
	$(TEST)/bin/pre-commit install

clean:
	rm -rf $(RUN) $(TEST) node_modules wanliu/workbench/static/vendor build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# An environment is made anew when its lock changes, and only then.
$(RUN)/made: requirements/build.txt requirements/run.txt
	$(call make_environment,$(RUN),requirements/run.txt)

$(TEST)/made: requirements/build.txt requirements/test.txt
	$(call make_environment,$(TEST),requirements/test.txt)

# The pages' third-party files, brought anew when their lock changes.
$(RUN)/vendor $(TEST)/vendor: %/vendor: %/made package.json package-lock.json scripts/vendor.sh
	scripts/vendor.sh $*
	@touch $@

# No build isolation: builders come from requirements/build.txt, by hash, like everything else.
# uv does not read pip's settings, so a mirror that pip knows is handed on.
define make_environment
@$(check_python)
@echo '正在建立环境 $(1)（只在依赖锁变化时）· making $(1) (only when its lock changes)'
$(PYTHON) -m venv --clear $(1)
$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
@mirror="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(1)/bin/pip config get global.index-url 2>/dev/null)}}"; \
	if [ -n "$$mirror" ]; then export UV_DEFAULT_INDEX="$$mirror"; fi; \
	uv="$(1)/bin/uv pip install --quiet --python $(1)/bin/python --no-build-isolation"; \
	$$uv --require-hashes -r $(2) && $$uv --no-deps --editable .
@touch $(1)/made
endef

define check_python
command -v $(PYTHON) >/dev/null || { \
	echo '没有找到 $(PYTHON)。请先安装：apt-get install python3 python3-venv'; \
	echo '$(PYTHON) was not found. Install it: apt-get install python3 python3-venv'; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "需要 Python 3.11 或更新的版本，而 $(PYTHON) 是 $$($(PYTHON) -V 2>&1)。若另有新版本：make PYTHON=python3.12 …"; \
	echo "Python 3.11 or newer is needed, but $(PYTHON) is $$($(PYTHON) -V 2>&1). If there is a newer one: make PYTHON=python3.12 …"; exit 1; }; \
$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	echo '$(PYTHON) 缺少 venv 模块。请先安装：apt-get install python3-venv'; \
	echo '$(PYTHON) lacks the module venv. Install it: apt-get install python3-venv'; exit 1; }
endef
