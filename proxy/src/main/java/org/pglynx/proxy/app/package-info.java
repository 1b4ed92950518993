/** Wiring: what is made of a configuration, started and stopped. */
@NullMarked
package org.pglynx.proxy.app;

import org.jspecify.annotations.NullMarked;
