.venv:
	python3.13 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv pip install -q -p .venv/bin/python -e '.[cli,local,dev]'
