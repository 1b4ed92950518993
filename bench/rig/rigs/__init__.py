"""The two ways to measure: with a fake server on pinned cores, and with a real one."""

from rig.rigs.isolated import IsolatedRig
from rig.rigs.real import RealRig

# By the names on the command line; the real rig's rows are called by its server.
RIGS = {"isolated": IsolatedRig, "real": RealRig}
