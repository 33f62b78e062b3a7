"""Build the front end again at every change, until Ctrl-C."""

import os

from setup import ROOT, find_node

if __name__ == "__main__":
    node, _ = find_node()
    os.chdir(ROOT)
    os.execv(node, [node, "frontend/build.mjs", "--watch"])
