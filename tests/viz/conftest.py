"""A real JupyterLab for the tests marked `browser`.

What is missing makes these tests fail, because a picture that nobody has looked at is not known to be right; leave
them out with -m "not browser".
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address, the token and the folder of a JupyterLab with settings of its own."""
    root, state = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("state")
    token = secrets.token_hex(8)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = state / "settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    environment = {**os.environ, **{name: str(state / folder) for name, folder in own.items()}}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    with (state / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={root}"],
            env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=1)
                break
            except OSError:
                assert server.poll() is None, (state / "log").read_text()[-2000:]
                time.sleep(0.25)
        yield address, token, root
        server.terminate()
        server.wait(20)


@pytest.fixture
def open_notebook(lab, page):
    """open_notebook(path) opens a notebook that lies in the folder of the lab."""
    address, token, _ = lab

    def opened(name: str):
        page.goto(f"{address}/lab/tree/{name}?reset&token={token}")
        page.wait_for_function("name => window.jupyterapp?.shell?.currentWidget?.context?.path === name", arg=name, timeout=60000)
        page.evaluate("jupyterapp.shell.currentWidget.context.ready")
        return page

    return opened


@pytest.fixture
def run_notebook(lab, open_notebook):
    """run_notebook(cell, …) writes a notebook, opens it and runs all of its cells."""
    import nbformat

    def run(*cells: str, name: str = "test.ipynb"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, lab[2] / name)
        page = open_notebook(name)
        # The badge that says "Idle" is there before the first connection, and Run All is lost then: wait for the session.
        page.evaluate(
            """async () => { const w = jupyterapp.shell.currentWidget; await w.revealed; await w.sessionContext.ready;
               const k = w.sessionContext.session.kernel; await k.info;
               while (k.connectionStatus !== 'connected') await new Promise(r => setTimeout(r, 50)); }"""
        )
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        return page

    return run
