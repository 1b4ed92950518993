/** A new configuration for a running process: what it changes, and in which order that is done. */
@NullMarked
package org.pglynx.proxy.reload;

import org.jspecify.annotations.NullMarked;
