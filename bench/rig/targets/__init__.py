"""What is compared: no pooler at all, PgBouncer, pglynx. Each can be started in front of a server."""

from rig.targets.direct import Direct
from rig.targets.pgbouncer import PgBouncer
from rig.targets.pglynx import Pglynx

TARGETS = {target.name: target for target in (Direct, PgBouncer, Pglynx)}
