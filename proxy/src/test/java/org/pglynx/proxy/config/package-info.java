/** Tests of the configuration. */
@NullMarked
package org.pglynx.proxy.config;

import org.jspecify.annotations.NullMarked;
