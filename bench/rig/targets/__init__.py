"""What is compared: no pooler at all, PgBouncer, pglynx."""

from rig.targets.direct import Direct
from rig.targets.pgbouncer import PgBouncer
from rig.targets.pglynx import Pglynx

TARGETS = {target.name: target for target in (Direct, PgBouncer, Pglynx)}
