/** Tests of the configuration. */
@NullMarked
package org.pglynx.proxy.config.hba;

import org.jspecify.annotations.NullMarked;
