"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

import tomllib

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "extensions"), str(HERE.parent)]
URLS = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]

import aiomoto  # noqa: E402

project = "aiomoto"
author = "the aiomoto authors"
copyright = f"2026, {author}"
version = release = aiomoto.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "assistants",
    "completeness",
    "docstrings",
    "outside",
]
exclude_patterns = ["extensions"]

# Warnings are errors in `make docs`, and so is a reference to what does not exist.
nitpicky = True
# Names of other packages, whose lists of names are in the network; and variables of types.
nitpick_ignore_regex = [
    ("py:.*", r"(aioboto3|aiobotocore|botocore|collections|datetime|os|re|typing)\..*"),
    ("py:exc", "ClientError"),
    ("py:class", r"aiomoto\._functions\.context\.\w+"),
    ("py:class", r"(.*\.)?(AnyHandler|AnyRule|Target)"),
    ("py:class", r"aiomoto\._plugin\.client_factory\.Opening"),
]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
autoclass_content = "class"
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True

# Links to files that are not in docs/.
repository_files = URLS["Source"] + "/blob/main/"

html_theme = "furo"
pygments_dark_style = "github-dark"
html_baseurl = URLS["Documentation"]
html_title = f"aiomoto {version}"
html_show_sphinx = False
html_copy_source = False
templates_path: list[str] = []
html_static_path: list[str] = []
