"""What is compared: no pooler at all, PgBouncer and Odyssey, pglynx of this and another checkout, a bare relay."""

from rig.targets.direct import Direct
from rig.targets.floor import FloorEpoll, FloorUring
from rig.targets.odyssey import Odyssey
from rig.targets.pgbouncer import NewPgBouncer, PgBouncer
from rig.targets.pglynx import Base, Pglynx

TARGETS = {
    target.name: target
    for target in (Direct, PgBouncer, NewPgBouncer, Odyssey, Base, Pglynx, FloorEpoll, FloorUring)
}
