/** The stored model format: versioned, checksummed, size-limited containers of primitives. */
@NullMarked
package org.pglynx.ml.registry;

import org.jspecify.annotations.NullMarked;
