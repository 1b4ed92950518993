"""What is compared: no pooler at all, PgBouncer, pglynx, and pglynx of another checkout."""

from rig.targets.direct import Direct
from rig.targets.pgbouncer import PgBouncer
from rig.targets.pglynx import Base, Pglynx

TARGETS = {target.name: target for target in (Direct, PgBouncer, Base, Pglynx)}
