"""Builds the wheel of the folder that it is started in, which holds a release under src/zkpytorch/bundle: `wheel.py OUT`.

The wheel is of this platform, since a Java runtime is, and of any Python 3. SOURCE_DATE_EPOCH is the time of its entries.
"""

import pathlib
import subprocess
import sys
import sysconfig

platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
pathlib.Path("setup.cfg").write_text(f"[bdist_wheel]\npython_tag = py3\nplat_name = {platform}\n", encoding="utf-8")
project = pathlib.Path("pyproject.toml")
text = project.read_text(encoding="utf-8")
declared = 'zkpytorch = ["py.typed"]'
if declared not in text:
    sys.exit(f"pyproject.toml does not hold {declared}")
project.write_text(text.replace(declared, 'zkpytorch = ["py.typed", "bundle/**"]'), encoding="utf-8")
command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-input", "--quiet", "--wheel-dir", sys.argv[1], "."]
if subprocess.run(command, check=False).returncode:
    sys.exit("pip could not build the wheel; its message stands above")
