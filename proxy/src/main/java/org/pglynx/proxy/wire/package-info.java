/**
 * The PostgreSQL frontend/backend protocol as bytes: tags, frame scanning, encoders, SQLSTATEs.
 * Sees buffers, never channels.
 */
@NullMarked
package org.pglynx.proxy.wire;

import org.jspecify.annotations.NullMarked;
